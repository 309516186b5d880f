#!/bin/bash
# Configurations of Postfix, Sendmail and qmail become ours: what has no
# counterpart is told as it stands in NAME/report; what is written passes
# "pneu-conf check"; and each address of NAME/addresses goes where the real
# program says that it went (Postfix's sendmail -bv, Sendmail's sendmail -bv,
# each with its own configuration, in a name space of its own).
#
# qmail is not in Debian 12, nor is notqmail: qmail-host/expected was written
# by hand from qmail-send(8), dot-qmail(5) and qmail-users(9).
#
# NAME/differences: "ADDRESS: why", of addresses that may, and do, go
# elsewhere. NAME/ is the root of a host: NAME/etc/postfix and so on.
. tests/flow/lib.sh
here=tests/flow/import
C=$TOP/bin/pneu-conf

# imported SAMPLE KIND [ROOT]: into $T/SAMPLE; its report without our path
imported() {
	"$C" import -r "${3:-$here/$1}" -n box.example.org -o "$T/$1" "$2" \
	    >"$T/$1.err" 2>&1
	echo "$?" >"$T/$1.rc"
	sed -i "s,${3:-$here/$1},,g" "$T/$1/import.report"
}

# told SAMPLE STATUS: the lines without counterpart are those of its report
told() {
	is "$1: exit status" "$(cat "$T/$1.rc")" "$2"
	grep -v '^.*: note: \|: pneu has no setting ' "$T/$1/import.report" >"$T/$1.lost"
	if cmp -s "$here/$1/report" "$T/$1.lost"; then
		pass "$1: told of each line without counterpart"
	else
		fail "$1: told of each line without counterpart"
		diff "$here/$1/report" "$T/$1.lost" | sed 's/^/# /'
	fi
}

for s in postfix-debian postfix-office sendmail-debian sendmail-office qmail-host; do
	imported $s ${s%-*}
	told $s 1
done

mkdir "$T/small"
printf 'mydestination = $myhostname\nhome_mailbox = Maildir/\nmynetworks = 127.0.0.0/8\nmyhostname = a.example\n' >"$T/small/main.cf"
: >"$T/small/aliases"
echo 'alias_maps = hash:aliases' >>"$T/small/main.cf"
"$C" import -o "$T/out" postfix "$T/small" >"$T/small.err" 2>&1
is "all has a counterpart: exit status 0" $? 0
is "and nothing is told" "$(cat "$T/small.err")" ""
check "by the admin's front end, too" "$TOP/bin/pneu" conf import -o "$T/out3" postfix "$T/small"
sums=$(cd "$T/out" && find . -type f -exec cksum {} + | sort)
"$C" import -o "$T/out" postfix "$here/postfix-office/etc/postfix" >/dev/null 2>&1
is "never over something that is there" $? 100
is "which stays" "$(cd "$T/out" && find . -type f -exec cksum {} + | sort)" "$sums"
"$C" import -o "$T/out2" postfix "$T/out" >/dev/null 2>&1
is "no configuration there" $? 100
check "and nothing is made" test ! -e "$T/out2"
is "each setting says where it is from" \
    "$(grep -B1 '^home_mailbox' "$T/out/etc/pneu.conf")" \
    "# $T/small/main.cf:2: home_mailbox = Maildir/
home_mailbox = Maildir/"

# LMTP: transports of classes and of domains
mkdir "$T/dove"
cat >"$T/dove/main.cf" <<'C'
myhostname = a.example
mydestination = a.example
home_mailbox = Maildir/
alias_maps = hash:aliases
queue_directory = /var/spool/pf
virtual_mailbox_domains = v.example
virtual_mailbox_maps = texthash:vmail
virtual_transport = lmtp:unix:private/dovecot-lmtp
mailbox_transport = lmtp:unix:/run/lmtp
transport_maps = texthash:transport
C
printf '%s\n' 'ann@v.example x' >"$T/dove/vmail"
printf '%s\n' 'l.example lmtp:inet:mail.example:2424' 'm.example lmtp:[::1]' 'n.example lmtp:' 'o.example LMTP:unix:s' \
    'p.example lmtp:h:lmtp' >"$T/dove/transport"
: >"$T/dove/aliases"
"$C" import -o "$T/dove.out" postfix "$T/dove" >"$T/dove.err" 2>&1
is "LMTP: settings" "$(grep '^[a-z]*_transport\|^virtual_mailbox_d' "$T/dove.out/etc/pneu.conf" | sort)" \
    "mailbox_transport = lmtp:unix:/run/lmtp
