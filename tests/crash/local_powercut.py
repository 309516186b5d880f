"""Power cuts of pneu-local: local_powercut.py STATES SEED

Records pneu-local at work, builds for each operation STATES of the states
that a cut in it may leave (powercut.py), and checks of each that every letter
reported as delivered is in its Maildir, whole, and that nothing torn is in
new/; and, of every 20th, that a pneu-local that starts there delivers the
others. With PNEU_BREAK (break_local.c), or INJECT for strace, it is a
control: a failure must be found. Prints a line for each operation; exits 0
if all is well, 1 if not.
"""
import os, random, re, shutil, socket, subprocess, sys, tempfile
sys.path.insert(0, 'tests/crash')
sys.path.insert(0, 'tests/flow/local')
import powercut
from lspawn import Frames, fields, frame, order, reports

PNEU_LOCAL = os.path.abspath('bin/pneu-local')
EVERY = 20


def message(tag, size):
    return b'Subject: letter %d\n\n' % tag + b'x' * size + b'\nend %d\n' % tag


def letter(tag, box, size):
    m = message(tag, size)
    parts = b''.join(frame('M', tag, m[i:i + 1500])
                     for i in range(0, len(m), 1500))
    return frame('O', tag, order('ID', 'mailbox:', [('a@x.test',
                 {'mailbox': box})], 0, 0, 0)) + parts + frame('X', tag)


class Local:
    def __init__(self, home, wrap=()):
        a, b = socket.socketpair()
        self.s, self.f = a, Frames(a)
        env = dict(os.environ)
        if wrap and 'PNEU_BREAK' in env:
            wrap = [*wrap, '-E', 'LD_PRELOAD=' + os.path.abspath(
                'tests/crash/break_local.so')]
        self.p = subprocess.Popen([*wrap, PNEU_LOCAL, '-v', '-H', 'h', home],
                                  stdin=b, stdout=b, env=env)
        b.close()

    def do(self, letters):
        """Verdicts, by tag."""
        self.s.sendall(b''.join(letter(*x) for x in letters))
        said = {}
        while len(said) < len(letters):
            _, tag, p = self.f.next()
            said[tag] = reports(p)[0][0]
        return said

    def end(self):
        self.s.close()
        return self.p.wait()


# operation: letters that are at hand together (tag, Maildir, size)
STEPS = [
    ('a letter, its Maildir made', [(1, 'a', 50)]),
    ('a letter', [(2, 'a', 50)]),
    ('a big letter', [(3, 'a', 6000)]),
    ('four letters', [(t, 'a', 100) for t in range(4, 8)]),
    ('three Maildirs made', [(t, 'v.test/%d' % t, 100) for t in (8, 9, 10)]),
    ('letters to two', [(11, 'a', 80), (12, 'v.test/8', 4000),
                        (13, 'a', 80)]),
]
LETTERS = {x[0]: x for _, letters in STEPS for x in letters}


class Recording(powercut.Recording):
    """pneu-local's paths are relative to where it stands; its answers are
    writes to a socket; what was injected was not done."""
    def read(self, lines):
        super().read([x for x in lines if b'(INJECTED)' not in x])

    def path1(self, args):
        return os.path.join(self.rootpath, super().path1(args))

    def path2(self, args):
        return [os.path.join(self.rootpath, x) for x in super().path2(args)]

    def written(self, pid, name, args, result, begun):
        if re.match(rb'\d+<(\\x[0-9a-f]{2})*>', args) and \
           powercut.unquote(powercut.FD.match(args).group(2)).startswith(
               (b'socket:', b'UNIX')):
            data = b''.join(powercut.unquote(s) for s in
                            re.findall(powercut.STRING, args))
            self.event(begun, 'send', data=data[:result], pid=pid)
        else:
            super().written(pid, name, args, result, begun)


