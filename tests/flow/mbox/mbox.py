"""The story of run.sh. Prints TAP."""
import fcntl, mailbox, os, sys
sys.path.insert(0, 'tests/flow/local')
from stage import *

SPOOL = T + '/mail'
MAIL = 8            # group mail of Debian
MSG = b'Subject: letter %d\n\nFrom here\n>From there\nend of %d'
DONE = ('D', '2.0.0', 'delivered to mailbox')


def box(name='u1'):
    return SPOOL + '/' + name


def give(s, who, n, msg=None, **more):
    return s.give('user:' + who, [(who + '@x.test', more)],
                  msg or MSG % (n, n))


def do(s, who, n, **kw):
    return s.wait(give(s, who, n, **kw))[0]


def letters(path):
    """Numbers of the letters that Python finds in the mbox; None for one that
    is torn."""
    out = []
    for m in mailbox.mbox(path, create=False):
        n = re.search(r'\d+', m['Subject'])[0]
        whole = m.get_payload().rstrip('\n').split('\n')[-1] == 'end of ' + n
        out.append(int(n) if whole else None)
    return out


def made(s):
    v = do(s, 'u1', 1)
    ok(v == DONE, 'the first letter', v)
    ok((mode(box()), owner(box())) == (0o660, (2001, MAIL)),
       'makes the mbox, 0660, his and the group\'s')
    ok(mode(SPOOL) == 0o2775 and ls(SPOOL) == ['u1'], 'and nothing else')
    v = do(s, 'u1', 2)
    ok(v == DONE and letters(box()) == [1, 2], 'the second is behind it')
    want = b'Return-Path: <from@x.test>\nDelivered-To: u1@x.test\n' \
        b'Subject: letter 1\n\n>From here\n>>From there\nend of 1\n\n'
    ok(re.match(rb'From from@x.test  ... .. \d+:\d\d:\d\d 20\d\d\n'.replace(
        b'..', b'[ A-Za-z0-9.]{2}') + re.escape(want), read(box())) or
       read(box()).split(b'\n', 1)[1].startswith(want), 'From_ line, >From, '
       'an empty line at the end', read(box())[:300])
    tags = [give(s, 'u1', n) for n in range(3, 203)]
    ok(all(s.wait(t)[0] == DONE for t in tags) and
       letters(box()) == list(range(1, 203)), '200 at once, in their order')
    with open(box(), 'w') as f:
        f.write('no newline at the end')
    ok(do(s, 'u1', 1) == DONE and b'end\nFrom ' in read(box()),
       'a From_ line begins a line')
    os.truncate(box(), 0)


def groups(l, s, u):
    """The group is nobody's but the worker's, and only for the mbox."""
    home = u['u1'][2]
    do(s, 'u1', 1)
    w = l.worker_of(2001)
    ok(status(w, 'Gid') == ['2001', '2001', str(MAIL), '2001'] and
       str(MAIL) not in status(w, 'Groups'), 'the worker has it saved only',
       status(w, 'Gid'))
    r = subprocess.run(['setpriv', '--reuid', '2001', '--regid', '2001',
        '--clear-groups', '/usr/bin/python3', '-c', '''
import ctypes, os
for name in ("fd", "environ", "mem"):
    try:
        print(os.listdir("/proc/%d/fd") if name == "fd" else
              open("/proc/%d/" + name).read(1))
    except PermissionError:
        print("no", end=" ")
print(ctypes.CDLL(None).ptrace(16, %d, 0, 0))''' % (w, w, w)],
        stdout=subprocess.PIPE).stdout
    ok(r == b'no no no -1\n', 'its user cannot look into it', r)
    with open(home + '/.forward', 'w') as f:
        f.write('"|grep -E ^G /proc/self/status; touch %s/x; exit 75"\n' %
                SPOOL)
    os.chown(home + '/.forward', 2001, 2001)
    v = do(s, 'u1', 1)
    ok(re.search(r'Gid: 2001 2001 2001 2001 Groups: 2001 2999 +touch: .*denied',
       v[2]), 'a command has not', v)
    ok('x' not in ls(SPOOL), 'nor its right')
    os.unlink(home + '/.forward')
    os.truncate(box(), 0)


