/* libFuzzer entry: what a user's process, which may be in a stranger's
 * hands, says to pneu-lspawn. What must hold: no recipient is reported that
 * has not been given to it, and none twice; when the process is given up
 * every recipient has a verdict. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pneu-lspawn/worker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
order(struct stream *s, uint32_t tag)
{
	static const char text[] = "id=I\noff=0\nlen=0\ncrc=0\nsender=\n"
	    "to=user:u\nn=1\nrcpt=a@x\nn=2\nrcpt=b@x\n";

	stream_putfd(s, dup(0));
	frame_put(&s->out, 'O', tag, text, sizeof text - 1);
}

/* Read all that pneu-send is told: each of 2 orders, 2 recipients, once. */
static void
check(struct stream *s)
{
	int seen[3][3] = { { 0 } }, i, used;
	struct report r = REPORT_ZERO;
	struct frame f;

	while (stream_fill(s) > 0)
		;
	while (stream_next(s, &f) > 0) {
		while (f.type == 'V' && f.n) {
			uint32_t *ns;

			used = report_scan(&r, f.s, f.n);
			if (used <= 0 || f.tag < 1 || f.tag > 2)
				abort();
			f.s += used;
			f.n -= (size_t)used;
			ns = genalloc_s(uint32_t, &r.ns);
			for (i = 0; (size_t)i < genalloc_len(uint32_t, &r.ns);
			    i++)
				if (ns[i] < 1 || ns[i] > 2 ||
				    seen[f.tag][ns[i]]++)
					abort();
			if (r.site || strcmp(r.relay, "local"))
				abort();
		}
	}
	for (i = 0; i < 4; i++)
		if (seen[1 + i / 2][1 + i % 2] != 1)
			abort();
	genalloc_free(uint32_t, &r.ns);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct stream zero = STREAM_ZERO, s = STREAM_ZERO;
	static struct hand h;
	struct worker w = { .user = { (char *)"u", 2, 0 } };
	struct jobs spare = { 0, 0 };
	struct job j[2];
	int a[2], b[2], i;

	if (n > 60000 || socketpair(AF_UNIX, SOCK_STREAM, 0, a) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, b) < 0)
		return 0;
	hand_init(&h, -1);
	stream_open(&s, a[0]);
	w.s = zero;
	stream_open(&w.s, b[0]);
	order(&s, 1);
	order(&s, 2);
	stream_flush(&s);
	fcntl(a[1], F_SETFL, O_NONBLOCK);
	hand_take(&h, a[1]);
	h.readable = 1;
	for (i = 0; i < 2; i++) {
		j[i].o = hand_next(&h);
		h.readable = 1;
		worker_give(&w, &j[i]);
	}
	worker_feed(&w, &h, &spare);
	if (write(b[1], data, n) != (ssize_t)n)
		abort();
	close(b[1]);
	while (worker_take(&w, &h, &spare) >= 0)
		;
	worker_fail(&w, &h, &spare, 0, "ended");
	hand_flush(&h);
	check(&s);
	if (h.open)
		abort();
	genalloc_free(uint32_t, &w.ns);
	stream_free(&w.s);
	stream_free(&s);
	hand_free(&h);
	return 0;
}
