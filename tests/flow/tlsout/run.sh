#!/bin/bash
# TLS with other hosts: pneu-remote and pneu-tls alone, beside servers with
# all kinds of certificates, a signed zone (nsd) and a validating resolver
# (unbound). story.py is pneu-send, and the servers, and says the TAP.
. tests/flow/lib.sh
. tests/flow/dane.sh

cert good h1.safe.test ca 30
cert self - self 30
cert name other.test ca 30
cert old h4.safe.test ca -1
cert foreign h6.safe.test other 30
cert wild '*.wild.test' ca 30

# what the DNS says: N is the server at 127.0.1.N
{
	zone safe.test
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do host $i; done
	mx @ h1
	mx ee h2; tlsa h2 3 1 1 "$(spki self)"
	mx eeold h4; tlsa h4 3 0 1 "$(print old)"
	mx eewrong h3; tlsa h3 3 1 1 "$(spki good)"
	mx ta h1; tlsa h1 2 0 1 "$(print ca)"
	echo "taname A 127.0.1.3"; tlsa taname 2 0 1 "$(print ca)"
	echo "taother A 127.0.1.6"; tlsa taother 2 0 1 "$(print ca)"
	echo "both A 127.0.1.1"; tlsa both 3 1 1 "$(spki self)"; tlsa both 3 1 1 "$(spki good)"
	mx none h10
	mx strip h5; tlsa h5 3 1 1 "$(spki self)"
	echo "pkix A 127.0.1.2"; tlsa pkix 1 1 1 "$(spki good)"
	echo "odd A 127.0.1.2"; tlsa odd 3 1 9 abcd
	echo "bogus A 127.0.1.2"; tlsa bogus 3 1 1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
	mx next bogus; echo "next MX 20 h2"
	mx alias al; echo "al CNAME h2"
	mx out h2.plain.test.
	mx cn cn2; echo "cn2 CNAME h2.plain.test."; tlsa cn2 3 1 1 "$(spki self)"
	mx cnwrong cn3; echo "cn3 CNAME h2.plain.test."; tlsa cn3 3 1 1 "$(spki good)"
	mx cnnone cn4; echo "cn4 CNAME h2.plain.test."
	mx only h2; mx onlynone h10
} >"$T/dns/safe.test"
{
	zone plain.test
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do host $i; done
	mx in h3.safe.test.
	tlsa h2 3 1 1 "$(spki good)"
	for i in 1 2 3 4 5 6 7 8 9; do
		for w in may enc ver sec fp none only nextver; do echo "$w$i MX 10 h$i.safe.test."; done
	done
	echo "two MX 10 h6.safe.test."; echo "two MX 20 h1.safe.test."
} >"$T/dns/plain.test"
sign
# what the signature of one record does not fit
sed -i "s/\(_tcp.bogus.*TLSA.*\)a\{10\}/\1bbbbbbbbbb/" "$T/dns/safe.test.signed"
serve

instance <<S
smtp_port = $SMTP
dns_servers = 127.0.0.1:$DNS
inet_protocols = ipv4
smtp_helo_timeout = 5
smtp_connect_timeout = 5
smtp_idle_time = 60
smtp_tls_CAfile = $C/ca.pem
S
{
	for i in 1 2 3 4 5 6 7 8 9; do
		echo "enc$i.plain.test encrypt"
		echo "ver$i.plain.test verify"
		echo "sec$i.plain.test secure match=h$i.safe.test"
		echo "none$i.plain.test none"
		echo "only$i.plain.test dane-only"
		echo "nextver$i.plain.test secure"
		echo "may$i.plain.test may"
	done
	echo "two.plain.test verify"
	echo "fp1.plain.test fingerprint match=$(print self)|$(print good)"
	echo "fp2.plain.test fingerprint match=$(spki self)"
	echo "fp3.plain.test fingerprint match=$(print self)"
	echo "only.safe.test dane-only"
	echo "[127.0.1.2]:$SMTP encrypt"
	echo "[h3.safe.test] secure match=.safe.test"
	echo "[h11.safe.test] encrypt"
	echo "[h12.safe.test] encrypt"
	echo "[h13.safe.test] encrypt"
	echo "[h9.plain.test] secure match=x.wild.test"
	echo "onlynone.safe.test dane-only"
} >"$H/etc/tls_policy"
PNEU_HOME=$H "$H/bin/pneu-conf" compile || exit 1
/usr/bin/python3 tests/flow/tlsout/story.py "$H" "$T" "$SMTP" "$C"
