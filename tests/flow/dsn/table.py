#!/usr/bin/python3
"""NOTIFY x what becomes of the letter x next hop: what is reported.

table.py PORT MAILDIR NAME=PORT...: an instance listens at PORT, reports for
sender@here.test come to MAILDIR, and each NAME is played here: dsn.test offers
DSN, plain.test does not, old.test knows no EHLO. Prints ok and not ok.
"""
import collections
import email
import email.policy
import os
import smtplib
import socketserver
import subprocess
import sys
import threading
import time

port, maildir = int(sys.argv[1]), sys.argv[2]
NOTIFY = [None, "NEVER", "SUCCESS", "FAILURE", "DELAY", "SUCCESS,FAILURE,DELAY"]
HOPS = {"local": "here", "with DSN": "dsn", "without": "plain", "no EHLO": "old"}
seen = collections.defaultdict(list)    # envelope id or subject: commands
lock = threading.Lock()


class Host(socketserver.StreamRequestHandler):
    def say(self, s):
        self.wfile.write(s.encode() + b"\r\n")

    def handle(self):
        name = self.server.name
        mail, rcpts = "", []
        self.say("220 " + name)
        while True:
            line = self.rfile.readline().decode("latin-1").strip()
            verb = line[:4].upper()
            if not line or verb == "QUIT":
                break
            if verb == "EHLO" and name == "old.test":
                self.say("502 5.5.1 what is that?")
            elif verb == "EHLO":
                self.say("250-%s\r\n250-PIPELINING\r\n%s250 8BITMIME" % (
                    name, "250-DSN\r\n" if name == "dsn.test" else ""))
            elif verb == "MAIL":
                mail, rcpts = line, []
                self.say("250 2.1.0 ok")
            elif verb == "RCPT":
                local = line.split("<")[1].split("@")[0]
                if local.startswith("bad"):
                    self.say("550 5.1.1 nobody of that name")
                elif local.startswith("late"):
                    self.say("451 4.2.2 its box is full")
                else:
                    rcpts.append(line)
                    self.say("250 2.1.5 ok")
            elif verb == "DATA" and not rcpts:
                self.say("554 5.5.1 no recipients")
            elif verb == "DATA":
                self.say("354 go")
                subject = ""
                while (s := self.rfile.readline()) not in (b".\r\n", b""):
                    if s.startswith(b"Subject: ") and not subject:
                        subject = s[9:].decode().strip()
                with lock:
                    seen[subject].append((mail, rcpts))
                self.say("250 2.0.0 taken by " + name)
            else:
                self.say("250 ok")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


for a in sys.argv[3:]:
    name, p = a.split("=")
    server = Server(("127.0.0.1", int(p)), Host)
    server.name = name
    threading.Thread(target=server.serve_forever, daemon=True).start()


def send(key, rcpt, notify, sender="sender@here.test", ret=None, head="", body="hello\r\n",
         orcpt="rfc822;asked+2Bfor@far.test", envid=True):
    """One letter, whose subject and ENVID are key."""
    s = smtplib.SMTP("127.0.0.1", port)
    s.ehlo("client.test")
    assert s.has_extn("dsn")
    mail = "FROM:<%s>" % sender
    mail += " ENVID=" + key if envid else ""
    mail += " RET=" + ret if ret else ""
    to = "TO:<%s>" % rcpt
    to += " NOTIFY=" + notify if notify else ""
    to += " ORCPT=" + orcpt if orcpt else ""
    for verb, arg in (("MAIL", mail), ("RCPT", to)):
        code, text = s.docmd(verb, arg)
        assert code == 250, (arg, code, text)
    code, text = s.data("From: s@here.test\r\nSubject: %s\r\n%s\r\n%s" % (key, head, body))
    assert code == 250, text
    s.quit()


