# dns.sh: a signed zone net.test of what net.py says (nsd, port 5300), and a
# validating resolver (unbound, port 53); for "." in run.sh
D=$T/dns
mkdir -m 755 "$D"
cp "$N/zone" "$D/net.test"
(cd "$D" && k=$(ldns-keygen -r /dev/urandom -a ECDSAP256SHA256 -k net.test) &&
    ldns-signzone net.test "$k" && cp "$k.key" anchor) >"$D/log" 2>&1 ||
    { cat "$D/log"; echo "Bail out! no signed zone"; exit 1; }
cat >"$D/nsd.conf" <<N
server:
	ip-address: 127.0.0.1@5300
	zonesdir: "$D"
	database: ""
	zonelistfile: "$D/zone.list"
	xfrdfile: ""
	xfrdir: "$D"
	pidfile: "$D/nsd.pid"
	chroot: ""
	username: ""
	server-count: 1
remote-control:
	control-enable: no
zone:
	name: net.test
	zonefile: net.test.signed
N
cat >"$D/unbound.conf" <<U
server:
	interface: 127.0.0.1@53
	access-control: 127.0.0.0/8 allow
	directory: "$D"
	chroot: ""
	username: ""
	pidfile: "$D/unbound.pid"
	use-syslog: no
	logfile: "$D/unbound.log"
	do-not-query-localhost: no
	local-zone: test. transparent
	module-config: "validator iterator"
	trust-anchor-file: "$D/anchor"
	num-threads: 1
	do-ip6: no
remote-control:
	control-enable: no
stub-zone:
	name: net.test
	stub-addr: 127.0.0.1@5300
U
nsd -d -c "$D/nsd.conf" >"$D/nsd.log" 2>&1 &
later $!
unbound -d -c "$D/unbound.conf" >>"$D/log" 2>&1 &
later $!
