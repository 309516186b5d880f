"""See run.sh. Argument: the home."""
import os, sys
for d in '../remote', '../../crash':
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), d))
import refused
import twice

count = failed = 0

def ok(good, what, *more):
    global count, failed
    count += 1
    failed += not good
    print('%sok %d - %s' % ('' if good else 'not ', count, what))
    for m in () if good else more:
        print('# %r' % (m,))
    sys.stdout.flush()

refused.story(sys.argv[1], ok)
twice.story(sys.argv[1], ok)
print('1..%d' % count)
sys.exit(failed > 0)
