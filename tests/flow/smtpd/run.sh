#!/bin/bash
# The SMTP server with real clients: half-closed connections, pipelining,
# strangers and friends, smuggling, big letters, silent readers, UCSPI.
. tests/flow/lib.sh
instance <<C
mydestination =
virtual_mailbox_domains = here.test
message_size_limit = 3m
smtpd_timeout = 5
C
echo 'alice@here.test alice/' >"$H/etc/virtual_mailboxes"
"$H/bin/pneu-conf" compile
check "starts" start
M=$H/mailboxes/alice
say() { /usr/bin/python3 tests/flow/smtpd/client.py "$PORT" "$1"; }
codes() { grep -v '^...-' | cut -c1-3 | tr '\n' ' '; }
body() { sed '1,/^$/d' "$1"; }	# of a message
HELLO='EHLO c.test\r\n'
LETTER=$HELLO'MAIL FROM:<s@c.test>\r\nRCPT TO:<alice@here.test>\r\nDATA\r\n'

is "printf | nc" "$(printf "$LETTER"'Subject: half\r\n\r\n..dot\r\n.\r\nQUIT\r\n' |
    say 127.0.0.2 | codes)" "220 250 250 250 354 250 221 "
check "it arrives" until_true 10 has_files "$M/new" 1
is "as it was meant" "$(body "$M"/new/*)" ".dot"
check "the id of the 250 is in the letter and in the log" sh -c \
    "id=\$(sed -n 's/.*with ESMTP id \([0-9A-F]*\).*/\1/p' $M/new/*) && [ -n \"\$id\" ] &&
    grep -q \"smtpd.*\$id: client=unknown.127.0.0.2.\" $H/log/current"
