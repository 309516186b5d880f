#!/bin/bash
# A user of mutt: sends a letter through our sendmail, reads it in a Maildir
# that we delivered it to, on a terminal (screen.py), and answers it.
. tests/flow/lib.sh
tools/peer build/peers/mutt mutt
. build/peers/mutt/env
instance <<C
mydestination =
virtual_mailbox_domains = here.test
C
printf '%s@here.test %s/\n' alice alice carl carl >"$H/etc/virtual_mailboxes"
"$H/bin/pneu-conf" compile
check "starts" start
M=$H/mailboxes/alice

# as a user: of his own uid to send, as who owns the Maildir to read it; mutt
# wants him in the system's list
mutt() {
	local as= uid=$1; shift
	if [ "$(id -u)" = 0 ]; then
		as="setpriv --reuid $uid --regid $uid --clear-groups"
	else
		uid=$(id -u)
	fi
	printf 'user:x:%d:%d:User:%s:/bin/sh\n' "$uid" "$uid" "$T/user" >"$T/passwd"
	printf 'user:x:%d:\n' "$uid" >"$T/group"
	env LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_PASSWD="$T/passwd" NSS_WRAPPER_GROUP="$T/group" \
	    HOME="$T/user" TERM=xterm EDITOR=true LC_ALL=C.UTF-8 LD_LIBRARY_PATH="$PEER_LIBS" \
	    $as ${SCREEN:-} "$PEER/usr/bin/mutt" -n -F "$T/user/muttrc" "$@"
}
mkdir "$T/user"
cat >"$T/user/muttrc" <<C
set sendmail = "$H/bin/sendmail -oem -oi"
set use_envelope_from = yes
set envelope_from_address = "carl@here.test"
set from = "Carl <carl@here.test>"
set record = "" quit = yes wait_key = no move = no fcc_attach = no
set folder = $T/user tmpdir = $T/user header_cache = "" beep = no
set send_charset = "us-ascii:utf-8"
set fast_reply = yes include = yes postpone = no abort_unmodified = no
C
[ "$(id -u)" != 0 ] || chown -R 4242:4242 "$T/user"
printf 'Gr\303\274\303\237e,\n.\nFrom carl\n' | mutt 4242 -s 'Brief für dich' alice@here.test 2>"$T/err"
is "mutt sends a letter" "$? $(cat "$T/err")" "0 "
check "it arrives" until_true 20 has_files "$M/new" 1
is "from its user" "$(sed -n 's/^Return-Path: //p' "$M"/new/*)" "<carl@here.test>"
is "its body, octet for octet" "$(sed '1,/^$/d' "$M"/new/* | sed 's/=C3=BC/\xc3\xbc/; s/=C3=9F/\xc3\x9f/')" \
    "$(printf 'Gr\303\274\303\237e,\n.\nFrom carl')"
printf 'x\n' | mutt 4242 -s 'to nobody' nobody@here.test 2>"$T/err"
is "another, to nobody" "$? $(cat "$T/err")" "0 "
check "comes back to him" until_true 20 has_files "$H/mailboxes/carl/new" 1

# on a terminal: the list, the letter, an answer
uid=$(stat -c %u "$M")
[ "$(id -u)" != 0 ] || chown -R "$uid" "$T/user"
sed -i 's/carl@here/alice@here/; s/Carl <carl@here/Alice <alice@here/' "$T/user/muttrc"
SCREEN="/usr/bin/python3 $TOP/tests/flow/mutt/screen.py"
mutt "$uid" -f "$M" >"$T/screen" 2>&1
is "mutt on a terminal" "$?" 0
for w in 'shows the list: Brief für dich' 'shows the letter: Grüße,' 'shows its end: From carl' 'sends the answer: y:Send'; do
	check "${w%%: *}" grep -qF -- "${w#*: }" "$T/screen"
done
is "it is read and answered" "$(ls "$M/cur" | sed 's/.*://') $(files "$M/new")" "2,RS 0"
answered() { grep -lq '^Subject: Re: ' "$H"/mailboxes/carl/new/*; }
check "the answer arrives" until_true 20 answered
check "with what was quoted" sh -c "grep -q '^In-Reply-To: <' \$(grep -l '^Subject: Re:' $H/mailboxes/carl/new/*)"
check "stops" stop
done_testing
