"""say.py PORT SOURCE [TIMES [STEP]]: a bare SMTP client. Standard input is
sent as it stands, in parts of STEP octets if that is said, then the writing
side is shut; what comes back goes to standard output. With TIMES so many
connections are open at the same time; without input their greetings are
read."""
import socket
import sys

port, source = int(sys.argv[1]), sys.argv[2]
times = int(sys.argv[3]) if len(sys.argv) > 3 else 1
step = int(sys.argv[4]) if len(sys.argv) > 4 else 1 << 20
said = sys.stdin.buffer.read()
open_ = []
for _ in range(times):
    s = socket.create_connection(("127.0.0.1", port), 10, (source, 0))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    open_.append(s)
    if times > 1:
        sys.stdout.buffer.write(s.recv(65536).replace(b"\r", b""))
        continue
    try:
        for i in range(0, len(said), step):
            s.sendall(said[i:i + step])
        s.shutdown(socket.SHUT_WR)
        while True:
            b = s.recv(65536)
            if not b:
                break
            sys.stdout.buffer.write(b.replace(b"\r", b""))
    except OSError:
        pass
