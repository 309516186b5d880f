#ifndef RUN_STREAM_H
#define RUN_STREAM_H

#include <stddef.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "wire/frame.h"

/* One non-blocking Unix stream socket that carries frames, each of which
 * may bring a descriptor along (SCM_RIGHTS, sent with the frame's first
 * octet). For the event loops:
 *
 *	poll stream_events(s)
 *	readable: while (stream_fill(s) > 0)
 *			while (stream_next(s, &f) > 0) ...
 *	at the end of a turn: stream_flush(s)
 *
 * Answers are appended to s->out with frame_put and leave at stream_flush,
 * all in one write. While more than STREAM_OUT_OCTETS wait there,
 * stream_events no longer asks to read: who does not take his answers is
 * not listened to. */

#define STREAM_OUT_OCTETS (1u << 20)

struct stream {
	int fd;
	int eof;		/* the other side has ended or failed */
	stralloc in;
	size_t inpos;		/* what is before it has been taken */
	stralloc out;
	size_t outpos;		/* what is before it has been sent */
	genalloc outfds;	/* of struct stream_fd: not sent yet */
	genalloc infds;		/* of int: come, not taken yet */
};

struct stream_fd {
	size_t at;		/* offset in out of the octet it goes with */
	int fd;
};

#define STREAM_ZERO { .fd = -1, .in = STRALLOC_ZERO, .out = STRALLOC_ZERO, \
    .outfds = GENALLOC_ZERO, .infds = GENALLOC_ZERO }

/* Take the connected socket fd (made non-blocking here), which
 * stream_close closes. s must be STREAM_ZERO or closed; storage is reused. */
void stream_open(struct stream *s, int fd);

/* Close the socket and every descriptor not yet sent or taken; keep the
 * storage (stream_free frees it too). */
void stream_close(struct stream *s);
void stream_free(struct stream *s);

/* Read once, at most 64 KiB. Frames handed out before are gone after it.
 * Returns octets read, 0 if there is nothing now, -1 at the end (s->eof is
 * set, errno EPIPE) or on error. */
ssize_t stream_fill(struct stream *s);

/* The next whole frame, pointing into s->in. Returns 1, 0 if there is none
 * yet, -1 with EPROTO if what came is malformed. */
int stream_next(struct stream *s, struct frame *f);

/* The oldest descriptor that came and was not taken; the caller owns it.
 * -1 if there is none. */
int stream_takefd(struct stream *s);

/* Send fd with the octet that is appended to s->out next. s owns fd from
 * here, also on failure. Returns 1, or 0 with ENOMEM (fd is closed). */
int stream_putfd(struct stream *s, int fd);

/* Send what is in s->out. Returns 1 if all of it has left, 0 if the socket
 * takes no more now, -1 on error (s->eof is set). */
int stream_flush(struct stream *s);

/* Octets waiting in s->out. */
size_t stream_pending(const struct stream *s);

/* IOPAUSE_READ and IOPAUSE_WRITE as they are wanted now. */
short stream_events(const struct stream *s);

#endif
