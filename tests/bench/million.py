#!/usr/bin/python3
"""A million letters in the queue: what a fresh one has to wait.

Started by tests/bench/million. See README here.
"""
import argparse
import asyncio
import os
import re
import resource
import shutil
import signal
import smtplib
import statistics
import subprocess
import sys
import threading
import time

from servers import TOP, cpu_seconds, wait_for

PORT, SINK, BENCHED, DEAD = 25325, 25326, 25327, 25328
BENCH, GOOD = "127.0.5.2", "127.0.5.3"
AHEAD = 3600            # seconds to the slot of the scene in which none is due
WAIT = 60               # that a fresh letter has at most
STAGES = ("pneu-send", "pneu-queue", "pneu-remote.1")
SETTINGS = """
myhostname = mx.bench.test
mydestination =
listen = 127.0.0.1:%d
virtual_mailbox_domains = here.test
default_destination_concurrency_limit = 20
remote_concurrency = 100
smtpd_client_connection_count_limit = 0
minimal_backoff_time = 10s
maximal_backoff_time = 4000s
smtp_helo_timeout = 5s
queue_minfree = 0
""" % PORT


def routes(domains):
    """The dead site is as many as there are domains."""
    sites = [("d%d.dead" % i, "127.1.%d.%d" % (i >> 8, i & 255), DEAD) for i in range(domains)]
    return "".join("%s.test [%s]:%d\n" % (name, address, port) for name, address, port in
                   sites + [("out", BENCH, BENCHED), ("good", GOOD, SINK)])


class Site:
    """smtp-sink. Stopped, it is a site that hangs: the system accepts
    connections for it, and nobody speaks."""
    def __init__(self, port):
        peer = TOP + "/build/peers/postfix"
        libs = re.search(r"PEER_LIBS=(.*)", open(peer + "/env").read()).group(1)
        argv = [peer + "/usr/sbin/smtp-sink", "-m", "5000", "-u", "nobody", "0.0.0.0:%d" % port, "1000"]
        self.sink = subprocess.Popen(argv, env=dict(os.environ, LD_LIBRARY_PATH=libs))

    def hang(self):
        self.sink.send_signal(signal.SIGSTOP)

    def back(self):
        self.sink.send_signal(signal.SIGCONT)

    def end(self):
        self.sink.kill()
        self.sink.wait()


class Good(threading.Thread):
    """The healthy site: notes which letters have come."""
    def __init__(self):
        super().__init__(daemon=True)
        self.came = set()
        self.start()

    async def session(self, reader, writer):
        writer.write(b"220 good ESMTP\r\n")
        try:
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    while (line := await reader.readline()) not in (b".\r\n", b""):
                        if line.startswith(b"Subject: "):
                            subject = line[9:].strip().decode()
                    self.came.add(subject)
                writer.write(b"250-good\r\n250 PIPELINING\r\n" if verb == b"EHLO" else
                             b"221 bye\r\n" if verb == b"QUIT" else b"250 2.0.0 ok\r\n")
        except ConnectionError:
            pass
        writer.close()

    def run(self):
        async def serve():
            await asyncio.start_server(self.session, GOOD, SINK)
            await asyncio.Event().wait()
        asyncio.run(serve())


