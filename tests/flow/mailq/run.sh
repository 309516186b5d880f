#!/bin/bash
# The whole instance, and a site that is dead: what mailq, pneu-q and
# sendmail -q say and do, then the site comes back and the queue empties.
. tests/flow/lib.sh
DEAD=$(free_port)
instance <<C
relayhost = [127.0.0.1]:$DEAD
minimal_backoff_time = 600s
maximal_backoff_time = 600s
C
unset NAME
check "starts" start
sendmail=$H/bin/sendmail
for i in 1 2; do
	printf 'Subject: x\n\nx\n' | "$sendmail" -f s@x.test a$i@far.test b$i@far.test
	is "letter $i is handed in" $? 0
done
printf 'Subject: x\n\nx\n' | "$sendmail" -v -f s@x.test a3@far.test b3@far.test >"$T/verbose"
is "-v: how they fare" "$? $(sed 's/^[0-9A-F]\{18\}/ID/; s/ (.*refused)/ (refused)/' "$T/verbose")" "0 ID... queued
a3@far.test... Deferred (refused)
b3@far.test... Deferred (refused)"
"$H/bin/pneu-q" delete "$(sed -n '1s/\..*//p' "$T/verbose")" >/dev/null
json() { "$H/bin/pneu-q" list --json; }
deferred() { [ "$(json | grep -c '"queue_name": "deferred".*delay_reason')" = "$1" ]; }
check "both are deferred" until_true 30 deferred 2
"$H/bin/mailq" >"$T/mailq"
is "mailq: two letters" "$(grep -cE '^[0-9A-F]{18} +[0-9]+ .* s@x.test$' "$T/mailq")" 2
is "mailq: four recipients" "$(grep -cE '^ +[ab][12]@far.test$' "$T/mailq")" 4
is "mailq: a reason for each letter" "$(grep -cE "^ +\(.*127\.0\.0\.1.*refused\)" "$T/mailq")" 2
is "mailq: end" "$(tail -n 1 "$T/mailq")" "-- 0 Kbytes in 2 Requests."
id=$(sed -n '2s/ .*//p' "$T/mailq")
is "one letter" "$("$H/bin/pneu-q" list $id | grep -c '^[0-9A-F]')" 1
is "count" "$("$H/bin/pneu-q" count | tr '\n' ' ' | sed 's/octets.*//')" "new 0 deferred 2 hold 0 total 2 "
"$H/bin/pneu" status >"$T/status" 2>&1
is "pneu status" "$? $(grep -c '^pneu-send: up\|^deferred 2' "$T/status")" "0 2"
is "pneu explain" "$("$H/bin/pneu" explain x@far.test 2>&1)" "x@far.test... deliverable: mailer smtp, host [127.0.0.1]:$DEAD, user x@far.test"
"$H/bin/pneu-q" show $id >"$T/show"
is "show: its history" "$(grep -cE '^[A-Z].* far.test|@far.test: deferred 4\.4\.[0-9] .*refused' "$T/show")" 2
"$H/bin/pneu-q" list 000000000000000000 >/dev/null 2>"$T/err"
is "no such letter" "$? $(cat "$T/err")" "100 pneu-q: fatal: 000000000000000000: no such letter"
if [ "$(id -u)" = 0 ]; then
	u="setpriv --reuid 4242 --regid 4242 --clear-groups"
	is "mailq of any user" "$($u "$H/bin/mailq")" "$(cat "$T/mailq")"
	$u "$H/bin/pneu-q" show $id >"$T/out" 2>&1
	is "show is not for any user" "$? $(grep -c Subject "$T/out")" "100 0"
	$u "$H/bin/pneu-q" retry $id >"$T/out" 2>&1
	is "retry of one letter is not for any user" $? 100
	$u "$sendmail" -q
	is "-q is" $? 0
	setpriv --reuid 61002 --regid 61002 --clear-groups "$H/bin/mailq" >/dev/null
	is "mailq of pneu's user" $? 0
	# users who hold connections, and ask nothing
	cat >"$T/hold.py" <<'P'
import os, socket, sys
os.setgid(4242); os.setuid(int(sys.argv[2]))
held = []
for i in range(8):
    s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); held.append(s)
