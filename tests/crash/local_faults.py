"""See local_faults.sh. Prints TAP."""
import os, resource, shutil, subprocess, sys, tempfile
sys.path.insert(0, 'tests/flow/local')
from lspawn import *

T = tempfile.mkdtemp(prefix='pneu-test.')
HOME = T + '/home'
CALLS = ('openat', 'writev', 'write', 'fsync', 'close', 'rename', 'unlink')
ERRORS = ('EIO', 'ENOSPC', 'EMFILE')
ROUNDS = int(os.environ.get("ROUNDS", "20"))
count = failed = 0


def ok(good, what, *more):
    global count, failed
    count += 1
    failed += not good
    print('%sok %d - %s' % ('' if good else 'not ', count, what))
    for m in () if good else more:
        print('#', m)
    sys.stdout.flush()


def skip(what, why):
    global count
    count += 1
    print('ok %d - %s # SKIP %s' % (count, what, why))


class Local:
    """pneu-local on a socketpair."""
    def __init__(self, wrap=(), home=HOME, **kw):
        a, b = socket.socketpair()
        self.s, self.f, self.said = a, Frames(a), {}
        self.p = subprocess.Popen([*wrap, 'bin/pneu-local', '-H', 'h', home],
                                  stdin=b, stdout=b, **kw)
        b.close()

    def give(self, tag, message, end='X'):
        parts = b''
        for i in range(0, len(message), 65536):
            parts += frame('M', tag, message[i:i + 65536])
        try:
            self.s.sendall(frame('O', tag, order('ID', 'user:u',
                [('a@x.test', {})], 0, 0, 0)) + parts + frame(end, tag))
        except (BrokenPipeError, ConnectionResetError):
            pass

    def hear(self, n):
        """Until n letters in all have been spoken of, or the end."""
        while len(self.said) < n:
            try:
                f = self.f.next()
            except ConnectionResetError:
                f = None
            if f is None:
                return
            self.said[f[1]] = reports(f[2])[0]

    def end(self):
        """Returns the exit status."""
        self.s.shutdown(socket.SHUT_WR)
        self.hear(1 << 30)
        self.s.close()
        return self.p.wait(20)


def message(tag, size=100):
    return b'Subject: letter %d\n\n' % tag + b'x' * size + b'\nend %d\n' % tag


def tag_of(text):
    """The tag of the whole message in a file, or None: it is torn."""
    m = re.match(b'Return-Path: <from@x.test>\nDelivered-To: a@x.test\n'
                 b'Subject: letter (\\d+)\n\nx*\nend (\\d+)\n$', text)
    return int(m[1]) if m and m[1] == m[2] else None


def delivered(home=HOME):
    """Tags of the letters in new/, None for each that is torn."""
    out = []
    d = home + '/Maildir/new'
    for name in os.listdir(d) if os.path.isdir(d) else ():
        with open(d + '/' + name, 'rb') as f:
            text = f.read()
        t = tag_of(text)
        out.append(t if name.endswith(',S=%d' % len(text)) else None)
    return sorted(out, key=str)


def fresh():
    shutil.rmtree(HOME, ignore_errors=True)
    os.mkdir(HOME)
    os.chmod(HOME, 0o755)


def load(l, tags):
    """Two batches, with as many letters taken back in between."""
    half = len(tags) // 2
    for part, n in ((tags[:half], half), (tags[half:], len(tags))):
        for t in part:
            l.give(t, message(t))
            l.give(1000 + t, message(t), end='A')
        l.hear(n)


def fault(call, when, error):
    """Returns what is wrong, or None; and how the letters fared."""
    fresh()
    tags = list(range(1, 2 * 11))
    l = Local(['strace', '-qq', '-o', T + '/trace', '-e', 'trace=' + call,
               '-e', 'inject=%s:error=%s:when=%d' % (call, error, when)],
              stderr=subprocess.DEVNULL)
    load(l, tags)
    rc = l.end()
    done = sorted(t for t, v in l.said.items() if v[0] == 'D')
    there = delivered()
    how = len(done), len(l.said) - len(done), rc
    if None in there:
        return 'torn', how
    if set(done) - set(there) or len(there) != len(set(there)):
        return 'lost or twice: %s %s' % (done, there), how
    unsaid = set(there) - set(done)
    # died while answering: then what it did is not known
    if unsaid and not (rc == 111 and not unsaid & set(l.said)):
        return 'not reported, but there: %s' % unsaid, how
    if any(v[0] != 'L' for t, v in l.said.items() if t not in done):
        return 'never: %s' % l.said, how
    if rc not in (0, 111, 127):
        return 'exit %d' % rc, how
    l = Local()
    again = [t for t in tags if t not in done]
    load(l, again)
    if l.end() or len(l.said) != len(again) or \
       {v[0] for v in l.said.values()} - {'D'}:
        return 'does not serve again: %s' % l.said, how
    if sorted(set(delivered())) != tags:
        return 'not all there in the end', how
    return None, how


