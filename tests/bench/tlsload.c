/* tlsload: an SMTP load over STARTTLS, a thread a session.
 *
 * tlsload -p PORT -s SESSIONS -m LETTERS -l OCTETS -t FORMAT -k RECIPIENTS
 *	[-c PER_CONNECTION] [-v 2|3] [-R] [-H]
 *
 * As source.c, with TLS 1.2 or 1.3 at most (-v). -R resumes each session's
 * last TLS session; -H sends no letters: -m counts connections, each ends
 * behind its EHLO under TLS. Certificates are not looked at. Prints letters,
 * those answered 250, seconds, and how many handshakes were resumed. */

#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <openssl/ssl.h>

struct session {
	int fd;
	SSL *ssl;		/* 0: in clear */
	SSL_SESSION *last;
	char buf[8192];
	size_t pos, len;
	unsigned int letters, good, resumed;
};

static struct {
	unsigned int port, sessions, letters, size, recipients, per;
	const char *format;
	int resume, handshakes, version;
} o = { 25, 1, 1, 1024, 1, 1, "user%u@x.test", 0, 0, TLS1_3_VERSION };

static SSL_CTX *ctx;
static char *filler;
static unsigned int begun;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void
die(const char *s)
{
	perror(s);
	exit(1);
}

static int
take(void)
{
	int r;

	pthread_mutex_lock(&lock);
	r = begun < o.letters ? (int)begun++ : -1;
	pthread_mutex_unlock(&lock);
	return r;
}

/* The class of the next reply, 0 at the end. */
static int
reply(struct session *s)
{
	unsigned int column = 0;
	int class = 0, last = 0, r;
	char c;

	for (;;) {
		if (s->pos == s->len) {
			r = s->ssl ? SSL_read(s->ssl, s->buf, sizeof s->buf) :
			    (int)read(s->fd, s->buf, sizeof s->buf);
			if (r <= 0)
				return 0;
			s->pos = 0;
			s->len = (size_t)r;
		}
		c = s->buf[s->pos++];
		if (column == 0)
			class = c;
		if (column++ == 3)
			last = c != '-';
		if (c == '\n') {
			if (last)
				return class;
			column = 0;
		}
	}
}

static int
put(struct session *s, const char *text, size_t n)
{
	ssize_t r;

	while (n) {
		r = s->ssl ? SSL_write(s->ssl, text, n > 1u << 30 ? 1 << 30 :
		    (int)n) : write(s->fd, text, n);
		if (r <= 0)
			return 0;
		text += r;
		n -= (size_t)r;
	}
	return 1;
}

static int
say(struct session *s, const char *text)
{
	return put(s, text, strlen(text)) ? reply(s) : 0;
}

static void
hangup(struct session *s)
{
	if (s->ssl) {
		SSL_shutdown(s->ssl);
		if (o.resume) {
			SSL_SESSION_free(s->last);
			s->last = SSL_get1_session(s->ssl);
		}
		SSL_free(s->ssl);
	}
	s->ssl = 0;
	close(s->fd);
	s->fd = -1;
}

static int
dial(struct session *s)
{
	struct sockaddr_in a;
	int one = 1;

	memset(&a, 0, sizeof a);
	a.sin_family = AF_INET;
	a.sin_port = htons((uint16_t)o.port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->pos = s->len = 0;
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&a, sizeof a) < 0)
		die("connect");
	setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (reply(s) != '2' || say(s, "EHLO source.test\r\n") != '2' ||
	    say(s, "STARTTLS\r\n") != '2')
		return 0;
	s->ssl = SSL_new(ctx);
	SSL_set_fd(s->ssl, s->fd);
	if (s->last)
		SSL_set_session(s->ssl, s->last);
	if (SSL_connect(s->ssl) != 1)
		return 0;
	s->resumed += (unsigned int)SSL_session_reused(s->ssl);
	return say(s, "EHLO source.test\r\n") == '2';
}

static int
letter(struct session *s, unsigned int number)
{
	char line[300], addr[200], head[300];
	int n;

	snprintf(addr, sizeof addr, o.format, number % o.recipients);
	snprintf(line, sizeof line, "RCPT TO:<%s>\r\n", addr);
	if (say(s, "MAIL FROM:<from@source.test>\r\n") != '2' ||
	    say(s, line) != '2' || say(s, "DATA\r\n") != '3')
		return 0;
	n = snprintf(head, sizeof head, "From: <from@source.test>\r\n"
	    "To: undisclosed-recipients:;\r\nSubject: letter %u\r\n\r\n",
	    number);
	return put(s, head, (size_t)n) && put(s, filler, o.size) &&
	    say(s, "\r\n.\r\n") == '2';
}

static void *
run(void *arg)
{
	struct session *s = arg;
	unsigned int here = 0;
	int n;

	while ((n = take()) >= 0) {
		if (s->fd < 0) {
			here = 0;
			if (!dial(s)) {
				hangup(s);
				continue;
			}
		}
		s->good += o.handshakes ? 1u :
		    (unsigned int)letter(s, (unsigned int)n);
		if (++here < o.per)
			continue;
		say(s, "QUIT\r\n");
		hangup(s);
	}
	if (s->fd >= 0) {
		say(s, "QUIT\r\n");
		hangup(s);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct timespec a, b;
	struct session *s;
	unsigned int i, good = 0, resumed = 0;
	pthread_t *t;
	int c;

	while ((c = getopt(argc, argv, "p:s:m:l:t:k:c:v:RH")) != -1) {
		unsigned int u = optarg ? (unsigned int)strtoul(optarg, 0, 10)
		    : 0;

		switch (c) {
		case 'p': o.port = u; break;
		case 's': o.sessions = u; break;
		case 'm': o.letters = u; break;
		case 'l': o.size = u; break;
		case 't': o.format = optarg; break;
		case 'k': o.recipients = u; break;
		case 'c': o.per = u; break;
		case 'v': o.version = u == 2 ? TLS1_2_VERSION :
		    TLS1_3_VERSION; break;
		case 'R': o.resume = 1; break;
		case 'H': o.handshakes = 1; break;
		default: return 100;
		}
	}
	signal(SIGPIPE, SIG_IGN);
	ctx = SSL_CTX_new(TLS_client_method());
	filler = malloc(o.size + 1);
	s = calloc(o.sessions, sizeof *s);
	t = calloc(o.sessions, sizeof *t);
	if (!ctx || !filler || !s || !t)
		die("malloc");
	SSL_CTX_set_max_proto_version(ctx, o.version);
	for (i = 0; i < o.size; i++)
		filler[i] = i % 78 == 76 ? '\r' : i % 78 == 77 ? '\n' : 'x';
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (i = 0; i < o.sessions; i++) {
		s[i].fd = -1;
		if (pthread_create(&t[i], 0, run, &s[i]))
			die("pthread_create");
	}
	for (i = 0; i < o.sessions; i++) {
		pthread_join(t[i], 0);
		good += s[i].good;
		resumed += s[i].resumed;
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("%u %u %.3f %u\n", o.letters, good, (double)(b.tv_sec -
	    a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9, resumed);
	return good != o.letters;
}