virtual_mailbox_domains = v.example
virtual_transport = lmtp:unix:/var/spool/pf/private/dovecot-lmtp"
is "LMTP: routes" "$(grep -v '^#' "$T/dove.out/etc/routes" | sed 's/[ 	][ 	]*/ /')" \
    "l.example lmtp:inet:mail.example:2424
m.example lmtp:inet:[::1]
n.example retry:4.3.5 not imported: lmtp:
o.example retry:4.3.5 not imported: LMTP:unix:s
p.example lmtp:inet:h:24"
is "LMTP: who there is" "$(grep -v '^#' "$T/dove.out/etc/virtual_mailboxes")" "ann@v.example x"
is "told of the two" "$(sed "s,$T/dove/,,; s/: note:.*//" "$T/dove.err" | grep transport)" \
    "transport:3: n.example lmtp:: pneu does not find an LMTP server by the recipient's domain; its mail waits
transport:4: o.example LMTP:unix:s: a transport that pneu does not have: LMTP; its mail waits"
PNEU_HOME=$T/dove.out "$C" check >"$T/dove.check" 2>&1
is "and no mistake in them" "$(grep 'transport\|routes\|virtual_mail' "$T/dove.check")" ""

# TLS with other hosts
mkdir "$T/tls"
cat >"$T/tls/main.cf" <<'C'
myhostname = a.example
home_mailbox = Maildir/
alias_maps = hash:aliases
smtp_tls_security_level = encrypt
smtp_tls_CAfile = /etc/ssl/cas.pem
smtp_tls_policy_maps = texthash:policy
smtp_tls_loglevel = 1
C
printf '%s\n' 'b.example secure match=mx.b.example' '.c.example may' '[D.example]:587 verify' \
    'e.example encrypt ciphers=high' >"$T/tls/policy"
: >"$T/tls/aliases"
"$C" import -o "$T/tls.out" postfix "$T/tls" >"$T/tls.err" 2>&1
is "TLS: settings" "$(grep '^smtp_tls' "$T/tls.out/etc/pneu.conf" | sort)" \
    "smtp_tls_CAfile = /etc/ssl/cas.pem
smtp_tls_security_level = encrypt"
is "TLS: policies" "$(grep -v '^#' "$T/tls.out/etc/tls_policy" | sed 's/[ 	][ 	]*/ /')" \
    "b.example secure match=mx.b.example
.c.example may
[d.example]:587 verify"
is "TLS: told of what is lost" "$(grep -c 'e.example encrypt ciphers=high: pneu-tls speaks' "$T/tls.err")" 1
PNEU_HOME=$T/tls.out "$C" check >"$T/tls.check" 2>&1
is "TLS: no mistake in it" "$(grep tls_ "$T/tls.check")" ""

# certificates, and passwords, of which nothing is ever said
mkdir "$T/auth"
touch "$T/auth/rsa.pem" "$T/auth/rsa.key" "$T/auth/ec.pem"
cat >"$T/auth/main.cf" <<C
myhostname = a.example
home_mailbox = Maildir/
alias_maps = hash:aliases
queue_directory = /var/spool/pf
smtpd_tls_cert_file = $T/auth/rsa.pem
smtpd_tls_key_file = $T/auth/rsa.key
smtpd_tls_eccert_file = $T/auth/ec.pem
smtpd_tls_eckey_file = \$smtpd_tls_eccert_file
smtpd_tls_security_level = encrypt
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtp_sasl_auth_enable = yes
smtp_sasl_security_options = noanonymous
smtp_sasl_password_maps = texthash:logins
smtpd_authorized_xclient_hosts = 127.0.0.1
C
printf '%s\n' '[Mail.isp.example]:submission ann:se cret' 'boss@a.example bob:geheim' 'b.example nosecretcolon' \
    'boss@a.example bob:another' >"$T/auth/logins"
