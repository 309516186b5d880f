#!/bin/bash
# The aliases of this folder, by pneu, by Debian's Postfix and by Debian's
# Sendmail: the same recipients, or a difference that "expected" tells of and
# doc/COMPAT explains. With -p prints what it finds, in the form of "expected".
cd "$(dirname "$0")/../../.." || exit
I=tests/interop/aliases
if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root: users who exist in a mount namespace only"
	exit 0
fi
if [ -z "${INSIDE:-}" ]; then
	tools/peer build/peers/postfix postfix || exit
	tools/peer build/peers/sendmail sendmail-bin sendmail-base || exit
	exec env INSIDE=1 unshare -m -p -u -f --mount-proc "$0" "$@"
fi
. tests/flow/lib.sh
{
	cat /etc/passwd
	echo 'postfix:x:62901:62901::/nonexistent:/usr/sbin/nologin'
	i=63000
	for u in ann bob joe sam; do
		i=$((i + 1)); echo "$u:x:$i:63000::/mnt/home/$u:/bin/sh"
	done
} >"$T/passwd"
{ cat /etc/group; printf '%s\n' postfix:x:62901: postdrop:x:62902: folk:x:63000:; } >"$T/group"
# nobody asks a name server, nor waits for one
hostname mx.here.test
echo '127.0.0.1 mx.here.test localhost' >"$T/hosts"
: >"$T/resolv.conf"
mount --bind "$T/hosts" /etc/hosts
mount --bind "$T/resolv.conf" /etc/resolv.conf
mount --bind "$T/passwd" /etc/passwd
mount --bind "$T/group" /etc/group
mount -t overlay overlay -o "lowerdir=$TOP/build/peers/postfix/usr:$TOP/build/peers/sendmail/usr:/usr" /usr
mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir -p /mnt/home /mnt/files /mnt/lists
for u in ann bob joe sam; do mkdir "/mnt/home/$u"; chown "$u:folk" "/mnt/home/$u"; done
cp $I/lists/* /mnt/lists
touch "/mnt/files/box" "/mnt/files/a box"
chmod 644 /mnt/lists/* /mnt/files/*

# Postfix: verifies; what is not local it would discard
P=/mnt/postfix
mkdir -p $P/etc $P/queue $P/data
chown postfix $P/data
cat >$P/etc/main.cf <<C
compatibility_level = 3.6
myhostname = mx.here.test
mydestination = here.test
myorigin = here.test
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
queue_directory = $P/queue
data_directory = $P/data
meta_directory = $P/etc
mail_owner = postfix
setgid_group = postdrop
alias_maps = hash:$P/etc/aliases
alias_database =
recipient_delimiter = +
default_transport = discard
maillog_file = $P/log
maillog_file_prefixes = $P
C
sed -E -e '/^smtp .*inet/d' -e 's/^([a-z0-9.:]+\s+\S+\s+\S+\s+\S+\s+)y/\1n/' /usr/share/postfix/master.cf.dist >$P/etc/master.cf
: >$P/etc/dynamicmaps.cf
cp build/peers/postfix/etc/postfix/postfix-files $P/etc
cp $I/aliases $P/etc/aliases
export MAIL_CONFIG=$P/etc
postalias hash:$P/etc/aliases 2>"$T/postalias"
postfix -c $P/etc start >/dev/null 2>&1

# Sendmail: its own configuration with our aliases
S=/mnt/sendmail
mkdir -p $S/queue
cat >$S/sm.mc <<'C'
include(`/usr/share/sendmail/cf/m4/cf.m4')
VERSIONID(`pneu tests')
OSTYPE(`linux')
define(`ALIAS_FILE', `/mnt/sendmail/aliases')
define(`QUEUE_DIR', `/mnt/sendmail/queue')
define(`confSERVICE_SWITCH_FILE', `/mnt/sendmail/switch')
define(`confPID_FILE', `/mnt/sendmail/pid')
define(`confDOMAIN_NAME', `mx.here.test')
FEATURE(`nocanonify')
FEATURE(`accept_unresolvable_domains')
LOCAL_DOMAIN(`here.test')
MASQUERADE_AS(`here.test')
MAILER(`local')
MAILER(`smtp')
C
printf '%s files\n' hosts aliases passwd >$S/switch
m4 $S/sm.mc >$S/sm.cf
cp $I/aliases $S/aliases
/usr/libexec/sendmail/sendmail -C $S/sm.cf -bi >"$T/newaliases" 2>&1

instance <<C
mydestination = here.test
myorigin = here.test
recipient_delimiter = +
C
cp $I/aliases "$H/etc/aliases"
"$H/bin/pneu-conf" compile >"$T/compile" 2>&1
check "starts" start
cut -f1 $I/expected >"$T/asked"
/usr/bin/python3 $I/collect.py "$H" tests/flow/aliases/ask.py <"$T/asked" >"$T/found"
postfix -c $P/etc stop >/dev/null 2>&1
if [ "${1:-}" = -p ]; then cat "$T/found"; head -50 "$T/compile" "$T/newaliases" "$T/postalias" >&2; exit; fi
while IFS=$'\t' read -r addr pneu postfix sendmail why; do
	is "$addr" "$(A=$addr awk -F'\t' '$1 == ENVIRON["A"]' "$T/found" | cut -f2-)" \
	    "$pneu"$'\t'"${postfix/#=/$pneu}"$'\t'"${sendmail/#=/$pneu}"
done <$I/expected
done_testing
