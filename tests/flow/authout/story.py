"""Logging in at other hosts: see run.sh. Arguments: home, scratch directory,
the SMTP port of the servers, the directory of their certificate."""
import atexit, base64, glob, hashlib, hmac, os, re, resource, signal, socket, ssl, stat
import subprocess, sys, threading, time
sys.path.insert(0, 'tests/flow/remote')
from order import Sender

HOME, SCRATCH, PORT, CERTS = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
ROOT = os.getuid() == 0
# each must be found nowhere but in its file
WORDS = {'alice': 'geheim wie:nie', 'bob': 'bobs-zweites', 'carol': 'carols-drittes',
         'w1': 'wrongwrong1', 'tok': 'ya29.a0Zeichen_zum-Pruefen'}
count = failed = 0
T0 = time.time()

def ok(good, what, *more):
    global count, failed
    count += 1
    failed += not good
    print('%sok %d - %s' % ('' if good else 'not ', count, what))
    if not good:
        for m in more:
            print('# %r' % (m,))
    sys.stdout.flush()
    if os.environ.get('TIMES'): print('# %.2f' % (time.time() - T0), flush=True)

b64 = lambda s: base64.b64encode(s)
unb64 = lambda s: base64.b64decode(s, validate=True)

class Denied(Exception):
    pass

