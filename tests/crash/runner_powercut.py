"""Power cuts of a runner: runner_powercut.py STATES SEED

Records a runner of pneu-lspawn at work for four users, builds for each
operation STATES of the states that a cut in it may leave (powercut.py), and
checks of each that every letter reported as delivered is in its Maildir,
whole, and that nothing torn is in new/. With BREAK (file, dir, early) the
record is falsified as if it had not flushed, or answered before: a failure
must be found. Exits 0 if all is well, 1 if not.
"""
import os, random, sys
os.environ['LSPAWN'] = os.path.abspath('tests/crash/pneu-lspawn-open')
sys.path.insert(0, 'tests/flow/runner')
sys.path.insert(0, 'tests/crash')
import powercut
from pool import *

BREAK = os.environ.get('BREAK')
NAMES = USERS[:4]
STEPS = [('a letter', [('u1', 50)]), ('a big letter', [('u2', 9000)]),
         ('four users\' letters', [(x, 100) for x in NAMES]),
         ('two of one user', [('u3', 80), ('u3', 5000), ('u4', 80)]),
         ('a Maildir made', [('u5', 100)])]


def message(k, size):
    return b'Subject: letter %d\n\n' % k + b'x' * size + b'\nend %d\n' % k


class Recording(powercut.Recording):
    """Its paths are relative to where it stands; what the kernel copies is
    in the files as they are now; its answers go to 0."""
    def __init__(self, lines, root, before, final):
        self.cwd, self.final = b'/', final
        super().__init__(lines, root, before)

    def call(self, pid, name, args, result, begun):
        if name == 'fchdir':
            self.cwd = powercut.unquote(powercut.FD.match(args).group(2))
        elif name == 'chdir':
            m = re.match(powercut.STRING, args)
            self.cwd = os.path.join(self.cwd, powercut.unquote(m.group(1)))
        elif name == 'sendfile':
            self.copied(pid, args, result, begun)
        elif name in ('sendto', 'sendmsg') and not args.startswith(b'0<'):
            pass
        elif name == 'fsync' and BREAK in ('file', 'dir') and (BREAK ==
                'dir') == powercut.unquote(powercut.FD.match(args).group(
                2)).endswith(b'/new'):
            pass
        else:
            super().call(pid, name, args, result, begun)

    def copied(self, pid, args, result, begun):
        m = powercut.FD.match(args)
        path, fd = powercut.unquote(m.group(2)), int(m.group(1))
        at = self.offset.get((pid, fd), 0)
        data = self.final[os.path.basename(path)][at:at + result]
        assert len(data) == result, (path, at, result)
        self.written(pid, 'write', args[:m.end()] + b', "' + b''.join(
            b'\\x%02x' % c for c in data) + b'"', result, begun)

    def path1(self, args):
        return os.path.join(self.cwd, super().path1(args))

    def path2(self, args):
        return [os.path.join(self.cwd, x) for x in super().path2(args)]


def answers(log):
    """[(event, tag)] of each letter reported as delivered."""
    out = []
    for e in log.events:
        s = e.data if e.call == 'send' else b''
        while s:
            n, tag = int.from_bytes(s[:4], 'big'), int.from_bytes(s[5:9], 'big')
            if s[4:5] == b'V' and reports(s[9:9 + n])[0][0] == 'D':
                out.append((e, tag))
            s = s[9 + n:]
    return out


def contents(top, letters):
    """Tags of the whole letters in the right new/; and what is wrong."""
    found, bad = set(), []
    for x in USERS:
        new = '%s/%s/Maildir/new' % (top, x)
        for name in ls(new):
            text = read(new + '/' + name)
            m = re.match(b'Return-Path: <from@x.test>\nDelivered-To: (u.)@'
                         b'x.test\n(Subject: letter (\\d+)\n.*)', text, re.S)
            k = m and int(m[3])
            if k not in letters or letters[k][1] != m[2] or \
               letters[k][0] != x or m[1] != x.encode() or \
               not name.endswith(',S=%d' % len(text)):
                bad.append('torn')
            else:
                found.add(k)
    return found, bad


def record():
    """The runner's calls; {tag: (user, message)}; the end of each step."""
    u = users()
    put_users(u)
    os.makedirs(H + '/etc')
    os.chmod(H, 0o755)
    settings()
    l = Lspawn()
    s = l.send()
    for x in NAMES:
        s.wait(give(s, x))
    r = one(l, s, 'u1')
    before = {}
    for x in USERS:
        for at, _, files in os.walk(u[x][2]):
            before[os.path.relpath(at, T)] = None
            for f in files:
                os.unlink(at + '/' + f)
    t = Traced(r, '-f', *powercut.STRACE[2:6], '-e', 'trace=' +
               powercut.CALLS + ',sendfile,chdir,fchdir', '-e', 'signal=none')
    letters, ends = {}, []
    for name, given in STEPS:
        os.kill(l.p.pid, signal.SIGSTOP)
        tags = []
        for x, size in given:
            tag = s.ntag + 1
            letters[tag] = x, message(tag, size)
            tags.append(give(s, x, letters[tag][1]))
        os.kill(l.p.pid, signal.SIGCONT)
        for tag in tags:
            assert s.wait(tag)[0][0] == 'D'
        ends.append(tags)
    lines = t.end().encode('latin1').split(b'\n')
    assert runners(l) == [r] and not l.workers(), 'not by one runner'
    final = {}
    for x in USERS:
        for f in ls(u[x][2] + '/Maildir/new'):
            final[f.split(',S=')[0].encode()] = read(
                '%s/Maildir/new/%s' % (u[x][2], f))
    assert l.stop() == 0
    return Recording(lines, T, before, final), letters, ends


def main():
    limit, rng = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    log, letters, ends = record()
    ans = answers(log)
    shm = tempfile.mkdtemp(prefix='pneu-states.', dir='/dev/shm' if
                           os.access('/dev/shm', os.W_OK) else None)
    total = wrong = first = 0
    for (name, _), tags in zip(STEPS, ends):
        mine = [e for e, t in ans if t in tags]
        assert len(mine) == len(tags)
        last = max(e.n for e in mine)
        found, states = {}, 0
        for s in log.states(first, last, limit, rng):
            log.cut(s.cut)
            states += 1
            s.build(shm + '/s')
            early = 2 if BREAK == 'early' else 0
            promised = [t for e, t in ans if e.begun - 1 - early <= s.cut]
            there, bad = contents(shm + '/s', letters)
            for f in bad + ['lost' for t in promised if t not in there]:
                found.setdefault(f, [0, s.cut])[0] += 1
            shutil.rmtree(shm + '/s')
        total += states
        wrong += len(found)
        print('%-22s events %3d-%3d  states %5d  %s' % (name, first, last,
            states, '; '.join('%s (%d, first after event %d %s)' % (what, n,
            cut, log.events[cut].call) for what, (n, cut) in found.items())
            or 'all well'))
        first = last + 1
    print('%d states, %d events, %d answers, seed %s: %s' % (total,
          len(log.events), len(ans), sys.argv[2], '%d kinds of failure' %
          wrong if wrong else 'all well'))
    shutil.rmtree(shm)
    return wrong > 0


rc = 2
try:
    rc = main()
finally:
    finish()
sys.exit(rc)
