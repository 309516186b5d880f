"""The story of run.sh. Prints TAP."""
import os, sys
sys.path.insert(0, 'tests/flow/local')
from stage import *

MSG = b'Subject: hello\n\nFrom here\n>From there\nno newline at the end'
HEAD = b'Return-Path: <from@x.test>\nDelivered-To: me@x.test\n'
MAILDIR = ('D', '2.0.0', 'delivered to maildir')


class User:
    """One of them, and what is said to his worker."""
    def __init__(self, send, name, uid, gid, home):
        self.send, self.name, self.uid, self.gid = send, name, uid, gid
        self.home = home

    def path(self, name):
        return self.home + '/' + name

    def put(self, name, text, mode=0o644, owner=None):
        with open(self.path(name), 'w') as f:
            f.write(text)
        os.chmod(self.path(name), mode)
        if ROOT:
            os.chown(self.path(name), *(owner or (self.uid, self.gid)))

    def forward(self, text, name='.forward', **kw):
        self.put(name, text, **kw)

    def script(self, name, text):
        self.put(name, '#!/bin/sh\n' + text, mode=0o755)
        return self.path(name)

    def clean(self):
        for x in os.listdir(self.home):
            p = self.path(x)
            if os.path.isdir(p) and not os.path.islink(p):
                shutil.rmtree(p)
            else:
                os.unlink(p)

    def do(self, rcpt='me@x.test', msg=MSG, sender='from@x.test', **more):
        return self.send.do('user:' + self.name, [(rcpt, more)], msg,
                            sender=sender)[0]

    def targets(self):
        return self.send.targets.get(0)

    def boxed(self, box='Maildir'):
        """How many letters are in the Maildir; it is emptied."""
        new = self.path(box + '/new')
        names = ls(new)
        for x in names:
            os.unlink(new + '/' + x)
        return len(names)


def says(v, kind, code, text):
    return v[0] == kind and v[1] == code and bool(re.search(text, v[2]))


def nothing(u):
    """Files that do not speak of anything."""
    ok(u.do() == MAILDIR and u.boxed() == 1, 'no .forward: the mailbox')
    for text in ('', '\n \n', '# nothing\n#\n'):
        u.forward(text)
        ok(u.do() == MAILDIR and u.boxed() == 1,
           '%r: the mailbox' % text)
    u.forward('\\' + u.name + '\n')
    ok(u.do() == MAILDIR and u.boxed() == 1, 'only himself: the mailbox')
    u.forward(u.name + '\n')
    ok(u.do() == MAILDIR and u.boxed() == 1, 'without \\, too')
    u.forward('Me@X.test\n')
    ok(u.do() == MAILDIR and u.boxed() == 1, 'his own address, too')


