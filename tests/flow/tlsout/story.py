"""TLS with other hosts: see run.sh. Arguments: home, scratch directory, the
SMTP port of the servers, the directory of certificates."""
import atexit, os, re, signal, socket, ssl, subprocess, sys, threading, time
sys.path.insert(0, 'tests/flow/remote')
from order import Sender

HOME, SCRATCH, PORT, CERTS = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
count = failed = 0

def ok(good, what, *more):
    global count, failed
    count += 1
    failed += not good
    print('%sok %d - %s' % ('' if good else 'not ', count, what))
    if not good:
        for m in more:
            print('# %r' % (m,))
    sys.stdout.flush()

class Server(threading.Thread):
    """An SMTP server on 127.0.1.N with that certificate. How it behaves:
    plain (no STARTTLS), refuse (454), inject (replies in clear behind the
    220), trash (no TLS behind it), hangup, stall."""
    def __init__(self, n, cert, how=''):
        super().__init__(daemon=True)
        self.n, self.how = n, how
        self.s = socket.create_server(('127.0.1.%d' % n, PORT))
        self.ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ctx.load_cert_chain('%s/%s.pem' % (CERTS, cert), '%s/%s.key' % (CERTS, cert))
        self.ctx.set_servername_callback(lambda sock, name, ctx: self.names.append(name))
        self.conns, self.letters, self.names, self.lines, self.reused = 0, [], [], [], []
        self.stalled = threading.Event()
        self.start()

    def run(self):
        while True:
            c, _ = self.s.accept()
            self.conns += 1
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        secure = False
        try:
            c.sendall(b'220 h ESMTP\r\n')
            f = c.makefile('rb')
            while True:
                line = f.readline()
                if not line:
                    break
                self.lines.append((secure, line))
                verb = line[:4].upper()
                if verb == b'EHLO':
                    c.sendall(b'250-h\r\n250-PIPELINING\r\n' + (b'250-STARTTLS\r\n' if self.how !=
                              'plain' and not secure else b'250-X-SECURE\r\n' if secure else b'') + b'250 8BITMIME\r\n')
                elif verb == b'STAR':
                    if self.how == 'refuse':
                        c.sendall(b'454 4.7.0 not today\r\n')
                        continue
                    c.sendall(b'220 go\r\n' + (b'250-h\r\n250 8BITMIME\r\n250 ok\r\n250 ok\r\n354 go\r\n'
                              if self.how == 'inject' else b''))
                    if self.how == 'trash':
                        c.sendall(b'no TLS here\r\n' * 20)
                    if self.how in ('trash', 'hangup'):
                        time.sleep(0.05)
                        break
                    if self.how == 'stall':
                        self.stalled.set()
                        f.read()
                        break
                    f.close()
                    c = self.ctx.wrap_socket(c, server_side=True)
                    f = c.makefile('rb')
                    secure = True
                    self.reused.append(c.session_reused)
                elif verb == b'DATA':
                    c.sendall(b'354 go\r\n')
                    text = []
                    while True:
                        line = f.readline()
                        if line == b'.\r\n' or not line:
                            break
                        text.append(line)
                    self.letters.append((secure, b''.join(text)))
                    c.sendall(b'250 2.0.0 in\r\n')
                elif verb == b'QUIT':
                    c.sendall(b'221 bye\r\n')
                    if secure:		# or OpenSSL forgets the session
                        c.settimeout(5)
                        f.close()
                        c = c.unwrap()
                    break
                else:
                    c.sendall(b'250 2.1.0 ok\r\n')
        except OSError:
            pass
        c.close()

servers = {n: Server(n, cert, how) for n, cert, how in (
    (1, 'good', ''), (2, 'self', ''), (3, 'name', ''), (4, 'old', ''),
    (5, 'self', 'plain'), (6, 'foreign', ''), (7, 'good', 'inject'),
    (8, 'good', 'refuse'), (9, 'wild', ''), (10, 'self', ''),
    (11, 'good', 'trash'), (12, 'good', 'hangup'), (13, 'good', 'stall'))}

log = open(SCRATCH + '/log', 'ab')
def start(what, sock, *args):
    p = subprocess.Popen([HOME + '/bin/' + what] + list(args), stderr=log)
    atexit.register(p.kill)
    end = time.time() + 10
    while time.time() < end:
        try:
            socket.socket(socket.AF_UNIX).connect(HOME + '/run/' + sock)
            return p
        except OSError:
            time.sleep(0.02)
    raise SystemExit('Bail out! %s does not listen' % what)

def logged(seen=[0]):
    """What was logged since the last call."""
    s = open(SCRATCH + '/log').read()[seen[0]:]
    seen[0] += len(s)
    return s

class As:
    def __enter__(self):
        if os.getuid() == 0:
            os.setegid(61003); os.seteuid(61003)
    def __exit__(self, *a):
        if os.getuid() == 0:
            os.seteuid(0); os.setegid(0)

