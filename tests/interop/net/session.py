"""The cells are sent, and what came of them is looked at until all is said."""
import email
import glob
import os
import re
import smtplib
import sys
import threading
import time

import between
import others
import serve

SECONDS = 60		# on a busy machine
M, H = os.environ["M"], os.environ["H"]
LOGS = {"pneu": H + "/log/[@c]*", "postfix": M + "/postfix/log", "exim": M + "/exim/*log",
        "opensmtpd": M + "/opensmtpd/log"}
BOXES = {"pneu": H + "/mailboxes/in/new/*", "postfix": M + "/postfix/box/new/*", "exim": M + "/exim/box/new/*",
         "opensmtpd": M + "/opensmtpd/box/new/*"}

# what a client's log says, % is the domain
POSTFIX = {"sent": r"to=<[^>]*@%>.* status=sent", "refused": r"to=<[^>]*@%>.* status=(deferred|bounced)",
           "verified": r"Verified TLS connection established to %\[", "clear": "", "login": ""}
POSTFIX["tls"] = r"(Verified|Trusted|Untrusted|Anonymous) TLS connection established to %\["
SAYS = {
    "postfix": POSTFIX, "pneu": POSTFIX,
    "exim": {"sent": r"[=-]> \S+@% ", "refused": r"(==|\*\*) \S+@% ", "tls": r"[=-]> \S+@% .* X=TLS",
             "verified": r"[=-]> \S+@% .* CV=(yes|dane)", "clear": "", "login": r"[=-]> \S+@% .* A="},
    "opensmtpd": {"sent": r'mta delivery .*to=<\S+@%>.*result="Ok"', "tls": "mta tls ciphers=", "clear": "",
                  "verified": 'mta server-cert-check result="success"', "login": "",
                  "refused": r'mta delivery .*to=<\S+@%>.*result="(TempFail|PermFail)"|mta error reason=(SSL cert|AUTH rejected: 535)'},
}
IDS = r"\b(?:[0-9A-F]{9,}(?=:)|\w{6}-\w{6}-\w\w\b|[0-9a-f]{16}(?= mta))"


def read(pattern):
    s = ""
    for name in sorted(glob.glob(pattern)):
        try:
            with open(name, errors="surrogateescape") as f:
                s += f.read()
        except FileNotFoundError:
            pass
    return s.splitlines()


def about(log, domain):
    """Its lines of that domain, and those of the same letters."""
    first = "\n".join(x for x in log if domain in x)
    ids = set(re.findall(IDS, first))
    also = re.compile("|".join([re.escape(domain), *ids]))
    return "\n".join(filter(also.search, log)) if first else ""


def letters():
    """X-Cell's value: the text of its letter; a report is also under its cell, with a - before."""
    found = dict(serve.GOT)
    for pattern in BOXES.values():
        for name in glob.glob(pattern):
            with open(name, encoding="utf-8", errors="surrogateescape", newline="") as f:
                s = f.read()
            m = re.search(r"^X-Cell: (\S+)", s, re.M)
            if m:
                report = re.search("^From:.*mailer-daemon", s.split(m[0])[0], re.M | re.I)
                found[("-" if report else "") + m[1]] = s
    return found


def send(cells, client):
    s = smtplib.SMTP(between.SERVERS[client], 25, "localhost")
    s.ehlo()
    s.command_encoding = "utf-8"
    for c in cells:
        if c.client == client and not c.none:
            s.sendmail(c.sender(), [c.rcpt()], c.letter().encode(), *options(c.name))
    s.quit()


def options(name):
    """Of MAIL, and of RCPT, as a client says them to the client."""
    if name.startswith("smtputf8"):
        return ["SMTPUTF8", "BODY=8BITMIME"], []
    if name.startswith("8bit"):
        return ["BODY=8BITMIME"], []
    if name == "dsn":
        return ["RET=HDRS", "ENVID=e1"], ["NOTIFY=SUCCESS", "ORCPT=rfc822;x@orig.test"]
    return [], []


def said(cell, what, log):
    return re.search(SAYS[cell.client][what].replace("%", re.escape(cell.domain)), log)


