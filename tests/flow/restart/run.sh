#!/bin/bash
# Each stage is killed and restarted alone while letters come and go; then a
# clean stop with letters in flight, and a start that delivers them.
. tests/flow/lib.sh
SINK=$(free_port)
SLOW=$(free_port)
SLOWER=$(free_port)
instance <<C
mydestination =
virtual_mailbox_domains = here.test
minimal_backoff_time = 1
maximal_backoff_time = 2
C
echo 'alice@here.test alice/' >"$H/etc/virtual_mailboxes"
printf '%s\n' "far.test [127.0.0.1]:$SINK" "slow.test [127.0.0.1]:$SLOW" \
    "slower.test [127.0.0.1]:$SLOWER" >"$H/etc/routes"
"$H/bin/pneu-conf" compile
check "starts" start
M=$H/mailboxes/alice
/usr/bin/python3 -m aiosmtpd -n -c aiosmtpd.handlers.Mailbox -l 127.0.0.1:$SINK "$T/far" >"$T/far.log" 2>&1 &
later $!
inject() { printf 'Subject: %s\n\nx\n' "$1" | "$H/bin/sendmail" -f a@b.test "$2"; }
n=0
for s in pneu-queue pneu-send pneu-alias pneu-lspawn pneu-remote.1 pneu-bounce pneu-forward pneu-key pneu-tls pneu-auth pneu-sts pneu-listen; do
	for how in -r -k; do
		s6-svc $how "$(stage $s)"
		# a caller is told "later" at most; then it goes on
		check "$s $how: sendmail works again" until_true 20 inject "$s$how" alice@here.test
		check "$s $how: to far as well" until_true 20 inject "$s$how" bob@far.test
		check "$s $how: SMTP works again" until_true 20 swaks --silent 3 \
		    --server 127.0.0.1:$PORT --from a@b.test --to alice@here.test --body x
		n=$((n + 1))
		s6-svwait -t 10000 -U "$(stage $s)"
	done
done
check "all letters here" until_true 40 has_files "$M/new" $((2 * n))
check "all letters there" until_true 40 has_files "$T/far/new" $n

# new settings: nobody is hung up on, neither in the middle of a letter nor
# before it, nor while he waits to be let in
before=$(files "$M/new")
oldest() { pgrep -o -P "$(s6-svstat -o pid "$(stage pneu-queue)")"; }
orders=$(oldest)
(echo 'Subject: slow'; echo; for i in 1 2 3 4 5 6; do echo $i; sleep 0.5; done) |
    "$H/bin/sendmail" -f a@b.test alice@here.test 2>"$T/slow" &
slow=$!
for w in 1 2 3 4; do
	for i in $(seq 25); do inject "reload $w $i" alice@here.test || echo "exit $?"; done &
	workers="${workers:-} $!"
done >"$T/reload" 2>&1
for i in $(seq 15); do "$H/bin/pneu-conf" compile; sleep 0.15; done
wait $workers
is "sendmail while settings are compiled" "$(cat "$T/reload")" ""
wait $slow
is "a slow one, too" "$? $(cat "$T/slow")" "0 "
check "they arrive" until_true 40 has_files "$M/new" $((before + 101))
is "who takes the orders stays" "$(oldest)" "${orders:-?}"
empty() { "$H/bin/mailq" | grep -q 'queue is empty'; }
check "no worker was ended by a signal" sh -c "! cat $H/log/@* $H/log/current 2>/dev/null |
    grep 'worker was ended by signal [^9]'"

# nor at a restart: who connected is served, who comes waits or is told "down"
for w in 1 2 3 4; do
	for i in $(seq 25); do inject "restart $w $i" alice@here.test || sleep 0.2; done &
	hands="${hands:-} $!"
done >"$T/hands" 2>&1
for i in 1 2 3; do sleep 0.5; s6-svc -r "$(stage pneu-queue)"; done
wait $hands
is "nobody is hung up on" "$(grep 'hung up' "$T/hands")" ""
s6-svwait -t 10000 -U "$(stage pneu-queue)"
check "the queue is empty" until_true 30 empty
before=$(files "$M/new")

# letters in flight while all stop
before=$(files "$M/new")
for i in $(seq 40); do inject "stop $i" alice@here.test & done
wait $(jobs -p | grep -v -e "^$SVSCAN\$" -e "^${PIDS# }\$")
start=$SECONDS
check "stops" stop
check "within 10 s" [ $((SECONDS - start)) -lt 10 ]
left=$(find "$H"/queue/new "$H"/queue/defer -type f | wc -l)
here=$(($(files "$M/new") - before))
echo "# at the stop: $here of 40 delivered, $left in the queue"
check "each is either in the queue or delivered" [ $((left + here)) -ge 40 ]
check "nothing left in tmp" test -z "$(ls "$H/queue/tmp")"
check "starts again" start
check "the rest arrives" until_true 30 has_files "$M/new" $((before + 40))
check "the queue is empty" until_true 20 sh -c "'$H/bin/mailq' | grep -q 'queue is empty'"

# nobody gets a letter twice for a clean stop
/usr/bin/python3 tests/flow/restart/slow.py $SLOW "$T/slow.got" &
later $!
until_true 10 test -e "$T/slow.got"
for i in 1 2 3 4 5; do inject "once $i" bob@slow.test; done
check "the last is under way" until_true 10 sh -c "[ \"\$(find '$H/queue/new' -type f | wc -l)\" -ge 1 ]"
sleep 0.2
check "stops with deliveries under way" stop
check "starts once more" start
check "all are sent" until_true 30 sh -c "'$H/bin/mailq' | grep -q 'queue is empty'"
is "each once" "$(sort "$T/slow.got" | uniq -c | awk '{print $1}' | sort | uniq -c | awk '{print $1 "x" $2}')" "5x1"

# nor if a host takes its time: all wait for its last reply
/usr/bin/python3 tests/flow/restart/slow.py $SLOWER "$T/slower.got" 7 &
later $!
until_true 10 test -e "$T/slower.got"
inject patience bob@slower.test
sleep 1
start=$SECONDS
check "stops when the host has taken it" stop
is "which it waited for" "$(tr -d "\r" <"$T/slower.got") $((SECONDS - start < 20))" "Subject: patience 1"
is "it is not in the queue any more" "$(find "$H"/queue/new "$H"/queue/defer -type f | wc -l)" 0
check "its log says so" logged 'to=<bob@slower.test>.*status=sent'
# but not if pneu-send alone is restarted
check "starts again" start
inject patience bob@slower.test
sleep 1
start=$SECONDS
check "pneu-send alone is restarted" s6-svc -wr -T 10000 -r "$(stage pneu-send)"
check "in 5 s" [ $((SECONDS - start)) -le 5 ]
check "what was under way is marked" until_true 20 empty
is "and goes once" "$(wc -l <"$T/slower.got")" 2
done_testing
