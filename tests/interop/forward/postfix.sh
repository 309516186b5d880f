#!/bin/bash
# postfix.sh OUT: run.sh's letters through Debian's Postfix, in its namespaces,
# with homes of its own: its local(8) delivers, what is not local is thrown
# away.
set -eu
I=tests/interop/forward
mount -t tmpfs -o mode=755 tmpfs /mnt/home
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
alias_maps =
alias_database =
recipient_delimiter = +
home_mailbox = Mailbox
default_transport = discard
maillog_file = $P/log
maillog_file_prefixes = $P
C
sed -E -e 's/^smtp .*inet/127.0.0.1:2525 inet/' -e 's/^([a-z0-9.:]+\s+\S+\s+\S+\s+\S+\s+)y/\1n/' /usr/share/postfix/master.cf.dist >$P/etc/master.cf
: >$P/etc/dynamicmaps.cf
cp build/peers/postfix/etc/postfix/postfix-files $P/etc
export MAIL_CONFIG=$P/etc
postfix -c $P/etc start >/dev/null 2>&1
/usr/bin/python3 $I/collect.py $I/forwards postfix 2525 >"$1"
postfix -c $P/etc stop >/dev/null 2>&1
