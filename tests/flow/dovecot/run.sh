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
cat >"$D/dc.conf" <<C
mail_location = maildir:$H/mailboxes/alice
log_path = $D/log
base_dir = $D/base
first_valid_uid = 0
default_internal_user = nobody
default_login_user = nobody
ssl = no
mail_plugin_dir = $PEER/usr/lib/dovecot/modules
C
doveadm() {
	LD_LIBRARY_PATH=$PEER_LIBS "$PEER/usr/bin/doveadm" -c "$D/dc.conf" "$@"
}
is "subjects" "$(USER=root doveadm -f flow fetch hdr.subject all | sort)" "hdr.subject=letter 1
hdr.subject=letter 2
hdr.subject=letter 3"
is "body" "$(USER=root doveadm fetch text.utf8 header subject 'letter 2' | tail -n 3)" "From here on
.
$(printf 'h\303\251')"
done_testing