def command(u):
    sh = u.script('cmd', 'cat >in; env >env; pwd >pwd; umask >umask\n'
        'ls -l /proc/self/fd >fds; cat /proc/self/status >status\n')
    u.forward('"|%s"\n' % sh)
    v = u.do('me+ext-a@x.test', ext='ext-a', orig='other@y.test')
    ok(says(v, 'D', '2.0.0', '^delivered to command: ' + sh + '$'),
       'a command', v)
    got = read(u.path('in'))
    first, rest = got.split(b'\n', 1)
    ok(re.fullmatch(rb'From from@x.test  \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d '
                    rb'\d{4}', first), 'first a From_ line', first)
    ok(rest == HEAD.replace(b'me@', b'me+ext-a@') + MSG,
       'then Return-Path, Delivered-To, the message as it is', rest)
    env = dict(x.split('=', 1) for x in
               read(u.path('env')).decode().split('\n') if '=' in x)
    want = {'HOME': u.home, 'USER': u.name, 'LOGNAME': u.name,
            'SHELL': '/bin/sh', 'PATH': '/usr/local/bin:/usr/bin:/bin',
            'SENDER': 'from@x.test', 'RECIPIENT': 'me+ext-a@x.test',
            'ORIGINAL_RECIPIENT': 'other@y.test', 'EXTENSION': 'ext-a',
            'EXT': 'ext-a', 'EXT2': 'a', 'EXT3': '', 'LOCAL': 'me+ext-a',
            'DOMAIN': 'x.test', 'HOST': 'x.test', 'HOST2': 'x',
            'NEWSENDER': 'from@x.test',
            'RPLINE': 'Return-Path: <from_x.test>'.replace('_', '@'),
            'DTLINE': 'Delivered-To: me+ext-a@x.test'}
    bad = {k: env.get(k) for k in want if env.get(k) != want[k]}
    ok(not bad, 'its environment', bad)
    ok(env['UFLINE'].startswith('From from@x.test '), 'UFLINE', env['UFLINE'])
    ok(not set(env) - set(want) - {'UFLINE', 'EXT4', 'HOST3', 'HOST4', 'PWD',
       'LANG', 'TZ', '_', 'SHLVL', 'OLDPWD'}, 'and nothing else', env)
    ok(read(u.path('pwd')).decode().strip() == u.home, 'at home')
    ok(read(u.path('umask')).strip() == b'0077', 'umask 077')
    fds = re.findall(r' (\d+) -> (.*)', read(u.path('fds')).decode())
    ok([n for n, _ in fds] == ['0', '1', '2', '3'] and
       fds[3][1].startswith('/proc'), 'no descriptor of ours', fds)
    st = read(u.path('status')).decode()
    # 32 and 33 are glibc's own: its posix_spawn leaves them ignored, and
    # its sigaction refuses to touch them
    ok(re.search(r'SigBlk:\s+0+\n', st) and
       not int(re.search(r'SigIgn:\s+(\w+)', st)[1], 16) & ~(3 << 31),
       'no signal is blocked or ignored')
    ok(int(re.search(r'CapEff:\s+(\w+)', st)[1], 16) == 0 and
       re.search(r'Uid:((\s+%d){4})\n' % u.uid, st) and
       re.search(r'Gid:((\s+%d){4})\n' % u.gid, st), 'all ids are his')


def strangers(u):
    """What a stranger has made up reaches no shell."""
    u.script('cmd', 'printf "%s|%s|%s" "$SENDER" "$EXT" "$RPLINE" >out\n')
    u.forward('"|echo $EXT; sh ./cmd $SENDER"\n')
    tag = u.send.give('user:' + u.name, [('me+$(id)@x.test',
        {'ext': '$(touch x);a\n'})], MSG, sender='`touch y`"\n;@x.test')
    v = u.send.wait(tag)[0]
    ok(v[0] == 'D' and read(u.path('out')) ==
       b'_touch_y____@x.test|__touch_x__a_|'
       b'Return-Path: <_touch_y____@x.test>\n', 'octets that mean something '
       'to a shell are _', v, read(u.path('out')))
    ok(not os.path.exists(u.path('x')) and not os.path.exists(u.path('y')),
       'nothing of it was run')


def codes(u):
    """Postfix's words."""
    for n, kind, code, text in (
            (0, 'D', '2.0.0', 'delivered to command'),
            (1, 'N', '5.3.0', '^Command died with status 1: "./x"$'),
            (64, 'N', '5.3.0', '^command line usage error$'),
            (65, 'N', '5.6.0', '^data format error$'),
            (67, 'N', '5.1.1', '^user unknown$'),
            (69, 'N', '5.3.0', '^service unavailable$'),
            (71, 'L', '4.3.0', '^system resource problem$'),
            (73, 'N', '5.2.0', "^can't create user output file$"),
            (75, 'L', '4.3.0', '^temporary failure$'),
            (77, 'N', '5.7.0', '^permission denied$'),
            (78, 'N', '5.3.5', '^local configuration error$'),
            (99, 'N', '5.3.0', 'status 99'),
            (100, 'N', '5.3.0', 'status 100'),
            (127, 'N', '5.3.0', 'status 127')):
        u.script('x', 'exit %d\n' % n)
        u.forward('|./x\n')
        v = u.do()
        ok(says(v, kind, code, text), 'exit %d' % n, v)
    u.forward('|./none\n')
    v = u.do()
    ok(says(v, 'L', '4.3.0', 'temporary failure. Command output: ./none: '
       'No such file'), 'a command that is not there', v)
    u.forward('"|exit 77"\n')
    ok(u.do()[:2] == ('N', '5.7.0'), "what is only a shell's")
    u.forward('"|echo why; echo and how >&2; kill -9 $$"\n')
    v = u.do()
    ok(says(v, 'L', '4.3.0', '^Command died with signal 9: .*Command output: '
       'why and how$'), 'a signal; its output is kept', v)
    u.forward('"|echo 5.7.1 no thanks; exit 75"\n')
    v = u.do()
    ok(says(v, 'N', '5.7.1', 'no thanks'), 'the output has a status code', v)
    u.forward('"|yes no; exit 75"\n')
    u.forward('"|yes no | head -c 3000000; exit 75"\n')
    v = u.do()
    ok(v[:2] == ('L', '4.3.0') and len(v[2]) < 600, 'much output', len(v[2]))


