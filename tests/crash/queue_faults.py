"""Faults of pneu-queue: queue_faults.py TOP BINARY CONF [TIMES...]

A pneu-queue serves; then strace makes the N-th call of a kind fail in each
of its processes, while letters are handed in and orders given. What must
hold, each time: every answer is D or L; what was answered D is there, whole,
once; what was answered L is not live and nothing of it is in tmp/, nor does
it wait in spare/ (but where unlink itself was made to fail); afterwards it serves again, and an order
that was answered L is done when it is repeated. A line for each kind of
call and error, for all N; exit 1 if anything failed. CALL in the environment:
only these kinds. With PNEU_BREAK=write it is a control and must fail.
"""
import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pneuwire import Door, Orders                   # noqa: E402
from queue_powercut import as_user, HEAD, UID       # noqa: E402

CALLS = {
    "write": "write,writev,pwrite64",
    "fsync": "fsync",
    "rename": "rename,renameat,renameat2",
    "unlink": "unlink,unlinkat",
    "open": "openat,openat2",
}
ERRORS = ("EIO", "ENOSPC", "EMFILE")


class Queue:
    def __init__(self, top, binary, conf, settings="", where="home",
                 limits=()):
        self.home = os.path.join(top, where)
        for d in ("", "etc", "run", "queue"):
            if not os.path.isdir(os.path.join(self.home, d)):
                os.mkdir(os.path.join(self.home, d))
        with open(self.home + "/etc/pneu.conf", "w") as f:
            f.write("myhostname = mx.test\nintake_workers = 1\n" +
                    settings)
        self.env = dict(os.environ, PNEU_HOME=self.home)
        self.su = []
        if os.geteuid() == 0:
            self.su = ["setpriv", "--reuid", str(UID), "--regid", str(UID),
                       "--clear-groups"]
            for at, dirs, files in os.walk(self.home):
                for n in [""] + files:
                    os.chown(os.path.join(at, n), UID, UID)
        subprocess.run(self.su + [conf, "compile"], env=self.env, check=True,
                       stdout=subprocess.DEVNULL)
        r, w = os.pipe()
        os.set_inheritable(w, True)
        self.err = open(self.home + "/log", "ab")
        self.p = subprocess.Popen(
            self.su + list(limits) + [binary],
            env=dict(self.env, PNEU_NOTIFY=str(w)), pass_fds=[w],
            stderr=self.err)
        os.close(w)
        if not os.read(r, 1):
            raise SystemExit("does not start: " + open(self.err.name).read())
        os.close(r)

    def pids(self):
        p = str(self.p.pid)
        return [p] + open("/proc/%s/task/%s/children" % (p, p)).read().split()

    def door(self):
        return Door(self.home + "/run/pub/submit")

    def orders(self):
        return Orders(self.home + "/run/orders/orders")

    def files(self):
        """{path below queue/: octets} of all files but start, and but those
        in spare/ that hold no letter or have its name elsewhere, too."""
        out = {}
        for at, _, names in os.walk(self.home + "/queue"):
            for n in names:
                p = os.path.join(at, n)
                if n not in ("start", "start.new") and not (
                        at.endswith("/spare") and self.idle(p)):
                    out[os.path.relpath(p, self.home + "/queue")] = \
                        open(p, "rb").read()
        return out

    @staticmethod
    def idle(p):
        s = open(p, "rb").read()
        n = re.match(rb"pneu1 \S+ env=\d+ rcpt=(\d+) ", s)
        return os.stat(p).st_nlink > 1 or not n or \
            b"." not in s[HEAD:HEAD + int(n.group(1))]

    def empty(self):
        def retire():
            o = self.orders()
            return [o.order("R", ("at", p)) for p in self.files()
                    if p.startswith("new/")]
        as_user(retire)
        for p in self.files():
            os.unlink(self.home + "/queue/" + p)

    def stop(self):
        self.p.send_signal(signal.SIGTERM)
        return self.p.wait(20)


class Trouble:
    """strace on all processes of a pneu-queue."""

    def __init__(self, q, *inject):
        pids = q.pids()
        cmd = ["strace", "-f", "-o", "/dev/null", "-e",
               "trace=" + ",".join(CALLS.values())]
        for i in inject:
            cmd += ["-e", "inject=" + i]
        for p in pids:
            cmd += ["-p", p]
        self.p = subprocess.Popen(cmd, stderr=subprocess.PIPE)
        for _ in pids:
            self.p.stderr.readline()

    def end(self):
        self.p.send_signal(signal.SIGINT)
        self.p.stderr.read()
        self.p.wait()


def body(n, big):
    return (b"Subject: %d\n\nletter-%d-here\n" % (n, n)) * (2000 if big else 1)