def answers(log):
    """[(event, tag)] of each letter reported as delivered."""
    out = []
    for e in log.events:
        s = e.data if e.call == 'send' else b''
        while s:
            n, tag = int.from_bytes(s[:4], 'big'), int.from_bytes(s[5:9], 'big')
            if reports(s[9:9 + n])[0][0] == 'D':
                out.append((e, tag))
            s = s[9 + n:]
    return out


def contents(home):
    """{tag: how often} of the whole letters in the right new/; and what is
    wrong."""
    found, bad = {}, []
    for at, _, names in os.walk(home):
        if os.path.basename(at) != 'new':
            continue
        box = os.path.relpath(os.path.dirname(at), home)
        for name in names:
            with open(at + '/' + name, 'rb') as f:
                text = f.read()
            m = re.match(b'Return-Path: <from@x.test>\nDelivered-To: '
                         b'a@x.test\n(Subject: letter (\\d+)\n.*)', text,
                         re.S)
            x = m and LETTERS.get(int(m[2]))
            if not x or m[1] != message(x[0], x[2]) or box != x[1] or \
               not name.endswith(',S=%d' % len(text)):
                bad.append('torn')
            else:
                found[x[0]] = found.get(x[0], 0) + 1
    return found, bad


def look(home, promised, again):
    found, bad = contents(home)
    bad += ['lost' for t in promised if t not in found]
    if again:
        l = Local(home)
        rest = [x for t, x in LETTERS.items() if t not in promised]
        said = l.do(rest) if rest else {}
        l.end()
        if set(said.values()) - {'D'}:
            bad.append('does not deliver again')
        bad += ['lost afterwards' for t in LETTERS if t not in
                contents(home)[0]]
    return bad


def main():
    limit, rng = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    top = tempfile.mkdtemp(prefix='pneu-powercut.')
    home = top + '/home'
    os.mkdir(home)
    wrap = powercut.STRACE + ['-o', top + '/strace']
    for i in os.environ.get('INJECT', '').split():
        wrap += ['-e', 'inject=' + i]
    l = Local(home, wrap)
    verdicts = [l.do(letters) for _, letters in STEPS]
    assert l.end() == 0
    with open(top + '/strace', 'rb') as f:
        log = Recording(list(f), home)
    ans = answers(log)
    shm = tempfile.mkdtemp(prefix='pneu-states.', dir='/dev/shm' if
                           os.access('/dev/shm', os.W_OK) else None)
    total = wrong = again = first = at = 0
    sends = [e for e in log.events if e.call == 'send']
    for name, letters in STEPS:
        heard = 0
        while heard < len(letters):
            heard += len(re.findall(b'verdict=', sends[at].data))
            at += 1
        # and what happens behind the answer, up to the next letter's first
        last = next((e.n - 1 for e in log.events if e.n > sends[at - 1].n and
                     e.call in ('create', 'mkdir')), len(log.events) - 1)
        found = {}
        states = 0
        for s in log.states(first, last, limit, rng):
            log.cut(s.cut)
            states += 1
            s.build(shm + '/s')
            promised = [t for e, t in ans if e.begun - 1 <= s.cut]
            test = states % EVERY == 0
            again += test
            for f in look(shm + '/s', promised, test):
                found.setdefault(f, [0, s.cut])[0] += 1
            shutil.rmtree(shm + '/s')
        total += states
        wrong += len(found)
        print('%-26s events %3d-%3d  states %5d  %s' % (name, first, last,
            states, '; '.join('%s (%d, first after event %d %s)' % (what, n,
            cut, log.events[cut].call) for what, (n, cut) in found.items())
            or 'all well'))
        sys.stdout.flush()
        first = last + 1
    print('%d states, %d of them gone on with, %d events, %d answers, '
          'seed %s: %s' % (total, again, len(log.events), len(ans),
          sys.argv[2], '%d kinds of failure' % wrong if wrong else
          'all well'))
    shutil.rmtree(shm)
    shutil.rmtree(top)
    sys.exit(wrong > 0)


if __name__ == '__main__':
    main()
