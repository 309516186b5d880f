"""The story of run.sh. Prints TAP."""
import os, sys
sys.path.insert(0, os.path.dirname(__file__))
from pool import *

DONE = ('D', '2.0.0', 'delivered to maildir')


def box(u, who, sub='new'):
    return ls('%s/Maildir/%s' % (u[who][2], sub))


def own(s, who):
    """By a process of his own (two recipients of one order): its verdict."""
    v = s.do('user:' + who, [(who + '@x.test', {}), (who + '+o@x.test', {})],
             MSG)
    return v[0]


def served(l, s, u):
    for x in USERS:
        v = s.do('user:' + x, x + '@x.test', MSG)[0]
        ok(v == DONE, 'a letter to ' + x, v)
    ok(len(runners(l)) == 1 and l.workers() == [],
       'by one process, which is nobody\'s', children(l.forker()))
    for x in USERS:
        m = u[x][2] + '/Maildir'
        name, = box(u, x)
        want = b'Return-Path: <from@x.test>\nDelivered-To: ' + \
            x.encode() + b'@x.test\n' + MSG
        good = read(m + '/new/' + name) == want and re.fullmatch(
            r'\d+\.M\d+P\d+Q\d+\.mx\.pneu\.test,S=%d' % len(want), name)
        good = good and mode(m + '/new/' + name) == 0o600 and \
            [(mode(y), owner(y)) for y in (m, m + '/new', m + '/tmp',
             m + '/cur')] == [(0o700, u[x][:2])] * 4 and \
            owner(m + '/new/' + name) == u[x][:2] and box(u, x, 'tmp') == []
        ok(good, x + '\'s Maildir, as his own process makes it', name)
    v = own(s, 'u8')
    ok(v[0] == 'D' and l.worker_of(2008), 'two recipients: a process of his')


def rights(l):
    r, = runners(l)
    ok(until(lambda: status(r, 'Uid') == ['65534'] * 4) and
       status(r, 'Gid') == ['65534'] * 4 and status(r, 'Groups') == [],
       'when it has nothing to do it is nobody in every respect',
       status(r, 'Uid'), status(r, 'Gid'), status(r, 'Groups'))
    ok([int(status(r, 'Cap' + x)[0], 16) for x in ('Eff', 'Prm', 'Inh', 'Amb')]
       == [0xc0, 0xc0, 0, 0], 'CAP_SETUID and CAP_SETGID alone')
    ok(status(r, 'NoNewPrivs') == ['1'], 'no new privileges')
    ok(status(r, 'Seccomp') == ['2'], 'a filter of system calls')
    ok(link('/proc/%d/cwd' % r) == '/', 'in nobody\'s home')
    fds = {x: link('/proc/%d/fd/%s' % (r, x))
           for x in ls('/proc/%d/fd' % r)}
    ok(set(fds) == set('0123') and not [x for x in fds.values() if T in x
       and not x.endswith('/log')], 'no file open', fds)
    ok(owner('/proc/%d/mem' % r) == (0, 0), 'nobody may look into it')


def acts(l, s, u):
    """What it does is in the log of its calls."""
    r, = runners(l)
    t = Traced(r, '-s', '100000', '-y')
    before = {x: len(box(u, x)) for x in USERS}
    names = ['u%d' % i for i in range(1, 5)]
    tags = together(l, s, names)
    good = [s.wait(x)[0] for x in tags]
    log = t.end()
    ok(good == [DONE] * 4 and all(len(box(u, x)) == before[x] + 1
       for x in names), 'four letters at hand', good)
    ids = [int(x) for x in re.findall(r'setfs[ug]id\((-?\d+)\)', log)]
    groups = re.findall(r'setgroups\(\d+, \[(.*?)\]', log)
    ok(ids and 0 not in ids and groups and not [x for x in groups
       if '0' in x.split()], 'it never acts as root or with root\'s group')
    ok('the body' not in log and 'sendfile(' in log,
       'no octet of a message is read or written by it')
    ok(not re.search(r'openat\([^)]*\.forward[^)]*\) = \d', log),
       'nor is a forwarding file')
    calls = ''.join({'fsyn': 's', 'rena': 'r', 'send': 'w'}.get(x, '')
        for x in re.findall(r'^(fsyn|rena|send)(?:c|me|file)\(', log, re.M))
    ok(calls == 'wwwwssssrrrrssss',
       'written, then synced, then renamed, then synced: together', calls)


