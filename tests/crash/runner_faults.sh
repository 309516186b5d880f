#!/bin/bash
# The runners of pneu-lspawn when system calls fail or they are killed at one
# (runner_faults.py). TIMES: at which call, "1 4" if not given.
cd "$(dirname "$0")/../.." || exit 1
if [ "$(id -u)" != 0 ] || [ "$(uname)" != Linux ]; then
	echo "1..0 # SKIP needs root, and Linux"; exit 0
fi
command -v strace >/dev/null || {
	echo "1..0 # SKIP strace is not installed"; exit 0; }
exec unshare -m /usr/bin/python3 tests/crash/runner_faults.py
