#!/usr/bin/python3
"""ask.py HOME UID: ask pneu-alias, as one of its clients. Lines of standard
input are "Q address", "X address" or "P address target"; answers are lines,
R's fields in one line, before it the targets of a list."""
import os
import re
import socket
import struct
import sys


def unquote(s):
    return re.sub(rb"%(..)", lambda m: bytes([int(m.group(1), 16)]), s)


def quote(s):
    return re.sub(rb"[\0-\x1f\x7f%]", lambda m: b"%%%02X" % m.group()[0], s)


def frames(sock):
    buf = b""
    while True:
        while len(buf) >= 9:
            n = struct.unpack(">I", buf[:4])[0]
            if len(buf) < 9 + n:
                break
            yield chr(buf[4]), buf[9:9 + n]
            buf = buf[9 + n:]
        got = sock.recv(65536)
        if not got:
            raise SystemExit("connection ended")
        buf += got


def main():
    home, uid = sys.argv[1], int(sys.argv[2])
    sock = socket.socket(socket.AF_UNIX)
    os.chdir(home)
    if os.getuid() == 0:
        os.setgroups([61004])
        os.setgid(61004)
        os.setuid(uid)
    sock.connect("run/alias/alias")
    sock.settimeout(60)
    answers = frames(sock)
    for line in sys.stdin.buffer:
        kind, payload = line.rstrip(b"\n").split(b" ", 1)
        if kind == b"P":
            rcpt, target = payload.split(b" ", 1)
            payload = b"rcpt=%s\ntarget=%s\n" % (quote(rcpt), quote(target))
        sock.sendall(struct.pack(">I", len(payload)) + kind + b"\0\0\0\7" +
                     payload)
        for type, s in answers:
            if type == "R":
                s = b" ".join(unquote(f) for f in s.splitlines())
                print(s.decode(), flush=True)
                break
            print(type, s.decode(), flush=True)


main()
