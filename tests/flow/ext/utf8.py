"""utf8.py PORT SENDER RECIPIENT SUBJECT [OPTION]: Python's smtplib sends a
letter with SMTPUTF8, if not told otherwise."""
import smtplib
import sys

port, sender, rcpt, subject = sys.argv[1:5]
options = ["SMTPUTF8", "BODY=8BITMIME"] if len(sys.argv) < 6 else []
s = smtplib.SMTP("127.0.0.1", int(port), "c.test", timeout=10)
s.ehlo()
if not s.has_extn("smtputf8"):
    sys.exit("not offered")
s.command_encoding = "utf-8"
try:
    s.sendmail(sender, [rcpt], f"From: <{sender}>\r\nTo: undisclosed-recipients:;\r\nSubject: {subject}\r\n"
               "Content-Type: text/plain; charset=utf-8\r\n\r\nbody\r\n".encode(), options)
    print("sent")
except smtplib.SMTPSenderRefused as e:
    print(e.smtp_code, e.smtp_error.decode())
except smtplib.SMTPRecipientsRefused as e:
    print(*[(c, m.decode()) for c, m in e.recipients.values()][0])
s.quit()
