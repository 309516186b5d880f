#!/bin/bash
# pneu-conf: what is wrong is told by file, line and column and changes
# nothing; what is right is in force, and comments stay.
. tests/flow/lib.sh
C=$TOP/bin/pneu-conf
mkdir -p "$H/etc"
users="alias_maps = etc/aliases
users = $(for u in d q s a r b v f t k c m; do i=$((${i:-61000} + 1))
    echo -n "pneu$u=$i:$i "; done)"

# says WHAT: standard input is pneu.conf; its report must be what stands in
# the file of that name here, HOME for the home
says() {
	{ cat; echo "$users"; } >"$H/etc/pneu.conf"
	"$C" check >"$T/said" 2>&1
	status=$?
	sed -i "s,$H,HOME,g" "$T/said"
	if cmp -s "$T/said" "tests/flow/conf/$1"; then pass "told: $1"; else
		fail "told: $1"; diff "tests/flow/conf/$1" "$T/said" | sed 's/^/# /'
	fi
}

printf 'smtpd_forbid_bare_newline = maybe\ninclude more.conf\n\ninclude pneu.conf\n' >"$H/etc/more.conf"
says values <<'S'
# a comment
myhostname = mx.example.org
smtpd_timout = 5
smtpd_timeout = 5x
backoff = cubic
message_size_limit = 99t
mynetworks = 127.0.0.1/8 [::1]/128 10.0.0.0/8,
  # within
  192.168.1.1/40
nonsense
virtual_mailbox_base = a
	b
smtp_bind_address = ::1, ::2
dns_servers = 127.0.0.1:53 127.0.0.1:x [::1]
listen = localhost:25 [::1]:0
myorigin = $mydomain
include more.conf
include none.conf
relayhost = [mx.example.org]:smtp
smtp_fallback_relay = a.test b.test:99999
recipient_delimiter = a
relay_domains = a.test .bücher.example
smtpd_sasl_path = dovecot
S
is "exit status of errors" $status 100

cat >"$H/etc/bounce.cf" <<'B'
# of bounces
failure_template = <<EOF
Charset: us-ascii
From: MAILER-DAEMON (Post at $myhostname)
Subject: No
X-Mine: yes

Text with $nothing, and ${delay_warning_time_years}.
$$5 for $these, zurÃ¼ck.
EOF

delay_template = <<END OF IT
Charset: utf-8
Subject: spÃ¤t

SpÃ¤t, $date.
END OF IT
verify_template = <<EOF
EOF
success_template = <<EOF
Subject: Yes

B
sed -i 's/\\303/\xc3/g; s/\\274/\xbc/g; s/\\244/\xa4/g' "$H/etc/bounce.cf"
says templates <<'S'
bounce_template_file = etc/bounce.cf
S
echo 'bounce_template = <<EOF' >"$H/etc/bounce.cf"
says template <<'S'
bounce_template_file = etc/bounce.cf
S
says notemplate <<'S'
bounce_template_file = etc/none.cf
S
rm "$H/etc/bounce.cf"

says together <<'S'
 leading
myhostname = mx.example.org
mydestination = example.org $myhostname
virtual_mailbox_domains = v.test,
	EXAMPLE.org
relay_domains = r.test $myhostname
smtpd_soft_error_limit = 21
minimal_backoff_time = 2h
backoff = quadratic
backoff = exponential
listen = 127.0.0.1:2525 [::1]:2525 127.0.0.1:2525
intake_workers = 200
S

printf '%s\n' 'x.test [192.0.2.1]:2525' '.y.test smtp:[mx]' '* host:0' \
    'foo@bar.test x' 'x.test again' 'z..test a' 'e.test error:5.7.1 no' \
    'l.test lmtp:unix:/run/lmtp' 'm.test lmtp:[::1]:24' 'n.test lmtp:unix:lmtp' 'o.test lmtp:' \
    'bücher.test [a]' 'q.test [mx.Grün.test]:25' >"$H/etc/routes"
