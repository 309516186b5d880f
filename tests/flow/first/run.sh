#!/bin/bash
# A letter comes in by SMTP and by sendmail and arrives in a Maildir here.
. tests/flow/lib.sh
instance <<C
mydestination =
virtual_mailbox_domains = here.test
C
printf 'alice@here.test alice/\n' >"$H/etc/virtual_mailboxes"
"$H/bin/pneu-conf" compile
check "starts" start
M=$H/mailboxes/alice

check "swaks hands a letter in" swaks --silent 1 --server 127.0.0.1:$PORT \
    --from bob@else.test --to alice@here.test --header 'Subject: by SMTP' \
    --body 'one'
check "it arrives" until_true 20 has_files "$M/new" 1
f=$(echo "$M"/new/*)
is "Return-Path" "$(sed -n 1p "$f")" "Return-Path: <bob@else.test>"
is "Delivered-To" "$(sed -n 2p "$f")" "Delivered-To: alice@here.test"
check "Received with id" grep -q 'by mx.pneu.test (pneu) with ESMTP id [0-9A-F]\{18\}' "$f"

printf 'To: alice@here.test\nSubject: by sendmail\n\ntwo\n.\nlast' |
    "$H/bin/sendmail" -t -i
is "sendmail's exit status" $? 0
check "it arrives too" until_true 20 has_files "$M/new" 2
g=$(grep -l 'by sendmail' "$M"/new/*)
is "its last lines" "$(tail -n 2 "$g")" "$(printf '.\nlast')"
check "queue is empty" until_true 20 sh -c "$H/bin/mailq | grep -q '^Mail queue is empty'"
is "unknown recipient refused" "$(swaks --silent 2 --server 127.0.0.1:$PORT \
    --to nobody@here.test 2>&1 | grep -c '550 5.1.1')" 1
is "no relaying for strangers" "$(swaks --silent 2 --server 127.0.0.1:$PORT \
    --local-interface 127.0.0.2 --to x@far.test 2>&1 | grep -c '554 5.7.1')" 1
check "stops" stop
check "nothing left in tmp" test -z "$(ls "$H/queue/tmp")"

# make install: users that are numbers, or none yet (DESTDIR, for a package)
was=$(stat -c %u "$H/log")
check "installed over what is there" tools/install "$H"
is "the log is whose it was" "$(stat -c %u "$H/log")" "$was"
check "installed where pneul may be nobody" tools/install "$T/dest"
check "all of it" test -x "$T/dest/service/stages/pneu-tls/run" -a \
    -e "$T/dest/man/man8/pneu.8"
done_testing
