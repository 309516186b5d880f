#!/bin/bash
# sendmail.sh OUT: run.sh's letters through Debian's Sendmail, in its
# namespaces, with homes of its own. Its mailers are a script that writes down
# whom it is called for, and runs the command if that is a command; files
# Sendmail writes itself. OUT.said is what it says.
set -eu
I=tests/interop/forward
mount -t tmpfs -o mode=755 tmpfs /mnt/home
S=/mnt/sendmail
mkdir -p $S/queue
cat >$S/sm.mc <<'C'
include(`/usr/share/sendmail/cf/m4/cf.m4')
VERSIONID(`pneu tests')
OSTYPE(`linux')
define(`ALIAS_FILE', `/mnt/sendmail/aliases')
define(`confQUEUE_LA', `10000')
define(`confREFUSE_LA', `10000')
define(`confDELAY_LA', `10000')
define(`QUEUE_DIR', `/mnt/sendmail/queue')
define(`confSERVICE_SWITCH_FILE', `/mnt/sendmail/switch')
define(`confPID_FILE', `/mnt/sendmail/pid')
define(`confDOMAIN_NAME', `mx.here.test')
FEATURE(`nocanonify')
FEATURE(`accept_unresolvable_domains')
LOCAL_DOMAIN(`here.test')
MASQUERADE_AS(`here.test')
define(`LOCAL_MAILER_PATH', `/mnt/sendmail/rec')
define(`LOCAL_MAILER_ARGS', `rec local $u')
define(`LOCAL_SHELL_PATH', `/mnt/sendmail/rec')
define(`LOCAL_SHELL_ARGS', `rec prog $u')
define(`SMART_HOST', `rec:there')
MAILER(`local')
MAILER(`smtp')
MAILER_DEFINITIONS
Mrec, P=/mnt/sendmail/rec, F=lsDFMnu, S=0, R=0, A=rec remote $u
C
cat >$S/rec <<'C'
#!/bin/sh
[ "$1" != -f ] || shift 2
printf '%s\n' "$*" >>/mnt/sendmail/said
[ "$1" != prog ] || exec /bin/sh -c "$2"
exec cat >/dev/null
C
chmod 755 $S $S/rec
printf "%s files\n" hosts aliases passwd >$S/switch
: >$S/aliases
m4 $S/sm.mc >$S/sm.cf
/usr/libexec/sendmail/sendmail -C $S/sm.cf -bi >"$1.aliases" 2>&1
/usr/bin/python3 $I/collect.py $I/forwards sendmail >"$1" 2>"$1.said"