def inputs(u):
    big = b'Subject: big\n\n' + b'0123456789abcde\n' * 200000
    u.forward('"|exec true"\n')
    ok(u.do(msg=big)[0] == 'D', 'a command that reads nothing of 3 MB')
    u.forward('"|head -c 5 >/dev/null"\n')
    ok(u.do(msg=big)[0] == 'D', 'or a little')
    u.forward('"|cat >big"\n')
    ok(u.do(msg=big)[0] == 'D' and read(u.path('big')).endswith(big),
       'or all')
    u.forward('"|touch ran; cat >big"\n')
    v = u.send.do('user:' + u.name, 'me@x.test', big, crc=1)
    ok(v[0][0] == 'L' and not os.path.exists(u.path('ran')),
       'a damaged message runs nothing', v)
    u.forward('"|(sleep 60; touch late) & exit 0"\n')
    t = time.monotonic()
    ok(u.do()[0] == 'D' and time.monotonic() - t < 5,
       'what it leaves behind is not waited for')
    subprocess.call(['pkill', '-f', '-U', str(u.uid), 'sleep 60'])


def limit(l, u, others):
    u.forward('"|trap \'\' TERM; echo begun; sleep 50 & sleep 50"\n')
    t = time.monotonic()
    tag = u.send.give('user:' + u.name, [('me@x.test', {})], MSG)
    for x in others:
        ok(x.do() == MAILDIR, 'while it hangs another user gets his mail')
    v = u.send.wait(tag)[0]
    ok(says(v, 'L', '4.3.0', '^Command time limit exceeded: .*output: begun'),
       'a command that hangs', v)
    ok(2 < time.monotonic() - t < 6, 'after nine tenths of local_time_limit')
    ok(until(lambda: subprocess.call(['pgrep', '-f', '-U', str(u.uid),
                                      'sleep 5[0]$'],
                                     stdout=subprocess.DEVNULL)),
       'all of its process group is gone')
    ok(not logged('killed: took longer'), 'the worker was not killed')
    u.forward('"|sleep 1"\n')
    t = time.monotonic()
    tags = [u.send.give('user:' + u.name, [('me@x.test', {})], MSG)
            for _ in range(4)]
    ok(all(u.send.wait(x)[0][0] == 'D' for x in tags) and
       time.monotonic() - t < 3.5, 'commands for several letters run at a '
       'time')


