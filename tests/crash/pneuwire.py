"""pneu's frames for tests (doc/PROTOCOLS): hand-in and orders."""
import re
import socket
import struct


def frame(kind, payload=b"", tag=1):
    return struct.pack(">I", len(payload)) + kind.encode() + \
        struct.pack(">I", tag) + payload


def quote(value):
    return re.sub(rb"[\0-\x1f\x7f%]", lambda m: b"%%%02X" % m.group()[0],
                  value)


def fields(*pairs):
    out = []
    for name, value in pairs:
        if isinstance(value, int):
            value = str(value)
        if isinstance(value, str):
            value = value.encode()
        out.append(name.encode() + b"=" + quote(value) + b"\n")
    return b"".join(out)


class Wire:
    def __init__(self, path, timeout=30):
        self.s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.s.settimeout(timeout)
        self.s.connect(path)
        self.buf = b""

    def send(self, data):
        self.s.sendall(data)

    def recv(self):
        """The next frame: (kind, tag, payload); None at the end."""
        while True:
            if len(self.buf) >= 9:
                n = struct.unpack(">I", self.buf[:4])[0]
                if len(self.buf) >= 9 + n:
                    kind = chr(self.buf[4])
                    tag = struct.unpack(">I", self.buf[5:9])[0]
                    payload = self.buf[9:9 + n]
                    self.buf = self.buf[9 + n:]
                    return kind, tag, payload
            try:
                got = self.s.recv(65536)
            except ConnectionResetError:
                got = b""
            if not got:
                return None
            self.buf += got

    def close(self):
        self.s.close()


def letter(sender, rcpts, message, tag=1, parts=None, extra=()):
    """The frames of one letter. parts: lengths of the M frames."""
    env = fields(("sender", sender), *extra, *[("rcpt", r) for r in rcpts])
    out = b""
    while env:
        if len(env) > 100000:
            cut = env.rindex(b"\n", 0, 100000) + 1
        else:
            cut = len(env)
        out += frame("E", env[:cut], tag)
        env = env[cut:]
    while message:
        n = parts.pop(0) if parts else 65536
        out += frame("M", message[:n], tag)
        message = message[n:]
    return out + frame("X", b"", tag)


def verdict(answer):
    """(kind, code, text) of an answer; ("gone", "", "") without one."""
    if answer is None:
        return "gone", "", ""
    kind, code, _, text = answer[2].decode().split(" ", 3)
    return kind, code, text


class Door(Wire):
    """A connection to run/pub/submit or run/intake/intake."""

    def hand(self, message, sender="a@b.test", rcpts=("c@d.test",), **kw):
        try:
            self.send(letter(sender, rcpts, message, **kw))
        except (BrokenPipeError, ConnectionResetError):
            pass
        return verdict(self.recv())


class Orders(Wire):
    def order(self, kind, *pairs, tag=1):
        self.send(frame(kind, fields(*pairs), tag))
        return verdict(self.recv())