printf '%s\n' 'a@v.test a/' '"John Doe"@v.test ../x' 'b@w.test b' 'A@v.test c' \
    'a@v.test' 'nobody x' '@v.test /rest' '@ö.test x' >"$H/etc/virtual_mailboxes"
printf '%s\n' '@r.test' 'a@s.test' 'a b@r.test' 'a@sub.below.test' >"$H/etc/relay_recipients"
printf '%s\n' 'always arch@r.test' 'Sender Boss@A.test w@r.test' 'sender boss@a.test v@r.test' \
    'recipient @a.test "|cat"' 'sender b@c.test' 'to a@b c@d' 'always a@b.test, c@d.test' 'recipient @a..b x' >"$H/etc/bcc"
printf '%s\n' 'a.test secure match=a.test:nexthop' '.b.test may' '[c.test]:587 encrypt' 'D.test  high' \
    'e.test may match=x' 'a@f.test may' 'g.test secure  match=ok.test:b..x' 'h.test fingerprint' >"$H/etc/tls_policy"
says tables <<'S'
myhostname = mx.example.org
virtual_mailbox_domains = v.test
relay_domains = r.test .below.test .
S
check "nothing was made" test ! -e "$H/etc/pneu.cdb"
check "compile refuses, too" sh -c "! '$C' compile"
check "and makes nothing" test ! -e "$H/etc/pneu.cdb" -a ! -e "$H/etc/pneu.cdb.new"

rm "$H/etc/routes" "$H/etc/virtual_mailboxes" "$H/etc/relay_recipients" "$H/etc/bcc" "$H/etc/tls_policy"
says nothing <<'S'
# ours
myhostname = mx.example.org
mydestination = example.org,
	# and the host
	$myhostname
smtpd_timeout=5m
S
is "exit status of none" $status 0
check compile "$C" compile
is "get" "$("$C" get mydestination smtpd_timeout smtp_port)" \
    "$(printf 'example.org mx.example.org\n5m\n25')"
is "show, named" "$("$C" show message_size_limit myorigin)" \
    "$(printf 'message_size_limit = 10240000\nmyorigin = mx.example.org')"
is "show -n" "$("$C" show -n | grep -v "^users\|^alias_maps" | tr '\n' ';')" \
    "myhostname = mx.example.org;mydestination = example.org mx.example.org;"
is "show -a has all" "$("$C" show -a | wc -l)" "$(grep -c '^X(' src/conf/settings.h)"
is "show -d" "$("$C" show -d smtpd_timeout)" "smtpd_timeout = 5m"
is "an unknown name" "$("$C" get smtp_prot 2>&1)" \
    "pneu-conf: unknown setting smtp_prot, do you mean smtp_port?"

# whose rights the commands of aliases have
cp -p "$H/etc/pneu.conf" "$H/etc/pneu.conf.is"
privs() {	# NAME SETTING...
	{
		printf '%s\n' 'myhostname = mx.example.org' "default_privs = $1" "$users joe=61020:61020 low=999:999 pneuv=61007:61007"
		shift
		printf '%s\n' "$@"
	} >"$H/etc/pneu.conf"
	"$C" check 2>&1 | sed "s,$H/etc/,,; s, add them.*,,"
}
is "default_privs: a user" "$(privs joe)" ""
if [ "$(id -u)" = 0 ]; then
	is "root" "$(privs root)" "pneu.conf:2:17: default_privs: root is root"
	is "one of our own" "$(privs pneuq)" "pneu.conf:2:17: default_privs: pneuq is one of our own users"
	is "below min_uid" "$(privs low)" "pneu.conf:2:17: warning: default_privs: the uid of low is below min_uid: mail to commands and files of aliases will wait"
	is "root owns no virtual mailboxes" "$(privs joe "virtual_mailbox_domains = v.test
virtual_user = root")" "pneu.conf:6:16: virtual_user: root is root, who gets no mail"
	is "who may change virtual mailboxes" "$(privs pneuv 'virtual_mailbox_domains = v.test')" "pneu.conf:2:17: warning: default_privs: pneuv is virtual_user, too: commands of aliases may change all virtual mailboxes"
