"""client.py PORT SOURCE: a bare SMTP client for scripts. Standard input is
sent as it stands, in one go, then the writing side is shut; what comes back
goes to standard output."""
import socket
import sys

s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10,
                             (sys.argv[2], 0))
s.sendall(sys.stdin.buffer.read())
s.shutdown(socket.SHUT_WR)
while True:
    b = s.recv(65536)
    if not b:
        break
    sys.stdout.buffer.write(b.replace(b"\r", b""))
