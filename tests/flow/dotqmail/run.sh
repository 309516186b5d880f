#!/bin/bash
# tests/flow/dotqmail: lists that a user keeps in .qmail files, through the
# whole instance: the owner as sender, then a sender for each recipient
# (VERP), and where what fails comes back to.
cd "$(dirname "$0")/../../.." || exit 1
[ "$(id -u)" = 0 ] || { echo "1..0 # SKIP not root"; exit 0; }
[ -n "${UNSHARED:-}" ] || UNSHARED=1 exec unshare -m bash "$0"
. tests/flow/lib.sh
mkdir "$T/ann"
echo "ann:x:2001:2001::$T/ann:/bin/sh" | cat /etc/passwd - >"$T/passwd"
echo "ann:x:2001:" | cat /etc/group - >"$T/group"
for f in passwd group; do mount --bind "$T/$f" /etc/$f; done
SINK=$(free_port)
/usr/bin/python3 tests/flow/rewrite/sink.py "$SINK" "$T/sink" &
later $!
SEEN=0
instance <<C
mydestination = here.test
myorigin = here.test
admin_mailbox = ann
recipient_delimiter = -
forward_path = \$home/.qmail
C
echo "there.test [127.0.0.1]:$SINK" >"$H/etc/routes"
"$H/bin/pneu-conf" compile
q() { printf "$2" >"$T/ann/.qmail$1"; chown -R 2001:2001 "$T/ann"; }
q -list '&joe@there.test\n&"Sue B"@there.test\n&missing\n&ann-copies\n'
q -copies './Copies/\n'
q -list-owner './Owner/\n'
check "starts" start
to_list() { printf 'Subject: %s\n\nx\n' "$1" | "$H/bin/sendmail" -i -f "$2" ann-list@here.test; }
# the senders that came to the sink, each with its recipients
came() { tail -n +$((SEEN + 1)) "$T/sink" | grep -a '^MAIL\|^RCPT' | sed 's/^.* [A-Z]*:<\(.*\)>.*\r*$/\1/; s/\r//' | tr '\n' ' '; }
settled() { [ -z "$(find "$H/queue/new" "$H/queue/defer" -type f)" ]; }

to_list one boss@there.test
check "what fails comes to the owner" until_true 20 has_files "$T/ann/Owner/new" 1
check "the queue is empty" until_true 20 settled
is "the sender is the owner" "$(came)" 'ann-list-owner@here.test joe@there.test "Sue B"@there.test '
is "of a mailbox, too" "$(grep -h ^Return-Path: "$T"/ann/Copies/new/*)" "Return-Path: <ann-list-owner@here.test>"
is "he is told what fails" "$(grep -h '^Final-Recipient' "$T"/ann/Owner/new/*)" "Final-Recipient: rfc822; missing@here.test"

q -list-owner-default './Verp/\n|echo "$DEFAULT" >>verps\n'
SEEN=$(wc -l <"$T/sink")
rm -f "$T"/ann/Copies/new/*
to_list two boss@there.test
check "what fails comes to the owner's default" until_true 20 has_files "$T/ann/Verp/new" 1
check "the queue is empty" until_true 20 settled
is "each has a sender of his own" "$(came | xargs -n 1 echo | sort | tr '\n' ' ')" \
    "Sue B@there.test ann-list-owner-Sue B=there.test@here.test ann-list-owner-joe=there.test@here.test joe@there.test "
is "in a mailbox, too" "$(grep -h ^Return-Path: "$T"/ann/Copies/new/*)" \
    "Return-Path: <ann-list-owner-ann-copies=here.test@here.test>"
is "we tell the owner of each" "$(cat "$T/ann/verps")" ""
printf 'Subject: back\n\nx\n' | "$H/bin/sendmail" -i -f '<>' ann-list-owner-joe=there.test@here.test
check "another's notification" until_true 20 has_files "$T/ann/Verp/new" 2
is "names the recipient" "$(tail -n 1 "$T/ann/verps")" joe=there.test
rm -f "$T"/ann/Copies/new/*
to_list three '<>'
check "a null sender" until_true 20 has_files "$T/ann/Copies/new" 1
is "stays" "$(grep -h ^Return-Path: "$T"/ann/Copies/new/*)" "Return-Path: <>"
check "the queue is empty" until_true 20 settled
is "and its failure is nobody's" "$(files "$T/ann/Verp/new") $(files "$T/ann/Owner/new")" "2 1"
done_testing
