#!/bin/bash
# tests/crash/local_faults: pneu-local when system calls fail, when the disk
# is full, when memory is short. What it reports as delivered is there and
# whole; what it does not is not there, and is delivered when it is tried
# again.
cd "$(dirname "$0")/../.." || exit 1
if [ "$(id -u)" = 0 ]; then
	exec unshare -m /usr/bin/python3 tests/crash/local_faults.py "$@"
fi
exec /usr/bin/python3 tests/crash/local_faults.py "$@"
