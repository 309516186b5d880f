#!/bin/bash
# What clients of ours may say of others: XCLIENT by swaks, XFORWARD by
# Debian's Postfix in front of us, and ETRN for a site that is back.
. tests/flow/lib.sh
D=tests/flow/clients
instance <<C
mydestination =
virtual_mailbox_domains = here.test
mynetworks = 127.0.0.8
relay_domains = site.test
minimal_backoff_time = 600
smtpd_authorized_xclient_hosts = 127.0.0.1
C
SITE=$(free_port)
echo "site.test [127.0.0.1]:$SITE" >"$H/etc/routes"
printf '%s\n' 'alice@here.test alice/' 'bob@here.test bob/' >"$H/etc/virtual_mailboxes"
"$H/bin/pneu-conf" compile 2>/dev/null
check "starts" start
if [ "$(id -u)" = 0 ]; then
	tools/peer build/peers/postfix postfix
	FRONT=$(free_port)
	tools/over build/peers/postfix unshare -p -f --mount-proc sh $D/postfix.sh "$T/postfix" "$FRONT" "$PORT" >"$T/postfix.out" 2>&1 &
	postfix=$!
fi
M=$H/mailboxes/alice
say() { /usr/bin/python3 tests/flow/ext/say.py "$PORT" "$@"; }
codes() { grep -v '^...-' | cut -c1-3 | tr '\n' ' '; }
arrives() { until_true 10 has_files "$M/new" "$1"; }
swak() { swaks --server "127.0.0.1:$PORT" --from s@c.test "$@" >"$T/swaks" 2>&1; }

# XCLIENT
LETTER='MAIL FROM:<s@c.test>\r\nRCPT TO:<x@far.test>\r\nQUIT\r\n'
is "a stranger" "$(printf 'EHLO c.test\r\nXCLIENT ADDR=127.0.0.8\r\n'"$LETTER" | say 127.0.0.2 | codes)" "220 250 550 250 554 221 "
is "nor one of mynetworks" "$(printf 'EHLO c.test\r\nXCLIENT ADDR=127.0.0.1\r\nQUIT\r\n' | say 127.0.0.8 | grep -cE '^(250.XCLIENT|250.XFORWARD|220|550)')" 2
is "a proxy" "$(printf 'EHLO c.test\r\nXCLIENT ADDR=127.0.0.8\r\nEHLO c.test\r\n'"$LETTER" | say 127.0.0.1 | codes)" "220 250 220 250 250 250 221 "
check "swaks, of a stranger" swak --to alice@here.test --xclient-name spike.test --xclient-addr 192.0.2.7 --xclient-helo h.test
check "it arrives" arrives 1
check "from there" grep -q "spike.test \[192.0.2.7\]" -r "$M/new"
check "and the log has it" logged ': client=spike.test\[192.0.2.7\]$'
check "and who said so" logged 'XCLIENT from unknown\[127.0.0.1\]: the client is spike.test\[192.0.2.7\]$'
swak --to x@far.test --xclient-name spike.test --xclient-addr 192.0.2.7
is "he may not relay" "$(grep -c '^<\*\* 554 5.7.1 <x@far.test>: Relay access denied' "$T/swaks")" 1
check "a user may" swak --to alice@here.test,x@far.test --quit-after RCPT --xclient "ADDR=192.0.2.7 LOGIN=bob+40here.test"
is "IPv6, in two commands" "$(printf 'XCLIENT NAME=six.test\r\nXCLIENT ADDR=IPV6:2001:db8::7\r\nEHLO c.test\r\n'"$LETTER" | say 127.0.0.1 | codes)" "220 220 220 250 250 554 221 "
check "both count" logged 'disconnect from six.test\[2001:db8::7\] ehlo=1 mail=1 rcpt=0/1 quit=1 xclient=2 '

# XFORWARD
if [ "$(id -u)" = 0 ]; then
	wait $postfix
	check "Postfix's letter arrives" until_true 10 has_files "$H/mailboxes/bob/new" 1
	id=$(sed -n 's/.* \([0-9A-F]*\): client=.*127.0.0.9.*/\1/p' "$T/postfix/log")
	check "the log has its client and its id" logged ": client=unknown\[127.0.0.1\], orig_queue_id=${id:-none}, orig_client=[a-z.]+\[127.0.0.9\]$"
	is "the Received line does not" "$(sed '/^Received/q' "$H"/mailboxes/bob/new/* | grep -c '127.0.0.9')" 0
	[ "$FAILED" = 0 ] || sed 's/^/# /' "$T/postfix.out" "$T/postfix/log"
else
	skip "XFORWARD by Postfix" "needs root"
fi

# ETRN
etrn() { printf 'EHLO c.test\r\nETRN %s\r\nQUIT\r\n' "$1" | say "$2" | sed -n 's/^\([0-9]*.*\)$/\1/; /^[45]/p; /Queuing/p'; }
is "offered to mynetworks" "$(printf 'EHLO c.test\r\n' | say 127.0.0.8 | grep -c '^250-ETRN$')" 1
is "not to a stranger" "$(printf 'EHLO c.test\r\n' | say 127.0.0.2 | grep -c ETRN)" 0
is "who may not" "$(etrn site.test 127.0.0.2)" "554 5.7.1 <site.test>: Etrn command rejected: Access denied"
is "domains of others" "$(etrn far.test 127.0.0.8)" "459 4.7.1 <far.test>: service unavailable"
printf 'HELO c.test\r\nMAIL FROM:<s@c.test>\r\nRCPT TO:<u@site.test>\r\nDATA\r\nSubject: waits\r\n\r\nx\r\n.\r\nQUIT\r\n' | say 127.0.0.2 >"$T/out"
check "a letter for a dead site waits" until_true 10 logged 'to=<u@site.test>.*status=deferred'
/usr/bin/python3 -m aiosmtpd -n -c aiosmtpd.handlers.Mailbox -l "127.0.0.1:$SITE" "$T/site" >"$T/aiosmtpd" 2>&1 &
later $!
up() { /usr/bin/python3 -c "import socket; socket.create_connection(('127.0.0.1', $SITE))"; }
check "the site is back" until_true 10 up
is "ETRN" "$(etrn site.test 127.0.0.8)" "250 2.0.0 Queuing started"
check "the letter goes, ten minutes before its time" until_true 10 logged 'to=<u@site.test>.*status=sent'
is "there" "$(grep -l '^Subject: waits' "$T"/site/new/* | wc -l)" 1
if [ "$(id -u)" = 0 ]; then
	is "once more at once" "$(etrn "$(printf 'site.test\r\nETRN site.test')" 127.0.0.8 | tail -1)" "458 4.3.2 Unable to queue messages"
else
	skip "once more at once" "with one uid for all pneu-smtpd is as good as the admin"
fi
s6-svc -wD -T10000 -d "$(stage pneu-send)"
is "pneu-send is away" "$(etrn site.test 127.0.0.8)" "458 4.3.2 Unable to queue messages"
s6-svc -wU -T10000 -u "$(stage pneu-send)"
is "and is back" "$(etrn site.test 127.0.0.8)" "250 2.0.0 Queuing started"
check "stops" stop
done_testing
