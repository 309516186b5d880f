#!/bin/bash
# AUTH: our own file, a checkpassword program, Dovecot's socket; clients of
# other people's; who fails too often; fail2ban; limits of a user.
. tests/flow/lib.sh
SUBMIT=$(free_port)
instance <<C
mydestination =
virtual_mailbox_domains = here.test
smtpd_sasl_auth_enable = yes
smtpd_tls_auth_only = no
smtpd_error_sleep_time = 0
smtpd_client_message_rate_limit = 6
smtpd_client_recipient_rate_limit = 7
C
echo 'alice@here.test alice/' >"$H/etc/virtual_mailboxes"
"$H/bin/pneu-conf" set "listen=127.0.0.1:$PORT 127.0.0.1:$SUBMIT/submission" >"$T/set" 2>&1
echo postfix >"$H/etc/log_name"	# as its tools know it
M=$H/mailboxes/alice
passwd() { "$H/bin/pneu" passwd "$@"; }
auth() { /usr/bin/python3 tests/flow/auth/auth.py "$PORT" "EHLO c.test" "$@"; }
submit() { /usr/bin/python3 tests/flow/auth/auth.py "$SUBMIT" "EHLO c.test" "$@"; }

check "add a user" eval 'echo secret | passwd add alice@here.test'
check "and another" eval 'echo "p w" | passwd -i 4096 add bob'
is "not twice" "$(echo x | passwd add bob 2>&1)" \
    "pneu-passwd: fatal: bob is there already; change sets another password"
is "list" "$(passwd list | tr '\n' ' ')" "alice@here.test bob "
check "change" eval 'echo other | passwd change bob'
is "who is not there" "$(passwd delete carol 2>&1)" "pneu-passwd: fatal: carol is not there"
is "the file is closed" "$(stat -c %a "$H/etc/passwd")" 640
check "nobody's password is in it" sh -c "! grep -q 'secret\|other' $H/etc/passwd"
cp -p "$H/etc/passwd" "$T/passwd"
{ echo joe; echo 'ann:secret'; echo '# a comment'; sed -n '/^bob:/p' "$T/passwd"; } >>"$H/etc/passwd"
is "what is wrong with the file" "$("$H/bin/pneu-conf" check 2>&1 | sed "s|^$H/etc/||")" \
"passwd:3: warning: expected USER:{SCRAM-SHA-256}...: the line is passed over
passwd:4: warning: ann: what follows is no {SCRAM-SHA-256}ITERATIONS,SALT,STOREDKEY,SERVERKEY: the line is passed over
passwd:6: warning: bob stands there already: the first line counts"
cp -p "$T/passwd" "$H/etc/passwd"; chmod 644 "$H/etc/passwd"
is "and with its mode" "$("$H/bin/pneu-conf" check 2>&1 | sed "s|^$H/etc/||")" \
    "passwd: warning: everybody can read it: expected mode 0640"
chmod 640 "$H/etc/passwd"
check "starts" start

is "offered" "$(printf 'EHLO c.test\r\nQUIT\r\n' | /usr/bin/python3 tests/flow/smtpd/client.py "$PORT" 127.0.0.2 |
    sed -n 's/^250-\(AUTH .*\)/\1/p' | tr -d '\r')" "AUTH PLAIN LOGIN SCRAM-SHA-256"
