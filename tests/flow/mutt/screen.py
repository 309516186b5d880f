"""A program on a terminal of its own: screen.py COMMAND... Shows what it
writes there, and types, each key when what is before it has come."""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

# what is to be on the screen, then the keys
STEPS = (("Brief für dich", "\r"), ("From carl", "r"), ("Send", "y"), ("sent", "q"), ("", "q"))

pid, fd = pty.fork()
if not pid:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
steps, seen, end = list(STEPS), b"", time.time() + 30
while time.time() < end:
    quiet = not select.select([fd], [], [], 0.5)[0]
    if not quiet:
        try:
            got = os.read(fd, 65536)
        except OSError:
            break
        if not got:
            break
        seen += got
        os.write(1, got)
    elif steps and steps[0][0].encode() in seen:
        os.write(fd, steps.pop(0)[1].encode())
        seen = b""
else:
    os.kill(pid, 9)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