print(len(held), flush=True)
sys.stdin.read()
P
	mkfifo "$T/hold"
	exec 9<>"$T/hold"
	for i in 1 2 3 4; do
		/usr/bin/python3 "$T/hold.py" "$H/run/pub/ctl" 425$i <"$T/hold" >"$T/hold.$i" 9>&- &
		later $!
	done
	check "four users hold all the connections they get" until_true 10 sh -c '[ "$(cat "$0"/hold.[1-4] | wc -l)" = 4 ]' "$T"
	is "mailq of root works beside them" "$(timeout 10 "$H/bin/mailq" | tail -n 1)" "-- 0 Kbytes in 2 Requests."
	timeout 10 $u "$H/bin/mailq" >"$T/out" 2>&1
	is "another user is told why not" "$? $(cat "$T/out")" "69 pneu-q: fatal: Queue report unavailable: too many connections to pneu-send; try again later"
	is "one of them has his own again" "$(timeout 10 setpriv --reuid 4251 --regid 4242 --clear-groups "$H/bin/mailq" | tail -n 1)" "-- 0 Kbytes in 2 Requests."
	exec 9>&-
else
	skip "what other users may do" "needs root"
fi

# hold, release, delete
for i in 3 4; do printf 'Subject: x\n\nx\n' | "$sendmail" -f s@x.test a$i@far.test; done
waits() { [ "$(json | grep -c "\"queue_name\": \"deferred\"")" = "$1" ]; }
check "all are deferred" until_true 30 waits 4
id_of() { json | sed -n "/$1@far/s/.*\"queue_id\": \"\([0-9A-F]*\)\".*/\1/p"; }
held() { json | grep -c '"queue_name": "hold"'; }
is "hold one" "$("$H/bin/pneu-q" hold $id)" "placed on hold: 1"
is "it is" "$(held) $("$H/bin/mailq" | grep -c "^$id!")" "1 1"
is "hold it again" "$("$H/bin/pneu-q" hold $id)" "placed on hold: 1"
"$H/bin/pneu-q" release 000000000000000000 >"$T/out" 2>&1
is "release what is not there" "$? $(cat "$T/out")" "100 pneu-q: fatal: no such letter on hold"
is "release one" "$("$H/bin/pneu-q" release $id) $(held)" "released from hold: 1 0"
check "it is deferred again" until_true 30 waits 4
is "hold all" "$("$H/bin/pneu-q" hold ALL) $(held)" "placed on hold: 4 4"
"$sendmail" -q
last=$(id_of a4)
is "delete one" "$("$H/bin/pneu-q" delete $last) $(held)" "removed: 1 3"
is "release all" "$("$H/bin/pneu-q" release ALL) $(held)" "released from hold: 3 0"
check "they are tried when due" until_true 30 waits 3
is "delete another" "$("$H/bin/pneu-q" delete "$(id_of a3)")" "removed: 1"
check "the log says all that" sh -c "grep -q \"$id: placed on hold\" $H/log/current &&
    grep -q \"$id: released from hold\" $H/log/current && grep -q \"$last: removed\" $H/log/current"
if [ "$(id -u)" = 0 ]; then
	for w in hold release delete; do $u "$H/bin/pneu-q" $w $id >"$T/out" 2>&1
		is "$w is not for any user" "$? $(cat "$T/out")" "100 pneu-q: fatal: only root may do that"; done
	is "no letter was touched" "$(json | wc -l) $(held)" "2 0"
else
	skip "not for any user" "needs root"
fi

# the site is back
/usr/bin/python3 tests/flow/mailq/sink.py $DEAD "$T/got" &
later $!
until_true 10 test -e "$T/got"
"$sendmail" -qI$id
is "-qI" $? 0
check "the one letter goes" until_true 30 sh -c "! '$H/bin/pneu-q' list $id 2>/dev/null"
"$sendmail" -q
is "-q" $? 0
check "the queue empties" until_true 30 sh -c "'$H/bin/mailq' | grep -q '^Mail queue is empty'"
is "four recipients got it" "$(grep -c ^RCPT "$T/got")" 4
# whom no alias names
printf 'Subject: x\n\nx\n' | "$sendmail" root@mx.pneu.test
check "root's mail has a mailbox where no setting names one" until_true 20 has_files "$H/mailboxes/postmaster/new" 1
check "stops" stop
done_testing
