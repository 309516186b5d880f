# What a client of AUTH sees. auth.py PORT WORD...: lines "code dsn" of the
# replies to what WORDS say; each word a line of SMTP, b:TEXT base 64 of TEXT
# (\0 a NUL). FROM=ADDRESS in the environment binds there.
import base64, os, socket, sys

port, words = int(sys.argv[1]), sys.argv[2:]
s = socket.create_connection(("127.0.0.1", port), 30,
    (os.environ.get("FROM", "127.0.0.2"), 0))
f = s.makefile("rb")

def reply():
    while True:
        line = f.readline().decode("latin1").rstrip()
        if not line:
            print("end")
            sys.exit()
        if line[3:4] != "-":
            return line

reply()
for w in words:
    if w.startswith("b:"):
        w = base64.b64encode(w[2:].replace("\\0", "\0").encode()).decode()
    elif " b:" in w:
        a, b = w.split(" b:", 1)
        w = a + " " + base64.b64encode(b.replace("\\0", "\0").encode()).decode()
    s.sendall(w.encode() + b"\r\n")
    line = reply()
    if not w.startswith("EHLO"):
        print(line)
