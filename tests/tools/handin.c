/* handin SOCKET CONNECTIONS LETTERS OCTETS [SENDER RCPT]: hand letters to
 * pneu-queue, as fast as it takes them, over so many connections, and say
 * how fast that was. For measurements and tests. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/stralloc.h>

#include "wire/field.h"
#include "wire/frame.h"
#include "wire/verdict.h"

#define CONNECTIONS 1000

struct connection {
	size_t sent;		/* octets of the letter under way */
	size_t got;
	char in[1024];
	double since;
};

static struct pollfd p[CONNECTIONS];
static struct connection c[CONNECTIONS];
static double *took;
static long asked, done, refused, letters;
static stralloc letter = STRALLOC_ZERO;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
die(const char *what)
{
	perror(what);
	exit(111);
}

static int
join(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(un.sun_path, path, sizeof un.sun_path - 1);
	if (fd < 0 || connect(fd, (struct sockaddr *)&un, sizeof un) < 0)
		die(path);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void
compose(size_t octets, const char *sender, const char *rcpt)
{
	static char line[] = "The quick brown fox jumps over the lazy dog, "
	    "0123456789.\n";
	ssize_t at = frame_begin(&letter, 'E', 1);
	size_t n;

	field_puts(&letter, "client", "unknown[127.0.0.1]");
	field_puts(&letter, "helo", "localhost");
	field_puts(&letter, "proto", "ESMTP");
	field_puts(&letter, "sender", sender);
	field_puts(&letter, "rcpt", rcpt);
	frame_end(&letter, at);
	while (octets) {
		n = octets < 65536 ? octets : 65536;
		octets -= n;
		at = frame_begin(&letter, 'M', 1);
		for (; n >= sizeof line - 1; n -= sizeof line - 1)
			stralloc_catb(&letter, line, sizeof line - 1);
		stralloc_catb(&letter, line, n);
		frame_end(&letter, at);
	}
	frame_put(&letter, 'X', 1, "", 0);
}

/* Send what is left of the letter. */
static void
push(size_t i)
{
	ssize_t r = send(p[i].fd, letter.s + c[i].sent,
	    letter.len - c[i].sent, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (r > 0)
		c[i].sent += (size_t)r;
	p[i].events = (short)(POLLIN | (c[i].sent < letter.len ? POLLOUT : 0));
}

static void
next(size_t i)
{
	if (asked == letters) {
		close(p[i].fd);
		p[i].fd = -1;
		return;
	}
	asked++;
	c[i].sent = c[i].got = 0;
	c[i].since = now();
	push(i);
}

static void
answered(size_t i)
{
	struct frame f;
	struct verdict v;
	ssize_t r = recv(p[i].fd, c[i].in + c[i].got,
	    sizeof c[i].in - c[i].got, 0);

	if (r <= 0)
		die("connection");
	c[i].got += (size_t)r;
	if (frame_scan(&f, c[i].in, c[i].got) <= 0)
		return;
	if (verdict_scan(&v, f.s, f.n) < 0)
		die("verdict");
	if (v.kind == VERDICT_DONE)
		took[done++] = now() - c[i].since;
	else if (!refused++)
		fprintf(stderr, "%.*s\n", (int)f.n, f.s);
	next(i);
}

static int
cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int
main(int argc, char **argv)
{
	size_t n, i;
	double start;

	if (argc < 5)
		return 100;
	n = (size_t)atol(argv[2]);
	letters = atol(argv[3]);
	if (n < 1 || n > CONNECTIONS || letters < 1)
		return 100;
	compose((size_t)atol(argv[4]), argc > 5 ? argv[5] : "a@bench.test",
	    argc > 6 ? argv[6] : "b@bench.test");
	took = calloc((size_t)letters, sizeof *took);
	for (i = 0; i < n; i++)
		p[i].fd = join(argv[1]);
	start = now();
	for (i = 0; i < n; i++)
		next(i);
	while (done + refused < letters) {
		if (poll(p, n, 30000) <= 0)
			die("no answer");
		for (i = 0; i < n; i++) {
			if (p[i].revents & POLLOUT)
				push(i);
			if (p[i].revents & ~POLLOUT)
				answered(i);
		}
	}
	start = now() - start;
	qsort(took, (size_t)done, sizeof *took, cmp);
	printf("connections %lu letters %ld refused %ld seconds %.2f "
	    "letters/s %.0f median_ms %.2f p95_ms %.2f\n", (unsigned long)n,
	    done, refused, start, (double)done / start,
	    done ? took[done / 2] * 1e3 : 0,
	    done ? took[done * 95 / 100] * 1e3 : 0);
	return 0;
}
