"""net.py WHAT ...: the cells of the matrix; see run.sh and "cells".
	write DIR	the tables that they make of pneu's and the peers' settings
	ports		are all there?
	run		send, look, tell"""
import os
import sys

import between

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = "postfix exim opensmtpd".split()
ADDRESS = between.SERVERS
LOGINS = "plain login scram-sha-256 implicit".split()
PORTS = {"implicit": 465, "plain": 588, "login": 589}
WRONG = "ab" * 32


class Cell:
    command, output, shows = None, "", "-"	# command: of "clients"
    args, at = None, ""				# of "servers"

    def __init__(self, row, way, peer):
        self.name, self.level, self.via, self.want = row[:4]
        self.way, self.peer = way, peer
        self.client, self.server = ("pneu", peer) if way == "out" else (peer, "pneu")
        self.none = (way + ":" + peer in row[5:]) == (row[4:5] == ["not"]) if row[4:] else False
        self.wrong = self.name.endswith("!")
        self.login = self.name.rstrip("!") if self.name.rstrip("!") in LOGINS else None
        host = self.name.rstrip("!") + (("-wrong." if self.login else ".not.") if self.wrong else ".") + peer
        self.domain = "%s.%s.net.test" % (host, way)
        self.back = "%s.%s.net.test" % (host, "in" if way == "out" else "out")
        self.port = 25
        if self.login:		# for pneu, a port for each mechanism
            self.port = PORTS.get(self.login, 587) if way == "out" or self.login == "implicit" else 587

    def address(self):
        return self.at if self.at else ADDRESS[self.server] if self.via == "-" else between.address(self.via, self.server)

    def hop(self):
        return "[%s]:%d" % (self.domain, self.port)

    def sender(self):
        return "bob@net.test" if self.login else "s@" + self.back

    def letter(self):
        head = "From: s@%s\nTo: %s\nSubject: %s\nX-Cell: %s\n" % (self.back, self.rcpt(), self.name, self.domain)
        if self.name.startswith("8bit"):
            head += "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
        return head + "\n" + self.text()

    def print_(self):
        """SHA-256 of the server's public key, or another."""
        return WRONG if self.name in ("fingerprint!", "dane!") else os.environ["SPKI"]

    def rcpt(self):
        user = {"smtputf8": "jörg", "unknown": "nobody"}.get(self.name.rstrip("!"), "x")
        return user + "@" + self.domain

    def text(self):
        return "first\n.\n..\n.dot\n\nlast\n" + ("Grüße\n" if self.name.startswith("8bit") else "")

    def policy(self):
        match = {"fingerprint": " match=" + self.print_(), "secure": " match=" + self.domain}
        return self.level + match.get(self.level, "")


def rows(name):
    with open(HERE + "/" + name) as f:
        return [x.split() for x in f if x.strip() and x[0] != "#"]


def read():
    cells = [Cell(row, way, peer) for row in rows("cells") for way in ("in", "out") for peer in PEERS]
    for peer, name, want, *command in rows("clients"):
        c = Cell([name, "none", "-", want], "in", peer)
        c.command = command
        cells.append(c)
    for i, (peer, name, level, want, *args) in enumerate(rows("servers")):
        c = Cell([name, level, "-", want], "out", peer)
        c.args, c.at, c.port = args, "127.0.4.%d" % (i + 1), 465
        cells.append(c)
    if open("conf-tls").read().startswith("openssl"):
        for c in cells:
            c.want = "tls" if c.name == "tls1.3-only!" else c.want
    return cells


CELLS = read()


def names(way, peer=None):
    """Of the hosts of one direction; also those of senders, who get reports."""
    return sorted({x for c in CELLS for x in (c.domain, c.back)
                   if x.endswith(".%s.net.test" % way) and peer in (None, c.peer)})


def asked(way, peer=None):
    return [c for c in CELLS if c.way == way and peer in (None, c.peer) and not c.none and not c.command]


def zone():
    yield "$ORIGIN net.test.\n$TTL 300\n@ SOA ns root 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\nmx A 127.0.0.10"
    for c in CELLS:
        yield "%s. A %s\n%s. MX 10 %s." % (c.domain, c.address(), c.domain, c.domain)
        if c.level == "dane":
            yield "_%d._tcp.%s. TLSA 3 1 1 %s" % (c.port, c.domain, c.print_())


def mailboxes():
    """Of pneu: one for all, but who is unknown."""
    for d in names("in"):
        yield "%s in/" % ("x@" + d if d.startswith("unknown") else "@" + d)


def policy(way, peer=None):
    for c in asked(way, peer):
        yield "%s %s" % (c.domain if c.port == 25 else c.hop(), c.policy())


def routes(way, peer=None):
    """What goes to another port; Postfix has a transport for each login."""
    for c in asked(way, peer):
        if c.port != 25:
            yield "%s %s%s" % (c.domain, c.login + ":" if peer else "", c.hop())


def logins(way, peer=None):
    for c in asked(way, peer):
        if c.login:
            yield "%s bob:%s" % (c.hop(), "wrong" if c.wrong else "secret")


def exim_routers():
    for c in asked("in", "exim"):
        yield ("to_%s:\n\tdriver = dnslookup\n\tdomains = %s\n\ttransport = %s\n\tself = send\n"
               "\tdnssec_request_domains = *" % (c.domain.replace(".", "_").replace("-", "_"), c.domain,
                                                 c.login or c.level))


def opensmtpd():
    """Its actions for hosts that are logged in at, and who goes where."""
    for c in asked("in", "opensmtpd"):
        action = c.level
        if c.login:
            action = c.domain.split(".net")[0]
            yield 'action "%s" relay host "%s://%s@%s:%d" auth <logins>' % (
                action, "smtps" if c.port == 465 else "smtp+tls", "wrong" if c.wrong else "right", c.domain, c.port)
        elif c.level == "none":
            action = c.domain.split(".net")[0]
            yield 'action "%s" relay host "smtp+notls://%s"' % (action, c.address())
        yield 'match from any for domain "%s" action "%s"' % (c.domain, action)


def write(where):
    files = {"zone": zone(), "domains": [" ".join(names("in"))], "mailboxes": mailboxes(),
             "tls_policy": policy("out"), "routes": routes("out"), "sasl_passwd": logins("out"),
             "postfix.tls_policy": policy("in", "postfix"), "postfix.transport": routes("in", "postfix"),
             "postfix.passwords": logins("in", "postfix"), "exim.routers": exim_routers(),
             "opensmtpd.conf": opensmtpd()}
    for peer in PEERS:
        files[peer + ".domains"] = [" ".join(names("out", peer))]
    for name, lines in files.items():
        with open(where + "/" + name, "w") as f:
            f.writelines(x + "\n" for x in lines)


def ports():
    import socket
    for a in ADDRESS.values():
        socket.create_connection((a, 25), 1).recv(100)


def run():
    import session
    sys.exit(session.run(CELLS))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