def places(u):
    u.forward('./Mail/here/\n')
    ok(u.do() == MAILDIR and u.boxed('Mail/here') == 1, './Mail/here/')
    u.forward('"~/my box/"\n')
    ok(u.do() == MAILDIR and u.boxed('my box') == 1, 'quoted, from ~')
    u.forward(u.path('a/b/') + '\n')
    ok(u.do() == MAILDIR and u.boxed('a/b') == 1, 'from the root')
    u.forward('./Mailbox\n')
    v = u.do()
    ok(v == ('D', '2.0.0', 'delivered to file: ./Mailbox') and
       u.do()[0] == 'D', 'a file', v)
    one = b'Return-Path: <from@x.test>\nDelivered-To: me@x.test\n' \
        b'Subject: hello\n\n>From here\n>>From there\n' \
        b'no newline at the end\n\n'
    got = read(u.path('Mailbox'))
    ok(re.fullmatch(b'(From from@x.test  [^\n]*\n' + re.escape(one) + b'){2}',
       got), 'is an mbox', got)
    ok((mode(u.path('Mailbox')), owner(u.path('Mailbox'))) ==
       (0o600, (u.uid, u.gid)), 'mode 0600, his')
    ok(not os.path.exists(u.path('Mailbox.lock')), 'no lock is left')
    u.forward('/dev/null\n')
    v = u.do()
    ok(v == ('D', '2.0.0', 'delivered to file: /dev/null'), '/dev/null', v)
    u.forward('/nonexistent/x\n')
    v = u.do()
    ok(says(v, 'L', '4.2.0', '^file delivery failed: unable to open '
       '/nonexistent/x: No such'), 'a file that cannot be', v)
    u.forward('/etc\n')
    ok(u.do()[:2] == ('L', '4.2.0'), 'a directory')
    os.mkfifo(u.path('fifo'))
    if ROOT:
        os.chown(u.path('fifo'), u.uid, u.gid)
    u.forward('./fifo\n')
    v = u.do()
    ok(says(v, 'L', '4.2.0', 'not a regular file'), 'a FIFO', v)


def lists(u):
    u.put('more', 'c@z.test, "|cat >c"\n# x\n:include:./most\n')
    u.put('most', 'd@z.test\n' + u.name + '\n')
    u.forward('# mine\na@z.test, "b b"@z.test,A <e@z.test>\n  a@z.test\n'
              '|"exec x  y"\n/file, ./Mail/, \\other\n:include:%s\n' %
              u.path('more'))
    v = u.do()
    ok(v == ('D', '2.0.0', 'forwarded'), 'several targets', v)
    want = ['a@z.test', '"b b"@z.test', 'e@z.test', '|exec x  y', '/file',
            './Mail/', 'other', 'c@z.test', '|cat >c', 'd@z.test',
            '\\' + u.name]
    ok(u.targets() == want, 'what they are', u.targets())
    ok(not u.boxed() and not os.path.exists(u.path('c')),
       'nothing is delivered')
    u.forward('a@z.test\n')
    ok(u.do()[0] == 'D' and u.targets() == ['a@z.test'], 'one address')
    v = u.do(msg=b'Delivered-To: me@x.test\n\nx\n')
    ok(says(v, 'N', '5.4.6', 'loop for me@x.test'), 'a loop', v)
    u.forward(''.join('u%d@z.test\n' % i for i in range(2000)))
    v = u.do()
    ok(v[0] == 'D' and len(u.targets()) == 2000, '2000 addresses', v)
    u.forward(''.join('"%%%d"@z.test\n' % i for i in range(4000)))
    v = u.do()
    ok(u.boxed() == 1 and 'too many targets' in v[2], 'too many', v)
    u.forward(':include:./.forward\n')
    v = u.do()
    ok(u.boxed() == 1 and 'too deep' in v[2], 'one that includes itself', v)
    u.forward(':include:./absent\n')
    v = u.do()
    ok(u.boxed() == 1 and 'absent is not there' in v[2],
       'an included file that is not there', v)


def targeted(u):
    """Recipients of a letter made from the list."""
    u.script('x', 'cat >got')
    u.forward('a@z.test, |./x, ./Mail/, ./Mailbox, \\%s\n' % u.name)
    v = u.do(target='|./x', msg=b'Delivered-To: me@x.test\n\nx\n')
    ok(says(v, 'D', '2.0.0', 'command: ./x') and
       read(u.path('got')).endswith(b'\nx\n'), 'a command of the file', v)
    ok(u.do(target='./Mail/') == MAILDIR and u.boxed('Mail') == 1,
       'its Maildir')
    ok(u.do(target='./Mailbox')[2] == 'delivered to file: ./Mailbox',
       'its file')
    ok(u.do(target='\\user') == MAILDIR and u.boxed() == 1, 'his mailbox')
    for t in ('|touch evil', '|./x ', '/etc/passwd', './Other/', 'q@z.test'):
        v = u.do(target=t)
        ok(v[0] == 'D' and 'no longer forwards to ' + t in v[2] and
           u.boxed() == 1, '%s is not in it: the mailbox' % t, v)
    ok(not os.path.exists(u.path('evil')), 'nothing was run')
    ok(u.do(target='~' + u.name)[2] == 'forwarded', 'he himself: the file')
    os.unlink(u.path('.forward'))
    v = u.do(target='|./x')
    ok(v[0] == 'D' and u.boxed() == 1, 'no file any more: the mailbox', v)