class Holder:
    """Another program that has the mbox locked, for a while."""
    def __init__(self, kind, seconds):
        self.p = subprocess.Popen(['/usr/bin/python3', '-c', '''
import fcntl, sys, time
f = open(sys.argv[1], 'r+')
%s(f, fcntl.LOCK_EX)
print(flush=True)
time.sleep(%r)''' % (kind, seconds), box()], stdout=subprocess.PIPE)
        self.p.stdout.readline()

    def end(self):
        self.p.kill()
        self.p.wait()


def locks(s):
    for kind in ('fcntl.lockf', 'fcntl.flock'):
        h = Holder(kind, 60)
        t = give(s, 'u1', 1)
        time.sleep(0.7)
        held = os.path.getsize(box()) == 0
        h.end()
        v = s.wait(t)[0]
        ok(held and v == DONE and letters(box()) == [1],
           'it waits for ' + kind, held, v)
        os.truncate(box(), 0)
    lock = box() + '.lock'
    open(lock, 'w').close()
    t = give(s, 'u1', 1)
    time.sleep(0.7)
    held = os.path.getsize(box()) == 0
    os.unlink(lock)
    ok(held and s.wait(t)[0] == DONE and not os.path.exists(lock),
       'and for the .lock file')
    os.truncate(box(), 0)
    open(lock, 'w').close()
    v = do(s, 'u1', 1)
    ok(v == ('L', '4.2.0', 'mailbox delivery failed: unable to lock %s: '
             'another program has it locked' % box()), 'not for ever', v)
    ok(os.path.exists(lock) and os.path.getsize(box()) == 0,
       'the lock is left to its owner')
    os.utime(lock, (1, 1))
    ok(do(s, 'u1', 1) == DONE and not os.path.exists(lock),
       'an old .lock file is removed')
    os.truncate(box(), 0)
    h = Holder('fcntl.lockf', 1)
    t = give(s, 'u1', 1)
    time.sleep(0.3)
    os.rename(box(), box() + '.old')
    open(box(), 'w').close()
    os.chown(box(), 2001, MAIL)
    h.end()
    ok(s.wait(t)[0] == DONE and letters(box()) == [1] and
       os.path.getsize(box() + '.old') == 0,
       'a file that is replaced meanwhile is not written to')
    os.unlink(box() + '.old')


def tricks(s):
    """What lies in the place of the mbox."""
    os.unlink(box())
    for what, make in (('a symlink', lambda: os.symlink('/etc/passwd', box())),
                       ('a directory', lambda: os.mkdir(box())),
                       ('a FIFO', lambda: os.mkfifo(box())),
                       ('another name', lambda: os.link(T + '/other', box())),
                       ("another's file", lambda: os.rename(T + '/other',
                                                            box()))):
        with open(T + '/other', 'w') as f:
            f.write('mine\n')
        os.chmod(T + '/other', 0o666)
        os.chown(T + '/other', 2002, MAIL)
        before = read('/etc/passwd')
        make()
        v = do(s, 'u1', 1)
        ok(v[:2] == ('L', '4.2.0') and read('/etc/passwd') == before and
           (not os.path.exists(T + '/other') or
            read(T + '/other') == b'mine\n'), what + ': later', v)
        ok([x for x in ls(SPOOL) if x.endswith('.lock')] == [], 'no lock')
        os.rmdir(box()) if os.path.isdir(box()) and \
            not os.path.islink(box()) else os.unlink(box())


