#include "alias.h"

#include <string.h>
#include <skalibs/ip46.h>

#include "mail/address.h"
#include "run/log.h"
#include "run/own.h"

static const char *const tables[TABLES] = {
	"virtual", "aliases", "canonical", "recipient_canonical"
};

/* The list has the domain, or ".parent" for a domain above it. */
static int
inlist(const struct conf *c, enum conf_key k, const char *domain, size_t n)
{
	const char *p = domain, *end = domain + n;

	if (conf_has(c, k, domain, n))
		return 1;
	while (p < end && (p = memchr(p + 1, '.', (size_t)(end - p - 1))))
		if (conf_has(c, k, p, (size_t)(end - p)))
			return 1;
	return 0;
}

/* Is it [one of our addresses]? Of 0.0.0.0 only connect(2) thinks so. */
static int
isown(const struct alias *a, const char *domain, size_t n)
{
	char s[16];
	ip46 ip;

	memset(&ip, 0, sizeof ip);
	switch (address_literal_scan(s, domain, n)) {
	case 4: ip46_from_ip4(&ip, s); break;
	case 16: ip46_from_ip6(&ip, s); break;
	default: return 0;
	}
	return memcmp(s, IP4_ANY, 4) && own_has(&a->own, &ip);
}

static int
lookup(void *x, const char *table, const char *key, size_t keylen,
    const char **v, size_t *n)
{
	struct alias *a = x;
	size_t i;
	int r;

	for (i = 0; i < TABLES; i++)
		if (!a->has[i] && !strcmp(tables[i], table))
			return 0;
	r = conf_lookup(&a->conf, table, key, keylen, v, n);
	if (r < 0)
		log_warnsys("unable to look into table ", table);
	return r;
}

static char
domain_class(void *x, const char *domain, size_t n)
{
	const struct conf *c = &((struct alias *)x)->conf;
	const char *v;
	size_t m;

	if (*domain == '[')
		return isown(x, domain, n) ||
		    conf_has(c, CONF_mydestination, domain, n) ?
		    ROUTE_LOCAL : ROUTE_OTHER;
	if (inlist(c, CONF_mydestination, domain, n))
		return ROUTE_LOCAL;
	if (inlist(c, CONF_virtual_mailbox_domains, domain, n))
		return ROUTE_VIRTUAL;
	/* as with Postfix, a row for a domain makes it one */
	if (inlist(c, CONF_virtual_alias_domains, domain, n) ||
	    lookup(x, "virtual", domain, n, &v, &m) > 0)
		return DECIDE_ALIASES;
	if (inlist(c, CONF_relay_domains, domain, n))
		return ROUTE_RELAY;
	return ROUTE_OTHER;
}

static int
user_exists(void *x, const char *name)
{
	struct alias *a = x;
	int r = users_find(&a->users, name, a->now);

	if (r < 0)
		log_warnsys("unable to look up user ", name);
	return r;
}

void
facts_settle(struct alias *a)
{
	const struct conf *c = &a->conf;
	struct facts *f = &a->setup.facts;
	const char *v;
	size_t i, n;

	f->origin = conf_str(c, myorigin);
	f->delimiters = conf_str(c, recipient_delimiter);
	f->domain = domain_class;
	f->user = user_exists;
	f->lookup = lookup;
	f->x = a;
	a->setup.relayhost = conf_str(c, relayhost);
	a->setup.transport = conf_str(c, mailbox_transport);
	a->setup.vtransport = conf_str(c, virtual_transport);
	a->setup.admin = conf_str(c, admin_mailbox);
	a->setup.privs = conf_str(c, default_privs);
	for (i = 0; i < TABLES; i++)
		a->has[i] = conf_lookup(c, tables[i], "", 0, &v, &n) > 0;
	users_reset(&a->users, conf_num(c, min_uid));
}
