"""Power cuts of pneu-queue: queue_powercut.py BINARY CHECKER STATES SEED

Records pneu-queue at work (a start, letters small, big and side by side,
every order, files used again), builds for each operation STATES of the states that a cut in it
may leave (powercut.py), lets pneu-queue's own start and the readers' code
(queuecheck) look at each, and checks that nothing answered is lost and
nothing torn is live. PNEU_BREAK in the environment makes a control of it:
BINARY then does wrong, and a failure must be found. Prints a line for each
operation; exits 0 if all is well, 1 if not.
"""
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import powercut                                     # noqa: E402
from pneuwire import Door, Orders                   # noqa: E402

UID = 65533
BATCH = 100
HEAD = 98


class Queue:
    """A pneu-queue under strace in a home of its own."""

    def __init__(self, binary, top, inject=()):
        self.home = os.path.join(top, "home")
        self.log = os.path.join(top, "strace")
        for d in ("", "etc", "run", "queue"):
            os.mkdir(os.path.join(self.home, d))
        cmd = powercut.STRACE + ["-o", self.log]
        for i in inject:
            cmd += ["-e", "inject=" + i]
        if os.geteuid() == 0:
            for d in ("", "etc", "run", "queue"):
                os.chown(os.path.join(self.home, d), UID, UID)
            cmd += ["setpriv", "--reuid", str(UID), "--regid", str(UID),
                    "--clear-groups"]
        self.err = open(os.path.join(top, "err"), "wb")
        self.p = subprocess.Popen(
            cmd + [binary], stderr=self.err,
            env=dict(os.environ, PNEU_HOME=self.home, PNEU_NOTIFY="3"),
            stdout=subprocess.DEVNULL, close_fds=False,
            preexec_fn=self.notify())
        os.close(self.w)
        if not os.read(self.r, 1):
            raise SystemExit("pneu-queue does not start: " +
                             open(self.err.name).read())

    def notify(self):
        self.r, self.w = os.pipe()
        w = self.w
        os.set_inheritable(w, True)

        def child():
            os.dup2(w, 3)
        return child

    def door(self, name="submit"):
        return Door(self.home + "/run/" +
                    {"submit": "pub/submit", "intake": "intake/intake"}[name])

    def orders(self):
        return Orders(self.home + "/run/orders/orders")

    def path(self, ident):
        """Where the letter lies now, relative to the queue. (A control may
        have answered before it is there.)"""
        for _ in range(100):
            for at, _, names in os.walk(self.home + "/queue"):
                for n in names:
                    if n.startswith(ident + "."):
                        return os.path.relpath(os.path.join(at, n),
                                               self.home + "/queue")
            time.sleep(0.05)
        raise SystemExit("no letter " + ident)

    def stop(self):
        kids = open("/proc/%d/task/%d/children" %
                    (self.p.pid, self.p.pid)).read().split()
        for k in kids:
            os.kill(int(k), signal.SIGTERM)
        self.p.wait()


def as_user(work):
    """Run work in a process with the queue's uid; its result comes back."""
    r, w = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(UID)
                os.setuid(UID)
            os.write(w, repr(work()).encode())
        finally:
            os._exit(0)
    os.close(w)
    out = b""
    while True:
        s = os.read(r, 65536)
        if not s:
            break
        out += s
    os.waitpid(pid, 0)
    return eval(out.decode()) if out else None




def crc32c(data):
    crc = 0xffffffff
    for b in data:
        crc ^= b
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def history(text):
    return "%08x %s" % (crc32c(text.encode()), text)


