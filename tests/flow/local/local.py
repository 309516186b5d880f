"""The story of run.sh. Prints TAP."""
import os, sys
sys.path.insert(0, os.path.dirname(__file__))
from stage import *

MSG = b'Subject: hello\n\nbody\n.\nno newline at the end'


def one(send, who, verdict, what, rcpt='me@x.test', msg=MSG):
    got = send.do('user:' + who, rcpt, msg)[0]
    ok((got[0] + ' ' + got[1], bool(re.search(verdict[2], got[2]))) ==
       (verdict[0] + ' ' + verdict[1], True), what, got)
    return got


DONE = ('D', '2.0.0', '^delivered to maildir$')


def own(l, s, who, uid):
    """A process of his own: who has one gets all his mail by it. Two
    recipients of one order are nothing for a runner (../runner)."""
    s.do('user:' + who, [('me@x.test', {}), ('me+o@x.test', {})], MSG)
    return l.worker_of(uid)


def plain(l, s, who, uid, gid, home):
    one(s, who, DONE, 'a letter to a user')
    m = home + '/Maildir'
    ok([(mode(x), owner(x)) for x in (m, m + '/new', m + '/tmp', m + '/cur')]
       == [(0o700, (uid, gid))] * 4, 'his Maildir is made, 0700, his')
    f = ls(m + '/new')
    ok(len(f) == 1 and re.fullmatch(
        r'\d+\.M\d+P\d+Q\d+\.mx\.pneu\.test,S=\d+', f[0]), 'name', f)
    want = b'Return-Path: <from@x.test>\nDelivered-To: me@x.test\n' + MSG
    ok(read(m + '/new/' + f[0]) == want, 'content')
    ok(f[0].endswith(',S=%d' % len(want)), 'the size in the name')
    ok((mode(m + '/new/' + f[0]), owner(m + '/new/' + f[0])) ==
       (0o600, (uid, gid)), 'mode 0600, his')
    ok(ls(m + '/tmp') == [], 'nothing is left in tmp')
    w = own(l, s, who, uid)
    one(s, who, DONE, 'a second one')
    ok(w and w == l.worker_of(uid), 'by the same process')
    shutil.rmtree(m + '/new')
    one(s, who, DONE, 'new/ is gone: mended')
    v = s.do('user:' + who, [('me+a@x.test', {'ext': 'a'}),
                             ('me@x.test', {})], MSG)
    ok([x[0] for x in v] == ['D', 'D'], 'two recipients')
    got = sorted(read(m + '/new/' + x).split(b'\n')[1] for x in ls(m + '/new'))
    ok(got == [b'Delivered-To: me+a@x.test', b'Delivered-To: me@x.test',
               b'Delivered-To: me@x.test'], 'each with his own address', got)
    big = b'Subject: big\n\n' + b'0123456789abcde\n' * 200000
    crc = crc32c(big)
    before = set(ls(m + '/new'))
    v = s.do('user:' + who, 'me@x.test', big, crc=crc)
    f = set(ls(m + '/new')) - before
    ok(v[0][0] == 'D' and len(f) == 1 and
       read(m + '/new/' + f.pop()).endswith(big), '3 MB')
    before = ls(m + '/new')
    v = s.do('user:' + who, 'me@x.test', MSG, crc=1)
    ok(v[0][:2] == ('L', '4.3.5') and 'not what was committed' in v[0][2],
       'a damaged message is not passed on', v)
    v = s.do('user:' + who, 'me@x.test', big, crc=1)
    ok(v[0][0] == 'L' and until(lambda: ls(m + '/tmp') == [], 30) and
       ls(m + '/new') == before,
       'nor is a big one, and nothing is left of it',
       (v, ls(m + '/tmp'), ls(m + '/new'), before))
    one(s, who, DONE, 'the next is delivered')


