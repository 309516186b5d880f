"""site.py SOFT STALL: an SMTP server that takes nobody for now, and one that
never says anything."""
import socket
import socketserver
import sys


class Soft(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 soft\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            self.wfile.write(b"450 4.2.1 not now\r\n" if word == b"RCPT" else b"221 bye\r\n" if word == b"QUIT" else
                             b"250 ok\r\n")
            if word == b"QUIT":
                return


stall = socket.create_server(("127.0.0.1", int(sys.argv[2])), backlog=20)
socketserver.ThreadingTCPServer.allow_reuse_address = True
with socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Soft) as s:
    s.serve_forever()
