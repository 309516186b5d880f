#!/bin/bash
# Debian's Postfix, Exim and OpenSMTPD, openssl, GnuTLS and swaks, and pneu,
# each way: every level of TLS, mechanism of AUTH and extension that both
# have. "cells", "clients" and "servers" say what; a cell is a letter, and is
# judged by what arrived and by the logs. The table at the end says it all.
#
# All of it runs in namespaces of its own, where ports 25, 53, 465 and 587 are
# free: pneu is 127.0.0.10, Postfix 127.0.1.1, Exim 127.0.1.2, OpenSMTPD
# 127.0.1.3; 127.0.8.x records what is said to 127.0.1.x, and 127.0.9.x takes
# extensions from its EHLO (x is 10 for pneu).
cd "$(dirname "$0")/../../.." || exit
I=tests/interop/net
if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root: users who exist in a mount namespace only"
	exit 0
fi
if [ -z "${INSIDE:-}" ]; then
	tools/peer build/peers/postfix postfix || exit
	tools/peer build/peers/exim-heavy exim4-daemon-heavy libsasl2-modules || exit
	tools/peer build/peers/opensmtpd opensmtpd || exit
	tools/peer build/peers/dnssec unbound ldnsutils nsd || exit
	exec env INSIDE=1 unshare -m -n -u -p -f --mount-proc "$0" "$@"
fi
. tests/flow/lib.sh
ip link set lo up
ip addr add 127.0.1.1/32 dev lo	# or Postfix does not see it
hostname mx.net.test
M=$T/mnt
mkdir "$M"
{
	cat /etc/passwd
	for u in postfix:62901 Debian-exim:62903 opensmtpd:62904 opensmtpq:62905 ann:62906; do
		echo "${u%:*}:x:${u#*:}:${u#*:}::/nonexistent:/usr/sbin/nologin"
	done
} >"$T/passwd"
{ cat /etc/group; printf '%s\n' postfix:x:62901: postdrop:x:62902: Debian-exim:x:62903: \
    opensmtpd:x:62904: opensmtpq:x:62905: ann:x:62906:; } >"$T/group"
echo '127.0.0.1 localhost' >"$T/hosts"
printf 'nameserver 127.0.0.1\noptions trust-ad timeout:2\n' >"$T/resolv.conf"
echo mx.net.test >"$T/mailname"

# a CA, one certificate for all, and its print
C=$T/certs
mkdir "$C"
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$C/$1.key"; }
names=DNS:mx.net.test
for p in postfix exim opensmtpd openssl gnutls swaks smtplib gsasl; do names="$names,DNS:*.$p.in.net.test,DNS:*.$p.out.net.test"; done
echo "subjectAltName=$names" >"$C/ext"
key ca
key mx
{
	openssl req -new -x509 -key "$C/ca.key" -subj "/CN=A CA of ours" -days 30 -out "$C/ca.pem"
	openssl req -new -key "$C/mx.key" -subj /CN=mx.net.test |
	    openssl x509 -req -CA "$C/ca.pem" -CAkey "$C/ca.key" -CAcreateserial -extfile "$C/ext" -days 30 -out "$C/mx.crt"
} 2>"$C/log" || { cat "$C/log"; exit 1; }
cat "$C/mx.key" "$C/mx.crt" "$C/ca.pem" >"$C/mx.pem"
cat "$C/mx.crt" "$C/ca.pem" >"$C/chain.pem"
chmod 600 "$C"/*.key "$C/mx.pem"
SPKI=$(openssl x509 -in "$C/mx.crt" -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum | cut -c1-64)
N=$T/net
mkdir -m 755 "$N"
export SPKI N T C H M
net() { /usr/bin/python3 $I/net.py "$@"; }
net write "$N"

for f in hosts resolv.conf passwd group mailname; do
	[ -e /etc/$f ] || continue
	mount --bind "$T/$f" /etc/$f
done
[ ! -e /etc/ssl/certs/ca-certificates.crt ] || mount --bind "$C/ca.pem" /etc/ssl/certs/ca-certificates.crt
over=
for p in postfix exim-heavy opensmtpd dnssec; do over=$over$TOP/build/peers/$p/usr:; done
mount -t overlay overlay -o "lowerdir=$over/usr" /usr

. $I/dns.sh
. $I/dovecot.sh
for p in postfix exim opensmtpd; do
	mkdir -m 755 "$M/$p"
	$I/$p.sh "$M/$p" >"$M/$p/started" 2>&1 &
done
instance <<S
mynetworks = 127.0.0.0/8
mydestination =
virtual_mailbox_domains = $(cat "$N/domains")
smtpd_tls_chain_files = $C/mx.pem
smtp_tls_CAfile = $C/ca.pem
inet_protocols = ipv4
smtpd_authorized_xclient_hosts = 127.0.0.1
message_size_limit = 1000000
S
sed -i "s|^listen = .*|listen = 127.0.0.10:25 127.0.0.10:26/smtp+proxy 127.0.0.10:587/submission 127.0.0.10:465/submissions|" "$H/etc/pneu.conf"
cp "$N/tls_policy" "$N/routes" "$H/etc"
cp "$N/mailboxes" "$H/etc/virtual_mailboxes"
install -m 640 -g 61005 "$N/sasl_passwd" "$H/etc/sasl_passwd"	# pneur
echo "bob bob@net.test" >"$H/etc/senders"
echo secret | "$H/bin/pneu" passwd -i 4096 add bob
"$H/bin/pneu-conf" compile || exit 1
check "starts" start
check "all peers answer" until_true 40 net ports
[ "$FAILED" = 0 ] || { tail -qn 5 "$M"/*/started "$M/opensmtpd/log" | sed 's/^/# /'; exit 1; }
echo "# ready after $SECONDS s"
net run
rc=$?
echo "# $SECONDS s in all"
exit $rc
