#!/bin/bash
# Aliases: what newaliases says of them, where the SMTP server and pneu-alias
# see addresses go, that a change is noticed, and list files.
. tests/flow/lib.sh
A=tests/flow/aliases
instance <<C
mydestination = here.test, mx.pneu.test
myorigin = here.test
recipient_delimiter = +
virtual_alias_domains = va.test
virtual_mailbox_domains = v.test
admin_mailbox = admin/
alias_maps = etc/aliases hash:etc/more
C
L=$T/lists
mkdir -m 755 "$L" "$T/closed"
chmod 700 "$T/closed"
cat >"$H/etc/aliases" <<C
# aliases(5), as it is written

Postmaster:	root
"joe doe":	nobody
one : nobody,
	# a comment within
	sam@there.test (Sam)
LOUD: Sam@There.test
twin: sam@there.test
cmd: "|/bin/cat, >/dev/null"
file: /tmp/none
news+*: sam@there.test
list: nobody, twin, "|cat"
owner-list: sam@there.test
inc: :include:$L/members
hidden: :include:$T/closed/members
self: self, sam@there.test
ping: pong
pong: ping
lost: no-such-user, ghost-of@here.test
stray@else.test: sam@there.test
empty:
LOUD: twice@there.test
d1: d2
$(for i in $(seq 2 30); do echo "d$i: d$((i + 1))"; done)
d31: sam@there.test
C
printf 'more: twin\ntwin: other@there.test\n' >"$H/etc/more"
printf '%s\n' 'info@va.test one, ann@v.test' '@va.test sam@there.test' \
    'ann@v.test ann@v.test, sam@there.test' '@old.test @va.test' \
    '@q.test nobody+*' >"$H/etc/virtual"
printf '%s\n' 'ann@v.test v/ann/' >"$H/etc/virtual_mailboxes"
printf '%s\n' 'was@here.test more' >"$H/etc/recipient_canonical"
printf 'sam@there.test\n# no\nnobody, list\n' >"$L/members"
"$H/bin/pneu-conf" compile >"$T/said" 2>&1
is "compiled with warnings" $? 0
sed -i "s,$T,T,g; s/pneu.conf:[0-9]*:[0-9]*/pneu.conf:N/" "$T/said"
is "what it says" "$(cat "$T/said")" "$(cat $A/said)"

check "starts" start
ask() { /usr/bin/python3 $A/ask.py "$H" 61003 | tr '\n' ';'; }
q() { printf "$1 %s\n" "$2" | ask; }
route() { is "$1" "$(q Q "$1")" "$2;"; }
route one@here.test "class=local kind=list"
route ONE+x@mx.pneu.test "class=local kind=list"
route loud@here.test "class=local kind=smtp to=there.test addr=Sam@There.test"
route '"joe doe"@here.test' "class=local kind=user user=nobody ext= addr=nobody@here.test"
route cmd+a@here.test "class=local kind=user user=nobody ext=a target=|/bin/cat, >/dev/null"
route file@here.test "class=local kind=user user=nobody ext= target=/tmp/none"
route news+x@here.test "class=local kind=smtp to=there.test addr=sam@there.test"
route postmaster "class=local kind=mailbox mailbox=admin/ addr=root@here.test"
route list@here.test "class=local kind=list owner=owner-list@here.test"
route d1@here.test "class=local kind=smtp to=there.test addr=sam@there.test"
route more@here.test "class=local kind=smtp to=there.test addr=sam@there.test"
route was@here.test "class=local kind=smtp to=there.test addr=sam@there.test"
route info@va.test "class=virtual kind=list"
route any@va.test "class=virtual kind=smtp to=there.test addr=sam@there.test"
route x@old.test "class=other kind=smtp to=there.test addr=sam@there.test"
route x@q.test "class=other kind=user user=nobody ext=x addr=nobody+x@here.test"
route ping@here.test "class=local kind=none verdict=N 5.4.6 0 alias loop: ping@here.test -> pong@here.test -> ping@here.test"
is "a list" "$(q X list@here.test)" \
    "T nobody@here.test;T sam@there.test;T |cat;class=local kind=list owner=owner-list@here.test;"