OK="235 2.7.0 Authentication successful"
is "PLAIN" "$(auth 'AUTH PLAIN b:\0bob\0other')" "$OK"
is "PLAIN, in two steps" "$(auth 'AUTH PLAIN' 'b:\0bob\0other' | tr '\n' '|')" "334|$OK|"
is "LOGIN" "$(auth 'AUTH login' b:bob b:other)" "334 VXNlcm5hbWU6
334 UGFzc3dvcmQ6
$OK"
is "cancelled" "$(auth 'AUTH LOGIN' '*' 'NOOP')" "334 VXNlcm5hbWU6
501 5.7.0 Authentication aborted
250 2.0.0 Ok"
is "not base 64" "$(auth 'AUTH LOGIN' 'b*b' 'NOOP')" "334 VXNlcm5hbWU6
501 5.5.2 Error: malformed base64 in AUTH
250 2.0.0 Ok"
is "a long line" "$(auth 'AUTH LOGIN' "$(printf %13000s | tr ' ' A)" 'NOOP')" "334 VXNlcm5hbWU6
500 5.5.6 Authentication exchange line is too long
250 2.0.0 Ok"
is "an empty initial response, no arguments, an unknown mechanism" "$(auth 'AUTH PLAIN =' AUTH 'AUTH CRAM-MD5')" \
"501 5.5.2 Error: malformed authentication exchange
501 5.5.4 Syntax: AUTH mechanism
504 5.5.4 Unrecognized authentication mechanism"
is "once, and not within a transaction" "$(auth 'MAIL FROM:<bob@here.test>' 'AUTH PLAIN b:\0bob\0other' RSET \
    'AUTH PLAIN b:\0bob\0other' 'AUTH PLAIN b:\0bob\0other' | cut -c1-9 | tr '\n' '|')" \
    "250 2.1.0|503 5.5.1|250 2.0.0|235 2.7.0|503 5.5.1|"
is "only after EHLO" "$(/usr/bin/python3 tests/flow/auth/auth.py "$PORT" 'HELO c.test' 'AUTH PLAIN b:\0bob\0other')" \
    "250 mx.pneu.test
503 5.5.1 Error: send EHLO first"
is "strangers may not relay; who has authenticated may" "$(auth 'MAIL FROM:<bob@here.test>' 'RCPT TO:<x@far.test>' RSET \
    'AUTH PLAIN b:\0bob\0other' 'MAIL FROM:<bob@here.test> AUTH=bob@here.test' 'RCPT TO:<x@far.test>' | cut -c1-9 | tr '\n' '|')" \
    "250 2.1.0|554 5.7.1|250 2.0.0|235 2.7.0|250 2.1.0|250 2.1.5|"

# other people's clients
check "gsasl, SCRAM-SHA-256" eval 'gsasl --smtp --no-starttls --quality=1 -m SCRAM-SHA-256 -a bob -p other --connect "127.0.0.1:$PORT" </dev/null'
is "gsasl, wrong password" "$(gsasl --smtp --no-starttls -m SCRAM-SHA-256 -a bob -p wrong --connect "127.0.0.1:$PORT" </dev/null 2>&1 | grep -c '^535 5.7.8')" 1
for m in PLAIN LOGIN; do
	check "swaks, $m" swaks -s "127.0.0.1:$PORT" -a $m -au bob -ap other -f bob@here.test -t alice@here.test --h-Subject "by $m"
done
check "smtplib" /usr/bin/python3 -c 'import smtplib, sys
s = smtplib.SMTP("127.0.0.1", int(sys.argv[1])); s.login("bob", "other")
s.sendmail("bob@here.test", ["alice@here.test"], "Subject: by smtplib\n\nx\n")' "$PORT"
check "they arrive" until_true 10 has_files "$M/new" 3
check "with ESMTPA, and no name shown" sh -c "grep -q 'with ESMTPA id' $M/new/* && ! grep -q 'Authenticated sender' $M/new/*"
check "logged as Postfix does" logged 'smtpd\[[0-9]+\]: [0-9A-F]+: client=unknown\[127.0.0.1\], sasl_method=LOGIN, sasl_username=bob$'
rm -f "$M"/new/*

# submission: AUTH needed, own addresses only, headers completed
is "AUTH is needed" "$(submit 'MAIL FROM:<bob@here.test>')" "530 5.7.0 Authentication required"
printf 'bob bob@here.test, @b.test\n' >"$H/etc/senders"
"$H/bin/pneu-conf" compile
until_true 10 eval '[ "$(submit "AUTH PLAIN b:\0bob\0other" "MAIL FROM:<eve@here.test>" | tail -1 | cut -c1-9)" = "553 5.7.1" ]'
is "own addresses only" "$(submit 'AUTH PLAIN b:\0bob\0other' 'MAIL FROM:<eve@here.test>' 'MAIL FROM:<bob@here.test>' RSET 'MAIL FROM:<x@B.test>' RSET 'MAIL FROM:<>')" \
"235 2.7.0 Authentication successful
553 5.7.1 <eve@here.test>: Sender address rejected: not owned by user bob
250 2.1.0 Ok
250 2.0.0 Ok
250 2.1.0 Ok
250 2.0.0 Ok
250 2.1.0 Ok"
is "with a +extension; what is behind a - may be another" "$(submit 'AUTH PLAIN b:\0bob\0other' 'MAIL FROM:<bob-x@here.test>' 'MAIL FROM:<eve+bob@here.test>' 'MAIL FROM:<Bob+x@here.test>' | cut -c1-9 | tr '\n' '|')" \
    "235 2.7.0|553 5.7.1|553 5.7.1|250 2.1.0|"
is "who has no row is himself" "$(submit 'AUTH PLAIN b:\0alice@here.test\0secret' 'MAIL FROM:<bob@here.test>' 'MAIL FROM:<alice@here.test>' | cut -c1-9 | tr '\n' '|')" \
    "235 2.7.0|553 5.7.1|250 2.1.0|"
check "a letter without a header" /usr/bin/python3 -c 'import smtplib, sys
s = smtplib.SMTP("127.0.0.1", int(sys.argv[1])); s.login("bob", "other")
s.sendmail("bob@here.test", ["alice@here.test"], "To: alice\nBcc: hidden@far.test\n\nbody\n")' "$SUBMIT"
check "arrives" until_true 10 has_files "$M/new" 1
is "whole, and without Bcc" "$(sed '/^$/q' "$M"/new/* | grep -E '^(To|From|Date|Message-ID|Bcc):' | sed 's/^\(Date\|Message-ID\): .*/\1/' | sort | tr '\n' '|')" \
    "Date|From: bob@here.test|Message-ID|To: alice@mx.pneu.test|"
