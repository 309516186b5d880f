#include "pneu-conf/pneu-conf.h"

#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/allreadwrite.h>

#include "run/service.h"

static void
rows(struct all *a, struct rows *x, enum rows_kind kind)
{
	stralloc path = STRALLOC_ZERO;
	char *keep;

	if (!stralloc_cats(&path, run_path("etc/")) ||
	    !stralloc_cats(&path, x->name) || !stralloc_0(&path) ||
	    !genalloc_append(char *, &a->x.files, &path.s))
		report_nomem();
	keep = path.s;		/* a place's file: freed with the settings */
	rows_load(x, kind, &a->report, keep, 0, 0);
}

static void
load(struct all *a, const char *s, size_t n)
{
	stralloc host = STRALLOC_ZERO, hosts = STRALLOC_ZERO;
	char kernel[256];

	kernel[sizeof kernel - 1] = 0;
	if (gethostname(kernel, sizeof kernel - 1) < 0 || !kernel[0]) {
		kernel[0] = 0;
		if (!stralloc_cats(&host, "localhost"))
			report_nomem();
	}
	settings_slurp(&hosts, "/etc/hosts", SETTINGS_FILE_OCTETS);
	host_name(&host, kernel, hosts.s, hosts.len);
	if (!stralloc_0(&host))
		report_nomem();
	settings_load(&a->x, &a->report, run_path(SETTINGS), s, n, host.s);
	stralloc_free(&host);
	stralloc_free(&hosts);
	rows(a, &a->routes, ROWS_ROUTES);
	rows(a, &a->mailboxes, ROWS_MAILBOXES);
	rows(a, &a->recipients, ROWS_RECIPIENTS);
}

int
all_load(struct all *a, const char *s, size_t n)
{
	load(a, s, n);
	check_all(a);
	if (geteuid() == 0)
		check_users(a);
	allwrite(2, a->report.text.s, a->report.text.len);
	return !a->report.errors;
}

void
all_free(struct all *a)
{
	rows_free(&a->routes);
	rows_free(&a->mailboxes);
	rows_free(&a->recipients);
	settings_free(&a->x);
	stralloc_free(&a->report.text);
}
