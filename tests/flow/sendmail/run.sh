#!/bin/bash
# Letters of local callers: pneu-sendmail and pneu-inject with the real
# pneu-queue and nothing else, so that each letter can be looked at as it lies
# in the queue; pneu-q on its files, and on a played pneu-send.
. tests/flow/lib.sh
D=tests/flow/sendmail
mkdir -p "$H/etc" "$H/bin"
cp bin/pneu-sendmail bin/pneu-inject bin/pneu-q bin/pneu-conf bin/pneu-smtpd bin/pneu-alias "$H/bin"
ln -s pneu-sendmail "$H/bin/sendmail"
ln -s pneu-sendmail "$H/bin/mailq"
ln -s pneu-sendmail "$H/bin/postqueue"
{
	echo "myhostname = mx.pneu.test"
	echo "myorigin = pneu.test"
	echo "message_size_limit = 6000000"
	echo "alias_maps = etc/aliases"
	[ "$(id -u)" != 0 ] || tools/users
} >"$H/etc/pneu.conf"
"$H/bin/pneu-conf" compile || { echo "Bail out! no settings"; exit 1; }
export TZ=UTC
unset NAME USER LOGNAME MAILUSER MAILHOST QMAILUSER QMAILHOST
sendmail=$H/bin/sendmail

start_queue() {
	bin/pneu-queue >>"$T/queue.log" 2>&1 &
	QUEUE=$!
	later $QUEUE
	until_true 10 [ -S "$H/run/pub/submit" ]
}
stop_queue() { kill "$QUEUE"; wait "$QUEUE" 2>/dev/null; }
# all but the slow one, which comes when it comes
letters() { find "$H/queue/new" -type f | xargs -r grep -L '^rcpt=slow@'; }
clear_queue() { letters | xargs -r rm -f; }
# the one letter in the queue: its envelope's NAME= lines; its message
env_of() { letters | xargs sed -n "s/^$1=//p" | tr '\n' ' '; }
msg_of() { letters | xargs cat | sed '1,/^Received: /d' | sed '1d'; }
# sent WHAT RC [ARGS]: run sendmail on standard input in an empty queue
sent() {
	local what=$1 rc=$2; shift 2
	clear_queue
	"$sendmail" "$@" >"$T/out" 2>"$T/err"
	is "$what: exit status" $? "$rc"
	is "$what: letters" "$(letters | wc -l)" $((rc == 0))
}

check "pneu-queue starts" start_queue

# a pipe that pauses longer than it takes us to say that we are still there
(	H2=$T/slow.in
	mkfifo "$H2"
	(printf 'Subject: slow\n\n'; head -c 100000 /dev/zero | tr '\0' x
	echo; sleep 12; echo end) >"$H2" &
	"$sendmail" slow@x.test <"$H2" 2>"$T/slow.err"
	echo $? >"$T/slow.rc" ) &
SLOW=$!
until_true 10 sh -c "ls $H/queue/tmp | grep -q ."

# a queue that stands still, in a home of its own
(	export PNEU_HOME=$T/mute
	mkdir -p "$T/mute/run/pub"
	cp -R "$H/etc" "$T/mute"
	/usr/bin/python3 $D/submit.py "$T/mute/run/pub/submit" mute &
	until_true 10 [ -S "$T/mute/run/pub/submit" ]
	t=$(date +%s)
	"$sendmail" a@x.test </dev/null 2>"$T/mute.err"
	echo "$? $(($(date +%s) - t <= 40)) $(sed 's/.*: //' "$T/mute.err")" >"$T/mute.rc"
	kill $! ) &
MUTE=$!

sent "-t" 0 -t <<M
To: alice, Bob <bob@x.test>,
  "Carol, C." <carol@x.test>
Cc: A Group: dave@x.test, eve (Eve (nested)) ;, undisclosed-recipients:;
Bcc: frank@x.test, ALICE@pneu.test
Subject: =?utf-8?Q?=C3=B6?=

body
M
is "-t: recipients" "$(env_of rcpt)" \
    "alice@pneu.test bob@x.test carol@x.test dave@x.test eve@pneu.test frank@x.test "
is "-t: header and body" "$(msg_of | grep -v '^From:\|^Date:\|^Message-ID:')" \
'To: alice@pneu.test, Bob <bob@x.test>,
  "Carol, C." <carol@x.test>
