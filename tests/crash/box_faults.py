"""See box_faults.sh. Prints TAP."""
import os, re, resource, shutil, signal, subprocess, sys, tempfile
sys.path.insert(0, 'tests/flow/local')
from lspawn import *

T = tempfile.mkdtemp(prefix='pneu-test.')
HOME = T + '/home'
BOX = HOME + '/box'
OTHERS = b'From x@y.test  Thu Jan  1 00:00:00 1970\nSubject: old\n\nold\n'
# at the box and its lock; at any file
CALLS = ('openat', 'newfstatat', 'fcntl', 'write', 'pread64', 'fsync',
         'close', 'unlink'), ('memfd_create', 'writev')
NEW = ('openat', 'write', 'fsync'), ()
ERRORS = ('EIO', 'ENOSPC', 'EMFILE')
ROUNDS = int(os.environ.get('ROUNDS', '5'))
ALL = 'ROUNDS' in os.environ
TAGS = list(range(1, 7))
count = failed = 0


def ok(good, what, *more):
    global count, failed
    count += 1
    failed += not good
    print('%sok %d - %s' % ('' if good else 'not ', count, what))
    for m in () if good else more:
        print('#', m)
    sys.stdout.flush()


def parts(tag, message):
    return b''.join(frame('M', tag, message[i:i + 65536])
                    for i in range(0, len(message), 65536))


class Local:
    """pneu-local on a socketpair."""
    def __init__(self, args, wrap=(), **kw):
        a, b = socket.socketpair()
        self.s, self.f, self.said = a, Frames(a), {}
        self.p = subprocess.Popen([*wrap, 'bin/pneu-local', '-f', '', *args,
                                   '-H', 'h', HOME], stdin=b, stdout=b,
                                  stderr=subprocess.DEVNULL, **kw)
        b.close()

    def do(self, tags, size=100):
        """Two at hand together, then the next; as far as it lives."""
        for i in range(0, len(tags), 2):
            try:
                self.s.sendall(b''.join(
                    frame('O', t, order('ID', 'user:u', [('a@x.test', {})],
                          0, 0, 0)) + parts(t, message(t, size)) +
                    frame('X', t) for t in tags[i:i + 2]))
            except (BrokenPipeError, ConnectionResetError):
                return
            while len(self.said) < min(i + 2, len(tags)):
                try:
                    f = self.f.next()
                except ConnectionResetError:
                    f = None
                if f is None:
                    return
                self.said[f[1]] = reports(f[2])[0]

    def end(self):
        self.s.close()
        return self.p.wait(20)

    def done(self):
        return sorted(t for t, v in self.said.items() if v[0] == 'D')


def message(tag, size=100):
    return b'Subject: letter %d\n\n' % tag + b'x' * size + b'\nend %d\n' % tag


WHOLE = re.compile(b'From from@x.test  [^\n]{24}\nReturn-Path: <from@x.test>\n'
                   b'Delivered-To: a@x.test\nSubject: letter (\\d+)\n\nx*\n'
                   b'end (\\d+)\n\n')


def contents(box, others):
    """The tags in the box; and what is wrong there."""
    if not box.startswith(others):
        return [], "others' letters are not what they were"
    at, tags = len(others), []
    while at < len(box):
        m = WHOLE.match(box, at) or WHOLE.match(box, at + 1)
        if not m or m[1] != m[2]:
            return tags, 'torn: %r' % box[at:at + 200]
        tags.append(int(m[1]))
        at = m.end()
    return tags, None


def read(path):
    try:
        with open(path, 'rb') as f:
            return f.read()
    except FileNotFoundError:
        return b''


def fresh(others=OTHERS):
    shutil.rmtree(HOME, ignore_errors=True)
    os.mkdir(HOME, 0o755)
    if others:
        with open(BOX, 'wb') as f:
            f.write(others)


def judge(l, rc, others):
    """Of a run that was disturbed: what is wrong, or None."""
    there, wrong = contents(read(BOX), others)
    done = l.done()
    if wrong:
        return wrong
    if set(done) - set(there) or len(there) != len(set(there)):
        return 'lost or twice: %s %s' % (done, there)
    if set(there) - set(done) and not (rc and not set(there) - set(done) &
                                       set(l.said)):
        return 'not reported, but there: %s %s' % (done, there)
    if any(v[0] == 'N' for v in l.said.values()):
        return 'never: %s' % l.said
    if os.path.exists(BOX + '.lock'):
        return 'box.lock is left'
    if rc not in (0, 111, 127):
        return 'exit %d' % rc
    return None


def again(l, args, others):
    """It is tried again, undisturbed: all of it is there in the end."""
    m = Local(args)
    rest = [t for t in TAGS if t not in l.done()]
    m.do(rest)
    rc = m.end()
    there, wrong = contents(read(BOX), others)
    if rc or m.done() != rest or wrong or set(there) != set(TAGS):
        return 'then: %s %s %s %s' % (rc, m.said, wrong, there)
    return None


def fault(inject, more, others):
    fresh(others)
    args = ['-b', BOX, '-t', '1']	# no longer for a lock
    l = Local(args, ['strace', '-qq', '-o', T + '/trace', *more, '-e',
                     'inject=' + inject])
    l.do(TAGS)
    rc = l.end()
    wrong = judge(l, rc, others)
    if wrong == 'box.lock is left' and inject.startswith('unlink'):
        os.unlink(BOX + '.lock')	# by others, when it is stale
        wrong = None
    return wrong or again(l, args, others), l, rc


