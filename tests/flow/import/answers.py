"""What the programs say of where addresses go, as lines "ADDRESS: PLACE; ...":

    answers.py postfix|sendmail ADDRESSES WORK   WORK/theirs.log read
    answers.py compare SAMPLE WORK               WORK/theirs and ours, as TAP

Places are those of tests/tools/whither: user NAME, mailbox PATH,
smtp NEXTHOP (for ADDRESS), command TEXT, file PATH, never CODE, later CODE.
An extension is not compared, and of Sendmail, which says none, no code.
"""
import re
import sys

PORTS = {":submission": ":587", ":smtp": ":25"}


def places_line(addr, places):
    return "%s: %s" % (addr, "; ".join(sorted(set(places))))


def postfix_place(to, relay, program, dsn, status, text, boxes, answers):
    """One line of the log; the places it stands for."""
    if program.startswith("to-"):
        for name, port in PORTS.items():
            text = re.sub(name + "$", port, text)
        return ["smtp %s (for %s)" % (text, to)]
    if status == "undeliverable" or dsn[0] in "45" and status != "deliverable":
        return [("later " if dsn[0] == "4" else "never ") + dsn]
    if relay == "virtual":
        return ["mailbox " + boxes[to]]
    what = re.match(r"delivers to (command|file): (.*)", text)
    if what:
        return [what.group(1) + " " + what.group(2)]
    what = re.match(r"forwards to (.*)", text)
    if what:                    # of a list with an owner: a new letter
        return answers[what.group(1)]
    return ["user " + to.split("@")[0].split("+")[0]]


def postfix(addresses, work):
    log = open(work + "/theirs.log").read()
    boxes = dict(line.split("\t", 1) for line in open(work + "/mailboxes").read().splitlines())
    ids, found = {}, {}
    for line in log.splitlines():
        m = re.search(r"qmgr\[\d+\]: (\w+): from=<n(\d+)@test.invalid>", line)
        if m:
            ids[m.group(1)] = int(m.group(2)) - 1
    for line in log.splitlines():
        m = re.search(r" (\S+)/\w+\[\d+\]: (\w+): to=<([^>]*)>,.* relay=(\S+), .*dsn=([\d.]+), status=(\w+) \((.*)\)$", line)
        if m and m.group(2) in ids:
            found.setdefault(ids[m.group(2)], []).append((m.group(3), m.group(4), m.group(1)) + m.groups()[4:])
    answers = {}
    todo = list(range(len(addresses)))
    for _ in range(10):         # those that others are forwarded to first
        for i in todo[:]:
            try:
                answers[addresses[i]] = [p for x in found.get(i, []) for p in postfix_place(
                    x[0], x[1], x[2], x[3], x[4], x[5], boxes, answers)]
                todo.remove(i)
            except KeyError:
                pass
    assert not todo, "not answered: %s" % [addresses[i] for i in todo]
    return answers


def sendmail(addresses, work):
    answers, at = {}, None
    for line in open(work + "/theirs.log").read().splitlines():
        if line.startswith("== "):
            at = answers.setdefault(line[3:], [])
            continue
        m = re.match(r".*\.\.\. deliverable: mailer (\S+), (?:host (\S+), )?user (.*)$", line)
        if not m:
            m = re.match(r".*\.\.\. (.*)", line)
            if m:
                at.append("never")
            continue
        mailer, host, user = m.groups()
        if mailer in ("smtp", "esmtp", "relay"):
            at.append("smtp %s (for %s)" % (host, user))
        elif mailer == "prog":
            at.append("command " + user.strip('"').lstrip("|"))
        elif mailer == "*file*":
            at.append("file " + user)
        else:
            at.append("user " + user)
    return answers


def lines(path):
    return [line for line in open(path).read().splitlines() if line and not line.startswith("#")]


def table(path):
    """Lines "ADDRESS: REST"."""
    out = {}
    for line in lines(path):
        addr, rest = re.match(r'((?:"[^"]*"|[^":])*): ?(.*)', line).groups()
        out[addr] = rest
    return out


def plain(places, kind):
    """A line of places, as both sides can say it."""
    out = set()
    for p in places.split("; "):
        p = re.sub(r"^(user [^+]*)\+.*", r"\1", p)
        p = re.sub(r"^(user .*|smtp \S+)", lambda m: m.group(1).lower(), p)
        if kind == "sendmail":
            p = re.sub(r"^never .*", "never", p)
            p = re.sub(r"^(smtp \S+?)\.? \(", r"\1 (", p)
        p = re.sub(r"^(never|later) ([45]\.\d+\.\d+).*", r"\1 \2", p)
        out.add(p)
    return "; ".join(sorted(out))


def compare(sample, work):
    kind = sample.rsplit("/", 1)[1].split("-")[0]
    theirs, ours = table(work + "/theirs"), table(work + "/ours")
    try:
        differ = table(sample + "/differences")
    except FileNotFoundError:
        differ = {}
    addresses = lines(sample + "/addresses")
    print("%sok %d addresses, at least 50" % ("" if len(set(addresses)) >= 50 else "not ", len(addresses)))
    for addr in differ:
        if addr not in addresses:
            print("not ok %s is explained, but not asked" % addr)
    for addr in addresses:
        a, b = plain(theirs.get(addr, "nothing"), kind), plain(ours.get(addr, "nothing"), kind)
        if addr in differ:
            print("%sok %s: %s (differs, was %s: %s)" % ("" if a != b else "not ", addr, b, a, differ[addr]))
        elif a == b:
            print("ok %s: %s" % (addr, b))
        else:
            print("not ok %s\n# theirs: %s\n# ours:   %s" % (addr, a, b))


if __name__ == "__main__":
    what, where, work = sys.argv[1:4]
    if what == "compare":
        compare(where, work)
    else:
        got = {"postfix": postfix, "sendmail": sendmail}[what](lines(where), work)
        for addr, places in got.items():
            print(places_line(addr, places))
