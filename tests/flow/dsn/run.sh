#!/bin/bash
# Delivery status notifications: RFC 3461 sections 4.1, 5 and 6 as a table
# (table.py), read by Python's email parser and by Debian's readers of bounces
# (flufl.bounce, Mail::DeliveryStatus::BounceParser).
. tests/flow/lib.sh
DSN=$(free_port) PLAIN=$(free_port) OLD=$(free_port)
cat >"$T/bounce.cf" <<'B'
delay_template = <<EOF
Charset: utf-8
From: MAILER-DAEMON (Post)
Subject: Late mail at $myhostname

Später: nach ${delay_warning_time_seconds} s noch nicht zugestellt an $these.
EOF
B
instance <<C
mydestination =
virtual_mailbox_domains = here.test
virtual_alias_domains = alias.test
minimal_backoff_time = 1
maximal_backoff_time = 2
delay_warning_time = 4
bounce_size_limit = 5000
bounce_template_file = $T/bounce.cf
C
printf '%s@here.test %s/\n' sender sender box box box2 box2 late late late2 late2 >"$H/etc/virtual_mailboxes"
printf '%s\n' "dsn.test [127.0.0.1]:$DSN" "plain.test [127.0.0.1]:$PLAIN" \
    "old.test [127.0.0.1]:$OLD" >"$H/etc/routes"
for d in here=here.test,box,box2 dsn=dsn.test,ok,ok2 plain=plain.test,ok,ok2 old=old.test,ok,ok2; do
	n=${d%%=*}; IFS=, read -r dom a b <<<"${d#*=}"
	echo "pair-$n@alias.test $a@$dom, $b@$dom"
	echo "one-$n@alias.test $a@$dom"
done >"$H/etc/virtual"
echo "round@alias.test box@here.test, box2@here.test" >>"$H/etc/virtual"
"$H/bin/pneu-conf" compile
mkdir -p "$H/mailboxes" && chmod 777 "$H/mailboxes"
for l in late late2; do : >"$H/mailboxes/$l"; done	# no Maildir can be there
tools/peer build/peers/dsn python3-flufl.bounce libmail-deliverystatus-bounceparser-perl
PEER=$TOP/build/peers/dsn
export PYTHONPATH=$PEER/usr/lib/python3/dist-packages
PERL5LIB=$(printf '%s:' "$PEER"/usr/share/perl5 "$PEER"/usr/lib/*/perl5/* "$PEER"/usr/lib/*/perl5)
export PERL5LIB
check "starts" start
# what pneu-send and pneu-bounce say is said once, though they are killed
(
	for ((i = 0; i < ${KILLS:-4}; i++)); do
		sleep 0.$((RANDOM % 10))
		s6-svc -k "$(stage "pneu-$([ $((i % 2)) = 0 ] && echo send || echo bounce)")"
	done
) &
/usr/bin/python3 tests/flow/dsn/table.py "$PORT" "$H/mailboxes/sender/new" \
    dsn.test=$DSN plain.test=$PLAIN old.test=$OLD >"$T/table" 2>"$T/table.err" || {
	fail "the table"; sed 's/^/# /' "$T/table.err" | tail; }
while IFS= read -r line; do
	case $line in
	"ok "*) pass "${line#ok }" ;;
	"not ok "*) fail "${line#not ok }" ;;
	*) echo "$line" ;;
	esac
done <"$T/table"
done_testing