Cc: A Group: dave@x.test, eve@pneu.test (Eve (nested)) ;, undisclosed-recipients:;
Subject: =?utf-8?Q?=C3=B6?=

body'
check "-t: Date" sh -c "cat $(letters) | grep -qE '^Date: [MTWFS][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} 20[0-9]{2} [0-9:]{8} [+-][0-9]{4} \('"
check "-t: Message-ID" sh -c "cat $(letters) | grep -qE '^Message-ID: <[^ @]+@mx.pneu.test>\$'"
me=$(id -un)
is "-t: the caller is the sender" "$(env_of sender)" "$me@pneu.test "
check "-t: and in From" sh -c "cat $(letters) | grep -qE '^From: (.* <)?$me@pneu.test>?\$'"
is "-t: the queue knows his uid" "$(env_of uid)" "$(id -u) "

sent "-t and arguments" 0 -t c@x.test 'd@x.test, A@X.TEST' < <(printf 'To: a@x.test\nBcc: b@x.test\n\nx\n')
is "-t and arguments: recipients" "$(env_of rcpt)" "c@x.test d@x.test A@X.TEST b@x.test "

sent "spaces for commas, an empty argument" 0 -t "" 'c@x.test d@x.test' < <(printf 'To: a@x.test b@x.test\n\nx\n')
is "spaces for commas: recipients" "$(env_of rcpt)" "c@x.test d@x.test a@x.test b@x.test "
sent "an empty argument alone" 64 "" < <(printf 'Subject: x\n\nx\n')

sent "Resent-" 0 -t <<M
To: a@x.test
Resent-To: b@x.test
Resent-Bcc: c@x.test
From: d@x.test
Date: Sun, 22 Nov 2026 11:10:18 +0000
Message-ID: <1@x.test>

x
M
is "Resent-: recipients" "$(env_of rcpt)" "b@x.test c@x.test "
is "Resent-: fields" "$(msg_of | sed -n '1,/^$/s/^\([A-Za-z-]*\): .*/\1/p' | tr '\n' ' ')" \
    "Resent-From Resent-Date Resent-Message-ID To Resent-To From Date Message-ID "

sent "arguments" 0 -i -f 'Joe <joe>' -- -odd@x.test < <(printf 'From: x@x.test\nBcc: y@x.test\n\nx\n')
is "arguments: sender" "$(env_of sender)" "joe@pneu.test "
is "arguments: recipients" "$(env_of rcpt)" "-odd@x.test "
is "arguments: no Bcc" "$(msg_of | grep -c Bcc)" 0

for null in '' '<>'; do
	sent "-f '$null'" 0 -f "$null" a@x.test < <(printf 'Subject: x\n\nx\n')
	is "-f '$null': null sender" "$(letters | xargs grep -c '^sender=$')" 1
done
sent "-F" 0 -F 'Joe "J" Public' -f joe@x.test a@x.test < <(printf 'Subject: x\n\nx\n')
is "-F: From" "$(msg_of | grep ^From:)" 'From: "Joe \"J\" Public" <joe@x.test>'
sent "newline in -F" 0 -F $'Joe\nBcc: e@x.test\n\nx' -f joe@x.test a@x.test < <(printf 'Subject: x\n\nx\n')
is "newline in -F: no field" "$(msg_of | grep -c ^Bcc)" 0
is "newline in -F: no recipient" "$(env_of rcpt)" "a@x.test "
sent "newline in -f" 64 -f $'joe@x.test\nrcpt=e@x.test' a@x.test < <(printf 'Subject: x\n\nx\n')
sent "newline in a recipient" 64 -f joe@x.test $'a@x.test\nrcpt=e@x.test' < <(printf 'Subject: x\n\nx\n')
sent "a shell in a recipient" 0 "|touch $T/pwned" '`id`@x.test' < <(printf 'Subject: x\n\nx\n')
check "a shell in a recipient: nothing ran" test ! -e "$T/pwned"

sent "a dot" 0 a@x.test < <(printf 'Subject: x\n\na\n.\nb\n')
is "a dot ends" "$(msg_of | tail -n 1)" a
for i in -i -oi; do
	sent "a dot with $i" 0 $i a@x.test < <(printf 'Subject: x\n\na\n.\nb\n')
	is "a dot with $i" "$(msg_of | tail -n 2)" "$(printf '.\nb')"
