#!/bin/bash
# A letter to a list: who is on it gets one copy, by a new letter; its owner
# hears of what fails; a list within a list; loops end.
. tests/flow/lib.sh
instance <<C
mydestination = here.test, mx.pneu.test
myorigin = here.test
virtual_mailbox_domains = v.test
admin_mailbox = admin/
minimal_backoff_time = 1
C
cat >"$H/etc/aliases" <<C
all: ann@v.test, bob@v.test, Ann@V.TEST, inner
inner: carol@v.test, dan@v.test
owner-inner: keeper
keeper: keep@v.test
bad: ann@v.test, nobody-there@v.test
round: ann@v.test, back@here.test
one: ann@v.test
C
for u in ann bob carol dan keep sender; do echo "$u@v.test $u/"; done >"$H/etc/virtual_mailboxes"
echo 'back@here.test round@here.test' >"$H/etc/virtual"
"$H/bin/pneu-conf" compile >"$T/said" 2>&1 || cat "$T/said"
start || { cat "$T/said"; exit 1; }

send() {	# TO SUBJECT
	printf 'From: sender@v.test\nSubject: %s\n\nhello\n' "$2" |
	    "$H/bin/sendmail" -i -f sender@v.test "$1"
}
box() { echo "$H/mailboxes/$1/new"; }
empty() { "$H/bin/pneu-q" list | grep -q 'queue is empty'; }
copies() { grep -l "^Subject: $2\$" "$(box "$1")"/* 2>/dev/null | wc -l; }
of() { grep -l "^Subject: $2\$" "$(box "$1")"/* | head -1; }

send all@here.test first
check "all are reached" until_true 30 empty
is "one copy each" "$(for u in ann bob carol dan; do copies $u first; done | tr '\n' ' ')" "1 1 1 1 "
is "Delivered-To" "$(grep '^Delivered-To' "$(of ann first)" | tr '\n' ' ')" \
    "Delivered-To: ann@v.test Delivered-To: all@here.test "
is "the sender stays" "$(grep -c '^Return-Path: <sender@v.test>' "$(of bob first)")" 1
is "a list within a list, which has an owner" \
    "$(grep '^Return-Path\|^Delivered-To' "$(of dan first)" | tr '\n' ' ')" \
    "Return-Path: <owner-inner@here.test> Delivered-To: dan@v.test Delivered-To: inner@here.test Delivered-To: all@here.test "
check "the log says so" grep -Eq 'to=<all@here.test>, relay=local, .* status=sent \(forwarded as [0-9A-F]{18}\)' "$H"/log/current

send one@here.test single
check "an alias of one" until_true 30 test -n "$(ls "$(box ann)")"
until_true 30 empty
is "is no new letter" "$(grep -c '^Delivered-To' "$(of ann single)")" 1
check "and the log names both" grep -q 'to=<ann@v.test>, orig_to=<one@here.test>' "$H"/log/current

send bad@here.test partly
until_true 30 empty
is "who is there is reached" "$(copies ann partly)" 1
check "and the sender hears of who is not" grep -q 'nobody-there@v.test' "$(box sender)"/*
send round@here.test circle
until_true 60 empty
is "a list that is on itself" "$(copies ann circle)" 1
check "the queue is empty" empty
check "stops" stop
done_testing
