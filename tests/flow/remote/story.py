"""The story of pneu-remote: see run.sh. Arguments: home, scratch directory,
the SMTP port of the servers, the port that the instance would listen on."""
import os, signal, socket, subprocess, sys, threading, time
from order import Sender, crc32c
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

HOME, SCRATCH, PORT, OURS = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
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

class Scripted(threading.Thread):
    """A server on 127.0.1.N: say(conn, line) gives the reply to each line,
    None to hang up, '' for nothing. What is in .data is the message."""
    def __init__(self, n, say, greeting=b'220 h ESMTP\r\n', ehlo=b'250 h\r\n'):
        super().__init__(daemon=True)
        self.s = socket.create_server(('127.0.1.%d' % n, PORT))
        self.say, self.greeting, self.ehlo = say, greeting, ehlo
        self.conns, self.messages, self.lines = 0, [], []
        self.start()

    def run(self):
        while True:
            c, _ = self.s.accept()
            self.conns += 1
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        f = c.makefile('rb')
        data = None
        try:
            c.sendall(self.greeting)
            for line in f:
                if data is not None:
                    if line != b'.\r\n':
                        data.append(line)
                        continue
                    self.messages.append(b''.join(data))
                    data = None
                self.lines.append(line)
                verb = line[:4].upper()
                r = self.say(self, verb, line) if self.say else None
                if r is None:
                    r = {b'EHLO': self.ehlo, b'DATA': b'354 go\r\n',
                         b'QUIT': b'221 bye\r\n'}.get(verb, b'250 2.0.0 ok\r\n')
                if r is False:
                    break
                c.sendall(r)
                if verb == b'DATA' and r[:1] == b'3':
                    data = []
                if verb == b'QUIT':
                    break
        except OSError:
            pass
        f.close()
        c.close()

class Handler:
    def __init__(self):
        self.got = []
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith('no'):
            return '550 5.1.1 no such user'
        if address.startswith('later'):
            return '450 4.2.1 busy, try again in 7 minutes'
        envelope.rcpt_tos.append(address)
        return '250 2.1.5 ok'
    async def handle_DATA(self, server, session, envelope):
        self.got.append((session.peer, envelope))
        return '250 2.0.0 Ok: queued as XYZ'

handler = Handler()
real = Controller(handler, hostname='127.0.1.1', port=PORT, decode_data=False)
real.start()

def become():
    if os.getuid() == 0:		# pneu-send's user in tools/instance
        os.setgroups([]); os.setgid(61003); os.setuid(61003)

log = open(SCRATCH + '/remote.log', 'ab')
def start():
    p = subprocess.Popen([HOME + '/bin/pneu-remote', '1'], stderr=log)
    end = time.time() + 10
    while time.time() < end:
        try:
            socket.socket(socket.AF_UNIX).connect(HOME + '/run/remote/1')
            return p
        except OSError:
            time.sleep(0.02)
    raise SystemExit('Bail out! pneu-remote does not listen')

class As:
    """A Sender in a child would lose its state; so connect as the user."""
    def __enter__(self):
        if os.getuid() == 0:
            os.setegid(61003); os.seteuid(61003)
    def __exit__(self, *a):
        if os.getuid() == 0:
            os.seteuid(0); os.setegid(0)

def connect():
    with As():
        return Sender(HOME + '/run/remote/1')

def one(to, rcpt='a@x.test', message=b'Subject: x\n\nhello\n', **k):
    return s.deliver(to, [rcpt], message, **k)[0]

remote = start()
s = connect()

# a real server
text = b'Subject: dots\n\n.\n..two\n.x\n\nno end'
r = s.deliver('smtp:plain.test', ['a@x.test', 'no@x.test', 'later@x.test', 'b@x.test'], text)
ok([r[i]['kind'] for i in range(4)] == list('DNLD'), 'each recipient has his verdict', r)
ok(r[0]['text'] == '250 2.0.0 Ok: queued as XYZ' and r[0]['relay'] == 'h1.test[127.0.1.1]:%d' % PORT,
   'done, and where', r[0])