def full(s):
    subprocess.check_call(['mount', '-t', 'tmpfs', '-o',
        'size=256k,mode=2775,gid=%d' % MAIL, 'x', SPOOL])
    ok(do(s, 'u1', 1) == DONE, 'on a small disk')
    size = os.path.getsize(box())
    big = b'Subject: letter 9\n\n' + b'x\n' * 200000
    tags = [give(s, 'u1', 2), give(s, 'u1', 9, msg=big), give(s, 'u1', 3)]
    v = [s.wait(t)[0] for t in tags]
    ok(v[0] == DONE and v[1][:2] == ('L', '4.3.1') and
       'unable to write' in v[1][2] and 'No space' in v[1][2],
       'one that does not fit: later', v)
    got = letters(box())
    ok(got in ([1, 2, 3], [1, 2]), 'and nothing of it is there', got)
    ok(do(s, 'u1', 4) == DONE and letters(box())[-1] == 4,
       'the next is behind what is whole')
    subprocess.check_call(['umount', '-l', SPOOL])


def killed(l, s):
    """kill -9 at any time: nothing that was reported is torn or lost, and
    what is not whole is the last one."""
    done, n = [], 100
    for _ in range(12):
        tags = {}
        for n in range(n + 1, n + 41):
            tags[give(s, 'u1', n)] = n
        w = None
        end = time.monotonic() + 3
        while not w and time.monotonic() < end:
            w = l.worker_of(2001)
        time.sleep(0.001 * (n % 9))
        if w:
            try:
                os.kill(w, signal.SIGKILL)
            except ProcessLookupError:  # it has ended by itself
                pass
        for t, k in tags.items():
            if s.wait(t)[0][0] == 'D':
                done.append(k)
        for x in ls(SPOOL):
            if x.endswith('.lock'):
                os.unlink(SPOOL + '/' + x)
    got = letters(box())
    ok(len(done) > 20 and len(done) < 480 and not set(done) - set(got),
       'kill -9: all %d reported are whole in the mbox' % len(done),
       set(done) - set(got))
    os.truncate(box(), 0)


PEERS = [x for x in ('mutt', 'dovecot', 'mhonarc', 'procmail', 'maildrop')
         if os.path.exists('build/peers/%s/unpacked' % x)]


def unpack():
    """Lay the unpacked packages over /usr, in our namespace."""
    if PEERS:
        subprocess.check_call(['mount', '-t', 'overlay', 'overlay', '-o',
            'lowerdir=' + ':'.join('%s/build/peers/%s/usr' % (TOP, x)
            for x in PEERS) + ':/usr', '/usr'])


def as_user(*args, **kw):
    """A program run as u1; its output."""
    return subprocess.run(['setpriv', '--reuid', '2001', '--regid', '2001',
        '--groups', str(MAIL), *args], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=60, **kw).stdout.decode('latin1')


def mutt(home, *keys):
    """mutt types these on a terminal of its own."""
    master, slave = os.openpty()
    p = subprocess.Popen(['setpriv', '--reuid', '2001', '--regid', '2001',
        '--groups', str(MAIL), 'mutt', '-n', '-F', '/dev/null',
        '-f', box(), '-e', 'set folder=%s sort=mailbox-order quit=yes '
        'move=no confirmcreate=no confirmappend=no mbox_type=mbox delete=yes'
        % home, '-e',
        'push "%s"' % ''.join(keys)], stdin=slave, stdout=slave,
        stderr=slave, env=dict(os.environ, TERM='vt100', HOME=home, TMPDIR=home),
        start_new_session=True)
    os.close(slave)
    out, end = b'', time.monotonic() + 20
    os.set_blocking(master, False)
    while p.poll() is None and time.monotonic() < end:
        try:
            out += os.read(master, 65536)
        except (BlockingIOError, OSError):
            time.sleep(0.05)
    p.kill()
    p.wait()
    os.close(master)
    return out[-1000:]


