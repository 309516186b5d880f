#!/bin/bash
# Power cuts of pneu-local (local_powercut.py), and the controls that show
# that the test would see what goes wrong. STATES for each operation and SEED
# may be given.
cd "$(dirname "$0")/../.." || exit 1
STATES=${STATES:-1500}
SEED=${SEED:-$RANDOM}
n=0 bad=0

# cuts WHAT WANTED STATES: run it; WANTED is 0 (well) or 1 (seen to fail)
cuts() {
	local out rc
	out=$(/usr/bin/python3 tests/crash/local_powercut.py "$3" "$SEED" 2>&1)
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
read -r cc <conf-cc
$cc -fPIC -shared -o tests/crash/break_local.so tests/crash/break_local.c \
    2>/dev/null || { echo "not ok 1 - break_local.c"; echo 1..1; exit 1; }
trap 'rm -f tests/crash/break_local.so' EXIT
cuts "nothing reported is lost, nothing torn is seen" 0 "$STATES"
for e in fsync:error=EIO:when=2 writev:error=ENOSPC:when=1 \
    rename:error=EIO:when=2; do
	INJECT=$e cuts "the same with $e" 0 100
done
PNEU_BREAK=file cuts "control: files not fsynced: seen" 1 50
PNEU_BREAK=dir cuts "control: Maildir directory not fsynced: seen" 1 50
PNEU_BREAK=early cuts "control: answer before fsync: seen" 1 50
PNEU_BREAK=write INJECT=writev:error=EIO:when=2 \
cuts "control: a failed write ignored: seen" 1 50
echo "1..$n"
exit $((bad > 0))
