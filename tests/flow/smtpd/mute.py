"""mute.py PORT: ask for help for ever and never read it. Ends well when the
server reads no more of it, while it still serves others."""
import socket
import sys
import time

port = int(sys.argv[1])
m = socket.socket()
m.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
m.connect(("127.0.0.1", port))
m.setblocking(False)
stuck = None
end = time.monotonic() + 20
while time.monotonic() < end and not (stuck and time.monotonic() > stuck + 1):
    try:
        m.send(b"HELP\r\n" * 1000)
        stuck = None
    except BlockingIOError:
        stuck = stuck or time.monotonic()
        time.sleep(0.02)
if not stuck:
    sys.exit("it is read for ever")
s = socket.create_connection(("127.0.0.1", port), 10)
if s.recv(100)[:4] != b"220 ":
    sys.exit("others are not greeted")