def one(to, **k):
    """A letter's report, with what it did at the servers in at."""
    before = {n: len(v.letters) for n, v in servers.items()}
    r = s.deliver('smtp:' + to, ['a@x.test'], **k)[0]
    r['at'] = [(n, secure) for n, v in servers.items() for secure, _ in v.letters[before[n]:]]
    r['log'] = logged()
    return r

remote = start('pneu-remote', 'remote/1', '1')
with As():
    s = Sender(HOME + '/run/remote/1')
h = lambda n: 'h%d.safe.test[127.0.1.%d]' % (n, n)

def late(to, code, text, what):
    r = one(to)
    ok(r['kind'] == 'L' and r['code'] == code and re.search(text, r['text']) and not r['at'], what, r)
    return r

def done(to, at, what, log=None):
    r = one(to)
    ok(r['kind'] == 'D' and r['at'] == [at] and (not log or re.search(log, r['log'])), what, r)
    return r

# without pneu-tls
done('may1.plain.test', (1, False), 'no pneu-tls: may goes on in clear', 'in clear to h1.*pneu-tls does not answer')
r = late('enc1.plain.test', '4.7.5', '^TLS is required, but our TLS engine is unavailable$', 'and encrypt waits')
ok('site' not in r, 'which is no fault of the site', r)
late('ee.safe.test', '4.7.5', 'TLS engine is unavailable', 'and so does dane')
done('none1.plain.test', (1, False), 'none needs none')
def back():
    """A new pneu-tls, of which pneu-remote makes use."""
    global tls
    tls = start('pneu-tls', 'tlsout/tls')
    end = time.time() + 10
    while time.time() < end:
        r = one('[127.0.1.2]:%d' % PORT)
        if r['kind'] == 'D':
            break
        time.sleep(0.05)
    return r
back()

# levels, and who offers what
def up(trust, n):
    return r'%s TLS connection established to %s:%d: TLSv1\.[23] with cipher \S+ \(\d+/\d+ bits\)' % (
        trust, re.escape(h(n)), PORT)
done('may2.plain.test', (2, True), 'may: with anybody', up('Untrusted', 2))
done('may1.plain.test', (1, False), 'a connection that was made without is kept')
done('may5.plain.test', (5, False), 'may: without')
done('may8.plain.test', (8, False), 'may: offered, refused', 'in clear to h8.*it refused')
done('none2.plain.test', (2, False), 'none: not though offered')
for n, how in ((11, 'it talks no TLS'), (12, 'it hangs up')):
    before = servers[n].conns
    done('[h%d.plain.test]' % n, (n, False), 'may: %s: another connection, in clear' % how,
         'TLS with h%d.* failed, going on in clear: ' % n)
    ok(servers[n].conns == before + 2, 'two connections', servers[n].conns)
    r = late('[h%d.safe.test]' % n, '4.7.5', '.', 'encrypt: ' + how)
    ok(r.get('site') == '1' and servers[n].conns == before + 3, 'and no more', r)
done('enc2.plain.test', (2, True), 'encrypt: with anybody', up('Untrusted', 2))
r = late('enc5.plain.test', '4.7.4', '^TLS is required, but was not offered by host h5', 'encrypt: stripped')
ok(r.get('site') == '1', 'a fault of the site', r)
late('enc8.plain.test', '4.7.0', 'refused to start TLS: 454 4.7.0 not today', 'encrypt: refused')
late('enc7.plain.test', '4.5.0', 'sent a reply in clear after its reply to STARTTLS', 'replies in clear behind the 220')
late('may7.plain.test', '4.5.0', 'sent a reply in clear', 'also of may')
ok(not servers[7].letters, 'and nothing was sent')
done('ver1.plain.test', (1, True), 'verify: the right name', up('Verified', 1))
for n, what in ((2, 'signed by itself'), (3, 'another name'), (4, 'expired'), (6, 'another CA')):
    r = late('ver%d.plain.test' % n, '4.7.5', '.', 'verify: ' + what)
    print('# ' + r['text'])
done('sec1.plain.test', (1, True), 'secure: by match=', up('Verified', 1))
late('nextver1.plain.test', '4.7.5', '.', 'secure: by the next hop, which is not in it')
done('[h9.plain.test]', (9, True), 'a wild card in the certificate', 'Verified')
late('[h3.safe.test]', '4.7.5', '.', 'a name of .test that other.test is not')
done('fp1.plain.test', (1, True), 'fingerprint: of the certificate', up('Verified', 1))
done('fp2.plain.test', (2, True), 'fingerprint: of its key', up('Verified', 2))
late('fp3.plain.test', '4.7.5', '.', 'fingerprint: of another')
done('two.plain.test', (1, True), 'who cannot be verified is passed over for the next')
done('[127.0.1.2]:%d' % PORT, (2, True), 'an address')
ok(None in servers[2].names and 'h2.safe.test' in servers[2].names, 'SNI is a name only', servers[2].names)

