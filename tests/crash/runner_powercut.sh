#!/bin/bash
# Power cuts of a runner of pneu-lspawn (runner_powercut.py), with the controls
# that show that the test would see what goes wrong. STATES for each operation
# and SEED may be given.
cd "$(dirname "$0")/../.." || exit 1
STATES=${STATES:-500}
SEED=${SEED:-$RANDOM}
n=0 bad=0

cuts() {	# WHAT WANTED STATES
	local out rc
	out=$(unshare -m /usr/bin/python3 tests/crash/runner_powercut.py "$3" \
	    "$SEED" 2>&1)
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

if [ "$(id -u)" != 0 ] || [ "$(uname)" != Linux ]; then
	echo "1..0 # SKIP needs root, and Linux"; exit 0
fi
command -v strace >/dev/null || {
	echo "1..0 # SKIP strace is not installed"; exit 0; }
cuts "nothing reported is lost, nothing torn is seen" 0 "$STATES"
BREAK=file cuts "control: files not fsynced: seen" 1 50
BREAK=dir cuts "control: Maildir directories not fsynced: seen" 1 50
BREAK=early cuts "control: answer before fsync: seen" 1 50
echo "1..$n"
exit $((bad > 0))
