#!/usr/bin/python3
"""kill -9 under load: what was answered 250 arrives, whole, and once unless
its delivery was under way at the kill.

kill.py HOME PORT SINKPORT ROUNDS SEED: an instance runs in HOME, with the
virtual domain here.test (mailboxes u0 to u9) and far.test routed to
127.0.0.1:SINKPORT, where this program is the server. Each round kills one
program, or all at once, while letters come in. Prints TAP.
"""
import collections
import hashlib
import os
import random
import re
import signal
import smtplib
import socketserver
import subprocess
import sys
import threading
import time

home, port, sink_port, rounds, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
rnd = random.Random(seed)
STAGES = ["pneu-queue", "pneu-send", "pneu-alias", "pneu-lspawn", "pneu-local", "pneu-remote", "pneu-bounce", "pneu-forward",
          "pneu-listen", "pneu-smtpd", "all"]
CLIENTS = 8
BOUND = 40              # deliveries under way at a time, by the settings

answered = {}           # key -> recipient
arrived = collections.Counter()
torn = []
lock = threading.Lock()
stop = threading.Event()


def letter(key):
    body = "".join("%s line %d %s\n" % (key, i, "x" * (i % 60)) for i in range(int(key, 16) % 400))
    return "From: <a@load.test>\nSubject: %s\nX-Sum: %s\n\n%s" % (key, hashlib.sha256(body.encode()).hexdigest(), body)


def take(text, where):
    """A letter that arrived: count it, or note that it is torn."""
    text = text.replace("\r\n", "\n")
    head, _, body = text.partition("\n\n")
    key = re.search(r"^Subject: (\w+)$", head, re.M)
    sum_ = re.search(r"^X-Sum: (\w+)$", head, re.M)
    with lock:
        if key and sum_ and hashlib.sha256(body.encode()).hexdigest() == sum_.group(1):
            arrived[key.group(1)] += 1
        else:
            torn.append(where)


class Sink(socketserver.StreamRequestHandler):
    """A plain SMTP server: a letter is taken when its 250 has been written."""

    def handle(self):
        say = lambda s: self.wfile.write(s.encode() + b"\r\n")
        try:
            say("220 sink ESMTP")
            while line := self.rfile.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    say("354 go on")
                    lines = []
                    while (line := self.rfile.readline()) != b".\r\n":
                        if not line:
                            return
                        lines.append(line[1:] if line.startswith(b".") else line)
                    take(b"".join(lines).decode(), "sink")
                    say("250 2.0.0 taken")
                elif verb == b"EHLO":
                    say("250-sink\r\n250-PIPELINING\r\n250 8BITMIME")
                elif verb == b"QUIT":
                    say("221 bye")
                    return
                else:
                    say("250 2.0.0 ok")
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 128


def client(number):
    """Hand letters in until told to stop; remember those answered 250."""
    mine = random.Random(seed * 1000 + number)
    while not stop.is_set():
        try:
            with smtplib.SMTP("127.0.0.1", port, "load.test", timeout=20) as s:
                for _ in range(5):
                    key = "%016X" % mine.getrandbits(64)
                    to = mine.choice(["u%d@here.test" % mine.randrange(10), "x%d@far.test" % mine.randrange(5)])
                    s.sendmail("a@load.test", [to], letter(key))
                    with lock:
                        answered[key] = to
                    if stop.is_set():
                        break
        except (OSError, smtplib.SMTPException):
            time.sleep(0.05)


def pids(name):
    """Processes of this instance, by the file that they run."""
    out = []
    for pid in os.listdir("/proc"):
        if not pid.isdigit():
            continue
        try:
            exe = os.readlink("/proc/%s/exe" % pid).replace(" (deleted)", "")
            title = open("/proc/%s/comm" % pid).read().strip()
        except OSError:
            continue
        if not exe.startswith(home + "/bin/pneu-"):
            continue
        base = os.path.basename(exe)
        if name == "all" or base == name or title == name:
            out.append(int(pid))
    return out


def kill_one(name):
    who = pids(name)
    if name not in ("all",) and len(who) > 1 and rnd.random() < 0.5:
        who = [rnd.choice(who)]
    for pid in who:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass
    return len(who)


def collect(seen):
    """Read what is new in the Maildirs."""
    for u in range(10):
        d = "%s/mailboxes/u%d/new" % (home, u)
        if not os.path.isdir(d):
            continue
        for f in os.listdir(d):
            if (u, f) not in seen:
                seen.add((u, f))
                take(open(d + "/" + f, encoding="utf-8", errors="replace").read(), d + "/" + f)


def settle(seen, seconds):
    """Wait until all that was answered is there and the queue is empty."""
    end = time.time() + seconds
    env = dict(os.environ, PNEU_HOME=home)
    flushed = 0
    while time.time() < end:
        collect(seen)
        with lock:
            missing = [k for k in answered if not arrived[k]]
        if not missing and not left():
            return []
        if time.time() - flushed > 2:
            flushed = time.time()
            subprocess.run([home + "/bin/pneu-q", "retry"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.2)
    return missing


def left():
    return [f for top in ("new", "defer", "hold", "bad") for _, _, fs in os.walk("%s/queue/%s" % (home, top)) for f in fs]


def duplicates():
    # the sinks go on counting meanwhile
    return sum(n - 1 for n in list(arrived.values()) if n > 1)


def main():
    server = Server(("127.0.0.1", sink_port), Sink)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    threads = [threading.Thread(target=client, args=(i,), daemon=True) for i in range(CLIENTS)]
    for t in threads:
        t.start()
    seen, worst = set(), 0
    print("# seed %d" % seed)
    for r in range(rounds):
        name = STAGES[r % len(STAGES)]
        with lock:
            before = len(answered)
        end = time.time() + 20
        while len(answered) < before + 15 and time.time() < end:
            time.sleep(0.02)
        time.sleep(rnd.random() * 0.2)
        collect(seen)
        dup = duplicates()
        killed = kill_one(name)
        time.sleep(0.3)
        collect(seen)
        worst = max(worst, duplicates() - dup)
        if not killed and name != "pneu-local":
            print("# round %d: no %s to kill" % (r, name))
    stop.set()
    for t in threads:
        t.join(30)
    missing = settle(seen, 120)
    dups = duplicates()
    print("# %d rounds, %d letters answered 250, %d arrived, %d lost, %d torn, %d duplicates" % (
        rounds, len(answered), len([k for k in answered if arrived[k]]), len(missing), len(torn), dups))
    tests = [(len(answered) >= rounds * 10, "letters came in in every round"),
             (not missing, "none that was answered 250 is lost: " + " ".join(missing[:5])),
             (not torn, "none is torn: " + " ".join(torn[:5])),
             (dups <= BOUND * rounds, "no more duplicates than deliveries under way at the kills"),
             (not left(), "the queue is empty: " + " ".join(left()[:5])),
             (not os.listdir(home + "/queue/tmp"), "nothing is left in tmp/")]
    for i, (good, what) in enumerate(tests):
        print("%s %d - %s" % ("ok" if good else "not ok", i + 1, what))
    print("1..%d" % len(tests))
    sys.exit(not all(good for good, _ in tests))


main()
