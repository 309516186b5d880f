#!/bin/bash
# tests/flow/dotforward: a user's .forward with several targets, through the
# whole instance: each becomes a recipient of a letter of its own, the command
# runs once, the copy arrives once. As root, users mounted over the system's.
cd "$(dirname "$0")/../../.." || exit 1
[ "$(id -u)" = 0 ] || { echo "1..0 # SKIP not root"; exit 0; }
[ -n "${UNSHARED:-}" ] || UNSHARED=1 exec unshare -m bash "$0"
. tests/flow/lib.sh
for u in ann:2001 bob:2002 zed:2003; do
	n=${u%:*} id=${u#*:}
	mkdir "$T/$n"
	echo "$n:x:$id:$id::$T/$n:/bin/sh" >>"$T/passwd"
	echo "$n:x:$id:" >>"$T/group"
	chown "$id:$id" "$T/$n"
done
for f in passwd group; do
	cat /etc/$f >>"$T/$f"
	mount --bind "$T/$f" /etc/$f
done
instance <<C
mydestination = here.test
default_privs = zed
myorigin = here.test
C
cat >"$H/etc/aliases" <<C
one: "|env >$T/zed/one.new; mv $T/zed/one.new $T/zed/one"
both: ann, "|env >$T/zed/both.new; mv $T/zed/both.new $T/zed/both"
odd: "|exit 3"
C
"$H/bin/newaliases" >"$T/newaliases.log" 2>&1
cat >"$T/ann/.forward" <<'C'
# all of them
\ann, bob@here.test
"|cat >>letters; env >env; echo $SENDER $RECIPIENT >>runs", ./Copies/
C
chown 2001:2001 "$T/ann/.forward"
check "starts" start
printf 'Subject: hello\n\nbody\n' | "$H/bin/sendmail" -i -f x@else.test ann@here.test
check "his mailbox" until_true 20 has_files "$T/ann/Maildir/new" 1
check "another user's" until_true 20 has_files "$T/bob/Maildir/new" 1
check "a Maildir of his" until_true 20 has_files "$T/ann/Copies/new" 1
check "a command" until_true 20 [ -s "$T/ann/runs" ]
is "run once, with sender and recipient" "$(cat "$T/ann/runs")" "x@else.test ann@here.test"
check "the queue is empty" until_true 20 sh -c '[ -z "$(find "$0/queue/new" "$0/queue/defer" -type f)" ]' "$H"
is "one copy each" "$(files "$T/ann/Maildir/new") $(files "$T/bob/Maildir/new") $(files "$T/ann/Copies/new")" "1 1 1"
is "bob's was forwarded by ann" "$(grep -h ^Delivered-To: "$T"/bob/Maildir/new/*)" "Delivered-To: bob@here.test
Delivered-To: ann@here.test"
check "the log says what became of it" logged 'to=<ann@here.test>.* status=sent \(forwarded as [0-9A-F]*\)'
check "and of the command" logged 'to=<ann@here.test>.* status=sent \(delivered to command: cat >>letters'
is "who brought it: nobody" "$(grep CLIENT_ "$T/ann/env")" ""

# commands know who has brought a letter, also behind a list
/usr/bin/python3 - "$PORT" <<'P'
import smtplib, sys
s = smtplib.SMTP("127.0.0.1", int(sys.argv[1]), local_hostname="cli;ent.test")
s.sendmail("x@else.test", ["one@here.test", "both@here.test", "odd@here.test"],
    "Subject: hello\r\n\r\nbody\r\n")
P
CLIENT="CLIENT_ADDRESS=127.0.0.1
CLIENT_HELO=cli_ent.test
CLIENT_HOSTNAME=unknown
CLIENT_PROTOCOL=ESMTP"
for a in one both; do
	check "the command of $a" until_true 20 [ -s "$T/zed/$a" ]
	is "who brought it, of $a" "$(grep CLIENT_ "$T/zed/$a" | sort)" "$CLIENT"
done
check "of a .forward behind an alias" until_true 20 grep -q CLIENT_ "$T/ann/env"
is "who brought that" "$(grep CLIENT_ "$T/ann/env" | sort)" "$CLIENT"
check "in the mailbox" until_true 20 has_files "$T/ann/Maildir/new" 2
is "it came from there once" "$(grep -lr 'Delivered-To: both' "$T/ann/Maildir/new" |
    xargs grep -c '^Received: from ')" 1
check "a code that sysexits has not returns the mail" until_true 20 logged \
    'to=<odd@here.test>.* dsn=5.3.0, status=bounced \(Command died with status 3: "exit 3"'

echo ann@here.test >"$T/bob/.forward"
chown 2002:2002 "$T/bob/.forward"
printf 'Subject: loop\n\nbody\n' | "$H/bin/sendmail" -i -f bob@here.test bob@here.test
check "a loop of two ends" until_true 30 logged 'to=<(ann|bob)@here.test>.* dsn=5.4.6, status=bounced'
done_testing
