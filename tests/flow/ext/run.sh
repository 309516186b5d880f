#!/bin/bash
# The server's extensions with real clients: PROXY by HAProxy and swaks,
# CHUNKING by Exim, SMTPUTF8 by Python's smtplib, and its aiosmtpd behind us.
. tests/flow/lib.sh
tools/peer build/peers/haproxy haproxy
tools/peer build/peers/exim exim4-daemon-light
WITH=$(free_port) WITHOUT=$(free_port) V1=$(free_port) V2=$(free_port) PLAIN=$(free_port) PROXIED=$(free_port)
instance <<C
mydestination =
virtual_mailbox_domains = here.test xn--bcher-kva.test c.test
minimal_backoff_time = 1
relay_domains = relayed.test
mynetworks = 127.0.0.1
listen = 127.0.0.1:$PLAIN 127.0.0.1:$PROXIED/smtp+proxy
smtpd_client_connection_count_limit = 3
C
PORT=$PLAIN
printf '%s\n' 'alice@here.test alice/' 'jörg@here.test joerg/' '李@here.test li/' 'a@xn--bcher-kva.test alice/' \
    's@c.test back/' 'zoë@here.test back/' >"$H/etc/virtual_mailboxes"
echo 'Zürich@here.test jörg@bücher.test' >"$H/etc/virtual"
printf '%s\n' "with.test [127.0.0.1]:$WITH" "xn--mnchen-3ya.test [127.0.0.1]:$WITHOUT" "without.test [127.0.0.1]:$WITHOUT" >"$H/etc/routes"
"$H/bin/pneu-conf" compile 2>/dev/null
check "starts" start
M=$H/mailboxes/alice
say() { /usr/bin/python3 tests/flow/ext/say.py "$@"; }
codes() { grep -v '^...-' | cut -c1-3 | tr '\n' ' '; }
arrives() { until_true 10 has_files "$M/new" "$1"; }

# PROXY
cat >"$T/haproxy.cfg" <<C
global
	log stderr local0 emerg
defaults
	mode tcp
	timeout connect 5s
	timeout client 20s
	timeout server 20s
listen one
	bind 127.0.0.1:$V1
	server pneu 127.0.0.1:$PROXIED send-proxy
listen two
	bind 127.0.0.1:$V2
	server pneu 127.0.0.1:$PROXIED send-proxy-v2 proxy-v2-options unique-id,crc32c
C
(
	. build/peers/haproxy/env
	LD_LIBRARY_PATH=$PEER_LIBS exec "$PEER/usr/sbin/haproxy" -db -f "$T/haproxy.cfg" >"$T/haproxy.log" 2>&1
) &
later $!
ready() { say "$V1" 127.0.0.5 </dev/null | grep -q '^220' && say "$V2" 127.0.0.5 </dev/null | grep -q '^220'; }
check "HAProxy is there" until_true 10 ready
LETTER='EHLO c.test\r\nMAIL FROM:<s@c.test>\r\nRCPT TO:<alice@here.test>\r\n'
n=0
for p in "$V1" "$V2"; do
	n=$((n + 1))
	is "HAProxy, version $n: a stranger may not relay" \
	    "$(printf "$LETTER"'RCPT TO:<x@far.test>\r\nDATA\r\na: b\r\n\r\nx\r\n.\r\nQUIT\r\n' | say "$p" "127.0.0.$((6 + n))" | codes)" \
	    "220 250 250 250 554 354 250 221 "
	is "version $n: a friend may" \
	    "$(printf 'EHLO c.test\r\nMAIL FROM:<s@c.test>\r\nRCPT TO:<x@far.test>\r\nQUIT\r\n' | say "$p" 127.0.0.1 | codes)" \
	    "220 250 250 250 221 "
	check "it arrives" arrives $n
	check "from whom it came" grep -q "unknown \[127.0.0.$((6 + n))\]" -r "$M/new"
done
rm -f "$M"/new/*
is "connections are the client's, not the proxy's" "$(say "$V2" 127.0.0.9 6 </dev/null | sort | uniq -c | sed 's/^ *//; s/ESMTP.*//')" \
    "$(printf '3 220 mx.pneu.test \n3 421 4.7.0 mx.pneu.test Error: too many connections from 127.0.0.9')"