def mhonarc(home):
    """What an archiver of mailing lists makes of the mbox."""
    if 'mhonarc' not in PEERS:
        return skip('MHonArc', 'no package')
    pages = home + '/pages'
    os.mkdir(pages)
    os.chown(pages, 2001, 2001)
    out = as_user('mhonarc', '-quiet', '-outdir', pages, box(), cwd=home)
    text = [read(pages + '/' + x).decode() for x in ls(pages)
            if x.startswith('msg')]
    found = sorted(re.findall('<!--X-Subject: letter (\\d) -->.*<pre>&gt;From '
        'here\n&gt;&gt;From there\nend of (\\d)\n\n?</pre>', x, re.S) for x in text)
    ok(found == [[('1', '1')], [('2', '2')], [('3', '3')]],
       'MHonArc finds three letters, with their lines >From', found, out)


def readers(s, u):
    home = u['u1'][2]
    os.truncate(box(), 0)
    for n in (1, 2, 3):
        do(s, 'u1', n)
    lines = read(box()).split(b'\n')
    ok(len([x for x in lines if x.startswith(b'From ')]) == 3 and
       lines.count(b'>From here') == lines.count(b'>>From there') == 3,
       'three lines From_, six of bodies')
    mhonarc(home)
    if 'mutt' in PEERS:
        out = mutt(home, '<tag-pattern>~A<enter><tag-prefix><copy-message>',
                   '<kill-line>', home + '/copies<enter><exit>')
        ok(os.path.exists(home + '/copies') and
           letters(home + '/copies') == [1, 2, 3], 'mutt finds three letters',
           out)
        out = mutt(home, '<delete-message><quit>')
        ok(letters(box()) == [2, 3], 'and takes one away', letters(box()),
           out)
        ok(do(s, 'u1', 1) == DONE and letters(box()) == [2, 3, 1],
           'we go on behind')
        os.truncate(box(), 0)
        for n in (1, 2, 3):
            do(s, 'u1', n)
    else:
        skip('mutt', 'no package')
    if 'dovecot' not in PEERS:
        return skip('Dovecot', 'no package')
    with open(T + '/dc.conf', 'w') as f:
        f.write('mail_location = mbox:%s/dc:INBOX=%s\nlog_path = %s/dc.log\n'
            'base_dir = %s/dcbase\nmail_uid = 2001\nmail_gid = 2001\n'
            'mail_privileged_group = mail\nfirst_valid_uid = 0\n'
            'default_internal_user = nobody\ndefault_login_user = nobody\n'
            'ssl = no\n' % (home, box(), home, T))
    out = as_user('/usr/lib/dovecot/imap', '-c', T + '/dc.conf',
        input=b'a SELECT INBOX\r\nb FETCH 1:* BODY.PEEK[HEADER.FIELDS '
        b'(SUBJECT)]\r\nc FETCH 2 BODY.PEEK[TEXT]\r\nd STORE 1 +FLAGS '
        b'\\Seen\r\ne LOGOUT\r\n',
        env=dict(os.environ, HOME=home, USER='u1'))
    ok('* 3 EXISTS' in out and
       re.findall(r'Subject: letter (\d)', out) == ['1', '2', '3'] and
       '>From here\r\n>>From there\r\nend of 2' in out, 'so does Dovecot', out)
    ok(do(s, 'u1', 4) == DONE and letters(box()) == [1, 2, 3, 4],
       'it has written to the file, and we go on behind')
    os.truncate(box(), 0)


