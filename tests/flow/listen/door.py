# door.py PORT PID HOME: come in, again and again; lines "what|got|wanted".
import os, signal, socket, subprocess, sys, time

port, pid, home = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


def come(host="127.0.0.1"):
    s = socket.create_connection(("127.0.0.1", port), 10, (host, 0))
    f = s.makefile("rb")
    return s, f, f.readline().decode()


def bye(c):
    c[1].close()
    c[0].close()


def code(c):
    return c[2][:9] if c[2].startswith("4") else c[2][:3]


def say(what, got, wanted):
    print(what, got, wanted, sep="|", flush=True)


def alive(c):
    c[0].sendall(b"NOOP\r\n")
    return c[1].readline()[:3].decode()


def workers():
    o = subprocess.run(["ps", "--ppid", str(pid), "-o", "pid="],
                       capture_output=True, text=True).stdout
    return sorted(int(x) for x in o.split())


def fds():
    return sum(len(os.listdir("/proc/%d/fd" % w)) for w in workers())


def until(what, seconds=10):
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


two = [come(), come()]		# one for each worker
busy = fds()
for c in two:
    bye(c)
until(lambda: fds() == busy - 2)
quiet = fds()
first = workers()
say("workers", len(first), 2)
one = [come("127.0.0.2") for _ in range(4)]
say("three of one client, then no more", " ".join(map(code, one)),
    "220 220 220 421 4.7.0")
say("its words", one[3][2].strip(), "421 4.7.0 mx.pneu.test Error: too many "
    "connections from 127.0.0.2")
bye(one[0])
say("one goes, one comes", until(
    lambda: code(come("127.0.0.2")) == "220"), True)
home_ = [come() for _ in range(5)]
say("our own networks have no such limit", " ".join(map(code, home_)),
    "220 220 220 220 220")
for c in one + home_:
    bye(c)
say("all have gone", until(lambda: fds() == quiet), True)

crowd = [come("127.0.1.%d" % (i + 1)) for i in range(20)]
say("18 of 20 places are for strangers",
    " ".join(map(code, crowd)), " ".join(["220"] * 18 + ["421 4.3.2"] * 2))
say("its words", crowd[19][2].strip(),
    "421 4.3.2 mx.pneu.test All server ports are busy")
own = [come() for _ in range(3)]
say("two more are for our own", " ".join(map(code, own)), "220 220 421 4.3.2")
say("who is in stays in", alive(crowd[0]), "250")

os.kill(first[0], signal.SIGKILL)
say("a worker that is killed is replaced", until(
    lambda: len(workers()) == 2 and workers() != first), True)
gone = 0
for c in crowd[:18]:
    try:
        gone += alive(c) != "250"
    except OSError:
        gone += 1
say("it took its own sessions along, no others", 8 <= gone <= 10, True)
say("their places are free", until(
    lambda: code(come("127.0.2.1")) == "220"), True)

subprocess.run([home + "/bin/pneu-conf", "set", "smtpd_processes=3"],
               check=True, stdout=subprocess.DEVNULL)
os.kill(pid, signal.SIGHUP)
say("one more worker by a setting", until(lambda: len(workers()) == 3), True)
subprocess.run([home + "/bin/pneu-conf", "set", "smtpd_processes=1"],
               check=True, stdout=subprocess.DEVNULL)
os.kill(pid, signal.SIGHUP)
for c in crowd[:18]:
    bye(c)
say("two less", until(lambda: len(workers()) == 1, 20), True)
last = come("127.0.3.1")
say("and it serves", alive(last), "250")
for i in range(200):
    bye(come())
say("no process per connection", len(workers()), 1)
print("the end", flush=True)
