# tests/flow/lib.sh: what the stories share; for "." at the head of a run.sh,
# which runs from the top of the tree. Needs bash.
#
#	T	scratch directory, removed at the end (kept if KEEP is set)
#	H	home of the instance there	PNEU_HOME=$H
#	PORT	where its SMTP server listens
#
# PNEU_TLS in the environment: the engine of pneu-tls (conf-tls), if it is not
# to be the one that was built by default.

set -u
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
TOP=$(pwd -P)
T=$(mktemp -d /tmp/pneu-test.XXXXXX)
chmod 755 "$T"
H=$T/home
export PNEU_HOME=$H
TESTS=0
FAILED=0
SVSCAN=
PIDS=

pass() { TESTS=$((TESTS + 1)); echo "ok $TESTS - $*"; }
fail() { TESTS=$((TESTS + 1)); FAILED=$((FAILED + 1)); echo "not ok $TESTS - $*"; }
skip() { TESTS=$((TESTS + 1)); echo "ok $TESTS - $1 # SKIP $2"; }

# check WHAT COMMAND...: one test, by exit status
check() {
	local what=$1; shift
	if "$@" >"$T/check.out" 2>&1; then pass "$what"; else
		fail "$what"; sed 's/^/# /' "$T/check.out" | tail -20
	fi
}

# is WHAT GOT WANTED
is() {
	if [ "$2" = "$3" ]; then pass "$1"; else
		fail "$1"; printf '# got:    %s\n# wanted: %s\n' "$2" "$3"
	fi
}

# until_true SECONDS COMMAND...: run it again and again until it is true
until_true() {
	local end=$((SECONDS + $1)); shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

# files DIR: how many files are directly in it (0 if it is not there)
files() { find "$1" -maxdepth 1 -type f 2>/dev/null | wc -l; }
has_files() { [ "$(files "$1")" -ge "$2" ]; }

# free_port: a port that nobody has now, and that no client is given
free_port() {
	/usr/bin/python3 -c 'import random, socket
while True:
    s, n = socket.socket(), random.randrange(10000, 32768)
    try: s.bind(("127.0.0.1", n)); break
    except OSError: pass
print(n)'
}

# instance <SETTINGS: make $H with them, listening on $PORT
instance() {
	PORT=$(free_port)
	{
		echo "myhostname = mx.pneu.test"
		echo "listen = 127.0.0.1:$PORT"
		cat
	} | tools/instance "$H" || { echo "Bail out! no instance"; exit 1; }
	case ${PNEU_TLS:-} in	# a story that is run with both engines
	?*) cp "tests/tools/pneu-tls-$PNEU_TLS" "$H/bin/pneu-tls" ;;
	esac
}

# start: the instance under s6, ready; stop: all of it, cleanly
start() {
	s6-svscan -c 16 "$H/scan" </dev/null >"$T/svscan.log" 2>&1 &
	SVSCAN=$!
	until_true 20 [ -e "$H/service/event" ] &&
	    s6-svwait -U -t 30000 "$H/service" && return 0
	echo "# not ready"; tail -n 30 "$H"/log/current | sed 's/^/# /'
	return 1
}
stop() {
	[ -n "$SVSCAN" ] || return 0
	s6-svscanctl -t "$H/scan"
	wait "$SVSCAN"
	SVSCAN=
}
stage() { echo "$H/service/stages/$1"; }

# log: all of the instance's log lines
log() { cat "$H"/log/@* "$H"/log/current 2>/dev/null; }
logged() { log | grep -qE -- "$1"; }

# later PID: kill it at the end
later() { PIDS="$PIDS $1"; }

finish() {
	stop
	[ -z "$PIDS" ] || kill $PIDS 2>/dev/null
	if [ -n "${KEEP:-}" ]; then echo "# kept: $T"; else rm -rf "$T"; fi
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# the end of a run.sh
done_testing() {
	[ "$FAILED" = 0 ] || log | tail -n 40 | sed 's/^/# /'
	echo "1..$TESTS"
	exit $((FAILED > 0))
}