is "and its body" "$(sed '1,/^$/d' "$M"/new/*)" body

# limits of a user
letters() { /usr/bin/python3 - "$SUBMIT" <<'P'
import smtplib, sys
s = smtplib.SMTP("127.0.0.1", int(sys.argv[1])); s.login("alice@here.test", "secret")
def send(n):
    try:
        s.sendmail("alice@here.test", ["alice+%d@here.test" % i for i in range(n)], "Subject: x\n\nx\n")
        print("ok")
    except smtplib.SMTPResponseException as e:
        print(e.smtp_code, e.smtp_error.decode())
for n in (1, 7, 1, 1, 1, 1, 1, 1): send(n)
P
}
is "too much mail" "$(letters)" "ok
450 4.7.1 Error: too many recipients from unknown[127.0.0.1]
ok
ok
ok
ok
ok
450 4.7.1 Error: too much mail from unknown[127.0.0.1]"

# pneu-auth is killed: later, then as before
s6-svc -d "$(stage pneu-auth)"; until_true 10 s6-svwait -d "$(stage pneu-auth)"
is "without pneu-auth" "$(auth 'AUTH PLAIN b:\0bob\0other')" \
    "454 4.7.0 Temporary authentication failure: Connection lost to authentication server"
s6-svc -u "$(stage pneu-auth)"
back() { [ "$(auth 'AUTH PLAIN b:\0bob\0other')" = "$OK" ]; }
check "and back" until_true 20 back
s6-svc -k "$(stage pneu-auth)"
check "after kill -9, too" until_true 20 back

# a checkpassword program
cat >"$T/check" <<'P'
#!/usr/bin/python3
import os, sys
user, word, time, rest = os.fdopen(3, "rb").read().split(b"\0")
if user == b"broken": sys.exit(111)
sys.exit(0 if (user, word) == (b"carol", b"x:y z") and time.isdigit() and sys.argv[1:] == ["one", "two"] else 1)
P
chmod 755 "$T/check"
"$H/bin/pneu-conf" set "smtpd_sasl_path=|$T/check one two"
carol() { [ "$(auth 'AUTH PLAIN b:\0carol\0x:y z')" = "$OK" ]; }
check "a checkpassword program says yes" until_true 20 carol
is "no" "$(auth 'AUTH LOGIN' b:carol b:wrong | tail -1)" "535 5.7.8 Error: authentication failed: authentication failure"
is "no, too, to more than its interface has room for" "$(auth "AUTH PLAIN b:\\0$(printf %255s | tr ' ' u)\\0$(printf %255s | tr ' ' p)")" \
    "535 5.7.8 Error: authentication failed: authentication failure"
