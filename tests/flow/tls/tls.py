"""tls.py WHAT ...: clients of pneu's SMTP server, and of pneu-tls itself."""
import array, os, re, socket, ssl, struct, subprocess, sys, threading, time

CTX = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
CTX.check_hostname = False
CTX.verify_mode = ssl.CERT_NONE


class Smtp:
    def __init__(self, port, tls=False):
        self.s = socket.create_connection(("127.0.0.1", int(port)), 20)
        self.buf = b""
        self.hello = self.reply()
        if tls:
            self.say("EHLO c.test")
            assert self.say("STARTTLS").startswith("220"), "no STARTTLS"
            self.secure()

    def secure(self):
        self.s = CTX.wrap_socket(self.s, server_hostname="mx.pneu.test")
        assert not self.buf, self.buf

    def line(self):
        while b"\n" not in self.buf:
            got = self.s.recv(65536)
            if not got:
                raise EOFError
            self.buf += got
        line, self.buf = self.buf.split(b"\n", 1)
        return line.decode()

    def reply(self):
        text = ""
        while True:
            line = self.line()
            text += line + "\n"
            if line[3:4] != "-":
                return text

    def say(self, *lines):
        self.s.sendall("".join(x + "\r\n" for x in lines).encode())
        return self.reply()


def offers(port):
    """EHLO says STARTTLS."""
    c = Smtp(port)
    assert "STARTTLS" in c.say("EHLO c.test")
    c.say("QUIT")


def needed(port):
    c = Smtp(port)
    c.say("EHLO c.test")
    assert c.say("MAIL FROM:<a@b.test>") == \
        "530 5.7.0 Must issue a STARTTLS command first\r\n"
    assert c.say("STARTTLS").startswith("220")
    c.secure()
    c.say("EHLO c.test")
    assert c.say("MAIL FROM:<a@b.test>").startswith("250")


def inject(port):
    """Commands sent in clear with STARTTLS have no effect (CVE-2011-0411)."""
    c = Smtp(port)
    c.say("EHLO c.test")
    assert c.say("STARTTLS", "EHLO evil.test", "MAIL FROM:<evil@evil.test>",
                 "RCPT TO:<alice@here.test>").startswith("220")
    c.secure()
    assert c.say("NOOP") == "250 2.0.0 Ok\r\n"
    # the state is new: there is no EHLO, no MAIL
    assert c.say("MAIL FROM:<a@b.test>").startswith("503 5.5.1 Error: send")
    assert "STARTTLS" not in c.say("EHLO c.test")
    assert c.say("RCPT TO:<alice@here.test>").startswith("503")
    assert c.say("STARTTLS").startswith("554 5.5.1")
    # later than the command, but before the handshake: no handshake
    c = Smtp(port)
    c.say("EHLO c.test")
    assert c.say("STARTTLS").startswith("220")
    c.s.sendall(b"MAIL FROM:<evil@evil.test>\r\n")
    try:
        c.secure()
    except (ssl.SSLError, OSError):
        return
    raise AssertionError("a handshake behind octets in clear")


def garbage(port):
    for what in (b"\x16\x03\x01\xff\xff" + b"x" * 70000, b"\x80" * 100,
                 b"\x16\x03\x03\x00\x04\x01\x00\x00\x00", b"GET / HTTP/1.0\r\n\r\n"):
        c = Smtp(port)
        c.say("EHLO c.test")
        assert c.say("STARTTLS").startswith("220")
        try:
            c.s.sendall(what)
            c.s.shutdown(socket.SHUT_WR)
            while c.s.recv(65536):
                pass
        except OSError:
            pass
    Smtp(port, tls=True).say("EHLO c.test")


def hang(port):
    hung = []
    for i in range(30):
        c = Smtp(port)
        c.say("EHLO c.test")
        assert c.say("STARTTLS").startswith("220")
        if i % 3:
            c.s.sendall(b"\x16\x03\x01\x02\x00\x01"[:i % 7 + 1])
        hung.append(c)
    begun = time.monotonic()
    for i in range(5):
        c = Smtp(port, tls=True)
        c.say("EHLO c.test")
        assert c.say("QUIT").startswith("221")
    assert time.monotonic() - begun < 5


def big(port, mailbox):
    """Octets are neither lost nor changed, however the client dawdles."""
    body = b"".join(b"%07d %s\r\n" % (i, b"x" * 60) for i in range(40000))
    c = Smtp(port, tls=True)
    c.say("EHLO c.test")
    c.say("MAIL FROM:<b@else.test>")
    c.say("RCPT TO:<alice@here.test>")
    assert c.say("DATA").startswith("354")
    c.s.sendall(b"Subject: big\r\n\r\n" + body)
    assert c.say(".").startswith("250")
    end = time.monotonic() + 20
    while True:
        got = [open(mailbox + "/" + x, "rb").read() for x in os.listdir(mailbox)]
        got = [x for x in got if b"\nSubject: big\n" in x]
        if got or time.monotonic() > end:
            break
        time.sleep(0.05)
    assert got and got[0].endswith(body.replace(b"\r\n", b"\n"))
    # 3000 answers that the client does not read for a while, and the end
    c = Smtp(port, tls=True)
    c.s.settimeout(20)

    def send():
        c.s.sendall(b"VRFY x\r\n" * 90 + b"NOOP\r\n" * 9 + b"QUIT\r\n")
    t = threading.Thread(target=send)
    t.start()
    time.sleep(0.3)
    n = 0
    try:
        while True:
            last = c.line()
            n += 1
    except EOFError:
        pass            # a clean close_notify: a broken end is an SSLError
    t.join()
    assert last.startswith("221"), last
    assert n == 100, n