def notforit(l, s, u):
    home = u['u2'][2]
    with open(home + '/.forward', 'w') as f:
        f.write('|cat >%s/got\n' % home)
    os.chown(home + '/.forward', *u['u2'][:2])
    v = s.do('user:u2', 'u2@x.test', MSG)[0]
    ok(v[0] == 'D' and 'command' in v[2] and l.worker_of(2002),
       'who has a .forward gets a process of his own', v)
    os.unlink(home + '/.forward')
    lose(l, 2002)
    os.symlink('/nowhere', home + '/.forward')
    v = s.do('user:u2', 'u2@x.test', MSG)[0]
    ok(v == DONE and l.worker_of(2002), 'so does who seems to', v)
    os.unlink(home + '/.forward')
    for who, what in (('root', 'below min_uid'), ('toor', 'below min_uid'),
                      ('wheel', 'gid 0'), ('low', 'below min_uid')):
        v = s.do('user:' + who, 'x@x.test', MSG)[0]
        ok(v[:2] == ('L', '4.3.5') and what in v[2], 'not for ' + who, v)
        if who != 'root':
            ok(ls(u[who][2]) == [], 'nothing was made for ' + who)
    v = s.do('user:u3', 'u3@x.test', MSG, crc=1)[0]
    ok(v[:2] == ('L', '4.3.5') and 'not what was committed' in v[2],
       'a damaged message', v)
    v = s.do('user:u4', 'u4@x.test', b'Delivered-To: U4@x.test\n\n' + MSG)[0]
    ok(v[:2] == ('N', '5.4.6'), 'a loop', v)


def same(l, s, u, what, prepare, undo):
    """A runner, then a process of his own: the same verdict and trace."""
    home, got = u['u5'][2], []
    for how in range(2):
        lose(l, 2005)
        prepare(home)
        v = own(s, 'u5') if how else s.do('user:u5', 'u5@x.test', MSG)[0]
        got.append((v, [len(ls(x)) for x in (T + '/rootdir',
                    u['u6'][2] + '/Maildir/new', u['u6'][2] + '/Maildir/tmp',
                    home + '/Maildir/tmp')]))
        undo(home)
    ok(got[0][0] == got[1][0] and got[0][1] == got[1][1],
       what + ': as with a process of his own: ' + got[0][0][2].replace(
       T, ''), *got)
    return got[0][0]


def links(l, s, u):
    """A user who plays tricks: he can do no more than he can do."""
    os.mkdir(T + '/rootdir')
    other = u['u6'][2] + '/Maildir'

    def put(sub, to):
        def prepare(home):
            m = home + '/Maildir'
            shutil.rmtree(m, ignore_errors=True)
            for x in ('', '/tmp', '/new', '/cur'):
                os.mkdir(m + x, 0o700)
                os.chown(m + x, *u['u5'][:2])
            if sub == '':
                shutil.rmtree(m)
                os.symlink(to, m)
            else:
                os.rmdir(m + '/' + sub)
                os.symlink(to, m + '/' + sub)
        return prepare

    def undo(home):
        m = home + '/Maildir'
        if os.path.islink(m):
            os.unlink(m)
        else:
            shutil.rmtree(m)

    for sub, to in (('tmp', other + '/tmp'), ('new', other + '/new'),
                    ('tmp', T + '/rootdir'), ('new', T + '/rootdir'),
                    ('', other), ('tmp', '/dev'),
                    ('tmp', '/proc/self'), ('tmp', '/nowhere/x')):
        v = same(l, s, u, 'Maildir/%s -> %s' % (sub, to.replace(T, '')),
                 put(sub, to), undo)
        ok(v[0] == 'L', 'is not delivered', v)
    ok(ls(T + '/rootdir') == [], 'nothing of root\'s was touched')
    same(l, s, u, 'a home that is writable by others',
         lambda h: os.chmod(h, 0o777), lambda h: os.chmod(h, 0o755))
    same(l, s, u, 'a sticky home',
         lambda h: os.chmod(h, 0o1755), lambda h: os.chmod(h, 0o755))
    same(l, s, u, 'a home that is not there', lambda h: os.rename(h, h + 'x'),
         lambda h: os.rename(h + 'x', h))


def full(l, s, u):
    home = u['u5'][2]

    def mount(home):
        subprocess.check_call(['mount', '-t', 'tmpfs', '-o', 'nr_inodes=5,'
            'mode=755,uid=%d,gid=%d' % u['u5'][:2], 'x', home])
    same(l, s, u, 'no inode for the letter', mount,
         lambda h: subprocess.check_call(['umount', '-l', h]))


