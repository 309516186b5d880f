"""The bench's part tls: letters, handshakes and octets by STARTTLS."""
import statistics
import subprocess
import time

from servers import wait_for

TASKS = (       # what, unit, letters (of n), options, octets a letter, per what the processor time is
    ("one a connection, 10 sessions", "letters/s", 1, ("-s", 10, "-l", 1024), 1),
    ("one a connection, 1 session", "letters/s", .5, ("-s", 1, "-l", 1024), 1),
    ("one a connection, 10 sessions, resumed", "letters/s", 1, ("-s", 10, "-l", 1024, "-R"), 1),
    ("handshakes, 10 sessions", "1/s", 1, ("-s", 10, "-H"), 1),
    ("handshakes, 10 sessions, resumed", "1/s", 1, ("-s", 10, "-H", "-R"), 1),
    ("letters of 10 MiB, 1 session", "MiB/s", .02, ("-s", 1, "-l", 10 << 20, "-c", 1000), 10),
)


def run(server, build, letters, options, version):
    """Rate of letters, ms of processor time each, the share resumed."""
    argv = [build + "/tlsload", "-p", server.port, "-m", letters, "-t", "user%u@local.test", "-k", 20]
    sent, cpu = server.sent(), server.cpu()
    out = subprocess.run([str(a) for a in argv + list(options) + ["-v", version]],
                         stdout=subprocess.PIPE).stdout.split()
    if out[0] != out[1]:
        print("  %s: only %s of %s done" % (server.name, out[1].decode(), out[0].decode()))
    if "-H" not in options:
        wait_for(lambda: server.sent() >= sent + int(out[1]), "%s to deliver" % server.name, 60)
    time.sleep(0.3)
    return letters / float(out[2]), (server.cpu() - cpu) * 1000 / letters, int(out[3]) / letters


def compare(servers, build, rounds, letters, only):
    first = servers[0].name
    print("%-51s" % "by STARTTLS: rate, ms CPU each (or a MiB); ratios" + "".join(
        "%*s" % (16 if s.name == first else 28, s.name) for s in servers))
    for name, unit, part, options, size in TASKS:
        if only and only not in name:
            continue
        got = {}
        for _ in range(rounds):
            for s in servers:
                got.setdefault(s.name, []).append(run(s, build, max(4, int(letters * part)), options, s.tls))
        line = "%-51s" % ("%s (%s)" % (name, unit))
        for s in servers:
            rate, cpu, resumed = (statistics.median(x) for x in zip(*got[s.name]))
            line += "%8.0f %7.2f" % (rate * size, cpu / size)
            if s.name != first:
                pairs = list(zip(got[first], got[s.name]))
                line += " %5.2fx %4.2fx" % (statistics.median(b[0] / a[0] for a, b in pairs),
                                            statistics.median(b[1] / max(a[1], .001) for a, b in pairs))
            if "-R" in options and resumed < .9:
                print("  %s: only %d%% resumed" % (s.name, resumed * 100))
        print(line, flush=True)
