"""A pneu-queue that never takes a notification, and what pneu-bounce does."""
import os, socket, subprocess, threading
from order import *
from pneuwire import Wire, frame

UIDS = {'pneus': (61003, 61003)}


def as_user(name, what):
    """what(), with the effective uid and gid of that service (as root)."""
    if os.getuid():
        return what()
    os.setegid(UIDS[name][1])
    os.seteuid(UIDS[name][0])
    try:
        return what()
    finally:
        os.seteuid(0)
        os.setegid(0)


class Desk(threading.Thread):
    """Refuses all letters (but those to takes), for good; keeps envelopes."""
    def __init__(self, home, takes=()):
        super().__init__(daemon=True)
        self.takes, self.letters = takes, []
        d = home + '/run/intake'
        os.makedirs(d, exist_ok=True)
        os.chmod(d, 0o755)
        if os.path.exists(d + '/intake'):
            os.unlink(d + '/intake')
        self.s = socket.socket(socket.AF_UNIX)
        self.s.bind(d + '/intake')
        os.chmod(d + '/intake', 0o777)
        self.s.listen(10)
        self.start()

    def run(self):
        while True:
            try:
                c, _ = self.s.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        w = Wire.__new__(Wire)
        w.s, w.buf, env = c, b'', b''
        while True:
            f = w.recv()
            if f is None:
                return
            if f[0] == 'E':
                env += f[2]
            if f[0] != 'X':
                continue
            rcpts = [unquote(l[5:]) for l in env.split(b'\n') if l[:5] == b'rcpt=']
            self.letters.append(rcpts)
            good = any(r in self.takes for r in rcpts)
            w.send(frame('V', b'D 2.0.0 0 0642E1B3F5C0A00001' if good else
                         b'N 5.5.4 0 Malformed envelope', f[1]))
            env = b''

    def close(self):
        self.s.shutdown(socket.SHUT_RDWR)
        self.s.close()


def story(home, ok):
    def one(takes):
        q = Desk(home, takes)
        p = subprocess.Popen([home + '/bin/pneu-bounce'], stderr=log,
                             env=dict(os.environ, PNEU_HOME=home))
        try:
            for _ in range(200):
                if os.path.exists(home + '/run/bounce/bounce'):
                    break
                time.sleep(.05)
            s = as_user('pneus', lambda: Sender(home + '/run/bounce/bounce'))
            s.tag += 1
            m = b'Subject: x\n\nhello\n'
            f = tempfile.TemporaryFile()
            f.write(m); f.flush()
            s.put('O', s.tag, field('id', '0642E1B3F5C09A0001') + field('off', 0) +
                  field('len', len(m)) + field('crc', crc32c(m)) +
                  field('time', int(time.time())) + field('sender', 'odd@far.test') +
                  field('to', 'bounce:') + field('n', 0) + field('rcpt', 'a@b.test') +
                  field('why', 'N 5.1.1 0 no such user'), f.fileno())
            r = s.reports(s.tag, 1, 15)[0]
            return r, q.letters
        finally:
            p.terminate()
            p.wait()
            q.close()
            os.unlink(home + '/run/bounce/bounce')

    with open(home + '/bounce.log', 'w') as log:
        r, letters = one(['admin@here.test'])
    ok(letters == [['odd@far.test'], ['admin@here.test']],
       'refused for good, the notification goes to the postmaster', letters)
    ok(r['kind'] == 'D', 'and that is that', r)
    ok('odd' not in r['text'] and 'refused: Malformed envelope' in
       open(home + '/bounce.log').read(), 'it stands in the log')
    with open(home + '/bounce.log', 'w') as log:
        r, letters = one([])
    ok(len(letters) == 2 and r['kind'] == 'N',
       'refused there too, it is not tried again', letters, r)