def programs(l, s, u):
    """The lines of pneu-forward(5), with the paths of unpacked packages."""
    home = u['u1'][2]
    ext = {'ext': 'e'}
    for peer, line, files in (
            ('procmail', '/usr/bin/procmail -a "$EXTENSION"',
             {'.procmailrc': ':0:\n* ^Subject: letter 2\nProcmail2\n\n'
              ':0:\nProcmail\n'}),
            ('maildrop', 'sed 1d | /usr/bin/maildrop -d "$USER" -f '
             '"$SENDER"',
             {'.mailfilter': 'if (/^Subject: letter 2/)\n{\n to '
              '"$HOME/Maildrop2"\n}\nto "$HOME/Maildrop"\n'}),
            ('dovecot', '/usr/lib/dovecot/dovecot-lda -c %s/lda.conf '
             '-f "$SENDER" -a "$RECIPIENT"' % T, {})):
        if peer not in PEERS:
            skip(peer, 'no package')
            continue
        with open(T + '/lda.conf', 'w') as f:
            f.write('mail_location = maildir:%s/Dovecot\nlog_path = %s/lda.'
                    'log\nssl = no\npostmaster_address = p@x.test\n'
                    'first_valid_uid = 0\nhostname = x.test\nbase_dir = %s\n'
                    'default_internal_user = nobody\n'
                    'default_login_user = nobody\n' % (home, home, home))
        os.chmod(T + '/lda.conf', 0o644)
        for name, text in files.items():
            with open(home + '/' + name, 'w') as f:
                f.write(text)
            os.chmod(home + '/' + name, 0o600)
            os.chown(home + '/' + name, 2001, 2001)
        settings(mailbox_command=line)
        l.p.send_signal(signal.SIGHUP)
        until(lambda: not l.workers())
        v = [do(s, 'u1', n, **ext) for n in (1, 2)]
        name = peer.capitalize()
        got = [home + '/' + x for x in (name, name + '2')]
        if peer == 'dovecot':
            new = ls(got[0] + '/new')
            good = len(new) == 2 and all(b'\nDelivered-To: u1@x.test\n' in
                read(got[0] + '/new/' + x) for x in new)
        else:
            good = all(os.path.exists(x) for x in got) and \
                letters(got[0]) == [1] and letters(got[1]) == [2]
        ok([x[0] for x in v] == ['D', 'D'] and good, 'mailbox_command = ' +
           line.replace(T, ''), v, ls(home))


def story():
    u = users()
    put_users(u)
    unpack()
    os.makedirs(H + '/etc')
    os.chmod(H, 0o755)
    os.mkdir(SPOOL)
    os.chown(SPOOL, 0, MAIL)
    os.chmod(SPOOL, 0o2775)
    settings(home_mailbox='', mail_spool_directory=SPOOL,
             mailbox_delivery_lock='fcntl flock dotlock',
             local_time_limit='4')
    l = Lspawn()
    s = l.send()
    made(s)
    groups(l, s, u)
    locks(s)
    full(s)
    tricks(s)
    ok(do(s, 'u1', 1) == DONE, 'made anew')
    readers(s, u)
    killed(l, s)
    os.chmod(SPOOL, 0o755)
    v = do(s, 'u2', 1)
    ok(v[:2] == ('L', '4.2.0') and not os.path.exists(box('u2')),
       'a spool that only root may write to', v)
    os.chmod(SPOOL, 0o1777)
    l.p.send_signal(signal.SIGHUP)
    until(lambda: not l.workers())
    v = do(s, 'u2', 1)
    ok(v == DONE and owner(box('u2'))[0] == 2002, 'or everybody', v)
    ok(status(l.worker_of(2002), 'Gid') == ['2002'] * 4, 'takes no group')
    settings(home_mailbox='Mailbox')
    l.p.send_signal(signal.SIGHUP)
    until(lambda: not l.workers())
    home = u['u1'][2]
    ok(do(s, 'u1', 1) == DONE and letters(home + '/Mailbox') == [1] and
       (mode(home + '/Mailbox'), owner(home + '/Mailbox')) ==
       (0o600, (2001, 2001)), 'home_mailbox = Mailbox')
    programs(l, s, u)
    ok(l.stop() == 0, 'SIGTERM: a clean end')
    ok(not logged('fatal'), 'nothing fatal in the log')


try:
    story()
except Exception:
    import traceback
    traceback.print_exc()
    ok(False, 'the story ended early')
sys.exit(finish())
