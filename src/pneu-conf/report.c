#include "pneu-conf/report.h"

#include <stdarg.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "mail/address.h"
#include "mail/utf8.h"

void
report_nomem(void)
{
	strerr_dief(111, "out of memory");
}

static void
cats(stralloc *sa, const char *s)
{
	if (!stralloc_cats(sa, s))
		report_nomem();
}

static void
catu(stralloc *sa, unsigned int u)
{
	char fmt[UINT_FMT];

	if (!stralloc_catb(sa, fmt, uint_fmt(fmt, u)))
		report_nomem();
}

void
report_where(stralloc *sa, const struct place *p)
{
	cats(sa, p->file ? p->file : "its default");
	if (p->file && p->line) {
		cats(sa, ":");
		catu(sa, p->line);
	}
}

void
report_add(struct report *r, int warning, const struct place *p, ...)
{
	const char *s;
	va_list ap;

	if (p->file) {
		report_where(&r->text, p);
		if (p->line && p->col) {
			cats(&r->text, ":");
			catu(&r->text, p->col);
		}
		cats(&r->text, ": ");
	}
	if (warning) {
		cats(&r->text, "warning: ");
		r->warnings++;
	} else
		r->errors++;
	va_start(ap, p);
	while ((s = va_arg(ap, const char *)))
		cats(&r->text, s);
	va_end(ap);
	cats(&r->text, "\n");
}

static int
isofname(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.' ||
	    (unsigned char)c > 127;
}

void
report_alabels(stralloc *sa, const char *s, size_t n)
{
	stralloc name = STRALLOC_ZERO;
	size_t i, from, dot;

	for (i = 0; i < n; i++) {
		for (from = i; i < n && isofname(s[i]); i++)
			;
		/* what stands before an @ is no domain */
		if ((i < n && s[i] == '@') || !utf8_has(s + from, i - from))
			continue;
		dot = s[from] == '.';
		name.len = 0;
		if (utf8_domain(&name, s + from + dot, i - from - dot) > 0 &&
		    address_isdomain(name.s, name.len)) {
			cats(sa, "; as A-labels: ");
			if (!stralloc_catb(sa, ".", dot) ||
			    !stralloc_cat(sa, &name))
				report_nomem();
			break;
		}
	}
	stralloc_free(&name);
}