def loops(s, who, home):
    loop = b'Received: x\nDELIVERED-TO:\n Me@X.test \nSubject: x\n\n'
    one(s, who, ('N', '5.4.6', '^mail forwarding loop for me@x.test$'),
        'Delivered-To of the same address', msg=loop)
    one(s, who, DONE, 'of another one', msg=b'Delivered-To: b@x.test\n\n')
    one(s, who, DONE, 'in the body',
        msg=b'Subject: x\n\nDelivered-To: me@x.test\n')
    v = s.do('user:' + who, [('me@x.test', {}), ('me+b@x.test', {})], loop)
    ok([x[0] for x in v] == ['N', 'D'], 'only who is named loops', v)
    late = b'X-Long: ' + b'x\n ' * 40000 + b'\nDelivered-To: me@x.test\n\n'
    one(s, who, ('N', '5.4.6', 'loop'), 'far down in the header', msg=late)
    ok(ls(home + '/Maildir/tmp') == [], 'tmp is clean')


def homes(l, s, u, who):
    home = u[who][2]
    for m, code, text in ((0o777, '4.7.0', 'writable by others'),
                          (0o1755, '4.2.1', 'sticky')):
        os.chmod(home, m)
        one(s, who, ('L', code, text), 'home with mode %o' % m)
    os.chmod(home, 0o775)
    if ROOT:
        one(s, who, DONE, 'home that his own group may write to')
        os.chown(home, u[who][0], 2999)
        one(s, who, ('L', '4.7.0', 'writable by others'), 'another group')
        os.chown(home, u[who][0], u[who][1])
    os.chmod(home, 0o755)
    os.rename(home, home + '.away')
    a = s.give('user:' + who, [('me@x.test', {})], MSG)
    others = [x for x in u if ROOT and x.startswith('u') and x != who]
    tags = [s.give('user:' + x, [('o@x.test', {})], MSG) for x in others]
    ok(all(s.wait(t)[0][0] == 'D' for t in tags),
       'while one home is missing others get their mail')
    v = s.wait(a)[0]
    ok(v[:2] == ('L', '4.3.0') and 'unable to switch to' in v[2],
       'a home that is missing', v)
    os.rename(home + '.away', home)
    one(s, who, DONE, 'it is back')


def full(s, u):
    home = u['u3'][2]
    subprocess.check_call(['mount', '-t', 'tmpfs', '-o',
        'size=128k,mode=755,uid=%d,gid=%d' % u['u3'][:2], 'x', home])
    big = b'Subject: big\n\n' + b'x' * 200000
    one(s, 'u3', ('L', '4.3.1', 'No space left'), 'a full disk', msg=big)
    ok(ls(home + '/Maildir/tmp') + ls(home + '/Maildir/new') == [],
       'leaves nothing')
    one(s, 'u3', DONE, 'a small one fits')
    subprocess.check_call(['umount', '-l', home])


def refused(s, u):
    one(s, 'root', ('L', '4.3.5', 'below min_uid'), 'root gets no mail')
    one(s, 'toor', ('L', '4.3.5', 'below min_uid'), 'no other uid 0 either')
    one(s, 'wheel', ('L', '4.3.5', 'gid 0'), 'gid 0 neither')
    one(s, 'low', ('L', '4.3.5', 'below min_uid'), 'uids below min_uid')
    one(s, 'nosuch', ('L', '4.3.0', 'not known'), 'an unknown user is later')
    v = s.do('smtp:x', 'me@x.test', MSG)[0]
    ok(v[:2] == ('L', '4.3.5'), 'a destination that is not local', v)
    for x in ('toor', 'wheel', 'low'):
        ok(ls(u[x][2]) == [], 'nothing was made for ' + x)


def as_other(s):
    """Without root."""
    one(s, 'root', ('L', '4.3.5', 'below min_uid'), 'root gets no mail')
    one(s, 'other', ('L', '4.3.5', 'does not run as root'), 'nor do others')


