#!/bin/bash
# kill -9 of each service, and of all at once, under load. ROUNDS and SEED
# may be given; make check takes 20 rounds.
. tests/flow/lib.sh
SINK=$(free_port)
instance <<C
mydestination =
virtual_mailbox_domains = here.test
minimal_backoff_time = 1
maximal_backoff_time = 2
local_concurrency = 20
remote_concurrency = 20
smtpd_timeout = 20
C
for i in 0 1 2 3 4 5 6 7 8 9; do echo "u$i@here.test u$i/"; done >"$H/etc/virtual_mailboxes"
echo "far.test [127.0.0.1]:$SINK" >"$H/etc/routes"
"$H/bin/pneu-conf" compile
start || { echo "Bail out! does not start"; exit 1; }
/usr/bin/python3 tests/crash/kill.py "$(cd "$H" && pwd -P)" "$PORT" "$SINK" "${ROUNDS:-20}" "${SEED:-$RANDOM}"
rc=$?
[ $rc = 0 ] || log | tail -n 60 | sed 's/^/# /'
exit $rc