H4='PROXY TCP4 192.0.2.7 192.0.2.1 4000 25\r\n'
swak() { swaks --server 127.0.0.1 --port "$PROXIED" --from s@c.test --to alice@here.test "$@" >"$T/swaks" 2>&1; }
check "swaks, version 1" swak --proxy-version 1 --proxy-family TCP4 --proxy-source 192.0.2.7 \
    --proxy-source-port 4000 --proxy-dest 192.0.2.1 --proxy-dest-port 25
check "swaks, version 2, IPv6" swak --proxy-version 2 --proxy-family AF_INET6 --proxy-source 2001:db8::7 \
    --proxy-source-port 4000 --proxy-dest 2001:db8::1 --proxy-dest-port 25
check "they arrive" arrives 2
check "from there" sh -c "grep -q 'unknown \[192.0.2.7\]' -r '$M/new' && grep -q 'unknown \[IPv6:2001:db8::7\]' -r '$M/new'"
rm -f "$M"/new/*
is "header and commands in one, octet by octet" \
    "$(printf "$H4""$LETTER"'QUIT\r\n' | say "$PROXIED" 127.0.0.1 1 1 | codes)" "220 250 250 250 221 "
is "UNKNOWN: taken, and nobody is trusted" \
    "$(printf 'PROXY UNKNOWN\r\nEHLO c.test\r\nMAIL FROM:<>\r\nRCPT TO:<x@far.test>\r\nQUIT\r\n' | say "$PROXIED" 127.0.0.1 | codes)" \
    "220 250 250 554 221 "
is "version 2, LOCAL: the proxy itself" \
    "$(printf '\r\n\r\n\0\r\nQUIT\n\x20\0\0\0EHLO c.test\r\nMAIL FROM:<>\r\nRCPT TO:<x@far.test>\r\nQUIT\r\n' | say "$PROXIED" 127.0.0.1 | codes)" \
    "220 250 250 250 221 "
is "no header" "$(printf 'EHLO c.test\r\nQUIT\r\n' | say "$PROXIED" 127.0.0.1)" ""
check "it is logged" logged 'haproxy read: not a PROXY header: closing connection from \[127.0.0.1\]'
is "a stranger who says that he is a proxy" "$(printf "$H4"'EHLO c.test\r\n' | say "$PROXIED" 127.0.0.2)" ""
check "it is logged" logged 'not a trusted proxy, as of mynetworks: closing connection from 127.0.0.2'
is "no PROXY where none is expected" "$(printf "$H4"'QUIT\r\n' | say "$PLAIN" 127.0.0.1 | codes)" "220 500 221 "

# CHUNKING
mkdir -p "$T/exim"
U=$(id -u) G=$(id -g)
if [ "$U" = 0 ]; then	# it sends nothing as root
	U=65534 G=65534
	chown $U:$G "$T/exim"
fi
cat >"$T/exim.conf" <<C
exim_path = $TOP/build/peers/exim/usr/sbin/exim4
exim_user = $U
exim_group = $G
trusted_users = $(id -u)
spool_directory = $T/exim
log_file_path = $T/exim/%slog
primary_hostname = exim.test
qualify_domain = exim.test
keep_environment = PATH : LD_LIBRARY_PATH
tls_advertise_hosts =
begin routers
all:
	driver = manualroute
	route_list = * 127.0.0.1
	transport = out
	self = send
begin transports
out:
	driver = smtp
	port = $PLAIN
	hosts_try_chunking = *
	hosts_avoid_tls = *
	hosts_try_prdr =
begin retry
* * F,1h,1m
C
exim() (
	. build/peers/exim/env
	LD_LIBRARY_PATH=$PEER_LIBS exec "$PEER/usr/sbin/exim4" -C "$T/exim.conf" "$@"
)
seq -f %070.0f 5000 >"$T/body"
{ printf 'From: s@exim.test\nTo: alice@here.test\nSubject: chunks\n\n.dot\n..\n.\n'; cat "$T/body"; } >"$T/mail"
if exim -odi -oi -f s@exim.test alice@here.test <"$T/mail" >"$T/exim.out" 2>&1 && arrives 1; then
	pass "Exim's letter arrives"
	is "whole" "$(sed '1,/^$/d' "$M"/new/* | cksum)" "$(sed '1,/^$/d' "$T/mail" | cksum)"
	check "by BDAT" logged 'disconnect from unknown\[127.0.0.1\] ehlo=1 mail=1 rcpt=1 quit=1 bdat=[1-9]'
else
	fail "Exim's letter arrives"; sed 's/^/# /' "$T/exim.out" "$T/exim/mainlog"
fi
# SMTPUTF8
rm -rf "$M"
mkdir "$T/peers" && chmod 777 "$T/peers"
/usr/bin/python3 tests/flow/ext/peers.py "$T/peers" "$WITH" "$WITHOUT" >"$T/peers.log" 2>&1 &
later $!
export PYTHONIOENCODING=utf-8 PYTHONUTF8=1
utf8() { /usr/bin/python3 tests/flow/ext/utf8.py "$PORT" "$@"; }
got() { until_true 10 has_files "$H/mailboxes/$1/new" "$2"; }
is "UTF-8 to a mailbox" "$(utf8 李@c.test jörg@here.test Grüße)" sent
check "it arrives" got joerg 1
check "as it was sent" sh -c "grep -q '^Subject: Grüße' '$H'/mailboxes/joerg/new/* && grep -q '^Return-Path: <李@c.test>' '$H'/mailboxes/joerg/new/*"
check "with UTF8SMTP" grep -q "with UTF8SMTP id" -r "$H/mailboxes/joerg/new"
is "a domain of U-labels" "$(utf8 s@c.test a@BÜCHER.test x)" sent
check "it arrives" got alice 1
is "an unknown name" "$(utf8 s@c.test jürg@here.test x)" \
    "550 5.1.1 <j??rg@here.test>: Recipient address rejected: User unknown in virtual mailbox table"
is "without the parameter" "$(utf8 jörg@here.test a@here.test x no)" "553 5.6.7 Address is not ASCII"
check "peers are there" until_true 10 [ -e "$T/peers/ready" ]
peer() { until_true 10 has_one "$1"; }
has_one() { ls "$T/peers/$1".* >/dev/null 2>&1; }
is "to a host with SMTPUTF8" "$(utf8 李@here.test jörg@with.test Grüße)" sent
check "it goes there" peer with
is "as UTF-8" "$(sed '/^$/,$d' "$T"/peers/with.* | tr -d '\r' | grep -v '^SIZE' | tr '\n' ' ')" "李@here.test BODY=8BITMIME SMTPUTF8 jörg@with.test "
is "to one without, what does not need it" "$(utf8 s@c.test a@münchen.test ascii)" sent
check "it goes there" peer without
is "by its A-label" "$(sed '/^$/,$d' "$T"/peers/without.* | tr -d '\r' | grep -v '^SIZE' | tr '\n' ' ')" "s@c.test BODY=8BITMIME a@xn--mnchen-3ya.test "
is "and what does" "$(utf8 zoë@here.test jörg@without.test Grüße)" sent
check "is returned" got back 1
is "internationalized (RFC 6533)" "$(/usr/bin/python3 tests/flow/ext/report.py "$H"/mailboxes/back/new/*)" \
"multipart/report delivery-status
text/plain message/global-delivery-status message/global-headers
X-Pneu-Sender: utf-8; zoë@here.test
Final-Recipient: utf-8; jörg@without.test
Status: 5.6.7
people: jörg@without.test"
check "logged" logged 'dsn=5.6.7, status=bounced \(SMTPUTF8 is required, but was not offered by host 127.0.0.1'
rm -f "$H"/mailboxes/back/new/* "$H"/mailboxes/joerg/new/* "$T"/peers/with*
is "by sendmail" "$(printf 'From: zoë@here.test\nTo: 李@with.test, Jörg <jörg@here.test>\n\nx\n' |
    PNEU_HOME=$H "$H/bin/pneu-sendmail" -f zoë@here.test -t 2>&1)" ""
check "they arrive" got joerg 1
check "there, too" peer with
is "as UTF-8" "$(sed '/^$/,$d' "$T"/peers/with.* | tr -d '\r' | grep -v '^SIZE' | tr '\n' ' ')" "zoë@here.test BODY=8BITMIME SMTPUTF8 李@with.test "

# LIMITS
rm -f "$T"/peers/*
check "a letter for three" sh -c "printf 'Subject: x\\n\\nx\\n' | PNEU_HOME=$H '$H/bin/pneu-sendmail' -f s@c.test a@without.test b@without.test c@without.test"
three() { [ "$(ls "$T/peers" | grep -c without)" = 3 ]; }
check "goes in three" until_true 10 three
is "on three connections" "$(sort -u "$T/peers/clients" | wc -l)" 3
check "stops" stop
done_testing
