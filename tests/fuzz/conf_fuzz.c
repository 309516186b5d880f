/* pneu.conf and the tables beside it, as an admin or a tool may write them.
 * The first octet says which; no file is opened. */

#include <skalibs/nonposix.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pneu-conf/pneu-conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
expect(int cond)
{
	if (!cond)
		abort();
}

static void
settings(const char *s, size_t n)
{
	struct all a = ALL_ZERO;
	int k;

	if (memmem(s, n, "include", 7))	/* would read files */
		return;
	settings_load(&a.x, &a.report, "fuzz", s, n, "host.test");
	check_all(&a);
	for (k = 0; k < CONF_N; k++)
		if (conf_settings[k].type != CONF_LIST)
			expect(a.x.canon[k].len > 0);
	settings_free(&a.x);
	stralloc_free(&a.report.text);
}

static void
table(enum rows_kind kind, const char *s, size_t n)
{
	struct rows x = ROWS_ZERO("fuzz");
	struct report r = REPORT_ZERO;
	const struct row *row;
	size_t i;

	rows_load(&x, kind, &r, "fuzz", s, n);
	row = genalloc_s(struct row, &x.r);
	for (i = 0; i < genalloc_len(struct row, &x.r); i++)
		expect(rows_find(&x, x.s.s + row[i].key, row[i].keylen) ==
		    row + i);
	rows_free(&x);
	stralloc_free(&r.text);
}

/* What is set is found, and what is unset is not. */
static void
change(const char *s, size_t n)
{
	stralloc once = STRALLOC_ZERO, twice = STRALLOC_ZERO;
	struct all a = ALL_ZERO;

	if (memmem(s, n, "include", 7))
		return;
	set_text(&once, s, n, "myorigin", "set.test");
	settings_load(&a.x, &a.report, "fuzz", once.s, once.len, "h.test");
	expect(!strcmp(settings_str(&a.x, CONF_myorigin), "set.test"));
	settings_free(&a.x);
	a.report.text.len = 0;
	while (set_text(&twice, once.s, once.len, "myorigin", 0)) {
		stralloc swap = once;

		expect(twice.len < once.len);
		once = twice;
		twice = swap;
		twice.len = 0;
	}
	settings_load(&a.x, &a.report, "fuzz", twice.s, twice.len, "h.test");
	expect(!a.x.given[CONF_myorigin].file);
	settings_free(&a.x);
	stralloc_free(&a.report.text);
	stralloc_free(&once);
	stralloc_free(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	stralloc host = STRALLOC_ZERO;
	const char *s = (const char *)data + 1;

	if (!n--)
		return 0;
	switch (data[0] % 6) {
	case 0:
		settings(s, n);
		break;
	case 1:
		table(ROWS_ROUTES, s, n);
		break;
	case 2:
		table(ROWS_MAILBOXES, s, n);
		break;
	case 3:
		table(ROWS_RECIPIENTS, s, n);
		break;
	case 4:
		change(s, n);
		break;
	default:
		host_name(&host, "fuzz", s, n);
		stralloc_free(&host);
	}
	return 0;
}
