#include "deliver/delivered.h"

#include <string.h>
#include <skalibs/stralloc.h>

#include "tap.h"

/* The values found in a header that comes in parts of n octets, each with a
 * '|' behind it. */
static const char *
values(const char *s, size_t len, size_t n)
{
	static char out[4096];
	struct delivered d;
	size_t at, left;
	const char *p;
	int r;

	out[0] = 0;
	delivered_init(&d);
	for (at = 0; at < len; at += n) {
		p = s + at;
		left = len - at < n ? len - at : n;
		while ((r = delivered_next(&d, &p, &left)) > 0)
			strcat(strcat(out, d.value), "|");
		if (r < 0)
			return out;
	}
	if (delivered_end(&d))
		strcat(strcat(out, d.value), "|");
	return out;
}

static const struct {
	const char *what, *s, *want;
} cases[] = {
	{ "empty", "", "" },
	{ "no header", "\nDelivered-To: a@b\n", "" },
	{ "one", "Delivered-To: a@b\n\n", "a@b|" },
	{ "case", "dElIvErEd-tO: A@b\n\n", "A@b|" },
	{ "no space", "Delivered-To:a@b\n\n", "a@b|" },
	{ "space before the colon", "Delivered-To \t: a@b\n\n", "a@b|" },
	{ "space behind", "Delivered-To: a@b \t \n\n", "a@b|" },
	{ "within", "X: y\nDelivered-To: a@b\nZ: w\n\n", "a@b|" },
	{ "two", "Delivered-To: a@b\nDelivered-To: c@d\n\n", "a@b|c@d|" },
	{ "folded", "Delivered-To:\n a@b\n\n", "a@b|" },
	{ "folded twice", "Delivered-To:\n\t\n a@b\n\n", "a@b|" },
	{ "in the body", "X: y\n\nDelivered-To: a@b\n", "" },
	{ "in a value", "X: Delivered-To: a@b\n\n", "" },
	{ "in a folded line", "X: y\n Delivered-To: a@b\n\n", "" },
	{ "longer name", "Delivered-Too: a@b\n\n", "" },
	{ "shorter name", "Delivered-T: a@b\n\n", "" },
	{ "with a prefix", "X-Delivered-To: a@b\n\n", "" },
	{ "no colon", "Delivered-To\nDelivered-To: a@b\n\n", "a@b|" },
	{ "words before the colon", "Delivered-To x: a@b\n\n", "" },
	{ "cut short", "Delivered-To: a@b", "a@b|" },
	{ "cut short behind the line", "Delivered-To: a@b\n", "a@b|" },
	{ "cut short in the name", "Delivered-", "" },
	{ "no value", "Delivered-To:\n\n", "|" },
	{ "D alone", "D\nd\nDelivered-To: a@b\n\n", "a@b|" },
};

static void
lengths(void)
{
	stralloc sa = STRALLOC_ZERO;
	size_t n;

	for (n = ENVELOPE_ADDRESS_OCTETS - 1; n <= ENVELOPE_ADDRESS_OCTETS + 1;
	    n++) {
		sa.len = 0;
		stralloc_cats(&sa, "Delivered-To: ");
		stralloc_readyplus(&sa, n);
		memset(sa.s + sa.len, 'a', n);
		sa.len += n;
		stralloc_cats(&sa, "\nDelivered-To: x\n\n");
		if (n <= ENVELOPE_ADDRESS_OCTETS)
			ok(strlen(values(sa.s, sa.len, sa.len)) == n + 3,
			    "%zu octets", n);
		else
			ok(!strcmp(values(sa.s, sa.len, sa.len), "|x|"),
			    "%zu octets are too many", n);
	}
	stralloc_free(&sa);
}

int
main(void)
{
	size_t i, n;

	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t len = strlen(cases[i].s);
		int same = 1;

		ok(!strcmp(values(cases[i].s, len, len + 1), cases[i].want),
		    "%s", cases[i].what);
		for (n = 1; n < len; n++)
			same &= !strcmp(values(cases[i].s, len, n),
			    cases[i].want);
		ok(same, "%s: in parts of any length", cases[i].what);
	}
	lengths();
	return tap_end();
}