class Instance:
    def __init__(self, home, domains):
        self.home, self.svscan, self.serial = home, None, 0
        subprocess.run(["rm", "-rf", home])
        subprocess.run(["tools/instance", home], input=SETTINGS.encode(), check=True)
        open(home + "/etc/routes", "w").write(routes(domains))
        open(home + "/etc/virtual_mailboxes", "w").write("fresh@here.test fresh/\n")
        self.env = dict(os.environ, PNEU_HOME=home)
        subprocess.run([home + "/bin/pneu-conf", "compile"], env=self.env, check=True)
        run = home + "/service/log/run"
        text = open(run).read().replace("s1000000", "s200000000")
        open(run, "w").write(text)
        self.log, self.seen, self.sent = home + "/log/current", 0, 0

    def start(self):
        """Seconds until all stages are ready."""
        began = time.time()
        self.svscan = subprocess.Popen(["s6-svscan", "-c", "16", self.home + "/scan"], env=self.env,
                                       stdin=subprocess.DEVNULL, stdout=open(self.home + "/svscan.log", "a"),
                                       stderr=subprocess.STDOUT)
        wait_for(lambda: os.path.exists(self.home + "/service/event"), "service")
        subprocess.run(["s6-svwait", "-U", "-t", "60000", self.home + "/service"], check=True)
        return time.time() - began

    def stop(self):
        if self.svscan:
            subprocess.run(["s6-svscanctl", "-t", self.home + "/scan"], check=True)
            self.svscan.wait()
            shutil.rmtree(self.home + "/service/event", ignore_errors=True)
        self.svscan = None

    def pid(self, stage):
        out = subprocess.run(["s6-svstat", "-o", "pid", "%s/service/stages/%s" % (self.home, stage)],
                             stdout=subprocess.PIPE).stdout
        return int(out)

    def delivered(self):
        """How many letters have been sent to the site that was dead."""
        try:
            with open(self.log, "rb") as f:
                f.seek(self.seen)
                new = f.read()
        except FileNotFoundError:
            return 0
        end = new.rfind(b"\n") + 1
        self.seen += end
        self.sent += len(re.findall(rb"dead\.test>.*status=sent", new[:end]))
        return self.sent

    def fresh(self, good, domain):
        """Seconds from a client's connection to the letter's delivery."""
        self.serial += 1
        subject, new = "fresh%d" % self.serial, self.home + "/mailboxes/fresh/new"
        began = time.time()
        before = len(os.listdir(new)) if os.path.exists(new) else 0
        with smtplib.SMTP("127.0.0.1", PORT, timeout=WAIT) as s:
            s.sendmail("a@bench.test", "fresh@" + domain, "Subject: %s\r\n\r\nfresh\r\n" % subject)
        while time.time() < began + WAIT:
            if domain == "good.test" and subject in good.came:
                break
            if domain == "here.test" and os.path.exists(new) and len(os.listdir(new)) > before:
                break
            time.sleep(0.002)
        return time.time() - began


class Watch(threading.Thread):
    """What the stages take, while a scene lasts."""
    def __init__(self, inst):
        super().__init__(daemon=True)
        self.pids = {s: inst.pid(s) for s in STAGES}
        self.rss, self.over = 0, threading.Event()
        self.cpu, self.began = {s: cpu_seconds(p) for s, p in self.pids.items()}, time.time()
        self.start()

    def status(self, name):
        text = open("/proc/%d/status" % self.pids["pneu-send"]).read()
        return int(re.search(r"%s:\s+(\d+)" % name, text).group(1)) / 1024

    def run(self):
        while not self.over.wait(0.2):
            self.rss = max(self.rss, self.status("VmRSS"))

    def end(self):
        self.over.set()
        self.join()
        took = time.time() - self.began
        self.share = {s: (cpu_seconds(p) - self.cpu[s]) / took for s, p in self.pids.items()}
        return self.status("VmHWM")


def scene(inst, good, name, seconds, fresh, drains=False):
    """Fresh letters, to here and to the healthy site, for so long."""
    watch, times, began, log = Watch(inst), [], time.time(), os.path.getsize(inst.log)
    sent, drained, last = inst.delivered(), 0, began
    for i in range(fresh):
        until = began + (i + .5) * seconds / fresh
        while time.time() < until:
            time.sleep(max(0, min(.5, until - time.time())))
            if inst.delivered() > sent + drained:
                drained, last = inst.sent - sent, time.time()
        times += [inst.fresh(good, "here.test"), inst.fresh(good, "good.test")]
    while time.time() < began + seconds:
        time.sleep(.5)
        if inst.delivered() > sent + drained:
            drained, last = inst.sent - sent, time.time()
    hwm = watch.end()
    line = "%-24s %8.1f %8.1f %8.1f %8.1f  %4.0f %4.0f %4.0f  %6.1f" % (
        name, statistics.median(times) * 1000, max(times) * 1000, watch.rss, hwm,
        *(watch.share[s] * 100 for s in STAGES),
        (os.path.getsize(inst.log) - log) / 1048576)
    if drains:
        line += "  %6.0f/s (%d)" % (drained / (last - began) if drained else 0, drained)
    print(line, flush=True)


