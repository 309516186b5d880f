#!/bin/bash
# Debian's Postfix and we, each with the same letters that wait: mailq says
# the same of them, in the same form.
. tests/flow/lib.sh
D=tests/flow/postqueue
if [ "$(id -u)" != 0 ]; then
	skip "mailq beside Postfix's" "needs root"
	done_testing
fi
tools/peer build/peers/postfix postfix
. $D/letters.sh
DEAD=$(free_port) SOFT=$(free_port) STALL=$(free_port)
/usr/bin/python3 $D/site.py $SOFT $STALL &
later $!
for s in dead:$DEAD soft:$SOFT stall:$STALL; do
	echo "${s%:*}.test smtp:[127.0.0.1]:${s#*:}" >>"$T/transport"
	echo "${s%:*}.test [127.0.0.1]:${s#*:}" >>"$T/routes"
done
chmod 755 "$T"
tools/over build/peers/postfix unshare -p -f --mount-proc sh $D/postfix.sh "$T/postfix" "$T/transport" >"$T/theirs" 2>"$T/theirs.err"
is "Postfix lists its letters" "$(grep -c '^[0-9A-F]' "$T/theirs")" 5

instance <<C
mydestination =
minimal_backoff_time = 600s
C
cp "$T/routes" "$H/etc/routes"
"$H/bin/pneu-conf" compile
check "starts" start
letters "$H/bin/sendmail"
waiting() {
	[ "$("$H/bin/mailq" | grep -c '(.*)')" -ge 5 ] && "$H/bin/mailq" | grep -q '^[0-9A-F]*\* .*s4@x'
}
until_true 30 waiting
"$H/bin/pneu-q" hold "$("$H/bin/mailq" | sed -n 's/^\([0-9A-F]*\) .*s5@x.test$/\1/p')" >/dev/null
"$H/bin/mailq" >"$T/ours"
/usr/bin/python3 $D/form.py <"$T/theirs" >"$T/theirs.form"
is "their form is what we think" $? 0
/usr/bin/python3 $D/form.py <"$T/ours" >"$T/ours.form" 2>"$T/err"
is "ours is it, too" "$? $(cat "$T/err")" "0 "
is "and says the same" "$(cat "$T/ours.form")" "$(cat "$T/theirs.form")"
is "postqueue -p is mailq" "$("$H/bin/postqueue" -p)" "$(cat "$T/ours")"
done_testing
