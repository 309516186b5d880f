"""The mail servers that the bench measures: Debian's Postfix and ours.

Both run in a mount namespace made by tests/bench/run, in which Debian's
Postfix lies over /usr and the users of the bench are in /etc/passwd.
"""
import glob
import os
import re
import shutil
import subprocess
import time

USERS = 2000
SINK = 25025            # smtp-sink, on every loopback address
SITES = 25026           # sites.py
TOP = os.getcwd()


def processes(root):
    """All processes below root, itself included."""
    kids, pids = {}, [root]
    for stat in glob.glob("/proc/[0-9]*/stat"):
        try:
            fields = open(stat).read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        kids.setdefault(int(fields[1]), []).append(int(stat.split("/")[2]))
    for pid in pids:
        pids.extend(kids.get(pid, []))
    return pids


def cpu_seconds(root):
    """Processor time of root and all below it, of those that ended too."""
    ticks = 0
    for pid in processes(root):
        try:
            fields = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += sum(int(fields[i]) for i in (11, 12, 13, 14))
    return ticks / os.sysconf("SC_CLK_TCK")


def pss_kib(root):
    total = 0
    for pid in processes(root):
        try:
            total += int(re.search(r"^Pss:\s+(\d+)", open("/proc/%d/smaps_rollup" % pid).read(), re.M).group(1))
        except (OSError, AttributeError):
            continue
    return total


class Server:
    tls = 3             # TLS 1.3

    def __init__(self, base, withtls=False):
        self.chain = withtls and certificate(base)
        self.base = os.path.join(base, self.name)
        shutil.rmtree(self.base, ignore_errors=True)
        os.makedirs(self.base)
        self.seen = self.count = 0

    def sent(self):
        """How many recipients have been delivered, by the log."""
        with open(self.log, "rb") as f:
            f.seek(self.seen)
            new = f.read()
        end = new.rfind(b"\n") + 1
        self.seen += end
        self.count += new[:end].count(b"status=sent")
        return self.count

    def cpu(self):
        return cpu_seconds(self.root)

    def pss(self):
        return pss_kib(self.root)