ok(r[1]['text'] == 'host h1.test[127.0.1.1] said: 550 5.1.1 no such user (in reply to RCPT TO command)'
   and r[1]['code'] == '5.1.1', 'refused, in whose words', r[1])
ok(r[2]['secs'] == 420 and 'site' not in r[2], 'later, and when', r[2])
peer, env = handler.got[-1]
ok(env.content == text.replace(b'\n', b'\r\n') + b'\r\n', 'the message is whole', env.content)
ok(env.mail_from == 'from@here.test' and env.rcpt_tos == ['a@x.test', 'b@x.test'], 'so is the envelope')
one('smtp:plain.test')
ok(handler.got[-1][0] == peer, 'the connection is kept for the next letter')
big = b'Subject: big\n\n' + b'0123456789abcdef' * 3 * 65536 + b'\n'
big = b'Subject: big\n\n' + (b'.123456789 abcdef' * 4 + b'\n') * 30000
r = one('smtp:plain.test', message=big, timeout=60)
ok(r['kind'] == 'D' and handler.got[-1][1].content == big.replace(b'\n', b'\r\n'), '2 MB, whole', r)
n = len(handler.got)
r = one('smtp:plain.test', crc=1)
ok(r['kind'] == 'L' and r['code'] == '4.3.5' and 'site' not in r, 'a damaged letter', r)
r = one('smtp:plain.test', message=big, crc=1)
ok(r['code'] == '4.3.5' and len(handler.got) == n, 'a large one; nothing of it arrives', r)
long = b'Subject: ' + b'x ' * 900 + b'\n\n' + b'y' * 3000 + b'\n'
r = one('smtp:plain.test', message=long)
got = handler.got[-1][1].content
ok(r['kind'] == 'D' and max(map(len, got.split(b'\r\n'))) == 998 and
   got.replace(b'\r\n', b'').replace(b' ', b'') == long.replace(b'\n', b'').replace(b' ', b''),
   'lines too long are folded, not cut', r)

# finding hosts
ok(one('smtp:h1.test')['kind'] == 'D', 'implicit MX')
ok(one('smtp:alias.test')['kind'] == 'D', 'an alias')
ok(one('smtp:[h1.test]')['kind'] == 'D', 'a host in brackets')
ok(one('smtp:[127.0.1.1]:%d' % PORT)['kind'] == 'D', 'an address')
r = one('smtp:many.test')
ok(r['kind'] == 'D' and '-1.many.test[' in r['relay'], '50 MX, by TCP; the first one', r)
r = one('smtp:null.test')
ok((r['kind'], r['code']) == ('N', '5.1.10'), 'null MX', r)
r = one('smtp:nothere.test')
ok((r['kind'], r['code']) == ('N', '5.1.2'), 'no such domain', r)
r = one('smtp:elsewhere.example')
ok((r['kind'], r['code'], r.get('site')) == ('L', '4.4.3', '1'), 'a DNS server that refuses', r)
r = one('smtp:self.test')
ok((r['kind'], r['code']) == ('N', '5.4.6'), 'MX is ourselves', r)
r = one('smtp:[127.0.0.1]:' + OURS)
ok((r['kind'], r['code']) == ('N', '5.4.6'), 'so is the address', r)
r = one('smtp:a..b')
ok((r['kind'], r['code']) == ('N', '5.1.2'), 'no next hop at all', r)
r = one('smtp:dead.test')
ok((r['code'], r.get('site'), r['text']) == ('4.4.1', '1',
   'connect to h9.test[127.0.1.9]:%d: Connection refused' % PORT), 'nobody there', r)
r = one('smtp:half.test')
ok(r['kind'] == 'D' and 'h1' in r['relay'], 'the second MX is', r)

# servers in trouble
busy = Scripted(2, None, greeting=b'554 5.7.1 go away\r\n')
r = one('smtp:busy.test')
ok(r['kind'] == 'D' and busy.conns == 1, 'refused by a greeting: the next MX', r)
drop = Scripted(3, lambda s, verb, line: False if line == b'.\r\n' else None)
n = len(handler.got)
r = one('smtp:drop.test')
ok((r['code'], r.get('site')) == ('4.4.2', '1') and 'end of data' in r['text'] and
   drop.conns == 1 and len(handler.got) == n, 'dropped after the dot: nobody else gets it', r)