is "a list file" "$(q X inc@here.test)" \
    "T sam@there.test;T nobody@here.test;T list@here.test;class=local kind=list;"
echo new@there.test >>"$L/members"
is "takes effect at once" "$(q X inc@here.test)" \
    "T sam@there.test;T nobody@here.test;T list@here.test;T new@there.test;class=local kind=list;"
[ "$(id -u)" != 0 ] && skip "a closed list file" "needs root" ||
is "a closed one waits" "$(q X hidden@here.test)" \
    "class=local kind=none verdict=L 4.3.0 0 unable to read list file $T/closed/members: permission denied;"
is "a name in its own list" "$(q X self@here.test)" \
    "T ~self@here.test;T sam@there.test;class=local kind=list;"
is "and in the virtual table" "$(printf 'X ann@v.test\nP ann@v.test ~ann@v.test\n' | ask)" \
    "T ~ann@v.test;T sam@there.test;class=virtual kind=list;class=virtual kind=mailbox mailbox=v/ann/;"
is "a command of a list" "$(printf 'P list@here.test |cat\nP list@here.test |sh\nP nobody@here.test |cat\n' | ask)" \
    "class=local kind=user user=nobody ext= target=|cat;class=local kind=none verdict=N 5.1.1 0 User unknown in local recipient table;class=local kind=user user=nobody ext= target=|cat;"

rcpt() { swaks --silent 2 --server 127.0.0.1:$PORT --local-interface 127.0.0.2 \
    --quit-after RCPT --to "$1" 2>&1 | sed -n 's/^<\*\* //p'; }
for a in one@here.test cmd@here.test list@here.test info@va.test twin@here.test any@va.test; do
	is "SMTP takes $a" "$(rcpt $a)" ""
done
is "refuses a loop" "$(rcpt ping@here.test | cut -c1-9)" "550 5.4.6"
is "refuses lost ones" "$(rcpt lost2@here.test | cut -c1-9)" "550 5.1.1"
printf 'bare.test any text\n' >>"$H/etc/virtual"
"$H/bin/pneu-conf" compile 2>/dev/null
until_true 10 sh -c "echo Q x@bare.test | /usr/bin/python3 $A/ask.py '$H' 61003 | grep -q class=virtual"
is "a domain by its row alone" "$(rcpt x@bare.test)" \
    "550 5.1.1 <x@bare.test>: Recipient address rejected: User unknown in virtual alias table"
is "no relaying by the virtual table" "$(rcpt x@old.test | cut -c1-9)" "554 5.7.1"

echo 'inc: nobody' >>"$H/etc/more"
until_true 30 sh -c "echo Q x@here.test | /usr/bin/python3 $A/ask.py '$H' 61003 >/dev/null
    cat '$H/log/current' | grep -q 'older than source file .*etc/more: run newaliases'"
is "a forgotten newaliases is told in the log" $? 0
is "once" "$(log | grep -c 'older than source file')" 1
check "and by pneu status" sh -c "'$H/bin/pneu' status | grep -q 'older than .*etc/more: run newaliases'"
printf 'broken\nso: "unclosed\nbad: a b\n' >>"$H/etc/more"
printf 'smtp_port = nonsense\n' >>"$H/etc/pneu.conf"
"$H/bin/newaliases" >"$T/said" 2>&1
is "newaliases refuses what is broken" $? 78
is "by line and column" "$(grep -o 'etc/more:[0-9:]*' "$T/said" | tr '\n' ' ')" "etc/more:4:1: etc/more:5:5: etc/more:6:6: "
route more@here.test "class=local kind=smtp to=there.test addr=sam@there.test"
printf 'more: fresh@there.test\ninc: nobody\n' >"$H/etc/more"
"$H/bin/newaliases" 2>/dev/null
is "newaliases" $? 0
check "is in force" until_true 20 sh -c "echo Q more@here.test | /usr/bin/python3 $A/ask.py '$H' 61003 | grep -q addr=fresh@there.test"
is "the rest as it was" "$("$H/bin/pneu-conf" get smtp_port; q Q any@va.test)" "$(echo 25; echo 'class=virtual kind=smtp to=there.test addr=sam@there.test;')"
sed -i '/nonsense/d' "$H/etc/pneu.conf"
check "all is fresh" "$H/bin/pneu-conf" fresh

