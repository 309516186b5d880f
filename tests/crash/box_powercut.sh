#!/bin/bash
# Power cuts while mboxes grow (box_powercut.py), and a control that shows that
# the test would see what is lost. STATES for each operation and SEED may be
# given.
cd "$(dirname "$0")/../.." || exit 1
STATES=${STATES:-60}
SEED=${SEED:-$RANDOM}
n=0 bad=0

# cuts WHAT WANTED STATES: run it; WANTED is 0 (well) or 1 (seen to fail)
cuts() {
	local out rc
	out=$(/usr/bin/python3 tests/crash/box_powercut.py "$3" "$SEED" 2>&1)
	rc=$?
	n=$((n + 1))
	echo "$out" | cut -c1-200 | sed 's/^/# /'
	if [ $rc = "$2" ] && echo "$out" | grep -q 'states.*seed'; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		bad=$((bad + 1))
	fi
}

command -v strace >/dev/null || {
	echo "1..0 # SKIP strace is not installed"; exit 0; }
cuts "nothing reported is lost, and nothing that was there" 0 "$STATES"
BREAK=fsync cuts "control: mboxes not fsynced: seen" 1 10
echo "1..$n"
exit $((bad > 0))
