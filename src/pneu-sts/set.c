#include "pneu-sts/sts.h"

#include <string.h>

#include "run/log.h"

void
sts_set(struct sts *m)
{
	const char *s = conf_str(&m->conf, inet_protocols);

	m->v4 = strcmp(s, "ipv6") != 0;
	m->v6 = strcmp(s, "ipv4") != 0;
}

/* As c-ares wants them. */
const char *
sts_servers(struct sts *m)
{
	const char *s;

	m->tmp.len = 0;
	for (s = conf_first(&m->conf, CONF_dns_servers); s;
	    s = conf_next(&m->conf, CONF_dns_servers, s))
		if ((m->tmp.len && !stralloc_append(&m->tmp, ',')) ||
		    !stralloc_cats(&m->tmp, s))
			return "";
	return stralloc_0(&m->tmp) ? m->tmp.s : "";
}

void
sts_reservers(struct sts *m)
{
	int e = dns_servers(&m->dns, sts_servers(m));

	if (e < 0)
		log_warn("dns_servers: ", sts_servers(m), " does not parse");
	m->redns = !e;
}
