/* libFuzzer entry: etc/sasl_passwd. What must hold: rows are sorted, each
 * with a key in lower case, a user and a password that lie within the text;
 * what is wrong is told of once for each row left out, on a line that is
 * there; every key is found, by its own name. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "logins/logins.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct told {
	unsigned int lines;
	int wrong;
};

static void
tell(void *arg, unsigned int line, unsigned int col, int warn,
    const char *what)
{
	struct told *t = arg;

	if (!line || line > t->lines || !col || !*what)
		abort();
	t->wrong += !warn;
}

static void
within(const struct logins *x, const char *s)
{
	if (s < x->text.s || s + strlen(s) > x->text.s + x->text.len || !*s)
		abort();
}

static void
look(const struct logins *x, size_t i)
{
	const struct logins_row *r =
	    genalloc_s(struct logins_row, &x->rows) + i;
	const char *s;

	within(x, r->key);
	within(x, r->user);
	within(x, r->pass);
	for (s = r->key; *s; s++)
		if ((*s >= 'A' && *s <= 'Z') || strchr(" \t\r\n", *s))
			abort();
	if (strchr(r->user, ':') || strpbrk(r->pass, "\r\n") ||
	    (i && strcmp(r[-1].key, r->key) >= 0))
		abort();
	if (strchr(r->key, '@') ? r->key[0] != '@' &&
	    logins_sender(x, r->key, "+-") != r :
	    logins_host(x, r->key, "none") != r)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct logins x = LOGINS_ZERO;
	struct told t = { 1, 0 };
	size_t i;
	int r;

	if (!stralloc_copyb(&x.text, (const char *)data, n))
		return 0;
	for (i = 0; i < n; i++)
		t.lines += data[i] == '\n';
	r = logins_scan(&x, tell, &t);
	if (r != t.wrong)
		abort();
	for (i = 0; i < genalloc_len(struct logins_row, &x.rows); i++)
		look(&x, i);
	logins_sender(&x, "someone+else@example.org", "+-");
	logins_free(&x);
	return 0;
}
