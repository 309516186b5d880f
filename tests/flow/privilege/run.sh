#!/bin/bash
# What each running process may do, as /proc says; no file is setuid.
. tests/flow/lib.sh
instance <<C
mydestination =
virtual_mailbox_domains = here.test
C
echo 'alice@here.test alice/' >"$H/etc/virtual_mailboxes"
"$H/bin/pneu-conf" compile
check "starts" start
# one letter, so that a delivery process is there too
printf 'Subject: x\n\nx\n' | "$H/bin/sendmail" -f a@b.test alice@here.test
check "a letter arrives" until_true 20 has_files "$H/mailboxes/alice/new" 1

is "no setuid or setgid file" "$(find "$H" -perm /6000 -type f)" ""
field() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"; }
uid_of() { echo $((61000 + $1)); }
landlock=$(python3 -c 'import ctypes
print(ctypes.CDLL(None).syscall(444, 0, 0, 1))' 2>/dev/null)
echo "# Landlock ABI of this kernel: $landlock"

# Whoever runs now: "PID PROGRAM", by one look at /proc.
find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -lname "$H/bin/*" \
    -printf '%h %l\n' 2>/dev/null | sed "s,^/proc/,,; s, $H/bin/, ," >"$T/running"

# program, uid when root (0: root itself), capabilities left, no_new_privs, seccomp
n=0
while read -r name uid caps nnp seccomp; do
	pids=$(sed -n "s/ $name\$//p" "$T/running")
	[ -n "$pids" ] || { fail "$name runs"; continue; }
	for pid in $pids; do
		n=$((n + 1))
		u=$(field $pid Uid | cut -f2)
		got="uid $u caps $(field $pid CapEff | sed 's/^0*//') nnp $(field $pid NoNewPrivs) seccomp $(field $pid Seccomp)"
		echo "# $name[$pid] $got groups $(field $pid Groups)"
		[ "$(id -u)" = 0 ] || continue
		# two halves, and the workers that run as the mailbox's owner
		if [ $name = pneu-lspawn ] && [ "$u" = 61003 ]; then
			is "$name, the half that talks" "$got" "uid 61003 caps  nnp 1 seccomp 2"
			continue
		elif [ $name = pneu-lspawn ] && [ "$u" != 0 ]; then
			is "$name's worker" "$u $(field $pid CapEff | sed 's/^0*//')" "61007 "
			continue
		fi
		# two halves: one opens keys, the other signs
		if [ $name = pneu-key ] && [ "$u" = 0 ]; then
			is "$name, the half that opens files" "$got" "uid 0 caps 4 nnp 1 seccomp 2"
			continue
		fi
		is "$name" "$got" "uid $uid caps ${caps#-} nnp $nnp seccomp $seccomp"
	done
done <<TABLE
pneu-queue 61002 - 1 2
pneu-send 61003 - 1 2
pneu-alias 61004 - 1 2
pneu-remote 61005 - 1 2
pneu-bounce 61006 - 1 2
pneu-forward 61010 - 1 2
pneu-listen 61001 - 1 2
pneu-tls 61011 - 1 2
pneu-key 61012 - 1 2
pneu-auth 61013 - 1 2
pneu-sts 61014 - 1 2
pneu-smtpd 61001 - 1 2
pneu-lspawn 0 c0 0 0
TABLE
check "every process was looked at" [ $n -ge 14 ]
if [ "$(id -u)" = 0 ]; then
	modes() { stat -c '%a %u:%g %n' "$@" | sed "s|$H/||"; }
	is "who may knock" "$(cd "$H" && stat -c '%n %a %u:%g' run/*)" "run/alias 710 0:61004
run/auth 710 0:61001
run/bell 710 0:61003
run/bounce 710 0:61003
run/forward 710 0:61003
run/intake 710 0:61002
run/key 710 0:61011
run/lspawn 710 0:61003
run/orders 710 0:61003
run/pub 755 0:0
run/remote 710 0:61003
run/sts 710 0:61005
run/tls 710 0:61001
run/tlsout 710 0:61005
run/tlssts 710 0:61014"
	is "the queue is closed" "$(cd "$H" && stat -c '%n %a %u:%g' queue)" "queue 750 61002:61003"
else
	skip "who may knock" "needs root"
fi
done_testing
