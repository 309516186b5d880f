"""What may a power cut leave of a directory tree?

A program is run under strace; from the log we know what it did to the files
below a root, in which order, and what it flushed. A cut at any point leaves
all that was flushed, and of the rest any part. Here those states are built.

The model. A file's data: what fsync(file) has not covered is, write by write,
there, lost, cut short, or zeros of the right length; where it overwrites what
was durable it is there or lost, sector by sector (up to a sector, or from one
on). A directory: each entry
made or removed is an operation of its own that fsync(directory) makes
durable; what is not durable is there or not, in any combination, with two
exceptions that every file system in use grants and doc/INTERNALS names:
  - rename is made of "add the new name" and "remove the old one", and the
    second is never there without the first (nor, while the directory it goes
    to is new itself and nobody flushed that one's name, without it);
  - operations on one and the same name take effect in their order, and a
    directory is removed only after what was in it.
Flushing a directory makes its entries durable, not its own name in the one
above; flushing a file makes no name durable. An fsync covers what had ended
before it began.

	log = Recording(open(LOG, errors="replace"), ROOT)
	for state in log.states(first, last, limit, random): state.build(DIR)

log.events are all calls of interest in order of their end; a program that
uses this finds the "answers" among them (kind "send") and knows what must
not be missing from then on. For strace: CALLS, and -f -y -xx -s 1000000.
"""
import os
import re

CALLS = ("openat,open,creat,write,writev,pwrite64,ftruncate,rename,renameat,"
         "renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,fsync,"
         "fdatasync,sendto,sendmsg,close")
STRACE = ["strace", "-f", "-y", "-xx", "-s", "1000000", "-e",
          "trace=" + CALLS, "-e", "signal=none"]

LOST, KEPT, TORN, TAIL, ZERO = "lost", "kept", "torn", "tail", "zero"


def unquote(s):
    return re.sub(rb"\\x([0-9a-f]{2})",
                  lambda m: bytes([int(m.group(1), 16)]), s)


class Node:
    """A file or directory: what was done to it."""
    count = 0

    def __init__(self, isdir, data=b""):
        Node.count += 1
        self.n = Node.count
        self.isdir = isdir
        self.initial = data         # durable when the recording begins
        self.ops = []               # data operations (Op), files only
        self.entry = None           # the Op that made a directory's name

    def content(self, chosen=None):
        """The file with these choices ({Op: how}); all kept without."""
        data = bytearray(self.initial)
        for op in self.ops:
            how = KEPT if chosen is None or op.durable else \
                chosen.get(op, LOST)
            if how == LOST:
                continue
            if op.kind == "truncate":
                del data[op.at:]
                data.extend(bytes(op.at - len(data)))
                continue
            s, at = op.data, op.at
            if how == ZERO:
                s = bytes(len(s))
            elif how == TORN:
                s = s[:chosen[op, "at"]]
            elif how == TAIL:
                s, at = s[chosen[op, "at"]:], at + chosen[op, "at"]
            if len(data) < at:
                data.extend(bytes(at - len(data)))
            data[at:at + len(s)] = s
        return bytes(data)


class Op:
    """One thing that becomes durable by itself."""

    def __init__(self, kind, event, **kw):
        self.kind = kind            # add, remove, write, truncate
        self.event = event          # number of the event it belongs to
        self.durable_at = None      # event that flushed it
        self.needs = ()             # Ops that are there if this one is
        self.durable = False        # at the cut looked at now
        self.__dict__.update(kw)


class Event:
    def __init__(self, n, begun, call, **kw):
        self.n = n                  # by the end of the call
        self.begun = begun          # number of events that had ended before
        self.call = call
        self.__dict__.update(kw)


