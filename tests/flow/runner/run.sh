#!/bin/bash
# tests/flow/runner: the processes of pneu-lspawn that deliver for users who
# have none of their own. They need root's right to act as others, so does
# this, in a mount namespace like ../local.
cd "$(dirname "$0")/../../.." || exit 1
if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 0
fi
[ "$(uname)" = Linux ] || { echo "1..0 # SKIP is Linux's own"; exit 0; }
command -v strace >/dev/null || { echo "1..0 # SKIP needs strace"; exit 0; }
exec unshare -m /usr/bin/python3 tests/flow/runner/runner.py
