#!/bin/bash
# tests/flow/mbox: mboxes as Debian has them, in a mail spool of mode 2775
# that belongs to a group: made, locked, appended to, cut back; read by mutt,
# Dovecot, MHonArc and Python; the usual delivery programs as mailbox_command. The
# programs are Debian's packages, unpacked and not installed.
cd "$(dirname "$0")/../../.." || exit 1
[ "$(id -u)" = 0 ] || { echo "1..0 # SKIP not root"; exit 0; }
for p in mutt dovecot-imapd mhonarc procmail maildrop; do
	tools/peer build/peers/${p%-imapd} $p >/dev/null ||
	    echo "# no $p: its part is passed over"
done
exec unshare -m /usr/bin/python3 tests/flow/mbox/mbox.py
