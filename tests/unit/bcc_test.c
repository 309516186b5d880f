#include "pneu-queue/bcc.h"

#include <errno.h>
#include <string.h>

#include "tap.h"
#include "wire/route.h"

/* Who gets a copy: table and envelope in, envelope out. */

static const struct {
	const char *table, *key, *v;
} rows[] = {
	{ BCC_ALWAYS, "", "archive@a.test" },
	{ BCC_SENDER, "boss@a.test", "watch@b.test\narchive@a.test" },
	{ BCC_SENDER, "@c.test", "legal@c.test" },
	{ BCC_RECIPIENT, "sue@a.test", "sue2@b.test" },
	{ BCC_RECIPIENT, "root", "admin" },
};
static int broken;

static int
lookup(void *x, const char *table, const char *key, size_t keylen,
    const char **v, size_t *n)
{
	size_t i;

	(void)x;
	if (broken)
		return (errno = EIO, -1);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (!strcmp(rows[i].table, table) &&
		    strlen(rows[i].key) == keylen &&
		    !memcmp(rows[i].key, key, keylen)) {
			*v = rows[i].v;
			*n = strlen(*v);
			return 1;
		}
	return 0;
}

static char
domain(void *x, const char *s, size_t n)
{
	(void)x;
	return n == 6 && !memcmp(s, "a.test", n) ? ROUTE_LOCAL : ROUTE_OTHER;
}

static struct bcc b = {
	.facts = { .origin = "a.test", .delimiters = "+", .domain = domain,
	    .lookup = lookup },
	.has = 1, .text = STRALLOC_ZERO, .all = GENALLOC_ZERO
};

/* The recipients that are added, in their order, divided by spaces. */
static const char *
added(const char *sender, const char *rcpts, const char *parent)
{
	static char text[500], out[1000];
	struct envelope e = ENVELOPE_ZERO;
	char *p;
	size_t i, n;

	strcpy(text, rcpts);
	for (p = strtok(text, " "); p; p = strtok(0, " "))
		envelope_add(&e, p);
	n = envelope_nrcpts(&e);
	e.sender = sender;
	e.parent = parent;
	out[0] = 0;
	if (bcc_add(&b, &e) < 0)
		strcpy(out, "error");
	for (i = n; i < envelope_nrcpts(&e); i++) {
		if (!envelope_rcpt(&e, i)->notify ||
		    strcmp(envelope_rcpt(&e, i)->notify, "NEVER"))
			strcat(out, "!");
		strcat(strcat(out, out[0] ? " " : ""),
		    envelope_rcpt(&e, i)->addr);
	}
	envelope_free(&e);
	return out;
}

static void
copy(const char *what, const char *sender, const char *rcpts,
    const char *parent, const char *want)
{
	const char *got = added(sender, rcpts, parent);

	ok(!strcmp(got, want), "%s: %s", what, got);
}

static void
full(void)
{
	struct envelope e = ENVELOPE_ZERO;
	size_t i;

	for (i = 0; i < ENVELOPE_RCPTS; i++)
		envelope_add(&e, "x@y.test");
	e.sender = "";
	ok(bcc_add(&b, &e) < 0 && errno == E2BIG, "too many recipients");
	ok(envelope_nrcpts(&e) == ENVELOPE_RCPTS, "which are as they were");
	envelope_free(&e);
}

int
main(void)
{
	copy("always", "x@y.test", "z@y.test", 0, "archive@a.test");
	copy("null sender", "", "z@y.test", 0, "archive@a.test");
	copy("he is a recipient", "x@y.test", "Archive@A.test", 0, "");
	copy("by sender, each once", "boss@a.test", "z@y.test", 0,
	    "archive@a.test watch@b.test");
	copy("with an extension", "Boss+x@A.test", "z@y.test", 0,
	    "archive@a.test watch@b.test");
	copy("by the sender's domain", "x@C.test", "z@y.test", 0,
	    "archive@a.test legal@c.test");
	copy("by recipient", "x@y.test", "z@y.test sue@a.test sue+1@a.test",
	    0, "archive@a.test sue2@b.test");
	copy("a bare key is for our domain", "x@y.test", "root@a.test", 0,
	    "admin@a.test archive@a.test");
	copy("and for no other", "x@y.test", "root@y.test", 0,
	    "archive@a.test");
	copy("none of a successor", "boss@a.test", "sue@a.test",
	    "0642E1B3F5C09A0001", "");
	copy("a sender that is no address", "..@", "z@y.test", 0,
	    "archive@a.test");
	full();
	broken = 1;
	copy("a table that cannot be read", "x@y.test", "z@y.test", 0,
	    "error");
	b.has = 0;
	copy("nothing is asked without a row", "x@y.test", "z@y.test", 0, "");
	return tap_end();
}
