"""peers.py DIRECTORY WITH WITHOUT: two servers (aiosmtpd), one with SMTPUTF8,
one without, and with LIMITS (RFC 9422); each letter is a file in DIRECTORY: its envelope, a line each,
then the message. "ready" is written when they listen."""
import itertools
import sys
import time

from aiosmtpd.controller import Controller

directory, with_, without = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
numbers = itertools.count(1)


class Keep:
    def __init__(self, name):
        self.name = name

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        if self.name == "without":
            responses.insert(1, "250-LIMITS RCPTMAX=1 MAILMAX=1")
        return responses

    async def handle_DATA(self, server, session, envelope):
        with open(f"{directory}/clients", "a") as f:
            print(session.peer[1], file=f)
        with open(f"{directory}/{self.name}.{next(numbers)}", "wb") as f:
            head = [envelope.mail_from, *envelope.mail_options,
                    *envelope.rcpt_tos, ""]
            f.write("\n".join(head).encode() + b"\n" + envelope.original_content)
        return "250 OK"


for name, port, utf8 in (("with", with_, True), ("without", without, False)):
    Controller(Keep(name), hostname="127.0.0.1", port=port,
               enable_SMTPUTF8=utf8).start()
open(f"{directory}/ready", "w").close()
time.sleep(120)