def faults(what, calls, others):
    for call in calls[0] + calls[1]:
        more = ['-P', BOX, '-P', BOX + '.lock'] if call in calls[0] else []
        bad, sums = [], [0, 0, 0]
        for when in range(1, 2 if call == 'unlink' else ROUNDS + 1):
            for error in ERRORS if ALL else ERRORS[when % 3:when % 3 + 1]:
                wrong, l, rc = fault('%s:error=%s:when=%d' % (call, error,
                                     when), more, others)
                if wrong:
                    bad.append('call %d, %s: %s' % (when, error, wrong))
                n = len(l.done())
                sums[0] += n
                sums[1] += len(l.said) - n
                sums[2] += rc != 0
        ok(not bad, '%s: %s fails at its 1st to %dth call (%d delivered, %d '
           'later, %d ended early)' % (what, call, ROUNDS, *sums), *bad)


def untruncated():
    """What cannot be cut off is torn, but spoils nothing that was there, nor
    what comes behind it."""
    fresh()
    args = ['-b', BOX]
    # the second write of a letter that is longer than a part
    big = 200000
    l = Local(args, ['strace', '-qq', '-o', T + '/trace', '-P', BOX,
        '-e', 'inject=write:error=ENOSPC:when=2',
        '-e', 'inject=ftruncate:error=EIO'])
    l.do([1], big)
    v = l.said.get(1, ('', '', ''))
    ok(l.end() == 0 and v[0] == 'L' and 'truncate what could not be written '
       'whole' in v[2], 'a write and the cutting back fail: later, and said',
       l.said)
    torn = read(BOX)
    ok(torn.startswith(OTHERS) and len(torn) > len(OTHERS),
       "others' letters are what they were")
    m = Local(args)
    m.do([2])
    m.end()
    box = read(BOX)
    ok(m.said[2][0] == 'D' and box.startswith(torn) and
       WHOLE.fullmatch(box[len(torn):].lstrip(b'\n')) and
       b'\nFrom from@x.test' in box[len(torn) - 1:],
       'the next letter begins a line', m.said, box[len(torn):][:100])


def limits():
    """A file size limit at each octet of a letter, and some of the next."""
    bad, n = [], 0
    step = 1 if ALL else 37
    for size in range(len(OTHERS), len(OTHERS) + 500, step):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        fresh()
        l = Local(['-b', BOX], preexec_fn=limit)
        l.do([1, 2])
        wrong = judge(l, l.end(), OTHERS)
        there, _ = contents(read(BOX), OTHERS)
        if wrong or len(l.said) != 2 or len(read(BOX)) > size:
            bad.append('%d: %s %s' % (size, wrong, l.said))
        n += len(there)
    ok(not bad and n, 'a file size limit anywhere in two letters (%d fit)' %
       n, *bad)


COMMAND_CALLS = ('memfd_create', 'pipe2', 'pipe', 'clone', 'clone3', 'fork',
                 'vfork', 'fcntl', 'writev', 'write', 'poll')


def commands():
    """A command has run with the whole message, or it has not and comes
    later."""
    args = ['-c', 'cat >got.$$']
    for call in COMMAND_CALLS:
        bad, sums = [], [0, 0, 0]
        for when in range(1, ROUNDS + 1 if ALL else 3):
            error = ERRORS[when % 3] if call != 'poll' else 'EINTR'
            fresh(b'')
            l = Local(args, ['strace', '-qq', '-o', T + '/trace', '-e',
                'inject=%s:error=%s:when=%d' % (call, error, when)])
            l.do(TAGS[:4])
            rc = l.end()
            got = []
            for f in os.listdir(HOME):
                tags, wrong = contents(read(HOME + '/' + f) + b'\n', b'')
                got += tags
                # one that was killed with us comes again
                if not rc and (wrong or len(tags) != 1):
                    bad.append('call %d, %s: %s: %s' % (when, error, f,
                                                        wrong))
            done = l.done()
            if set(done) - set(got) or rc not in (0, 111, 127) or \
               any(v[0] == 'N' for v in l.said.values()) or \
               (set(got) - set(done) and not rc):
                bad.append('call %d, %s: %d, %s, ran for %s' % (when, error,
                           rc, l.said, got))
            sums[0] += len(done)
            sums[1] += len(l.said) - len(done)
            sums[2] += rc != 0
        ok(not bad, 'commands: %s fails (%d done, %d later, %d ended early)'
           % (call, *sums), *bad)


def control():
    """It would be seen: a letter lost, torn, not cut off again."""
    fresh()
    l = Local(['-b', BOX])
    l.do(TAGS)
    rc = l.end()
    with open(BOX, 'r+b') as f:
        f.truncate(os.path.getsize(BOX) - 5)
    ok('torn' in str(judge(l, rc, OTHERS)), 'control: torn is seen')
    fresh()
    ok('lost' in str(judge(l, rc, OTHERS)), 'control: lost is seen')
    l = Local(['-b', BOX], ['strace', '-qq', '-o', T + '/trace', '-P', BOX,
        '-e', 'inject=write:error=ENOSPC:when=2',
        '-e', 'inject=ftruncate:retval=0'])
    l.do([1], 200000)
    ok('torn' in str(judge(l, l.end(), OTHERS)),
       'control: what is not cut off is seen')


try:
    os.umask(0o022)
    control()
    faults('an mbox', CALLS, OTHERS)
    faults('a new mbox', NEW, b'')
    untruncated()
    limits()
    commands()
except Exception:
    import traceback
    traceback.print_exc()
    ok(False, 'ended early')
shutil.rmtree(T)
print('1..%d' % count)
sys.exit(failed > 0)
