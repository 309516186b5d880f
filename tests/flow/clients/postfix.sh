#!/bin/sh
# postfix.sh DIR PORT OURS: Debian's Postfix, laid over /usr in a namespace of
# its own (run.sh), listens on PORT, is given a letter by 127.0.0.9, and hands
# it on to OURS with XFORWARD, as to a content filter.
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
myhostname = front.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
queue_directory = $D/queue
data_directory = $D/data
meta_directory = $D/etc
mail_owner = postfix
setgid_group = postdrop
alias_maps =
alias_database =
relayhost = [127.0.0.1]:$3
smtp_send_xforward_command = yes
maillog_file = $D/log
maillog_file_prefixes = $D
C
sed -E "s/^smtp( +inet)/127.0.0.1:$2\1/; s/^([a-z0-9.:]+[ \t]+[^ \t]+[ \t]+[^ \t]+[ \t]+[^ \t]+[ \t]+)y/\1n/" \
    /usr/share/postfix/master.cf.dist >"$D/etc/master.cf"
: >"$D/etc/dynamicmaps.cf"
cp build/peers/postfix/etc/postfix/postfix-files "$D/etc"
export MAIL_CONFIG=$D/etc
postfix start
printf 'EHLO h.test\r\nMAIL FROM:<s@c.test>\r\nRCPT TO:<bob@here.test>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\nQUIT\r\n' |
    /usr/bin/python3 tests/flow/ext/say.py "$2" 127.0.0.9
n=0
until grep -q 'status=' "$D/log" || [ $n -gt 100 ]; do
	n=$((n + 1)); sleep 0.1
done
postfix abort
