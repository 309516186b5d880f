#!/bin/bash
# Logging in at other hosts: pneu-remote and pneu-tls alone, beside servers
# that check what they hear, octet by octet (story.py is pneu-send, and these
# servers, and says the TAP).
. tests/flow/lib.sh
C=$T/certs
mkdir -m 755 "$C"
openssl req -new -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -subj /CN=smart.test -days 30 -keyout "$C/key" -out "$C/cert" 2>"$C/log" ||
    { cat "$C/log"; echo "Bail out! no certificate"; exit 1; }
SMTP=$(free_port)
instance <<S
smtp_port = $SMTP
dns_servers = 127.0.0.1:$(free_port)
inet_protocols = ipv4
smtp_tls_security_level = may
smtp_helo_timeout = 5
smtp_connect_timeout = 5
smtp_idle_time = 60
S
/usr/bin/python3 tests/flow/authout/story.py "$H" "$T" "$SMTP" "$C"