# DANE
done('ee.safe.test', (2, True), 'DANE-EE: by itself, no name', up('Verified', 2))
done('eeold.safe.test', (4, True), 'DANE-EE: though expired', up('Verified', 4))
late('eewrong.safe.test', '4.7.5', '.', 'DANE-EE: another')
done('ta.safe.test', (1, True), 'DANE-TA', up('Verified', 1))
late('taname.safe.test', '4.7.5', '.', 'DANE-TA: another name')
late('taother.safe.test', '4.7.5', '.', 'DANE-TA: another CA')
done('both.safe.test', (1, True), 'one record of two')
done('none.safe.test', (10, True), 'signed, no TLSA: as may', up('Untrusted', 10))
late('strip.safe.test', '4.7.4', 'was not offered', 'TLSA, and STARTTLS is stripped')
done('pkix.safe.test', (2, True), 'no record that is for mail: encrypt', 'Untrusted TLS')
done('odd.safe.test', (2, True), 'nor one that is known', 'Untrusted TLS')
r = late('bogus.safe.test', '4.7.5', r'^TLSA lookup error for bogus\.safe\.test:%d$' % PORT, 'a TLSA record whose signature is wrong')
ok(r.get('site') == '1', 'the site')
done('next.safe.test', (2, True), 'the next host is tried then', 'Verified')
done('alias.safe.test', (2, True), 'by a CNAME', 'Verified')
done('in.plain.test', (3, True), 'MX that are not signed: as may', up('Trusted', 3))
done('out.safe.test', (2, True), 'a host that is not: its TLSA say nothing', 'Untrusted TLS')
done('cn.safe.test', (2, True), 'only the CNAME of a host is signed: its TLSA count (RFC 7672 2.2.2)', 'Verified')
late('cnwrong.safe.test', '4.7.5', 'no TLSA record fits', 'though it is another certificate')
done('cnnone.safe.test', (2, True), 'and where there are none, as may', 'Untrusted TLS')
late('only5.plain.test', '4.7.5', 'non DNSSEC destination', 'dane-only: not signed')
late('onlynone.safe.test', '4.7.5', 'no TLSA records found', 'dane-only: no TLSA')
done('only.safe.test', (2, True), 'dane-only: DANE-EE', 'Verified')

# one connection, many letters; sessions
n = servers[2].conns
for i in range(5):
    one('enc2.plain.test')
ok(servers[2].conns == n, 'a connection is kept with its TLS')
ok(all(any(x[1][:4].upper() == b'EHLO' and x[0] for x in v.lines) for n, v in servers.items() if n in (1, 2, 9)),
   'EHLO is said again')

# pneu-tls goes while sessions are open, and comes back
tls.kill(); tls.wait()
r = one('enc2.plain.test')
ok(r['kind'] == 'L' and r['code'] == '4.7.5' and 'unavailable' in r['text'], 'pneu-tls is gone: later', r)
r = back()
ok(r['kind'] == 'D' and r['at'] == [(2, True)], 'and back: delivered', r)
for to, want in (('[h13.safe.test]', 'L'), ('[h13.plain.test]', 'D')):
    servers[13].stalled.clear()
    tag = s.order('smtp:' + to, ['a@x.test'], b'Subject: x\n\n')
    ok(servers[13].stalled.wait(10), 'a handshake under way')
    tls.kill(); tls.wait()
    r = s.reports(tag, 1, 10)[0]
    ok(r['kind'] == want and 'site' not in r, 'pneu-tls dies: ' + ('later' if want == 'L' else 'in clear'), r)
    back()
big = b'Subject: big\n\n' + (b'.123456789 abcdef' * 4 + b'\n') * 30000
r = one('enc2.plain.test', message=big, timeout=60)
ok(r['kind'] == 'D' and servers[2].letters[-1][1].replace(b'\r\n', b'\n').replace(b'\n..', b'\n.') == big, '2 MB', r['kind'])

# who comes after a pneu-remote takes up its sessions of TLS
one('fp2.plain.test')
remote.terminate()
ok(remote.wait(35) == 0, 'it ends')
n = len(servers[2].reused)
remote = start('pneu-remote', 'remote/1', '1')
with As():
    s = Sender(HOME + '/run/remote/1')
done('fp2.plain.test', (2, True), 'a new pneu-remote', up('Verified', 2))
ok(servers[2].reused[n:] == [True], 'resumes the session', servers[2].reused[n:])
done('ver1.plain.test', (1, True), 'by the same question', up('Verified', 1))
r = late('nextver1.plain.test', '4.7.5', '.', 'and no other')

for p in (remote, tls):
    p.terminate()
remote.wait(35)
ok(tls.wait(10) == 0, 'pneu-tls ends')
if failed:
    for line in open(SCRATCH + '/log').read().split('\n')[-40:]:
        print('# ' + line)
print('1..%d' % count, flush=True)
os._exit(failed > 0)
