"""A small SMTP server: sink.py PORT FILE; writes its clients' commands."""
import socketserver
import sys

out = open(sys.argv[2], "w", buffering=1)


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 sink\r\n")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if word != b"DATA":
                out.write(line.decode("latin-1"))
            if word == b"DATA":
                self.wfile.write(b"354 go\r\n")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                self.wfile.write(b"250 taken\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


socketserver.ThreadingTCPServer.allow_reuse_address = True
with socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Session) as s:
    s.serve_forever()