def faults():
    for call in CALLS:
        for error in ERRORS:
            bad, sums = [], [0, 0, 0]
            for when in range(1, ROUNDS + 1):
                wrong, how = fault(call, when, error)
                if wrong:
                    bad.append('call %d: %s' % (when, wrong))
                sums[0] += how[0]
                sums[1] += how[1]
                sums[2] += how[2] != 0
            ok(not bad, '%s: %s at its 1st to %dth call (%d delivered, '
               '%d later, %d ended early)' % (call, error, ROUNDS, *sums),
               *bad)


def together():
    """50 letters at hand are made durable together, and in this order."""
    fresh()
    l = Local(['strace', '-qq', '-o', T + '/trace', '-e',
               'trace=read,write,writev,fsync,rename'])
    l.give(1, message(1))
    l.hear(1)
    parts = b''
    for t in range(2, 52):
        m = message(t)
        parts += frame('O', t, order('ID', 'user:u', [('a@x.test', {})],
                       0, 0, 0)) + frame('M', t, m) + frame('X', t)
    l.s.sendall(parts)
    l.hear(51)
    l.end()
    calls = ''
    with open(T + '/trace') as f:
        for line in f:
            calls += {'read(': 'R', 'write': 'w', 'fsync': 's',
                      'renam': 'r'}.get(line[:5], '?')
    ok(re.search('Rw{50}s{50}r{50}swR$', calls), '50 letters: 50 written, '
       '50 fsynced, 50 renamed, new/ fsynced once, one answer', calls)


def mount(options):
    fresh()
    subprocess.check_call(['mount', '-t', 'tmpfs', '-o', options, 'x', HOME])
    os.chmod(HOME, 0o755)


def small(what, options, size):
    """A disk that fills up: some are delivered, the others later; then it
    is emptied, and they are delivered, too."""
    mount(options)
    tags = list(range(300))
    l = Local()
    for t in tags:
        l.give(t, message(t, size))
        l.hear(t + 1)
    done = sorted(t for t, v in l.said.items() if v[0] == 'D')
    rest = [t for t in tags if t not in done]
    ok(len(l.said) == 300 and len(done) > 20 and len(rest) > 20,
       '%s: %d delivered, %d later' % (what, len(done), len(rest)))
    ok({l.said[t][:2] for t in rest} == {('L', '4.3.1')}, 'with 4.3.1',
       {l.said[t] for t in rest})
    ok(delivered() == sorted(done, key=str), 'what was reported is there')
    ok(os.listdir(HOME + '/Maildir/tmp') == [], 'nothing is left in tmp')
    for f in os.listdir(HOME + '/Maildir/new'):
        os.unlink(HOME + '/Maildir/new/' + f)
    l.give(999, message(999, size))
    l.hear(301)
    ok(l.said[999][0] == 'D' and l.end() == 0, 'with room it serves again')
    subprocess.check_call(['umount', HOME])


def memory():
    """RLIMIT_AS, from too little to start to enough."""
    bad, outcomes = [], []
    for mib in range(2, 12):
        fresh()
        l = Local(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS,
            (mib << 20, mib << 20)), stderr=subprocess.DEVNULL)
        tags = list(range(1, 101))
        for t in tags:
            l.give(t, message(t, 20000))
        l.hear(100)
        rc = l.end()
        done = sorted(t for t, v in l.said.items() if v[0] == 'D')
        there = delivered()
        if None in there or set(done) - set(there):
            bad.append('%d MiB: %s %s' % (mib, done, there))
        if rc not in (0, 111, 127, -6, -11):
            bad.append('%d MiB: exit %d' % (mib, rc))
        outcomes.append('%d MiB %d (%d)' % (mib, len(done), rc))
    ok(not bad, 'short of memory: ' + ', '.join(outcomes), *bad)
    ok(len(done) == 100, 'at last there is enough')


try:
    os.umask(0o022)
    together()
    faults()
    memory()
    if os.getuid() == 0:
        small('4 MiB', 'size=4m,mode=755', 40000)
        small('100 inodes', 'nr_inodes=100,mode=755', 100)
    else:
        skip('full disks', 'not root')
except Exception:
    import traceback
    traceback.print_exc()
    ok(False, 'ended early')
shutil.rmtree(T)
print('1..%d' % count)
sys.exit(failed > 0)
