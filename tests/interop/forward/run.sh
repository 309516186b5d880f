#!/bin/bash
# The .forward files of this folder, by pneu, by Debian's Postfix and by
# Debian's Sendmail: the same recipients, or a difference that "expected" tells
# of and doc/COMPAT explains. A letter is sent to each user through each of them,
# into homes made anew. With -p prints what it finds, in the form of "expected".
cd "$(dirname "$0")/../../.." || exit
I=tests/interop/forward
if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root: users who exist in a mount namespace only"
	exit 0
fi
if [ -z "${INSIDE:-}" ]; then
	tools/peer build/peers/postfix postfix || exit
	tools/peer build/peers/sendmail sendmail-bin sendmail-base || exit
	exec env INSIDE=1 unshare -m -n -u -p -f --mount-proc "$0" "$@"
fi
. tests/flow/lib.sh
ip link set lo up
{
	cat /etc/passwd
	echo 'postfix:x:62901:62901::/nonexistent:/usr/sbin/nologin'
	{ printf '%s\t-\n' ann bob joe; grep -v '^#' $I/forwards; } | awk -F'\t' '{
		id = 63000 + NR
		printf "%s:x:%d:%d::/mnt/home/%s:/bin/sh\n", $1, id,
		    $2 ~ /group=own/ ? id : 63000, $1
	}'
} >"$T/passwd"
{ cat /etc/group; printf '%s\n' postfix:x:62901: postdrop:x:62902: folk:x:63000:; } >"$T/group"
hostname mx.here.test
echo '127.0.0.1 mx.here.test localhost' >"$T/hosts"
: >"$T/resolv.conf"
for f in hosts resolv.conf passwd group; do mount --bind "$T/$f" /etc/$f; done
mount -t overlay overlay -o "lowerdir=$TOP/build/peers/postfix/usr:$TOP/build/peers/sendmail/usr:/usr" /usr
mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir /mnt/home

unshare -m $I/postfix.sh "$T/postfix" &
postfix=$!
unshare -m $I/sendmail.sh "$T/sendmail" &
sendmail=$!
mount -t tmpfs -o mode=755 tmpfs /mnt/home
SINK=$(free_port)
smtp-sink -u nobody -c "127.0.0.1:$SINK" 100 >/dev/null 2>&1 &
later $!
instance <<C
mydestination = here.test
myorigin = here.test
recipient_delimiter = +
home_mailbox = Mailbox
relayhost = [127.0.0.1]:$SINK
C
check "starts" start
/usr/bin/python3 $I/collect.py $I/forwards pneu "$PORT" >"$T/pneu"
wait $postfix $sendmail
paste "$T/pneu" <(cut -f2 "$T/postfix") <(cut -f2 "$T/sendmail") >"$T/found"
if [ "${1:-}" = -p ]; then cat "$T/found"; exit; fi
while IFS=$'\t' read -r addr pneu postfix sendmail why; do
	# no ${x/...}: in the replacement bash makes something of a &
	[ "$postfix" != = ] || postfix=$pneu
	[ "$sendmail" != = ] || sendmail=$pneu
	IFS=$'\t' read -r got found <&3
	is "$addr" "$got: $found" "$addr: $pneu"$'\t'"$postfix"$'\t'"$sendmail"
done <$I/expected 3<"$T/found"
is "each user is asked for" "$(wc -l <"$T/found")" "$(wc -l <$I/expected)"
done_testing
