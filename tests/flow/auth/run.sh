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
C
echo 'alice@here.test alice/' >"$H/etc/virtual_mailboxes"
"$H/bin/pneu-conf" set "listen=127.0.0.1:$PORT 127.0.0.1:$SUBMIT/submission" >"$T/set" 2>&1
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
done_testing
