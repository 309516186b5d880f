#!/bin/bash
# Who gets copies; what becomes of addresses in envelopes and headers where
# letters come in and where they leave.
. tests/flow/lib.sh
instance <<C
mydestination =
virtual_mailbox_domains = here.test
myorigin = h1.corp.test
masquerade_domains = !lab.corp.test, corp.test
C
printf '%s\n' 'ann@here.test ann/' 'bob@here.test bob/' 'arch@here.test arch/' \
    'in@here.test in/' >"$H/etc/virtual_mailboxes"
printf '%s\n' 'always arch@here.test' 'sender @boss.test bob@here.test' \
    'recipient ann@here.test in@here.test' 'sender x@here.test none@here.test' \
    >"$H/etc/bcc"
printf '%s\n' 'joe@corp.test Joe.Doe@corp.test' 'old@here.test bob@here.test' >"$H/etc/canonical"
printf '%s\n' '@app.test *@here.test' >"$H/etc/sender_canonical"
printf '%s\n' 'team@here.test ann@here.test' >"$H/etc/recipient_canonical"
check "compiled" "$H/bin/pneu-conf" compile
check "starts" start
M=$H/mailboxes
got() { cat "$M/$1"/new/* 2>/dev/null; }
printf 'Subject: one\n\none\n' | "$H/bin/sendmail" -f me@boss.test ann@here.test
for i in ann bob arch in; do
	check "$i has it" until_true 20 has_files "$M/$i/new" 1
done
check "who gets a copy is not told of the others" sh -c "! grep -rqi 'bcc\|for <\(arch\|bob\|in\)' '$M'"
printf 'Subject: two\n\ntwo\n' | "$H/bin/sendmail" -f x@here.test arch@here.test
check "a recipient gets no copy" until_true 20 has_files "$M/arch/new" 2
check "a copy that fails is no bounce" until_true 20 logged 'to=<none@here.test>.*status=bounced'
check "nobody is told of it" sh -c "! grep -q 'from=<>' '$H/log/current'"
sleep 1
is "and nobody gets more" "$(for i in ann bob arch in; do files "$M/$i/new"; done | tr '\n' ' ')" "1 1 2 1 "
is "one line a copy, in the log" "$(log | grep -c 'to=<arch@here.test>.*status=sent')" 2

# headers of local callers, and of clients of mynetworks
: >"$H/etc/bcc"
"$H/bin/pneu-conf" compile
rm -f "$M"/*/new/*
msg() { printf '%s\n' 'From: =?utf-8?q?J=C3=B6?= <joe@corp.test> (at work)' \
    'To: Team: team@here.test (all),' '	"x@lab.corp.test" <a@x.lab.corp.test>;,' \
    '  w@h2.corp.test (two' '  lines)' 'Reply-To: b@app.test' 'Resent-To: old@here.test' \
    'X-To: joe@corp.test' '' 'To: joe@corp.test'; }
want() { printf '%s\n' 'From: =?utf-8?q?J=C3=B6?= <Joe.Doe@corp.test> (at work)' \
    'To: Team: ann@here.test (all),' '	"x@lab.corp.test" <a@x.lab.corp.test>;,' \
    '  w@corp.test (two' '  lines)' 'Reply-To: b@here.test' 'Resent-To: bob@here.test' \
    'X-To: joe@corp.test' '' 'To: joe@corp.test'; }
body() { until_true 20 has_files "$M/$1/new" 1; cat "$M/$1"/new/* |
    sed -n '/^From: /,$p' | grep -v '^\(Resent-\)\?\(Message-ID\|Date\|From: root\)'; }
msg | "$H/bin/sendmail" -f joe@corp.test team@here.test
is "a header of sendmail's" "$(body ann)" "$(want)"
check "the sender of the envelope, too" logged 'from=<Joe.Doe@corp.test>'
printf 'To: ann@here.test\n\nx\n' | "$H/bin/sendmail" bob@here.test
until_true 20 has_files "$M/bob/new" 1
is "a From that is added" "$(grep -c '^From: .*@corp.test' "$M"/bob/new/*)" 1
rm -f "$M"/*/new/*
smtp() { { msg; } >"$T/msg"; /usr/bin/python3 -c 'import smtplib, sys
s = smtplib.SMTP("127.0.0.1", int(sys.argv[1]), source_address=(sys.argv[2], 0))
s.sendmail("joe@corp.test", [sys.argv[3]], open(sys.argv[4]).read())' "$PORT" "$1" "$2" "$T/msg"; }
smtp 127.0.0.1 ann@here.test
is "a header of mynetworks" "$(body ann)" "$(want)"
smtp 127.0.0.2 bob@here.test
is "a stranger's is his own" "$(body bob)" "$(msg)"
is "but not the sender of the envelope" "$(grep -c '^Return-Path: <Joe.Doe@corp.test>' "$M"/bob/new/*)" 1

# where letters leave: a null client's generic
SINK=$(free_port)
/usr/bin/python3 tests/flow/rewrite/sink.py "$SINK" "$T/sink" &
later $!
printf '%s\n' 'sue@here.test Sue@isp.test' '@h1.corp.test ours@isp.test' \
    'sam@there.test sam@far.test' >"$H/etc/generic"
echo "there.test [127.0.0.1]:$SINK" >"$H/etc/routes"
"$H/bin/pneu-conf" compile
until_true 10 sh -c "exec 3<>/dev/tcp/127.0.0.1/$SINK" 2>/dev/null
send() { printf '%s\n' 'From: Sue <sue@here.test>' 'To: sam@there.test (Sam),' \
    '  pat@there.test' "Subject: $(printf %02000d 0) sue@here.test" '' 'From: sue@here.test' '.' |
    "$H/bin/sendmail" -i -f sue@here.test sam@there.test pat@there.test; }
send
check "it leaves" until_true 20 logged 'to=<pat@there.test>.*status=sent'
is "its envelope" "$(grep -a '^\(MAIL\|RCPT\)' "$T/sink" | cut -d' ' -f1-2 | tr -d '\r' | tr '\n' ' ')" \
    "MAIL FROM:<Sue@isp.test> RCPT TO:<sam@far.test> RCPT TO:<pat@there.test> "
is "its header" "$(grep -a '^\(From\|To\|  pat\)' "$T/sink" | tr -d '\r')" "From: Sue <Sue@isp.test>
To: sam@far.test (Sam),
  pat@there.test
From: sue@here.test"
check "the log says who it was for" logged 'to=<sam@there.test>.*status=sent'
done_testing
