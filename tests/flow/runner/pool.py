"""What tests of pneu-lspawn's runners share; on top of ../local/stage.py."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(__file__), '../local'))
from stage import *

MSG = b'Subject: hello\n\nthe body\nno newline at the end'
USERS = ['u%d' % i for i in range(1, 9)]


def runners(l):
    """They are nobody, with two rights left."""
    return [x for x in children(l.forker())
            for caps in status(x, 'CapEff') if int(caps, 16) == 0xc0]


class Traced:
    """A running process under strace, from here on; the log is its text."""
    n = 0

    def __init__(self, pid, *options):
        Traced.n += 1
        self.path = '%s/trace%d' % (T, Traced.n)
        self.p = subprocess.Popen(
            ['strace', '-p', str(pid), '-o', self.path, *options],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        line = self.p.stderr.readline()
        assert b'attached' in line, line

    def end(self):
        if self.p.poll() is None:
            self.p.send_signal(signal.SIGINT)
        self.p.wait(10)
        self.p.stderr.close()
        return read(self.path).decode('latin1')


def give(s, who, msg=MSG, **kw):
    return s.give('user:' + who, [(who + '@x.test', {})], msg, **kw)


def lose(l, uid):
    """Kill the user's own process, if he has one."""
    w = l.worker_of(uid)
    if w:
        os.kill(w, signal.SIGKILL)
        until(lambda: not l.worker_of(uid))
        # told to pneu-lspawn, which then has forgotten it
        time.sleep(0.05)


def one(l, s, who):
    """The only runner: a new one, which has served who. What is given to
    one that is just dead is done by a process of the user's own."""
    for x in runners(l):
        os.kill(x, signal.SIGKILL)
    assert until(lambda: not runners(l))
    for _ in range(10):
        v = s.wait(give(s, who))[0]
        assert v[0] == 'D', v
        if runners(l):
            break
        lose(l, 2000 + int(who[1:]))
    r, = runners(l)
    return r


def together(l, s, names, msg=MSG):
    """Letters that pneu-lspawn finds at hand together: their tags."""
    os.kill(l.p.pid, signal.SIGSTOP)
    tags = [give(s, x, msg) for x in names]
    os.kill(l.p.pid, signal.SIGCONT)
    return tags
