"""A small SMTP server that needs a moment to take a letter: slow.py PORT
FILE [SECONDS]; writes their subjects."""
import socketserver
import sys
import time

out = open(sys.argv[2], "w", buffering=1)


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 slow\r\n")
        for line in self.rfile:
            if line[:4].upper() == b"DATA":
                self.wfile.write(b"354 go\r\n")
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    if line.startswith(b"Subject:"):
                        subject = line.decode("latin-1")
                time.sleep(float((sys.argv + ["0.4"])[3]))
                out.write(subject)
                self.wfile.write(b"250 taken\r\n")
            elif line[:4].upper() == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


socketserver.ThreadingTCPServer.allow_reuse_address = True
with socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Session) as s:
    s.serve_forever()
