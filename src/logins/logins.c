#include "logins/logins.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <skalibs/bytestr.h>

#define ADDRESS_OCTETS 1000	/* of a sender: wire/envelope.h */

static int
isblank_(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The length of the line s[0..n), with its newline. *empty: it says
 * nothing. */
static size_t
line_octets(const char *s, size_t n, int *empty)
{
	const char *nl = memchr(s, '\n', n);
	size_t len = nl ? (size_t)(nl - s) : n, i;

	for (i = 0; i < len && isblank_(s[i]); i++)
		;
	*empty = i == len || s[i] == '#';
	return len + (nl != 0);
}

/* The row at s[0..n): its line, and those that go on with it up to the last
 * that says something. Returns its octets; *lines has how many it is. */
static size_t
row_octets(const char *s, size_t n, unsigned int *lines)
{
	size_t used, len, end;
	unsigned int i = 1;
	int empty;

	*lines = 1;
	used = end = line_octets(s, n, &empty);
	while (used < n) {
		len = line_octets(s + used, n - used, &empty);
		if (!empty && !isblank_(s[used]))
			break;
		used += len;
		i++;
		if (!empty) {
			end = used;
			*lines = i;
		}
	}
	return end;
}

/* Where something is. */
static void
tell_at(logins_tell *tell, void *arg, unsigned int line, const char *s,
    size_t at, const char *what)
{
	const char *begin = s, *nl;

	while ((nl = memchr(begin, '\n', (size_t)(s + at - begin)))) {
		begin = nl + 1;
		line++;
	}
	tell(arg, line, (unsigned int)(s + at - begin) + 1, 0, what);
}

/* The row in s[0..n), behind which there is room for a NUL. Comments between
 * its lines are not looked for in a password, which has one line. 1 taken, 0
 * it is wrong, -1 ENOMEM. */
static int
take(struct logins *x, char *s, size_t n, unsigned int line,
    logins_tell *tell, void *arg)
{
	struct logins_row row = { .line = line };
	struct logins_words w;
	const char *why;
	size_t at;

	if ((why = logins_words(&w, s, n, &at))) {
		tell_at(tell, arg, line, s, at, why);
		return 0;
	}
	case_lowerb(s + w.key, w.keylen);
	row.key = s + w.key;
	row.user = s + w.user;
	row.pass = s + w.pass;
	s[w.key + w.keylen] = s[w.user + w.userlen] =
	    s[w.pass + w.passlen] = 0;
	x->senders |= strchr(row.key, '@') != 0;
	return genalloc_append(struct logins_row, &x->rows, &row) ? 1 : -1;
}

static int
by_key(const void *a, const void *b)
{
	const struct logins_row *x = a, *y = b;
	int r = strcmp(x->key, y->key);

	return r ? r : x->line < y->line ? -1 : x->line > y->line;
}

static void
sort(struct logins *x, logins_tell *tell, void *arg)
{
	struct logins_row *p = genalloc_s(struct logins_row, &x->rows);
	size_t n = genalloc_len(struct logins_row, &x->rows), i, w = 0;

	if (n)
		qsort(p, n, sizeof *p, by_key);
	for (i = 0; i < n; i++) {
		if (w && !strcmp(p[w - 1].key, p[i].key))
			tell(arg, p[i].line, 1, 1, "this key is there before; "
			    "that one counts");
		else
			p[w++] = p[i];
	}
	genalloc_setlen(struct logins_row, &x->rows, w);
}

int
logins_scan(struct logins *x, logins_tell *tell, void *arg)
{
	unsigned int line = 1, lines;
	size_t at, n, used;
	int wrong = 0, r, empty;

	genalloc_setlen(struct logins_row, &x->rows, 0);
	x->senders = 0;
	n = x->text.len;
	if (!stralloc_0(&x->text))
		return -1;
	x->text.len = n;
	for (at = 0; at < n; at += used, line += lines) {
		used = line_octets(x->text.s + at, n - at, &empty);
		lines = 1;
		if (empty)
			continue;
		used = row_octets(x->text.s + at, n - at, &lines);
		r = take(x, x->text.s + at, used, line, tell, arg);
		if (r < 0)
			return -1;
		wrong += !r;
	}
	sort(x, tell, arg);
	return wrong;
}

void
logins_free(struct logins *x)
{
	if (x->text.a)
		byte_zzero(x->text.s, x->text.a);
	stralloc_free(&x->text);
	genalloc_free(struct logins_row, &x->rows);
	x->senders = 0;
}

static const struct logins_row *
find(const struct logins *x, const char *key)
{
	const struct logins_row *p = genalloc_s(struct logins_row, &x->rows);
	size_t lo = 0, hi = genalloc_len(struct logins_row, &x->rows), mid;
	int c;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		c = strcmp(key, p[mid].key);
		if (!c)
			return p + mid;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return 0;
}

const struct logins_row *
logins_sender(const struct logins *x, const char *sender,
    const char *delimiters)
{
	char s[ADDRESS_OCTETS + 1];
	const struct logins_row *r;
	size_t n = strlen(sender), at, ext;
	char *p;

	if (!x->senders || !n || n >= sizeof s)
		return 0;
	memcpy(s, sender, n + 1);
	case_lowerb(s, n);
	p = strrchr(s, '@');
	if (!p || (r = find(x, s)))
		return p ? r : 0;
	at = (size_t)(p - s);
	ext = 1 + strcspn(s + 1, delimiters);
	if (ext < at) {
		memmove(s + ext, s + at, n - at + 1);
		if ((r = find(x, s)))
			return r;
		at = ext;
	}
	return find(x, s + at);
}

const struct logins_row *
logins_host(const struct logins *x, const char *host, const char *nexthop)
{
	const struct logins_row *r = find(x, host);

	return r ? r : find(x, nexthop);
}

const char *
logins_guard(mode_t mode, gid_t owner, gid_t ours)
{
	if (mode & (S_IRWXO | S_IWGRP))
		return "who has no business with the passwords in it can read "
		    "or change it: expected mode 0640, owner root, group pneur";
	if (mode & S_IRGRP && owner != ours)
		return "its group can read the passwords in it, and is not "
		    "pneur: expected mode 0640, owner root, group pneur";
	return 0;
}
