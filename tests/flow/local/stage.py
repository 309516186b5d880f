"""What stories about pneu-lspawn share: TAP, users of the test's own, an
instance in T, pneu-lspawn itself."""
import os, pwd, re, shutil, signal, subprocess, sys, time
sys.path.insert(0, os.path.dirname(__file__))
from lspawn import *

TOP = os.getcwd()
ROOT = os.getuid() == 0
T = tempfile.mkdtemp(prefix='pneu-test.')
os.chmod(T, 0o755)
H = T + '/home'
PNEUS, VIRTUAL = 61003, 61007
count = failed = 0


def ok(good, what, *more):
    global count, failed
    count += 1
    failed += not good
    print('%sok %d - %s' % ('' if good else 'not ', count, what))
    for m in () if good else more:
        print('#', m)
    sys.stdout.flush()


def skip(what, why):
    global count
    count += 1
    print('ok %d - %s # SKIP %s' % (count, what, why))


def users():
    """name: (uid, gid, home). Without root just ourselves, elsewhere."""
    if not ROOT:
        return {'me': (os.getuid(), os.getgid(), T + '/me')}
    u = {'u%d' % i: (2000 + i, 2000 + i, '%s/u%d' % (T, i))
         for i in range(1, 9)}
    u['toor'] = (0, 0, T + '/toor')
    u['wheel'] = (2050, 0, T + '/wheel')
    u['low'] = (7, 7, T + '/low')
    return u


def put_users(u):
    lines = ''.join('%s:x:%d:%d::%s:/bin/sh\n' % (n, a, b, h)
                    for n, (a, b, h) in u.items())
    groups = ''.join('%s:x:%d:\n' % (n, b) for n, (a, b, h) in u.items())
    if ROOT:
        lines = open('/etc/passwd').read() + lines
    else:
        lines += 'root:x:0:0::/root:/bin/sh\nother:x:%d:7::/:/bin/sh\n' % (
            os.getuid() + 1)
    if ROOT:
        groups += 'extra:x:2999:u1\n'
        groups = open('/etc/group').read() + groups
    for name, text in (('passwd', lines), ('group', groups)):
        with open(T + '/' + name, 'w') as f:
            f.write(text)
        os.chmod(T + '/' + name, 0o644)
        if ROOT:
            subprocess.check_call(['mount', '--bind', T + '/' + name,
                                   '/etc/' + name])
    for a, b, h in u.values():
        os.mkdir(h)
        os.chmod(h, 0o755)
        if ROOT:
            os.chown(h, a, b)


def settings(**kw):
    lines = ['myhostname = mx.pneu.test', 'virtual_mailbox_domains = v.test']
    if ROOT:
        lines.append(subprocess.check_output([TOP + '/tools/users'],
                                             text=True).rstrip('\n'))
    else:
        lines.append('min_uid = 1')
    lines += ['%s = %s' % x for x in kw.items()]
    with open(H + '/etc/pneu.conf', 'w') as f:
        f.write('\n'.join(lines) + '\n')
    subprocess.check_call([TOP + '/bin/pneu-conf', 'compile'],
                          env=dict(os.environ, PNEU_HOME=H))


class Lspawn:
    last = None

    def __init__(self, **more):
        Lspawn.last = self
        env = dict(os.environ, PNEU_HOME=H, PNEU_NOTIFY='1', **more)
        if not ROOT:
            env.update(LD_PRELOAD=os.environ['NSS_WRAPPER'],
                       NSS_WRAPPER_PASSWD=T + '/passwd',
                       NSS_WRAPPER_GROUP=T + '/group')
        self.log = open(T + '/log', 'ab')
        self.p = subprocess.Popen([os.environ.get('LSPAWN', TOP +
                                                  '/bin/pneu-lspawn')], env=env,
                                  stdout=subprocess.PIPE, stderr=self.log)
        assert self.p.stdout.readline() == b'\n', 'not ready'

    def send(self):
        return Send(H + '/run/lspawn/lspawn', PNEUS if ROOT else None)

    def forker(self):
        return children(self.p.pid)[0]

    def workers(self):
        """Without the one that looks users up: nobody, with the log."""
        return [x for x in children(self.forker()) if
                (status(x, 'Uid')[:1] not in ([], ['65534']) if ROOT
                 else link('/proc/%d/fd/2' % x) == '/dev/null')]

    def worker_of(self, uid):
        for w in self.workers():
            if status(w, 'Uid')[:1] == [str(uid)]:
                return w

    def stop(self):
        f = self.forker()
        self.p.send_signal(signal.SIGTERM)
        r = self.p.wait(30)
        until(lambda: not os.path.exists('/proc/%d' % f))
        return r


def children(pid):
    with open('/proc/%d/task/%d/children' % (pid, pid)) as f:
        return [int(x) for x in f.read().split()]


def status(pid, name):
    """A field of /proc/PID/status; empty if the process has just ended."""
    try:
        with open('/proc/%d/status' % pid) as f:
            for line in f:
                if line.startswith(name + ':'):
                    return line.split()[1:]
    except (FileNotFoundError, ProcessLookupError):
        pass
    return []


def link(path):
    """Where it points; empty if it has just gone, or is going."""
    try:
        return os.readlink(path)
    except OSError:
        return ''


def until(true, seconds=10):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def ls(path):
    try:
        return sorted(os.listdir(path))
    except FileNotFoundError:
        return []


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def mode(path):
    return os.lstat(path).st_mode & 0o7777


def owner(path):
    s = os.lstat(path)
    return s.st_uid, s.st_gid


def logged(text):
    return text in read(T + '/log').decode('latin1')


def finish():
    """To be called at the end; returns the exit status."""
    if Lspawn.last and Lspawn.last.p.poll() is None:
        Lspawn.last.p.kill()
    if failed:
        print('# log:', os.path.exists(T + '/log') and
              read(T + '/log').decode('latin1').replace('\n', '\n# '))
    if 'KEEP' not in os.environ:
        if ROOT:
            for x in ('passwd', 'group'):
                subprocess.call(['umount', '-l', '/etc/' + x])
        shutil.rmtree(T)
    print('1..%d' % count)
    return failed > 0
