#include "wire/field.h"

#include <string.h>

#include "tap.h"

/* Parse text as one line. Returns what field_scan says. */
static char line[300];

static int
scan(struct field *f, const char *text, size_t n)
{
	memcpy(line, text, n);
	return field_scan(f, line, n);
}

#define SCAN(f, text) scan(f, text, sizeof text - 1)

static void
test_bad(void)
{
	static const char *const *s, *const bad[] = {
		"=x\n", "x\n", "\n", "A=x\n", "a b=x\n", "a.b=x\n",
		"a=%\n", "a=%4\n", "a=%4g\n", "a=%4a\n", "a=%g4\n", "a=%%\n",
		"abcdefghijabcdefghijabcdefghijabc=33\n", 0
	};
	struct field f;

	for (s = bad; *s; s++)
		ok(scan(&f, *s, strlen(*s)) == -1, "malformed: %.*s",
		    (int)strlen(*s) - 1, *s);
	ok(SCAN(&f, "a=b") == 0 && SCAN(&f, "") == 0 && SCAN(&f, "=") == 0,
	    "without a newline there may be more");
	ok(SCAN(&f, "abcdefghijabcdefghijabcdefghijab=\n") == 34,
	    "a name of %d octets", FIELD_NAME_OCTETS);
}

static void
test_round(void)
{
	stralloc sa = STRALLOC_ZERO;
	char all[256];
	struct field f;
	int i;

	for (i = 0; i < 256; i++)
		all[i] = (char)i;
	ok(field_put(&sa, "x-1_y", all, 256), "put every octet");
	ok(!memchr(sa.s, 0, sa.len) &&
	    memchr(sa.s, '\n', sa.len) == sa.s + sa.len - 1,
	    "which is one line without NUL");
	ok(field_scan(&f, sa.s, sa.len) == (int)sa.len && f.valuelen == 256 &&
	    !memcmp(f.value, all, 256) && !f.value[256], "scan it back");
	ok(field_is(&f, "x-1_y") && !field_is(&f, "x-1_") &&
	    !field_is(&f, "x-1_yy"), "its name");
	sa.len = 0;
	ok(field_puts(&sa, "a", "") && field_puts(&sa, "b", "1=2%") &&
	    field_putu(&sa, "c", UINT64_MAX) && sa.len == 35 &&
	    !memcmp(sa.s, "a=\nb=1=2%25\nc=18446744073709551615\n", sa.len),
	    "as text");
	stralloc_free(&sa);
}

static void
test_number(void)
{
	struct field f;
	uint64_t u;

	ok(SCAN(&f, "n=18446744073709551615\n") > 0 && field_uint(&f, &u) &&
	    u == UINT64_MAX, "the largest number");
	ok(SCAN(&f, "n=18446744073709551616\n") > 0 && !field_uint(&f, &u),
	    "one more is none");
	ok(SCAN(&f, "n=0\n") > 0 && field_uint(&f, &u) && !u, "0");
	ok(SCAN(&f, "n=\n") > 0 && !field_uint(&f, &u), "empty");
	ok(SCAN(&f, "n=-1\n") > 0 && !field_uint(&f, &u), "a minus");
	ok(SCAN(&f, "n=1 \n") > 0 && !field_uint(&f, &u), "a space");
	ok(SCAN(&f, "n=1%00\n") > 0 && !field_uint(&f, &u), "a NUL");
}

int
main(void)
{
	test_bad();
	test_round();
	test_number();
	return tap_end();
}
