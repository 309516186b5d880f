#include "pneu-conf/report.h"

#include <stdarg.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

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
