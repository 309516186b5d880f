#!/bin/bash
# The programs that Debian's users send mail with, with our sendmail as
# /usr/sbin/sendmail: mutt, s-nail, bsd-mailx, git send-email, cron, PHP's
# mail() and Python's smtplib; and what arrives of each.
. tests/flow/lib.sh
D=tests/flow/mailers
tools/peer build/peers/mailers mutt s-nail bsd-mailx git-email \
    libmailtools-perl php8.2-cli cron
instance <<C
myorigin = here.test
mydestination =
virtual_mailbox_domains = here.test
C
for u in to cc bcc root; do
	echo "$u@here.test $u/" >>"$H/etc/virtual_mailboxes"
done
"$H/bin/pneu-conf" compile
check "starts" start

export TMPDIR=$T	# mutt otherwise takes /var/tmp

# cron and others forget the environment, and with it PNEU_HOME
mkdir -p "$T/over/usr/sbin" "$T/over/usr/lib" "$T/home.of"
cat >"$T/sendmail" <<C
#!/bin/sh
PNEU_HOME=$H exec "$H/bin/sendmail" "\$@"
C
chmod 755 "$T/sendmail"
ln -s "$T/sendmail" "$T/over/usr/sbin/sendmail"
ln -s "$T/sendmail" "$T/over/usr/lib/sendmail"
over() { tools/over "$T/over:build/peers/mailers" env -u PNEU_HOME HOME="$T/home.of" "$@"; }

# read BOX SUBJECT: what is there, without the fields of the delivery
read_box() {
	until_true 20 /usr/bin/python3 $D/read.py "$H/mailboxes/$1" "$2"
	/usr/bin/python3 $D/read.py "$H/mailboxes/$1" "$2" 2>&1 |
	    sed -n '/^Delivered-To: /!p'
}
# arrived WHAT SUBJECT WANTED: in the boxes to, cc and bcc
arrived() {
	local box
	for box in to cc bcc; do
		is "$1: what $box gets" "$(read_box $box "$2")" "$3"
	done
}
me=$(id -un)@here.test
sum=$(md5sum <conf-home | cut -d ' ' -f 1)

printf 'Gr\303\274\303\237e\n.\nFrom here\n' |
    over mutt -n -F /dev/null -e 'set charset=utf-8 from="Joe P. <joe@here.test>" use_envelope_from' \
    -s 'Von mutt' -c cc@here.test -b bcc@here.test -a conf-home -- to@here.test
is "mutt: exit status" $? 0
arrived mutt 'Von mutt' "Return-Path: <joe@here.test>
From: \"Joe P.\" <joe@here.test>
To: to@here.test
Cc: cc@here.test
text 'Grüße\\n.\\nFrom here'
file conf-home $sum"

printf 'Gr\303\274\303\237e\n.\nFrom here\n' |
    LC_ALL=C.UTF-8 over s-nail -n -s 'Von s-nail' -r joe@here.test -c cc@here.test -b bcc@here.test -a conf-home to@here.test
is "s-nail: exit status" $? 0
arrived s-nail 'Von s-nail' "Return-Path: <joe@here.test>
From: joe@here.test
To: to@here.test
Cc: cc@here.test
text 'Grüße\\n.\\nFrom here'
file conf-home $sum"

printf 'one\n.\ntwo\n' |
    over bsd-mailx -n -s 'From bsd-mailx' -a 'X-Test: y' -c cc@here.test -b bcc@here.test to@here.test
is "bsd-mailx: exit status" $? 0
arrived bsd-mailx 'From bsd-mailx' "$(read_box to 'From bsd-mailx' | sed -n '/^Return-Path: /p;/^From: /p')
To: to@here.test
Cc: cc@here.test
X-Test: y
text 'one\\n.\\ntwo'"
is "bsd-mailx: the caller is the sender, and in From" \
    "$(read_box to 'From bsd-mailx' | grep -c "^Return-Path: <$me>\$\|^From: .*$me>*\$")" 2

echo x | over bsd-mailx -v -s 'mailx -v' to@here.test cc@here.test nobody@here.test >"$T/verbose"
is "bsd-mailx -v: the verdicts" "$(sed '1s/^[0-9A-F]*/ID/' "$T/verbose" | sort)" "ID... queued
cc@here.test... Sent (delivered to maildir)
nobody@here.test... Failed ($(sed -n 's/^nobody.*(\(.*\))/\1/p' "$T/verbose"))
to@here.test... Sent (delivered to maildir)"