def reference(inst, letters):
    """Bench (2): SMTP in to SMTP out, one domain, 10 sessions."""
    began = time.time()
    subprocess.run([TOP + "/build/bench/source", "-p", str(PORT), "-s", "10", "-m", str(letters), "-l", "1024", "-t",
                    "to@out.test%.0u", "-k", "1"], stdout=subprocess.DEVNULL)
    wait_for(lambda: len(re.findall(rb"@out\.test>.*status=sent", open(inst.log, "rb").read())) >= letters, "bench")
    return letters / (time.time() - began)


def all_due(queue):
    """The slots, as if their time had come."""
    slots = os.listdir(queue + "/defer")
    for i, slot in enumerate(slots):
        os.rename("%s/defer/%s" % (queue, slot), "%s/defer/%d" % (queue, time.time() + 2 + i))


def list_queue(inst, letters):
    began = time.time()
    p = subprocess.Popen([inst.home + "/bin/pneu-q", "list"], env=inst.env, stdout=subprocess.PIPE)
    n = sum(1 for line in p.stdout if re.match(rb"[0-9A-F]{18}", line))
    code = p.wait()
    print("pneu-q list: %d of %d letters in %.1f s, exit %d" % (n, letters, time.time() - began, code), flush=True)


def size(o, letters, good):
    inst, dead, bench = Instance(o.base, o.domains), Site(DEAD), Site(BENCHED)
    try:
        inst.start()
        print("== %d letters, %d dead site%s" % (letters, o.domains, "s"[o.domains == 1:]))
        print("bench (2), empty queue: %.0f letters/s" % reference(inst, o.reference), flush=True)
        inst.stop()
        began = time.time()
        subprocess.run(["tests/tools/mkqueue", "-n", str(letters), "-t", str(AHEAD), "-d", "dead.test", "-D",
                        str(o.domains), o.base], check=True)
        print("mkqueue: %.0f s" % (time.time() - began), flush=True)
        dead.hang()
        began = time.time()
        ready = inst.start()
        inst.fresh(good, "here.test")
        print("start: ready in %.2f s, first delivery after %.2f s" % (ready, time.time() - began))
        print("%-24s %8s %8s %8s %8s  %4s %4s %4s  %6s" % (
            "scene", "median", "worst ms", "RSS MiB", "highest", "send", "queu", "remo", "log MiB"))
        scene(inst, good, "(a) none due", o.seconds / 2, 20)
        lister = threading.Thread(target=list_queue, args=(inst, letters))
        lister.start()
        scene(inst, good, "(a) and listed", o.seconds / 4, 10)
        lister.join()
        inst.stop()
        all_due(o.base + "/queue")
        began = time.time()
        ready = inst.start()
        inst.fresh(good, "here.test")
        print("start: ready in %.2f s, first delivery after %.2f s" % (ready, time.time() - began))
        scene(inst, good, "(b) all due, site hangs", o.seconds, 20)
        dead.back()
        began, sent = time.time(), inst.delivered()
        wait_for(lambda: inst.delivered() > sent + 10, "the probe", 300)
        print("drains %.1f s after the site is back" % (time.time() - began))
        scene(inst, good, "(c) they drain", o.seconds * 1.5, 20, True)
        inst.stop()
    finally:
        inst.stop()
        dead.end()
        bench.end()
        if not o.keep:
            began = time.time()
            subprocess.run(["rm", "-rf", o.base])
            print("removed in %.0f s" % (time.time() - began), flush=True)


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--base", default="/var/tmp/pneu-million", help="home of the instance")
    a.add_argument("--sizes", default="10000,100000,1000000")
    a.add_argument("--domains", type=int, default=1, help="dead sites, at most 1000")
    a.add_argument("--seconds", type=float, default=40, help="of scene (b); the others in proportion")
    a.add_argument("--reference", type=int, default=3000, help="letters of bench (2)")
    a.add_argument("--keep", action="store_true", help="leave the instance there")
    o = a.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, 8192))
    good = Good()
    for n in o.sizes.split(","):
        size(o, int(n), good)


if __name__ == "__main__":
    sys.exit(main())