: >"$T/auth/aliases"
"$C" import -o "$T/auth.out" postfix "$T/auth" >"$T/auth.err" 2>&1
is "AUTH: settings" "$(grep '^smtpd_[st]\|^smtpd_auth' "$T/auth.out/etc/pneu.conf" | sed "s,$T/,,g" | sort)" \
    "smtpd_authorized_xclient_hosts = 127.0.0.1
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = unix:/var/spool/pf/private/auth
smtpd_tls_chain_files = auth/ec.pem auth/rsa.key auth/rsa.pem
smtpd_tls_security_level = encrypt"
is "AUTH: logins" "$(grep -v '^#' "$T/auth.out/etc/sasl_passwd")" "[mail.isp.example]:587 ann:se cret
boss@a.example bob:geheim"
is "for their reader alone" "$(stat -c %a "$T/auth.out/etc/sasl_passwd" | sed 's/640/600/')" 600
is "no password is told" "$(cat "$T/auth.err" "$T/auth.out/import.report" "$T/auth.out/etc/pneu.conf" | grep -c 'cret\|geheim\|another\|nosecret')" 0
is "but where one is wrong" "$(sed "s,$T/,,g" "$T/auth.err" | grep -c 'auth/logins:3: b.example: expected USER:PASSWORD')" 1
mkdir -p "$T/smauth/etc/mail"
touch "$T/smauth/etc/mail/rsa.pem" "$T/smauth/etc/mail/rsa.key"
cat >"$T/smauth/etc/mail/sendmail.cf" <<C
O ServerCertFile=/etc/mail/rsa.pem
O ServerKeyFile=/etc/mail/rsa.key
O DaemonPortOptions=Name=MTA
O DaemonPortOptions=Name=TLS, Port=smtps, M=s
Kaccess hash /etc/mail/access
C
printf '%s\n' 'AuthInfo:mail.isp.example "U:ann" "P:se, cret" "M:PLAIN"' 'AuthInfo:b.example "U:ann" "P=c2VjcmV0"' \
    'Connect:10.1 RELAY' >"$T/smauth/etc/mail/access"
"$C" import -r "$T/smauth" -n a.example -o "$T/smauth.out" sendmail >"$T/smauth.err" 2>&1
is "Sendmail: settings" "$(grep '^smtpd_tls\|^listen' "$T/smauth.out/etc/pneu.conf" | sort)" \
    "listen = 0.0.0.0:25 0.0.0.0:465/smtps
smtpd_tls_chain_files = /etc/mail/rsa.key /etc/mail/rsa.pem"
is "Sendmail: logins" "$(grep -v '^#' "$T/smauth.out/etc/sasl_passwd")" "mail.isp.example ann:se, cret"
is "no password is told, either" "$(cat "$T/smauth.err" "$T/smauth.out/import.report" | grep -c 'cret\|c2Vj')" 0
is "but that one is lost" "$(grep -c 'access:2: AuthInfo:b.example: pneu wants' "$T/smauth.err")" 1

if [ "$(id -u)" != 0 ] || ! unshare -u -n -m -p -f --mount-proc true; then
	skip "where addresses go" "needs root and name spaces"
	done_testing
fi
tools/peer build/peers/postfix postfix
tools/peer build/peers/sendmail sendmail-bin sendmail-base sendmail-cf m4

for s in postfix-debian postfix-office sendmail-debian sendmail-office qmail-host; do
	mkdir "$T/$s.work"
	chmod 755 "$T/$s.work"
	if unshare -u -n -m -p -f --mount-proc bash $here/inside.sh "$s" \
	    "$T/$s.work" >"$T/$s.said" 2>&1; then
		pass "$s: asked"
	else
		fail "$s: asked"; tail -20 "$T/$s.said" | sed 's/^/# /'
		continue
	fi
	is "$s: passes pneu-conf check" "$(cat "$T/$s.work/check")" 0
	case $s in
	sendmail-*)	# without sendmail.cf, and with what m4 makes
		for t in routes virtual aliases canonical sender_canonical generic; do
			grep -v '^#' "$T/$s/etc/$t" 2>/dev/null | sort >"$T/mc"
			grep -v '^#' "$T/$s.work/new/etc/$t" 2>/dev/null | sort >"$T/cf"
			check "$s: $t by sendmail.mc and by sendmail.cf" diff "$T/mc" "$T/cf"
		done ;;
	esac
	/usr/bin/python3 $here/answers.py compare $here/$s "$T/$s.work" >"$T/$s.tap"
	while read -r line; do
		case $line in
		ok*) pass "$s: ${line#ok }" ;;
		not*) fail "$s: ${line#not ok }" ;;
		*) echo "$line" ;;
		esac
	done <"$T/$s.tap"
done
done_testing