mkdir "$T/repo"
(	cd "$T/repo"
	export HOME="$T/home.of"
	git init -q . && git config user.name 'Jöe' && git config user.email joe@here.test &&
	    echo a >a && git add a && git commit -qm 'first' -m 'From here
.
end' && git format-patch -q -o out --root
) >/dev/null 2>&1
(top=$TOP; cd "$T/repo"
 "$top/tools/over" "$T/over:$top/build/peers/mailers" env -u PNEU_HOME HOME="$T/home.of" \
    git send-email --quiet --suppress-cc=all --to=to@here.test --cc=cc@here.test \
    --bcc=bcc@here.test --confirm=never out/*.patch </dev/null >"$T/git.out" 2>&1)
is "git send-email: exit status" $? 0
patch=$(sed '1,/^$/d' "$T/repo/out"/*.patch)
arrived "git send-email" '[PATCH] first' "Return-Path: <$me>
From: Jöe <joe@here.test>
To: to@here.test
Cc: cc@here.test
text $(/usr/bin/python3 -c 'import sys; print(repr(sys.argv[1].strip()))' "$patch")"
# git am takes what arrived
grep -l 'PATCH. first' "$H/mailboxes/to/new"/* | head -n 1 | xargs cat >"$T/patch"
(cd "$T/repo" && git checkout -q --orphan other && git rm -rqf . && git commit -q --allow-empty -m x &&
    HOME=$T/home.of git am -q "$T/patch") >"$T/am.out" 2>&1
is "git am takes it" "$? $(git -C "$T/repo" log -1 --format='%an %s' 2>&1)" "0 Jöe first"

php() { over php8.2 -n -r "$@"; }
php 'exit(mail("to@here.test, Cc <cc@here.test>", "=?UTF-8?B?VsO2biBQSFA=?=", "line 1\r\n.\r\nline 2", "From: Web <web@here.test>\r\nBcc: bcc@here.test\r\nX-Test: y") ? 0 : 1);'
is "PHP's mail(): true" $? 0
arrived "PHP's mail()" 'Vön PHP' "Return-Path: <$me>
From: Web <web@here.test>
To: to@here.test, Cc <cc@here.test>
X-Test: y
text 'line 1\\n.\\nline 2'"
php 'exit(mail("to@here.test", "PHP -f", "x", ["From" => "web@here.test", "Cc" => "cc@here.test", "Bcc" => "bcc@here.test"], "-f bounce@here.test") ? 0 : 1);'
arrived "PHP's mail() with -f" 'PHP -f' "Return-Path: <bounce@here.test>
From: web@here.test
To: to@here.test
Cc: cc@here.test
text 'x'"
is "PHP's mail() to nobody: false" "$(php 'echo mail("", "x", "x") ? "sent" : "not";' 2>/dev/null)" not

/usr/bin/python3 - $PORT "$T/sendmail" <<'P'
import smtplib, subprocess, sys
from email.message import EmailMessage
m = EmailMessage()
m["Subject"] = "Von smtplib ö"
m["From"] = "Joe P. <joe@here.test>"
m["To"] = "to@here.test"
m["Cc"] = "cc@here.test"
m["Bcc"] = "bcc@here.test"
m["Date"] = "Sun, 22 Nov 2026 11:10:18 +0000"
m["Message-ID"] = "<smtplib@here.test>"
m.set_content("Grüße\n.\nthere\n")
m.add_attachment(open("conf-home", "rb").read(), maintype="application", subtype="octet-stream", filename="conf-home")
with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as s:
    assert s.send_message(m) == {}
# and as its documentation shows for sendmail
del m["Subject"], m["Date"], m["Message-ID"]
m["Subject"] = "Von subprocess"
subprocess.run([sys.argv[2], "-t", "-oi"], input=m.as_bytes(), check=True)
P
is "smtplib: no error" $? 0
arrived smtplib 'Von smtplib ö' "Return-Path: <joe@here.test>
From: \"Joe P.\" <joe@here.test>
To: to@here.test
Cc: cc@here.test
text 'Grüße\\n.\\nthere'
file conf-home $sum"
arrived "Python's subprocess" 'Von subprocess' "Return-Path: <$me>
From: \"Joe P.\" <joe@here.test>
To: to@here.test
Cc: cc@here.test
text 'Grüße\\n.\\nthere'
file conf-home $sum"

# cron, where root has no domain and neither has the host mailboxes of users
if [ "$(id -u)" = 0 ]; then
	cat >"$T/cron.sh" <<'C'
mount -t tmpfs tmpfs /var/spool && mount -t tmpfs tmpfs /run || exit 1
mount -t tmpfs tmpfs /etc/cron.d 2>/dev/null
mkdir -p /var/spool/cron/crontabs
chmod 1730 /var/spool/cron/crontabs
printf 'MAILTO=root\n@reboot printf "hello\\n.\\nthere\\n"\n' >/var/spool/cron/crontabs/root
chmod 600 /var/spool/cron/crontabs/root
exec cron -f
C
	over sh "$T/cron.sh" >"$T/cron.out" 2>&1 &
	cron=$!
	subject="Cron <root@$(uname -n)> printf \"hello\\n.\\nthere\\n\""
	is "cron: what root gets" "$(read_box root "$subject")" "Return-Path: <root@here.test>
From: root@here.test
To: root@here.test
text 'hello\\n.\\nthere'"
	kill $cron
	wait $cron 2>/dev/null
else
	skip "cron: what root gets" "needs root"
fi

# and two of them read our Maildirs
cat >"$T/mutt.py" <<'P'
import os, pty, sys
pid, fd = pty.fork()
if not pid:
    os.environ["TERM"] = "vt100"
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    try:
        if not os.read(fd, 4096):
            break
    except OSError:
        break
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
P
box=$H/mailboxes/to
{
	echo "set charset=utf-8 pipe_decode nowait_key folder=$T"
	echo "macro index x \"<pipe-message>cat >>$T/mutt.out<enter>\""
	echo "push \"$(for f in "$box/new"/*; do printf 'x<next-entry>'; done | sed 's/<next-entry>$//')<exit>\""
} >"$T/muttrc"
LC_ALL=C.UTF-8 timeout 20 tools/over build/peers/mailers /usr/bin/python3 "$T/mutt.py" mutt -n -R -F "$T/muttrc" \
    -f "$box" >/dev/null 2>"$T/mutt.err"
is "mutt reads our Maildir" "$(grep -ac '^Subject: ' "$T/mutt.out") $(grep -ac '^Grüße$' "$T/mutt.out")" "$(files "$box/new") 4"
is "s-nail reads it" "$(over s-nail -n -R -H -f "$box" | wc -l)" "$(files "$box/new")"
check "stops" stop
done_testing
