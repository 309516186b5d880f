/* source: an SMTP load, from one event loop.
 *
 * source -p PORT -s SESSIONS -m LETTERS -l OCTETS -t FORMAT -k RECIPIENTS
 *	[-c PER_CONNECTION] [-r RCPTS_PER_LETTER] [-i INTERVAL_US]
 *
 * Letter number i goes to FORMAT (with one %u) filled with i modulo
 * RECIPIENTS, and with -r to that many in a row. -c 1 (the default) opens a
 * connection a letter; -i starts a letter every so many microseconds
 * instead of as fast as the server takes them. Each letter's header has
 * X-Sent: its time in microseconds. Prints letters, those answered 250, and
 * seconds. Commands wait for replies one by one, as smtp-source does. */

#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum step { IDLE, CONNECT, BANNER, HELO, MAIL, RCPT, DATA, DOT, QUIT };

struct session {
	int fd;
	enum step step;
	unsigned int letter, sent_here, rcpt, column;
	char class;		/* first digit of the reply line */
	int last;		/* this line ends the reply */
	char *out;
	size_t outlen, outpos;
};

static struct {
	unsigned int port, sessions, letters, size, recipients, per, rcpts;
	unsigned int interval;
	const char *format;
} o = { 25, 1, 1, 1024, 1, 1, 1, 0, "user%u@x.test" };

static unsigned int begun, answered, failed, ended;
static char *filler;

static uint64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void
die(const char *s)
{
	perror(s);
	exit(1);
}

static void
put(struct session *s, const char *text, size_t n)
{
	s->out = realloc(s->out, n);
	if (!s->out)
		die("realloc");
	memcpy(s->out, text, n);
	s->outlen = n;
	s->outpos = 0;
}

static void
puts_(struct session *s, const char *text)
{
	put(s, text, strlen(text));
}

static void
dial(struct session *s)
{
	struct sockaddr_in a;
	int one = 1;

	memset(&a, 0, sizeof a);
	a.sin_family = AF_INET;
	a.sin_port = htons((uint16_t)o.port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (s->fd < 0)
		die("socket");
	fcntl(s->fd, F_SETFL, O_NONBLOCK);
	setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(s->fd, (struct sockaddr *)&a, sizeof a) < 0 &&
	    errno != EINPROGRESS)
		die("connect");
	s->step = BANNER;
	s->column = 0;
	s->sent_here = 0;
	s->outlen = s->outpos = 0;
}

static void
hangup(struct session *s)
{
	close(s->fd);
	s->fd = -1;
	s->step = IDLE;
}

static void
send_message(struct session *s)
{
	char head[512];
	int n = snprintf(head, sizeof head, "From: <from@source.test>\r\n"
	    "To: undisclosed-recipients:;\r\nSubject: letter %u\r\n"
	    "X-Sent: %llu\r\nMessage-ID: <%llu.%u@source.test>\r\n\r\n",
	    s->letter, (unsigned long long)now_us(),
	    (unsigned long long)now_us(), s->letter);
	size_t body = o.size > (size_t)n + 5 ? o.size - (size_t)n : 0;
	char *m = malloc((size_t)n + body + 8);

	if (!m)
		die("malloc");
	memcpy(m, head, (size_t)n);
	memcpy(m + n, filler, body);
	memcpy(m + n + body, "\r\n.\r\n", 5);
	put(s, m, (size_t)n + body + 5);
	free(m);
}

static void
letter_begin(struct session *s)
{
	s->letter = begun++;
	s->rcpt = 0;
	puts_(s, "MAIL FROM:<from@source.test>\r\n");
	s->step = MAIL;
}

static void
letter_end(struct session *s, int good)
{
	if (good)
		answered++;
	else
		failed++;
	ended++;
	if (++s->sent_here < o.per && begun < o.letters && !o.interval) {
		letter_begin(s);
		return;
	}
	puts_(s, "QUIT\r\n");
	s->step = QUIT;
}

