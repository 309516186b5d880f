"""What arrived: read.py MAILDIR SUBJECT prints the letter with that subject
as people see it, a line for each thing."""
import email
import email.policy
import email.utils
import glob
import hashlib
import sys

box, subject = sys.argv[1:]
found = []
for name in glob.glob(box + "/new/*"):
    m = email.message_from_bytes(open(name, "rb").read(), policy=email.policy.default)
    if str(m["Subject"]) == subject:
        found.append(m)
assert len(found) == 1, "%d letters %r" % (len(found), subject)
m = found[0]
for field in "Return-Path", "Delivered-To", "From", "To", "Cc", "Bcc", "Resent-To", "Resent-Bcc", "X-Test":
    for value in m.get_all(field, []):
        print("%s: %s" % (field, " ".join(str(value).split())))
for field in "Date", "Message-ID", "From":
    assert len(m.get_all(field, [])) == 1, (field, m.get_all(field))
assert email.utils.parsedate_to_datetime(m["Date"])
assert m["Message-ID"].startswith("<") and "@" in m["Message-ID"]
assert not m.defects, m.defects
for part in m.walk():
    if part.is_multipart():
        continue
    text = part.get_content()
    if part.get_filename():
        data = text if isinstance(text, bytes) else text.encode()
        print("file %s %s" % (part.get_filename(), hashlib.md5(data).hexdigest()))
    else:
        print("text %r" % text.strip())
