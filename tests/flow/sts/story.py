"""MTA-STS: see run.sh. Arguments: home, scratch directory, ports of the SMTP
servers, directory of certificates, port of the web server, pid of nsd."""
import atexit, glob, os, re, signal, socket, ssl, subprocess, sys, threading, time
sys.path.insert(0, 'tests/flow/remote')
from order import Sender

HOME, SCRATCH, PORT, CERTS, WEB, NSD = sys.argv[1:]
PORT, WEB, NSD = int(PORT), int(WEB), int(NSD)
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

def context(cert):
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ctx.load_cert_chain('%s/%s.pem' % (CERTS, cert), '%s/%s.key' % (CERTS, cert))
    return ctx

class Server(threading.Thread):
    """Serves each connection in a thread."""
    def __init__(self, address, cert):
        super().__init__(daemon=True)
        self.s = socket.create_server(address)
        self.ctx = context(cert)
        self.start()

    def run(self):
        while True:
            c, _ = self.s.accept()
            threading.Thread(target=self.guard, args=(c,), daemon=True).start()

    def guard(self, c):
        try:
            self.serve(c)
        except OSError:
            pass
        c.close()

class Smtp(Server):
    """127.0.1.N; without STARTTLS if plain."""
    def __init__(self, n, cert, plain=False):
        self.plain, self.letters = plain, []
        super().__init__(('127.0.1.%d' % n, PORT), cert)

    def serve(self, c):
        secure = False
        c.sendall(b'220 h ESMTP\r\n')
        f = c.makefile('rb')
        while True:
            verb = f.readline()[:4].upper()
            if verb == b'EHLO':
                c.sendall(b'250-h\r\n' + (b'' if self.plain or secure else b'250-STARTTLS\r\n') + b'250 8BITMIME\r\n')
            elif verb == b'STAR':
                c.sendall(b'220 go\r\n')
                f.close()
                c = self.ctx.wrap_socket(c, server_side=True)
                f, secure = c.makefile('rb'), True
            elif verb == b'DATA':
                c.sendall(b'354 go\r\n')
                while f.readline() not in (b'.\r\n', b''):
                    pass
                self.letters.append(secure)
                c.sendall(b'250 2.0.0 in\r\n')
            elif verb == b'QUIT' or not verb:
                break
            else:
                c.sendall(b'250 2.1.0 ok\r\n')

def policy(mode, *mx, age=604800):
    return ('version: STSv1\r\nmode: %s\r\n%smax_age: %d\r\n' % (mode,
            ''.join('mx: %s\r\n' % m for m in mx), age)).encode()

def page(text, kind='text/plain', status='200 OK', more=''):
    return ('HTTP/1.1 %s\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n' % (status, kind, more, len(text))).encode() + text

h = 'h%d.plain.test'
STRICT = policy('enforce', 'h2.plain.test')	# h2 has a certificate of its own
pages = {
    'right': page(policy('enforce', h % 9, h % 1), 'text/plain; charset=us-ascii'),
    'wild': b'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n' + policy('enforce', '*.plain.test'),	# ends with the connection
    'chunk': b'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n' +
             b''.join(b'%x\r\n%s\r\n' % (len(p), p) for p in policy('enforce', h % 1).splitlines(True)) + b'0\r\n\r\n',
    'wrong': page(STRICT), 'old': page(STRICT), 'late': page(STRICT),
    'strip': page(policy('enforce', h % 3)),
    'other': page(policy('enforce', h % 9)),
    'test': page(policy('testing', h % 1)),
    'testclear': page(policy('testing', h % 3)),
    'none': page(policy('none')),
    'badcert': page(STRICT), 'row': page(STRICT), 'norecord': page(STRICT), 'two': page(STRICT),
    'moved': page(b'', status='301 Moved', more='Location: https://mta-sts.wrong.plain.test:%d/.well-known/mta-sts.txt\r\n' % WEB),
    'html': page(STRICT, 'text/html'),
    'huge': page(STRICT + b'x: y\r\n' * 20000),
    'torn': page(STRICT)[:-20],
    'dull': page(b'Hello, world\n'),
    'dane': page(policy('enforce', h % 9)), 'signed': page(policy('enforce', 'h2.safe.test')),
}

class Web(Server):
    def __init__(self):
        self.hits, self.bad, self.slow = [], [], threading.Event()
        super().__init__(('127.0.2.1', WEB), 'web')

    def serve(self, c):
        c = self.ctx.wrap_socket(c, server_side=True)
        f = c.makefile('rb')
        line, head = f.readline(), {}
        while True:
            s = f.readline().strip().decode().split(': ', 1)
            if len(s) < 2:
                break
            head[s[0].lower()] = s[1]
        host = head['host'].split('.')
        self.hits.append(host[1])
        if line != b'GET /.well-known/mta-sts.txt HTTP/1.1\r\n' or host[0] != 'mta-sts':
            self.bad.append((line, head))
        if host[1] == 'slow':
            self.slow.wait(30)
            c.sendall(page(STRICT))
        else:
            s = pages[host[1]]
            c.sendall(s[:40]); c.sendall(s[40:])
        f.close()
        c.close()