def virtual(s):
    base = H + '/mailboxes'
    v = s.do('mailbox:', [('a@v.test', {'mailbox': 'v.test/a/'}),
                          ('b@v.test', {'mailbox': 'b'}),
                          ('c@v.test', {'mailbox': '../c'}),
                          ('d@v.test', {'mailbox': T + '/d'}),
                          ('e@v.test', {'mailbox': 'v.test/../../e'}),
                          ('f@v.test', {})], MSG)
    ok([x[0] for x in v] == list('DDLLLL'), 'virtual mailboxes', v)
    me = (VIRTUAL, VIRTUAL) if ROOT else (os.getuid(), os.getgid())
    for d in ('v.test', 'v.test/a', 'v.test/a/new', 'b/new'):
        ok((mode(base + '/' + d), owner(base + '/' + d)) == (0o700, me), d)
    ok(len(ls(base + '/v.test/a/new')) == 1 and len(ls(base + '/b/new')) == 1,
       'are delivered to')
    ok(not os.path.exists(H + '/c') and not os.path.exists(T + '/d') and
       not os.path.exists(H + '/e'), 'and nothing above the base')
    if ROOT:
        os.mkdir(base + '/no')
        v = s.do('mailbox:', [('a@v.test', {'mailbox': 'v.test/a/'}),
                              ('b@v.test', {'mailbox': 'no'})], MSG)
        ok([x[:2] for x in v] == [('D', '2.0.0'), ('L', '4.2.0')],
           'one that may not be written to fails alone', v)


def processes(l, s, u):
    w = own(l, s, 'u1', 2001)
    ok(status(w, 'Uid') == ['2001'] * 4 and status(w, 'Gid') == ['2001'] * 4,
       'a worker has all uids and gids of its user')
    ok(status(w, 'Groups') == ['2001', '2999'], 'and his groups')
    ok(all(int(status(w, x)[0], 16) == 0
           for x in ('CapEff', 'CapPrm', 'CapInh', 'CapAmb')), 'no rights')
    fds = ls('/proc/%d/fd' % w)
    ok(fds == ['0', '1', '2'] and
       os.readlink('/proc/%d/fd/2' % w) == '/dev/null', 'no descriptors', fds)
    ok(status(l.p.pid, 'Uid') == [str(PNEUS)] * 4 and
       int(status(l.p.pid, 'CapPrm')[0], 16) == 0,
       'what sees mail is pneus, and has no rights')
    ok(status(l.forker(), 'Uid') == ['0'] * 4, 'what forks is root')


def killed(l, s, who, uid):
    one(s, who, DONE, 'before')
    w = own(l, s, who, uid)
    os.kill(w, signal.SIGSTOP)
    t = [s.give('user:' + who, [('me@x.test', {})], m)
         for m in (MSG, b'Subject: big\n\n' + b'x' * 1000000, MSG)]
    v = s.give('mailbox:', [('b@v.test', {'mailbox': 'b'})], MSG)
    ok(s.wait(v)[0][0] == 'D', 'while a process hangs others go on')
    os.kill(w, signal.SIGKILL)
    v = [s.wait(x)[0] for x in t]
    ok([x[:2] for x in v] == [('L', '4.3.0')] * 3,
       'kill -9: later for its orders', v)
    one(s, who, DONE, 'and the next process delivers')
    ok(until(lambda: logged('was killed by signal 9')), 'it is logged')


def hangs(l, s, who, uid):
    w = own(l, s, who, uid)
    os.kill(w, signal.SIGSTOP)
    t = time.monotonic()
    v = s.wait(s.give('user:' + who, [('me@x.test', {})], MSG))[0]
    ok(v[:2] == ('L', '4.3.0!') and 'local_time_limit' in v[2] and
       1.5 < time.monotonic() - t < 6, 'one that hangs: later', v)
    ok(until(lambda: not os.path.exists('/proc/%d' % w)), 'and is killed')
    one(s, who, DONE, 'the next process delivers')


def reconnects(l, s, who, uid):
    w = own(l, s, who, uid)
    os.kill(w, signal.SIGSTOP)
    t = s.give('user:' + who, [('me@x.test', {}), ('me+b@x.test', {})], MSG)
    time.sleep(0.2)
    s = l.send()
    ok(list(s.taken) == [t] and ('n', '1') in s.taken[t],
       'a new connection is told what is in hand', s.taken)
    os.kill(w, signal.SIGCONT)
    v = s.wait(t, 2)
    ok([v[0][0], v[1][0]] == ['D', 'D'], 'and how it ended', v)
    s.ntag = t
    return s


