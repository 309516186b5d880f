#!/bin/bash
# pneu-queue when system calls fail (queue_faults.py) and without space or
# memory (queue_full.py). TIMES: which calls fail, "1 2 5 20" if not given;
# the whole table is TIMES="$(seq 20)".
cd "$(dirname "$0")/../.." || exit 1
if [ "$(id -u)" = 0 ] && [ -z "${PNEU_UNSHARED:-}" ]; then
	PNEU_UNSHARED=1 exec unshare -m "$0"
fi
T=$(mktemp -d /tmp/pneu-faults.XXXXXX)
chmod 755 "$T"
mkdir "$T/faults" "$T/full"
trap 'umount -l "$T"/full/* 2>/dev/null; rm -rf "$T"' EXIT
cp tests/crash/pneu-queue-broken "$T"	# where every uid may go
B=$T/pneu-queue-broken
{
	/usr/bin/python3 tests/crash/queue_faults.py "$T/faults" $B bin/pneu-conf ${TIMES:-1 2 5 20} ||
	    echo "not ok 1 - queue_faults.py"
	mkdir "$T/control"
	if PNEU_BREAK=write CALL=write /usr/bin/python3 tests/crash/queue_faults.py \
	    "$T/control" $B bin/pneu-conf 1 >"$T/control.out"; then
		echo "not ok 1 - control: a failed write ignored: not seen"
	else
		sed 's/^/# /' "$T/control.out"
		echo "ok 1 - control: a failed write ignored: seen"
	fi
	/usr/bin/python3 tests/crash/queue_full.py "$T/full" $B bin/pneu-conf ||
	    echo "not ok 1 - queue_full.py"
} >"$T/out" 2>"$T/err"
# one count for both
awk '/^(not )?ok / { n++; sub(/ok [0-9]+/, "ok " n) } { print }
    END { print "1.." n }' "$T/out"
! grep -q '^not ok' "$T/out" || { sed 's/^/# /' "$T/err" | tail -30; exit 1; }
