#include "pneu-import/maincf.h"

#include <errno.h>
#include <string.h>
#include <skalibs/strerr.h>

#include "pneu-import/expand.h"

/* Defaults of Postfix 3.7 that other values name, or that differ from ours. */
static const struct { const char *name, *value; } defaults[] = {
	{ "mydestination", "$myhostname, localhost.$mydomain, localhost" },
	{ "myorigin", "$myhostname" },
	{ "mynetworks_style",
	    "${{$compatibility_level} < {2} ? {subnet} : {host}}" },
	{ "compatibility_level", "0" },
	{ "mail_name", "Postfix" },
	{ "mail_version", "3.7" },
	{ "inet_interfaces", "all" },
	{ "inet_protocols", "all" },
	{ "alias_maps", "hash:/etc/aliases" },
	{ "alias_database", "hash:/etc/aliases" },
	{ "virtual_alias_maps", "$virtual_maps" },
	{ "virtual_alias_domains", "$virtual_alias_maps" },
	{ "virtual_mailbox_domains", "$virtual_mailbox_maps" },
	{ "local_recipient_maps", "proxy:unix:passwd.byname $alias_maps" },
	{ "default_transport", "smtp" },
	{ "local_transport", "local:$myhostname" },
	{ "relay_transport", "relay" },
	{ "virtual_transport", "virtual" },
	{ "data_directory", "/var/lib/postfix" },
	{ "queue_directory", "/var/spool/postfix" },
	{ "mail_spool_directory", "/var/mail" },
	{ "default_privs", "nobody" },
	{ "forward_path",
	    "$home/.forward${recipient_delimiter}${extension}, "
	    "$home/.forward" },
	{ "parent_domain_matches_subdomains", "debug_peer_list, "
	    "fast_flush_domains, mynetworks, permit_mx_backup_domains, "
	    "qmqpd_authorized_clients, relay_domains, smtpd_access_maps" },
};

struct param *
maincf_param(const struct maincf *m, const char *name)
{
	struct param *p = genalloc_s(struct param, &m->params);
	size_t i, n = genalloc_len(struct param, &m->params);

	for (i = 0; i < n; i++)
		if (!strcmp(p[i].name, name))
			return p + i;
	return 0;
}

/* What follows the first dot of the host's name, or localdomain. */
static const char *
mydomain(struct maincf *m)
{
	struct param *p = maincf_param(m, "myhostname");
	const char *dot = strchr(p ? p->value : m->host, '.');

	return dot ? dot + 1 : "localdomain";
}

static const char *
lookup(void *x, const char *name)
{
	struct maincf *m = x;
	struct param *p = maincf_param(m, name);
	size_t i;

	if (p) {
		p->used = 1;
		return p->value;
	}
	if (!strcmp(name, "myhostname"))
		return m->host;
	if (!strcmp(name, "mydomain"))
		return mydomain(m);
	if (!strcmp(name, "config_directory") ||
	    !strcmp(name, "meta_directory"))
		return m->src->base;
	for (i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
		if (!strcmp(defaults[i].name, name))
			return defaults[i].value;
	return 0;
}

const char *
maincf_value(struct maincf *m, const char *name)
{
	struct param *p = maincf_param(m, name);
	int used = p ? p->used : 0;
	const char *v = lookup(m, name), *s = v ? expand(v, lookup, m) : "";

	if (p)
		p->used = used;
	return s ? s : "";
}

const char *
maincf_expand(struct maincf *m, struct param *p)
{
	const char *s = expand(p->value, lookup, m);

	if (!s)
		plan_lost(m->plan, &p->at, 0,
		    "the $names in it do not parse, or have no end");
	return s;
}

struct origin
maincf_origin(const struct maincf *m, const char *name)
{
	struct param *p = maincf_param(m, name);
	struct origin at = { str_cat("Postfix's default of ", name), 0, 0 };

	return p ? p->at : at;
}

const struct service *
maincf_service(const struct maincf *m, const char *name, const char *type)
{
	const struct service *s = genalloc_s(struct service, &m->services);
	size_t i, n = genalloc_len(struct service, &m->services);

	for (i = 0; i < n; i++)
		if (!strcmp(s[i].name, name) &&
		    !strcmp(s[i].type, "inet") == !strcmp(type, "inet"))
			return s + i;
	return 0;
}

static void
take_param(struct maincf *m, const char *s, const struct origin *at)
{
	const char *eq = strchr(s, '=');
	struct param p = { .at = *at }, *old;

	if (!eq) {
		plan_lost(m->plan, at, 0, "not a line name = value");
		return;
	}
	p.name = str_trim(s, (size_t)(eq - s));
	p.value = str_trim(eq + 1, strlen(eq + 1));
	if ((old = maincf_param(m, p.name))) {
		plan_tell(m->plan, &old->at, 0,
		    "is said again below; that counts");
		*old = p;
	} else if (!genalloc_append(struct param, &m->params, &p))
		str_nomem();
}

/* service type private unpriv chroot wakeup maxproc command args */
static void
take_service(struct maincf *m, const char *s, const struct origin *at)
{
	struct service x = { .at = *at };
	genalloc w = GENALLOC_ZERO;
	const struct word *v;
	size_t i, n;

	str_words(&w, s, at);
	n = genalloc_len(struct word, &w);
	v = genalloc_s(struct word, &w);
	if (n < 8) {
		plan_lost(m->plan, at, 0, "not a service of master(5)");
		return;
	}
	x.name = v[0].s;
	x.type = v[1].s;
	x.command = v[7].s;
	for (i = 8; i < n; i++)
		str_addword(&x.args, v[i].s, at);
	if (!genalloc_append(struct service, &m->services, &x))
		str_nomem();
}

static int
read_file(struct maincf *m, const char *name,
    void (*take)(struct maincf *, const char *, const struct origin *))
{
	const char *path = source_path(m->src, name);
	stralloc sa = STRALLOC_ZERO;
	struct lines x;
	struct line l;
	int r = source_read(&sa, path);

	if (r < 0)
		strerr_diefusys(111, "read ", path);
	lines_open(&x, sa.s, sa.len);
	while (lines_next(&x, &l, 1)) {
		struct origin at = { path, l.number, l.s };

		take(m, l.s, &at);
	}
	return r;
}

int
maincf_read(struct maincf *m)
{
	if (!read_file(m, "main.cf", take_param))
		return 0;
	read_file(m, "master.cf", take_service);
	return 1;
}
