#!/bin/sh
# postfix.sh DIR ROUTES: Debian's Postfix, laid over /usr in a namespace of
# its own (tests/flow/postqueue/run.sh), with letters that wait: prints what
# its mailq says of them. ROUTES is a transport table.
set -eu
D=$1
mkdir -p "$D/etc" "$D/queue" "$D/data"
{ cat /etc/passwd; echo 'postfix:x:62901:62901::/nonexistent:/usr/sbin/nologin'; } >"$D/passwd"
{ cat /etc/group; echo 'postfix:x:62901:'; echo 'postdrop:x:62902:'; } >"$D/group"
mount --bind "$D/passwd" /etc/passwd
mount --bind "$D/group" /etc/group
chown postfix "$D/data"
cat >"$D/etc/main.cf" <<C
compatibility_level = 3.6
myhostname = mx.pneu.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
queue_directory = $D/queue
data_directory = $D/data
meta_directory = $D/etc
mail_owner = postfix
setgid_group = postdrop
alias_maps =
alias_database =
transport_maps = texthash:$2
maillog_file = $D/log
maillog_file_prefixes = $D
C
sed -E '/^smtp +inet/d; s/^([a-z0-9.:]+[ \t]+[^ \t]+[ \t]+[^ \t]+[ \t]+[^ \t]+[ \t]+)y/\1n/' \
    /usr/share/postfix/master.cf.dist >"$D/etc/master.cf"
: >"$D/etc/dynamicmaps.cf"
cp build/peers/postfix/etc/postfix/postfix-files "$D/etc"
export MAIL_CONFIG=$D/etc
postfix start >"$D/out" 2>&1
. tests/flow/postqueue/letters.sh
letters sendmail
n=0
until [ "$(postqueue -p | grep -c '(.*)')" -ge 5 ] &&
    postqueue -p | grep -q '^[0-9A-F]*\* .*s4@x' || [ $n -gt 200 ]; do
	n=$((n + 1)); sleep 0.1
done
id=$(postqueue -p | sed -n 's/^\([0-9A-F]*\) .*s5@x.test$/\1/p')
postsuper -h "$id" >/dev/null 2>&1
postqueue -p
postfix abort >>"$D/out" 2>&1