servers = {1: Smtp(1, 'good'), 2: Smtp(2, 'self'), 3: Smtp(3, 'strip', True), 4: Smtp(4, 'self')}
web = Web()

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

def until(true, seconds=10):
    end = time.time() + seconds
    while not true() and time.time() < end:
        time.sleep(0.02)
    return true()

class As:
    def __enter__(self):
        if os.getuid() == 0:
            os.setegid(61003); os.seteuid(61003)
    def __exit__(self, *a):
        if os.getuid() == 0:
            os.seteuid(0); os.setegid(0)

tls, sts = start('pneu-tls', 'tlssts/tls'), start('pneu-sts', 'sts/sts')
remote = start('pneu-remote', 'remote/1', '1')
with As():
    s = Sender(HOME + '/run/remote/1')

def name(to):
    return to if '.' in to else to + '.plain.test'

def begin(to):
    return s.order('smtp:' + name(to), ['a@x.test'], b'Subject: x\n\n')

def end(tag, before=None, timeout=30):
    before = before or [len(v.letters) for v in servers.values()]
    r = s.reports(tag, 1, timeout)[0]
    r['at'] = [(n, secure) for b, (n, v) in zip(before, servers.items()) for secure in v.letters[b:]]
    r['log'] = logged()
    return r

def one(to):
    before = [len(v.letters) for v in servers.values()]
    return end(begin(to), before)

def done(to, at, what, pattern=''):
    r = one(to)
    ok(r['kind'] == 'D' and r['at'] == [at] and re.search(pattern, r['log'], re.S), what, r)
    return r

def late(to, code, text, what):
    r = one(to)
    ok(r['kind'] == 'L' and r['code'] == code and re.search(text, r['text']) and not r['at'], what, r)
    ok(r.get('site') == '1', 'the site', r)
    return r

# one that does not answer, while others are served
t0, slow = time.time(), begin('slow')
done('right', (1, True), 'enforced, the right certificate',
     r'right\.plain\.test: MTA-STS policy 1: enforce for 604800 s, mx h9\.plain\.test h1\.plain\.test\n.*'
     r'Verified TLS connection established to h1\.plain\.test\[127\.0\.1\.1\]:%d: TLSv1' % PORT)
done('wild', (1, True), 'a pattern', 'Verified')
done('chunk', (1, True), 'a policy in chunks', 'policy 1: enforce.*Verified')
late('wrong', '4.7.5', r'^certificate verification failed for h2.*\(MTA-STS\)$', 'a certificate of nobody: refused')
late('old', '4.7.5', 'certificate verification failed', 'another')
late('strip', '4.7.4', r'^TLS is required, but was not offered by host h3.*\(MTA-STS\)$', 'no STARTTLS: refused')
late('other', '4.7.5', r"^the domain's MTA-STS policy does not name the host for h1\.plain\.test:%d$" % PORT,
     'a host that is not in it: refused')
late('signed.safe.test', '4.7.5', 'certificate verification failed', 'signed, without TLSA: by the policy')
WOULD = 'plain.test: MTA-STS policy, testing: it would refuse h'
done('test', (2, True), 'testing: goes, and is logged',
     WOULD + r'2\.plain.*: it does not name the host\n.*' + WOULD + '2.*: its certificate is not verified')
done('testclear', (3, False), 'testing: in clear, and is logged', WOULD + '3.*: it is in clear')
done('none', (2, True), 'a policy of none', 'MTA-STS policy 1: none for 604800 s\n')
NOT = r'%s\.plain\.test: no MTA-STS policy 1: %s'
for to, why in (('badcert', 'certificate verification failed for mta-sts.*another name'),
                ('moved', r'mta-sts\.moved\.plain\.test: HTTP status 301'),
                ('html', '.*not text/plain'), ('huge', '.*too long'), ('torn', 'the connection ended early'),
                ('dull', 'a line is not "key: value"'), ('away', 'there is no host mta-sts')):
    done(to, (2, True), 'no policy, and the letter goes: ' + to, NOT % (to, why))
    n = len(web.hits)
    done('%s:%d' % (name(to), PORT), (2, True), 'again')
    ok(len(web.hits) == n, 'without asking', web.hits[n:])
ok('badcert' not in web.hits, 'a wrong certificate: nothing is asked for')
for to, why in (('norecord', 'no record'), ('two', 'two records'), ('row', 'a row of tls_policy comes before')):
    done(to, (2, True), why)
    ok(to not in web.hits, 'nothing is asked for', web.hits)
done('[h2.plain.test]', (2, True), 'a host in brackets has no policy')
done('dane.safe.test', (4, True), 'DANE comes first', 'Verified')
ok('dane' not in web.hits, 'and nothing is asked for', web.hits)
ok(not web.bad, 'every request is as it should be', web.bad)

# on disk
files = {os.path.basename(f): open(f).read() for f in glob.glob(HOME + '/sts/*')}
ok(set(files) == {d + '.plain.test' for d in ('right', 'wild', 'chunk', 'wrong', 'old', 'strip', 'other',
   'test', 'testclear', 'none')} | {'signed.safe.test'}, 'policies are on disk', files)