class Server(threading.Thread):
    """An SMTP server on 127.0.1.N: what it offers in clear, and under TLS
    (None: no STARTTLS). how: later (454), stranger (SCRAM without the
    password), hangup (in the exchange)."""
    def __init__(self, n, clear, tls, how=''):
        super().__init__(daemon=True)
        self.n, self.clear, self.tls, self.how = n, clear, tls, how
        self.s = socket.create_server(('127.0.1.%d' % n if n else '127.0.0.1', PORT))
        self.ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ctx.load_cert_chain(CERTS + '/cert', CERTS + '/key')
        self.conns, self.letters, self.logins, self.tried = 0, [], [], []
        self.start()

    def run(self):
        while True:
            c, _ = self.s.accept()
            self.conns += 1
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def check(self, user, word):
        if WORDS.get(user) != word or user == 'w1':
            raise Denied()
        return user

    def auth(self, c, f, line):
        def ask(challenge):
            c.sendall(b'334 ' + b64(challenge) + b'\r\n')
            s = f.readline().rstrip(b'\r\n')
            if s == b'*':
                raise Denied()
            return unb64(s)
        words = line.split()
        mech = words[1].decode()
        self.tried.append(mech)
        assert mech in self.offer, (mech, self.offer)
        first = None
        if len(words) == 3:
            assert len(line) <= 512
            first = unb64(words[2]) if words[2] != b'=' else b''
        if self.how == 'hangup':
            c.close()
            raise OSError
        if mech == 'PLAIN':
            z, user, word = (ask(b'') if first is None else first).split(b'\0')
            assert z == b''
            return self.check(user.decode(), word.decode())
        if mech == 'LOGIN':
            assert first is None
            user = ask(b'Username:').decode()
            return self.check(user, ask(b'Password:').decode())
        if mech == 'SCRAM-SHA-256':
            return self.scram(ask, first.decode())
        if first is None:
            first = ask(b'')
        if mech == 'OAUTHBEARER':	# RFC 7628 section 3.1
            m = re.fullmatch(rb'n,a=([^,]*),\1host=127\.0\.1\.%d\1port=%d\1auth=Bearer ([^\1]*)\1\1'.replace(
                rb'\1', rb'\x01') % (self.n, PORT), first)
        else:				# as Google has it
            m = re.fullmatch(rb'user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01', first)
        assert m, first
        try:
            return self.check(m[1].decode(), m[2].decode())
        except Denied:
            r = ask(b'{"status":"invalid_token","schemes":"bearer"}')
            assert r == (b'\1' if mech == 'OAUTHBEARER' else b''), r
            raise

    def scram(self, ask, first):		# RFC 5802, RFC 7677
        m = re.fullmatch(r'n,,(n=([^,]*),r=([!-+\--~]{18,}))', first)
        assert m, first
        word = WORDS.get(m[2], 'none').encode()
        if self.how == 'stranger':
            word = b'guessed'
        nonce, salt = m[3] + 'ours', b'salzig'
        reply = 'r=%s,s=%s,i=4096' % (nonce, b64(salt).decode())
        final = ask(reply.encode()).decode()
        bare, proof = final.rsplit(',p=', 1)
        assert bare == 'c=biws,r=' + nonce, bare
        salted = hashlib.pbkdf2_hmac('sha256', word, salt, 4096)
        mac = lambda k, s: hmac.new(k, s, 'sha256').digest()
        all = ','.join((m[1], reply, bare)).encode()
        key = mac(salted, b'Client Key')
        want = bytes(a ^ b for a, b in zip(key, mac(hashlib.sha256(key).digest(), all)))
        if self.how != 'stranger' and (want != unb64(proof) or m[2] == 'w1'):
            raise Denied()
        assert ask(b'v=' + b64(mac(mac(salted, b'Server Key'), all))) == b''
        return m[2]

    def serve(self, c):
        secure, user, mail = False, None, b''
        try:
            c.sendall(b'220 h ESMTP\r\n')
            f = c.makefile('rb')
            while True:
                line = f.readline()
                if not line:
                    break
                verb = line[:4].upper()
                if verb == b'EHLO':
                    self.offer = (self.tls if secure else self.clear).split()
                    c.sendall(b'250-h\r\n250-PIPELINING\r\n' +
                              (b'250-STARTTLS\r\n' if self.tls is not None and not secure else b'') +
                              (b'250-AUTH %s\r\n' % ' '.join(self.offer).encode() if self.offer else b'') +
                              b'250 8BITMIME\r\n')
                elif verb == b'STAR':
                    c.sendall(b'220 go\r\n')
                    f.close()
                    c = self.ctx.wrap_socket(c, server_side=True)
                    f = c.makefile('rb')
                    secure = True
                elif verb == b'AUTH':
                    try:
                        assert not user
                        user = self.auth(c, f, line)
                        self.logins.append((line.split()[1].decode(), user))
                        if self.how == 'later':
                            user = None
                            c.sendall(b'454 4.7.0 not just now\r\n')
                        else:
                            c.sendall(b'235 2.7.0 in\r\n')
                    except Denied:
                        c.sendall(b'535 5.7.8 who are you?\r\n')
                    except AssertionError as e:
                        self.tried.append(repr(e))
                        c.sendall(b'501 5.5.2 nonsense\r\n')
                elif verb == b'MAIL':
                    mail = line.rstrip()
                    c.sendall(b'250 2.1.0 ok\r\n')
                elif verb == b'DATA':
                    c.sendall(b'354 go\r\n')
                    while f.readline() not in (b'.\r\n', b''):
                        pass
                    self.letters.append((user, secure, mail))
                    c.sendall(b'250 2.0.0 in\r\n')
                elif verb == b'QUIT':
                    c.sendall(b'221 bye\r\n')
                    break
                else:
                    c.sendall(b'250 2.1.0 ok\r\n')
        except (OSError, ValueError):
            pass
        c.close()

ALL = 'LOGIN PLAIN SCRAM-SHA-256 NTLM'
servers = {n: Server(n, *k) for n, k in {
    0: (ALL, ALL),
    1: ('', ALL), 2: ('', 'PLAIN LOGIN'), 3: ('', 'LOGIN'), 4: ('SCRAM-SHA-256 PLAIN', None),
    5: ('PLAIN LOGIN', None), 6: ('', ''), 7: ('', 'NTLM CRAM-MD5'), 8: ('', ALL, 'later'),
    9: ('', ALL, 'stranger'), 10: ('', 'PLAIN XOAUTH2'), 11: ('', 'XOAUTH2 OAUTHBEARER'),
    12: ('', 'PLAIN', 'hangup'), 13: (ALL, ALL), 14: ('PLAIN', 'PLAIN')}.items()}

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
        if ROOT:
            os.setegid(61003); os.seteuid(61003)
    def __exit__(self, *a):
        if ROOT:
            os.seteuid(0); os.setegid(0)