done
sent "CRLF" 0 a@x.test < <(printf 'Subject: x\r\n\r\na\r\nb')
is "CRLF: none is left" "$(msg_of | grep -c "$(printf '\r')")" 0
sent "mbox" 0 a@x.test < <(printf 'From joe Sun Nov 22 11:10:18 2026\nSubject: x\n\nFrom y\n')
is "mbox: its line is dropped" "$(msg_of | grep -c '^From joe')" 0
is "mbox: others are not" "$(msg_of | tail -n 1)" "From y"
sent "mbox, quoted" 0 a@x.test < <(printf '>From joe Sun Nov 22 11:10:18 2026\n>>From x\nSubject: x\n\ny\n')
is "mbox, quoted: dropped too" "$(msg_of | grep -c 'From joe\|From x')" 0
sent "no header" 0 a@x.test < <(printf 'no header here\n')
is "no header: an empty line divides" "$(msg_of | tail -n 2)" "$(printf '\nno header here')"
sent "nothing at all" 0 a@x.test </dev/null

sent "no recipients" 64 -t < <(printf 'Subject: x\n\nx\n')
is "no recipients: says so" "$(cat "$T/err")" \
    "sendmail: fatal: $me@pneu.test($(id -u)): No recipient addresses found in message header"
sent "no recipients without -t" 64 </dev/null
sent "a bad address" 65 -t < <(printf 'To: @x.test\n\n')
sent "a long field" 65 -t < <(printf 'To: a@x.test\nX: %s\n\n' "$(head -c 2200000 /dev/zero | tr '\0' x)")
is "a long field: says so" "$(sed 's/.*: //' "$T/err")" "message header too long"
sent "a wrong flag" 64 -y a@x.test </dev/null
sent "-oeq" 64 -oeq </dev/null
is "-oeq: says nothing" "$(cat "$T/err")" ""
sent "-h" 69 -h 100 a@x.test </dev/null
is "-h: says so" "$(sed 's/.*: //' "$T/err")" "too many hops"
sent "-h, not yet" 0 -h 99 a@x.test </dev/null
sent "a loop of Received" 69 a@x.test < <(for i in $(seq 100); do echo "Received: from x by y; now"; done; printf '\nx\n')
is "a loop of Received: says so" "$(sed 's/.*: //' "$T/err")" "too many hops"
sent "-N -R -V" 0 -N success,delay -R hdrs -V 'id 1=x' a@x.test </dev/null
is "-N -R -V: the envelope" "$(env_of notify) $(env_of ret) $(env_of envid)" "SUCCESS,DELAY  HDRS  id+201+3Dx "
sent "-U" 0 -U a@x.test < <(printf 'Subject: \303\266\n\nx\n')
is "-U: a header of UTF-8" "$(env_of smtputf8)" "1 "
sent "-U, ASCII" 0 -U a@x.test < <(printf 'Subject: o\n\n\303\266\n')
is "-U: a header of ASCII" "$(env_of smtputf8)" ""
for c in /etc/mail/submit.cf /etc/postfix "$H/etc"; do
	sent "-C $c" 0 -C "$c" a@x.test </dev/null
done
sent "-C of others" 64 -C "$T/other.cf" a@x.test </dev/null
check "-bd says that it runs" sh -c "'$sendmail' -bd -q30m 2>&1 | grep -q 'runs already'"
is "-bd of a running system" "$("$sendmail" -bD 2>/dev/null; echo $?)" 0
is "-q30m" "$("$sendmail" -q30m 2>&1; echo $?)" 0
ln -sf pneu-sendmail "$H/bin/newaliases"
is "newaliases" "$("$H/bin/newaliases" 2>&1; echo $?)" 0
cp "$H/etc/pneu.conf" "$T/conf"; echo 'nonsense = 1' >>"$H/etc/pneu.conf"
is "newaliases is by the settings in force" "$("$H/bin/newaliases" 2>&1; echo $?)" 0
echo 'broken' >"$H/etc/aliases"
"$H/bin/newaliases" 2>"$T/err"
is "newaliases, damaged aliases: exit status" $? 78
check "newaliases, damaged aliases: says where" grep -q 'aliases:1:1:' "$T/err"
rm "$H/etc/aliases"
is "-bC, damaged settings" "$("$sendmail" -bC >/dev/null 2>&1; echo $?)" 78
cp "$T/conf" "$H/etc/pneu.conf"