is "or later" "$(auth 'AUTH PLAIN b:\0broken\0x')" "454 4.7.0 Temporary authentication failure: Connection lost to authentication server: temporary failure of the program"

# Dovecot's socket, with the real one
D=$T/dovecot; mkdir -p "$D/run"; chmod 755 "$D" "$D/run"
echo "dave:$(doveadm pw -s SCRAM-SHA-256 -p geheim)" >"$D/users"; chmod 644 "$D/users"
me=$(id -un); owner=$me; [ "$(id -u)" != 0 ] || owner=61013
cat >"$D/conf" <<C
base_dir = $D/run
log_path = $D/log
protocols =
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login scram-sha-256
auth_failure_delay = 0
first_valid_uid = 0
default_internal_user = $me
default_internal_group = $(id -gn)
default_login_user = $me
passdb {
  driver = passwd-file
  args = scheme=SCRAM-SHA-256 username_format=%u $D/users
}
userdb {
  driver = static
  args = uid=0 gid=0 home=/nonexistent
}
service auth {
  user = $me
  unix_listener $D/run/pneu {
    mode = 0666
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
C
start_dovecot() {	# in a process group of its own
	setsid dovecot -F -c "$D/conf" >>"$D/out" 2>&1 &
	DOVECOT=$!
	later $DOVECOT
	until_true 10 test -S "$D/run/pneu"
}
start_dovecot
"$H/bin/pneu-conf" set "smtpd_sasl_path=unix:$D/run/pneu"
dave() { [ "$(auth 'AUTH PLAIN b:\0dave\0geheim')" = "$OK" ]; }
check "Dovecot says yes" until_true 20 dave
[ "$FAILED" = 0 ] || sed 's/^/# /' "$D/log" "$D/out" | tail -5
check "SCRAM-SHA-256 by Dovecot" eval 'gsasl --smtp --no-starttls -m SCRAM-SHA-256 -a dave -p geheim --connect "127.0.0.1:$PORT" </dev/null'
is "or no" "$(auth 'AUTH PLAIN b:\0dave\0falsch')" "535 5.7.8 Error: authentication failed: authentication failure"
kill -9 -- -$DOVECOT; wait $DOVECOT 2>/dev/null; rm -f "$D/run/pneu"
gone() { [ "$(auth 'AUTH PLAIN b:\0dave\0geheim')" = \
    "454 4.7.0 Temporary authentication failure: Connection lost to authentication server" ]; }
check "Dovecot has gone: later" until_true 10 gone
start_dovecot
check "Dovecot is back" until_true 20 dave
is "its absence is told once" "$(log | grep -cE 'auth\[[0-9]+\]: warning: (unable to connect to |/tmp.*: it has ended the connection)') $(log | grep -c ': it is there again')" "1 1"

# the file again; who fails too often is capped, others are not
"$H/bin/pneu-conf" set smtpd_sasl_path=
check "our own file again" until_true 20 back
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	FROM=127.0.0.3 auth 'AUTH PLAIN b:\0eve\0x' >/dev/null 2>&1 &
	later $!
done
is "others meanwhile" "$(auth 'AUTH PLAIN b:\0bob\0other')" "$OK"
capped() { [ "$(FROM=127.0.0.3 auth 'AUTH PLAIN b:\0bob\0other')" = \
    "454 4.7.0 Temporary authentication failure: too many failures of this address" ]; }
check "the address is capped, whoever he says he is" until_true 20 capped
log >"$T/log"
is "fail2ban: its own filter for Postfix finds them" "$(fail2ban-regex "$T/log" 'postfix[mode=auth]' 2>&1 | sed -n 's/^Failregex: \([0-9]*\) total.*/\1/p')" \
    "$(grep -cE 'SASL (PLAIN|LOGIN) authentication failed: (Conn)?' "$T/log" | awk -v n="$(grep -c 'authentication failed: Connection lost' "$T/log")" '{print $1 - n}')"
is "and ours finds all" "$(fail2ban-regex "$T/log" "$TOP/etc/fail2ban/pneu.conf" 2>&1 | sed -n 's/^Failregex: \([0-9]*\) total.*/\1/p')" \
    "$(grep -E 'SASL .* authentication failed: ' "$T/log" | grep -vc 'failed: Connection lost')"
check "stops" stop
done_testing
