#!/bin/bash
# A host whose mail goes by way of smarthosts that want a login: another pneu,
# and Dovecot's submission server, which hands on to that one.
. tests/flow/lib.sh
tools/peer build/peers/submission dovecot-submissiond
A=$T/a B=$T/b
PA=$(free_port) PB=$(free_port) PS=$(free_port)
K=$T/tls
mkdir "$K"
openssl req -new -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
    -subj /CN=smart.test -keyout "$K/key" -out "$K/crt" 2>/dev/null
cat "$K/key" "$K/crt" >"$K/pem"
chmod 600 "$K/key" "$K/pem"

H=$B PNEU_HOME=$B
tools/instance "$B" <<C
myhostname = smart.test
listen = 127.0.0.1:$PB 127.0.0.1:$PS/submission
mydestination = smart.test
virtual_mailbox_domains = box.test scram.test plain.test login.test
smtpd_tls_chain_files = $K/pem
smtpd_error_sleep_time = 0
C
printf 'x@%s.test x/\n' box scram plain login >"$B/etc/virtual_mailboxes"
mkdir -m 777 "$T/out"
echo "cmd: \"|env | grep SASL_ >$T/out/env.tmp; mv $T/out/env.tmp $T/out/env\"" >"$B/etc/aliases"
echo 'min_uid = 1' >>"$B/etc/pneu.conf"
[ "$(id -u)" = 0 ] || echo "default_privs = $(id -un)" >>"$B/etc/pneu.conf"
echo ganz-geheim | "$B/bin/pneu" passwd add alice >/dev/null
echo anderes-wort | "$B/bin/pneu" passwd add bob >/dev/null
"$B/bin/pneu-conf" compile >"$T/compile" 2>&1 || cat "$T/compile"