FILE = HOME + '/etc/sasl_passwd'
def write(text, mode=0o640):
    """Another file in its place; then pneu-remote is told, as by a reload."""
    with open(FILE + '.new', 'w') as f:
        os.fchmod(f.fileno(), mode)
        if ROOT:
            os.fchown(f.fileno(), 0, 61005)
        f.write(text)
    os.rename(FILE + '.new', FILE)
    remote.send_signal(signal.SIGHUP)

def hop(n):
    return '[127.0.1.%d]:%d' % (n, PORT)

def one(n, **k):
    """A letter's report, with what it did at the servers in at: (server, login,
    TLS)."""
    before = {i: len(v.letters) for i, v in servers.items()}
    r = s.deliver('smtp:' + (hop(n) if isinstance(n, int) else n), ['a@x.test'], **k)[0]
    r['at'] = [(i, l[0], l[1]) for i, v in servers.items() for l in v.letters[before[i]:]]
    return r

def done(n, login, secure, what, **k):
    r = one(n, **k)
    at = n if isinstance(n, int) else 0
    ok(r['kind'] == 'D' and r['at'] == [(at, login, secure)], what, r, servers[at].tried[-3:])

def late(n, code, text, what, **k):
    r = one(n, **k)
    ok(r['kind'] == 'L' and r['code'] == code and re.search(text, r['text']) and not r['at'], what, r,
       servers[n].tried[-3:])
    return r

def until(what, seconds=10):
    end = time.time() + seconds
    while time.time() < end and not what():
        time.sleep(0.02)
    return what()

remote = start('pneu-remote', 'remote/1', '1')
tls = start('pneu-tls', 'tlsout/tls')
with As():
    s = Sender(HOME + '/run/remote/1')
until(lambda: one(1)['at'] == [(1, None, True)])	# pneu-tls is there
done(1, None, True, 'no file: no login')

rows = ['%s alice:%s' % (hop(n), WORDS['alice']) for n in range(1, 10) if n != 6]
rows += ['%s bob:%s' % (hop(6), WORDS['bob']), '# what a comment says', '',
         '%s tok:oauth:%s' % (hop(10), WORDS['tok']), hop(11), '  tok:oauth:' + WORDS['tok'],
         '%s bob:%s' % (hop(12), WORDS['bob']), '127.0.1.14 alice:' + WORDS['alice'],
         '[localhost]:%d bob:%s' % (PORT, WORDS['bob'])]
write('\n'.join(rows) + '\n')

NOTHING = r'^SASL authentication failed; server 127\.0\.1\.\d+\[127\.0\.1\.\d+\] offered no compatible authentication mechanism'
ok(until(lambda: one(1)['at'] == [(1, 'alice', True)]), 'a file: it is read')
ok(servers[1].logins == [('SCRAM-SHA-256', 'alice')], 'by the best mechanism', servers[1].logins)
done(2, 'alice', True, 'PLAIN under TLS')
done(3, 'alice', True, 'LOGIN')
done(4, 'alice', False, 'SCRAM-SHA-256 in clear')
r = late(5, '4.7.0', NOTHING + ' for a connection without TLS$', 'no password in clear')
ok(r.get('site') == '1' and not servers[5].tried, 'nor is it tried', servers[5].tried)
late(6, '4.7.0', NOTHING + '$', 'no AUTH: nothing is sent without')
late(7, '4.7.0', NOTHING + '$', 'no mechanism that we know')
r = late(8, '4.7.0', r'^SASL authentication failed; server \S+ said: 454 4\.7\.0 not just now$', '454')
late(9, '4.7.0', r'has not proved that it knows the password$', 'a server that does not know the password')
done(10, 'tok', True, 'XOAUTH2')
ok(servers[10].logins == [('XOAUTH2', 'tok')], 'and no password of it', servers[10].logins)
done(11, 'tok', True, 'OAUTHBEARER')
ok(servers[11].logins == [('OAUTHBEARER', 'tok')], 'is the better one', servers[11].logins)
late(12, '4.4.2', r'^lost connection with \S+ while performing the AUTH exchange$', 'a connection that ends')
done(14, 'alice', True, 'by the name of the host')
done('[localhost]:%d' % PORT, 'bob', True, 'by the next hop, of a host with a name')

