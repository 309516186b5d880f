#!/bin/bash
# tests/flow/local: pneu-lspawn and its workers, driven over their own
# protocol. As root with several users, whose passwd file is mounted over the
# system's in a mount namespace; else with nss_wrapper, for our own uid only.
cd "$(dirname "$0")/../../.." || exit 1
if [ "$(id -u)" = 0 ]; then
	exec unshare -m /usr/bin/python3 tests/flow/local/local.py
fi
for lib in /usr/lib/*/libnss_wrapper.so /usr/lib/libnss_wrapper.so; do
	[ -e "$lib" ] || continue
	export NSS_WRAPPER="$lib"
done
exec /usr/bin/python3 tests/flow/local/local.py