def unsafe(u):
    def unused(what, why):
        v = u.do()
        ok(v[:2] == ('D', '2.0.0') and u.boxed() == 1 and
           re.search('^delivered to maildir; not forwarded: .*' + why, v[2]),
           what + ': the mailbox', v)
    for m in (0o646, 0o606):
        u.forward('|touch ran\n', mode=m)
        unused('mode %o' % m, 'is writable by group or others')
    if ROOT:
        u.forward('|touch ran\n', mode=0o664, owner=(u.uid, 2999))
        unused('mode 664, another group', 'is writable by group or others')
        u.forward('./Mail/\n', mode=0o664)
        ok(u.do() == MAILDIR and u.boxed('Mail') == 1,
           'mode 664, his own group: taken')
        u.forward('|touch ran\n', owner=(2002, 2002))
        unused("another user's", "is another user's")
        u.forward('|touch ran\n', mode=0o600, owner=(0, 0))
        unused('not to be read', 'Permission denied')
        u.forward('|touch ran\n', owner=(0, 0))
        ok(u.do()[2] == 'delivered to command: touch ran', "root's is taken")
        os.unlink(u.path('ran'))
    os.unlink(u.path('.forward'))
    os.mkdir(u.path('.forward'))
    unused('a directory', 'not a regular file|Is a directory')
    os.rmdir(u.path('.forward'))
    os.mkfifo(u.path('.forward'))
    if ROOT:
        os.chown(u.path('.forward'), u.uid, u.gid)
    unused('a FIFO', 'not a regular file')
    os.unlink(u.path('.forward'))
    u.put('elsewhere', './Mail/\n')
    os.symlink('elsewhere', u.path('.forward'))
    ok(u.do() == MAILDIR and u.boxed('Mail') == 1, 'a symlink is followed')
    os.unlink(u.path('.forward'))
    u.put('inc', '|touch ran\n', mode=0o666)
    u.forward(':include:./inc\n')
    unused('an included file', 'inc is writable')
    for text, why in (('a@z.test\n"|x\n', ':2: this quote has no end'),
                      ('a b c\n', ':1: two words'), ('|\n', ':1: expected')):
        u.forward(text)
        unused('%r' % text, why)
    ok(not os.path.exists(u.path('ran')), 'nothing was run')
    os.chmod(u.home, 0o777)
    u.forward('|touch ran\n')
    ok(u.do()[:2] == ('L', '4.7.0'), 'a home that others may write to: later')
    os.chmod(u.home, 0o755)


def extensions(u):
    u.forward('./Plain/\n')
    u.forward('./Ext/\n', name='.forward+ext')
    ok(u.do() == MAILDIR and u.boxed('Plain') == 1, 'without extension')
    ok(u.do('me+ext@x.test', ext='ext') == MAILDIR and u.boxed('Ext') == 1,
       '.forward+ext')
    ok(u.do('me-ext@x.test', ext='ext') == MAILDIR and u.boxed('Plain') == 1,
       'not for -ext')
    ok(u.do('me+x@x.test', ext='x') == MAILDIR and u.boxed('Plain') == 1,
       'another extension: .forward')
    os.mkdir(u.path('d'))
    u.put('d/evil', './Evil/\n')
    ok(u.do('me+/../d/evil@x.test', ext='/../d/evil') == MAILDIR and
       u.boxed('Plain') == 1, 'an extension is no path')