# sizes: more recipients than one frame holds, more octets than memory
sent "10000 recipients" 0 -t < <(printf 'To: '; for i in $(seq 9999); do printf 'recipient%d@far.x.test,\n ' $i; done; printf 'last@x.test\n\nx\n')
is "10000 recipients: all are there" "$(env_of rcpt | wc -w)" 10000
(printf 'Subject: x\n\n'; seq 700000) >"$T/big"
sent "4.8 MB" 0 a@x.test <"$T/big"
is "4.8 MB: whole" "$(msg_of | sed '1,/^$/d' | head -n 700000 | md5sum)" "$(seq 700000 | md5sum)"
sent "over message_size_limit" 69 a@x.test < <(printf 'Subject: x\n\n'; seq 1000000)
is "over message_size_limit: says so" "$(sed 's/.*: //' "$T/err")" "message file too big"

# without privileges, or a place among the users, or a network
boxed() {	# WHAT COMMAND...
	local what=$1; shift
	clear_queue
	printf 'To: a@x.test\n\nx\n' | "$@" "$sendmail" -t >"$T/out" 2>"$T/err"
	is "$what: it queues" "$? $(cat "$T/err") $(env_of rcpt)" "0  a@x.test "
}
boxed "no new privileges" setpriv --no-new-privs
boxed "an empty environment" env -i PNEU_HOME="$H"
boxed "no file system but to read" unshare -r -m sh -c 'mount -o bind,remount,ro / 2>/dev/null; mount -t tmpfs none /var 2>/dev/null; exec "$@"' x
boxed "a container: users, network, processes of its own" unshare -U -r -n -p -f -i -u
if [ "$(id -u)" = 0 ]; then
	nobody="setpriv --reuid 4242 --regid 4242 --clear-groups --no-new-privs"
	boxed "an overflow uid" $nobody unshare -U
	is "an overflow uid: the queue knows whose it is" "$(env_of uid)" "4242 "
	is "an overflow uid: the sender" "$(env_of sender)" "nobody@pneu.test "
	boxed "a uid without a name, bounds, no capabilities" $nobody --inh-caps=-all --bounding-set=-all
	is "a uid without a name: the sender" "$(env_of sender)" "4242@pneu.test "
	memory='ulimit -v 20000;'	# a sanitizer's shadow takes terabytes
	[ -z "${ASAN_OPTIONS:-}" ] || memory=
	boxed "few descriptors, little memory" $nobody sh -c "ulimit -n 8; $memory"' exec "$@"' x
else
	for t in 1 2 3 4 5; do skip "another uid" "needs root"; done
fi
boxed "closed standard output and error" sh -c 'exec "$@" >&- 2>&-' x

# cron on a null client: no domain in From and To
sent "cron" 0 -FCronDaemon -i -B8BITMIME -oem root < <(printf 'From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@h> x\nX-Cron-Env: <A=b>\n\n.\n')
is "cron: recipient, body" "$(env_of rcpt)$(env_of body)" "root@pneu.test 8BITMIME "
is "cron: From and To" "$(msg_of | grep '^From:\|^To:\|^\.')" "From: root@pneu.test (Cron Daemon)
To: root@pneu.test
."

# -bv and -bt: where would mail go?
me_or=$([ "$(id -u)" = 0 ] && echo daemon || id -un)
cat >"$H/etc/aliases" <<A
staff: far@x.test, more@localhost, "|/bin/cat >/dev/null", /var/tmp/box
more: other@y.test, staff2@localhost
staff2: z@x.test
owner-staff2: o@x.test
one: single@x.test
ping: pong@localhost
pong: ping@localhost
A
echo 'min_uid = 1' >>"$H/etc/pneu.conf"
"$H/bin/pneu-conf" compile
"$sendmail" -bv staff@localhost 'One <one@localhost>, a@b.test' >"$T/out" 2>"$T/err"
is "-bv: exit status" $? 0
is "-bv: each that a list means" "$(sed 's/, user [^ ]*$/, user U/' "$T/out")" \
"far@x.test... deliverable: mailer smtp, host x.test, user U
other@y.test... deliverable: mailer smtp, host y.test, user U
z@x.test... deliverable: mailer smtp, host x.test, user U
|/bin/cat >/dev/null... deliverable: mailer prog, user U
/var/tmp/box... deliverable: mailer *file*, user U
single@x.test... deliverable: mailer smtp, host x.test, user U
a@b.test... deliverable: mailer smtp, host b.test, user U"
is "-bv: a local user" "$("$sendmail" -bv $me_or@localhost)" "$me_or@localhost... deliverable: mailer local, user $me_or"
"$sendmail" -bv no-such-user@localhost >"$T/out" 2>"$T/err"
is "-bv: nobody" "$? $(grep -c '^no-such-user@localhost\.\.\. undeliverable: 5\.1\.1 ' "$T/out")" "67 1"
"$sendmail" -bv ping@localhost >"$T/out" 2>"$T/err"
is "-bv: a loop" "$? $(grep -c 'undeliverable: 5\.4\.6 ' "$T/out")" "67 1"
is "-bv without an address" "$("$sendmail" -bv 2>/dev/null; echo $?)" 64
is "-bv: a newline" "$("$sendmail" -bv $'a@b\nc@d' 2>/dev/null; echo $?)" 64
if [ "$(id -u)" = 0 ]; then
	is "-bv of another uid" "$(setpriv --reuid 4242 --regid 4242 --clear-groups "$sendmail" -bv one@localhost)" \
	    "single@x.test... deliverable: mailer smtp, host x.test, user single@x.test"