static void
on_reply(struct session *s, char class)
{
	char line[300], addr[200];
	int good = class == '2' || (s->step == DATA && class == '3');

	if (!good && s->step != QUIT) {
		letter_end(s, 0);
		return;
	}
	switch (s->step) {
	case BANNER:
		puts_(s, "EHLO source.test\r\n");
		s->step = HELO;
		break;
	case HELO:
		letter_begin(s);
		break;
	case MAIL:
		s->step = RCPT;
		/* fallthrough */
	case RCPT:
		if (s->rcpt < o.rcpts) {
			snprintf(addr, sizeof addr, o.format,
			    (s->letter + s->rcpt) % o.recipients);
			snprintf(line, sizeof line, "RCPT TO:<%s>\r\n", addr);
			s->rcpt++;
			puts_(s, line);
		} else {
			puts_(s, "DATA\r\n");
			s->step = DATA;
		}
		break;
	case DATA:
		send_message(s);
		s->step = DOT;
		break;
	case DOT:
		letter_end(s, 1);
		break;
	default:
		hangup(s);
	}
}

static void
readable(struct session *s)
{
	char buf[4096];
	ssize_t r = read(s->fd, buf, sizeof buf), i;

	if (r < 0 && errno == EAGAIN)
		return;
	if (r <= 0) {
		if (s->step != QUIT) {
			failed++;
			ended++;
		}
		hangup(s);
		return;
	}
	for (i = 0; i < r && s->fd >= 0; i++) {
		if (s->column == 0)
			s->class = buf[i];
		if (s->column == 3)
			s->last = buf[i] != '-';
		s->column++;
		if (buf[i] == '\n') {
			s->column = 0;
			if (s->last)
				on_reply(s, s->class);
		}
	}
}

static void
writable(struct session *s)
{
	while (s->outpos < s->outlen) {
		ssize_t w = write(s->fd, s->out + s->outpos,
		    s->outlen - s->outpos);

		if (w < 0) {
			if (errno == EAGAIN)
				return;
			failed++;
			ended++;
			hangup(s);
			return;
		}
		s->outpos += (size_t)w;
	}
}

/* Start what may start now. Returns microseconds until the next start. */
static int64_t
start_some(struct session *s, uint64_t t0)
{
	unsigned int i, dialing = 0;

	for (i = 0; i < o.sessions; i++)
		dialing += s[i].step == BANNER || s[i].step == HELO;
	for (i = 0; i < o.sessions; i++) {
		if (s[i].step != IDLE || begun + dialing >= o.letters)
			continue;
		if (o.interval) {
			int64_t wait = (int64_t)(t0 + (uint64_t)(begun +
			    dialing) * o.interval - now_us());

			if (wait > 0)
				return wait;
		}
		dial(&s[i]);
		dialing++;
	}
	return 1000000;
}

int
main(int argc, char **argv)
{
	struct session *s;
	struct pollfd *p;
	uint64_t t0;
	unsigned int i;
	int c;

	while ((c = getopt(argc, argv, "p:s:m:l:t:k:c:r:i:")) != -1) {
		unsigned int u = (unsigned int)strtoul(optarg, 0, 10);

		switch (c) {
		case 'p': o.port = u; break;
		case 's': o.sessions = u; break;
		case 'm': o.letters = u; break;
		case 'l': o.size = u; break;
		case 't': o.format = optarg; break;
		case 'k': o.recipients = u; break;
		case 'c': o.per = u; break;
		case 'r': o.rcpts = u; break;
		case 'i': o.interval = u; break;
		default: return 100;
		}
	}
	filler = malloc(o.size + 80);
	s = calloc(o.sessions, sizeof *s);
	p = calloc(o.sessions, sizeof *p);
	if (!filler || !s || !p)
		die("malloc");
	for (i = 0; i < o.size + 80; i++)
		filler[i] = i % 78 == 76 ? '\r' : i % 78 == 77 ? '\n' : 'x';
	for (i = 0; i < o.sessions; i++)
		s[i].fd = -1;
	t0 = now_us();
	while (ended < o.letters) {
		int64_t wait = start_some(s, t0);

		for (i = 0; i < o.sessions; i++) {
			p[i].fd = s[i].fd;
			p[i].events = POLLIN;
			if (s[i].outpos < s[i].outlen)
				p[i].events |= POLLOUT;
		}
		if (poll(p, o.sessions, (int)(wait / 1000 + 1)) < 0)
			die("poll");
		for (i = 0; i < o.sessions; i++) {
			if (s[i].fd >= 0 && p[i].revents & (POLLIN | POLLHUP |
			    POLLERR))
				readable(&s[i]);
			if (s[i].fd >= 0 && s[i].outpos < s[i].outlen)
				writable(&s[i]);
		}
	}
	printf("%u %u %.3f\n", o.letters, answered,
	    (double)(now_us() - t0) / 1e6);
	return failed != 0;
}
