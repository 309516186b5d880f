"""pneu-queue without space: queue_full.py TOP BINARY CONF

A disk of 4 MiB, one with 100 inodes (each a tmpfs, so this takes root), the
reserve that only bounces may use, and little memory. Every answer is D or L,
4.3.x; what was answered D is there, whole; of the rest nothing; orders work
as far as they need no space; with space again it serves again. TAP.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pneuwire import Door                           # noqa: E402
from queue_faults import Queue, body, hand_in, judge  # noqa: E402
from queue_powercut import as_user                  # noqa: E402

count = failed = 0
TOP = sys.argv[1]
BINARY, CONF = (os.path.abspath(a) for a in sys.argv[2:4])


def ok(cond, what):
    global count, failed
    count += 1
    failed += not cond
    print("%sok %d - %s" % ("" if cond else "not ", count, what))
    sys.stdout.flush()


def skip(what, why):
    global count
    count += 1
    print("ok %d - %s # SKIP %s" % (count, what, why))


def order(q, kind, at, *pairs):
    return as_user(lambda: q.orders().order(kind, ("at", at), *pairs))


def fill(q, what):
    """Hand in until it is full, and then some."""
    answers, n = [], 1
    while len([a for a in answers if a[0] != "D"]) < 30 and n < 4000:
        answers += as_user(lambda: hand_in(q, n, 10))
        n += 10
    bad = judge(answers, 1, q.files(), "write")
    later = [a for a in answers if a[0] == "L"]
    ok(not bad, "%s: %d letters D and whole, %d L, nothing half%s" % (
        what, len(answers) - len(later), len(later),
        "".join(": " + b for b in sorted(set(bad)))))
    ok(later and later[-1][1] == "4.3.1", "%s: %s" % (what, later[-1:]))
    return len(answers) - len(later)


def full(what, options):
    where = os.path.join(TOP, what.replace(" ", "-"))
    os.mkdir(where)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", where],
                   check=True)
    q = Queue(where, BINARY, CONF, "queue_minfree = 0\n")
    try:
        fill(q, what)
        letters = sorted(q.files())
        at = letters[0]
        mark = order(q, "M", at, ("set", "0 d"))
        hold = order(q, "H", at)
        ok(mark[0] == hold[0] == "D", "%s: mark and hold work" % what)
        defer = order(q, "D", letters[1], ("due", 4000000000))
        ok(defer[0] in "DL", "%s: defer: %s" % (what, defer))
        for p in letters[2:2 + len(letters) // 2]:
            got = order(q, "R", p)
            if got[0] != "D":
                ok(False, "retire: %s" % (got,))
        again = as_user(lambda: hand_in(q, 5000, 3))
        ok([a[0] for a in again] == ["D"] * 3,
           "%s: after some were retired it serves again" % what)
        defer = order(q, "D", letters[1], ("due", 4000000000))
        ok(defer[0] == "D", "%s: and defers" % what)
    finally:
        q.stop()
        subprocess.run(["umount", "-l", where])


def reserve():
    where = os.path.join(TOP, "reserve")
    os.mkdir(where)
    q = Queue(where, BINARY, CONF, "queue_minfree = 1000g\n")
    try:
        def bounce():
            d = Door(q.home + "/run/intake/intake")
            return d.hand(body(1, False), sender="",
                          extra=[("origin", "bounce")])

        def smtp():
            return Door(q.home + "/run/intake/intake").hand(body(2, False))
        got = as_user(lambda: (hand_in(q, 3, 1)[0], smtp(), bounce()))
        ok(got[0][:2] == ("L", "4.3.1"), "reserve: a local letter: %s" %
           (got[0],))
        ok(got[1][:2] == ("L", "4.3.1"), "reserve: one from outside: %s" %
           (got[1],))
        ok(got[2][0] == "D", "reserve: a bounce: %s" % (got[2],))
    finally:
        q.stop()


def memory():
    where = os.path.join(TOP, "memory")
    os.mkdir(where)
    probe = Queue(where, BINARY, CONF)
    size = max(int(line.split()[1]) for p in probe.pids()
               for line in open("/proc/%s/status" % p)
               if line.startswith("VmSize"))
    probe.stop()
    q = Queue(where, BINARY, CONF, limits=[
        "prlimit", "--as=%d" % ((size + 1500) * 1024)])
    rcpts = ["user%06d@example.org" % i for i in range(45000)]
    try:
        def all_of_it():
            out = []
            for r in (rcpts[:10], rcpts, rcpts[:10], rcpts, rcpts[:10]):
                d = q.door()
                out.append(d.hand(body(1, False), rcpts=r))
                d.close()
            return out
        got = as_user(all_of_it)
        ok([g[0] for g in got] == list("DLDLD") and got[1][1] == "4.3.0",
           "memory for %d KiB more: %s" % (1500, got[1]))
        ok(not [p for p in q.files() if p.startswith("tmp/")] and
           len(q.files()) == 3, "memory: nothing half")
    finally:
        q.stop()
    q = Queue(where, BINARY, CONF)
    got = as_user(lambda: q.door().hand(b"x", rcpts=rcpts))
    ok(got[0] == "D", "without the limit the same letter is taken")
    q.stop()


os.chmod(TOP, 0o755)
if os.geteuid() == 0:
    full("4 MiB", "size=4m,mode=755")
    full("100 inodes", "nr_inodes=100,mode=755")
else:
    skip("a full disk", "mounting takes root")
reserve()
memory()
sys.exit(failed > 0)