else
	skip "-bv of another uid" "needs root"
fi
(trap '' CHLD; exec "$sendmail" -bv a@x.test) >"$T/out" 2>&1
is "-bv of a caller who ignores SIGCHLD" "$? $(wc -l <"$T/out")" "0 1"
(cd /; PNEU_HOME=${PNEU_HOME#/} "$sendmail" a@x.test) </dev/null >"$T/out" 2>&1
is "a home that is no absolute path" "$? $(cat "$T/out")" \
    "78 sendmail: fatal: PNEU_HOME is not an absolute path: ${PNEU_HOME#/}"
printf 'one@localhost\n3,0 a@b.test\n/parse c@d.test\n/try esmtp e@f.test\n=S0\n\n@\n/quit\ng@h.test\n' |
    "$sendmail" -bt >"$T/out" 2>"$T/err"
is "-bt: lines" "$? $(grep -o '[^ ]*\.\.\. deliverable: mailer smtp' "$T/out" | tr '\n' ' ')" \
    "0 single@x.test... deliverable: mailer smtp a@b.test... deliverable: mailer smtp c@d.test... deliverable: mailer smtp e@f.test... deliverable: mailer smtp "
is "-bt: a bad address" "$(cat "$T/err")" "sendmail: warning: bad address: @"

# -bs: SMTP on standard input
talk() {	# SCRIPT [ARGS]: its replies in $T/out
	clear_queue
	local script=$1; shift
	printf "$script" | "$@" "$sendmail" -bs >"$T/out" 2>"$T/err"
}
codes() { cut -c 1-3 "$T/out" | tr '\n' ' '; }
talk 'EHLO x\r\nMAIL FROM:<joe@x.test> SIZE=10 BODY=8BITMIME\r\nRCPT TO:<a@x.test>\r\nRCPT TO:<root>\r\nDATA\r\nSubject: x\r\nBcc: z@x.test\r\n\r\n..\r\n.x\r\nlast\r\n.\r\nQUIT\r\n' env
is "-bs: exit status" $? 0
is "-bs: replies" "$(codes)" "220 250 250 250 250 250 250 250 250 250 250 354 250 221 "
is "-bs: CRLF" "$(grep -c "$(printf '\r')\$" "$T/out")" 14
is "-bs: recipients" "$(env_of rcpt)" "a@x.test root@pneu.test "
is "-bs: sender, body" "$(env_of sender)$(env_of body)" "joe@x.test 8BITMIME "
is "-bs: the queue knows his uid" "$(env_of uid)" "$(id -u) "
is "-bs: the message" "$(msg_of | grep -v '^Date:\|^Message-ID:')" \
'Subject: x
From: joe@x.test

.
x
last'
check "-bs: Date and Message-ID" sh -c "cat $(letters) | grep -c '^Date: \|^Message-ID: ' | grep -qx 2"
talk 'EHLO x\r\nMAIL FROM:<joe@x.test> RET=HDRS ENVID=a+2Bb\r\nRCPT TO:<a@x.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;z@y.test\r\nRCPT TO:<b@x.test> NOTIFY=NEVER\r\nRCPT TO:<c@x.test>\r\nRCPT TO:<d@x.test> NOTIFY=x\r\nDATA\r\n\r\nx\r\n.\r\nQUIT\r\n' env
is "-bs: DSN is offered" "$(grep -c '^250[- ]DSN' "$T/out")" 1
is "-bs: RET, ENVID, NOTIFY, ORCPT" "$(env_of ret)$(env_of envid)$(env_of rcpt)$(env_of notify)$(env_of orcpt)" \
    "HDRS a+2Bb a@x.test b@x.test c@x.test SUCCESS,DELAY NEVER rfc822;z@y.test "
is "-bs: a wrong NOTIFY" "$(grep -c '^501 5.5.4 Bad NOTIFY' "$T/out")" 1
talk 'mail from: joe\nrcpt to: a@x.test\ndata\n\nx\n.\nmail from:<>\nrcpt to:<b@x.test>\ndata\n\ny\n.\n' env
is "-bs: lines of LF, two letters, no HELO, no QUIT" "$? $(codes)" "0 220 250 250 354 250 250 250 354 250 "
is "-bs: two letters are there" "$(letters | wc -l)" 2
# CVE-2023-51764 and kin: a program that doubles dots behind CRLF alone
for end in '\n.\n' '\n.\r\n' '\r\n.\n' '\r\n.\r\r\n'; do
	talk 'EHLO x\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@x.test>\r\nDATA\r\nS: x\r\n\r\nx'"$end"'MAIL FROM:<evil@x.test>\r\nRCPT TO:<c@x.test>\r\nDATA\r\n\r\ny\r\n.\r\nQUIT\r\n' env
	is "-bs: no smuggling by $end" "$(letters | wc -l) $(env_of rcpt)$(msg_of | grep -c '^\.$')" "1 b@x.test 1"
done
talk 'MAIL FROM:<a@x.test>\r\nRCPT TO:<b@x.test>\r\nDATA\r\nSubject: x\r\n\r\nx' env
is "-bs: half a letter is none" "$(letters | wc -l)" 0
talk 'MAIL FROM:<a@x.test>\r\nRCPT TO:<b@x.test>\r\nRCPT TO:<c\x01d@x.test>\r\nDATA\r\n.\r\nQUIT\r\n' env
is "-bs: a bad recipient, an empty letter" "$(codes) $(env_of rcpt)" "220 250 250 501 354 250 221  b@x.test "
(printf 'MAIL FROM:<a@x.test>\nRCPT TO:<b@x.test>\nDATA\n'; seq 1000000; printf '.\nMAIL FROM:<a@x.test>\nRCPT TO:<b@x.test>\nDATA\n'; sed 's/^\./../' "$T/big"; printf '.\nQUIT\n') >"$T/two"
clear_queue
"$sendmail" -bs <"$T/two" >"$T/out"
is "-bs: over message_size_limit, then 4.8 MB" "$(codes)" "220 250 250 354 552 250 250 354 250 221 "
is "-bs: 4.8 MB, whole" "$(msg_of | sed '1,/^$/d' | head -n 700000 | md5sum)" "$(seq 700000 | md5sum)"
if [ "$(id -u)" = 0 ]; then
	talk 'MAIL FROM:<a@x.test>\nRCPT TO:<b@x.test>\nDATA\n\n.\nQUIT\n' setpriv --reuid 4242 --regid 4242 --clear-groups
	is "-bs of another uid" "$(codes) $(env_of uid)" "220 250 250 354 250 221  4242 "
else
	skip "-bs of another uid" "needs root"
fi
# behind inetd the client is a stranger: no mail of his is queued as ours
clear_queue
/usr/bin/python3 - "$sendmail" >"$T/out" 2>"$T/err" <<'P'
import socket, subprocess, sys
l = socket.create_server(("127.0.0.1", 0))
c = socket.create_connection(l.getsockname())
s, _ = l.accept()
p = subprocess.Popen([sys.argv[1], "-bs"], stdin=s, stdout=s)
s.close()
c.sendall(b"HELO x\r\nMAIL FROM:<a@x.test>\r\nRCPT TO:<b@x.test>\r\nQUIT\r\n")
while (got := c.recv(1000)):
    sys.stdout.write(got.decode())
p.wait()
P
is "-bs behind inetd: pneu-smtpd answers" "$(codes)" "220 250 250 451 221 "

# killed while it reads: nothing is left, small or streamed
for n in 1000 300000; do
	clear_queue
	mkfifo "$T/pipe"
	"$sendmail" a@x.test <"$T/pipe" 2>/dev/null &
	pid=$!
	exec 7>"$T/pipe"
	(printf 'Subject: x\n\n'; head -c $n /dev/zero | tr '\0' 'x') >&7
	[ $n = 1000 ] || until_true 10 sh -c "[ \$(ls $H/queue/tmp | wc -l) -ge 2 ]"
	kill -9 $pid
	exec 7>&-
	wait $pid 2>/dev/null
	rm "$T/pipe"
	check "killed after $n octets: nothing in tmp" \
	    until_true 10 sh -c "[ \$(ls $H/queue/tmp | wc -l) -le 1 ]"
	is "killed after $n octets: no letter" "$(letters | wc -l)" 0
done

# pneu-inject
inject() { clear_queue; "$H/bin/pneu-inject" "$@" >"$T/out" 2>"$T/err"; }
head='To: h@x.test\nBcc: b@x.test\nReturn-Path: <rp@x.test>\n\nx\n'
for t in "-a a@x.test=a@x.test " "-h a@x.test=h@x.test b@x.test " \
    "-A a@x.test=a@x.test " "-A=h@x.test b@x.test " \
    "-H a@x.test=a@x.test h@x.test b@x.test " "=h@x.test b@x.test "; do
	printf "$head" | inject ${t%%=*}
	is "pneu-inject ${t%%=*}: exit status" $? 0
	is "pneu-inject ${t%%=*}: recipients" "$(env_of rcpt)" "${t#*=}"
done
is "pneu-inject: Return-Path is the sender" "$(env_of sender)" "rp@x.test "
printf "$head" | MAILUSER=joe MAILHOST=h.test MAILNAME='Joe P' inject -f s@x.test
is "pneu-inject -f" "$(env_of sender)" "s@x.test "
is "pneu-inject: From of the environment" "$(msg_of | grep ^From)" "From: Joe P <joe@h.test>"
printf "To: a\n\nx\n" | MAILUSER=joe inject -n
is "pneu-inject -n prints" "$(sed -n '1p;$p' "$T/out")" "$(printf 'To: a@pneu.test\nx')"
is "pneu-inject -n sends nothing" "$(letters | wc -l)" 0
printf "Subject: x\n\nx\n" | inject
is "pneu-inject without recipients" $? 100
printf "To: a@x.test\n\nx\n" | MAILUSER=$'a\nb: c' inject
is "pneu-inject with a bad MAILUSER" $? 100

wait $MUTE
is "a queue that stands still: exit status, in time" "$(cat "$T/mute.rc")" "75 1 mail system does not answer"
wait $SLOW
is "a slow pipe: exit status" "$(cat "$T/slow.rc")" 0
is "a slow pipe: its letter" "$(find "$H/queue/new" -type f | xargs grep -l '^rcpt=slow@' | xargs tail -n 1)" end
find "$H/queue/new" -type f | xargs rm

# the queue's files, read without pneu-send
clear_queue
for i in 1 2 3; do printf 'Subject: x\n\nx\n' | "$sendmail" -f s$i@x.test r$i@x.test; done
"$H/bin/mailq" >"$T/mailq"
is "mailq: head" "$(sed -n 1p "$T/mailq")" \
    "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------"
is "mailq: lines" "$(sed 1d "$T/mailq" | grep -cE '^[0-9A-F]{18} +[0-9]+ [A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8}  s[123]@x.test$')" 3
is "mailq: recipients" "$(grep -cE '^ {41}r[123]@x.test$' "$T/mailq")" 3
is "mailq: end" "$(tail -n 1 "$T/mailq")" "-- 0 Kbytes in 3 Requests."
is "pneu-q count" "$("$H/bin/pneu-q" count | tr '\n' ' ' | sed 's/octets.*//')" "new 3 deferred 0 hold 0 total 3 "
check "pneu-q list --json is JSON" /usr/bin/python3 -c '
import json, subprocess, sys
lines = subprocess.check_output([sys.argv[1], "list", "--json"]).splitlines()
assert sorted(json.loads(l)["recipients"][0]["address"] for l in lines) == ["r1@x.test", "r2@x.test", "r3@x.test"]
assert all(json.loads(l)["queue_name"] == "incoming" for l in lines)' "$H/bin/pneu-q"
id=$(sed -n '2s/ .*//p' "$T/mailq")
"$H/bin/pneu-q" show $id >"$T/show"
is "pneu-q show" "$(grep -cE '^sender: s|^recipient: r.*waiting|^Subject: x|^\*\*\* END' "$T/show")" 4
"$H/bin/pneu-q" list 000000000000000000 2>"$T/err"
is "pneu-q: no such letter" $? 100
"$sendmail" -q 2>"$T/err"
is "-q without pneu-send" $? 69
if [ "$(id -u)" = 0 ]; then
	setpriv --reuid 4242 --regid 4242 --clear-groups "$H/bin/mailq" >"$T/out" 2>&1
	is "mailq of a user without pneu-send" "$?: $(cat "$T/out")" \
	    "69: pneu-q: fatal: Queue report unavailable - mail system is down"
	clear_queue
	printf 'Subject: x\n\nx\n' | setpriv --reuid 4242 --regid 4242 --clear-groups "$sendmail" a@x.test
	is "a caller of another uid" "$? $(env_of uid)" "0 4242 "
else
	skip "mailq of a user without pneu-send" "needs root"
	skip "a caller of another uid" "needs root"
fi
clear_queue
is "mailq: an empty queue" "$("$H/bin/mailq")" "Mail queue is empty"

# pneu-send, played
/usr/bin/python3 $D/ctl.py "$H/run/pub/ctl" "$T/asked" &
later $!
until_true 10 [ -S "$H/run/pub/ctl" ]
"$H/bin/mailq" >"$T/mailq"
is "mailq of pneu-send" "$(cat "$T/mailq")" "$(cat $D/mailq.want)"
is "a letter in two frames" "$("$H/bin/pneu-q" list 0642E1B3F5C09A0003 | grep -c many)" 3000
"$H/bin/pneu-q" list --json | head -n 1 >"$T/json"
is "its JSON" "$(cat "$T/json")" "$(cat $D/json.want)"
is "-q" "$("$sendmail" -q 2>&1; echo $?)" 0
is "postqueue -p" "$("$H/bin/postqueue" -p)" "$(cat $D/mailq.want)"
is "postqueue -j" "$("$H/bin/postqueue" -j | head -n 1)" "$(cat $D/json.want)"
is "postqueue -f" "$("$H/bin/postqueue" -f 2>&1; echo $?)" 0
: >"$T/asked"
is "-qS" "$("$sendmail" -qSa@X 2>&1; echo $?)" 0
is "-qS: the letter of that sender" "$(cat "$T/asked")" "id=0642E1B3F5C09A0001"
: >"$T/asked"
is "-q!R" "$("$sendmail" -q!Rb@x.test 2>&1; echo $?)" 0
is "-q!R: those not for him" "$(cat "$T/asked")" "id=0642E1B3F5C09A0002"
is "-qI" "$("$sendmail" -qI0642E1B3F5C09A0001 2>&1; echo $?)" 0
is "-qR, refused" "$("$sendmail" -qRx.test 2>&1; echo $?)" "$(printf 'pneu-q: fatal: not yours\n69')"
is "retry, refused" "$("$H/bin/pneu-q" retry site x.test 2>/dev/null; echo $?)" 100

# trouble: a queue that is gone, hangs up, says no, is full
stop_queue
rm -f "$H/run/pub/submit"
t=$(date +%s)
sent "no queue" 75 a@x.test < <(printf 'Subject: x\n\nx\n')
is "no queue: one line" "$(cat "$T/err")" "sendmail: fatal: $me@pneu.test($(id -u)): mail system is down"
is "no queue: soon" $(($(date +%s) - t < 6)) 1
for how in hangup refuse nonsense early full; do
	/usr/bin/python3 $D/submit.py "$H/run/pub/submit" $how &
	pid=$!
	until_true 10 [ -S "$H/run/pub/submit" ]
	t=$(date +%s)
	case $how in
	refuse) want=67 ;;
	*) want=75 ;;
	esac
	[ $how = early ] && in=$T/big || in=/dev/null
	"$sendmail" a@x.test <"$in" >"$T/out" 2>"$T/err"
	is "a queue that does this: $how" $? $want
	is "$how: one line" "$(wc -l <"$T/err")" 1
	is "$how: soon" $(($(date +%s) - t < 15)) 1
	kill $pid; wait $pid 2>/dev/null
	rm -f "$H/run/pub/submit"
done
done_testing
