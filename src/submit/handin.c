#include <skalibs/nonposix.h>

#include "submit/handin.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/sockios.h>
#endif

#include "run/now.h"
#include "run/service.h"
#include "wire/frame.h"

#define TAG 1
#define PART_OCTETS 65536	/* of an E or M frame */
#define AGAIN_MS 50		/* between attempts to connect */

/* What failed, in our words, as a verdict. */
static int
fail(struct handin *h, const char *what, int e)
{
	if (e)
		snprintf(h->text, sizeof h->text, "%s: %s", what, strerror(e));
	else
		snprintf(h->text, sizeof h->text, "%s", what);
	verdict_set(&h->verdict, VERDICT_LATER, "4.3.0", 0, h->text);
	handin_drop(h);
	return 0;
}

/* Wait for one of events. Returns 1, 0 at the deadline. */
static int
wait_for(int fd, short events, uint64_t until)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t left;
	int r;

	do {
		left = (int64_t)(until - now_ms());
		r = poll(&p, 1, left > 0 ? (int)left : 0);
	} while (r < 0 && errno == EINTR);
	return r > 0;
}

static int
isdown(int e)
{
	return e == ECONNREFUSED || e == ENOENT;
}

static int
connect_queue(struct handin *h)
{
	uint64_t begin = now_ms(), max;

	for (;;) {
		h->fd = run_connect("pub", "submit");
		if (h->fd >= 0)
			return 1;
		if (isdown(errno))
			max = HANDIN_DOWN_MS;
		else if (errno == EAGAIN)
			max = HANDIN_FULL_MS;
		else
			return fail(h, "unable to reach the mail system",
			    errno);
		if (now_ms() - begin >= max)
			break;
		poll(0, 0, AGAIN_MS);
	}
	return isdown(errno) ? fail(h, "mail system is down", 0) :
	    fail(h, "mail system is too busy", 0);
}

/* Has all that we sent been read? Yes, where the system does not say. */
static int
isread(int fd)
{
#ifdef SIOCOUTQ
	int n;

	return ioctl(fd, SIOCOUTQ, &n) < 0 || n == 0;
#else
	return 1;
#endif
}

/* Wait for the answer. Who connects is not accepted yet, perhaps: a queue
 * that stands still must not hold us for as long as a busy disk may. */
static int
wait_answer(int fd, uint64_t until)
{
	uint64_t first = now_ms() + HANDIN_READ_MS;

	if (first >= until)
		return wait_for(fd, POLLIN, until);
	return wait_for(fd, POLLIN, first) ||
	    (isread(fd) && wait_for(fd, POLLIN, until));
}

/* Read the answer. Returns 1 if it is D, 0 otherwise. */
static int
read_answer(struct handin *h, uint64_t until)
{
	char buf[FRAME_HEAD_OCTETS + VERDICT_TEXT_OCTETS + 64];
	struct frame f;
	size_t n = 0;
	ssize_t r;
	int used;

	for (;;) {
		if (!wait_answer(h->fd, until))
			return fail(h, "mail system does not answer", 0);
		r = recv(h->fd, buf + n, sizeof buf - n, MSG_DONTWAIT);
		if (r == 0)
			return fail(h, "mail system hung up", 0);
		if (r < 0 && errno != EAGAIN && errno != EINTR)
			return fail(h, "mail system hung up", errno);
		n += r > 0 ? (size_t)r : 0;
		used = frame_scan(&f, buf, n);
		if (used < 0 || (!used && n == sizeof buf))
			break;
		if (!used)
			continue;
		if (f.type != 'V' ||
		    verdict_scan(&h->verdict, f.s, f.n) < 0)
			break;
		memcpy(h->text, h->verdict.text, h->verdict.textlen);
		h->text[h->verdict.textlen] = 0;
		h->verdict.text = h->text;
		handin_drop(h);
		return h->verdict.kind == VERDICT_DONE;
	}
	return fail(h, "mail system answers nonsense", 0);
}

/* Send all that is collected. An answer that comes early ends it: the queue
 * does not want the rest. */
static int
send_all(struct handin *h)
{
	struct pollfd p = { .fd = h->fd, .events = POLLIN | POLLOUT };
	ssize_t r;

	while (h->outpos < h->out.len) {
		r = send(h->fd, h->out.s + h->outpos, h->out.len - h->outpos,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (r >= 0) {
			h->outpos += (size_t)r;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)	/* it may have said why */
			return read_answer(h, now_ms());
		if (!wait_for(h->fd, POLLIN | POLLOUT,
		    now_ms() + HANDIN_WRITE_MS))
			return fail(h, "mail system takes no more octets", 0);
		if (poll(&p, 1, 0) > 0 && (p.revents & POLLIN))
			return read_answer(h, now_ms());
	}
	h->out.len = h->outpos = 0;
	return 1;
}

/* The envelope, in as many frames as it takes, cut between lines. */
static int
put_envelope(struct handin *h, const struct envelope *e)
{
	stralloc sa = STRALLOC_ZERO;
	size_t at, n;
	int ok = envelope_put(&sa, e);

	for (at = 0; ok && at < sa.len; at += n) {
		n = sa.len - at;
		if (n > PART_OCTETS)
			for (n = PART_OCTETS; n; n--)
				if (sa.s[at + n - 1] == '\n')
					break;
		ok = n && frame_put(&h->out, 'E', TAG, sa.s + at, n);
	}
	stralloc_free(&sa);
	return ok;
}

int
handin_begin(struct handin *h, const struct envelope *e)
{
	if (!put_envelope(h, e))
		return fail(h, "out of memory", 0);
	return connect_queue(h);
}

int
handin_put(struct handin *h, const char *s, size_t n)
{
	size_t part;

	for (; n; s += part, n -= part) {
		part = n < PART_OCTETS ? n : PART_OCTETS;
		if (!frame_put(&h->out, 'M', TAG, s, part))
			return fail(h, "out of memory", 0);
		if (h->out.len - h->outpos >= HANDIN_BATCH_OCTETS &&
		    !send_all(h))
			return 0;
	}
	return 1;
}

int
handin_wait(struct handin *h)
{
	if (!frame_put(&h->out, 'M', TAG, "", 0))
		return fail(h, "out of memory", 0);
	return send_all(h);
}

int
handin_end(struct handin *h)
{
	if (!frame_put(&h->out, 'X', TAG, "", 0))
		return fail(h, "out of memory", 0);
	if (!send_all(h))
		return 0;
	return read_answer(h, now_ms() + HANDIN_ANSWER_MS);
}

void
handin_drop(struct handin *h)
{
	if (h->fd >= 0)
		close(h->fd);
	h->fd = -1;
}
