#!/bin/bash
# Unit tests and the first story again, every service under valgrind (jails
# off). Any error that it sees, or memory that a service lost, is a failure.
D=build/valgrind TOP=$(pwd -P)
tools/shadow $D "cc -std=c99 -D_XOPEN_SOURCE=700 -DPNEU_NO_JAIL -O1 -g -fPIE" "cc -g -pie"
W=$(mktemp -d /tmp/pneu-valgrind.XXXXXX)	# where every uid may go
L=$W/logs
mkdir -m 1777 "$L"
mkdir "$W/real"
chmod 755 "$W"
trap 'rm -rf "$W"' EXIT
V="valgrind -q --vgdb=no --error-exitcode=99"
FULL="--leak-check=full --errors-for-leak-kinds=definite --show-leak-kinds=definite"
cd $D || exit 1
rm -rf bin
if ! make -s -j2 it >log 2>&1; then
	tail -20 log | sed 's/^/# /'; echo "not ok 1 - builds"; echo 1..1; exit 1
fi
echo "ok 1 - builds"
# Unit tests as "make check" built them.
# Not the simulations (pure; days of virtual time take hours here: ASan and
# UBSan see them) and not the jails, which are off. Tests do not free.
bad=
for t in "$TOP"/tests/unit/*_test; do
	case $t in */sched_*|*/send_test|*/jail_test) continue ;; esac
	timeout 600 $V --leak-check=no --log-file="$L/unit.${t##*/}" "$t" >unit.log 2>&1 ||
	    { bad="$bad ${t##*/}"; tail -5 unit.log | sed 's/^/# /'; }
done
[ -z "$bad" ] && echo "ok 2 - unit tests" || echo "not ok 2 - unit tests:$bad"
for s in queue send alias lspawn remote bounce forward listen smtpd inject; do
	mv bin/pneu-$s "$W/real/"
	printf '#!/bin/sh\nexec %s --log-file=%s/%s.%%p --trace-children=no %s/real/pneu-%s "$@"\n' \
	    "$V $FULL" "$L" $s "$W" $s >bin/pneu-$s
	chmod +x bin/pneu-$s
done
if timeout 120 tests/flow/first/run.sh >run.log 2>&1; then echo "ok 3 - a story"; else
	sed 's/^/# /' run.log | tail -60; echo "not ok 3 - a story"
fi
find "$L" -size 0 -exec rm {} +
if [ -z "$(ls "$L")" ]; then echo "ok 4 - nothing reported"; else
	for f in "$L"/*; do echo "# ${f##*/}"; head -40 "$f" | sed 's/^/# /'; done
	echo "not ok 4 - nothing reported"
fi
echo 1..4
