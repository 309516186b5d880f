# sink.py PORT FILE: an SMTP server that writes what it is told to FILE
import socketserver
import sys


class Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line + b"\r\n")

    def take(self):
        self.say(b"354 go on")
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            out.write(line)
        out.flush()
        self.say(b"250 2.0.0 taken")

    def handle(self):
        self.say(b"220 sink.test")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb in (b"MAIL", b"RCPT"):
                out.write(line)
            if verb == b"EHLO":
                self.say(b"250-sink.test\r\n250-PIPELINING\r\n250 8BITMIME")
            elif verb == b"DATA":
                self.take()
            else:
                self.say(b"250 2.0.0 ok")


out = open(sys.argv[2], "wb")
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[1])), Session).serve_forever()