def stuck(port, flag, *smtpds):
    """A letter while these processes sleep; until the file is emptied."""
    import signal
    c = Smtp(port, tls=True)
    c.say("EHLO c.test")
    c.say("MAIL FROM:<b@else.test>")
    c.say("RCPT TO:<alice@here.test>")
    assert c.say("DATA").startswith("354")
    for p in smtpds:
        os.kill(int(p), signal.SIGSTOP)
    try:
        c.s.settimeout(0.5)
        body, sent = b"y" * 70 + b"\r\n", 0
        try:
            while sent < 1000:
                c.s.sendall(body * 1000)
                sent += 1
        except TimeoutError:
            pass
        open(flag, "w").write("stuck\n")
        assert sent < 1000
        end = time.monotonic() + 20
        while os.path.getsize(flag) and time.monotonic() < end:
            time.sleep(0.02)
    finally:
        for p in smtpds:
            os.kill(int(p), signal.SIGCONT)


def keep(port, fifo):
    c = Smtp(port, tls=True)
    c.say("EHLO c.test")
    print("ready", flush=True)
    open(fifo).read()
    assert c.say("NOOP").startswith("250")
    assert c.say("QUIT").startswith("221")


def numbers(path):
    """The secret octets of a key: primes or scalar, and lines of its PEM."""
    text = subprocess.run(["openssl", "pkey", "-in", path, "-noout", "-text"],
                          capture_output=True, text=True, check=True).stdout
    found = []
    for name in ("prime1", "prime2", "exponent1", "priv"):
        m = re.search(r"^%s:\n((?: +[0-9a-f:]+\n)+)" % name, text, re.M)
        if m:
            n = bytes.fromhex(re.sub(r"[^0-9a-f]", "", m[1])).lstrip(b"\0")
            found += [n, n[::-1]]
    assert found, path
    lines = [x for x in open(path).read().split("\n") if x and "--" not in x]
    return found + [x.encode() for x in lines if len(x) == 64][1:3]


def memory(home, *keys):
    want = [x for k in keys for x in numbers(k)]
    hits, looked = {}, 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            exe = os.readlink("/proc/%s/exe" % pid)
            if not exe.startswith(home + "/bin/"):
                continue
            name = os.path.basename(exe)
            uid = os.stat("/proc/%s" % pid).st_uid
            mem = open("/proc/%s/mem" % pid, "rb", 0)
            maps = open("/proc/%s/maps" % pid).read().split("\n")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        looked += 1
        for m in maps:
            p = m.split()
            if len(p) < 2 or "r" not in p[1] or "[v" in m:
                continue
            a, b = (int(x, 16) for x in p[0].split("-"))
            try:
                mem.seek(a)
                s = mem.read(b - a)
            except (OSError, ValueError):
                continue
            for w in want:
                if w in s:
                    hits.setdefault((name, pid), set()).add(w)
    print(looked, {k: len(v) for k, v in hits.items()})
    assert looked >= 15
    assert [k[0] for k in hits] == ["pneu-key"], "in others"
    found = list(hits.values())[0]
    assert all(any(x in found for x in numbers(k)[:6]) for k in keys), \
        "the search finds nothing"


# frames of doc/PROTOCOLS, section 9
class Asker:
    def __init__(self, home):
        self.s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.s.settimeout(20)
        self.s.connect(home + "/run/tlsout/tls")
        self.tag = 0

    def ask(self, fd, **fields):
        self.tag += 1
        text = ""
        for k, v in fields.items():
            for x in v if isinstance(v, list) else [v]:
                text += "%s=%s\n" % (k, x)
        head = struct.pack(">IcI", len(text), b"C", self.tag)
        socket.send_fds(self.s, [head + text.encode()], [fd])
        s, fds, _, _ = socket.recv_fds(self.s, 65536, 4)
        n, kind, tag = struct.unpack(">IcI", s[:9])
        assert tag == self.tag and len(s) == 9 + n, s
        return kind.decode(), s[9:].decode(), fds