def judge(cell, logs, found):
    """"" if it is as wanted, or what is not."""
    letter = found.get(cell.domain)
    what, _, more = cell.want.partition(":")
    if cell.command and cell.thread.is_alive():
        return "it still runs"
    if what == "says":
        return "" if re.search(more, cell.output) else "it does not say so"
    if cell.command and what == "refused":
        return "it arrived" if letter else "" if "failed" in cell.output and re.search(more, "\n".join(logs["pneu"])) else \
            "not refused, or not logged"
    log = about(logs[cell.client], cell.domain) if not cell.command else cell.output
    if what == "refused" and cell.login and cell.client == "opensmtpd":
        log = "\n".join(logs["opensmtpd"])
    if what == "refused":
        if letter:
            return "it arrived"
        if cell.name == "unknown" and "5.1.1" not in log:
            return "5.1.1 is not in the client's log"
        return "" if said(cell, "refused", log) else "not refused"
    if cell.peer == "gnutls" and cell.args is not None:
        return "" if said(cell, what, log) else "the client does not say so: " + what
    if not letter or not cell.command and not said(cell, "sent", log):
        return "it has not arrived" if not letter else "not sent"
    if not cell.command and what in SAYS[cell.client] and not said(cell, what, log):
        return "the client does not say so: " + what
    head, body = re.sub("\r", "", letter).split("\n\n", 1)
    if what == "recoded":
        if not re.search("^Content-Transfer-Encoding: (quoted-printable|base64)", head, re.M | re.I):
            return "not recoded"
        body = email.message_from_string(letter).get_payload(decode=True).decode().replace("\r", "")
    if body.rstrip("\n") != cell.text().rstrip("\n"):
        return "its text is another: %r" % body
    if what[0] == "/":
        if not any(re.search(cell.want[1:-1], x) for x in between.said(cell.domain)):
            return "not said"
    if cell.name == "dsn" and "-" + cell.domain not in found:
        return "no report of success"
    if cell.args is not None:
        return ""
    received = re.search(r"^Received:(?:.*\n)(?:\s.*\n)*", head + "\n", re.M)[0]
    if what == "from":
        return "" if re.search(more, received) else "not from there: " + received
    proto = re.search(r"with (\w*SMTP\w*)", received, re.I)[1].upper()
    wanted = {"tls": "ESMTPS", "verified": "ESMTPS", "login": "ESMTPSA"}.get(what, "ESMTP")
    if proto != wanted and cell.name != "smtputf8":
        return "received with %s, not %s" % (proto, wanted)
    return ""


def run(cells):
    between.start()
    serve.start(cells)
    for client in between.SERVERS:
        threading.Thread(target=send, args=(cells, client)).start()
    others.start(cells)
    open_, end = [c for c in cells if not c.none], time.time() + SECONDS
    while open_ and time.time() < end:
        time.sleep(0.5)
        logs, found = {k: read(v) for k, v in LOGS.items()}, letters()
        open_ = [c for c in open_ if judge(c, logs, found)]
    logs, found = {k: read(v) for k, v in LOGS.items()}, letters()
    bad = 0
    for c in cells:
        if not c.none:
            why = judge(c, logs, found)
            bad += tell(c, why, c.output if c.command else about(logs[c.client], c.domain))
            c.shows = "NO" if why else "refused" if c.want.startswith("refused") or c.name.endswith("!") and \
                c.want != "recoded" else "yes"
    table(cells)
    print("1..%d" % tell.count)
    return bad > 0


def table(cells):
    """A row for each thing, a column for each peer and direction."""
    names = list(dict.fromkeys(c.name for c in cells))
    ways = list(dict.fromkeys((c.peer, c.way) for c in cells))
    print("# |" + "pneu with".ljust(15) + "".join(p.ljust(10) for p, _ in ways))
    print("# |" + "which is".ljust(15) + "".join({"in": "client", "out": "server"}[w].ljust(10) for _, w in ways))
    at = {(c.name, c.peer, c.way): c.shows for c in cells}
    for n in names:
        print(("# |" + n.ljust(15) + "".join(at.get((n, *w), "-").ljust(10) for w in ways)).rstrip())


def tell(cell, why, log):
    tell.count += 1
    print("%sok %d - %s, %s %s" % ("not " if why else "", tell.count, cell.name,
                                   cell.peer, "as client" if cell.way == "in" else "as server"))
    if why:
        print("# " + why)
        for x in (log + "".join(between.said(cell.domain))).splitlines()[-40:]:
            print("#   " + x[:300])
    sys.stdout.flush()
    return bool(why)


tell.count = 2		# those of run.sh