rm -f "$M"/new/*

is "strangers may not relay, whatever they write" "$(printf "$HELLO"'MAIL FROM:<>\r\n%s' \
    "$(for a in '<x@far.test>' '<@here.test:x@far.test>' '<x%far.test@here.test>' \
    '<"x@far.test"@here.test>' '<far.test!x@here.test>' 'x@far.test' '<x@[127.0.0.1]>'; do
	printf 'RCPT TO:%s\r\n' "$a"; done)"'
' | say 127.0.0.2 | codes)" "220 250 250 554 554 550 550 550 554 550 "
is "friends may" "$(printf "$HELLO"'MAIL FROM:<>\r\nRCPT TO:<x@far.test>\r\nRSET\r\nQUIT\r\n' |
    say 127.0.0.1 | codes)" "220 250 250 250 250 221 "
is "unknown recipients are refused" "$(printf "$HELLO"'MAIL FROM:<>\r\nRCPT TO:<bob@here.test>\r\nQUIT\r\n' |
    say 127.0.0.2 | sed -n 's/^550 //p')" \
    "5.1.1 <bob@here.test>: Recipient address rejected: User unknown in virtual mailbox table"
check "and logged so" logged 'NOQUEUE: reject: RCPT from unknown\[127.0.0.2\]: 550 5.1.1 <bob@here.test>.*from=<> to=<bob@here.test> proto=ESMTP helo=<c.test>'

is "strangers reach <postmaster> (RFC 5321 4.5.1)" "$(printf "$HELLO"'MAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nDATA\r\na: b\r\n.\r\nQUIT\r\n' |
    say 127.0.0.2 | codes)" "220 250 250 250 354 250 221 "
check "it arrives" until_true 10 has_files "$H/mailboxes/postmaster/new" 1

# one message each, whatever looks like an end of it
n=0
for end in '\n.\n' '\n.\r\n' '\r\n.\n' '\r.\r' '\r.\r\n' '\r\n.\r' '\n\r.\r\n'; do
	n=$((n + 1))
	printf "$LETTER"'x: y\r\n\r\none'"$end"'MAIL FROM:<evil@c.test>\r\nRCPT TO:<alice@here.test>\r\nDATA\r\ntwo\r\n.\r\nQUIT\r\n' |
	    say 127.0.0.1 | codes
done >"$T/smuggle"
is "no smuggling" "$(uniq "$T/smuggle" | tr -d '\n')" \
    "$(for i in $(seq $n); do printf '220 250 250 250 354 250 221 '; done)"
check "they arrive" until_true 10 has_files "$M/new" $n
check "with the second in each" test "$(grep -l '^Return-Path: <s@c.test>' "$M"/new/* |
    xargs grep -l 'MAIL FROM:<evil@c.test>' | wc -l)" = $n
check "and no CR" sh -c "! grep -q \$(printf '\r') $M/new/*"
rm -f "$M"/new/*

# a header of a program of this host is made whole, as with Postfix; what has
# been on its way, and strangers', stays
head_of() {	# SOURCE HEADER: what becomes of it
	printf "$LETTER$2"'\r\n\r\nb\r\n.\r\nQUIT\r\n' | say "$1" >/dev/null
	until_true 10 has_files "$M/new" 1
	sed '1,/; .* +0000/d;/^$/,$d' "$M"/new/* | sed 's/^\(Date\|Message-ID\): .*/\1/'
	rm -f "$M"/new/*
}
export TZ=UTC0
is "a header from here" "$(head_of 127.0.0.1 'To: joe, a@b.test\r\nBcc: x@b.test')" \
    "$(printf 'To: joe@mx.pneu.test, a@b.test\nFrom: s@c.test\nDate\nMessage-ID')"
is "one that has been on its way" "$(head_of 127.0.0.1 'Received: x\r\nTo: joe')" \
    "$(printf 'Received: x\nTo: joe')"
is "one of a stranger" "$(head_of 127.0.0.2 'To: joe\r\nBcc: x@b.test')" \
    "$(printf 'To: joe\nBcc: x@b.test')"

printf "$LETTER"'just: text\r\nor not\r\n.\r\nMAIL FROM:<s@c.test>\r\nRCPT TO:<alice@here.test>\r\nDATA\r\njust text\r\nand more\r\n.\r\nQUIT\r\n' |
    say 127.0.0.2 >/dev/null
check "no header: it arrives" until_true 10 has_files "$M/new" 2
is "no header: an empty line divides" "$(for f in $(grep -L '^just: ' "$M"/new/*); do body $f; done)" \
    "$(printf 'just text\nand more')"
is "half a header stays" "$(sed '1,/; .* +0000/d' $(grep -l '^just: ' "$M"/new/*))" \
    "$(printf 'just: text\nor not')"
rm -f "$M"/new/*

seq -f %070.0f 30000 >"$T/big"
big() { printf "$LETTER\r\n"; sed 's/$/\r/' "$T/big" "$@"; printf '.\r\nQUIT\r\n'; }
is "a big letter streams" "$(big | say 127.0.0.2 | codes)" \
    "220 250 250 250 354 250 221 "
check "it arrives" until_true 10 has_files "$M/new" 1
check "whole" sh -c "sed '1,/^\$/d' $M/new/* | cmp - $T/big"
is "a bigger one is refused at its end" "$(big "$T/big" | say 127.0.0.2 |
    sed -n 's/^552 //p')" "5.3.4 Error: message file too big"
is "and at MAIL, if it is told" "$(printf "$HELLO"'MAIL FROM:<> SIZE=3145729\r\nQUIT\r\n' |
    say 127.0.0.2 | codes)" "220 250 552 221 "
rm -f "$M"/new/*

is "a loop" "$({ printf "$LETTER"; for i in $(seq 100); do
	printf 'Received: x\r\n'; done; printf '\r\n.\r\nQUIT\r\n'; } |
    say 127.0.0.1 | sed -n 's/^554 //p')" "5.4.6 Error: too many hops"

check "who reads nothing is not read" /usr/bin/python3 tests/flow/smtpd/mute.py "$PORT"
is "idle clients are told to go" "$(timeout 20 /usr/bin/python3 -c 'import socket,sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 15)
s.recv(100); print(s.recv(100).decode().strip(), s.recv(100))' "$PORT")" \
    "421 4.4.2 mx.pneu.test Error: timeout exceeded b''"

is "under a UCSPI server" "$(printf "$LETTER"'a: b\r\n\r\nucspi\r\n.\r\nQUIT\r\n' |
    PROTO=TCP TCPREMOTEIP=192.0.2.7 "$H/bin/pneu-smtpd" 2>"$T/ucspi" | codes)" \
    "220 250 250 250 354 250 221 "
check "it arrives, too" until_true 10 has_files "$M/new" 1
check "from TCPREMOTEIP" grep -q 'from c.test (unknown \[192.0.2.7\])' "$M"/new/*

# a worker ends: told to clients, and another takes its place
exec 5<>"/dev/tcp/127.0.0.1/$PORT"
read -r line <&5
for p in $(pgrep -x pneu-smtpd); do
	[ "$(readlink /proc/$p/exe)" != "$H/bin/pneu-smtpd" ] || kill -TERM $p
done
read -r -t 10 line <&5
is "TERM" "${line%?}" "421 4.3.2 mx.pneu.test Error: service shutting down"
exec 5>&-
served() { printf 'QUIT\r\n' | say 127.0.0.1 | grep -q '^221 '; }
check "others serve" until_true 20 served

# a letter for which there is no room is not even asked for (RFC 1870, 6.1)
free=$(($(stat -f -c '%a * %S' "$H")))
"$H/bin/pneu-conf" set message_size_limit=0
size=$((free / 4 * 3))
mail() { printf "$HELLO""MAIL FROM:<s@c.test> SIZE=$size\\r\\nQUIT\\r\\n" | say 127.0.0.2 | sed -n 's/^\(250 2.1.0\|452\) //p'; }
check "there is room" until_true 20 eval '[ "$(mail)" = "Sender OK" ] || [ -n "$(mail)" -a "$(mail)" != "4.3.1 Insufficient system storage" ]'
"$H/bin/pneu-conf" set queue_minfree=$((free / 2))
check "there is none at MAIL" until_true 20 eval '[ "$(mail)" = "4.3.1 Insufficient system storage" ]'
check "stops" stop
done_testing
