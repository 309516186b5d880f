#!/bin/bash
# Two hosts, each of which bounces to the other, whose postmasters are each at
# the other and lead nowhere: what goes round dies out.
. tests/flow/lib.sh
A=$T/a B=$T/b
PA=$(free_port) PB=$(free_port)
make_one() {	# HOME PORT ME OTHER OTHERPORT
	H=$1 PNEU_HOME=$1
	tools/instance "$H" <<C || exit 1
myhostname = $3.test
listen = 127.0.0.1:$2
mydestination =
virtual_alias_domains = $3.test
2bounce_notice_recipient = pm@$4.test
minimal_backoff_time = 1
maximal_backoff_time = 1
C
	echo "pm@$3.test gone@$4.test" >"$H/etc/virtual"
	echo "$4.test [127.0.0.1]:$5" >"$H/etc/routes"
	"$H/bin/pneu-conf" compile
}
make_one "$B" "$PB" b a "$PA"
make_one "$A" "$PA" a b "$PB"
H=$B PNEU_HOME=$B
check "one starts" start
OTHER=$SVSCAN
H=$A PNEU_HOME=$A
check "the other starts" start
both() { cat "$A"/log/current "$B"/log/current; }
said() { both | grep -cE -- "$1"; }
empty() { PNEU_HOME=$A "$A/bin/mailq" | grep -q 'queue is empty' &&
    PNEU_HOME=$B "$B/bin/mailq" | grep -q 'queue is empty'; }
discarded() { [ "$(said 'undeliverable postmaster notification discarded')" -ge 1 ]; }

printf 'Subject: round\n\nbody\n' | "$A/bin/sendmail" -f pm@b.test gone@b.test
check "it is bounced, and bounced again, and ends" until_true 40 discarded
check "both queues are empty" until_true 20 empty
sleep 3
check "and stay so" empty
is "one bounce, one to a postmaster" \
    "$(said ': sender non-delivery notification: ') $(said ': postmaster non-delivery notification: ')" "1 1"
is "letters in all" "$(said 'queue active')" "$(said ': removed')"
N=$(said 'queue active')
check "not many: $N" [ "$N" -le 8 ]

# a forward that goes round between the hosts: Received, or Delivered-To
PNEU_HOME=$A
echo "ring@a.test ring@b.test" >>"$A/etc/virtual"
"$A/bin/pneu-conf" compile
PNEU_HOME=$B
echo "ring@b.test ring@a.test" >>"$B/etc/virtual"
"$B/bin/pneu-conf" compile
PNEU_HOME=$A
sleep 1
printf 'Subject: ring\n\nbody\n' | "$A/bin/sendmail" -f pm@b.test ring@a.test
check "a ring of forwards ends: too many hops" until_true 60 sh -c "cat '$A'/log/current '$B'/log/current | grep -q '5\.4\.[06].*too many hops'"
check "its bounce ends as well" until_true 40 empty
s6-svscanctl -t "$B/scan"
wait $OTHER
done_testing
