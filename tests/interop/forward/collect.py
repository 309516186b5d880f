#!/usr/bin/python3
"""collect.py FORWARDS SYSTEM [PORT]: where mail goes for each user of the file
FORWARDS by SYSTEM, which run.sh has started. A letter is sent to each; logs,
Sendmail's mailers and the homes, which are made anew before, tell. Prints a line each: address, TAB, recipients."""
import glob
import os
import pwd
import re
import smtplib
import subprocess
import sys
import time

SYSTEM = sys.argv[2]
LOCAL = "@here.test"
HOMES = "/mnt/home/"
SENDMAIL = ["/usr/libexec/sendmail/sendmail", "-C", "/mnt/sendmail/sm.cf"]
LETTER = b"Subject: hello\n\nhello\n"


class Case:
    def __init__(self, n, line):
        self.name, how, text = line.split("\t")
        self.n, self.text = n, self.unescape(text)
        self.opt = dict(x.split("=", 1) for x in re.findall(r"\w+=\S*?(?=$| \w+=)|also=.*", how))
        self.home = HOMES + self.name
        self.rcpt = self.name + self.opt.get("rcpt", "") + LOCAL

    @staticmethod
    def unescape(s):
        return re.sub(r"\\(.)", lambda m: {"n": "\n", "r": "\r", "t": "\t"}.get(m[1], m[1]), s)

    def put(self, name, text, mode="644", owner=None):
        path = os.path.join(self.home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", newline="") as f:
            f.write(text)
        os.chmod(path, int(mode, 8))
        who = pwd.getpwnam(owner or self.name)
        os.chown(path, who.pw_uid, who.pw_gid)

    def make(self):
        o = self.opt
        os.mkdir(self.home)
        who = pwd.getpwnam(self.name)
        os.chown(self.home, who.pw_uid, who.pw_gid)
        if "link" in o:
            os.symlink(o["link"], self.home + "/.forward")
        else:
            self.put(o.get("file", ".forward"), self.text, o.get("mode", "644"), o.get("owner"))
        if "also" in o:
            name, text = o["also"].split(":", 1)
            self.put(name, self.unescape(text))
        self.given = self.files()
        os.chmod(self.home, int(o.get("home", "755"), 8))

    def files(self):
        """Maildirs with a slash behind; his mailbox is his name."""
        found = set()
        for top, dirs, files in os.walk(self.home):
            top = os.path.relpath(top, self.home)
            if "new" in dirs and "tmp" in dirs:
                found.add("./" + top + "/")
                dirs[:] = []
            else:
                found |= {"./" + os.path.normpath(top + "/" + f) for f in files}
        return {self.name if f == "./Mailbox" else f for f in found}


def short(addr):
    """Local ones without domain, in lower case."""
    return addr[:-len(LOCAL)].lower().split("+")[0] if addr.lower().endswith(LOCAL) else addr


def read(paths):
    return "".join(open(p).read() for p in sorted(glob.glob(paths)))


class Log:
    """What a log says of the letters from n1@from.test, n2@from.test, ..."""
    def __init__(self, text):
        self.ids = dict(re.findall(r" (\w+): from=<n(\d+)@from\.test>", text))
        self.said = [x for x in re.findall(
            r" (\w+): to=<(.*?)>,(?: orig_to=<.*?>,)? relay=(.*?),.* dsn=([\d.]+), status=(\w+) \((.*)\)$", text, re.M)
            if x[0] in self.ids]
        gone = set(re.findall(r" (\w+): removed", text))
        late = {x[0] for x in self.said if x[4] == "deferred"}
        made = {m[1] for x in self.said if (m := re.match(r"forwarded as (\w+)", x[5]))}
        self.open = (set(self.ids) | made) - gone - late

    def leaves(self, n):
        for id, to, relay, code, status, why in self.said:
            if self.ids[id] != str(n) or why.startswith("forwarded as"):
                continue
            why = re.sub(r"; not forwarded: .*|; he no longer.*", "", why)
            if status == "deferred":
                yield "later"
            elif status != "sent":
                yield "bounce " + code
            elif m := re.match(r"delivered to command: (.*)", why):
                yield "|" + m[1]
            elif m := re.match(r"delivered to file: (/dev/null)", why):
                yield m[1]
            elif re.match(r"delivered to (file|maildir|discarded)", why):
                pass            # the home tells
            else:
                yield short(to)


def send(cases, port, logs):
    s = smtplib.SMTP("127.0.0.1", port)
    for c in cases:
        s.sendmail("n%d@from.test" % c.n, [c.rcpt], LETTER)
    s.quit()
    end = time.time() + 60
    while True:
        log = Log(read(logs))
        if len(set(log.ids.values())) == len(cases) and not log.open:
            break
        if time.time() > end:
            print("still open:", log.open, file=sys.stderr)
            break
        time.sleep(0.2)
    return [set(log.leaves(c.n)) | {f for f in c.files() - c.given} for c in cases]


SAYS = (
    (r"forwarding loop|too many hops|mail loops|includes itself|aliasing/forwarding", "bounce 5.4.6"),
    (r"User unknown|unknown user", "bounce 5.1.1"),
    (r"\.\.\. Deferred", "later"),
    (r"\.\.\. (?!Sent|Connecting|aliased|forwarding|expanded)", "error"),
)


def through_sendmail(c):
    """Its mailers are run.sh's: they say to whom."""
    said = "/mnt/sendmail/said"
    with open(said, "w"):
        os.chmod(said, 0o666)
    p = subprocess.run(SENDMAIL + ["-odi", "-oep", "-v", "-f", "f@from.test", "-i", "--", c.rcpt], input=LETTER,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = p.stdout.decode()
    print(c.rcpt, text, sep="\n", file=sys.stderr)
    found = c.files() - c.given
    for s in text.splitlines():
        found |= {what for pattern, what in SAYS[:3] if re.search(pattern, s)}
    with open(said) as f:
        for kind, user in (s.rstrip("\n").split(" ", 1) for s in f):
            if kind == "prog" and "later" not in found:
                found.add("|" + user.removeprefix("|"))
            elif kind == "local":
                found.add(short(user if "@" in user else user + LOCAL))
            elif kind == "remote":
                found.add("bounce" if user == "f@from.test" else user)
    if any(f.startswith("bounce ") for f in found):
        found.discard("bounce")
    return found


with open(sys.argv[1]) as f:
    cases = [Case(i, s.rstrip("\n")) for i, s in enumerate(f) if s[0] not in "#\n"]
for u in ("ann", "bob", "joe"):
    os.mkdir(HOMES + u)
    os.chown(HOMES + u, pwd.getpwnam(u).pw_uid, pwd.getpwnam(u).pw_gid)
for c in cases:
    c.make()
if SYSTEM == "pneu":
    found = send(cases, int(sys.argv[3]), os.environ["PNEU_HOME"] + "/log/[@c]*")
elif SYSTEM == "postfix":
    found = send(cases, int(sys.argv[3]), "/mnt/postfix/log")
else:
    found = [through_sendmail(c) for c in cases]
for c, f in zip(cases, found):
    print("%s\t%s" % (c.rcpt, ", ".join(sorted(f)) or "nobody"), flush=True)
