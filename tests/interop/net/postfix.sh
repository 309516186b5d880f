#!/bin/bash
# postfix.sh DIR: Debian's Postfix at 127.0.1.1, in DIR
set -eu
P=$1
mkdir -p "$P/etc" "$P/queue" "$P/data" "$P/box"
chown postfix "$P/data" "$P/box"
cat >"$P/etc/main.cf" <<C
compatibility_level = 3.6
myhostname = mx.net.test
myorigin = net.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.1.1
inet_protocols = ipv4
queue_directory = $P/queue
data_directory = $P/data
meta_directory = $P/etc
mail_owner = postfix
setgid_group = postdrop
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = inline:{ $(sed 's/[^ ]*/&=x/g' "$N/postfix.domains") }
virtual_mailbox_base = $P
virtual_mailbox_maps = regexp:{{!/^nobody@/ box/}}
virtual_uid_maps = static:62901
virtual_gid_maps = static:62901
virtual_minimum_uid = 100
transport_maps = texthash:$N/postfix.transport
smtp_dns_support_level = dnssec
smtp_tls_security_level = may
smtp_tls_policy_maps = texthash:$N/postfix.tls_policy
smtp_tls_CAfile = $C/ca.pem
smtp_tls_loglevel = 1
smtp_tls_fingerprint_digest = sha256
smtp_sasl_password_maps = texthash:$N/postfix.passwords
smtp_sasl_security_options = noanonymous
smtp_send_xforward_command = yes
smtpd_tls_security_level = may
smtpd_tls_chain_files = $C/mx.pem
smtpd_tls_received_header = yes
smtpd_tls_loglevel = 1
smtpd_sasl_type = dovecot
smtpd_sasl_path = $M/dovecot/auth
smtpd_client_connection_count_limit = 0
maillog_file = $P/log
maillog_file_prefixes = $P
C
sed -E -e '/^smtp .*inet/d' -e 's/^([a-z0-9.:]+\s+\S+\s+\S+\s+\S+\s+)y/\1n/' /usr/share/postfix/master.cf.dist >"$P/etc/master.cf"
cat >>"$P/etc/master.cf" <<C
127.0.1.1:25 inet n - n - - smtpd
C
login="-o smtpd_sasl_auth_enable=yes -o smtpd_relay_restrictions=permit_sasl_authenticated,reject -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject"
cat >>"$P/etc/master.cf" <<C
127.0.1.1:587 inet n - n - - smtpd $login -o smtpd_tls_security_level=encrypt
127.0.1.1:588 inet n - n - - smtpd $login -o smtpd_tls_security_level=encrypt -o smtpd_sasl_mechanism_filter=plain
127.0.1.1:589 inet n - n - - smtpd $login -o smtpd_tls_security_level=encrypt -o smtpd_sasl_mechanism_filter=login
127.0.1.1:465 inet n - n - - smtpd $login -o smtpd_tls_wrappermode=yes
C
for m in plain login scram-sha-256; do
	echo "$m unix - - n - - smtp -o smtp_sasl_auth_enable=yes -o smtp_tls_security_level=encrypt -o smtp_sasl_mechanism_filter=$m"
done >>"$P/etc/master.cf"
echo "implicit unix - - n - - smtp -o smtp_sasl_auth_enable=yes -o smtp_tls_security_level=encrypt -o smtp_tls_wrappermode=yes" >>"$P/etc/master.cf"
: >"$P/etc/dynamicmaps.cf"
cp build/peers/postfix/etc/postfix/postfix-files "$P/etc"
export MAIL_CONFIG=$P/etc
postfix -c "$P/etc" start
