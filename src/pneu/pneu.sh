#!/bin/sh
# pneu: the admin's front end; see pneu(8). Finds its programs beside itself.
self=$0
while [ -h "$self" ]; do
	to=$(readlink "$self") || exit 111
	case $to in
	/*) self=$to ;;
	*) self=${self%/*}/$to ;;
	esac
done
case $self in
*/*) bin=$(cd "${self%/*}" && pwd -P) || exit 111 ;;
*) echo "pneu: fatal: call me by a name with a /, or through PATH" >&2; exit 100 ;;
esac

# Installed where: the folder over bin/, unless the caller says otherwise.
if [ -z "$PNEU_HOME" ] && [ -d "${bin%/*}/etc" ]; then
	PNEU_HOME=${bin%/*}
	export PNEU_HOME
fi

usage() {
	cat <<-E
	usage: pneu WORD [ARGUMENT...]

	  queue            what is in the queue (pneu-q list)
	  show ID          one letter
	  retry [ID]       try again now: one letter, or all
	  hold ID|ALL      set a letter aside; release ID|ALL: give it back
	  delete ID|ALL    remove a letter
	  status           what the stages do, and how much is in the queue
	  explain ADDRESS  where mail for it goes
	  conf WORD        settings: check, compile, show, get, set (pneu-conf)
	  passwd WORD      users who may authenticate (pneu-passwd)
	  log [-f]         the end of the log; -f: and what comes
	  help             this
	E
}

stages() {
	[ -d "$PNEU_HOME/service/stages" ] && command -v s6-svstat >/dev/null ||
	    return 0
	for s in "$PNEU_HOME"/service/stages/*; do
		[ -e "$s/supervise" ] || continue
		printf '%s: ' "${s##*/}"
		s6-svstat "$s" 2>&1
	done
}

word=$1
[ $# = 0 ] || shift
case $word in
queue|list)	exec "$bin/pneu-q" list "$@" ;;
show|retry|hold|release|delete)	exec "$bin/pneu-q" "$word" "$@" ;;
conf)		exec "$bin/pneu-conf" "$@" ;;
passwd)		exec "$bin/pneu-passwd" "$@" ;;
status)		stages; "$bin/pneu-conf" fresh 2>&1; exec "$bin/pneu-q" count ;;
explain)
	[ $# != 0 ] || { usage >&2; exit 100; }
	exec "$bin/pneu-alias" "$@" ;;
log)
	log=$PNEU_HOME/log/current
	[ -r "$log" ] || { echo "pneu: fatal: unable to read $log" >&2; exit 111; }
	case $1 in
	-f) exec tail -n 20 -F "$log" ;;
	'') exec tail -n 50 "$log" ;;
	*) usage >&2; exit 100 ;;
	esac ;;
help|-h|--help)	usage ;;
*)		usage >&2; exit 100 ;;
esac