grey = Scripted(6, lambda s, verb, line: b'450 4.7.1 grey\r\n' if verb == b'RCPT' else None)
r = s.deliver('smtp:grey.test', ['a@x.test', 'later@x.test'])
ok(r[0]['kind'] == 'D' and r[1]['kind'] == 'L' and 'h1.test' in r[1]['text'],
   'greylisted: the next MX takes it, or has its word', r)
kept = Scripted(10, lambda s, verb, line: b'450 4.7.1 grey\r\n' if b'<later' in line
                else b'451 4.7.1 greyer\r\n' if verb == b'MAIL' and b'grey@' in line else None)
one('smtp:kept.test')
n = len(handler.got)
r = s.deliver('smtp:kept.test', ['b@x.test', 'later@x.test'])
ok(r[0]['kind'] == 'D' and r[1]['kind'] == 'L' and 'h1.test' in r[1]['text'] and
   len(kept.messages) == 2 and kept.conns == 1,
   'greylisted on a kept connection: the same', r, kept.conns)
r = s.deliver('smtp:kept.test', ['c@x.test'], sender='grey@here.test')
ok(r[0]['kind'] == 'D' and len(handler.got) == n + 1 and kept.conns == 1,
   'and at MAIL; the host that said so is not asked again', r, kept.conns)
mute = Scripted(7, lambda s, verb, line: b'' if verb == b'MAIL' else None)
t = time.time()
r = one('smtp:mute.test')
ok('timed out while sending MAIL FROM' in r['text'] and r.get('site') == '1' and
   4 < time.time() - t < 9, 'silence has its time', r)
# closes when it has been idle for a moment
class Brief(Scripted):
    def serve(self, c):
        c.settimeout(0.3)
        super().serve(c)
brief = Brief(8, None)
one('smtp:brief.test')
time.sleep(0.8)
r = one('smtp:brief.test')
ok(r['kind'] == 'D' and brief.conns == 2 and len(brief.messages) == 2,
   'a kept connection that has died is not a failure', r)

# RFC 9422: ten recipients, two in a transaction, three transactions in a session
spent = Scripted(11, None, ehlo=b'250-h\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=2 MAILMAX=3\r\n')
r = s.deliver('smtp:[127.0.1.11]:%d' % PORT, ['u%d@x.test' % i for i in range(10)])
ok([v['kind'] for v in r.values()] == ['D'] * 10 and (spent.conns, len(spent.messages)) == (2, 5),
   'a host that limits transactions gets other connections', r, spent.conns)
class Once(Scripted):	# hangs up behind each message
    def serve(self, c):
        n = len(self.messages)
        self.say = lambda s, verb, line: False if len(s.messages) > n and verb == b'MAIL' else None
        super().serve(c)
once = Once(12, None, ehlo=b'250-h\r\n250-PIPELINING\r\n250 LIMITS RCPTMAX=2\r\n')
r = s.deliver('smtp:[127.0.1.12]:%d' % PORT, ['u%d@x.test' % i for i in range(6)])
ok([v['kind'] for v in r.values()] == ['D'] * 6 and (once.conns, len(once.messages)) == (3, 3),
   'so does one that hangs up instead', r, once.conns)

# without 8BITMIME
seven = Scripted(4, lambda s, verb, line: b'502 what\r\n' if verb == b'EHLO' else None)
eight = b'MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n' + \
    b'Content-Transfer-Encoding: 8bit\n\ngr\xc3\xbcn\n'
r = one('smtp:seven.test', message=eight, body='8BITMIME')
ok(r['kind'] == 'D' and b'HELO mx.pneu.test\r\n' in seven.lines and
   b'quoted-printable\r\n\r\ngr=C3=BCn\r\n' in seven.messages[-1], 'recoded after HELO', r)
