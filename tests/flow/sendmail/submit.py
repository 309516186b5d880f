"""A pneu-queue that gives trouble: submit.py SOCKET HOW."""
import os
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../crash"))
from pneuwire import frame

path, how = sys.argv[1:]
s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
s.bind(path)
if how == "full":       # nobody accepts, and the backlog is full
    s.listen(0)
    kept = []
    for i in range(3):
        c = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        c.setblocking(False)
        try:
            c.connect(path)
        except BlockingIOError:
            pass
        kept.append(c)
    time.sleep(60)
s.listen(5)
while how == "mute":    # nobody accepts
    time.sleep(60)
while True:
    c, _ = s.accept()
    if how == "early":      # it does not want the rest
        c.recv(1000)
        c.sendall(frame("V", b"L 4.3.1 0 queue file write error: no space"))
        time.sleep(60)
    elif how == "refuse":
        c.recv(100000)
        c.sendall(frame("V", b"N 5.1.1 0 no such user"))
    elif how == "nonsense":
        c.recv(100000)
        c.sendall(b"220 hello\r\n" * 100)
    c.close()
