#include "pneu-conf/check.h"

#include <string.h>
#include <strings.h>

#include "conf/listen.h"
#include "mail/address.h"

/* Settings that do not fit together, and tables that do not fit them. */

/* Is s an item of list k? Its number from 1, or 0. */
static size_t
has(const struct all *a, enum conf_key k, const char *s, size_t n)
{
	const stralloc *canon = a->x.canon + k;
	size_t i, at, len;

	for (i = 1, at = 0; at < canon->len; i++, at += len + 1) {
		len = strlen(canon->s + at);
		if (len == n && !strncasecmp(canon->s + at, s, n))
			return i;
	}
	return 0;
}

/* Is the domain, or one above it as ".parent", in list k? */
static int
covers(const struct all *a, enum conf_key k, const char *s, size_t n)
{
	size_t i;

	if (has(a, k, s, n))
		return 1;
	for (i = 1; i < n; i++)
		if (s[i] == '.' && has(a, k, s + i, n - i))
			return 1;
	return 0;
}

/* Where item number i of list k stands. */
static void
place_item(const struct all *a, enum conf_key k, size_t i, struct place *p)
{
	stralloc item = STRALLOC_ZERO;
	size_t pos = 0, off = 0;

	while (i && settings_item(&a->x, k, &pos, &item, &off))
		i--;
	settings_place(&a->x, k, off, p);
	stralloc_free(&item);
}

/* A domain has one way to go. Where mail for it would go depends on which
 * list is asked first, so that is for the admin to say. */
static void
check_both(struct all *a, enum conf_key k, enum conf_key other, int warn)
{
	stralloc item = STRALLOC_ZERO, where = STRALLOC_ZERO;
	size_t pos = 0, off, i;
	struct place p, q;

	while (settings_item(&a->x, k, &pos, &item, &off)) {
		if (!(i = has(a, other, item.s, item.len)))
			continue;
		settings_place(&a->x, k, off, &p);
		place_item(a, other, i, &q);
		where.len = 0;
		report_where(&where, &q);
		if (!stralloc_0(&where))
			report_nomem();
		report_add(&a->report, warn, &p, item.s, " is in both ",
		    conf_settings[k].name, " and ", conf_settings[other].name,
		    " (", where.s, ")", (const char *)0);
	}
	stralloc_free(&item);
	stralloc_free(&where);
}

/* An item of list k that stands there twice. */
static void
check_twice(struct all *a, enum conf_key k)
{
	stralloc item = STRALLOC_ZERO;
	size_t pos = 0, off, i;
	struct place p;

	for (i = 1; settings_item(&a->x, k, &pos, &item, &off); i++) {
		if (has(a, k, item.s, item.len) == i)
			continue;
		settings_place(&a->x, k, off, &p);
		if (!stralloc_0(&item))
			report_nomem();
		report_error(&a->report, &p, conf_settings[k].name, ": ",
		    item.s, " is there twice");
	}
	stralloc_free(&item);
}

/* k may not be more than other. Told where it is said. */
static void
check_order(struct all *a, enum conf_key k, enum conf_key other)
{
	stralloc u = STRALLOC_ZERO, v = STRALLOC_ZERO;
	struct place p;

	if (a->x.num[k] <= a->x.num[other])
		return;
	if (!conf_write(conf_settings[k].type, a->x.num[k], &u) ||
	    !stralloc_0(&u) ||
	    !conf_write(conf_settings[other].type, a->x.num[other], &v) ||
	    !stralloc_0(&v))
		report_nomem();
	settings_place(&a->x, a->x.given[k].file ? k : other, 0, &p);
	report_error(&a->report, &p, conf_settings[k].name, " (", u.s,
	    ") is more than ", conf_settings[other].name, " (", v.s, ")");
	stralloc_free(&u);
	stralloc_free(&v);
}

/* Where nobody can come in, for want of a certificate. */
static void
check_doors(struct all *a)
{
	stralloc item = STRALLOC_ZERO;
	size_t pos = 0, off;
	struct listen_at l;
	struct place p;
	const char *why;

	if (a->x.canon[CONF_smtpd_tls_chain_files].len &&
	    a->x.num[CONF_smtpd_tls_security_level])
		return;
	while (settings_item(&a->x, CONF_listen, &pos, &item, &off)) {
		if (listen_scan(&l, item.s, item.len) < 0)
			continue;	/* told already */
		if (listen_istls(l.role))
			why = ": TLS comes first there, so every connection "
			    "will be closed";
		else if (l.role == LISTEN_SUBMISSION &&
		    a->x.num[CONF_smtpd_tls_auth_only])
			why = ": AUTH comes first there, and "
			    "smtpd_tls_auth_only is yes, so nobody can send";
		else
			continue;
		settings_place(&a->x, CONF_listen, off, &p);
		if (!stralloc_0(&item))
			report_nomem();
		report_warning(&a->report, &p, a->x.num[
		    CONF_smtpd_tls_security_level] ?
		    "smtpd_tls_chain_files is empty, but listen has " :
		    "smtpd_tls_security_level is none, but listen has ",
		    item.s, why);
	}
	stralloc_free(&item);
}

/* The rows of a table of addresses are of domains in list k. */
static void
check_rows(struct all *a, const struct rows *x, enum conf_key k)
{
	const struct row *row = genalloc_s(struct row, &x->r);
	size_t i, n = genalloc_len(struct row, &x->r), at;
	char d[ADDRESS_DOMAIN_OCTETS + 1];

	for (i = 0; i < n; i++) {
		const char *key = x->s.s + row[i].key;
		size_t m;

		at = address_at(key, row[i].keylen);
		m = row[i].keylen - at - 1;
		if (at >= row[i].keylen || m >= sizeof d ||
		    covers(a, k, key + at + 1, m))
			continue;
		memcpy(d, key + at + 1, m);
		d[m] = 0;
		report_warning(&a->report, &row[i].p, d, " is not in ",
		    conf_settings[k].name, ", so this row is not used");
	}
}

void
check_together(struct all *a)
{
	check_both(a, CONF_virtual_mailbox_domains, CONF_mydestination, 0);
	check_both(a, CONF_relay_domains, CONF_mydestination, 1);
	check_both(a, CONF_relay_domains, CONF_virtual_mailbox_domains, 0);
	check_both(a, CONF_virtual_alias_domains, CONF_mydestination, 0);
	check_both(a, CONF_virtual_alias_domains,
	    CONF_virtual_mailbox_domains, 0);
	check_both(a, CONF_relay_domains, CONF_virtual_alias_domains, 0);
	check_twice(a, CONF_listen);
	check_doors(a);
	check_order(a, CONF_smtpd_soft_error_limit,
	    CONF_smtpd_hard_error_limit);
	check_order(a, CONF_minimal_backoff_time, CONF_maximal_backoff_time);
	check_rows(a, &a->mailboxes, CONF_virtual_mailbox_domains);
	check_rows(a, &a->recipients, CONF_relay_domains);
}
