#!/bin/bash
# TLS: pneu-tls and pneu-key beside OpenSSL, GnuTLS, swaks and Python as
# clients, and openssl s_server as a server.
. tests/flow/lib.sh
P="/usr/bin/python3 tests/flow/tls/tls.py"
V=TLSv1.2 CIPHER='ECDHE-(EC|R)[DS][SA]A?-[A-Z0-9-]+' END=')'
case ${PNEU_TLS:-$(sed -n 1p conf-tls)} in
openssl) V=TLSv1.3 CIPHER='TLS_[A-Z0-9_]+' END= ;;
esac
C=$T/certs
mkdir "$C"

# pair NAME TYPE HOST: a key and its certificate
pair() {
	case $2 in
	ec) openssl ecparam -name prime256v1 -genkey -noout -out "$C/$1.key" ;;
	rsa) openssl genrsa -out "$C/$1.key" 2048 ;;
	esac 2>/dev/null
	openssl req -x509 -key "$C/$1.key" -days "${4:-60}" -subj "/CN=$3" \
	    -addext "subjectAltName=DNS:$3" -out "$C/$1.crt" 2>/dev/null
	cat "$C/$1.key" "$C/$1.crt" >"$C/$1.pem"
	chmod 600 "$C/$1.key" "$C/$1.pem"
}
pair ec ec mx.pneu.test
pair rsa rsa mx.pneu.test
pair ec2 ec other.test
pair rsa2 rsa other.test
pair ec3 ec third.test
pair new ec mx.pneu.test
# a chain of more than a record of ours has
cat "$C/rsa2.crt" "$C/rsa2.crt" "$C/rsa2.crt" "$C/rsa2.crt" "$C/rsa2.crt" "$C/rsa2.crt" >"$C/more"
pair long ec long.test
cat "$C/more" >>"$C/long.pem"
pair soon ec mx.pneu.test 5
print() { openssl x509 -in "$C/$1.crt" -noout -fingerprint -sha256; }

SPORT=$(free_port)
instance <<S
mydestination =
virtual_mailbox_domains = here.test
smtpd_tls_chain_files = $C/ec.pem, $C/rsa.key $C/rsa.crt, $C/ec2.pem, $C/rsa2.pem, $C/ec3.pem, $C/long.pem
smtp_tls_CAfile = $C/ca.pem
S
sed -i "s|^listen = .*|& 127.0.0.1:$SPORT/smtps|" "$H/etc/pneu.conf"
cat "$C/new.crt" "$C/ec.crt" >"$C/ca.pem"
printf 'alice@here.test alice/\n' >"$H/etc/virtual_mailboxes"
# what pneu-conf says of keys and certificates, and where
cp "$H/etc/pneu.conf" "$T/pneu.conf"
chains() {
	sed "s|^smtpd_tls_chain_files = .*|smtpd_tls_chain_files = $1|" "$T/pneu.conf" >"$H/etc/pneu.conf"
	"$H/bin/pneu-conf" check 2>&1 | sed -n "s|^$H/etc/||; s|:[0-9]*:|:N:|; s|$C/||; /chain_files/p"
}
is "a key that does not fit" "$(chains "$C/ec.pem $C/rsa.key $C/ec.crt")" \
    "pneu.conf:N:$((28 + 2 * ${#C} + 14)): smtpd_tls_chain_files: ec.crt: the private key does not fit the certificate"
is "a certificate that expires soon" "$(chains "$C/soon.pem")" \
    "pneu.conf:N:25: warning: smtpd_tls_chain_files: soon.pem: the certificate expires within 14 days"
is "a file that is not there" "$(chains "$C/none.pem")" \
    "pneu.conf:N:25: smtpd_tls_chain_files: unable to read none.pem: No such file or directory"
openssl ec -aes128 -passout pass:x -in "$C/ec.key" -out "$C/shut.pem" 2>/dev/null
is "an encrypted key" "$(chains "$C/shut.pem")" \
    "pneu.conf:N:25: smtpd_tls_chain_files: shut.pem: a private key that is encrypted: nobody is there to type its passphrase"
cp "$C/ec.pem" "$C/open.pem"; chmod 644 "$C/open.pem"
is "a key that everybody can read" "$(chains "$C/open.pem")" \
    "pneu.conf:N:25: warning: smtpd_tls_chain_files: open.pem: everybody can read the private key: expected mode 0640 or 0600"
is "a certificate without a key" "$(chains "$C/ec.crt")" \
    "pneu.conf:N:25: smtpd_tls_chain_files: ec.crt: a certificate with no private key before it"