# one connection, many letters, one login
conns, logins = servers[2].conns, len(servers[2].logins)
for i in range(20):
    r = one(2)
    if r['kind'] != 'D':
        break
ok(i == 19 and servers[2].conns == conns and len(servers[2].logins) == logins,
   'twenty letters, no other connection and no other login', r, servers[2].conns - conns)

# AUTH= (RFC 4954 section 5)
one(2, auth='bob+2Bx@here.test')
ok(servers[2].letters[-1][2].endswith(b' AUTH=bob+2Bx@here.test'), 'AUTH= goes on', servers[2].letters[-1])
one(2, auth='<>')
ok(servers[2].letters[-1][2].endswith(b' AUTH=<>'), 'AUTH=<> too', servers[2].letters[-1])

# wrong passwords, and what a file that is no good does
write('%s w1:%s\n%s alice:%s\n' % (hop(1), WORDS['w1'], hop(11), 'oauth:' + WORDS['w1']))
late(1, '4.7.8', r'^SASL authentication failed; server \S+ said: 535 5\.7\.8 who are you\?$', 'a wrong password waits')
late(11, '4.7.8', r'said: 535 5\.7\.8 who are you\?$', 'a token that is no good')
ok(servers[11].tried[-1] == 'OAUTHBEARER', 'its answer is taken', servers[11].tried)
logged()
write('%s alice:%s\n%s nocolon%s\n' % (hop(1), WORDS['alice'], hop(2), WORDS['bob']))
ok(until(lambda: 'is not used' in open(SCRATCH + '/log').read()), 'a file that does not parse')
text = logged()
ok(re.search(r'etc/sasl_passwd:2:\d+: expected USER:PASSWORD\n', text), 'it is said where, and no more', text)
late(1, '4.7.8', '535', 'what was there before holds')

# by sender
write('''@one.test alice:%s
bob@two.test bob:%s
%s carol:%s
''' % (WORDS['alice'], WORDS['bob'], hop(1), WORDS['carol']))
servers[1].letters.clear()
until(lambda: one(1)['kind'] == 'D')
done(1, 'alice', True, "a sender's domain", sender='X@One.test')
done(1, 'bob', True, 'a sender', sender='bob@two.test')
done(1, 'bob', True, 'and his extension', sender='bob+list@two.test')
done(1, 'carol', True, 'others: by the next hop', sender='eve@two.test')
done(1, 'carol', True, 'the null sender, too', sender='')
conns, logins = servers[1].conns, len(servers[1].logins)
for i in range(4):
    for who in ('a@one.test', 'bob@two.test', 'x@three.test'):
        one(1, sender=who)
ok(servers[1].conns == conns and len(servers[1].logins) == logins, 'each has a connection of its own, which is kept')
ok([l[0] for l in servers[1].letters[-12:]] == ['alice', 'bob', 'carol'] * 4, 'and no other letters', servers[1].letters[-12:])
write('@one.test w1:%s\n%s carol:%s\n' % (WORDS['w1'], hop(1), WORDS['carol']))
until(lambda: one(1, sender='a@one.test')['kind'] == 'L')
r = late(1, '4.7.8', '535', "a sender's wrong password", sender='a@one.test')
ok('site' not in r, 'is no fault of the site', r)
conns = servers[1].conns
ok({late(1, '4.7.8', '535 5.7.8 who', 'and waits', sender='b@one.test')['kind'] for i in range(5)} == {'L'} and
   servers[1].conns == conns, 'and is not tried with every letter', servers[1].conns - conns)
done(1, 'carol', True, 'others go on', sender='b@two.test')

# who may read it
write('%s alice:%s\n' % (hop(2), WORDS['alice']), 0o644)
ok(until(lambda: 'is not used: who has no business' in open(SCRATCH + '/log').read()), 'a file that everybody can read')
os.chmod(FILE, 0o640)
remote.send_signal(signal.SIGHUP)
ok(until(lambda: one(2)['at'] == [(2, 'alice', True)] and servers[2].letters[-1][0] == 'alice'), 'until it is mended')
remote.terminate()
ok(remote.wait(35) == 0, 'it ends')
os.chmod(FILE, 0o604)
remote = start('pneu-remote', 'remote/1', '1')
with As():
    s = Sender(HOME + '/run/remote/1')
