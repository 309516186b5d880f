#include "wire/verdict.h"

#include <string.h>

#include "tap.h"

static void
test_scan(void)
{
	static const char *const *s, *const good[] = {
		"D 2.0.0 0 ", "L 4.999.999 999999999 x", "N 5.1.1 0 a  b ", 0
	}, *const bad[] = {
		"", "D", "D ", "D 2.0.0", "D 2.0.0 0", "D 2.0.0 x ",
		"D 2.0.0  x", "X 2.0.0 0 ", "D 4.0.0 0 ", "L 5.0.0 0 ",
		"N 4.0.0 0 ", "D 2.0 0 ", "D 2.0.0.0 0 ", "D 2.1234.0 0 ",
		"D 2..0 0 ", "D 2.0. 0 ", "D  2.0.0 0 ", "d 2.0.0 0 ",
		"L 4.0.0 1234567890 ", "L 4.0.0 -1 ", "D 22.0.0 0 ", 0
	};
	char big[32 + VERDICT_TEXT_OCTETS];
	struct verdict v;

	for (s = good; *s; s++)
		ok(verdict_scan(&v, *s, strlen(*s)) == 1, "good: %s", *s);
	ok(v.kind == 'N' && !strcmp(v.code, "5.1.1") && !v.seconds &&
	    v.textlen == 5 && !memcmp(v.text, "a  b ", 5), "its parts");
	for (s = bad; *s; s++)
		ok(verdict_scan(&v, *s, strlen(*s)) == -1, "bad: '%s'", *s);
	memset(big, 'x', sizeof big);
	memcpy(big, "D 2.0.0 0 ", 10);
	ok(verdict_scan(&v, big, 10 + VERDICT_TEXT_OCTETS) == 1 &&
	    verdict_scan(&v, big, 11 + VERDICT_TEXT_OCTETS) == -1,
	    "%d octets of text", VERDICT_TEXT_OCTETS);
}

static void
test_put(void)
{
	stralloc sa = STRALLOC_ZERO;
	char big[1000];
	struct verdict v;

	verdict_set(&v, VERDICT_LATER, "4.4.1", 90,
	    "a\tb\r\nc\033d\177e\303\244f");
	ok(verdict_put(&sa, &v) && sa.len == 24 &&
	    !memcmp(sa.s, "L 4.4.1 90 a b  c?d?e??f", 24), "ASCII");
	ok(verdict_scan(&v, sa.s, sa.len) == 1 && v.seconds == 90,
	    "scanned back");
	memset(big, 'y', sizeof big);
	verdict_set(&v, VERDICT_NEVER, "5.999.999", UINT32_MAX, "");
	v.text = big;
	v.textlen = sizeof big;
	sa.len = 0;
	ok(verdict_put(&sa, &v) && verdict_scan(&v, sa.s, sa.len) == 1 &&
	    v.textlen == VERDICT_TEXT_OCTETS && v.seconds == 999999999,
	    "cut to its limits");
	verdict_set(&v, VERDICT_NEVER, "5.1.1234567890", 0, "x");
	ok(strlen(v.code) == VERDICT_CODE_OCTETS, "a code that is too long");
	stralloc_free(&sa);
}

int
main(void)
{
	test_scan();
	test_put();
	return tap_end();
}
