#!/usr/bin/python3
"""sites: SMTP servers for the bench, one process, one port, many addresses.

sites.py PORT SLOW HEALTHY OUT: listens on 127.0.1.1 to 127.0.1.SLOW, which
wait 3 s before each reply, and on 127.0.2.1 to 127.0.2.HEALTHY, which do not;
for each letter at a healthy address the milliseconds since its X-Sent header
are appended to the file OUT.
"""
import asyncio
import sys
import time

port, slow, healthy, out = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), open(sys.argv[4], "a", buffering=1)


async def session(reader, writer, delay):
    async def say(line):
        if delay:
            await asyncio.sleep(delay)
        writer.write(line + b"\r\n")
        await writer.drain()

    try:
        await say(b"220 site ESMTP")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                await say(b"250-site\r\n250-PIPELINING\r\n250 8BITMIME")
            elif verb == b"DATA":
                await say(b"354 go on")
                sent = 0
                while (line := await reader.readline()) not in (b".\r\n", b""):
                    if line.startswith(b"X-Sent: "):
                        sent = int(line[8:])
                if not delay:
                    out.write("%.1f\n" % (time.time() * 1000 - sent / 1000))
                await say(b"250 2.0.0 taken")
            elif verb == b"QUIT":
                await say(b"221 bye")
                break
            else:
                await say(b"250 2.0.0 ok")
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    writer.close()


async def main():
    for i in range(slow):
        await asyncio.start_server(lambda r, w: session(r, w, 3), "127.0.1.%d" % (i + 1), port, backlog=200)
    for i in range(healthy):
        await asyncio.start_server(lambda r, w: session(r, w, 0), "127.0.2.%d" % (i + 1), port, backlog=200)
    await asyncio.Event().wait()

asyncio.run(main())