# Dovecot, once for each mechanism
W=$(doveadm pw -s SCRAM-SHA-256 -p davids-wort)
me=$(id -un) login=$me uid=$(id -u) gid=$(id -g)
[ "$uid" != 0 ] || { login=nobody; uid=65534 gid=65534; }
dovecot() {	# MECHANISM PORT
	local d=$T/$1
	mkdir -p "$d/run"
	mkdir -m 777 "$d/mail"
	chmod 755 "$d" "$d/run"
	echo "dave:$W::::::" >"$d/users"
	chmod 644 "$d/users"
	cat >"$d/conf" <<C
base_dir = $d/run
log_path = $d/log
protocols = submission
listen = 127.0.0.1
ssl = required
ssl_cert = <$K/crt
ssl_key = <$K/key
auth_mechanisms = $1
auth_failure_delay = 0
first_valid_uid = 0
first_valid_gid = 0
default_internal_user = $me
default_internal_group = $(id -gn)
default_login_user = $login
hostname = dove.test
submission_relay_host = 127.0.0.1
submission_relay_port = $PB
mail_location = maildir:$d/mail
passdb {
  driver = passwd-file
  args = scheme=SCRAM-SHA-256 username_format=%u $d/users
}
userdb {
  driver = static
  args = uid=$uid gid=$gid home=$d/mail
}
service submission-login {
  chroot =
  user = $login
  inet_listener submission {
    port = $2
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
C
	tools/over build/peers/submission dovecot -F -c "$d/conf" >"$d/out" 2>&1 &
	later $!
}
for m in scram-sha-256 plain login; do
	eval "PD_${m%%-*}=$(free_port)"
	eval "dovecot $m \$PD_${m%%-*}"
done

H=$A PNEU_HOME=$A
tools/instance "$A" <<C
myhostname = client.test
listen = 127.0.0.1:$PA
mydestination =
relayhost = [127.0.0.1]:$PS
smtp_tls_security_level = may
smtpd_sasl_auth_enable = yes
smtpd_tls_auth_only = no
minimal_backoff_time = 1
maximal_backoff_time = 2
C
cat >"$A/etc/routes" <<R
scram.test [127.0.0.1]:$PD_scram
plain.test [127.0.0.1]:$PD_plain
login.test [127.0.0.1]:$PD_login
R
"$A/bin/pneu-conf" compile
logins() {
	(umask 077; cat >"$A/etc/sasl_passwd.new"
	chmod 640 "$A/etc/sasl_passwd.new"
	[ "$(id -u)" != 0 ] || chown root:61005 "$A/etc/sasl_passwd.new"
	mv "$A/etc/sasl_passwd.new" "$A/etc/sasl_passwd")
}
logins <<L
bob@client.test bob:anderes-wort
[127.0.0.1]:$PS alice:falsches-wort
$(for m in scram plain login; do eval "echo [127.0.0.1]:\$PD_$m dave:davids-wort"; done)
L

H=$B PNEU_HOME=$B
check "the smarthost starts" start
OTHER=$SVSCAN
H=$A PNEU_HOME=$A
check "and who needs it" start
blog() { cat "$B"/log/current; }
bsays() { blog | grep -qE -- "$1"; }
letter() { printf 'Subject: %s\n\nbody\n' "$1" | "$A/bin/sendmail" -f "$2@client.test" "$3"; }

has_subject() { grep -qs "^Subject: $1" "$B"/mailboxes/x/new/*; }

# a wrong password waits, and is mended
letter wrong alice x@box.test
check "a wrong password" until_true 20 logged \
    'to=<x@box.test>, relay=127.0.0.1.127.0.0.1.:[0-9]+, .*dsn=4.7.8, status=deferred \(SASL authentication failed; server 127.0.0.1.127.0.0.1. said: 535 5.7.8 '
check "whose login it was" until_true 5 bsays 'warning: unknown.127.0.0.1.: SASL SCRAM-SHA-256 authentication failed: '
# others have a login of their own
letter other bob x@box.test
check "a sender with a login of his own" until_true 20 has_files "$B/mailboxes/x/new" 1
check "it was his" bsays 'client=unknown.127.0.0.1., sasl_method=SCRAM-SHA-256, sasl_username=bob$'
logins <<L
bob@client.test bob:anderes-wort
[127.0.0.1]:$PS alice:ganz-geheim
$(for m in scram plain login; do eval "echo [127.0.0.1]:\$PD_$m dave:davids-wort"; done)
L
flushed() { "$A/bin/sendmail" -q; has_files "$B/mailboxes/x/new" 2; }
check "the password is mended: the letter goes" until_true 20 flushed
check "as he is" bsays 'sasl_method=SCRAM-SHA-256, sasl_username=alice$'

# more letters; of each, whose it is
for i in 1 2 3 4; do letter $i alice x@box.test; letter $i bob x@box.test; done
check "more letters" until_true 20 has_files "$B/mailboxes/x/new" 10
is "of each who he is" "$(blog | grep -c 'client=.*sasl_username=alice$') $(blog | grep -c 'client=.*sasl_username=bob$')" "5 5"

# AUTH= goes through, and a command is told
/usr/bin/python3 - "$PA" <<'P'
import smtplib, sys
s = smtplib.SMTP("127.0.0.1", int(sys.argv[1])); s.ehlo()
s.sendmail("alice@client.test", ["cmd@smart.test"], "Subject: x\n\nx\n", mail_options=["AUTH=al+2Bx@client.test"])
P
check "a command" until_true 20 [ -s "$T/out/env" ]
is "knows who has logged in" "$(sort "$T/out/env" | tr '\n' ' ')" \
    "SASL_METHOD=SCRAM-SHA-256 SASL_SENDER=al+2Bx@client.test SASL_USERNAME=alice "

# Dovecot
for m in scram-sha-256 plain login; do
	d=${m%%-*}
	letter "$d" alice "x@$d.test"
	check "by way of Dovecot's submission server, $m" until_true 20 has_subject "$d"
	check "logged in there" grep -qi "submission-login: Info: Login: user=<dave>, method=$m, .*TLS" "$T/$m/log"
	[ "$FAILED" = 0 ] || cat "$T/$m/log" "$T/$m/out" | sed 's/^/# /'
done

# where the passwords are not
words='ganz-geheim|anderes-wort|falsches-wort|davids-wort'
is "passwords: in one file of its own" "$(grep -rlE "$words" "$A" 2>/dev/null)" "$A/etc/sasl_passwd"
is "which nobody else can read" "$(find "$A/etc/sasl_passwd" -perm /007)" ""
check "nor shown" sh -c "! '$A/bin/pneu' conf show -a | grep -E '$words'"
s6-svscanctl -t "$B/scan"
wait $OTHER
done_testing
