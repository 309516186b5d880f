#!/bin/bash
# MTA-STS (RFC 8461): pneu-remote, pneu-sts and pneu-tls, beside SMTP servers,
# a web server of our own CA, nsd and unbound. story.py is pneu-send, and the
# servers, and says the TAP.
. tests/flow/lib.sh
. tests/flow/dane.sh
WEB=$(free_port)

# domains: NAME MX (hN) [ID]. Each has a policy at 127.0.2.1, see story.py; no
# ID: its record is written below, or there is none.
domains() {
	cat <<D
right 1 1
wild 1 1
chunk 1 1
wrong 2 ${1:-1}
old 2 1
strip 3 ${1:-1}
other 1 1
test 2 1
testclear 3 1
none 2 1
badcert 2 1
away 2 1
moved 2 1
html 2 1
huge 2 1
torn 2 1
dull 2 1
slow 2 1
row 2 1
norecord 2
two 2
late 2 1
D
}
web=$(domains | while read -r d mx id; do [ $d = badcert ] || echo "DNS:mta-sts.$d.plain.test"; done | paste -sd,)
cert good h1.plain.test ca 30
cert self - self 30
cert strip h3.plain.test ca 30
cert web "${web#DNS:},DNS:mta-sts.dane.safe.test,DNS:mta-sts.signed.safe.test" ca 30

plain() {	# ID of those that change
	zone plain.test
	host 1; host 2; host 3
	domains $1 | while read -r d mx id; do
		echo "$d MX 10 h$mx"
		[ $d = away ] || echo "mta-sts.$d A 127.0.2.1"
		[ -z "$id" ] || echo "_mta-sts.$d 0 TXT \"v=STSv1; id=$id;\""
	done
	echo '_mta-sts.right 0 TXT "v=spf1 -all"'
	echo '_mta-sts.two 0 TXT "v=STSv1; id=1;"'
	echo '_mta-sts.two 0 TXT "v=STSv1; " "id=2;"'
} >"$T/dns/plain.test"
{
	zone safe.test
	host 2; host 4
	mx dane h4; tlsa h4 3 1 1 "$(spki self)"
	mx signed h2
	for d in dane signed; do
		echo "mta-sts.$d A 127.0.2.1"; echo "_mta-sts.$d TXT \"v=STSv1; id=1\""
	done
} >"$T/dns/safe.test"
plain 1
sign
serve

instance <<S
smtp_port = $SMTP
dns_servers = 127.0.0.1:$DNS
inet_protocols = ipv4
smtp_connect_timeout = 5
smtp_idle_time = 60
smtp_tls_CAfile = $C/ca.pem
S
echo "row.plain.test may" >"$H/etc/tls_policy"
"$H/bin/pneu-conf" compile || exit 1
cp "$T/dns/plain.test" "$T/dns/plain.1"
plain 2
mv "$T/dns/plain.test" "$T/dns/plain.2"
cp "$T/dns/plain.1" "$T/dns/plain.test"
export PNEU_STS_PORT=$WEB
/usr/bin/python3 tests/flow/sts/story.py "$H" "$T" "$SMTP" "$C" "$WEB" "$NSD"
