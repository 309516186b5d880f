#!/bin/bash
# Unit tests and the stories with the most parsing again, built with ASan and
# UBSan (jails off: the sanitizers need system calls that no jail of ours
# allows). What any process reports is a failure.
D=build/asan
tools/shadow $D "clang -std=c99 -D_XOPEN_SOURCE=700 -DPNEU_NO_JAIL -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer -fPIE" \
    "clang -g -fsanitize=address,undefined"
L=$(mktemp -d /tmp/pneu-asan.XXXXXX)
chmod 1777 "$L"
trap 'rm -rf "$L"' EXIT
export ASAN_OPTIONS=log_path=$L/asan:detect_leaks=0:abort_on_error=0
export UBSAN_OPTIONS=log_path=$L/ubsan:print_stacktrace=1
cd $D || exit 1
if ! make -s -j2 it units >log 2>&1; then
	tail -20 log | sed 's/^/# /'; echo "not ok 1 - builds"; echo 1..1; exit 1
fi
echo "ok 1 - builds"
if tools/runtests tests/unit/*_test tests/flow/{first,smtpd,sendmail,remote,local,bounce}/run.sh >run.log 2>&1; then
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