def few(l, s, u):
    """Three processes for eight users, one of whom hangs."""
    names = ['u%d' % i for i in range(1, 9)]
    for i, x in enumerate(names):
        ok(own(l, s, x, 2001 + i), 'one of many: ' + x)
    ok(until(lambda: len(l.workers()) <= 3), 'no more than local_workers',
       l.workers())
    w = l.worker_of(2008)
    os.kill(w, signal.SIGSTOP)
    hung = s.give('user:u8', [('me@x.test', {})], MSG)
    tags = [s.give('user:' + x, [('me@x.test', {})], MSG)
            for x in names[:-1] * 3]
    ok(all(s.wait(t)[0][0] == 'D' for t in tags), 'in turn, all get theirs')
    os.kill(w, signal.SIGCONT)
    ok(s.wait(hung)[0][0] == 'D', 'and so does who was stopped')


def many(l, s, who, home):
    before = len(ls(home + '/Maildir/new'))
    tags = [s.give('user:' + who, [('me@x.test', {})], MSG)
            for _ in range(300)]
    ok(all(s.wait(t)[0][0] == 'D' for t in tags), '300 letters at once')
    ok(len(ls(home + '/Maildir/new')) == before + 300, 'are there')


def database_hangs():
    """Users who are in no file are asked of a service that is silent."""
    subprocess.check_call(['cc', '-shared', '-fPIC', '-o', T +
        '/libnss_hang.so.2', 'tests/flow/local/nss_hang.c'])
    with open('/etc/nsswitch.conf') as f:
        text = f.read()
    with open(T + '/nsswitch', 'w') as f:
        f.write(re.sub('passwd:.*', 'passwd: files hang', text))
    subprocess.check_call(['mount', '--bind', T + '/nsswitch',
                           '/etc/nsswitch.conf'])
    l = Lspawn(LD_LIBRARY_PATH=T)
    s = l.send()
    t = s.give('user:ghost', [('ghost@x.test', {})], MSG)
    one(s, 'u1', DONE, 'while a lookup hangs others get their mail')
    ok(t not in s.verdicts and len(l.workers()) == 2, 'it does hang')
    v = s.wait(t)[0]
    ok(v[:2] == ('L', '4.3.0!'), 'then: later', v)
    ok(until(lambda: len(l.workers()) == 1), 'and its process is killed')
    ok(l.stop() == 0, 'a clean end')
    subprocess.check_call(['umount', '-l', '/etc/nsswitch.conf'])


def stranger():
    try:
        Send(H + '/run/lspawn/lspawn', 2001)
    except (OSError, TypeError):
        return True


def story():
    u = users()
    put_users(u)
    os.makedirs(H + '/etc')
    os.chmod(H, 0o755)
    settings()
    l = Lspawn()
    s = l.send()
    who = 'u1' if ROOT else 'me'
    uid, gid, home = u[who]
    plain(l, s, who, uid, gid, home)
    loops(s, who, home)
    homes(l, s, u, who)
    virtual(s)
    killed(l, s, who, uid)
    many(l, s, who, home)
    s = reconnects(l, s, who, uid)
    if ROOT:
        full(s, u)
        refused(s, u)
        processes(l, s, u)
        ok(stranger(), 'others than pneu-send are turned away')
    else:
        as_other(s)
        skip('other users', 'not root')
    own(l, s, who, uid)
    settings(local_time_limit='2', local_workers='3')
    l.p.send_signal(signal.SIGHUP)
    ok(until(lambda: not l.workers()), 'SIGHUP ends idle processes')
    one(s, who, DONE, 'after SIGHUP')
    hangs(l, s, who, uid)
    if ROOT:
        few(l, s, u)
    ok(l.stop() == 0, 'SIGTERM: a clean end')
    if ROOT:
        database_hangs()
    ok(logged('ID0') and not logged('fatal'), 'nothing fatal in the log')


try:
    if not ROOT and 'NSS_WRAPPER' not in os.environ:
        skip('local delivery', 'not root, and no libnss_wrapper')
    else:
        story()
except Exception:
    import traceback
    traceback.print_exc()
    ok(False, 'the story ended early')
sys.exit(finish())
