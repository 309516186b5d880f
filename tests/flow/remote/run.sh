#!/bin/bash
# pneu-remote alone, with a real DNS server and real and scripted SMTP
# servers; story.py is pneu-send, and says the TAP.
. tests/flow/lib.sh
SMTP=$(free_port) DNS=$(free_port)
instance <<C
smtp_port = $SMTP
dns_servers = 127.0.0.1:$DNS
inet_protocols = ipv4
smtp_helo_timeout = 5
smtp_mail_timeout = 5
smtp_data_done_timeout = 60
smtp_connect_timeout = 5
smtp_idle_time = 60
C
many=
for i in $(seq 50); do
	many="$many --mx-host=many.test,a-host-with-a-name-that-is-rather-long-$i.many.test,$i"
	many="$many --host-record=a-host-with-a-name-that-is-rather-long-$i.many.test,127.0.1.1"
done
hosts=
for i in 1 2 3 4 5 6 7 8 9 10; do hosts="$hosts --host-record=h$i.test,127.0.1.$i"; done
dnsmasq -k -C /dev/null -p "$DNS" --listen-address=127.0.0.1 --bind-interfaces \
    --no-resolv --no-hosts --pid-file= -u "$(id -un)" --local=/test/ $hosts $many \
    --mx-host=plain.test,h1.test,10 \
    --mx-host=dead.test,h9.test,10 --mx-host=half.test,h9.test,10 --mx-host=half.test,h1.test,20 \
    --mx-host=busy.test,h2.test,10 --mx-host=busy.test,h1.test,20 \
    --mx-host=drop.test,h3.test,10 --mx-host=drop.test,h1.test,20 \
    --mx-host=seven.test,h4.test,10 --mx-host=slow.test,h5.test,10 \
    --mx-host=grey.test,h6.test,10 --mx-host=grey.test,h1.test,20 \
    --mx-host=mute.test,h7.test,10 --mx-host=brief.test,h8.test,10 \
    --mx-host=kept.test,h10.test,10 --mx-host=kept.test,h1.test,20 \
    --mx-host=self.test,mx.pneu.test,10 --mx-host=self.test,h1.test,20 \
    --dns-rr=null.test,15,000000 --cname=alias.test,h1.test \
    >"$T/dns.log" 2>&1 &
later $!
/usr/bin/python3 tests/flow/remote/story.py "$H" "$T" "$SMTP" "$PORT"
