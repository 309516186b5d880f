"""The cells of "clients": each command is run, with all others, and what it
says is kept in the cell."""
import base64
import os
import re
import smtplib
import ssl
import subprocess
import threading

C = os.environ.get("C", "")
SPKI = "3 1 1 " + os.environ.get("SPKI", "")


def talk(cell, auth, command):
    """A letter by SMTP over the command's standard input and output."""
    p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    kill = threading.Timer(15, p.kill)
    kill.start()
    cell.output = ""

    def say(line, wanted):
        if line:
            p.stdin.write(line.encode() + b"\r\n")
            p.stdin.flush()
        while True:
            got = p.stdout.readline().decode("latin1")
            cell.output += got
            if re.match(wanted, got):
                return
            if not got or re.match(r"[45]\d\d[ -]", got):
                raise EOFError(got)
    try:
        if cell.port == 465:
            say("", "220 ")
        say("EHLO localhost", "250[ -]PIPELINING")
        if auth:
            say("AUTH PLAIN " + base64.b64encode(b"\0bob\0secret").decode(), "235 ")
        say("MAIL FROM:<%s>" % cell.sender(), r"250 2\.1\.0")
        say("RCPT TO:<%s>" % cell.rcpt(), r"250 2\.1\.5")
        say("DATA", "354 ")
        text = re.sub("^[.]", "..", cell.letter(), flags=re.M).replace("\n", "\r\n")
        say(text + ".", "250 2.0.0 Ok: queued")
        say("QUIT", "221 ")
    except (EOFError, OSError) as e:
        cell.output += "failed: %r" % e
    finally:
        kill.cancel()
        p.kill()
        p.wait()


def renegotiate(cell, command):
    """s_client begins another handshake at a line with R."""
    p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    kill = threading.Timer(15, p.kill)
    kill.start()
    try:
        for line in p.stdout:
            cell.output += line.decode("latin1")
            if line.startswith(b"250 "):
                p.stdin.write(b"R\n")
                p.stdin.flush()
    except OSError as e:
        cell.output += repr(e)
    kill.cancel()
    p.wait()


def python(cell, port, verify="", mechanism="", password=""):
    context = ssl.create_default_context(cafile=C + "/ca.pem")
    if not verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        if port == "465":
            s = smtplib.SMTP_SSL(cell.domain, 465, "localhost", timeout=90, context=context)
        else:
            s = smtplib.SMTP(cell.domain, int(port), "localhost", timeout=90)
            s.starttls(context=context)
        s.ehlo()
        if mechanism:
            s.user, s.password = "bob", password
            s.auth(mechanism, getattr(s, "auth_" + mechanism.lower()))
        s.sendmail(cell.sender(), [cell.rcpt()], cell.letter().encode())
        s.quit()
    except (OSError, smtplib.SMTPException) as e:
        cell.output = "failed: %r" % e


def run(cell):
    fill = {"D": cell.domain, "SPKI": SPKI, "WRONG": "3 1 1 " + "ab" * 32}
    words = [fill.get(w) or re.sub(r"^(.*=)?C/", r"\1" + C + "/", re.sub(r"^D:", cell.domain + ":", w)) for w in cell.command]
    cell.output = ""
    if words[0] == "talk":
        auth = words[1] == "auth"
        return talk(cell, auth, words[1 + auth:])
    if words[0] == "renegotiate":
        return renegotiate(cell, words[1:])
    if words[0] == "smtplib":
        return python(cell, *words[1:])
    if words[0] == "swaks":
        words += ["-f", cell.sender(), "-t", cell.rcpt(), "--ehlo", "localhost", "-d", cell.letter().replace("\n", "\\n")]
    p = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=90)
    cell.output = p.stdout.decode("latin1")
    if p.returncode:
        cell.output += "failed: %d" % p.returncode


def start(cells):
    for c in cells:
        if getattr(c, "command", None):
            c.thread = threading.Thread(target=run, args=(c,), daemon=True)
            c.thread.start()