class Postfix(Server):
    name = "postfix"
    port = 25125
    sendmail = "/usr/sbin/sendmail"

    def start(self):
        etc = self.base + "/etc"
        os.makedirs(etc)
        os.makedirs(self.base + "/queue")
        os.makedirs(self.base + "/data")
        shutil.chown(self.base + "/data", "postfix", "postfix")
        self.log = self.base + "/log"
        with open(etc + "/main.cf", "w") as f:
            f.write("\n".join((
                "compatibility_level = 3.6", "myhostname = mx.bench.test", "mydestination = local.test",
                "mynetworks = 127.0.0.0/8", "inet_interfaces = 127.0.0.1", "inet_protocols = ipv4",
                "queue_directory = %s/queue" % self.base, "data_directory = %s/data" % self.base,
                "meta_directory = " + etc, "mail_owner = postfix", "setgid_group = postdrop",
                "alias_maps =", "alias_database =", "home_mailbox = Maildir/",
                "local_destination_concurrency_limit = 20", "default_destination_concurrency_limit = 20",
                "smtpd_recipient_limit = 1000", "transport_maps = texthash:%s/transport" % etc,
                "minimal_backoff_time = 300s", "maillog_file = " + self.log,
                "maillog_file_prefixes = " + self.base, "")))
            if self.chain:
                f.write("smtpd_tls_chain_files = %s\nsmtpd_tls_security_level = may\n"
                        "message_size_limit = 100000000\nmailbox_size_limit = 0\n" % self.chain)
        master = open("/usr/share/postfix/master.cf.dist").read()
        master = re.sub(r"(?m)^smtp( .*inet.*)$", r"127.0.0.1:%d\1" % self.port, master)
        master = re.sub(r"(?m)^([a-z0-9.:]+\s+\S+\s+\S+\s+\S+\s+)y", r"\1n", master)
        open(etc + "/master.cf", "w").write(master)
        open(etc + "/dynamicmaps.cf", "w")
        open(etc + "/transport", "w").write(routes("smtp:"))
        shutil.copy("build/peers/postfix/etc/postfix/postfix-files", etc)
        self.env = dict(os.environ, MAIL_CONFIG=etc)
        subprocess.run(["postfix", "-c", etc, "start"], check=True, env=self.env,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_port(self.port)
        self.root = int(open(self.base + "/queue/pid/master.pid").read())

    def stop(self):
        subprocess.run(["postfix", "-c", self.base + "/etc", "stop"], env=self.env,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def flush(self):
        subprocess.run(["postqueue", "-f"], env=self.env, check=True)


class Pneu(Server):
    name = "pneu"
    port = 25225
    tls = 2

    def start(self):
        self.sendmail = self.base + "/bin/sendmail"
        settings = "\n".join((
            "myhostname = mx.bench.test", "mydestination = local.test", "listen = 127.0.0.1:%d" % self.port,
            "mynetworks = 127.0.0.0/8", "default_destination_concurrency_limit = 20",
            "local_concurrency = 100", "remote_concurrency = 100", "smtpd_client_connection_count_limit = 0",
            "minimal_backoff_time = 300s", ""))
        if self.chain:
            settings += "smtpd_tls_chain_files = %s\nmessage_size_limit = 100000000\n" % self.chain
        subprocess.run(["tools/instance", self.base], input=settings.encode(), check=True)
        self.prepare()
        open(self.base + "/etc/routes", "w").write(routes(""))
        self.env = dict(os.environ, PNEU_HOME=self.base)
        subprocess.run([self.base + "/bin/pneu-conf", "compile"], env=self.env, check=True)
        run = self.base + "/service/log/run"
        text = open(run).read().replace("s1000000", "s200000000")
        open(run, "w").write(text)
        self.svscan = subprocess.Popen(["s6-svscan", "-c", "16", self.base + "/scan"], env=self.env,
                                       stdin=subprocess.DEVNULL, stdout=open(self.base + "/svscan.log", "w"),
                                       stderr=subprocess.STDOUT)
        self.root = self.svscan.pid
        self.log = self.base + "/log/current"
        wait_for(lambda: os.path.exists(self.base + "/service/event"), "service")
        subprocess.run(["s6-svwait", "-U", "-t", "30000", self.base + "/service"], check=True)

    def prepare(self):
        """Change the instance before it starts."""

    def stop(self):
        subprocess.run(["s6-svscanctl", "-t", self.base + "/scan"], check=True)
        self.svscan.wait()

    def flush(self):
        subprocess.run([self.base + "/bin/pneu-q", "retry"], env=self.env, check=True)


class PneuOpenssl(Pneu):
    """The same with a pneu-tls on OpenSSL (conf-tls)."""
    name = "pneu+openssl"
    port = 25325
    tls = 3

    def prepare(self):
        shutil.copy("tests/tools/pneu-tls-openssl", self.base + "/bin/pneu-tls")


def certificate(base):
    """A file with a P-256 key and its certificate."""
    key, out = base + "/key", base + "/chain.pem"
    if not os.path.exists(out):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "30", "-subj", "/CN=mx.bench.test", "-addext", "subjectAltName=DNS:mx.bench.test",
                        "-keyout", key, "-out", key + ".crt"], check=True, stderr=subprocess.DEVNULL)
        open(out, "w").write(open(key).read() + open(key + ".crt").read())
    return out


def routes(prefix):
    """out.test, d0.test to d99.test to the sink; slow and healthy sites."""
    lines = ["out.test %s[127.0.3.1]:%d" % (prefix, SINK)]
    lines += ["d%d.test %s[127.0.4.%d]:%d" % (i, prefix, i + 1, SINK) for i in range(100)]
    lines += ["s%d.slow.test %s[127.0.1.%d]:%d" % (i, prefix, i + 1, SITES) for i in range(90)]
    lines += ["s%d.good.test %s[127.0.2.%d]:%d" % (i, prefix, i + 1, SITES) for i in range(10)]
    return "\n".join(lines) + "\n"


def wait_for(what, name, seconds=60, pause=0.02):
    end = time.time() + seconds
    while not what():
        if time.time() > end:
            raise SystemExit("bench: waited %d s in vain for %s" % (seconds, name))
        time.sleep(pause)


def wait_port(port):
    import socket

    def there():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False
    wait_for(there, "port %d" % port)
