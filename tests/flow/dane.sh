# tests/flow/dane.sh: certificates, a signed zone and one that is not (nsd), a
# validating resolver (unbound); for "." behind lib.sh. Ends the story where
# there are no such programs.
#
#	C	directory of certificates: ca, other, and those of cert
#	DNS	port of the resolver, whose AUTH is nsd
#	SMTP	a free port
tools/peer build/peers/dnssec unbound ldnsutils nsd >/dev/null ||
    { echo "1..0 # SKIP no unbound, nsd, ldnsutils"; exit 0; }
. build/peers/dnssec/env
export LD_LIBRARY_PATH=$PEER_LIBS
SMTP=$(free_port) DNS=$(free_port) AUTH=$(free_port)
mkdir -m 755 "$T/dns"

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
print() { ossl x509 -in "$C/$1.pem" -outform DER | sha256sum | cut -c1-64; }
spki() { ossl x509 -in "$C/$1.pem" -noout -pubkey | ossl pkey -pubin -outform DER |
    sha256sum | cut -c1-64; }
# what the DNS says
host() { echo "h$1 A 127.0.1.$1"; }
tlsa() { echo "_$SMTP._tcp.$1 TLSA $2 $3 $4 $5"; }
mx() { echo "$1 MX 10 ${2:-$1}"; }
zone() { printf '$ORIGIN %s.\n$TTL 300\n@ SOA ns root 1 60 60 600 5\n@ NS ns\nns A 127.0.0.1\n' "$1"; }

# sign: the zone file safe.test
sign() {
	(cd "$T/dns" && k=$("$PEER/usr/bin/ldns-keygen" -r /dev/urandom -a ECDSAP256SHA256 -k safe.test) &&
	    "$PEER/usr/bin/ldns-signzone" safe.test "$k" && cp "$k.ds" anchor && cp "$k.key" anchor.key) >"$T/dns/log" 2>&1 ||
	    { cat "$T/dns/log"; echo "Bail out! no signed zone"; exit 1; }
}

# serve: safe.test, signed, and plain.test; NSD is who reads them anew at SIGHUP
serve() {
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
	NSD=$!
	later $NSD
	"$PEER/usr/sbin/unbound" -d -c "$T/dns/unbound.conf" >>"$T/dns/log" 2>&1 &
	later $!
	answers() { "$PEER/usr/bin/drill" -D -p "$DNS" @127.0.0.1 h2.safe.test A | grep -q '^;; flags:.* ad[ ;]'; }
	until_true 10 answers || { cat "$T/dns/"*log; echo "Bail out! no DNS"; exit 1; }
	unset LD_LIBRARY_PATH
}
