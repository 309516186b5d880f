/* whither SOCKET <ADDRESSES: ask pneu-alias where each address (one a line)
 * goes, lists taken apart, and print a line "ADDRESS: PLACE; PLACE..." with
 * the places in order of the alphabet, each once:
 *
 *	user NAME+EXT	mailbox PATH	smtp NEXTHOP (for ADDRESS)
 *	command TEXT	file PATH	never CODE	later CODE
 *
 * For tests; its uid must be one that pneu-alias answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <skalibs/stralloc.h>

#include "wire/frame.h"
#include "wire/route.h"

#define DEPTH 30
#define PLACES 500

struct places {
	char *s[PLACES];
	size_t n;
};

static void
die(const char *what)
{
	perror(what);
	exit(111);
}

static void
add(struct places *p, const char *kind, const char *a, const char *b)
{
	char s[2000];

	snprintf(s, sizeof s, "%s %s%s", kind, a, b);
	if (p->n == PLACES || !(p->s[p->n++] = strdup(s)))
		die("places");
}

static int
join(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(un.sun_path, path, sizeof un.sun_path - 1);
	if (fd < 0 || connect(fd, (struct sockaddr *)&un, sizeof un) < 0)
		die(path);
	return fd;
}

static void
send_frame(int fd, char type, const char *s)
{
	stralloc sa = STRALLOC_ZERO;

	if (!frame_put(&sa, type, 1, s, strlen(s)) ||
	    write(fd, sa.s, sa.len) != (ssize_t)sa.len)
		die("write");
	stralloc_free(&sa);
}

/* The next frame; what it points to lives in *sa until the next call. */
static struct frame
next_frame(int fd, stralloc *sa, size_t *used)
{
	struct frame f;
	ssize_t r;
	int n;

	memmove(sa->s, sa->s + *used, sa->len - *used);
	sa->len -= *used;
	*used = 0;
	while (!(n = frame_scan(&f, sa->s, sa->len))) {
		if (!stralloc_readyplus(sa, 65536))
			die("memory");
		r = read(fd, sa->s + sa->len, 65536);
		if (r <= 0)
			die("read");
		sa->len += (size_t)r;
	}
	if (n < 0)
		die("frame");
	*used = (size_t)n;
	return f;
}

static void place(struct places *p, const char *path,
    const struct route *r, const char *addr, int depth);
static void ask(struct places *p, const char *path, const char *addr,
    int depth);

static void
target(struct places *p, const char *path, const char *s, int depth)
{
	switch (*s) {
	case '\\':
	case '~': add(p, "user", s + 1, ""); break;
	case '|': add(p, "command", s + 1, ""); break;
	case '/': add(p, "file", s, ""); break;
	case '!': add(p, "never", s + 1, ""); break;
	default: ask(p, path, s, depth + 1); break;
	}
}

/* All that the list consists of. */
static void
list(struct places *p, const char *path, const char *addr, int depth)
{
	stralloc sa = STRALLOC_ZERO;
	size_t used = 0, before = p->n;
	int fd = join(path);
	struct frame f;
	struct route r;
	char *s;

	if (depth > DEPTH) {
		add(p, "never", "too deep", "");
		close(fd);
		return;
	}
	if (!stralloc_ready(&sa, 1))
		die("memory");
	send_frame(fd, 'X', addr);
	while ((f = next_frame(fd, &sa, &used)).type == 'T') {
		if (!(s = strndup(f.s, f.n)))
			die("memory");
		target(p, path, s, depth);
		free(s);
	}
	close(fd);
	if (f.type != 'R' || route_scan(&r, f.s, f.n) < 0)
		die("answer");
	if (r.kind != ROUTE_LIST) {	/* what came before is void */
		p->n = before;
		place(p, path, &r, addr, depth);
	}
	stralloc_free(&sa);
}

static void
place(struct places *p, const char *path, const struct route *r,
    const char *addr, int depth)
{
	const char *plus = r->kind == ROUTE_USER && *r->ext ? "+" : "";
	char s[600];

	if (r->target) {
		target(p, path, r->target, depth);
		return;
	}
	switch (r->kind) {
	case ROUTE_LIST: list(p, path, addr, depth); break;
	case ROUTE_USER:
		snprintf(s, sizeof s, "%s%s", plus, r->ext);
		add(p, "user", r->user, s);
		break;
	case ROUTE_MAILBOX: add(p, "mailbox", r->mailbox, ""); break;
	case ROUTE_SMTP:
		snprintf(s, sizeof s, " (for %s)", r->addr ? r->addr : addr);
		add(p, "smtp", r->to, s);
		break;
	default:
		add(p, r->verdict.kind == VERDICT_LATER ? "later" : "never",
		    r->verdict.code, "");
	}
}

static void
ask(struct places *p, const char *path, const char *addr, int depth)
{
	stralloc sa = STRALLOC_ZERO;
	size_t used = 0;
	int fd = join(path);
	struct frame f;
	struct route r;

	if (!stralloc_ready(&sa, 1))
		die("memory");
	send_frame(fd, 'Q', addr);
	f = next_frame(fd, &sa, &used);
	close(fd);
	if (f.type != 'R' || route_scan(&r, f.s, f.n) < 0)
		die("answer");
	place(p, path, &r, addr, depth);
	stralloc_free(&sa);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
print(const char *addr, struct places *p)
{
	size_t i;

	qsort(p->s, p->n, sizeof *p->s, compare);
	printf("%s:", addr);
	for (i = 0; i < p->n; i++)
		if (!i || strcmp(p->s[i], p->s[i - 1]))
			printf("%s %s", i ? ";" : "", p->s[i]);
	putchar('\n');
	for (i = 0; i < p->n; i++)
		free(p->s[i]);
	p->n = 0;
}

int
main(int argc, char **argv)
{
	static struct places p;
	char line[1000];

	if (argc != 2) {
		fputs("usage: whither SOCKET <ADDRESSES\n", stderr);
		return 100;
	}
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (!*line)
			continue;
		ask(&p, argv[1], line, 0);
		print(line, &p);
	}
	return fflush(stdout) ? 111 : 0;
}