mkdir -m 755 "$T/other"
seq -f 'member-%.0f@there.test' 50000 >"$T/other/big"
echo "big: :include:$T/other/big, nobody" >>"$H/etc/aliases"
"$H/bin/newaliases" 2>/dev/null
check "another directory of list files: pneu-alias starts anew" \
    until_true 20 sh -c "echo X big@here.test | /usr/bin/python3 $A/ask.py '$H' 61003 | grep -q 'T nobody'"
is "50,000 members" "$(q X big@here.test | tr ';' '\n' | grep -c ^T)" 50001
pid=$(s6-svstat -o pid "$(stage pneu-alias)")
rss=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' /proc/$pid/status)
check "in $rss KiB" test "$rss" -lt 12000

# letters
mkdir -m 777 "$T/out"
chmod 777 "$T/out"	# whatever the umask
cat >>"$H/etc/aliases" <<C
tee: "|/usr/bin/tee $T/out/tee"
box: $T/out/box
mix: ann@v.test, "|/usr/bin/tee $T/out/mix", $T/out/box, $T/out/dir/
loops: nowhere, cy@v.test
nowhere: loops
hasfile: :include:$L/all
C
echo 'cy@v.test' >"$L/all"
printf '%s\n' 'cy@v.test v/cy/' 'bo@v.test v/bo/' 'from@v.test v/from/' >>"$H/etc/virtual_mailboxes"
sed -i '/^ann@v.test/d' "$H/etc/virtual"
echo 'bo@v.test bo@v.test, cy@v.test' >>"$H/etc/virtual"
# who is not root runs all commands himself
[ "$(id -u)" = 0 ] || "$H/bin/pneu-conf" set "default_privs=$(id -un)" 2>/dev/null
"$H/bin/pneu-conf" compile 2>/dev/null
until_true 20 sh -c "echo Q bo@v.test | /usr/bin/python3 $A/ask.py '$H' 61003 | grep -q kind=list"
send() {
	printf 'Subject: %s\n\nhello\n' "$1" |
	    "$H/bin/sendmail" -i -f from@v.test -- "$1"
}
for a in tee+x@here.test box@here.test mix@here.test loops@here.test \
    hasfile@here.test bo@v.test; do send $a; done
check "all go" until_true 60 sh -c "'$H/bin/pneu-q' list | grep -q 'queue is empty'"
has() { grep -l "^Subject: $2\$" "$H/mailboxes/v/$1/new"/* 2>/dev/null | wc -l; }
is "a command has it, by the right user" \
    "$(stat -c %U "$T/out/tee"; grep '^Subject\|^Delivered-To' "$T/out/tee")" \
    "$([ "$(id -u)" = 0 ] && echo nobody || id -un; printf 'Delivered-To: tee+x@here.test\nSubject: tee+x@here.test')"
is "a file has two" "$(grep '^Subject' "$T/out/box" | tr '\n' ' ')" \
    "Subject: box@here.test Subject: mix@here.test "
is "a list's command, Maildir and address" \
    "$(grep -c '^Subject: mix' "$T/out/mix") $(files "$T/out/dir/new") $(has ann mix@here.test)" "1 1 1"
is "the rest of a loop" "$(has cy loops@here.test)" 1
is "and a bounce" "$(cat "$H"/mailboxes/v/from/new/* | grep -c '^Status: 5.4.6')" 1
is "a list file" "$(has cy hasfile@here.test)" 1
is "himself and another" "$(has bo bo@v.test) $(has cy bo@v.test)" "1 1"

"$H/bin/pneu-conf" set auto_rebuild_aliases=yes 2>/dev/null
echo 'auto: sam@there.test' >>"$H/etc/more"
check "recompiled by itself, by a setting" until_true 40 sh -c "sleep 0.5
    echo Q auto@here.test | /usr/bin/python3 $A/ask.py '$H' 61003 | grep -q addr=sam@there.test"
check "stops" stop
done_testing
