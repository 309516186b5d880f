"""What stands between client and server: it keeps what they say, and takes a
keyword from the server's EHLO, as who sits on the line may."""
import re
import socket
import threading

SERVERS = {"pneu": "127.0.0.10", "postfix": "127.0.1.1", "exim": "127.0.1.2", "opensmtpd": "127.0.1.3"}
HOW = ["record", "aside", "apart", "beside", "strip=STARTTLS", "strip=8BITMIME|SMTPUTF8", "strip=SMTPUTF8"]
SAID = []		# a list of octets of each connection


def address(how, server):
    return "127.0.%d.%s" % (8 + HOW.index(how), SERVERS[server].rsplit(".", 1)[1])


def said(domain):
    """What was said on each connection where it was named."""
    return [x for x in (b"".join(y).decode("latin1") for y in list(SAID)) if domain in x]


def pump(src, dst, said, mark, change):
    try:
        while True:
            got = src.recv(65536)
            if not got:
                break
            got = change(got)
            said.append(mark + got)
            dst.sendall(got)
    except OSError:
        pass
    try:
        dst.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def strip(keyword):
    pattern = re.compile(rb"(?<=250[- ])(" + keyword.encode() + rb")[^\r\n]*")
    return lambda b: pattern.sub(b"X-NOTHING", b)


def serve(door, server, how, port):
    change = strip(how[6:]) if how.startswith("strip") else lambda b: b
    while True:
        client, _ = door.accept()
        said = []
        SAID.append(said)
        try:
            upstream = socket.create_connection((server, port))
        except OSError:
            client.close()
            continue
        for a in ((client, upstream, said, b"\nC:", lambda b: b), (upstream, client, said, b"\nS:", change)):
            threading.Thread(target=pump, args=a, daemon=True).start()


def start():
    for how in HOW:
        for name, server in SERVERS.items():
            for port in (25, 587, 588):
                door = socket.create_server((address(how, name), port), backlog=50)
                threading.Thread(target=serve, args=(door, server, how, port), daemon=True).start()
