#include "pneu-conf/pneu-conf.h"

#include <unistd.h>
#include <skalibs/djbunix.h>
#include <skalibs/allreadwrite.h>

#include "conf/slurp.h"
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
list(struct list *l, const struct all *a, enum conf_key k)
{
	l->s = a->x.canon[k].s;
	l->n = a->x.canon[k].len;
}

static void
aliases(struct all *a)
{
	struct world w = {
		.origin = settings_str(&a->x, CONF_myorigin),
		.delimiters = settings_str(&a->x, CONF_recipient_delimiter),
		.min_uid = a->x.num[CONF_min_uid], .virtual = &a->virtual
	};
	struct list maps;

	list(&maps, a, CONF_alias_maps);
	list(&w.dest, a, CONF_mydestination);
	list(&w.boxes, a, CONF_virtual_mailbox_domains);
	list(&w.aliasdomains, a, CONF_virtual_alias_domains);
	list(&w.relay, a, CONF_relay_domains);
	aliases_load(&a->aliases, &a->report, &maps, &a->x.files);
	aliases_check(&a->aliases, &w, &a->report);
}

static void
templates(struct all *a)
{
	const char *name = settings_str(&a->x, CONF_bounce_template_file);
	stralloc path = STRALLOC_ZERO, text = STRALLOC_ZERO;
	struct place p;
	int r;

	if (!*name)
		return;
	if (!stralloc_cats(&path, name[0] == '/' ? name : run_path(name)) ||
	    !stralloc_0(&path) ||
	    !genalloc_append(char *, &a->x.files, &path.s))
		report_nomem();
	r = conf_slurp(&text, path.s, TEMPLATES_FILE_OCTETS);
	if (r > 0)
		templates_scan(&a->templates, &a->report, path.s, text.s,
		    text.len);
	else {
		settings_place(&a->x, CONF_bounce_template_file, 0, &p);
		report_error(&a->report, &p, "bounce_template_file: unable "
		    "to read ", path.s);
	}
	stralloc_free(&text);
}

static void
load(struct all *a, const char *s, size_t n)
{
	stralloc host = STRALLOC_ZERO, hosts = STRALLOC_ZERO;
	char kernel[256];
	size_t i;

	kernel[sizeof kernel - 1] = 0;
	if (gethostname(kernel, sizeof kernel - 1) < 0 || !kernel[0]) {
		kernel[0] = 0;
		if (!stralloc_cats(&host, "localhost"))
			report_nomem();
	}
	conf_slurp(&hosts, "/etc/hosts", SETTINGS_FILE_OCTETS);
	host_name(&host, kernel, hosts.s, hosts.len);
	if (!stralloc_0(&host))
		report_nomem();
	settings_load(&a->x, &a->report, run_path(SETTINGS), s, n, host.s);
	stralloc_free(&host);
	stralloc_free(&hosts);
	rows(a, &a->routes, ROWS_ROUTES);
	rows(a, &a->mailboxes, ROWS_MAILBOXES);
	rows(a, &a->recipients, ROWS_RECIPIENTS);
	for (i = 0; i < ALL_MAPS; i++)
		rows(a, a->maps + i, ROWS_MAP);
	rows(a, &a->virtual, ROWS_VIRTUAL);
	rows(a, &a->bcc, ROWS_BCC);
	rows(a, &a->tls, ROWS_TLS);
	rows(a, &a->senders, ROWS_SENDERS);
	aliases(a);
	templates(a);
}

int
all_load(struct all *a, const char *s, size_t n)
{
	load(a, s, n);
	check_all(a);
	check_chains(a);
	check_logins(a);
	check_passwd(a);
	if (geteuid() == 0)
		check_users(a);
	allwrite(2, a->report.text.s, a->report.text.len);
	return !a->report.errors;
}

void
all_free(struct all *a)
{
	size_t i;

	rows_free(&a->routes);
	rows_free(&a->mailboxes);
	rows_free(&a->recipients);
	rows_free(&a->virtual);
	rows_free(&a->bcc);
	rows_free(&a->tls);
	for (i = 0; i < ALL_MAPS; i++)
		rows_free(a->maps + i);
	aliases_free(&a->aliases);
	templates_free(&a->templates);
	settings_free(&a->x);
	stralloc_free(&a->report.text);
}