def scenario(q):
    """Do everything once. Returns [(name of the operation, answers)]."""
    steps = []
    body = b"Subject: a letter\n\nof a few octets\n"

    def hand(name, door, *args, **kw):
        d = q.door(door)
        got = d.hand(*args, **kw)
        d.close()
        steps.append((name, 1))
        return got[2]

    small = hand("commit", "intake", body, rcpts=("a@b.test", "c@b.test"),
                 extra=[("client", "unknown[192.0.2.1]")])
    big = hand("commit, big", "intake", body * 300,
               parts=[4000, 3000, 2000, 1000])
    other = hand("commit, submit", "submit", body)

    ids = []

    def one(i):
        d = q.door("intake")
        ids.append(d.hand(body + b"%d\n" % i)[2])
        d.close()
    threads = [threading.Thread(target=one, args=(i,)) for i in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    steps.append(("commit, three at once", 3))
    if any(not re.match("[0-9A-F]{18}$", i) for i in
           [small, big, other] + ids):
        return steps            # a control: letters are refused

    o = q.orders()
    now = int(time.time())
    at = {i: q.path(i) for i in (small, big, other)}

    def order(name, kind, ident, *pairs):
        got = o.order(kind, ("at", at[ident]), *pairs)
        steps.append((name, 1))
        if got[0] != "D":
            raise Refused("%s: %s" % (name, got))
        at[ident] = got[2]

    try:
        orders(order, at, small, big, other, now)
        again(q, hand, o, steps)
    except Refused:
        if "PNEU_BREAK" not in os.environ:
            raise
    return steps


class Refused(Exception):
    pass


def orders(order, at, small, big, other, now):
    order("mark", "M", small, ("set", "1 d"),
          ("history", history("%d 1 D 2.0.0 0 done" % now)))
    order("defer", "D", small, ("due", now + 100),
          ("history", history("%d 0 L 4.4.1 0 no route" % now)))
    order("defer, big", "D", big, ("due", now + 5000))
    order("hold", "H", small)
    slot = at[big].rsplit("/", 1)[0]
    order("release", "U", small)
    order("mark and retire", "M", other, ("set", "0 d"))
    order("retire", "R", other)
    order("defer again", "D", big, ("due", now + 50))
    at["slot"] = slot
    order("prune", "P", "slot")
    order("retire, big", "R", big)


def again(q, hand, o, steps):
    """One worker's files are retired and used again, for letters that are
    longer and shorter than what was in them; and deferred and held."""
    d = q.door("intake")

    def letters(name, *sizes):
        got = [d.hand(b"Subject: again\n\n" + b"a line of it\n" * n,
                      rcpts=("a@b.test", "c@b.test"))[2] for n in sizes]
        steps.append((name, len(sizes)))
        return [q.path(i) for i in got]

    def order(name, kind, *all_of):
        for pairs in all_of:
            got = o.order(kind, *pairs)
            if got[0] != "D":
                raise Refused("%s: %s" % (name, got))
        steps.append((name, len(all_of)))
    try:
        first = letters("commit, a new file", *range(0, 200, 17))
        order("retire, with its file", "R", *[[("at", p)] for p in first])
        then = letters("commit, a file again", 150, 3, 90)
        order("mark, a file again", "M",
              [("at", then[0]), ("set", "1 d")])
        order("defer, a file again", "D",
              [("at", then[0]), ("due", int(time.time()) + 100)])
        order("hold, a file again", "H", [("at", then[1])])
        letters("commit, after that", 8, 120)
        order("retire, a file again", "R", [("at", then[2])])
    except Refused:
        if "PNEU_BREAK" not in os.environ:
            raise
    d.close()



def ids_of(log):
    """{id: CRC of its message} of all letters written, as they should be."""
    found = {}
    nodes = {op.node for op in log.names if not op.node.isdir}
    heads = [op for node in nodes for op in node.ops
             if op.kind == "write" and op.at == 0]
    for op in sorted(heads, key=lambda op: op.event):
        m = re.match(rb"pneu1 ([0-9A-F]{18}) .* mcrc=([0-9a-f]{8}) ", op.data)
        if m:
            found[m.group(1).decode()] = m.group(2).decode()
    return found


def settled(log):
    """{id: event that marked its last recipient}: it need not be there any
    more."""
    found = {}
    for node in {op.node for op in log.names if not op.node.isdir}:
        data = bytearray()
        for op in node.ops:
            if op.kind == "truncate":
                del data[op.at:]
                continue
            data.extend(bytes(max(0, op.at - len(data))))
            data[op.at:op.at + len(op.data)] = op.data
            m = re.match(rb"pneu1 ([0-9A-F]{18}) env=\d+ rcpt=(\d+) ", data)
            if m and b"." not in data[HEAD:HEAD + int(m.group(2))]:
                found.setdefault(m.group(1).decode(), op.event)
    return found


def answers(log):
    """[(event, text of D or None)] of all verdicts."""
    out = []
    for e in log.events:
        if e.call == "send" and e.data[4:5] == b"V":
            m = re.match(rb"D 2\.0\.0 0 (.*)$", e.data[9:], re.S)
            out.append((e, m.group(1).decode() if m else None))
    return out


class Check:
    """queuecheck, fed with many homes. It ends where pneu-queue would not
    start; then another one goes on."""

    def __init__(self, program):
        self.program = program
        self.start()

    def start(self):
        self.p = subprocess.Popen([self.program], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL)

    def look(self, homes):
        """Yield the lines, split, of each home."""
        while homes:
            self.p.stdin.write(b"".join(os.fsencode(h) + b"\n"
                                        for h in homes))
            self.p.stdin.flush()
            n = 0
            for n, _ in enumerate(homes, 1):
                lines, s = [], self.p.stdout.readline()
                while s not in (b".\n", b""):
                    lines.append(s.decode().split())
                    s = self.p.stdout.readline()
                yield lines if s else [["F"]]
                if not s:
                    self.p.wait()
                    self.start()
                    break
            homes = homes[n:]


def faults(lines, promised, crcs):
    """What is wrong with this state after recovery."""
    whole, start, bad = {}, None, []
    for kind, *rest in lines:
        if kind == "L":
            path, ident, mcrc, status = rest
            if crcs.get(ident) != mcrc:
                bad.append("%s is another letter" % path)
            if not path.startswith("bad/"):
                whole[ident] = path
        elif kind == "T":
            bad.append("torn: " + rest[0])
        elif kind == "O":
            bad.append("not a letter: " + rest[0])
        elif kind == "S" and rest[0] != "0":
            bad.append("tmp/ or spare/ is not empty")
        elif kind == "N":
            start = int(rest[0])
        elif kind == "F":
            bad.append("does not start")
    for ident in promised:
        if ident not in whole:
            bad.append("lost: " + ident)
    for ident in whole:
        if start is not None and int(ident[15:], 16) >= start:
            bad.append("ids may come again: start %d" % start)
            break
    return bad


def in_tmp(log, e):
    return e.path.startswith((log.rootpath + b"/tmp/",
                              log.rootpath + b"/spare/"))


def windows(log, steps):
    """[(operation, first cut, last cut)]"""
    ans = answers(log)
    out, at, first = [], 0, 0
    if ans:
        first = next(i for i, e in enumerate(log.events)
                     if e.call == "create" and in_tmp(log, e))
        out.append(("start", 0, first - 1))
    for name, n in steps:
        at += n
        if at > len(ans):
            break
        last = ans[at - 1][0].n
        out.append((name, first, last))
        first = last + 1
    return out


def main():
    binary, checker, limit, seed = sys.argv[1:5]
    rng = random.Random(int(seed))
    top = tempfile.mkdtemp(prefix="pneu-powercut.")
    os.chmod(top, 0o755)
    q = Queue(os.path.abspath(binary), top, os.environ.get("INJECT", "").split())
    try:
        steps = as_user(lambda: scenario(q))
    finally:
        q.stop()
    if not steps:
        sys.exit("the recording failed: " + open(top + "/err").read())
    log = powercut.Recording(open(q.log, "rb"), q.home + "/queue")
    crcs = ids_of(log)
    ans = [(e, t) for e, t in answers(log) if t in crcs]
    gone = settled(log)
    for e in log.events:
        if e.call == "unlink" and not in_tmp(log, e) and \
                not any(re.match(rb"[0-9A-F]{18}\.", n) for n in e.left):
            gone.setdefault(
                os.path.basename(e.path).split(b".")[0].decode(), e.n)
    check = Check(os.path.abspath(checker))
    shm = tempfile.mkdtemp(prefix="pneu-states.",
                           dir="/dev/shm" if os.access("/dev/shm", os.W_OK)
                           else None)
    total = wrong = 0
    for name, first, last in windows(log, steps):
        states = list(log.states(first, last, int(limit), rng))
        found = {}
        for i in range(0, len(states), BATCH):
            some = states[i:i + BATCH]
            homes = []
            for k, s in enumerate(some):
                log.cut(s.cut)
                homes.append("%s/%d" % (shm, k))
                os.mkdir(homes[-1])
                s.build(homes[-1] + "/queue")
            for s, lines in zip(some, check.look(homes)):
                promised = [t for e, t in ans if e.begun - 1 <= s.cut and
                            not gone.get(t, s.cut + 1) <= s.cut]
                for f in faults(lines, promised, crcs):
                    what = re.sub(r"[0-9A-F]{18}\S*", "ID", f)
                    found.setdefault(what, [0, s.cut, f])[0] += 1
            for h in homes:
                shutil.rmtree(h)
        total += len(states)
        wrong += len(found)
        print("%-24s events %3d-%3d  states %5d  %s" % (
            name, first, last, len(states), "; ".join(
                "%s (%d, first after event %d %s)" % (
                    what, n, at, log.events[at].call)
                for what, (n, at, f) in found.items()) or "all well"))
        sys.stdout.flush()
    print("%d states, %d events, %d answers, seed %s: %s" % (
        total, len(log.events), len(ans), seed,
        "%d kinds of failure" % wrong if wrong else "all well"))
    shutil.rmtree(shm)
    if os.environ.get("KEEP"):
        print("kept: " + top)
    else:
        shutil.rmtree(top)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
