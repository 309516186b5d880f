#!/bin/bash
# Dovecot, an IMAP server of another make, reads our Maildir.
. tests/flow/lib.sh
tools/peer build/peers/dovecot dovecot-imapd
. build/peers/dovecot/env
instance <<C
mydestination =
virtual_mailbox_domains = here.test
C
echo 'alice@here.test alice/' >"$H/etc/virtual_mailboxes"
"$H/bin/pneu-conf" compile
check "starts" start
for i in 1 2 3; do
	printf 'From: b@else.test\nSubject: letter %d\n\nFrom here on\n.\nh\303\251\n' $i |
	    "$H/bin/sendmail" -i -f b@else.test alice@here.test
done
check "they arrive" until_true 20 has_files "$H/mailboxes/alice/new" 3
D=$T/dovecot
mkdir -p "$D"
owner=$(stat -c %u "$H/mailboxes/alice")
cat >"$D/dc.conf" <<C
mail_location = maildir:$H/mailboxes/alice
log_path = $D/log
base_dir = $D/base
mail_uid = $owner
mail_gid = $owner
first_valid_uid = 0
default_internal_user = nobody
default_login_user = nobody
ssl = no
C
# an IMAP session, already logged in, on standard input and output
imap() {
	local as=
	[ "$(id -u)" != 0 ] || as="setpriv --reuid $owner --regid $owner --clear-groups"
	{ echo 'a SELECT INBOX'; printf '%s\n' "$@"; echo 'z LOGOUT'; } | sed 's/$/\r/' |
	    HOME=/ USER=alice tools/over build/peers/dovecot $as /usr/lib/dovecot/imap -c "$D/dc.conf" |
	    tr -d '\r'
}
imap 'b FETCH 1:* (RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT)])' >"$T/list"
is "Dovecot sees three letters" "$(sed -n 's/^\* \([0-9]*\) EXISTS/\1/p' "$T/list")" 3
is "subjects" "$(grep ^Subject: "$T/list" | sort)" "Subject: letter 1
Subject: letter 2
Subject: letter 3"
is "a body, octet for octet" "$(imap 'b SEARCH SUBJECT "letter 2"' 'c FETCH 2 BODY.PEEK[TEXT]' |
    sed -n '/BODY\[TEXT\]/,/^)/p' | sed '1d;$d')" "From here on
.
$(printf 'h\303\251')"
is "Dovecot has taken them over" "$(files "$H/mailboxes/alice/cur")" 3
done_testing
