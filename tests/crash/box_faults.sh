#!/bin/bash
# tests/crash/box_faults: an mbox, and commands, when system calls fail and
# files may not grow. What is reported as delivered is there, whole and once;
# what is not is not there, and comes again; nobody else's letter is touched.
# ROUNDS=20 tries each error at each of the first 20 calls.
cd "$(dirname "$0")/../.." || exit 1
command -v strace >/dev/null || {
	echo "1..0 # SKIP strace is not installed"; exit 0; }
exec /usr/bin/python3 tests/crash/box_faults.py "$@"