def qmail(u):
    v = u.do()
    ok(v == MAILDIR and u.boxed() == 1, 'no .qmail: the mailbox', v)
    v = u.do('me-ext@x.test', ext='ext')
    ok(v == ('N', '5.1.1', 'Sorry, no mailbox here by that name'),
       'no .qmail for an extension', v)
    u.put('.qmail', '')
    ok(u.do() == MAILDIR and u.boxed() == 1, 'an empty one: the mailbox')
    u.put('.qmail', '#\n')
    v = u.do()
    ok(says(v, 'D', '2.0.0', '^thrown away by ') and not u.boxed(),
       'a comment: thrown away', v)
    u.put('.qmail', './Mail/\n')
    ok(u.do() == MAILDIR and u.boxed('Mail') == 1, 'a Maildir')
    u.put('.qmail', './Box\n')
    ok(u.do()[2] == 'delivered to file: ./Box', 'an mbox')
    u.put('.qmail', '&a@z.test\nb@z.test\n./Mail/\n# no\n&c\n')
    v = u.do()
    ok(v[0] == 'D' and u.targets() == ['a@z.test', 'b@z.test', './Mail/',
       'c'], 'several', u.targets())
    u.put('.qmail-a-b', './AB/\n')
    u.put('.qmail-a-default', '|cat >in; echo "$DEFAULT" >default\n')
    u.put('.qmail-x:y', './XY/\n')
    ok(u.do('me-A-B@x.test', ext='A-B') == MAILDIR and u.boxed('AB') == 1,
       '.qmail-a-b')
    ok(u.do('me-a-c-d@x.test', ext='a-c-d')[0] == 'D' and
       read(u.path('default')) == b'c-d\n', '.qmail-a-default, DEFAULT')
    ok(read(u.path('in')) == MSG, 'nothing is put before the message')
    ok(u.do('me-x.y@x.test', ext='x.y') == MAILDIR and u.boxed('XY') == 1,
       'a dot is a colon')
    ok(u.do('me-q@x.test', ext='q')[:2] == ('N', '5.1.1'), 'none fits')
    for n, kind in ((0, 'D'), (99, 'D'), (100, 'N'), (111, 'L'), (1, 'L'),
                    (64, 'N'), (67, 'L'), (75, 'L'), (77, 'N'), (112, 'N')):
        u.put('.qmail', '|exit %d\n' % n)
        v = u.do()
        ok(v[0] == kind, 'exit %d' % n, v)
    u.put('.qmail', '&a@z.test\n|echo 1 >>log\n|echo 2 >>log; exit 99\n'
          '|echo 3 >>log\n./Mail/\n')
    v = u.do()
    ok(v[0] == 'D' and u.targets() == ['a@z.test'] and
       read(u.path('log')) == b'1\n2\n', '99: the rest does not count',
       v, u.targets())
    u.put('.qmail', '|exit 0\n./Mail/\n')
    ok(u.do()[0] == 'D' and u.targets() == ['./Mail/'], '0: it does')
    u.put('.qmail', '|echo sorry; exit 100\n./Mail/\n')
    v = u.do()
    ok(says(v, 'N', '5.3.0', 'sorry') and not u.targets(), '100: never', v)
    u.put('.qmail-l', '|echo "$NEWSENDER" >new\n&a@z.test\n')
    for name, owner, new in (('.qmail-x-owner', None, 'from@x.test'),
                             ('.qmail-l-owner', 'one', 'me-l-owner@x.test'),
                             ('.qmail-l-owner-default', 'each',
                              'me-l-owner-@x.test-@__')):
        u.put(name, '#\n')
        v = u.do('me-l@x.test', ext='l')
        ok(v[0] == 'D' and u.targets() == ['a@z.test'] and
           u.send.owners.get(0) == owner and
           read(u.path('new')) == new.encode() + b'\n', name, v,
           u.send.owners, read(u.path('new')))
    ok(u.do('me-l@x.test', ext='l', sender='')[0] == 'D' and
       read(u.path('new')) == b'\n', 'a null sender stays')
    u.put('.qmail', '\n./Mail/\n')
    ok(says(u.do(), 'L', '4.7.0', 'first line of .* is blank'), 'blank line')
    u.put('.qmail', './Mail/\n', mode=0o666)
    ok(says(u.do(), 'L', '4.7.0', 'writable'), 'writable: later')
    u.put('.qmail', '|x\n', mode=0o744)
    ok(says(u.do(), 'L', '4.7.0', 'x bit'), 'x bit and a command: later')
    u.put('.qmail', 'a@z.test\n', mode=0o744)
    ok(u.do()[0] == 'D' and u.targets() == ['a@z.test'], 'and an address')


