#!/usr/bin/python3
"""collect.py ADDRESSES: where each address goes: by pneu, by Postfix and by
Sendmail, which run.sh has started. Prints a line each: address, and the
three's recipients, TABs between."""
import re
import subprocess
import sys
import time

HERE = "@here.test"
POSTFIX = "/mnt/postfix"
SENDMAIL = ["/usr/libexec/sendmail/sendmail", "-C", "/mnt/sendmail/sm.cf"]


def short(addr):
    """Local ones without domain and extension, all in lower case."""
    addr = addr.lower()
    if addr.endswith(HERE):
        addr = addr[:-len(HERE)].split("+")[0]
    return addr


def line(found):
    return ", ".join(sorted(set(found))) or "nobody"


class Pneu:
    def __init__(self, home, ask):
        self.p = subprocess.Popen([sys.executable, ask, home, "61003"], text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, question):
        print(question, file=self.p.stdin, flush=True)
        targets = []
        while True:
            s = self.p.stdout.readline().rstrip("\n")
            if not s.startswith("T "):
                return s, targets
            targets.append(s[2:])

    def leaf(self, answer, addr):
        get = dict(re.findall(r"(\w+)=(.*?)(?= \w+=|$)", answer))
        kind = get["kind"]
        if kind == "none":
            return "later" if get["verdict"][0] == "L" else "bounce " + get["verdict"].split()[1]
        if "target" in get:
            return get["target"].lstrip("\\")
        if kind == "user":
            return get["user"]
        return short(get.get("addr", addr))

    def where(self, addr):
        answer, _ = self.ask("Q " + addr)
        if " kind=list" not in answer:
            return [self.leaf(answer, addr)]
        answer, targets = self.ask("X " + addr)
        if " kind=list" not in answer:
            return [self.leaf(answer, addr)]
        found = []
        for t in targets:
            if t[0] == "!":
                found.append("bounce " + t[1:].split()[0])
            elif t[0] in "\\~":
                found.append(self.leaf(self.ask("P %s %s" % (addr, t))[0], t[1:]))
            elif t[0] in "|/":
                found.append(t)
            else:
                found += self.where(t)
        return found


def postfix(addrs):
    """Each is verified under a sender of its own, by which the log tells."""
    env = {"MAIL_CONFIG": POSTFIX + "/etc", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    for i, a in enumerate(addrs):
        subprocess.run(["/usr/sbin/sendmail", "-C", POSTFIX + "/etc", "-f", "n%d@from.test" % i, "-bv", "--", a],
                       env=env, check=True)
    end = time.time() + 60
    while time.time() < end:
        text = open(POSTFIX + "/log").read()
        ids = dict(re.findall(r"(\w+): from=<n(\d+)@from\.test>", text))
        gone = set(re.findall(r"qmgr\S*: (\w+): removed", text))
        if len(ids) == len(addrs) and set(ids) <= gone:
            break
        # what is put off stays; that is an answer, too
        late = set(re.findall(r"(\w+): to=.*status=(?:deferred|undeliverable) ", text))
        if len(ids) == len(addrs) and set(ids) <= gone | late and time.time() > end - 50:
            break
        time.sleep(0.2)
    found = [[] for _ in addrs]
    for id, to, code, status, why in re.findall(
            r"(\w+): to=<(.*?)>,(?: orig_to=<.*?>,)? relay=.* dsn=([\d.]+), status=(\w+) \((.*)\)$", text, re.M):
        if id not in ids:
            continue
        i = int(ids[id])
        m = re.match(r"delivers to (command|file): (.*)", why)
        if status == "deliverable" and m:
            found[i].append(("|" if m[1] == "command" else "") + m[2])
        elif status == "deliverable":
            m = re.match(r"forwards to (.*)|forwarded as", why)
            found[i].append(short(to))
        elif code[0] == "4":
            found[i].append("later")
        else:
            found[i].append("bounce " + code)
    return found


def strip(user):
    """What the flag s of Sendmail's mailers local, prog and *file* does."""
    return re.sub(r'\\(.)|"', lambda m: m[1] or "", user)


def sendmail(addr):
    p = subprocess.run(SENDMAIL + ["-bv", "--", addr], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    found = []
    for s in p.stdout.splitlines():
        m = re.match(r".*\.\.\. deliverable: mailer (\S+), (?:host \S+, )?user (.*)$", s)
        if m:
            user = strip(m[2]) if m[1] in ("local", "prog", "*file*") else m[2]
            found.append(user if user[:1] in "|/" else short(user))
        elif "forwarding loop broken" in s:
            found.append("bounce 5.4.6")
        elif re.search(r"User unknown|unknown user", s):
            found.append("bounce 5.1.1")
        elif re.search(r"[Dd]eferred|temporar", s):
            found.append("later")
        elif re.search(r"syntax illegal|Unbalanced|Cannot open", s):
            found.append("error")
        else:
            found.append("? " + s)
    return found


def main():
    home, ask = sys.argv[1:3]
    addrs = [s.rstrip("\n") for s in sys.stdin]
    ours = Pneu(home, ask)
    theirs = postfix(addrs)
    for i, a in enumerate(addrs):
        print("\t".join((a, line(ours.where(a)), line(theirs[i]), line(sendmail(a)))), flush=True)


main()
