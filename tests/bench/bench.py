#!/usr/bin/python3
"""The bench: pneu beside Debian's Postfix, in turn in the same run.

Started by tests/bench/run, which makes the namespace. See README here.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time

import tlsbench
from servers import SINK, SITES, TOP, USERS, Pneu, PneuOpenssl, Postfix, processes, wait_for, wait_port

BUILD = TOP + "/build/bench"


def source(server, letters, to, kinds, sessions=10, size=1024, per=1, rcpts=1, interval=0):
    argv = [BUILD + "/source", "-p", server.port, "-s", sessions, "-m", letters, "-l", size, "-t", to,
            "-k", kinds, "-c", per, "-r", rcpts, "-i", interval]
    out = subprocess.run([str(a) for a in argv], stdout=subprocess.PIPE).stdout.split()
    if out[0] != out[1]:
        print("  %s: only %s of %s letters answered 250" % (server.name, out[1].decode(), out[0].decode()))
    return int(out[1])


def calls(server, letters, at_once):
    mail = BUILD + "/mail"
    open(mail, "w").write("Subject: by sendmail\n\n" + "x" * 76 + "\n" + "y" * 900 + "\n")
    argv = [BUILD + "/calls", letters, at_once, mail, server.sendmail, "-i", "-f", "from@source.test",
            "user1@local.test"]
    return int(subprocess.run([str(a) for a in argv], env=server.env, stdout=subprocess.PIPE).stdout.split()[0])


def measure(server, load, weight=1):
    """Run load; wait for the last delivery. Recipients/s, ms of CPU each."""
    sent, cpu, start = server.sent(), server.cpu(), time.time()
    wanted = sent + load(server) * weight
    wait_for(lambda: server.sent() >= wanted, "%s to deliver" % server.name, 180)
    took = time.time() - start
    time.sleep(0.3)
    n = wanted - sent
    return n / took, (server.cpu() - cpu) * 1000 / n


def tasks(n):
    """name, load, recipients a letter. n scales the letters."""
    for sessions in (1, 10, 50):
        for size in (1024, 10240):
            for per in (1, 100):
                if (size, per) in ((10240, 100),):
                    continue
                tag = "%d sessions, %d KiB, %s" % (sessions, size // 1024, "one a connection" if per == 1 else "many")
                m = n // 4 if sessions == 1 else n
                yield "1 in to 20 Maildirs, " + tag, lambda s, a=(m, sessions, size, per): source(
                    s, a[0], "user%u@local.test", 20, *a[1:]), 1
                yield "2 in to out, one domain, " + tag, lambda s, a=(m, sessions, size, per): source(
                    s, a[0], "to@out.test%.0u", 1, *a[1:]), 1
    for sessions in (10, 50):
        yield "1 in to 2000 Maildirs, %d sessions" % sessions, lambda s, k=sessions: source(
            s, n, "user%u@local.test", USERS, k), 1
        yield "2 in to out, 100 domains, %d sessions" % sessions, lambda s, k=sessions: source(
            s, n, "to@d%u.test", 100, k), 1
    for at_once in (1, 4):
        yield "3 sendmail, %d at a time" % at_once, lambda s, k=at_once: calls(s, n // 4, k), 1
    yield "4 one letter to 100 local recipients", lambda s: source(
        s, n // 50, "user%u@local.test", USERS, 4, rcpts=100), 100
    yield "4 one letter to 100 recipients at one site", lambda s: source(
        s, n // 50, "r%u@out.test", 100, 4, rcpts=100), 100


def compare(servers, rounds, letters, only):
    print("%-58s %9s %9s %6s %8s %8s %6s" % ("task (recipients/s; ms CPU each)", "postfix", "pneu", "ratio",
                                             "postfix", "pneu", "ratio"))
    for name, load, weight in tasks(letters):
        if only and only not in name:
            continue
        rate, cpu = {}, {}
        for _ in range(rounds):
            for s in servers:
                r, c = measure(s, load, weight)
                rate.setdefault(s.name, []).append(r)
                cpu.setdefault(s.name, []).append(c)
        if len(servers) < 2:
            print("%-58s %9.0f %8.2f" % (name, statistics.median(rate[s.name]), statistics.median(cpu[s.name])))
            continue
        ratio = statistics.median(b / a for a, b in zip(rate["postfix"], rate["pneu"]))
        part = statistics.median(b / a for a, b in zip(cpu["postfix"], cpu["pneu"]))
        print("%-58s %9.0f %9.0f %5.1fx %8.2f %8.2f %5.2fx" % (
            name, statistics.median(rate["postfix"]), statistics.median(rate["pneu"]), ratio,
            statistics.median(cpu["postfix"]), statistics.median(cpu["pneu"]), part), flush=True)
    print("memory after all this (PSS): " + ", ".join("%s %.1f MiB" % (s.name, s.pss() / 1024) for s in servers))


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * q))] if values else float("nan")


def tarpits(servers, seconds):
    """(5): 20 letters/s, of which 90 % go to sites that wait 3 s a reply."""
    for s in servers:
        line = "%-8s" % s.name
        for beside in (False, True):
            out = "%s/latency.%s" % (BUILD, s.name)
            open(out, "w").close()
            sites = subprocess.Popen(["/usr/bin/python3", TOP + "/tests/bench/sites.py", str(SITES), "90", "10", out])
            wait_sites()
            load = []
            if beside:
                load.append(subprocess.Popen([BUILD + "/source", "-p", str(s.port), "-s", "10", "-m",
                            str(18 * seconds), "-t", "to@s%u.slow.test", "-k", "90", "-i", "55555"],
                            stdout=subprocess.DEVNULL))
                time.sleep(seconds / 3)
            source(s, 2 * seconds // (2 if beside else 1), "to@s%u.good.test", 10, 4, interval=500000)
            wait_for(lambda: sum(1 for _ in open(out)) >= 2 * seconds // (2 if beside else 1), "healthy sites", 120)
            times = [float(x) for x in open(out)]
            line += "  %s: median %.1f ms, p95 %.1f ms;" % ("beside tarpits" if beside else "alone",
                                                           quantile(times, .5), quantile(times, .95))
            for x in load:
                x.wait()
            sites.kill()
            sites.wait()
        print(line, flush=True)


def wait_sites():
    import socket

    def there():
        try:
            socket.create_connection(("127.0.2.10", SITES), 1).close()
            return True
        except OSError:
            return False
    wait_for(there, "sites")


def counted(server, letters):
    """Processes started and fsyncs a letter, by strace, in steady state."""
    source(server, 100, "user%u@local.test", 20)
    time.sleep(1)
    out = BUILD + "/strace." + server.name
    argv = ["strace", "-f", "-qq", "-o", out, "-e", "trace=fsync,fdatasync,clone,clone3,fork,vfork,execve"]
    for pid in processes(server.root):
        argv += ["-p", str(pid)]
    tracer = subprocess.Popen(argv, stderr=subprocess.DEVNULL)
    time.sleep(1)
    base = server.sent()
    n = source(server, letters, "user%u@local.test", 20)
    wait_for(lambda: server.sent() >= base + n, "delivery under strace", 120)
    tracer.terminate()
    tracer.wait()
    text = open(out).read()
    syncs = text.count("fsync(") + text.count("fdatasync(")
    starts = text.count("clone(") + text.count("clone3(") + text.count("fork(")
    print("%-8s %.2f fsyncs and %.3f processes started a letter" % (server.name, syncs / n, starts / n))


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--base", action="append", help="directory on the file system to measure")
    a.add_argument("--rounds", type=int, default=3)
    a.add_argument("--letters", type=int, default=2000)
    a.add_argument("--only", help="tasks whose name holds this")
    a.add_argument("--server", choices=("both", "pneu", "pneu+openssl", "postfix"), default="both")
    a.add_argument("--part", choices=("all", "compare", "tarpits", "counted", "tls"), default="all")
    o = a.parse_args()
    sink = subprocess.Popen(["smtp-sink", "-u", "nobody", "0.0.0.0:%d" % SINK, "1000"])
    wait_port(SINK)
    try:
        for base in o.base or ("/var/tmp/pneu-bench", "/dev/shm/pneu-bench"):
            print("== on %s (%s)" % (base, subprocess.run(
                ["stat", "-f", "-c", "%T", os.path.dirname(base)], stdout=subprocess.PIPE).stdout.decode().strip()))
            os.makedirs(base, exist_ok=True)
            make_homes(base)
            kinds = (Postfix, Pneu, PneuOpenssl) if o.part == "tls" else (Postfix, Pneu)
            servers = [k(base, o.part == "tls") for k in kinds if o.server in ("both", k.name)]
            for s in servers:
                s.start()
            if o.part in ("all", "compare"):
                compare(servers, o.rounds, o.letters, o.only)
            if o.part == "tls":
                tlsbench.compare(servers, BUILD, o.rounds, o.letters, o.only)
            if o.part in ("all", "tarpits"):
                tarpits(servers, 60)
            if o.part in ("all", "counted"):
                for s in servers:
                    counted(s, 500)
            for s in servers:
                s.stop()
            subprocess.run(["umount", "/mnt"])
            shutil.rmtree(base)
    finally:
        sink.kill()


def make_homes(base):
    """The users' homes lie on the file system that is measured: /etc/passwd
    names /home/bench, over which they are mounted."""
    homes = base + "/homes"
    shutil.rmtree(homes, ignore_errors=True)
    for i in range(USERS):
        os.makedirs("%s/user%d" % (homes, i), 0o755)
        os.chown("%s/user%d" % (homes, i), 63000 + i, 63000)
    subprocess.run(["mount", "--bind", homes, "/mnt"], check=True)


if __name__ == "__main__":
    sys.exit(main())
