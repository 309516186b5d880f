#!/bin/bash
# TLS with other hosts: pneu-remote and pneu-tls alone, beside servers with
# all kinds of certificates, a signed zone (nsd) and a validating resolver
# (unbound). story.py is pneu-send, and the servers, and says the TAP.
. tests/flow/lib.sh
tools/peer build/peers/dnssec unbound ldnsutils nsd >/dev/null ||
    { echo "1..0 # SKIP no unbound, nsd, ldnsutils"; exit 0; }
. build/peers/dnssec/env
export LD_LIBRARY_PATH=$PEER_LIBS
SMTP=$(free_port) DNS=$(free_port) AUTH=$(free_port)

# certificates: a CA, and by it or by nobody those of the servers
C=$T/certs
mkdir -m 755 "$C"
ossl() { LD_LIBRARY_PATH= openssl "$@" 2>>"$C/log" || cat "$C/log"; }
key() { ossl ecparam -name prime256v1 -genkey -noout -out "$C/$1.key"; }
key ca
ossl req -new -x509 -key "$C/ca.key" -subj "/CN=A CA of ours" -days 30 -out "$C/ca.pem"
key other
ossl req -new -x509 -key "$C/other.key" -subj "/CN=A CA of others" -days 30 -out "$C/other.pem"
cert() {	# NAME SAN CA DAYS
	key "$1"
	ossl req -new -key "$C/$1.key" -subj "/CN=$1" -out "$C/$1.csr"
	if [ "$3" = self ]; then
		ossl x509 -req -in "$C/$1.csr" -signkey "$C/$1.key" -out "$C/$1.pem" -days "$4"
	else
		printf 'subjectAltName=DNS:%s\n' "$2" >"$C/$1.ext"
		ossl x509 -req -in "$C/$1.csr" -CA "$C/$3.pem" -CAkey "$C/$3.key" \
		    -CAcreateserial -extfile "$C/$1.ext" -out "$C/$1.pem" -days "$4"
		cat "$C/$3.pem" >>"$C/$1.pem"
	fi
}
cert good h1.safe.test ca 30
cert self - self 30
cert name other.test ca 30
cert old h4.safe.test ca -1
cert foreign h6.safe.test other 30
cert wild '*.wild.test' ca 30
print() { ossl x509 -in "$C/$1.pem" -outform DER | sha256sum | cut -c1-64; }
spki() { ossl x509 -in "$C/$1.pem" -noout -pubkey | ossl pkey -pubin -outform DER |
    sha256sum | cut -c1-64; }

# what the DNS says: N is the server at 127.0.1.N
host() { echo "h$1 A 127.0.1.$1"; }
tlsa() { echo "_$SMTP._tcp.$1 TLSA $2 $3 $4 $5"; }
mx() { echo "$1 MX 10 ${2:-$1}"; }
zone() { printf '$ORIGIN %s.\n$TTL 300\n@ SOA ns root 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\n' "$1"; }
mkdir -m 755 "$T/dns"
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
(cd "$T/dns" && k=$("$PEER/usr/bin/ldns-keygen" -r /dev/urandom -a ECDSAP256SHA256 -k safe.test) &&
    "$PEER/usr/bin/ldns-signzone" safe.test "$k" && cp "$k.ds" anchor && cp "$k.key" anchor.key) >"$T/dns/log" 2>&1 ||
    { cat "$T/dns/log"; echo "Bail out! no signed zone"; exit 1; }
# what the signature of one record does not fit
sed -i "s/\(_tcp.bogus.*TLSA.*\)a\{10\}/\1bbbbbbbbbb/" "$T/dns/safe.test.signed"
cat >"$T/dns/nsd.conf" <<N
server:
	ip-address: 127.0.0.1@$AUTH
	zonesdir: "$T/dns"
	database: ""
	zonelistfile: "$T/dns/zone.list"
	xfrdfile: ""
	xfrdir: "$T/dns"
	pidfile: "$T/dns/nsd.pid"
	chroot: ""
	username: ""
	hide-version: yes
	server-count: 1
remote-control:
	control-enable: no
zone:
	name: safe.test
	zonefile: safe.test.signed
zone:
	name: plain.test
	zonefile: plain.test
N
cat >"$T/dns/unbound.conf" <<U
server:
	interface: 127.0.0.1@$DNS
	access-control: 127.0.0.0/8 allow
	directory: "$T/dns"
	chroot: ""
	username: ""
	pidfile: "$T/dns/unbound.pid"
	use-syslog: no
	logfile: "$T/dns/unbound.log"
	do-not-query-localhost: no
	local-zone: test. transparent
	module-config: "validator iterator"
	trust-anchor-file: "$T/dns/anchor.key"
	val-permissive-mode: no
	num-threads: 1
	so-reuseport: no
	do-ip6: no
remote-control:
	control-enable: no
stub-zone:
	name: safe.test
	stub-addr: 127.0.0.1@$AUTH
stub-zone:
	name: plain.test
	stub-addr: 127.0.0.1@$AUTH
U
"$PEER/usr/sbin/nsd" -d -c "$T/dns/nsd.conf" >"$T/dns/nsd.log" 2>&1 &
later $!
"$PEER/usr/sbin/unbound" -d -c "$T/dns/unbound.conf" >>"$T/dns/log" 2>&1 &
later $!
answers() { "$PEER/usr/bin/drill" -D -p "$DNS" @127.0.0.1 h2.safe.test A | grep -q '^;; flags:.* ad[ ;]'; }
until_true 10 answers || { cat "$T/dns/"*log; echo "Bail out! no DNS"; exit 1; }

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
unset LD_LIBRARY_PATH
/usr/bin/python3 tests/flow/tlsout/story.py "$H" "$T" "$SMTP" "$C"
