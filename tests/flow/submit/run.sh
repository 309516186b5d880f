#!/bin/bash
# Letters that come to run/pub/submit in several parts at once, more of them
# than big letters may: small ones are not big because they come in parts.
. tests/flow/lib.sh
instance <<C
mydestination =
virtual_mailbox_domains = here.test
intake_workers = 16
C
echo 'alice@here.test alice/' >"$H/etc/virtual_mailboxes"
"$H/bin/pneu-conf" compile
check "starts" start
cat >"$T/parts.py" <<'P'
import socket, struct, sys

def frame(kind, payload):
    return struct.pack(">I", len(payload)) + kind + struct.pack(">I", 1) + payload

def begun(part):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1] + "/run/pub/submit")
    s.sendall(frame(b"E", b"sender=a@b.test\nrcpt=alice@here.test\n"))
    for _ in range(2):
        s.sendall(frame(b"M", part))
    return s

for part in b"x\n", b"x" * 60000 + b"\n":
    letters = [begun(part) for _ in range(8)]
    said = []
    for s in letters:
        s.sendall(frame(b"X", b""))
        said.append(s.recv(1000)[9:12].decode())
    print(said.count("D 2"), said.count("L 4"))
P
/usr/bin/python3 "$T/parts.py" "$H" >"$T/said"
is "eight small ones are taken" "$(sed -n 1p "$T/said")" "8 0"
# which workers come first is theirs to choose: at most half are big at a time
check "of eight big ones half are, or more one after the other" \
    awk 'NR == 2 && $1 >= 4 && $1 + $2 == 8 { ok = 1 } END { exit !ok }' "$T/said"
check "what was taken arrives" until_true 20 has_files "$H/mailboxes/alice/new" 12
done_testing
