"""pneu-send's side of doc/PROTOCOLS 6, for tests of a delivery program."""
import array, os, select, socket, struct, sys, tempfile, time

T8 = [i for i in range(256)]
for i in range(256):
    c = i
    for _ in range(8):
        c = c >> 1 ^ 0x82f63b78 if c & 1 else c >> 1
    T8[i] = c

def crc32c(data):
    c = 0xffffffff
    for b in data:
        c = c >> 8 ^ T8[(c ^ b) & 255]
    return c ^ 0xffffffff

def quote(s):
    if isinstance(s, str):
        s = s.encode()
    return b''.join(b'%%%02X' % b if b < 32 or b in (37, 127) else bytes([b])
                    for b in s)

def unquote(s):
    out, i = bytearray(), 0
    while i < len(s):
        if s[i] == 37:
            out.append(int(s[i + 1:i + 3], 16)); i += 3
        else:
            out.append(s[i]); i += 1
    return bytes(out).decode('latin-1')

def field(name, value):
    return name.encode() + b'=' + quote(str(value) if not isinstance(value, bytes) else value) + b'\n'

class Sender:
    """One connection to run/remote/N."""
    def __init__(self, path):
        self.s = socket.socket(socket.AF_UNIX)
        self.s.connect(path)
        self.buf = b''
        self.tag = int(time.time() * 1000) & 0x3fffffff
        self.taken, self.early = [], []
        while True:
            t, tag, payload = self.frame(10)
            if t == 'G':
                break
            (self.taken if t == 'T' else self.early).append((tag, payload))

    def frame(self, timeout):
        end = time.time() + timeout
        while True:
            if len(self.buf) >= 9:
                n = struct.unpack('>I', self.buf[:4])[0]
                if len(self.buf) >= 9 + n:
                    f = self.buf[:9 + n]
                    self.buf = self.buf[9 + n:]
                    return chr(f[4]), struct.unpack('>I', f[5:9])[0], f[9:]
            left = end - time.time()
            if left <= 0 or not select.select([self.s], [], [], left)[0]:
                raise TimeoutError('no frame')
            d = self.s.recv(65536)
            if not d:
                raise EOFError('connection ended')
            self.buf += d

    def put(self, t, tag, payload, fd=None):
        m = struct.pack('>IBI', len(payload), ord(t), tag) + payload
        anc = [] if fd is None else [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                                      array.array('i', [fd]))]
        n = self.s.sendmsg([m], anc)
        self.s.sendall(m[n:])

    def order(self, to, rcpts, message, sender='from@here.test', body=None,
              crc=None, fd=None, off=0, utf8=False, auth=None):
        """Give an order; returns its tag."""
        self.tag += 1
        own = fd is None
        if own:
            f = tempfile.TemporaryFile()
            f.write(b'x' * 7 + message); f.flush()
            fd, off = f.fileno(), 7
        p = field('id', '0642E1B3F5C09A0001') + field('off', off) + \
            field('len', len(message)) + \
            field('crc', crc32c(message) if crc is None else crc) + \
            field('time', int(time.time())) + field('sender', sender) + \
            (field('body', body) if body else b'') + \
            (field('smtputf8', 1) if utf8 else b'') + \
            (field('auth', auth) if auth else b'') + field('to', to)
        for i, r in enumerate(rcpts):
            p += field('n', i) + field('rcpt', r)
        self.put('O', self.tag, p, fd)
        return self.tag

    def reports(self, tag, n, timeout=30):
        """The verdicts on n recipients of tag: {index: report}; then ack."""
        got = {}
        end = time.time() + timeout
        while len(got) < n:
            t, g, payload = self.frame(max(0.01, end - time.time()))
            assert t == 'V' and g == tag, (t, g, tag)
            got.update(parse(payload))
        self.put('A', tag, b'')
        return got

    def deliver(self, to, rcpts, message=b'Subject: x\n\nhello\n', timeout=30, **k):
        return self.reports(self.order(to, rcpts, message, **k), len(rcpts), timeout)

def parse(payload):
    got, cur = {}, {'n': []}
    for line in payload.split(b'\n')[:-1]:
        name, _, value = line.partition(b'=')
        name, value = name.decode(), unquote(value)
        if name == 'n':
            cur['n'].append(int(value))
        else:
            cur[name] = value
        if name == 'verdict':
            for i in cur['n']:
                assert i not in got
                got[i] = cur
            kind, code, secs, text = value.split(' ', 3)
            cur.update(kind=kind, code=code, secs=int(secs), text=text)
            cur = {'n': []}
    return got