def client(home, certs):
    def openssl(*args):
        return subprocess.run(("openssl",) + args, capture_output=True,
                              check=True).stdout
    ca, leaf = certs + "/ca2", certs + "/leaf"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", ca + ".key", "-subj", "/CN=Test CA", "-days", "30",
            "-out", ca + ".crt")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", leaf + ".key", "-subj", "/CN=leaf", "-out", leaf + ".csr")
    with open(leaf + ".ext", "w") as f:
        f.write("subjectAltName=DNS:mx.far.test,DNS:*.wild.test\n")
    openssl("x509", "-req", "-in", leaf + ".csr", "-CA", ca + ".crt", "-CAkey",
            ca + ".key", "-CAcreateserial", "-days", "30", "-extfile", leaf + ".ext",
            "-out", leaf + ".crt")
    with open(leaf + ".chain", "wb") as f:
        f.write(open(leaf + ".crt", "rb").read() + open(ca + ".crt", "rb").read())
    os.chmod(leaf + ".key", 0o644)

    import hashlib
    def der(path):
        return ssl.PEM_cert_to_DER_cert(open(path).read())
    def spki(path):
        pem = openssl("x509", "-in", path, "-noout", "-pubkey")
        return subprocess.run(("openssl", "pkey", "-pubin", "-outform", "DER"),
                              input=pem, capture_output=True, check=True).stdout
    def sha(x):
        return hashlib.sha256(x).hexdigest()
    leaf311 = "3 1 1 " + sha(spki(leaf + ".crt"))
    ca201 = "2 0 1 " + sha(der(ca + ".crt"))
    wrong = "3 1 1 " + sha(b"x")

    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(leaf + ".chain", leaf + ".key")
    seen = {}
    def name(sock, sni, ctx):
        seen["sni"] = sni
    server.sni_callback = name
    door = socket.create_server(("127.0.0.1", 0))

    def serve(sock):
        try:
            with server.wrap_socket(sock, server_side=True) as s:
                seen["reused"] = s.session_reused
                s.sendall(b"220 far\r\n")
                while True:
                    got = s.recv(65536)
                    if not got:
                        break
                    s.sendall(got.upper())
                s.unwrap()      # else OpenSSL forgets the session
        except (OSError, ssl.SSLError) as e:
            seen["error"] = str(e)

    if os.getuid() == 0:
        for user in re.findall(r"pneur=(\d+):", open(home + "/etc/pneu.conf").read()):
            os.setgroups([])
            os.setgid(int(user))
            os.setuid(int(user))
    asker = Asker(home)

    def try_one(what, kind, trust, **fields):
        c = socket.create_connection(door.getsockname())
        s, _ = door.accept()
        seen.clear()
        t = threading.Thread(target=serve, args=(s,))
        t.start()
        k, text, fds = asker.ask(c.fileno(), peer="far[127.0.0.1]:25", **fields)
        c.close()
        good = k == kind and trust in text
        if k == "R":
            with socket.socket(fileno=fds[0]) as x:
                x.settimeout(20)
                x.sendall(b"hello")
                got = b""
                while len(got) < 14:
                    got += x.recv(100)
                good = good and got == b"220 far\r\nHELLO"
        t.join(20)
        print("ok" if good else "BAD %s %r %r" % (k, text, seen), what, flush=True)
        return good

    try_one("may: untrusted will do", "R", "trust=untrusted\n", level="may", host="mx.far.test")
    print("ok" if seen.get("sni") == "mx.far.test" else "BAD", "SNI")
    try_one("secure: untrusted will not", "F", "certificate verification failed for "
            "far[127.0.0.1]:25: untrusted issuer /CN=Test CA", level="secure",
            match="mx.far.test")
    try_one("DANE-EE", "R", "trust=dane\n", level="dane", tlsa=[wrong, leaf311])
    try_one("DANE-TA", "R", "trust=dane\n", level="dane", tlsa=ca201, match=["x", "mx.far.test"])
    try_one("DANE-TA, star", "R", "trust=dane\n", level="dane", tlsa=ca201, match="a.wild.test")
    try_one("DANE-TA, another name", "F", "4.7.5", level="dane", tlsa=ca201, match="far.test")
    try_one("DANE, another key", "F", "no TLSA record fits", level="dane", tlsa=wrong)
    try_one("DANE, no usable record", "R", "trust=untrusted\n", level="dane",
            tlsa="1 1 1 " + sha(b"x"))
    try_one("fingerprint of the key", "R", "trust=verified\n", level="fingerprint",
            fingerprint=[sha(b"x"), sha(spki(leaf + ".crt"))])
    try_one("fingerprint of the certificate", "R", "trust=verified\n", level="fingerprint",
            fingerprint=sha(der(leaf + ".crt")).upper())
    try_one("another fingerprint", "F", "4.7.5", level="fingerprint", fingerprint=sha(b"x"))
    try_one("a session under a name", "R", "trust=dane\n", level="dane", tlsa=leaf311, session="a b")
    try_one("is resumed, its verdict kept", "R", "resumed=1\n", level="dane", tlsa=leaf311,
            session="a b")
    # a server that is not one of TLS
    c = socket.create_connection(door.getsockname())
    s, _ = door.accept()
    s.sendall(b"220 far ESMTP\r\n")
    k, text, fds = asker.ask(c.fileno(), peer="far[127.0.0.1]:25", level="encrypt")
    print("ok" if k == "F" and "Cannot start TLS: "
          in text and ("no TLS 1.2" in text or "not TLS" in text)
          else "BAD %s %s" % (k, text), "no TLS there")


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