def dies(l, s, u):
    first = one(l, s, 'u1')
    before = {x: len(box(u, x)) for x in USERS}
    os.kill(first, signal.SIGKILL)
    ok(until(lambda: first not in children(l.forker())), 'kill -9')
    # to one that is just dead, a letter or two may still be given
    v = [s.wait(give(s, x))[0] for x in ('u2', 'u5', 'u6', 'u7')]
    ok(v == [DONE] * 4 and len(runners(l)) == 1,
       'nobody minds, and another one takes its place', v, runners(l))
    for i in (2, 5, 6, 7):
        lose(l, 2000 + i)
    second, = runners(l)
    os.kill(second, signal.SIGSTOP)
    names = ['u1', 'u3', 'u4']
    tags = [give(s, x) for x in names]
    more = runners(l)
    os.kill(second, signal.SIGKILL)
    v = [s.wait(x)[0] for x in tags]
    ok(v == [DONE] * 3, 'kill -9 with letters in hand: nothing is lost', v)
    ok(all(len(box(u, x)) == before[x] + 1 for x in names),
       'nor delivered twice', more)
    # what has begun to be visible is later: it may be there already
    third = one(l, s, 'u6')
    t = Traced(third, '-e', 'inject=rename:delay_exit=1000000:when=1')
    n = len(box(u, 'u6'))
    tag = give(s, 'u6')
    ok(until(lambda: len(box(u, 'u6')) == n + 1), 'it is in new/')
    os.kill(third, signal.SIGKILL)
    v = s.wait(tag)[0]
    t.end()
    ok(v[:2] == ('L', '4.3.0') and 'ended unexpectedly' in v[2] and
       len(box(u, 'u6')) == n + 1, 'kill -9 then: later, and once', v)
    ok(logged('delivery process of several users was killed by signal 9'),
       'it is logged')


def hangs(l, s, u):
    """local_time_limit is 1 here."""
    r = one(l, s, 'u1')
    os.kill(r, signal.SIGSTOP)
    n = len(box(u, 'u3'))
    hung = give(s, 'u3')
    time.sleep(0.3)     # those that come together share a fate
    v = s.do('user:u4', 'u4@x.test', MSG)[0]
    ok(v == DONE and hung not in s.verdicts, 'one hangs, others go on', v)
    v = s.wait(hung)[0]
    ok(v == DONE and len(box(u, 'u3')) == n + 1 and
       r not in children(l.forker()) and l.worker_of(2003),
       'it is killed, and a process of the user\'s own does it', v)
    lose(l, 2003)
    v = s.do('user:u3', 'u3@x.test', MSG)[0]
    ok(v == DONE and l.worker_of(2003), 'as it does from then on', v)
    # who hangs in making it visible is later: it may be
    lose(l, 2001)
    r = one(l, s, 'u1')
    t = Traced(r, '-e', 'inject=fsync:delay_enter=2500000:when=1')
    v = s.do('user:u4', 'u4@x.test', MSG)[0]
    # strace may keep it from dying
    ok(v[:2] == ('L', '4.3.0') and ('local_time_limit' in v[2] or
       'hangs' in v[2]), 'one that hangs in fsync: later', v)
    t.end()
    ok(logged('delivery process of several users took too long: killed'),
       'it is logged')


def several(l, s, u):
    """Who has several letters at hand gets a process of his own."""
    lose(l, 2001)
    one(l, s, 'u1')
    w = l.worker_of(2001)
    ok(not w, 'one now and then: none of his own', w)
    for x in runners(l):
        os.kill(x, signal.SIGSTOP)
    tags = [give(s, 'u1') for _ in range(4)]
    ok(until(lambda: l.worker_of(2001)), 'several at once: his own')
    for x in runners(l):
        os.kill(x, signal.SIGCONT)
    v = [s.wait(x)[0] for x in tags]
    ok(v == [DONE] * 4, 'all four are delivered', v)


def story():
    u = users()
    put_users(u)
    os.makedirs(H + '/etc')
    os.chmod(H, 0o755)
    settings()
    l = Lspawn()
    s = l.send()
    served(l, s, u)
    rights(l)
    acts(l, s, u)
    notforit(l, s, u)
    links(l, s, u)
    full(l, s, u)
    dies(l, s, u)
    several(l, s, u)
    settings(local_time_limit='1')
    old = runners(l)
    l.p.send_signal(signal.SIGHUP)
    ok(until(lambda: not set(old) & set(children(l.forker()))),
       'SIGHUP ends it')
    hangs(l, s, u)
    ok(l.stop() == 0, 'SIGTERM: a clean end')
    ok(logged('ID0') and not logged('fatal') and not logged('jail refuses'),
       'nothing fatal in the log')


try:
    story()
except Exception:
    import traceback
    traceback.print_exc()
    ok(False, 'the story ended early')
sys.exit(finish())
