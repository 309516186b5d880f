/* mkqueue: put many letters into a queue, through the code of src/spool but
 * without flushing, for measurements: a million takes a minute or so. As
 * root it becomes the owner of the queue first. Nothing here is linked into
 * what is installed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <skalibs/strerr.h>
#include <skalibs/sgetopt.h>

#include "spool/commit.h"
#include "spool/letter.h"
#include "spool/slot.h"
#include "spool/step.h"
#include "wire/crc32c.h"

#define USAGE "mkqueue [-n letters] [-d domain,...] [-D domains] [-r user] " \
    "[-s octets] [-t seconds] [-w seconds] [-j processes] HOME\n" \
    "	-n	how many, 1000\n" \
    "	-d	domains of the recipients, in turn, dead.test\n" \
    "	-D	so many domains d0.FIRST, d1.FIRST, ...\n" \
    "	-r	local part of the recipients, u\n" \
    "	-s	octets of a message, 1024\n" \
    "	-t	due in so many seconds, in defer/; without it live, in new/\n" \
    "	-w	the last one due so many seconds after the first, 0\n" \
    "	-j	processes, 2"

#define DOMAINS 1000
#define WORKER 224		/* of our ids; ours are above pneu-queue's */

struct make {
	unsigned long letters, octets, ahead, spread, processes, domains;
	int deferred;
	const char *user;
	const char *domain[DOMAINS];
	time_t now;
	struct spool spool;
	char *message;
};

static unsigned long
number(const char *s)
{
	char *end;
	unsigned long u = strtoul(s, &end, 10);

	if (!*s || *end)
		strerr_dief(100, "not a number: ", s);
	return u;
}

static void
add_domains(struct make *m, char *s)
{
	for (s = strtok(s, ","); s && m->domains < DOMAINS; s = strtok(0, ","))
		m->domain[m->domains++] = s;
}

static void
number_domains(struct make *m, unsigned long n)
{
	const char *first = m->domain[0];

	for (m->domains = 0; m->domains < n && m->domains < DOMAINS; ) {
		char *s = malloc(strlen(first) + 24);

		if (!s)
			strerr_diefusys(111, "allocate");
		sprintf(s, "d%lu.%s", m->domains, first);
		m->domain[m->domains++] = s;
	}
}

