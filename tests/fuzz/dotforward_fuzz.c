/* libFuzzer entry: a user's forwarding file, by the rules that the first
 * octet says. What must hold: what is taken for a target fits the wire and is
 * one of the forms of wire/route.h; the list is within its limits; a file
 * that is made of its targets says the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dotforward/environment.h"
#include "dotforward/list.h"
#include "dotforward/path.h"
#include "wire/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct list_self self = { "joe", "joe+a@x.test" };

/* The file includes itself. */
struct file {
	const char *s;
	size_t n;
};

static int
read_it(void *x, const char *path, stralloc *sa, stralloc *why)
{
	const struct file *f = x;

	(void)path;
	(void)why;
	return sa->len + f->n < 5000 && stralloc_catb(sa, f->s, f->n) ? 1 : 0;
}

static void
check(const struct list *l)
{
	const char *t = 0;
	size_t n = 0;

	for (; (t = list_next(l, t)); n++)
		if (!*t || strlen(t) > TARGET_OCTETS || strpbrk(t, "\n\r") ||
		    !strncmp(t, ":include:", 9))
			abort();
	if (n != l->n || l->s.len > LIST_OCTETS)
		abort();
}

/* Written again: quotes around all but addresses and mailboxes. (Quoted local
 * parts may look like something else, and are left out.) */
static void
again(const struct list *l)
{
	struct list m = LIST_ZERO;
	stralloc sa = STRALLOC_ZERO;
	const char *t = 0, *s;

	while ((t = list_next(l, t)))
		if (*t == '"')
			return;
	stralloc_append(&sa, ',');	/* a # is no comment then */
	while ((t = list_next(l, t))) {
		int special = *t == '|' || *t == '/' || !strncmp(t, "./", 2);

		if (!special) {
			stralloc_cats(&sa, t);
			stralloc_append(&sa, ',');
			continue;
		}
		stralloc_append(&sa, '"');
		for (s = t; *s; s++) {
			if (*s == '"' || *s == '\\')
				stralloc_append(&sa, '\\');
			stralloc_append(&sa, *s);
		}
		stralloc_cats(&sa, "\",");
	}
	if (list_scan(&m, "f", sa.s, sa.len, &self, read_it, 0) != 1 ||
	    m.n != l->n || m.s.len != l->s.len ||
	    (m.s.len && memcmp(m.s.s, l->s.s, m.s.len)))
		abort();
	stralloc_free(&sa);
	list_free(&m);
}

static void
other(const char *s, size_t n)
{
	struct path_names v = { "joe", "/home/joe", "/bin/sh", s, s, "+" };
	struct environment e = { .home = "/", .user = "joe", .sender = s,
	    .recipient = s, .ext = s, .def = s };
	stralloc sa = STRALLOC_ZERO;
	const char *def;
	unsigned int i;

	if (path_expand(&sa, s, n, &v, 0) >= 0 && sa.s[sa.len - 1])
		abort();
	for (i = 0; sa.len = 0, path_qmail(&sa, "/q", 2, s, i, &def) > 0; i++)
		if (strlen(sa.s) + 1 != sa.len || strchr(sa.s + 1, '/'))
			abort();
	sa.len = 0;
	if (environment_put(&sa, &e) < 20 || sa.s[sa.len - 1] ||
	    memchr(sa.s, '`', sa.len) || memchr(sa.s, '$', sa.len))
		abort();
	stralloc_free(&sa);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct list l = LIST_ZERO;
	struct file f;
	char *s;
	int r, how;

	if (!n)
		return 0;
	how = data[0] % 4;
	s = malloc(n);
	memcpy(s, data + 1, n - 1);
	s[n - 1] = 0;
	f.s = s;
	f.n = n - 1;
	if (how == 3)
		other(s, strlen(s));
	else {
		r = how ? list_scanqmail(&l, "f", s, n - 1, how == 2) :
		    list_scan(&l, "f", s, n - 1, &self, read_it, &f);
		if (!r && (!l.why.len || l.why.s[l.why.len - 1]))
			abort();
		if (r > 0)
			check(&l);
		if (r > 0 && !how)
			again(&l);
	}
	list_free(&l);
	free(s);
	return 0;
}
