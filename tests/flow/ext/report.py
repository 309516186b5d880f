"""report.py FILE: what a notification says, by Python's email parser."""
import email
import email.policy
import sys

m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.SMTPUTF8)
parts = list(m.iter_parts())
print(m.get_content_type(), m.get_param("report-type"))
print(*[p.get_content_type() for p in parts])
text = open(sys.argv[1], "rb").read().decode()
for line in text.splitlines():
    if line.startswith(("Final-Recipient", "Original-Recipient", "Status", "X-Pneu-Sender")):
        print(line)
print("people:", parts[0].get_content().split("<")[1].split(">")[0])
