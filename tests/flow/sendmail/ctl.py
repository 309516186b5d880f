"""pneu-send's control socket (doc/PROTOCOLS, 4), played: ctl.py SOCKET ASKED; the flushes of
single letters are noted in ASKED."""
import os
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../crash"))
from pneuwire import fields, frame

WHEN = 1700000001
ITEMS = [
    frame("I", fields(("id", "0642E1B3F5C09A0001"), ("at", "defer/9/x"), ("size", 2048), ("time", WHEN),
                      ("sender", "a@x.test"), ("state", "deferred"), ("due", WHEN + 9),
                      ("rcpt", "b@x.test"), ("why", "L 4.4.1 0 connect to x.test[192.0.2.1]:25: Connection refused"),
                      ("rcpt", "c@x.test"), ("why", "L 4.4.1 0 connect to x.test[192.0.2.1]:25: Connection refused"))),
    frame("I", fields(("id", "0642E1B3F5C09A0002"), ("at", "new/1/y"), ("size", 100), ("time", WHEN),
                      ("sender", ""), ("state", "active"), ("rcpt", "d@x.test"))),
]
MANY = [frame("I", fields(("id", "0642E1B3F5C09A0003"), *pairs)) for pairs in (
    [("at", "hold/z"), ("state", "hold"), ("size", 1)] + [("rcpt", "many%d@x.test" % i) for i in range(1000)],
    [("rcpt", "many%d@x.test" % i) for i in range(1000, 2000)],
    [("rcpt", "many%d@x.test" % i) for i in range(2000, 3000)])]


def verdict(text):
    return frame("V", text.encode())


def answer(kind, payload):
    if kind == "L":
        if b"id=" in payload:
            return b"".join(MANY) + verdict("D 2.0.0 0 ")
        return b"".join(ITEMS) + verdict("D 2.0.0 0 ")
    if kind == "F" and b"id=" in payload:
        with open(sys.argv[2], "ab") as asked:
            asked.write(payload)
    if kind == "F" and b"site=" in payload:
        return verdict("N 5.7.0 0 not yours")
    return verdict("D 2.0.0 0 ")


def serve(c):
    buf = b""
    while True:
        got = c.recv(65536)
        if not got:
            return
        buf += got
        while len(buf) >= 9 and len(buf) >= 9 + struct.unpack(">I", buf[:4])[0]:
            n = struct.unpack(">I", buf[:4])[0]
            c.sendall(answer(chr(buf[4]), buf[9:9 + n]))
            buf = buf[9 + n:]


s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
s.bind(sys.argv[1])
s.listen(5)
while True:
    c, _ = s.accept()
    try:
        serve(c)
    except OSError:
        pass
    c.close()