def reports():
    """All that have come: key -> list of messages."""
    found = collections.defaultdict(list)
    try:
        names = os.listdir(maildir)
    except FileNotFoundError:
        names = []
    for n in names:
        with open(os.path.join(maildir, n), "rb") as f:
            m = email.message_from_binary_file(f)
        parts = m.get_payload()
        if not m.is_multipart() or len(parts) != 3:
            found["?"].append(m)
            continue
        m.path = os.path.join(maildir, n)
        m.fields = parts[1].get_payload()
        key = m.fields[0]["Original-Envelope-Id"]
        if not key:
            key = email.message_from_string(str(parts[2].get_payload()[0] if parts[2].is_multipart()
                                                else parts[2].get_payload()))["Subject"]
        found[key].append(m)
    return found


def wanted(notify, outcome, hop):
    """Actions reported; or why this cannot be."""
    asked = (notify or "FAILURE,DELAY").split(",")
    if outcome == "delivered" and hop in ("without", "no EHLO"):
        return "5.2.2: who delivers there is not known; it is relayed"
    if outcome == "relayed" and hop == "local":
        return "5.2.3: it is delivered"
    if outcome == "relayed" and hop == "with DSN":
        return "5.2.1: who takes it reports"
    if outcome == "delivered" and hop == "with DSN":
        return []                       # the next hop will
    word = {"delayed": "DELAY", "failed": "FAILURE"}.get(outcome, "SUCCESS")
    return [outcome] if word in asked else []


RCPT = {
    "delivered": {"local": "box@here.test", "with DSN": "ok@dsn.test"},
    "relayed": {"without": "ok@plain.test", "no EHLO": "ok@old.test"},
    "expanded": {h: "pair-%s@alias.test" % n for h, n in HOPS.items()},
    "delayed": {h: "late@%s.test" % n for h, n in HOPS.items()},
    "failed": {h: "bad@%s.test" % n for h, n in HOPS.items()},
}
RCPT["failed"]["local"] = "round@alias.test"
STATUS = {"delivered": "2.", "relayed": "2.", "expanded": "2.", "delayed": "4.", "failed": "5."}

cells = []
for outcome in RCPT:
    for hop in HOPS:
        for notify in NOTIFY:
            cells.append(("c%d" % len(cells), notify, outcome, hop))
expect = {}
for key, notify, outcome, hop in cells:
    w = wanted(notify, outcome, hop)
    if isinstance(w, str):
        continue
    expect[key] = w
    send(key, RCPT[outcome][hop], notify, head="Delivered-To: round@alias.test\r\n"
         if outcome == "failed" and hop == "local" else "")

