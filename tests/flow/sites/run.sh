#!/bin/bash
# Letters to several people at sites of every kind, while single programs are
# stopped for a while and killed: everybody is delivered to or bounced, once
# but for what was under way at a kill, and the queue ends empty. SEED may be
# given.
. tests/flow/lib.sh
SITES="good grey moody refuse mixed hang dead"
ports=
for i in $SITES; do
	p=$(free_port)
	ports="$ports $i=$p"
	eval "PORT_$i=$p"
done
instance <<C
mydestination =
virtual_mailbox_domains = here.test
minimal_backoff_time = 1
maximal_backoff_time = 1
maximal_queue_lifetime = 12
smtp_connect_timeout = 2
smtp_helo_timeout = 1
C
for i in 0 1 2 3 sender; do echo "u$i@here.test u$i/"; done |
    sed 's/^usender@/sender@/' >"$H/etc/virtual_mailboxes"
for i in $ports; do echo "${i%=*}.test [127.0.0.1]:${i#*=}"; done >"$H/etc/routes"
"$H/bin/pneu-conf" compile
start || { echo "Bail out! does not start"; exit 1; }
/usr/bin/python3 tests/flow/sites/sites.py "$(cd "$H" && pwd -P)" "$PORT" \
    "${SEED:-$RANDOM}" $ports
rc=$?
[ $rc = 0 ] || log | tail -n 80 | sed 's/^/# /'
exit $rc
