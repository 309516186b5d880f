#!/bin/bash
# The door: how many come in, who is turned away first, and what becomes of
# sessions when a worker dies, the settings change, and the service ends.
. tests/flow/lib.sh
instance <<C
mydestination =
virtual_mailbox_domains = here.test
mynetworks = 127.0.0.1
smtpd_processes = 2
smtpd_sessions = 10
smtpd_client_connection_count_limit = 3
C
printf 'alice@here.test alice/\n' >"$H/etc/virtual_mailboxes"
"$H/bin/pneu-conf" compile
check "starts" start
L=$(s6-svstat -o pid "$(stage pneu-listen)")
/usr/bin/python3 tests/flow/listen/door.py "$PORT" "$L" "$H" >"$T/door.out" 2>&1
while IFS='|' read -r what got wanted; do is "$what" "$got" "$wanted"; done <"$T/door.out"
check "all was tried" grep -q '^the end' "$T/door.out"
check "refusals are logged" logged 'Connection concurrency limit exceeded: 4 from unknown\[127\.0\.0\.2\]'
check "stops" stop
done_testing
