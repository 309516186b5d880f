#!/bin/bash
# Power cuts of pneu-queue (queue_powercut.py), and the controls that show
# that the test would see what goes wrong. STATES for each operation and SEED
# may be given.
STATES=${STATES:-1000}
SEED=${SEED:-$RANDOM}
n=0 bad=0

# cuts WHAT WANTED BINARY: run it; WANTED is 0 (well) or 1 (seen to fail)
cuts() {
	local out rc
	out=$(/usr/bin/python3 tests/crash/queue_powercut.py "$3" \
	    tests/crash/queuecheck "$4" "$SEED" 2>&1)
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
cuts "nothing answered is lost, nothing torn is live" 0 bin/pneu-queue "$STATES"
INJECT=writev:error=EIO:when=1 \
cuts "the same when writing fails" 0 bin/pneu-queue 100
for b in file dir early again; do
	PNEU_BREAK=$b cuts "control: $b: seen" 1 tests/crash/pneu-queue-broken 50
done
PNEU_BREAK=write INJECT=writev:error=EIO:when=1 \
cuts "control: a failed write ignored: seen" 1 tests/crash/pneu-queue-broken 50
echo "1..$n"
exit $((bad > 0))
