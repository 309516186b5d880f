#!/bin/bash
# inside.sh SAMPLE WORK: in name spaces of its own, a host that is SAMPLE's:
# asks the real program, then our instance made of its configuration, where
# the addresses go. WORK/theirs, WORK/ours, WORK/check are left.
set -e
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
TOP=$(pwd -P)
sample=$1 work=$2
S=$TOP/tests/flow/import/$sample
ip link set lo up 2>/dev/null || :
hostname box.example.org

# /etc is the sample's over ours, with users joe and ann; DNS has nobody
low=$work/low
mkdir -p "$low" "$work/home/joe" "$work/home/ann"
{
	cat /etc/passwd
	echo "postfix:x:62901:62901::/nonexistent:/usr/sbin/nologin"
	echo "smmta:x:62903:62903::/nonexistent:/usr/sbin/nologin"
	echo "joe:x:63001:63001::$work/home/joe:/bin/sh"
	echo "ann:x:63002:63002::$work/home/ann:/bin/sh"
} >"$low/passwd"
{
	cat /etc/group
	printf '%s\n' postfix:x:62901: postdrop:x:62902: smmta:x:62903: joe:x:63001: ann:x:63002:
} >"$low/group"
printf '%s\n' 'passwd: files' 'group: files' 'hosts: files' 'services: files' >"$low/nsswitch.conf"
printf '127.0.0.1 localhost\n127.0.0.1 box.example.org box\n' >"$low/hosts"
[ ! -d "$S/etc" ] || cp -r "$S/etc/." "$low/"
chown -R 0:0 "$low"
chown 63001:63001 "$work/home/joe"
chown 63002:63002 "$work/home/ann"
# not where files lie already on an overlay
mount -t tmpfs tmpfs /mnt
mkdir /mnt/up /mnt/wk /mnt/q /mnt/d
mount -t overlay overlay -o "lowerdir=$low:/etc,upperdir=/mnt/up,workdir=/mnt/wk" /etc

ask_postfix() {
	mount -t overlay overlay -o "lowerdir=$TOP/build/peers/postfix/usr:/usr" /usr
	: >/etc/postfix/dynamicmaps.cf
	# what leaves the host goes to discard, which logs the next hop
	postconf -e queue_directory=/mnt/q data_directory=/mnt/d mail_owner=postfix \
	    setgid_group=postdrop maillog_file=/mnt/log maillog_file_prefixes=/mnt \
	    inet_interfaces=127.0.0.1 content_filter= header_checks= always_bcc= \
	    recipient_bcc_maps= compatibility_level=3.6 virtual_mailbox_limit=0 2>/dev/null
	for s in "pickup n - 1 pickup" "cleanup n - 0 cleanup" "qmgr n - 1 qmgr" \
	    "rewrite - - - trivial-rewrite" "bounce - - 0 bounce" "defer - - 0 bounce" \
	    "trace - - 0 bounce" "proxymap - - - proxymap" "error - - - error" \
	    "retry - - - error" "showq n - - showq" "verify - - 1 verify" \
	    "flush n - 0 flush" "local - n - local" "virtual - n - virtual" \
	    "smtp - - - discard" "relay - - - discard" "slow - - - discard" \
	    "mailman - - - discard"; do
		set -- $s
		echo "$1 unix $2 $3 n - $4 $5"
		[ "$5" != discard ] || echo "  -o syslog_name=to-$1"
	done >/etc/postfix/master.cf
	echo "postlog unix-dgram n - n - 1 postlogd" >>/etc/postfix/master.cf
	maps() { postconf -xh "$@" 2>/dev/null | tr ', ' '\n\n' | grep ^hash: | sort -u; }
	for f in $(maps virtual_alias_maps virtual_mailbox_maps relay_recipient_maps \
	    transport_maps canonical_maps); do postmap "$f" 2>/dev/null; done
	for f in $(maps alias_maps); do postalias "$f" 2>/dev/null; done
	chown postfix /mnt/d
	(
		cd /mnt/q
		own="active bounce corrupt defer deferred flush hold incoming private saved trace"
		mkdir -p $own public maildrop pid
		chown postfix $own
		chown postfix:postdrop public maildrop
		chmod 700 $own
		chmod 710 public
		chmod 730 maildrop
	)
	/usr/lib/postfix/sbin/master -w
	# the sender says in the log which address it is
	n=0
	while read -r addr; do
		n=$((n + 1))
		sendmail -bv -f "n$n@test.invalid" "$addr" >/dev/null 2>&1
	done <"$S/addresses"
	for i in $(seq 300); do
		[ "$(grep -c 'qmgr.*: from=<n[0-9]*@test.invalid>' /mnt/log)" -lt $n ] ||
		    [ "$(find /mnt/q/maildrop /mnt/q/incoming /mnt/q/active -type f | wc -l)" -gt 0 ] ||
		    break
		sleep 0.1
	done
	sleep 0.3
	cp /mnt/log "$work/theirs.log"
	kill "$(cat /mnt/q/pid/master.pid)"
	# paths of virtual mailboxes, which the log does not say
	grep -o 'to=<[^>]*>.*relay=virtual' "$work/theirs.log" | sed 's/to=<\([^>]*\)>.*/\1/' | sort -u |
	while read -r addr; do
		map=$(postconf -xh virtual_mailbox_maps 2>/dev/null)
		path=$(postmap -q "$addr" "$map" 2>/dev/null ||
		    postmap -q "${addr%%[+@]*}@${addr#*@}" "$map" 2>/dev/null ||
		    postmap -q "@${addr#*@}" "$map" 2>/dev/null) || :
		printf "%s\t%s\n" "$addr" "$path"
	done >"$work/mailboxes"
	/usr/bin/python3 "$TOP/tests/flow/import/answers.py" postfix "$S/addresses" "$work" >"$work/theirs"
	umount -l /usr
}

