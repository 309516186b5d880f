"""See runner_faults.sh. What is reported as delivered is there, once and
whole; what is not is not there, and is delivered when it is tried again;
whatever fails. Prints TAP."""
import os, sys, time
os.environ['LSPAWN'] = os.path.abspath('tests/crash/pneu-lspawn-open')
sys.path.insert(0, 'tests/flow/runner')
from pool import *

TIMES = [int(x) for x in os.environ.get('TIMES', '1 4').split()]
CALLS = [('recvmsg', 'EIO'), ('setgroups', 'EPERM'), ('setfsgid', 'EPERM'),
         ('setfsuid', 'EPERM'), ('chdir', 'EACCES'), ('newfstatat', 'EIO'),
         ('openat', 'EIO'), ('openat', 'EMFILE'),
         ('writev', 'ENOSPC'), ('sendfile', 'EIO'), ('sendfile', 'EINVAL'),
         ('sendmsg', 'EIO'), ('fsync', 'EIO'), ('close', 'EIO'),
         ('fchdir', 'EIO'), ('rename', 'ENOSPC')]
KILLED = ('openat', 'sendfile', 'fsync', 'rename', 'sendmsg')
NAMES = USERS[:4]
serial = 0


def letter():
    global serial
    serial += 1
    return serial, b'Subject: letter %d\n\n%s\nend %d\n' % (
        serial, b'x' * 3000, serial)


def there(u):
    """{serial: how often}; None for what is torn or another's."""
    found = {}
    for x in NAMES:
        new = u[x][2] + '/Maildir/new'
        for name in ls(new):
            text = read(new + '/' + name)
            m = re.match(b'Return-Path: <from@x.test>\nDelivered-To: (u.)@'
                         b'x.test\nSubject: letter (\\d+)\n\nx{3000}\n'
                         b'end (\\d+)\n$', text)
            good = m and m[2] == m[3] and m[1] == x.encode() and \
                name.endswith(',S=%d' % len(text)) and \
                owner(new + '/' + name) == u[x][:2]
            k = int(m[2]) if good else None
            found[k] = found.get(k, 0) + 1
    return found


def clear(l, u):
    for x in NAMES:
        lose(l, u[x][0])
        for sub in ('/Maildir/new/', '/Maildir/tmp/'):
            for name in ls(u[x][2] + sub):
                os.unlink(u[x][2] + sub + name)


def load(l, s, given):
    """Two batches. {serial: verdict}."""
    said = {}
    for _ in range(2):
        os.kill(l.p.pid, signal.SIGSTOP)
        tags = {}
        for x in NAMES:
            k, msg = letter()
            tags[give(s, x, msg)] = k
            given[k] = x, msg
        os.kill(l.p.pid, signal.SIGCONT)
        said.update((k, s.wait(t)[0]) for t, k in tags.items())
    return said


def fault(l, s, u, inject):
    clear(l, u)
    r = runners(l) and runners(l)[0] or one(l, s, NAMES[0])
    clear(l, u)
    t = Traced(r, '-e', 'trace=' + ','.join(x.split(':')[0] for x in
               inject.split()), *[y for x in inject.split()
                                  for y in ('-e', 'inject=' + x)])
    given = {}
    said = load(l, s, given)
    log = t.end()
    # who reports its end does so before the forker has buried it
    end = time.time() + 10
    while any('ended unexpectedly' in v[2] for v in said.values()) and \
            r in children(l.forker()) and time.time() < end:
        time.sleep(0.02)
    died = r not in children(l.forker())
    done = {k for k, v in said.items() if v[0] == 'D'}
    found = there(u)
    how = len(done), len(said) - len(done), died, 'INJECTED' in log
    if None in found:
        return 'torn', how
    if done - set(found) or [k for k, n in found.items() if n > 1]:
        return 'lost or twice: %s %s' % (done, found), how
    for k in set(found) - done:
        if not ('unlink' in inject or
                (died and 'ended unexpectedly' in said[k][2])):
            return 'not reported, but there: %s' % (said[k],), how
    if {v[0] for v in said.values()} - {'D', 'L'}:
        return 'never: %s' % said, how
    for k in set(said) - done:
        x, msg = given[k]
        v = s.wait(give(s, x, msg))[0]
        if v[0] != 'D':
            return 'is not delivered when it is tried again: %s' % (v,), how
    if set(given) - set(there(u)):
        return 'not all there in the end', how
    return None, how


def row(l, s, u, what, injects):
    bad, sums = [], [0, 0, 0, 0]
    for inject in injects:
        wrong, how = fault(l, s, u, inject)
        if wrong:
            bad.append('%s: %s' % (inject, wrong))
        sums = [a + b for a, b in zip(sums, how)]
    ok(not bad, '%s (%d delivered, %d later, %d runners dead, %d faults)' %
       (what, *sums), *bad)
    return sums


def cannot(l, s, u):
    """Where the kernel does not let it be another: as without runners."""
    for call in ('setfsuid', 'setfsgid', 'setgroups'):
        one(l, s, 'u4')
        lose(l, 2004)
        t = Traced(runners(l)[0], '-e', 'inject=%s:error=EPERM:when=1' % call)
        v = s.wait(give(s, 'u4'))[0]
        t.end()
        new = u['u4'][2] + '/Maildir/new/'
        ok(v[0] == 'D' and l.worker_of(2004) and
           owner(new + ls(new)[-1]) == u['u4'][:2],
           'without %s: a process of the user\'s own' % call, v)


def story():
    u = users()
    put_users(u)
    os.makedirs(H + '/etc')
    os.chmod(H, 0o755)
    settings()
    l = Lspawn()
    s = l.send()
    faults = 0
    for call, error in CALLS:
        faults += row(l, s, u, '%s: %s at its %s. call' % (call, error,
            ', '.join(map(str, TIMES))), ['%s:error=%s:when=%d' %
            (call, error, n) for n in TIMES])[3]
    for call in ('fsync', 'rename'):
        faults += row(l, s, u, '%s fails, and so does unlink' % call,
            ['%s:error=EIO:when=%d unlink:error=EIO:when=1' % (call, n)
             for n in (1, 4, 5)])[3]
    ok(faults > len(CALLS), 'calls did fail: %d' % faults)
    dead = 0
    for call in KILLED:
        dead += row(l, s, u, 'kill -9 at its %s. %s' % (', '.join(
            map(str, TIMES)), call), ['%s:signal=KILL:when=%d' % (call, n)
            for n in TIMES])[2]
    ok(dead > len(KILLED), 'runners did die: %d' % dead)
    cannot(l, s, u)
    ok(l.stop() == 0, 'a clean end')


try:
    story()
except Exception:
    import traceback
    traceback.print_exc()
    ok(False, 'ended early')
sys.exit(finish())
