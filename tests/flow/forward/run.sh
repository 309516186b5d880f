#!/bin/bash
# tests/flow/forward: ~/.forward and .qmail files, as pneu-lspawn's workers
# obey them, over their own protocol; users as in tests/flow/local.
cd "$(dirname "$0")/../../.." || exit 1
if [ "$(id -u)" = 0 ]; then
	exec unshare -m /usr/bin/python3 tests/flow/forward/forward.py
fi
for lib in /usr/lib/*/libnss_wrapper.so /usr/lib/libnss_wrapper.so; do
	[ -e "$lib" ] || continue
	export NSS_WRAPPER="$lib"
done
exec /usr/bin/python3 tests/flow/forward/forward.py
