"""pneu-send's side of doc/PROTOCOLS section 6, and what the stories share."""
import array, os, re, socket, struct, subprocess, tempfile, time

POLY = 0x82f63b78
TABLE = []
for i in range(256):
    c = i
    for _ in range(8):
        c = c >> 1 ^ (POLY if c & 1 else 0)
    TABLE.append(c)


def crc32c(data):
    c = 0xffffffff
    for b in data:
        c = TABLE[(c ^ b) & 255] ^ c >> 8
    return c ^ 0xffffffff


def enc(s):
    return re.sub('[\0-\37\177%]', lambda m: '%%%02X' % ord(m[0]), s)


def dec(s):
    return re.sub('%([0-9A-F]{2})', lambda m: chr(int(m[1], 16)), s)


def frame(kind, tag, payload=b''):
    return struct.pack('>IcI', len(payload), kind.encode(), tag) + payload


def fields(payload):
    return [(k, dec(v)) for k, v in (line.split('=', 1) for line in
            payload.decode('latin1').splitlines())]


class Frames:
    """Frames that come on a socket."""
    def __init__(self, sock):
        self.sock, self.buf = sock, b''

    def next(self, timeout=20):
        """(kind, tag, payload); None at the end."""
        end = time.monotonic() + timeout
        while True:
            if len(self.buf) >= 9:
                n, kind, tag = struct.unpack('>IcI', self.buf[:9])
                if len(self.buf) >= 9 + n:
                    f = kind.decode(), tag, self.buf[9:9 + n]
                    self.buf = self.buf[9 + n:]
                    return f
            self.sock.settimeout(max(0.01, end - time.monotonic()))
            r = self.sock.recv(1 << 16)
            if not r:
                return None
            self.buf += r


def order(ident, to, rcpts, off, n, crc, sender='from@x.test'):
    """rcpts: [(address, {name: value})]; indices from 0."""
    s = ''.join('%s=%s\n' % (k, enc(str(v))) for k, v in (('id', ident),
        ('off', off), ('len', n), ('crc', crc), ('time', 1),
        ('sender', sender), ('to', to)))
    for i, (addr, more) in enumerate(rcpts):
        s += 'n=%d\nrcpt=%s\n' % (i, enc(addr))
        s += ''.join('%s=%s\n' % (k, enc(v)) for k, v in more.items())
    return s.encode('latin1')


def reports(payload, targets=None, owners=None):
    """{index: (kind, code, text)} of a V frame; the code of a site's
    failure has a '!' behind it. What recipients stand for goes to targets."""
    out, ns, site = {}, [], ''
    for k, v in fields(payload):
        if k == 'n':
            ns.append(int(v))
        elif k == 'forward' and targets is not None:
            targets.update((n, v.split('\n')[:-1]) for n in ns)
        elif k == 'owner' and owners is not None:
            owners.update((n, v) for n in ns)
        elif k == 'site':
            site = '!'
        elif k == 'verdict':
            kind, code, _, text = v.split(' ', 3)
            out.update((n, (kind, code + site, text)) for n in ns)
            ns, site = [], ''
    return out


class Send:
    """A pneu-send: connects, gives orders, gathers verdicts."""
    def __init__(self, path, uid):
        self.s = socket.socket(socket.AF_UNIX)
        euid, egid = os.geteuid(), os.getegid()
        if uid is not None:
            os.setegid(uid)
            os.seteuid(uid)
        try:
            self.s.connect(path)
        finally:
            os.seteuid(euid)
            os.setegid(egid)
        self.f = Frames(self.s)
        self.taken, self.verdicts, self.ntag = {}, {}, 0
        self.targets = {}           # of the last order, by recipient
        self.owners = {}            # the same
        while True:
            kind, tag, p = self.f.next()
            if kind == 'G':
                break
            if kind == 'T':
                self.taken[tag] = fields(p)
            elif kind == 'V':
                self.verdicts.setdefault(tag, {}).update(reports(p))

    def give(self, to, rcpts, message, crc=None, tag=None, **kw):
        """Returns the tag."""
        if tag is None:
            self.ntag += 1
            tag = self.ntag
        pad = b'head of the letter\n'
        with tempfile.TemporaryFile() as t:
            t.write(pad + message + b'tail')
            t.flush()
            fd = os.open('/proc/self/fd/%d' % t.fileno(), os.O_RDONLY)
        if crc is None:
            crc = crc32c(message)
        f = frame('O', tag, order('ID%04d' % tag, to, rcpts, len(pad),
                                  len(message), crc, **kw))
        self.s.settimeout(None)
        sent = self.s.sendmsg([f], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                                     array.array('i', [fd]))])
        os.close(fd)
        self.s.sendall(f[sent:])
        self.nrcpt = len(rcpts)
        return tag

    def wait(self, tag, n=1, timeout=20):
        """The verdicts on n recipients of the order, acknowledged."""
        end = time.monotonic() + timeout
        while len(self.verdicts.get(tag, {})) < n:
            kind, t, p = self.f.next(max(0.01, end - time.monotonic()))
            assert kind == 'V', kind
            self.verdicts.setdefault(t, {}).update(reports(p, self.targets,
                                                            self.owners))
        self.s.settimeout(None)
        self.s.sendall(frame('A', tag))
        return self.verdicts.pop(tag)

    def do(self, to, rcpts, message, **kw):
        """Give, and wait: verdicts in the order of rcpts."""
        if isinstance(rcpts, str):
            rcpts = [(rcpts, {})]
        self.targets = {}
        self.owners = {}
        v = self.wait(self.give(to, rcpts, message, **kw), len(rcpts))
        return [v[i] for i in sorted(v)]