class State:
    """One tree that a cut may leave."""

    def __init__(self, log, chosen, cut):
        self.log, self.chosen, self.cut = log, chosen, cut

    def entries(self):
        tree = {d: dict(names) for d, names in self.log.initial.items()}
        for op in self.log.names:
            if op.event > self.cut:
                break
            if not (op.durable or self.chosen.get(op) == KEPT):
                continue
            names = tree.setdefault(op.dir, {})
            if op.kind == "add":
                names[op.name] = op.node
            elif names.get(op.name) is op.node:
                del names[op.name]
        return tree

    def key(self):
        tree = self.entries()

        def walk(node):
            if node.isdir:
                return tuple((k, walk(v)) for k, v in
                             sorted(tree.get(node, {}).items()))
            return node.content(self.chosen)
        return hash(walk(self.log.root))

    def build(self, path):
        tree = self.entries()
        made = {}

        def walk(node, at):
            if node in made:        # a second name
                os.link(made[node], at)
            elif node.isdir:
                os.mkdir(at)
                for name, child in tree.get(node, {}).items():
                    walk(child, at + b"/" + name)
            else:
                made[node] = at
                with open(at, "wb") as f:
                    f.write(node.content(self.chosen))
        walk(self.log.root, os.fsencode(path))


LINE = re.compile(rb"^(\d+) +(.*)$")
CALL = re.compile(rb"^(\w+)\((.*)\) += (-?\d+|\?)")
STRING = rb'"((?:\\x[0-9a-f]{2})*)"'
FD = re.compile(rb"^(\d+|AT_FDCWD)<([^>]*)>")