ok(re.fullmatch(r'mode=enforce\nmx=h2\.plain\.test\nid=1\nfetched=\d+\nmax_age=604800\n', files['wrong.plain.test']),
   'as text', files['wrong.plain.test'])
ok(os.stat(HOME + '/sts').st_mode & 0o777 == 0o700, "nobody else's")

# the slow one
r = end(slow, [len(v.letters) for v in servers.values()])
took = time.time() - t0
ok(r['kind'] == 'D' and 4.5 < took < 15, 'who does not answer is waited for 5 seconds', took, r)
t0 = time.time()
r = one('slow.plain.test.:%d' % PORT)	# a name of its own: no kept connection
ok(r['kind'] == 'D' and time.time() - t0 < 4, 'but once', time.time() - t0, r)
web.slow.set()
ok(until(lambda: os.path.exists(HOME + '/sts/slow.plain.test')), 'and his policy is taken when it comes')
# (by another destination: the connection that was made without is kept)
late('slow.plain.test:%d' % PORT, '4.7.5', 'MTA-STS', 'from then on it is in force')

# a restart; the web server is down
sts.terminate()
ok(sts.wait(10) == 0, 'pneu-sts ends')
def edit(name, *subs):
    p = HOME + '/sts/' + name + '.plain.test'
    t = open(p).read()
    for a, b in subs:
        t = re.sub(a, b, t)
    open(p, 'w').write(t)
edit('old', ('fetched=.*', 'fetched=%d' % (time.time() - 700000)))
edit('right', ('fetched=.*', 'fetched=%d' % (time.time() - 90000)))
open(HOME + '/sts/junk.test', 'w').write('what?\n')
tag = begin('other')	# its policy waits for pneu-sts
dark, web.ctx = web.ctx, None
web.serve, serve = lambda c: c.close(), web.serve
sts = start('pneu-sts', 'sts/sts')
r = end(tag)
ok(r['kind'] == 'L' and 'does not name' in r['text'], 'who asks while it is started anew is answered', r)
late('wrong', '4.7.5', 'MTA-STS', 'what was on disk is in force')
done('old', (2, True), 'but not what has run out')
ok(not os.path.exists(HOME + '/sts/old.plain.test') and not os.path.exists(HOME + '/sts/junk.test'),
   'which is removed, as is what makes no sense')
ok(until(lambda: re.search(r'right\.plain\.test: no MTA-STS policy 1: .*; in force stays 1\n', open(SCRATCH + '/log').read())),
   'what is a day old is fetched anew; that fails, and it stays')

# another id
web.serve, web.ctx = serve, dark
pages['wrong'] = page(policy('none'))
pages['strip'] = page(b'', status='404 Not Found')
os.rename(SCRATCH + '/dns/plain.2', SCRATCH + '/dns/plain.test')
os.kill(NSD, signal.SIGHUP)
sts.terminate(); sts.wait(10)
def told():
    q = b'\x12\x34\1\0\0\1\0\0\0\0\0\0\x08_mta-sts\5wrong\5plain\4test\0\0\x10\0\1'
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    u.settimeout(1)
    for line in open(SCRATCH + '/dns/unbound.conf'):
        m = re.search(r'127\.0\.0\.1@(\d+)', line)
        if m:
            u.sendto(q, ('127.0.0.1', int(m[1])))
            return b'id=2' in u.recv(1000)
ok(until(told), 'the record has changed')
edit('right', ('fetched=.*', 'fetched=%d' % (time.time() - 90000)))
sts = start('pneu-sts', 'sts/sts')
done('wrong', (2, True), 'another id: the new policy is in force', 'wrong.plain.test: MTA-STS policy 2: none')
r = late('strip', '4.7.4', 'MTA-STS', 'another id, but the policy cannot be had: the old one is in force')
ok('strip.plain.test: no MTA-STS policy 2: mta-sts.strip.plain.test: HTTP status 404; in force stays 1\n' in r['log'],
   'which is logged', r['log'])
def fetched():
    return int(re.search(r'fetched=(\d+)', open(HOME + '/sts/right.plain.test').read())[1])
ok(until(lambda: fetched() > time.time() - 1000), 'which is done at the next start')

# without it
sts.kill(); sts.wait()
r = one('late')
ok(r['kind'] == 'D' and r['log'].count('pneu-sts is not there') == 1, 'without pneu-sts there are no policies', r)
r = one('late.plain.test:%d' % PORT)
ok(r['kind'] == 'D' and 'pneu-sts' not in r['log'], 'which is said once', r)
tls.kill()
sts = start('pneu-sts', 'sts/sts')
r = one('other')
ok(r['kind'] == 'L' and 'does not name' in r['text'], 'with it there are', r)

for p in (remote, sts):
    p.terminate()
ok(sts.wait(10) == 0 and remote.wait(35) == 0, 'both end')
if failed:
    for line in open(SCRATCH + '/log').read().split('\n')[-60:]:
        print('# ' + line)
print('1..%d' % count, flush=True)
os._exit(failed > 0)
