#!/bin/bash
# A notification is handed in: refused for good, it is not tried without end;
# handed in twice after a crash, it is one letter. story.py is now pneu-queue,
# now pneu-send and pneu-bounce, and says the TAP.
. tests/flow/lib.sh
instance <<C
2bounce_notice_recipient = admin@here.test
C
/usr/bin/python3 tests/flow/handon/story.py "$H"