r = one('smtp:seven.test', message=eight + b'\xe4 and much more\n' * 30000, timeout=60)
ok(r['kind'] == 'D' and seven.messages[-1].count(b'=E4 and much more\r\n') == 30000 and
   max(seven.messages[-1]) < 128, 'a large one too', r)
r = one('smtp:seven.test', message=b'Subject: \xe4\n\nx\n')
ok((r['kind'], r['code']) == ('N', '5.6.3'), 'what cannot be recoded', r)

# who does not read
class Slow(Scripted):
    def serve(self, c):
        c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
        c.sendall(b'220 slow\r\n')
        for reply in (b'250 h\r\n', b'250 ok\r\n', b'250 ok\r\n', b'354 go\r\n'):
            c.recv(4096)
            c.sendall(reply)
        time.sleep(1)
        self.total, tail = 0, b''
        while True:
            d = c.recv(65536)
            self.total += len(d)
            tail = (tail + d)[-5:]
            if not d or tail == b'\r\n.\r\n':
                break
        c.sendall(b'250 all\r\n')
slow = Slow(5, None)
tag = s.order('smtp:slow.test', ['a@x.test'], big)
r = s.deliver('smtp:plain.test', ['a@x.test'])
ok(r[0]['kind'] == 'D', 'a slow one holds nobody up', r)
r = s.reports(tag, 1, 60)[0]
ok(r['kind'] == 'D' and slow.total == len(big.replace(b'\n', b'\r\n').replace(b'\n.', b'\n..')) + 3,
   'and gets all of it', r)

# a new connection of pneu-send
tag = s.order('smtp:mute.test', ['a@x.test', 'b@x.test'], b'x\n\ny\n')
time.sleep(0.2)
s = connect()
ok([t for t, _ in s.taken] == [tag], 'a new pneu-send is told what is in hand', s.taken)
r = s.reports(tag, 2)
ok(r[0]['kind'] == 'L' and r[1]['kind'] == 'L', 'and gets the verdicts', r)

# settings anew
def settle(*what):
    subprocess.run([HOME + '/bin/pneu-conf', 'set', *what], stdout=log, stderr=log)
    subprocess.run([HOME + '/bin/pneu-conf', 'compile'], stdout=log, stderr=log)
    remote.send_signal(signal.SIGHUP)
    time.sleep(0.5)
settle('smtp_fallback_relay=[127.0.1.1]')
r = one('smtp:dead.test')
ok(r['kind'] == 'D' and '[127.0.1.1]' in r['relay'], 'the fallback relay', r)
r = one('smtp:nothere.test')
ok(r['kind'] == 'D', 'also for what is not found', r)
r = one('smtp:null.test')
ok(r['code'] == '5.1.10', 'but not for who wants no mail', r)
settle('smtp_bind_address=127.0.3.1', 'smtp_helo_name=other.pneu.test')
r = one('smtp:seven.test')
ok(b'HELO other.pneu.test\r\n' not in seven.lines, 'a kept connection keeps its name')
one('smtp:[127.0.1.4]:%d' % PORT)
ok(b'HELO other.pneu.test\r\n' in seven.lines, 'a new one has the new name', seven.lines[-5:])
one('smtp:h1.test:%d' % PORT)
ok(handler.got[-1][0][0] == '127.0.3.1', 'the source address', handler.got[-1][0])

# the end
tag = s.order('smtp:mute.test', ['a@x.test'], b'x\n\ny\n')
time.sleep(0.3)
t = time.time()
remote.send_signal(signal.SIGTERM)
ok(remote.wait(20) == 0 and time.time() - t < 2, 'SIGTERM ends it soon')
with open(SCRATCH + '/remote.log', 'rb') as f:
    said = f.read()
ok(b'jail refuses' not in said and b'fatal' not in said, 'the log is quiet', said[-500:])
real.stop()
if failed:
    print('# ' + said.decode('latin-1').replace('\n', '\n# '))
print('1..%d' % count)
sys.stdout.flush()
os._exit(failed > 0)
