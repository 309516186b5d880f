"""Power cuts while pneu-local appends to mboxes: box_powercut.py STATES SEED

As local_powercut.py: of each state that a cut may leave, what was there before
is as it was, every letter that was reported as delivered is there, whole; and,
of every 10th, a pneu-local that starts there appends the others, each at the
beginning of a line. With BREAK (a call that strace makes do nothing) it is a
control: a failure must be found. Exits 0 if all is well, 1 if not.
"""
import os, random, shutil, socket, subprocess, sys, tempfile
sys.path.insert(0, 'tests/crash')
import powercut
from local_powercut import Recording as Base, answers, message
from lspawn import Frames, frame, order, reports

OTHERS = b'From x@y.test  Thu Jan  1 00:00:00 1970\nSubject: old\n\nold\n'
BEFORE = {'old': OTHERS, 'torn': OTHERS[:-3]}
EVERY = 10
# operation: letters at hand together (tag, box, size)
STEPS = [
    ('a letter, its mbox made', [(1, 'new', 50)]),
    ('a letter', [(2, 'old', 50)]),
    ('behind one that is torn', [(3, 'torn', 50)]),
    ('a big letter', [(4, 'old', 70000)]),
    ('four letters', [(t, 'old', 100) for t in range(5, 9)]),
    ('letters to two', [(9, 'new', 80), (10, 'old', 80), (11, 'new', 80)]),
]
LETTERS = {x[0]: x for _, letters in STEPS for x in letters}


class Recording(Base):
    """What is appended is put at the end."""
    def written(self, pid, name, args, result, begun):
        m = powercut.FD.match(args)
        node = self.find(powercut.unquote(m.group(2))) if m else None
        if node is not None and not node.isdir:
            self.offset[pid, int(m.group(1))] = len(node.content())
        super().written(pid, name, args, result, begun)


def give(home, box, letters, wrap=()):
    """Verdicts, by tag."""
    a, b = socket.socketpair()
    p = subprocess.Popen([*wrap, os.path.abspath('bin/pneu-local'), '-H', 'h',
        '-f', '', '-b', home + '/' + box, home], stdin=b, stdout=b)
    b.close()
    for t, _, size in letters:
        m = message(t, size)
        a.sendall(frame('O', t, order('ID', 'user:u', [('a@x.test', {})], 0,
            0, 0)) + b''.join(frame('M', t, m[i:i + 65536]) for i in
            range(0, len(m), 65536)) + frame('X', t))
    f, said = Frames(a), {}
    while len(said) < len(letters):
        _, tag, s = f.next()
        said[tag] = reports(s)[0][0]
    a.close()
    p.wait()
    return said


def read(path):
    try:
        with open(path, 'rb') as f:
            return f.read()
    except FileNotFoundError:
        return None


def isthere(home, t):
    _, box, size = LETTERS[t]
    s = read(home + '/' + box) or b''
    head = b'\nReturn-Path: <from@x.test>\nDelivered-To: a@x.test\n'
    whole = head + message(t, size) + b'\n'
    at = s.find(whole)
    while at > 0:	# one whose From_ line was cut may be before it
        if s[s.rfind(b'\n', 0, at) + 1:].startswith(b'From from@x.test '):
            return True
        at = s.find(whole, at + 1)
    return False


def look(home, promised, again):
    bad = ["others' letters" for box, s in BEFORE.items()
           if not (read(home + '/' + box) or b'').startswith(s)]
    bad += ['lost' for t in promised if not isthere(home, t)]
    if again:
        for lock in 'old', 'new', 'torn':	# stale in the end
            if os.path.exists(home + '/' + lock + '.lock'):
                os.unlink(home + '/' + lock + '.lock')
        for box in 'old', 'new', 'torn':
            rest = [x for t, x in LETTERS.items() if x[1] == box and
                    t not in promised]
            if rest and set(give(home, box, rest).values()) != {'D'}:
                bad.append('does not deliver again')
        bad += ['lost afterwards' for t in LETTERS if not isthere(home, t)]
    return bad


def record(home, top):
    """One log for each step and box: the calls of all, one after another."""
    lines = []
    ends = []
    for _, letters in STEPS:
        for box in sorted({x[1] for x in letters}):
            wrap = powercut.STRACE + ['-o', top + '/strace']
            if os.environ.get('BREAK'):
                wrap += ['-e', 'inject=%s:retval=0' % os.environ['BREAK']]
            give(home, box, [x for x in letters if x[1] == box], wrap)
            with open(top + '/strace', 'rb') as f:
                lines += list(f)
        ends.append(len(lines))
    return lines, ends


def main():
    limit, rng = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    top = tempfile.mkdtemp(prefix='pneu-powercut.')
    home = top + '/home'
    os.mkdir(home)
    for box, s in BEFORE.items():
        with open(home + '/' + box, 'wb') as f:
            f.write(s)
    lines, ends = record(home, top)
    log = Recording(lines, home, BEFORE)
    lasts = [len(Recording(lines[:n], home, BEFORE).events) - 1 for n in ends]
    ans = answers(log)
    assert len(ans) == len(LETTERS), ans
    total = wrong = first = 0
    for (name, letters), last in zip(STEPS, lasts):
        found, states = {}, 0
        for s in log.states(first, last, limit, rng):
            log.cut(s.cut)
            states += 1
            s.build(top + '/s')
            promised = [t for e, t in ans if e.begun - 1 <= s.cut]
            for f in look(top + '/s', promised, states % EVERY == 0):
                found.setdefault(f, [0, s.cut])[0] += 1
            shutil.rmtree(top + '/s')
        total += states
        wrong += len(found)
        print('%-26s events %3d-%3d  states %5d  %s' % (name, first, last,
            states, '; '.join('%s (%d, first after event %d %s)' % (what, n,
            cut, log.events[cut].call) for what, (n, cut) in found.items())
            or 'all well'))
        sys.stdout.flush()
        first = last + 1
    print('%d states, %d events, %d answers, seed %s: %s' % (total,
          len(log.events), len(ans), sys.argv[2], '%d kinds of failure' % wrong
          if wrong else 'all well'))
    shutil.rmtree(top)
    sys.exit(wrong > 0)


if __name__ == '__main__':
    main()
