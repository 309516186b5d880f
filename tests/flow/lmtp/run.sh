#!/bin/bash
# Dovecot's LMTP server takes mail from pneu-remote, over a Unix socket and
# over TCP: a verdict for each recipient; one that is not there is later.
. tests/flow/lib.sh
[ "$(id -u)" = 0 ] || { skip "Dovecot's LMTP server" "not root"; done_testing; }
tools/peer build/peers/dovecot-lmtp dovecot-lmtpd
D=$T/dovecot
LMTP=$(free_port)
owner=$(id -u nobody)
mkdir -p "$D/mail"
chown "$owner" "$D/mail"
for u in ann bob cid; do echo "$u@box.test::$owner:$owner::$D/mail/$u::"; done >"$D/users"
echo "tom@box.test::$owner:$owner::$D/mail/tom::userdb_quota_rule=*:bytes=100" >>"$D/users"
echo "vic@v.test::$owner:$owner::$D/mail/vic::" >>"$D/users"
echo "nobody@here.test::$owner:$owner::$D/mail/nobody::" >>"$D/users"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$T/key.pem" -out "$T/cert.pem" \
    -days 30 -subj /CN=lmtp.test -addext subjectAltName=DNS:lmtp.test 2>/dev/null
cat >"$D/dc.conf" <<C
protocols = lmtp
base_dir = $D/base
state_dir = $D/state
log_path = $D/log
ssl = yes
ssl_cert = <$T/cert.pem
ssl_key = <$T/key.pem
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
mail_plugins = quota
hostname = mx.pneu.test
protocol lmtp {
  mail_plugins = quota
  postmaster_address = postmaster@box.test
}
plugin {
  quota = maildir:User quota
}
passdb {
  driver = passwd-file
  args = $D/users
}
userdb {
  driver = passwd-file
  args = $D/users
}
service lmtp {
  unix_listener $D/lmtp {
    mode = 0666
  }
  inet_listener lmtp {
    address = 127.0.0.1
    port = $LMTP
  }
}
service anvil {
  chroot =
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
C
dovecot() {
	tools/over build/peers/dovecot-lmtp /usr/sbin/dovecot -F -c "$D/dc.conf" >"$T/dc.out" 2>&1 &
	DC=$!
	later $DC
	until_true 10 [ -S "$D/lmtp" ]
}
instance <<C
mydestination = here.test
myorigin = here.test
relay_domains = box.test tcp.test ver.test
smtp_tls_CAfile = $T/cert.pem
mailbox_transport = lmtp:unix:$D/lmtp
virtual_mailbox_domains = v.test
virtual_transport = lmtp:inet:127.0.0.1:$LMTP
admin_mailbox = nobody
min_uid = 1000
minimal_backoff_time = 2
maximal_backoff_time = 2
smtp_fallback_relay = [127.0.0.1]:1
C
printf '%s\n' "box.test lmtp:unix:$D/lmtp" "tcp.test lmtp:inet:127.0.0.1:$LMTP" "ver.test lmtp:[127.0.0.1]:$LMTP" >"$H/etc/routes"
sed 's/@box/@tcp/' "$D/users" >"$D/users.tcp"
sed -n 's/^bob@box/bob@ver/p' "$D/users" >>"$D/users.tcp"
cat "$D/users.tcp" >>"$D/users"
check "compiled" "$H/bin/pneu-conf" compile
chmod 755 "$D"
check "starts" start
send() { printf 'Subject: %s\n\n%s\n.\n' "$1" "$(printf %0300d 0)" | "$H/bin/sendmail" -i -f me@here.test "${@:2}"; }

send early ann@box.test
check "no socket: later" until_true 20 logged \
    "to=<ann@box.test>, relay=mx.pneu.test\[$D/lmtp\],.*dsn=4.4.1, status=deferred.*connect to mx.pneu.test\[$D/lmtp\]: No such file"
check "Dovecot starts" dovecot
check "and then it has it" until_true 30 has_files "$D/mail/ann/Maildir/new" 1

send several ann@box.test nemo@box.test bob@box.test tom@box.test cid@box.test
check "who is taken" until_true 20 logged "to=<cid@box.test>, relay=mx.pneu.test\[$D/lmtp\],.*dsn=2.*status=sent"
check "who is not known: RCPT" logged 'to=<nemo@box.test>.*dsn=5.1.1.*status=bounced.*in reply to RCPT'
check "who is over quota: after the dot" logged 'to=<tom@box.test>.*dsn=5.2.2.*status=bounced.*end of DATA'
check "the others have it" until_true 20 has_files "$D/mail/bob/Maildir/new" 1
send local nobody@here.test
check "a system user, by mailbox_transport" until_true 20 has_files "$D/mail/nobody/Maildir/new" 1
send admin postmaster@here.test
check "postmaster, who is a user: there, too" until_true 20 has_files "$D/mail/nobody/Maildir/new" 2
check "by his name" logged 'to=<nobody@here.test>, orig_to=<postmaster@here.test>, relay=.*status=sent'
send virtual vic@v.test none@v.test
check "a virtual mailbox, by virtual_transport" until_true 20 has_files "$D/mail/vic/Maildir/new" 1
check "the other end says who there is" until_true 20 logged 'to=<none@v.test>.*dsn=5.1.1.*status=bounced.*in reply to RCPT'
is "each once" "$(for i in ann bob cid tom; do files "$D/mail/$i/Maildir/new"; done | tr '\n' ' ')" "2 1 1 0 "
is "octet for octet" "$(sed -n '/^$/,$p' "$D"/mail/bob/Maildir/new/* | tail -n 1)" .
send tcp ann@tcp.test nemo@tcp.test tom@tcp.test bob@tcp.test
check "over TCP" until_true 20 logged "to=<bob@tcp.test>, relay=127.0.0.1\[127.0.0.1\]:$LMTP,.*status=sent"
check "likewise" logged 'to=<tom@tcp.test>.*dsn=5.2.2.*status=bounced'
check "under TLS, which it offers" logged "Trusted TLS connection established to 127.0.0.1\[127.0.0.1\]:$LMTP: TLSv1"
check "not over the socket" sh -c "! grep -rq 'TLS connection established to mx' '$H/log'"
echo "[127.0.0.1]:$LMTP verify match=other.test" >"$H/etc/tls_policy"
"$H/bin/pneu-conf" compile
send verify bob@ver.test
check "verify: another's certificate is not taken" until_true 20 logged "to=<bob@ver.test>, relay=127.0.0.1\[127.0.0.1\]:$LMTP,.*dsn=4.7.5, status=deferred"
echo "[127.0.0.1]:$LMTP verify match=lmtp.test" >"$H/etc/tls_policy"
"$H/bin/pneu-conf" compile
check "its own is" until_true 20 logged "to=<bob@ver.test>.*status=sent"
check "verified" logged "Verified TLS connection established to 127.0.0.1\[127.0.0.1\]:$LMTP: TLSv1"
done_testing
