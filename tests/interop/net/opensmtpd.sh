#!/bin/bash
# opensmtpd.sh DIR: Debian's OpenSMTPD at 127.0.1.3, in DIR. It has paths of
# its own in /var, which are its own in a mount namespace.
set -eu
[ -n "${APART:-}" ] || exec env APART=1 unshare -m "$0" "$@"
P=$1
mkdir -p "$P/box" "$P/spool" "$P/lib"
chown ann "$P/box"
mount -t tmpfs -o mode=711 tmpfs /var/spool
mkdir -p "$P/lib/opensmtpd/empty"
mount --bind "$P/lib" /var/lib
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -m 711 /var/spool/smtpd
{
	cat <<C
pki ours cert "$C/chain.pem"
pki ours key "$C/mx.key"
mta limit conn-delay-route 0
mta limit conn-delay-relay 0
table here { $(sed 's/ /, /g' "$N/opensmtpd.domains") }
table who { "@" = ann }
table logins { right = "bob:secret", wrong = "bob:wrong" }
table users { bob = "$(/usr/libexec/opensmtpd/encrypt secret 2>/dev/null || smtpctl encrypt secret)" }
listen on 127.0.1.3 port 25 tls pki ours hostname mx.net.test
listen on 127.0.1.3 port 587 tls-require pki ours auth <users> hostname mx.net.test
listen on 127.0.1.3 port 465 smtps pki ours auth <users> hostname mx.net.test
action "box" maildir "$P/box" virtual <who>
action "may" relay
action "encrypt" relay tls no-verify
action "verify" relay tls
C
	cat "$N/opensmtpd.conf"
	echo 'match from any for domain <here> action "box"
match from any for any action "may"'
} >"$P/conf"
exec smtpd -d -f "$P/conf" >"$P/log" 2>&1