r = late(1, '4.3.0', '^etc/sasl_passwd cannot be used$', 'none that can be used, at the start: all mail waits')
ok('site' not in r, 'and it is not the site', r)
os.chmod(FILE, 0o640)
ok(until(lambda: one(2)['at'] == [(2, 'alice', True)]), 'a mended file is found without a reload')
os.unlink(FILE)
ok(until(lambda: one(13)['at'] == [(13, None, True)]), 'no file any more: no login')

# where passwords are not
pid = remote.pid
if ': this build has no' not in open(SCRATCH + '/log').read():	# valgrind, sanitizers
    ok(re.search(r'^Max core file size +0 +0 ', open('/proc/%d/limits' % pid).read(), re.M), 'no core files')
    ok(not ROOT or os.stat('/proc/%d/mem' % pid).st_uid == 0, 'nor looked into')
write('\n'.join(rows) + '\n')
until(lambda: one(1)['at'] == [(1, 'alice', True)])
conf = subprocess.run([HOME + '/bin/pneu-conf', 'compile'], capture_output=True)
ok(conf.returncode == 0, 'compile', conf.stderr)
shown = subprocess.run([HOME + '/bin/pneu-conf', 'show'], capture_output=True).stdout + conf.stdout + conf.stderr
found = [name for name in glob.glob(HOME + '/**', recursive=True) + [SCRATCH + '/log'] if os.path.isfile(name)
         and name != FILE for w in WORDS.values() if w.encode() in open(name, 'rb').read()]
ok(not found, 'no password in any other file: settings, log', found)
ok(not [w for w in WORDS.values() if w.encode() in shown], 'nor in what pneu-conf says', shown)
cmd = b''.join(open('/proc/%d/%s' % (p.pid, f), 'rb').read() for p in (remote, tls) for f in ('cmdline',))
ok(not [w for w in WORDS.values() if w.encode() in cmd], 'nor in arguments')

# pneu-conf says where, and not what
def said(text, mode=0o640):
    write(text, mode)
    r = subprocess.run([HOME + '/bin/pneu-conf', 'check'], capture_output=True)
    return r.returncode, [l.replace(HOME + '/etc/', '') for l in (r.stdout + r.stderr).decode().split('\n')
                          if 'sasl_passwd' in l]
r = said('# ours\n\nsmart.test alice\n  bob:%s\na.test u:%s\nA.test  u:%s\n[x]:smtp u:%s\n' % ((WORDS['bob'],) * 4))
ok(r[0] != 0 and r[1] == [
    'sasl_passwd:3:12: expected USER:PASSWORD',
    'sasl_passwd:7:1: expected a sender, the @domain of senders, a host, or a next hop: host, [host] or [address], '
    'with :port or not',
    'sasl_passwd:6:1: warning: this key is there before; that one counts'], 'pneu-conf check', r)
r = said('a.test u:p\n', 0o644)
ok(r[0] != 0 and len(r[1]) == 1 and r[1][0].startswith('sasl_passwd: who has no business'), 'and who may read it', r)
r = said('a.test u:p\n')
ok(r == (0, []), 'or nothing', r)
if ROOT:
    os.chown(FILE, 0, 0)
    r = subprocess.run([HOME + '/bin/pneu-conf', 'check'], capture_output=True).stderr.decode()
    ok("sasl_passwd: its group can read the passwords in it, and is not pneur" in r, "who its group is", r)
    os.chmod(FILE, 0o600)
    r = subprocess.run([HOME + '/bin/pneu-conf', 'check'], capture_output=True).stderr.decode()
    ok("sasl_passwd: pneu-remote cannot read it" in r, "that pneu-remote is to read it", r)

for p in (remote, tls):
    p.terminate()
remote.wait(35)
ok(tls.wait(10) == 0, 'pneu-tls ends')
if failed:
    for line in open(SCRATCH + '/log').read().split('\n')[-40:]:
        print('# ' + line)
print('1..%d' % count, flush=True)
os._exit(failed > 0)
