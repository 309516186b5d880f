#!/usr/bin/python3
"""Sites of every kind; each recipient has one end.

sites.py HOME PORT SEED NAME=PORT...: an instance runs in HOME, with mailboxes
u0 to u3 and sender at here.test, and NAME.test routed to 127.0.0.1:PORT, where
this program is the server. Prints TAP.
"""
import collections
import email
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

home, port, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ports = dict((a.split("=")[0], int(a.split("=")[1])) for a in sys.argv[4:])
rnd = random.Random(seed)
LETTERS = 45            # of each of the two halves
STAGES = ["pneu-queue", "pneu-send", "pneu-alias", "pneu-lspawn", "pneu-remote", "pneu-bounce"]
UNDER_WAY = 150         # recipients under way at a kill, at most

delivered = collections.Counter()       # (key, recipient)
bounced = collections.Counter()
greyed = set()
lock = threading.Lock()


class Site(socketserver.StreamRequestHandler):
    def say(self, s):
        self.wfile.write(s.encode() + b"\r\n")

    def moody(self):
        """moody.test says 421 at any point, or just ends, for a third of its
        visitors; who comes after one of those is served, so that nobody's
        lifetime ends by chance."""
        if self.calm or random.random() >= 0.1:
            return
        self.server.calm = True
        if random.random() < 0.7:
            self.say("421 4.3.2 not now")
        raise OSError

    def rcpt(self, key, to):
        name = self.server.name
        local = to.split("@")[0]
        if name == "refuse" or (name == "mixed" and local == "r1"):
            return "550 5.1.1 nobody of that name"
        if name == "grey" or (name == "mixed" and local == "r2"):
            with lock:
                if (key, to) not in greyed:
                    greyed.add((key, to))
                    return "451 4.7.1 greylisted"
        return "250 2.1.5 ok"

    def handle(self):
        try:
            self.talk()
        except OSError:
            pass

    def talk(self):
        if self.server.name == "hang":
            self.rfile.read()
            return
        self.calm = self.server.name != "moody" or self.server.calm
        self.server.calm = False
        self.moody()
        self.say("220 %s ESMTP" % self.server.name)
        key, to = "", []
        while line := self.rfile.readline():
            self.moody()
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.say("250-%s\r\n250-PIPELINING\r\n250 8BITMIME" % self.server.name)
            elif verb == b"MAIL":
                key = re.search(rb"<sender\+?(\w*)@", line).group(1).decode()
                to = []
                self.say("250 2.1.0 ok")
            elif verb == b"RCPT":
                rcpt = re.search(rb"<(.*)>", line).group(1).decode()
                answer = self.rcpt(key, rcpt)
                if answer[0] == "2":
                    to.append(rcpt)
                self.say(answer)
            elif verb == b"DATA" and not to:
                self.say("554 5.5.1 nobody to send it to")
            elif verb == b"DATA":
                self.say("354 go on")
                text = b""
                while (line := self.rfile.readline()) != b".\r\n":
                    if not line:
                        return
                    text += line
                self.moody()
                key = re.search(rb"^Subject: (\w+)\r$", text, re.M).group(1).decode()
                with lock:
                    for t in to:
                        delivered[key, t] += 1
                self.say("250 2.0.0 taken")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 2.0.0 ok")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 128


def serve():
    for name, p in ports.items():
        if name == "dead":
            continue
        s = Server(("127.0.0.1", p), Site)
        s.name = name
        s.calm = False
        threading.Thread(target=s.serve_forever, daemon=True).start()


def people():
    """Everybody who may be written to."""
    return ["u%d@here.test" % i for i in range(4)] + [
        "r%d@%s.test" % (i, name) for name in ports for i in range(3)]


def hand_in(wanted, n):
    """n letters, each to some people; returns how many recipients."""
    total = 0
    while n:
        key = "%016X" % rnd.getrandbits(64)
        to = rnd.sample(people(), rnd.choice([1, 1, 2, 3, 5, 9]))
        text = "From: <sender@here.test>\nSubject: %s\n\n%s\n" % (key, "text\n" * rnd.randrange(300))
        try:
            with smtplib.SMTP("127.0.0.1", port, "client.test", timeout=20) as s:
                refused = s.sendmail("sender@here.test", to, text)
        except (OSError, smtplib.SMTPException):
            time.sleep(0.1)
            continue
        to = [t for t in to if t not in refused]	# who answers was killed
        wanted.update((key, t) for t in to)
        total += len(to)
        n -= 1
    return total


