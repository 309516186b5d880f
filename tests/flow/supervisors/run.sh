#!/bin/bash
# The same tree of services under daemontools and under runit, without s6.
. tests/flow/lib.sh
tools/peer build/peers/daemontools daemontools
tools/peer build/peers/runit runit
# all commands but those of s6, so that etc/service/run takes its host's
mkdir "$T/bin"
for d in /usr/bin /bin /usr/sbin /sbin; do ln -s $d/* "$T/bin/" 2>/dev/null; done
rm -f "$T"/bin/s6-*
WAS=$PATH

send() { printf 'Subject: %s\n\nx\n' "$1" | "$H/bin/sendmail" -f a@b.test alice@here.test 2>>"$T/send.err"; }
greets() { exec 3<>"/dev/tcp/127.0.0.1/$PORT" && read -r -t 2 l <&3 && exec 3>&-; }
# pids of this instance's programs
ours() {
	for p in /proc/[0-9]*; do
		case $(readlink "$p/exe" 2>/dev/null) in "$H"/bin/*) echo "${p#/proc/}" ;; esac
	done
}
gone() { [ -z "$(ours)" ]; }
changed() { [ -n "$(pid_of pneu-send)" ] && [ "$(pid_of pneu-send)" != "$1" ]; }

# story NAME: pid_of, again, over and end are what it is done by
story() {
	H=$T/$1
	PNEU_HOME=$H
	instance <<-C
	mydestination =
	virtual_mailbox_domains = here.test
	C
	echo 'alice@here.test alice/' >"$H/etc/virtual_mailboxes"
	"$H/bin/pneu-conf" compile
	PATH=$T/bin:$TOP/build/peers/$1/usr/bin
	over "$H/scan" >"$T/$1.log" 2>&1 &
	local scan=$! pid
	check "$1: it greets" until_true 30 greets
	check "$1: it takes a letter" until_true 20 send one
	check "$1: and delivers it" until_true 20 has_files "$H/mailboxes/alice/new" 1
	check "$1: one log tells so" until_true 10 grep -q 'status=sent' "$H/log/current"
	pid=$(pid_of pneu-send)
	check "$1: pneu-send is started anew, alone" again pneu-send
	check "$1: it is another" until_true 20 changed "$pid"
	kill -9 "$(pid_of pneu-queue)"
	check "$1: pneu-queue is killed" until_true 20 send two
	check "$1: all goes on" until_true 20 has_files "$H/mailboxes/alice/new" 2
	check "$1: the service stops" end
	check "$1: and all of it with it" until_true 20 gone
	kill $scan $(ours)
	wait $scan 2>/dev/null
	PATH=$WAS
}

over() { exec svscan "$1"; }
pid_of() { svstat "$H/service/stages/$1" | sed -n 's/.*up (pid \([0-9]*\)).*/\1/p'; }
again() { svc -t "$H/service/stages/$1"; }
end() {
	rm "$H/scan/pneu"	# else svscan starts it anew
	svc -dx "$H/service" && until_true 20 eval '! svok "$H/service"' && svc -dx "$H/service/log"
}
story daemontools

over() { exec runsvdir -P "$1"; }
pid_of() { sv status "$H/service/stages/$1" | sed -n 's/^run: .*: (pid \([0-9]*\)) .*/\1/p'; }
again() { sv term "$H/service/stages/$1"; }
end() { rm "$H/scan/pneu" && until_true 20 eval '! sv status "$H/service"'; }
story runit
H=$T/none	# no log to show, no instance to stop
done_testing
