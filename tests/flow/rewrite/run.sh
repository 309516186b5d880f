#!/bin/bash
# Who gets copies; what becomes of addresses in envelopes and headers where
# letters come in and where they leave.
. tests/flow/lib.sh
instance <<C
mydestination =
virtual_mailbox_domains = here.test
C
printf '%s\n' 'ann@here.test ann/' 'bob@here.test bob/' 'arch@here.test arch/' \
    'in@here.test in/' >"$H/etc/virtual_mailboxes"
printf '%s\n' 'always arch@here.test' 'sender @boss.test bob@here.test' \
    'recipient ann@here.test in@here.test' 'sender x@here.test none@here.test' \
    >"$H/etc/bcc"
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
done_testing