class Recording:
    def __init__(self, lines, root, before=None):
        """lines of strace's log; root: the tree. before: {path: octets, or
        None for a directory} that is there at the beginning, below root."""
        self.root = Node(True)
        self.rootpath = os.fsencode(os.path.realpath(root))
        self.tree = {self.root: {}}
        self.names = []
        self.events = []
        for path, data in sorted((before or {}).items()):
            where, name = self.parent(self.rootpath + b"/" +
                                      os.fsencode(path))
            node = Node(data is None, data or b"")
            self.tree[where][name] = node
            if node.isdir:
                self.tree[node] = {}
        self.initial = {d: dict(n) for d, n in self.tree.items()}
        self.read(lines)

    # the tree as the program saw it

    def parent(self, path):
        """(node of the directory, last name), or None if not ours."""
        if not path.startswith(self.rootpath + b"/"):
            return None
        parts = path[len(self.rootpath) + 1:].split(b"/")
        node = self.root
        for p in parts[:-1]:
            node = self.tree.get(node, {}).get(p)
            if node is None:
                return None
        return node, parts[-1]

    def find(self, path):
        if path == self.rootpath:
            return self.root
        where = self.parent(path)
        return self.tree.get(where[0], {}).get(where[1]) if where else None

    # the log

    def read(self, lines):
        pending, offsets, self.offset = {}, {}, {}
        for raw in lines:
            raw = raw.encode("latin-1") if isinstance(raw, str) else raw
            m = LINE.match(raw.rstrip(b"\n"))
            if not m:
                continue
            pid, text = m.group(1), m.group(2)
            begun = len(self.events)
            if text.endswith(b"<unfinished ...>"):
                pending[pid] = (text[:-len(b"<unfinished ...>")], begun)
                continue
            r = re.match(rb"<\.\.\. \w+ resumed>(.*)$", text)
            if r:
                head, begun = pending.pop(pid, (b"", begun))
                text = head + r.group(1)
            m = CALL.match(text)
            if m and m.group(3) != b"?" and int(m.group(3)) >= 0:
                self.call(pid, m.group(1).decode(), m.group(2),
                          int(m.group(3)), begun)

    @staticmethod
    def at(fd, name):
        """The path of a name relative to a descriptor as strace -y has it."""
        name = unquote(name)
        if name.startswith(b"/"):
            path = name
        else:
            path = unquote(FD.match(fd).group(2)) + b"/" + name
        return os.path.normpath(path)

    def event(self, begun, call, **kw):
        e = Event(len(self.events), begun, call, **kw)
        self.events.append(e)
        return e

    def call(self, pid, name, args, result, begun):
        at = re.match(rb"(\w+<[^>]*>), " + STRING, args)
        if name in ("openat", "open", "creat"):
            if at:
                self.opened(self.at(at.group(1), at.group(2)), args, begun,
                            pid, result)
        elif name in ("mkdirat", "mkdir"):
            self.made(self.path1(args), begun)
        elif name in ("renameat", "renameat2", "rename"):
            self.renamed(*self.path2(args), begun)
        elif name in ("linkat", "link"):
            self.linked(*self.path2(args), begun)
        elif name in ("unlinkat", "unlink", "rmdir"):
            self.removed(self.path1(args), begun)
        elif name in ("fsync", "fdatasync"):
            self.flushed(unquote(FD.match(args).group(2)), begun)
        elif name in ("write", "pwrite64", "writev"):
            self.written(pid, name, args, result, begun)
        elif name == "ftruncate":
            self.truncated(args, begun)
        elif name in ("sendto", "sendmsg"):
            data = b"".join(unquote(s) for s in re.findall(STRING, args))
            self.event(begun, "send", data=data[:result], pid=pid)

    def path1(self, args):
        m = re.match(rb"(\w+<[^>]*>), " + STRING, args)
        if m:
            return self.at(m.group(1), m.group(2))
        return os.path.normpath(unquote(re.match(STRING, args).group(1)))

    def path2(self, args):
        m = re.match(rb"(\w+<[^>]*>), " + STRING + rb", (\w+<[^>]*>), " +
                     STRING, args)
        if m:
            return self.at(m.group(1), m.group(2)), \
                self.at(m.group(3), m.group(4))
        m = re.match(STRING + rb", " + STRING, args)
        return os.path.normpath(unquote(m.group(1))), \
            os.path.normpath(unquote(m.group(2)))

    # what the calls do

    def add(self, e, where, name, node, needs=()):
        op = Op("add", e.n, dir=where, name=name, node=node, needs=needs)
        self.names.append(op)
        self.tree[where][name] = node
        return op

    def remove(self, e, where, name, node, needs=()):
        op = Op("remove", e.n, dir=where, name=name, node=node, needs=needs)
        self.names.append(op)
        if self.tree[where].get(name) is node:
            del self.tree[where][name]
        return op

    def opened(self, path, args, begun, pid, fd):
        where = self.parent(path)
        if not where or where[0] not in self.tree:
            return
        node = self.tree[where[0]].get(where[1])
        if node is None and b"O_CREAT" in args:
            e = self.event(begun, "create", path=path)
            node = Node(False)
            self.add(e, *where, node)
        elif node is not None and not node.isdir and b"O_TRUNC" in args:
            e = self.event(begun, "truncate", path=path)
            node.ops.append(Op("truncate", e.n, at=0))
        if node is not None:
            self.offset[pid, fd] = 0

    def made(self, path, begun):
        where = self.parent(path)
        if where:
            e = self.event(begun, "mkdir", path=path)
            node = Node(True)
            self.tree[node] = {}
            node.entry = self.add(e, *where, node)

    def renamed(self, old, new, begun):
        src, dst = self.parent(old), self.parent(new)
        node = self.find(old)
        if not src or not dst or node is None:
            return
        e = self.event(begun, "rename", path=old, to=new)
        add = self.add(e, *dst, node)
        needs = [add]
        if dst[0].entry:
            needs.append(dst[0].entry)
        self.remove(e, *src, node, needs)

    def linked(self, old, new, begun):
        dst, node = self.parent(new), self.find(old)
        if dst and node is not None:
            self.add(self.event(begun, "link", path=old, to=new), *dst, node)

    def removed(self, path, begun):
        where, node = self.parent(path), self.find(path)
        if not where or node is None:
            return
        needs = [op for op in self.names
                 if node.isdir and op.dir is node and op.kind == "remove"]
        e = self.event(begun, "unlink", path=path)
        self.remove(e, *where, node, needs)
        e.left = [name for names in self.tree.values()
                  for name, x in names.items() if x is node]

    def flushed(self, path, begun):
        node = self.find(path)
        if node is None:
            return
        e = self.event(begun, "fsync", path=path)
        ops = node.ops if not node.isdir else \
            [op for op in self.names if op.dir is node]
        for op in ops:
            # events numbered below begun had ended when the flush began
            if op.durable_at is None and op.event < begun:
                self.settled(op, e.n)

    def settled(self, op, n):
        """op is durable from event n on, and so is what it needs."""
        op.durable_at = n
        for x in op.needs:
            if x.durable_at is None:
                self.settled(x, n)

    def written(self, pid, name, args, result, begun):
        m = FD.match(args)
        path, fd = unquote(m.group(2)), int(m.group(1))
        node = self.find(path)
        if node is None or node.isdir:
            return
        data = b"".join(unquote(s) for s in re.findall(STRING, args))[:result]
        if name == "pwrite64":
            at = int(args.rsplit(b", ", 1)[1])
        else:
            at = self.offset.get((pid, fd), 0)
            self.offset[pid, fd] = at + result
        e = self.event(begun, "write", path=path)
        durable = max([len(node.initial)] + [
            op.at + len(op.data) for op in node.ops
            if op.kind == "write" and op.durable_at is not None])
        node.ops.append(Op("write", e.n, at=at, data=data,
                           over=at + len(data) <= durable))

    def truncated(self, args, begun):
        m = re.match(rb"\d+<([^>]*)>, (\d+)", args)
        node = self.find(unquote(m.group(1)))
        if node is not None:
            e = self.event(begun, "truncate")
            node.ops.append(Op("truncate", e.n, at=int(m.group(2))))

    # the states

    def all_ops(self):
        nodes = {op.node for op in self.names if not op.node.isdir}
        nodes |= {n for d in self.initial.values() for n in d.values()
                  if not n.isdir}
        for op in self.names:
            yield op
        for node in sorted(nodes, key=lambda x: x.n):
            yield from node.ops

    def cut(self, n):
        """The operations that are pending after event n."""
        pending = []
        for op in self.all_ops():
            op.durable = op.durable_at is not None and op.durable_at <= n
            if op.event <= n and not op.durable:
                pending.append(op)
        return pending

    @staticmethod
    def hows(op):
        if op.kind != "write" or (op.over and len(op.data) == 1):
            return LOST, KEPT
        return (LOST, KEPT, TORN, TAIL) if op.over else \
            (LOST, KEPT, TORN, ZERO)

    def settle(self, chosen):
        """What is there without what it needs is not there."""
        for op in self.names:
            if chosen.get(op) == KEPT and not all(
                    x.durable or chosen.get(x) == KEPT for x in op.needs):
                chosen[op] = LOST
        return chosen

    def choices(self, pending, limit, rng):
        """At most about limit ways to choose, all if they are that few."""
        total = 1
        for op in pending:
            total *= len(self.hows(op))
            if total > limit:
                break
        if total <= limit:
            ways = [{}]
            for op in pending:
                ways = [dict(w, **{}) | {op: h} for w in ways
                        for h in self.hows(op)]
            for w in ways:
                self.tear(w, rng)
                yield w
            return
        yield {op: LOST for op in pending}
        yield {op: KEPT for op in pending}
        for _ in range(limit - 2):
            keep = rng.choice((0.1, 0.5, 0.9))
            w = {}
            for op in pending:
                if rng.random() < 0.3:
                    w[op] = rng.choice(self.hows(op))
                else:
                    w[op] = KEPT if rng.random() < keep else LOST
            self.tear(w, rng)
            yield w

    @staticmethod
    def tear(way, rng):
        for op, how in list(way.items()):
            if how in (TORN, TAIL):
                n = len(op.data)
                sector = rng.randrange((op.at % 512 + n) // 512 + 1) * 512 - \
                    op.at % 512
                way[op, "at"] = max(0, min(n, sector)
                                    if op.over or rng.random() < 0.5
                                    else rng.randrange(n + 1))

    def states(self, first, last, limit, rng):
        """States that a cut after an event numbered first..last may leave;
        about limit of them, no two alike."""
        cuts = list(range(first, last + 1))
        share = max(2, -(-limit // max(1, len(cuts))))
        seen = set()
        for n in cuts:
            pending = self.cut(n)
            for way in self.choices(pending, share, rng):
                s = State(self, self.settle(way), n)
                k = s.key(), n
                if k not in seen:
                    seen.add(k)
                    yield s