is "no certificate where TLS comes first" "$(chains "" | sed 's/:[0-9]*: warning/: warning/')" \
    "pneu.conf:N: warning: smtpd_tls_chain_files is empty, but listen has 127.0.0.1:$SPORT/smtps: TLS comes first there, so every connection will be closed"
cp "$T/pneu.conf" "$H/etc/pneu.conf"
is "what is right" "$("$H/bin/pneu-conf" check 2>&1 | grep chain)" ""
"$H/bin/pneu-conf" compile
check "starts" start
M=$H/mailboxes/alice
offered() { $P offers $PORT; }
not_offered() { ! $P offers $PORT; }
check "STARTTLS is offered" until_true 20 offered

# other people's clients
check "swaks delivers by STARTTLS" swaks --silent 1 --tls --server 127.0.0.1:$PORT \
    --from bob@else.test --to alice@here.test --header 'Subject: swaks'
check "and by implicit TLS" swaks --silent 1 --tlsc --server 127.0.0.1 -p $SPORT \
    --from bob@else.test --to alice@here.test --header 'Subject: swaks'
check "both arrive" until_true 20 has_files "$M/new" 2
f=$(ls "$M"/new/* | head -1)
check "Received says so" grep -qE "^\s+\(using $V with cipher $CIPHER \([0-9]+/[0-9]+ bits\)${END:+\\$END}\$" "$f"
[ $V = TLSv1.2 ] || check "and how the key came about" grep -qE \
    '^\s+key-exchange X25519 server-signature ECDSA \(P-256\) server-digest SHA256\)$' "$f"
check "ESMTPS" grep -q 'with ESMTPS id' "$f"
check "the log, too" logged 'smtpd\[[0-9]+\]: Anonymous TLS connection established from unknown\[127.0.0.1\]: '$V' with cipher '"$CIPHER"

s_client() { (echo "QUIT"; sleep 0.2) | timeout 10 openssl s_client -crlf -connect "$@" 2>&1; }
served() { s_client 127.0.0.1:$PORT -starttls smtp -tls1_2 "$@" | openssl x509 -noout -fingerprint -sha256 2>&1; }
is "ECDSA" "$(served -cipher ECDHE-ECDSA-AES128-GCM-SHA256)" "$(print ec)"
is "RSA beside it" "$(served -cipher ECDHE-RSA-AES256-GCM-SHA384)" "$(print rsa)"
is "another name, ECDSA" "$(served -servername other.test -cipher ECDHE-ECDSA-CHACHA20-POLY1305)" "$(print ec2)"
is "another name, RSA" "$(served -servername OTHER.test -cipher ECDHE-RSA-AES128-GCM-SHA256)" "$(print rsa2)"
is "a long chain" "$(served -servername long.test)" "$(print long)"
is "in short records (RFC 6066)" "$(served -servername long.test -maxfraglen 512)" "$(print long)"
is "resumed, too" "$(rm -f "$T/sess"; s_client 127.0.0.1:$PORT -starttls smtp -tls1_2 -servername long.test -maxfraglen 512 -sess_out "$T/sess" >/dev/null
    s_client 127.0.0.1:$PORT -starttls smtp -tls1_2 -servername long.test -maxfraglen 512 -sess_in "$T/sess" | grep -c '^Reused, TLSv1.2')" 1
is "a third" "$(served -servername third.test -cipher ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256)" "$(print ec3)"
[ $V = TLSv1.3 ] || is "by a client who cannot use its key: any other" \
    "$(served -servername third.test -cipher ECDHE-RSA-AES128-GCM-SHA256)" "$(print rsa)"
is "a name that is nobody's" "$(served -servername x.test -cipher ECDHE-ECDSA-AES128-GCM-SHA256)" "$(print ec)"
is "no key exchange by RSA" "$(s_client 127.0.0.1:$PORT -starttls smtp -tls1_2 -cipher AES128-SHA | grep -c 'Cipher is (NONE)')" 1
is "no TLS 1.1" "$(s_client 127.0.0.1:$PORT -starttls smtp -tls1_1 -cipher ALL:@SECLEVEL=0 | grep -c 'Cipher is (NONE)')" 1
is "implicit TLS" "$(s_client 127.0.0.1:$SPORT -quiet | grep -c '^220 mx.pneu.test')" 1
# of TLS 1.3 it comes after the handshake
begin() { rm -f "$T/sess"; (until_true 5 test -s "$T/sess"; echo QUIT) |
    timeout 10 openssl s_client -connect 127.0.0.1:$PORT -starttls smtp -sess_out "$T/sess" "$@" 2>&1; }
begin >/dev/null
is "a session is resumed" "$(s_client 127.0.0.1:$PORT -starttls smtp -sess_in "$T/sess" | grep -c "^Reused, $V")" 1
is "not under another name" "$(s_client 127.0.0.1:$PORT -starttls smtp -sess_in "$T/sess" -servername other.test | grep -oE '^(New|Reused), TLSv1..')" "New, $V"
begin -servername other.test >/dev/null
is "nor one of that name under none" "$(s_client 127.0.0.1:$PORT -starttls smtp -sess_in "$T/sess" -noservername | grep -oE '^(New|Reused), TLSv1..')" "New, $V"
is "under its own it is" "$(s_client 127.0.0.1:$PORT -starttls smtp -sess_in "$T/sess" -servername OTHER.test | grep -oE '^(New|Reused), TLSv1..')" "Reused, $V"
if [ $V = TLSv1.3 ]; then
	for a in "ec ecdsa_secp256r1_sha256" "rsa rsa_pss_rsae_sha256" "rsa rsa_pss_rsae_sha512"; do
		is "TLS 1.3, ${a#* }" "$(s_client 127.0.0.1:$PORT -starttls smtp -tls1_3 -sigalgs ${a#* } |
		    openssl x509 -noout -fingerprint -sha256 2>&1)" "$(print ${a% *})"
	done
	is "TLS 1.2, RSA-PSS" "$(served -sigalgs rsa_pss_rsae_sha384)" "$(print rsa)"
	is "a TLS 1.2 session" "$(begin -tls1_2 | grep -c '^New, TLSv1.2')" 1
	is "is resumed" "$(s_client 127.0.0.1:$PORT -starttls smtp -tls1_2 -sess_in "$T/sess" | grep -c '^Reused, TLSv1.2')" 1
	is "not under another name" "$(s_client 127.0.0.1:$PORT -starttls smtp -tls1_2 -sess_in "$T/sess" -servername other.test | grep -c '^New, TLSv1.2')" 1
fi
if command -v gnutls-cli >/dev/null; then
	(echo QUIT; until_true 5 grep -q ^221 "$T/gnutls") | timeout 10 gnutls-cli --crlf \
	    --no-ca-verification --starttls-proto=smtp -p $PORT 127.0.0.1 >"$T/gnutls" 2>&1
	is "GnuTLS" "$(grep -c '^221 2.0.0 Bye' "$T/gnutls")" 1
else
	skip "GnuTLS" "no gnutls-cli"
fi

# what strangers try
check "what came in clear behind STARTTLS is nothing" $P inject $PORT
check "and logged" logged 'improper command pipelining after STARTTLS from unknown\[127.0.0.1\]'
check "garbage for a handshake" $P garbage $PORT
check "those who hang in the handshake keep nobody" $P hang $PORT
check "a big letter, a slow reader, last words" $P big $PORT "$M/new"

# encrypt
echo "smtpd_tls_security_level = encrypt" >>"$H/etc/pneu.conf"
"$H/bin/pneu-conf" compile
s6-svc -h "$(stage pneu-listen)"
needed() { $P needed $PORT; }
check "smtpd_tls_security_level = encrypt" until_true 10 needed
sed -i '$d' "$H/etc/pneu.conf"
"$H/bin/pneu-conf" compile
s6-svc -h "$(stage pneu-listen)"
not_needed() { ! needed; }
check "and may again" until_true 10 not_needed

# renewal, with a connection open
renew() {	# NAME PATTERN: put it in ec.pem's place
	cp "$C/$1" "$C/ec.tmp" && mv "$C/ec.tmp" "$C/ec.pem"
	s6-svc -h "$(stage pneu-key)"
	until_true 15 logged "$2"
}
mkfifo "$T/go"
$P keep $PORT "$T/go" >"$T/keep.out" 2>&1 &
KEEPER=$!
until_true 10 grep -q ready "$T/keep.out"
cat "$C/ec.key" "$C/rsa.crt" >"$C/broken"
check "a pair that does not fit is told" renew broken \
    "key\[[0-9]+\]: warning: $C/ec.pem: the private key does not fit the certificate; the former pair stays"
is "and the old one stays" "$(served -cipher ECDHE-ECDSA-AES128-GCM-SHA256)" "$(print ec)"
echo rubbish >"$C/rubbish"
check "so is rubbish" renew rubbish "unable to use $C/ec.pem: no PEM object"
is "and the old one stays still" "$(served -cipher ECDHE-ECDSA-AES128-GCM-SHA256)" "$(print ec)"
cp "$C/new.pem" "$C/ec.tmp" && mv "$C/ec.tmp" "$C/ec.pem"
s6-svc -h "$(stage pneu-key)"
is_new() { [ "$(served -cipher ECDHE-ECDSA-AES128-GCM-SHA256)" = "$(print new)" ]; }
check "a new one is taken up" until_true 15 is_new
echo go >"$T/go"
wait $KEEPER
is "the open connection did not notice" "$?" 0

# the key's octets are nowhere else
if [ "$(id -u)" = 0 ]; then
	check "private keys are in pneu-key's memory only" $P memory "$H" "$C/new.key" "$C/rsa.key" "$C/rsa2.key" "$C/ec2.key"
	if command -v strace >/dev/null; then
		s6-svstat -o pid "$(stage pneu-key)" >"$T/pid"
		strace -f -s 300 -o "$T/strace" -p "$(cat "$T/pid")" 2>"$T/strace.err" &
		S=$!
		until_true 10 grep -q attached "$T/strace.err"
		swaks --silent 3 --tls --server 127.0.0.1:$PORT --from secret-bob@else.test \
		    --to alice@here.test --header 'Subject: secret-subject' --body secret-body >/dev/null
		kill $S; wait $S 2>/dev/null
		is "its system calls show no mail" "$(grep -c 'secret\|alice' "$T/strace")" 0
		check "but signatures" grep -q 'digest=' "$T/strace"
		is "and nothing else" "$(sed 's/^[0-9]* *//; s/(.*//; /^[-+<]/d' "$T/strace" | sort -u | grep -vE '^(poll|ppoll|recvmsg|sendmsg|restart_syscall|clock_gettime|stat|newfstatat)$' | tr '\n' ' ')" ""
	fi
else
	skip "private keys are in pneu-key's memory only" "needs root"
fi

# who cannot hand on what came waits, and does not turn in circles
if [ "$(id -u)" = 0 ] && command -v strace >/dev/null; then
	smtpds=$(pgrep -f "^$H/bin/pneu-smtpd|^pneu-smtpd" | while read -r p; do
	    [ "$(readlink /proc/$p/exe)" != "$H/bin/pneu-smtpd" ] || echo "$p"; done)
	$P stuck $PORT "$T/stuck" $smtpds >"$T/stuck.out" 2>&1 &
	STUCK=$!
	until_true 20 test -s "$T/stuck"
	timeout -s INT 1 strace -e trace=poll,ppoll -o "$T/spins" -p "$(s6-svstat -o pid "$(stage pneu-tls)")" 2>/dev/null
	: >"$T/stuck"
	wait $STUCK
	is "a letter whose reader sleeps" "$?" 0
	check "costs no time meanwhile" [ "$(wc -l <"$T/spins")" -lt 20 ]
else
	skip "a letter whose reader sleeps" "needs root, strace"
fi

# the client's side
$P client "$H" "$C" >"$T/client.out" 2>&1
while read -r r what; do
	case $r in
	ok) pass "client: $what" ;;
	*) fail "client: $r $what" ;;
	esac
done <"$T/client.out"
is "all of the client's side was asked" "$(grep -c '^ok' "$T/client.out")" 15

# one of them is killed
kill -9 "$(s6-svstat -o pid "$(stage pneu-tls)")"
check "without pneu-tls mail goes on" swaks --silent 1 --server 127.0.0.1:$PORT \
    --from bob@else.test --to alice@here.test
check "pneu-tls is back" until_true 15 offered
s6-svc -d "$(stage pneu-key)"
check "without pneu-key STARTTLS is not offered" until_true 15 not_offered
check "and mail goes on" swaks --silent 1 --server 127.0.0.1:$PORT \
    --from bob@else.test --to alice@here.test
s6-svc -u "$(stage pneu-key)"
check "pneu-key is back" until_true 15 offered
check "with TLS" swaks --silent 1 --tls --server 127.0.0.1:$PORT \
    --from bob@else.test --to alice@here.test
kill -9 "$(s6-svstat -o pid "$(stage pneu-key)")"
check "pneu-key is killed, and back" until_true 15 offered
is "the jails refused nothing" "$(log | grep -c 'jail refuses')" 0
check "stops" stop
done_testing