def files(box):
    d = "%s/mailboxes/%s/new" % (home, box)
    return [d + "/" + f for f in os.listdir(d)] if os.path.isdir(d) else []


def collect():
    """What came to the mailboxes: letters, and bounces at the sender's."""
    here = collections.Counter()
    for u in range(4):
        for f in files("u%d" % u):
            m = email.message_from_binary_file(open(f, "rb"))
            here[m["Subject"], "u%d@here.test" % u] += 1
    told = collections.Counter()
    for f in files("usender"):
        m = email.message_from_binary_file(open(f, "rb"))
        key, to = None, []
        for part in m.walk():
            if part.get_content_type() == "message/delivery-status":
                to = [re.search(r"rfc822; *(\S+)", g["Final-Recipient"], re.I).group(1)
                      for g in part.get_payload()[1:]]
            elif part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
                p = part.get_payload()
                text = p[0].as_string() if isinstance(p, list) else p
                key = re.search(r"^Subject: (\w+)", text, re.M).group(1)
        for t in to:
            told[key, t] += 1
    with lock:
        return delivered + here, told


def left():
    return [f for top in ("new", "defer", "hold", "bad") for _, _, fs in os.walk("%s/queue/%s" % (home, top)) for f in fs]


def settle(wanted, seconds):
    end = time.time() + seconds
    while time.time() < end:
        got, told = collect()
        missing = [w for w in wanted if not got[w] and not told[w]]
        if not missing and not left():
            return []
        time.sleep(0.3)
    return missing


def pids(name):
    out = []
    for pid in os.listdir("/proc"):
        try:
            exe = os.readlink("/proc/%s/exe" % pid) if pid.isdigit() else ""
        except OSError:
            continue
        if exe.startswith(home + "/bin/" + name):
            out.append(int(pid))
    return out


def send_signal(name, sig):
    for pid in pids(name):
        try:
            os.kill(pid, sig)
        except OSError:
            pass


def trouble(kill):
    """Each stage in turn is stopped for a while, or killed."""
    for name in rnd.sample(STAGES, len(STAGES)):
        time.sleep(rnd.random() * 0.5)
        if kill:
            send_signal(name, signal.SIGKILL)
            time.sleep(1)
            continue
        send_signal(name, signal.SIGSTOP)
        time.sleep(1.5)
        send_signal(name, signal.SIGCONT)


tests = []


def ok(good, what):
    tests.append(good)
    print("%s %d - %s" % ("ok" if good else "not ok", len(tests), what), flush=True)


def half(kill):
    wanted = set()
    t = threading.Thread(target=trouble, args=(kill,))
    t.start()
    n = hand_in(wanted, LETTERS)
    t.join()
    word = "killed" if kill else "stopped"
    missing = settle(wanted, 90)
    got, told = collect()
    twice = [w for w in wanted if got[w] + told[w] > 1]
    print("# %s: %d recipients, %d delivered, %d bounced, %d more than once" % (
        word, n, sum(got[w] > 0 for w in wanted), sum(told[w] > 0 for w in wanted), len(twice)))
    ok(not missing, "each stage %s: nobody is forgotten %s" % (word, missing[:5]))
    ok(not left(), "each stage %s: the queue is empty %s" % (word, left()[:5]))
    if kill:
        ok(len(twice) <= UNDER_WAY, "no more duplicates than were under way")
        return
    ok(not twice, "nobody has two ends %s" % [(w, got[w], told[w]) for w in twice[:5]])
    must = [w for w in wanted if not re.search(r"@(refuse|hang|dead)\.|r1@mixed", w[1])]
    ok(all(got[w] for w in must), "who can be delivered to is %s" % [w for w in must if not got[w]][:5])


def main():
    print("# seed %d" % seed)
    random.seed(seed)
    serve()
    half(False)
    half(True)
    n = 0
    for f in os.scandir(home + "/log"):
        if f.is_file():
            n += open(f.path, "rb").read().count(b"(queue active)")
    ok(n < 5000, "letters wait for their hour: read %d times" % n)
    print("1..%d" % len(tests))
    sys.exit(not all(tests))


main()