# and what else section 4 has
send("full", "bad@plain.test", None, ret="FULL")
send("hdrs", "bad@plain.test", None, ret="HDRS")
send("large", "bad@plain.test", None, ret="FULL", body="x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 100)
send("okfull", "ok@plain.test", "SUCCESS", ret="FULL")
send("null", "ok@plain.test", "SUCCESS,FAILURE,DELAY", sender="")
send("one", "one-dsn@alias.test", "SUCCESS", orcpt=None, ret="HDRS")
send("bare", "one-dsn@alias.test", None, orcpt=None, envid=False)
send("onelocal", "one-here@alias.test", "SUCCESS", orcpt=None)
expect.update({"full": ["failed"], "hdrs": ["failed"], "large": ["failed"], "okfull": ["relayed"],
               "null": [], "one": [], "bare": [], "onelocal": ["delivered"]})


def actions(found, key):
    return sorted(r["Action"] for m in found.get(key, []) for r in m.fields[1:])


def all_there():
    found = reports()
    return all(actions(found, k) == sorted(w) for k, w in expect.items())


end = time.time() + 60
while time.time() < end and not all_there():
    time.sleep(0.3)
time.sleep(6)                   # what should not come, or not twice, may
found = reports()


def test(good, what, why=""):
    print(("ok " if good else "not ok ") + what + ("" if good or not why else ": " + str(why)))


def passed(key, rcpt):
    """The commands about rcpt that the next hop got with this letter."""
    for mail, rcpts in seen.get(key, []):
        for r in rcpts:
            if "<" + rcpt + ">" in r:
                return mail, r
    return None, None


def flufl(m):
    from flufl.bounce import all_failures
    with open(m.path, "rb") as f:
        msg = email.message_from_binary_file(f)
    temporary, permanent = all_failures(msg)
    return sorted(x.decode() for x in temporary), sorted(x.decode() for x in permanent)


PERL = r"""
use Mail::DeliveryStatus::BounceParser;
open(my $f, "<", $ARGV[0]) or die;
my $b = Mail::DeliveryStatus::BounceParser->new($f);
print join(" ", map { ($_->get("email") || "?") . "=" . ($_->get("std_reason") || "?") . "=" .
    ($_->get("smtp_code") || "") } $b->reports), "\n";
"""


def perl(m):
    r = subprocess.run(["perl", "-e", PERL, m.path], capture_output=True, text=True)
    return r.stdout.strip() if r.returncode == 0 else r.stderr


def final(m):
    return [r["Final-Recipient"].split(";")[1].strip() for r in m.fields[1:]]


def right(m, outcome, rcpt):
    """What every report has."""
    head, r = m.fields[0], m.fields[1]
    human = m.get_payload()[0].get_payload()
    t = email.utils.parsedate_to_datetime(head["Arrival-Date"])
    if m["Return-Path"] != "<>" or not m["Auto-Submitted"] or m["To"] != "<sender@here.test>":
        return "header"
    if m.get_content_type() != "multipart/report" or m.get_param("report-type") != "delivery-status":
        return "type"
    if head["Reporting-MTA"] != "dns; mx.pneu.test" or abs(t.timestamp() - time.time()) > 200:
        return "message fields"
    if final(m) != [rcpt] or r["Original-Recipient"] != "rfc822;asked+for@far.test":
        return "recipient: %s %s" % (final(m), r["Original-Recipient"])
    if not r["Status"].startswith(STATUS[outcome]):
        return "status " + r["Status"]
    if rcpt not in human or not r["Diagnostic-Code"]:
        return "text"
    if (outcome == "delayed") != bool(r["Will-Retry-Until"]):
        return "Will-Retry-Until"
    host = rcpt.split("@")[1].split(".")[0]
    if host in ("plain", "old", "dsn") and (
            r["Remote-MTA"] != "dns; 127.0.0.1" and "127.0.0.1" not in (r["Remote-MTA"] or "")
            or not r["Diagnostic-Code"].startswith("smtp; ")):
        return "remote: %s %s" % (r["Remote-MTA"], r["Diagnostic-Code"])
    if outcome != "failed" and m.get_payload()[2].get_content_type() != "text/rfc822-headers":
        return "4.3: a report of no failure has the header only"
    return ""


# It knows no "expanded" and takes it for a bounce of unknown reason, as of any mail system.
PERL_SAYS = {
    "expanded": "asked+for@far.test=unknown=200",
    "failed": "asked+for@far.test=user_unknown=550",
    ("failed", "local"): "asked+for@far.test=unknown=546",
}
SECTION = {"delivered": "5.2.3", "relayed": "5.2.2", "expanded": "5.2.7.3", "delayed": "5.2.5", "failed": "5.2.6"}
for key, notify, outcome, hop in cells:
    what = "NOTIFY=%s, %s, next hop %s" % (notify or "(absent)", outcome, hop)
    w = wanted(notify, outcome, hop)
    if isinstance(w, str):
        print("# %s: cannot be (%s)" % (what, w))
        continue
    rcpt = RCPT[outcome][hop]
    got = actions(found, key)
    why = "" if got == w else "%s, not %s" % (got, w)
    mail = r = None
    if outcome in ("delivered", "relayed") and hop != "local":
        mail, r = passed(key, rcpt)
        section = "" if mail else "nothing came there"
        if not mail:
            why = why or "nothing came there"
        elif hop == "with DSN":
            if mail != "MAIL FROM:<sender@here.test> ENVID=" + key or r != \
                    "RCPT TO:<%s>%s ORCPT=rfc822;asked+2Bfor@far.test" % (
                        rcpt, " NOTIFY=" + notify if notify else ""):
                why = why or "5.2.1: %s, %s" % (mail, r)
        elif "ENVID" in mail or "NOTIFY" in r or "ORCPT" in r:
            why = why or "5.2.2: %s, %s" % (mail, r)
    if outcome == "expanded" and hop != "local":
        for local in ("ok", "ok2"):
            mail, r = passed(key, "%s@%s.test" % (local, HOPS[hop]))
            left = ",".join(x for x in (notify or "").split(",") if x != "SUCCESS") or \
                (notify and "NEVER")
            if not mail:
                why = why or "5.2.7.3: nothing came to " + local
            elif hop == "with DSN" and (left or "") != (
                    r.split("NOTIFY=")[1].split()[0] if "NOTIFY=" in r else ""):
                why = why or "5.2.7.3: " + r
    for m in found.get(key, []):
        why = why or right(m, outcome, rcpt)
        # both readers name whom the sender asked for, if the report does
        asked = "asked+for@far.test"
        temporary = [asked] if outcome == "delayed" else []
        permanent = [asked] if outcome == "failed" else []
        if flufl(m) != (temporary, permanent):
            why = why or "flufl.bounce: %s" % (flufl(m),)
        if perl(m) != PERL_SAYS.get((outcome, hop), PERL_SAYS.get(outcome, "")):
            why = why or "BounceParser: " + perl(m)
    test(not why, "%s: %s (%s)" % (what, ", ".join(w) or "nothing", SECTION[outcome]), why)


def third(key):
    return found[key][0].get_payload()[2].get_content_type() if found.get(key) else None


test(third("full") == "message/rfc822", "RET=FULL: the message comes back (4.3)", third("full"))
test(third("hdrs") == "text/rfc822-headers", "RET=HDRS: its header does", third("hdrs"))
test(third("large") == "text/rfc822-headers", "RET=FULL, larger than bounce_size_limit: its header")
test(third("okfull") == "text/rfc822-headers", "RET=FULL, no failure: its header")
test(not actions(found, "null"), "no sender, no report")
test(passed("one", "ok@dsn.test") == (
    "MAIL FROM:<sender@here.test> RET=HDRS ENVID=one",
    "RCPT TO:<ok@dsn.test> NOTIFY=SUCCESS ORCPT=rfc822;one-dsn@alias.test"),
    "an alias of one address: passed on, with what it was (5.2.7.2)", passed("one", "ok@dsn.test"))
test(passed("bare", "ok@dsn.test") == (
    "MAIL FROM:<sender@here.test>", "RCPT TO:<ok@dsn.test> ORCPT=rfc822;one-dsn@alias.test"),
    "nothing asked for, nothing else passed on", passed("bare", "ok@dsn.test"))
test(actions(found, "onelocal") == ["delivered"] and
     found["onelocal"][0].fields[1]["Original-Recipient"] == "rfc822; one-here@alias.test",
     "an alias of a mailbox: delivered, to what was asked for")
late = [m for ms in found.values() for m in ms if m.fields[1]["Action"] == "delayed"]
test(late and all(
    m["Subject"] == "Late mail at mx.pneu.test" and m["From"] == "MAILER-DAEMON@mx.pneu.test (Post)"
    and m.get_payload()[0].get_content_charset() == "utf-8" and "Später: nach 4 s noch nicht "
    "zugestellt an this address." in m.get_payload()[0].get_payload(decode=True).decode()
    for m in late), "delays have the text of bounce_template_file")
test(not found.get("?"), "nothing else came")