else
	skip "whose rights they may not be" "needs root"
fi
mv "$H/etc/pneu.conf.is" "$H/etc/pneu.conf"

chmod 640 "$H/etc/pneu.conf"
check "set" "$C" set mydestination=a.test smtpd_timeout=7 'smtp_port = 2525'
is "in force" "$("$C" get mydestination smtpd_timeout smtp_port | tr '\n' ' ')" \
    "a.test 7s 2525 "
is "comments and the rest stay" "$(grep -v "^users\|^alias_maps" "$H/etc/pneu.conf")" "# ours
myhostname = mx.example.org
mydestination = a.test
	# and the host
smtpd_timeout= 7
smtp_port = 2525"
is "so does the mode" "$(stat -c %a "$H/etc/pneu.conf")" 640
cp "$H/etc/pneu.conf" "$T/before"
check "set refuses what is wrong" sh -c "! '$C' set smtp_port=2526 smtpd_timeout=1x"
check "set refuses unknown names" sh -c "! '$C' set smtp_prot=2526"
check "set refuses what an include says" sh -c \
    "echo 'include m.conf' >>'$H/etc/pneu.conf'; echo 'smtp_port = 1' >'$H/etc/m.conf'
    cp '$H/etc/pneu.conf' '$T/before'; ! '$C' set smtp_port=3"
check "and changes nothing" cmp "$H/etc/pneu.conf" "$T/before"
is "nor what is in force" "$("$C" get smtp_port)" 2525
check "unset" "$C" unset mydestination
is "its default" "$("$C" get mydestination)" "mx.example.org localhost"
is "removed, comments not" "$(grep -c 'mydestination\|and the host' "$H/etc/pneu.conf")" 1

for i in 1 2 3 4 5 6 7 8; do "$C" set smtp_port=$((3000 + i)) & done 2>/dev/null; wait
check "eight at a time leave it whole" "$C" check
is "and nothing beside it" "$(ls "$H/etc" | grep -c new)" 0

mkdir -p "$H/service/stages/pneu-x/supervise"
mkfifo "$H/service/stages/pneu-x/supervise/control"
check "a stage without supervisor is no matter" "$C" compile
exec 5<>"$H/service/stages/pneu-x/supervise/control"
"$C" compile
read -r -t 5 -N 1 -u 5 h || h=none
is "a supervisor is asked for a SIGHUP" "$h" h

is "pneu.conf(5) is of this table of settings" \
    "$("$C" -M | cmp - src/pneu-conf/pneu.conf.5 2>&1)" ""
usage() { sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/p' "$1" | grep -o '\bC[m] .*' |
    grep -o '\b\(check\|compile\|aliases\|fresh\|show\|get\|set\|unset\|import\)\b' | sort -u | tr '\n' ' '; }
is "the page has the words of the usage" "$(usage src/pneu-conf/pneu-conf.8)" \
    "$("$C" 2>&1 | grep -o '\b\(check\|compile\|aliases\|fresh\|show\|get\|set\|unset\|import\)\b' | sort -u | tr '\n' ' ')"
cd /
is "pneu finds it beside itself" "$("$TOP/bin/pneu" conf get smtp_bind_address myorigin)" \
    "$(printf '\nmx.example.org')"
ln -s "$TOP/bin/pneu" "$T/p"
is "through a link, too" "$("$T/p" conf get myorigin)" mx.example.org
check "pneu help" sh -c "'$T/p' help | grep -q queue"
check "pneu and a word it does not know" sh -c "'$T/p' nonsense; test \$? = 100"
# who begins by other settings than those that are written refuses mail for good
rm "$H/etc/pneu.cdb"
is "settings that were never compiled are not passed over" \
    "$(timeout 5 "$TOP/bin/pneu-alias" 2>&1 </dev/null; echo $?)" \
    "$(printf '%s\n' "pneu-alias: fatal: $H/etc/pneu.conf is not compiled: pneu conf compile" 111)"
done_testing