ask_sendmail() {
	mount -t overlay overlay -o "lowerdir=$TOP/build/peers/sendmail/usr:/usr" /usr
	mkdir -p /etc/mail/m4
	touch /etc/mail/m4/dialup.m4 /etc/mail/m4/provider.m4
	(
		cd /etc/mail
		m4 sendmail.mc >sendmail.cf 2>/dev/null
		cp sendmail.cf "$work/sendmail.cf"
		printf 'hosts\tfiles\naliases\tfiles\n' >service.switch
		sed -i "s|^O QueueDirectory=.*|O QueueDirectory=/mnt/q|; /^O InputMailFilters/d; /^X/d
		    /^O HostStatus/d; \$a O ServiceSwitchFile=/etc/mail/service.switch" sendmail.cf
		for m in mailertable virtusertable genericstable domaintable access; do
			[ ! -e $m ] || /usr/libexec/sendmail/makemap hash $m <$m
		done
		/usr/libexec/sendmail/sendmail -bi >/dev/null
	)
	while read -r addr; do
		echo "== $addr"
		/usr/libexec/sendmail/sendmail -bv "$addr" 2>&1 || :
	done <"$S/addresses" >"$work/theirs.log"
	/usr/bin/python3 "$TOP/tests/flow/import/answers.py" sendmail "$S/addresses" "$work" >"$work/theirs"
	umount -l /usr
}

ask_pneu() {
	home=$work/home/pneu
	echo "mydestination =" | tools/instance "$home" >/dev/null 2>&1
	users=$(sed -n 's/^users = //p' "$home/etc/pneu.conf")
	# with Sendmail, both from sendmail.cf and from sendmail.mc alone
	root=$S
	if [ -e "$work/sendmail.cf" ]; then
		root=$work/root
		mkdir "$root"
		cp -r "$S/." "$root/"
		cp "$work/sendmail.cf" "$root/etc/mail/"
	fi
	export PNEU_HOME=$home
	rc=0
	bin/pneu-conf import -r "$root" -n box.example.org -o "$work/new" "${sample%-*}" >/dev/null 2>&1 || rc=$?
	[ $rc -le 1 ]
	rm "$home/etc/pneu.conf"
	cp "$work"/new/etc/* "$home/etc/"
	sed -i '/^users = /d; /^listen = /d' "$home/etc/pneu.conf"
	echo "users = $users" >>"$home/etc/pneu.conf"
	rc=0
	"$home/bin/pneu-conf" check >"$work/check.said" 2>&1 || rc=$?
	echo $rc >"$work/check"
	"$home/bin/pneu-conf" compile >/dev/null 2>&1
	mkfifo "$work/ready"
	PNEU_NOTIFY=3 "$home/bin/pneu-alias" 3>"$work/ready" 2>"$work/alias.log" &
	pid=$!
	read -r line <"$work/ready" || :
	s6-setuidgid 61001:61004 tests/tools/whither "$home/run/alias/alias" <"$S/addresses" >"$work/ours"
	kill $pid
}

case $sample in
postfix-*) ask_postfix ;;
sendmail-*) ask_sendmail ;;
*) cp "$S/expected" "$work/theirs" ;;
esac
ask_pneu