def privs(s, home):
    """Commands and files of aliases."""
    out = T + '/out'
    os.mkdir(out)
    os.chmod(out, 0o777)
    sh = T + '/alias'
    with open(sh, 'w') as f:
        f.write('#!/bin/sh\nid -un; cat >%s/in; echo "$RECIPIENT" >%s/rcpt; '
                'pwd; exit 75\n' % (out, out))
    os.chmod(sh, 0o755)
    v = s.do('user:nobody', [('list@x.test', {'target': '|' + sh})], MSG)[0]
    ok(says(v, 'L', '4.3.0', 'Command output: nobody /$') and
       read(out + '/rcpt') == b'list@x.test\n', 'an alias\'s command: nobody',
       v)
    v = s.do('user:nobody', [('l@x.test', {'target': out + '/f'})], MSG)[0]
    ok(v[2] == 'delivered to file: ' + out + '/f' and
       owner(out + '/f')[0] == pwd.getpwnam('nobody').pw_uid, 'a file', v)
    v = s.do('user:nobody', [('l@x.test', {'target': home + '/f'})], MSG)[0]
    ok(v[:2] == ('L', '4.2.0'), "not in a user's home", v)
    v = s.do('user:nobody', [('nobody@x.test', {})], MSG)[0]
    ok(v[:2] == ('N', '5.2.1'), 'he has no mailbox', v)


def mailbox_command(l, u):
    settings(mailbox_command='cat >>all; test "$EXTENSION" != no || exit 67')
    l.p.send_signal(signal.SIGHUP)
    until(lambda: not l.workers())
    v = u.do()
    ok(says(v, 'D', '2.0.0', '^delivered to command: cat >>all; test "'),
       'mailbox_command', v)
    ok(u.do('me+no@x.test', ext='no')[:2] == ('N', '5.1.1'), 'its verdict')
    u.forward('./Mail/\n')
    ok(u.do() == MAILDIR and u.boxed('Mail') == 1, '.forward goes before it')
    u.forward('\\' + u.name + '\n')
    ok('all' in u.do()[2], 'and it is his mailbox')


def story():
    u = users()
    put_users(u)
    os.makedirs(H + '/etc')
    os.chmod(H, 0o755)
    settings()
    l = Lspawn()
    s = l.send()
    who = 'u1' if ROOT else 'me'
    me = User(s, who, *u[who])
    other = [User(s, 'u2', *u['u2'])] if ROOT else []
    for part in (nothing, command, strangers, codes, inputs, places, lists,
                 targeted, unsafe, extensions):
        part(me)
        me.clean()
    if ROOT:
        privs(s, me.home)
    settings(forward_path='$home/.qmail')
    l.p.send_signal(signal.SIGHUP)
    until(lambda: not l.workers())
    qmail(me)
    me.clean()
    mailbox_command(l, me)
    me.clean()
    settings(local_time_limit='3')
    l.p.send_signal(signal.SIGHUP)
    until(lambda: not l.workers())
    limit(l, me, other)
    ok(l.stop() == 0, 'SIGTERM: a clean end')
    ok(not logged('fatal') and not logged('signal'), 'no process has failed')


try:
    if not ROOT and 'NSS_WRAPPER' not in os.environ:
        skip('forwarding files', 'not root, and no libnss_wrapper')
    else:
        story()
except Exception:
    import traceback
    traceback.print_exc()
    ok(False, 'the story ended early')
sys.exit(finish())