/* The text, and the queue, as its owner. */
static void
prepare(struct make *m, const char *home)
{
	static const char line[] = "All that is gold does not glitter, not "
	    "all those who wander are lost.\n";
	struct stat st;
	size_t i;
	int fd;

	m->message = malloc(m->octets + 1);
	if (!m->message)
		strerr_diefusys(111, "allocate");
	for (i = 0; i < m->octets; i++)
		m->message[i] = line[i % (sizeof line - 1)];
	if (m->octets > 20)
		memcpy(m->message, "Subject: mkqueue\n\n", 18);
	if (m->octets)
		m->message[m->octets - 1] = '\n';
	if (chdir(home) < 0)
		strerr_diefusys(111, "chdir to ", home);
	fd = open("queue", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		strerr_diefusys(111, "open ", home, "/queue");
	if (!geteuid() && (setgid(st.st_gid) < 0 || setuid(st.st_uid) < 0))
		strerr_diefusys(111, "become the owner of the queue");
	umask(027);
	if (spool_open(&m->spool, fd) < 0)
		strerr_diefusys(111, "open ", home, "/queue/tmp");
	m->spool.nosync = 1;
}

/* From tmp/ID to where it is due, or live. */
static int
place(struct make *m, int fd, const struct letter_name *n, unsigned long i)
{
	char name[LETTER_NAME_OCTETS + 1], from[8 + LETTER_ID_OCTETS];
	char path[AT_PATH_OCTETS + 1];
	struct at a = { .file = name };
	uint64_t due = (uint64_t)m->now + m->ahead +
	    (uint64_t)i * m->spread / m->letters;

	if (!m->deferred)
		return spool_commit(&m->spool, fd, n->id, n,
		    (uint64_t)m->now, path);
	if (close(fd) < 0)
		return -1;
	letter_name_fmt(name, n);
	sprintf(from, "tmp/%s", n->id);
	return step_move(m->spool.fd, from, &a, AT_DEFER,
	    slot_of(due, (uint64_t)m->now), path) > 0 ? 1 : -1;
}

static int
letter(struct make *m, struct letter_clock *k, unsigned long i)
{
	static stralloc front = STRALLOC_ZERO, tail = STRALLOC_ZERO;
	static struct envelope e = ENVELOPE_ZERO;
	struct letter_head h = { .msglen = m->octets };
	struct letter_name n;
	struct verdict v;
	uint32_t first = 0;
	char rcpt[1200];
	struct iovec iov[3];
	int fd;

	letter_id_make(h.id, k, (uint64_t)m->now * 1000000);
	snprintf(rcpt, sizeof rcpt, "%s%lu@%s", m->user, i,
	    m->domain[i % m->domains]);
	envelope_clear(&e);
	e.time = (uint64_t)m->now;
	e.origin = "submit";
	e.sender = "mkqueue@bench.test";
	h.mcrc = crc32c(0, m->message, m->octets);
	front.len = tail.len = 0;
	verdict_set(&v, VERDICT_LATER, "4.4.1", 0, "Connection timed out");
	if (!envelope_add(&e, rcpt) || !letter_front(&front, &h, &e) ||
	    !history_put(&tail, (uint64_t)m->now, &first, 1, &v))
		return -1;
	memcpy(n.id, h.id, sizeof n.id);
	n.hash = letter_hash_envelope(&e);
	n.size = m->octets;
	fd = spool_create(&m->spool, n.id);
	if (fd < 0)
		return -1;
	iov[0].iov_base = front.s;
	iov[0].iov_len = front.len;
	iov[1].iov_base = m->message;
	iov[1].iov_len = m->octets;
	iov[2].iov_base = tail.s;
	iov[2].iov_len = m->deferred ? tail.len : 0;
	return spool_write(fd, iov, 3) > 0 ? place(m, fd, &n, i) : -1;
}

/* Every letter whose number is p modulo the processes. */
static void
work(struct make *m, unsigned long p)
{
	struct letter_clock k = { .worker = (unsigned int)(WORKER + p) };
	unsigned long i;

	for (i = p; i < m->letters; i += m->processes)
		if (letter(m, &k, i) < 0)
			strerr_diefusys(111, "make a letter");
}

int
main(int argc, char **argv)
{
	static struct make m = { .letters = 1000, .octets = 1024,
	    .processes = 2, .user = "u" };
	subgetopt l = SUBGETOPT_ZERO;
	unsigned long p, domains = 0;
	int c, status, bad = 0;

	PROG = "mkqueue";
	while ((c = subgetopt_r(argc, (char const *const *)argv,
	    "n:d:D:r:s:t:w:j:", &l)) >= 0)
		switch (c) {
		case 'n': m.letters = number(l.arg); break;
		case 'd': add_domains(&m, strdup(l.arg)); break;
		case 'D': domains = number(l.arg); break;
		case 'r': m.user = l.arg; break;
		case 's': m.octets = number(l.arg); break;
		case 't': m.deferred = 1; m.ahead = number(l.arg); break;
		case 'w': m.spread = number(l.arg); break;
		case 'j': m.processes = number(l.arg); break;
		default: strerr_dieusage(100, USAGE);
		}
	if (argc - l.ind != 1 || !m.letters || !m.processes ||
	    m.processes > 32)
		strerr_dieusage(100, USAGE);
	if (!m.domains)
		m.domain[m.domains++] = "dead.test";
	if (domains)
		number_domains(&m, domains);
	m.now = time(0);
	prepare(&m, argv[l.ind]);
	for (p = 0; p < m.processes; p++)
		if (!fork()) {
			work(&m, p);
			_exit(0);
		}
	while (wait(&status) > 0)
		bad |= status;
	return bad ? 111 : 0;
}
