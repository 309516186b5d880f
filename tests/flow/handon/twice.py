"""The same step of one letter handed in again: story.py is pneu-bounce, and
pneu-send."""
import glob, os, signal, subprocess, time
from pneuwire import Door, Orders
from refused import as_user, UIDS

PARENT = '0642E1B3F5C09A0001'
UIDS.update(pneub=(61006, 61002))  # it has that group, too


def story(home, ok):
    def start(tries=100):
        r, w = os.pipe()
        os.set_inheritable(w, True)
        p = subprocess.Popen([home + '/bin/pneu-queue'], stderr=log,
                             close_fds=False,
                             env=dict(os.environ, PNEU_HOME=home, PNEU_NOTIFY=str(w)))
        os.close(w)
        up = os.read(r, 1)
        os.close(r)
        if not up and tries:    # the workers of the one before are ending
            time.sleep(.1)
            return start(tries - 1)
        assert up, 'pneu-queue does not start'
        return p

    def hand(step, parent=PARENT, size=20, door='intake/intake'):
        d = as_user('pneub', lambda: Door(home + '/run/' + door))
        extra = [('origin', 'bounce')] + [('parent', parent), ('step', step)] * bool(step)
        a = d.hand(b'Subject: x\n\n' + b'y\n' * size, extra=extra, sender='')
        d.close()
        return a[0], a[2]

    def letters(ident='*'):
        return [os.path.relpath(p, home + '/queue') for t in ('new/*', 'defer/*', 'hold', 'bad')
                for p in glob.glob('%s/queue/%s/%s.*' % (home, t, ident))]

    def made():
        return sorted(os.listdir(home + '/queue/made'))

    log = open(home + '/queue.log', 'w')
    p = start()
    o = as_user('pneus', lambda: Orders(home + '/run/orders/orders'))
    a, b = hand('bounce 0 1 x'), hand('bounce 0 1 x')
    ok(a[0] == 'D' and a == b, 'handed in twice: the same id', a, b)
    ok(len(letters()) == 1, 'and one letter', letters())
    ok(len({hand('bounce 1 1 x'), hand('bounce 0 1 x', '0642E1B3F5C09A0002'), a}) == 3 and
       len(letters()) == 3, 'another step, or parent, is another letter', letters())
    ok(hand('') != hand(''), 'without a step each is a letter')
    big = hand('forward 7', size=200000)
    ok(big[0] == 'D' and hand('forward 7', size=200000) == big, 'a big one twice', big)
    ok(hand('bounce 0 1 x', door='pub/submit') not in (a, None) and len(letters()) == 7,
       'local callers have no say in that', letters())

    o.order('D', ('at', letters(a[1])[0]), ('due', int(time.time()) + 900))
    ok(letters(a[1])[0][:5] == 'defer' and hand('bounce 0 1 x') == a, 'found where it waits')
    o.order('H', ('at', letters(a[1])[0]))
    ok(hand('bounce 0 1 x') == a, 'and on hold')
    p.send_signal(signal.SIGKILL)
    p.wait()
    p = start()
    o = as_user('pneus', lambda: Orders(home + '/run/orders/orders'))
    ok(hand('bounce 0 1 x') == a and len(letters()) == 7, 'and after a crash')
    o.order('R', ('at', letters(a[1])[0]))
    ok(not letters(a[1]) and hand('bounce 0 1 x') == a and not letters(a[1]),
       'delivered meanwhile, it is not made again', letters(a[1]))

    # a worker died between remembering and publishing
    name = [n for n in made() if n.startswith(big[1])][0]
    os.unlink(home + '/queue/' + letters(big[1])[0])
    open(home + '/queue/tmp/' + big[1], 'w').write('half')
    ok(hand('forward 7') == big and len(letters(big[1])) == 1 and
       not os.listdir(home + '/queue/tmp'), 'begun but not published: it is made now', name)
    # a power cut has emptied what is remembered
    os.unlink(home + '/queue/' + letters(big[1])[0])
    os.truncate(home + '/queue/made/' + name, 0)
    ok(hand('forward 7') == big and len(letters(big[1])) == 1, 'nor what a cut has torn')

    # the parent is marked, or gone: nothing is remembered any more
    f = letters()
    at = [n for n in f if a[1] not in n and big[1] not in n][0]
    n = len(made())
    o.order('R', ('at', at), ('made', a[1]))
    o.order('M', ('at', letters(big[1])[0]), ('set', '0 d'), ('made', big[1]))
    ok(not any(m.startswith((a[1], big[1])) for m in made()), 'forgotten with the mark', made())
    o.order('R', ('at', letters(big[1])[0]))
    ok(not any(m.startswith(big[1]) for m in made()), 'and leaves nothing behind', made())
    old = made()[0]
    os.utime(home + '/queue/made/' + old, (0, 0))
    p.terminate()
    p.wait()
    p = start()
    ok(old not in made(), 'what is very old is forgotten, too')
    ok(hand('bad\tstep')[0] == 'N' and hand('x' * 300)[0] == 'N', 'odd steps are refused')
    ok(hand('x', 'not-an-id')[0] == 'N', 'and odd parents')
    p.terminate()
    p.wait()
    log.close()
