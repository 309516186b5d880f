#!/bin/bash
# Unit tests and the stories with the most parsing again, built with ASan and
# UBSan. What any process reports is a failure.
L=$(mktemp -d /tmp/pneu-asan.XXXXXX)
chmod 1777 "$L"
trap 'rm -rf "$L"' EXIT
export ASAN_OPTIONS=log_path=$L/asan:detect_leaks=0:abort_on_error=0
export UBSAN_OPTIONS=log_path=$L/ubsan:print_stacktrace=1
. tests/tools/sanitized
echo "ok 1 - builds"
if tools/runtests tests/unit/*_test tests/flow/{first,smtpd,remote,local,bounce}/run.sh >run.log 2>&1; then
	echo "ok 2 - unit tests and stories: $(tail -1 run.log)"
else
	sed 's/^/# /' run.log | grep -v ': 0 failed' | tail -60
	echo "not ok 2 - unit tests and stories: $(tail -1 run.log)"
fi
if [ -z "$(ls "$L")" ]; then echo "ok 3 - nothing reported"; else
	cat "$L"/* | grep -hE 'ERROR:|runtime error:' | sed 's/^==[0-9]*==/# /' | sort | uniq -c
	for f in $(ls "$L"/* | head -5); do echo "# ${f##*/}"; head -30 "$f" | sed 's/^/# /'; done
	echo "not ok 3 - nothing reported"
fi
echo 1..3
