#!/bin/bash
# What cannot be delivered comes back: refused by a next hop of another make
# (chasquid), expired, and a bounce that cannot be delivered itself.
. tests/flow/lib.sh
PEERPORT=$(free_port) PEERPORT2=$(free_port) DEAD=$(free_port)
instance <<C
mydestination =
virtual_mailbox_domains = here.test
minimal_backoff_time = 1
maximal_backoff_time = 1
2bounce_notice_recipient = admin@here.test
C
printf '%s@here.test %s/\n' alice alice admin admin >"$H/etc/virtual_mailboxes"
printf '%s\n' "peer.example [127.0.0.1]:$PEERPORT" "dead.test [127.0.0.1]:$DEAD" >"$H/etc/routes"
"$H/bin/pneu-conf" compile
tools/peer build/peers/chasquid chasquid
P=$T/peer
mkdir -p "$P"/{certs/peer.example,domains/peer.example,mail,data}
cp tests/peers/chasquid/*.pem "$P/certs/peer.example"
cp tests/peers/chasquid/mda "$P"
cat >"$P/chasquid.conf" <<C
hostname: "peer.example"
smtp_address: "127.0.0.1:$PEERPORT"
submission_address: "127.0.0.1:$PEERPORT2"
data_dir: "data"
mail_delivery_agent_bin: "./mda"
mail_delivery_agent_args: "%to%"
mail_log_path: "<stderr>"
C
build/peers/chasquid/usr/bin/chasquid-util -C="$P" user-add bob@peer.example --password=x >/dev/null
(cd "$P" && exec "$TOP/build/peers/chasquid/usr/bin/chasquid" -config_dir . >log 2>&1) &
later $!
until_true 20 bash -c "exec 3<>/dev/tcp/127.0.0.1/$PEERPORT"
check "starts" start
send() { printf 'From: %s\nSubject: %s\n\nbody of %s\n' "$1" "$3" "$3" | "$H/bin/sendmail" -f "$1" $2; }

send alice@here.test bob@peer.example good
check "the peer has it" until_true 20 has_files "$P/mail/bob@peer.example/new" 1
send alice@here.test 'bob@peer.example nobody@peer.example' half
check "the peer has bob's copy" until_true 20 has_files "$P/mail/bob@peer.example/new" 2
check "a bounce comes for nobody's" until_true 20 has_files "$H/mailboxes/alice/new" 1
cat >"$T/dsn.py" <<'P'
import email, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"))
assert m.get_content_type() == "multipart/report", m.get_content_type()
assert m.get_param("report-type") == "delivery-status"
human, status, original = m.get_payload()
per = status.get_payload()
print(m["Return-Path"], m["To"], m["Auto-Submitted"], per[1]["Action"], per[1]["Status"],
      per[1]["Final-Recipient"].replace(" ", ""), original.get_payload()[0]["Subject"], sep="|")
text = human.get_payload()
assert "nobody@peer.example" in text or "dead.test" in text, text
P
is "the report" "$(/usr/bin/python3 "$T/dsn.py" "$H"/mailboxes/alice/new/*)" \
    "<>|<alice@here.test>|auto-replied|failed|5.1.1|rfc822;nobody@peer.example|half"
check "the log says so" logged 'to=<nobody@peer.example>.*dsn=5\.1\.1, status=bounced'

check "its delay is its own, not the letter's" logged 'to=<alice@here.test>.*delay=[01](\.[0-9]+)?, '
rm "$H"/mailboxes/alice/new/*
send '' nobody@peer.example lost
check "a bounce that fails goes to the admin" until_true 20 has_files "$H/mailboxes/admin/new" 1
is "none goes to alice" "$(files "$H/mailboxes/alice/new")" 0

# a letter that nobody takes expires: by age, and not before 8 attempts
send alice@here.test dan@dead.test late
check "deferred" until_true 20 logged 'to=<dan@dead.test>.*status=deferred'
check "mailq tells why" until_true 20 sh -c "'$H/bin/mailq' | grep -q 'refused'"
"$H/bin/pneu-conf" set maximal_queue_lifetime=3s
check "it expires" until_true 60 has_files "$H/mailboxes/alice/new" 1
is "its report" "$(/usr/bin/python3 "$T/dsn.py" "$H"/mailboxes/alice/new/* | cut -d'|' -f4,6,7)" \
    "failed|rfc822;dan@dead.test|late"
is "nothing is remembered of what is done" "$(ls "$H/queue/made")" ""
check "the queue is empty" until_true 20 sh -c "'$H/bin/mailq' | grep -q 'queue is empty'"
done_testing