def hand_in(q, first, count):
    """Hand in letters, every third one big. Returns their answers."""
    out, d = [], None
    for n in range(first, first + count):
        for attempt in range(3):
            try:
                d = d or q.door()
                got = d.hand(body(n, n % 3 == 0))
            except OSError as e:
                got = ("gone", "", str(e))
            if got[0] != "D":       # the worker may have ended behind it
                if d:
                    d.close()
                d = None
            if got[0] != "gone":
                break
            time.sleep(0.3)
        out.append(got)
    return out


def give_orders(q, path, count):
    """Orders on one letter, again and again; [(what was asked, answer)]"""
    o, out, at = q.orders(), [], path

    def order(kind, *pairs):
        nonlocal at
        got = o.order(kind, ("at", at), *pairs)
        out.append((kind, got))
        if got[0] == "D" and got[2]:
            at = got[2]
    for _ in range(count // 2 + 1):
        order("M", ("set", "0 ."))
        order("M", ("set", "0 ."))
        order("H")
        order("U")
    order("D", ("due", int(time.time()) + 1000))
    for _ in range(count + 1):
        order("R")
    return out, at


def judge(answers, first, files, call):
    bad = []
    for n, (kind, code, text) in enumerate(answers, first):
        mark = b"letter-%d-here" % n
        live = [p for p, s in files.items() if mark in s and
                not p.startswith(("tmp/", "spare/"))]
        if kind == "D":
            if len(live) != 1 or not live[0].split("/")[-1].startswith(text):
                bad.append("answered D, but there %d times" % len(live))
            elif files[live[0]].count(mark) != (2000 if n % 3 == 0 else 1):
                bad.append("answered D, but not whole")
        elif kind == "L" and code.startswith("4.3."):
            if live and call != "unlink":
                bad.append("answered L, but live")
        else:
            bad.append("answered %s %s %s" % (kind, code, text))
    if call != "unlink" and any(p.startswith("tmp/") for p in files):
        bad.append("half a letter in tmp/")
    if call != "unlink" and any(p.startswith("spare/") for p in files):
        bad.append("a letter waits in spare/ alone")
    return bad


def case(q, call, error, n, first):
    """One fault. Returns (answers that were L, [what is wrong])."""
    q.empty()
    path = as_user(lambda: [q.door().hand(b"for orders\n")[2]])[0]
    path = [p for p in q.files() if path in p][0]
    inject = ["%s:error=%s:when=%d" % (CALLS[call], error, n)]
    if call == "unlink":        # a letter is unlinked where another call fails
        inject.append("writev:error=EIO:when=1+2")
    t = Trouble(q, *inject)
    try:
        ans = as_user(lambda: hand_in(q, first, n + 3))
        done, at = as_user(lambda: give_orders(q, path, n))
    finally:
        t.end()
    bad = judge(ans, first, q.files(), call)
    bad += ["order %s answered %s" % (k, v) for k, v in done
            if v[0] not in "DL" and k != "R" and v[1] != "5.1.0"]
    again = as_user(lambda: give_orders(q, at, 1)[0])
    if again[-1][1][0] != "D":
        bad.append("order repeated answered %s" % (again[-1],))
    # who failed is forked anew after a while, others serve meanwhile
    after = as_user(lambda: hand_in(q, first + 900, 2))
    if [a[0] for a in after] != ["D", "D"]:
        bad.append("does not serve again: %s" % (after,))
    return sum(a[0] == "L" for a in ans) + \
        sum(v[0] == "L" for _, v in done), bad


def table(q, times):
    failed, first = 0, 1
    for call in os.environ.get("CALL", "").split() or CALLS:
        for error in ERRORS:
            later, wrong = 0, {}
            for n in times:
                got, bad = case(q, call, error, n, first)
                first += 1000
                later += got
                for b in bad:
                    wrong.setdefault(b, n)
            ok = not wrong and later
            failed += not ok
            yield ok, "%s fails with %s at call %d to %d: %d answers L, %s" % (
                call, error, times[0], times[-1], later, "; ".join(
                    "%s (%d)" % x for x in wrong.items()) or
                "nothing lost, nothing half" if later else "never happened")


def main():
    top, binary, conf = sys.argv[1:4]
    times = [int(x) for x in sys.argv[4:]] or list(range(1, 21))
    os.chmod(top, 0o755)
    q = Queue(top, os.path.abspath(binary), os.path.abspath(conf))
    failed = 0
    try:
        for n, (ok, what) in enumerate(table(q, times), 1):
            failed += not ok
            print("%sok %d - %s" % ("" if ok else "not ", n, what))
            sys.stdout.flush()
    finally:
        q.stop()
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
