#include <skalibs/nonposix.h>

#include "pneu-remote/self.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "run/own.h"

static void
take_line(struct self *s, char *line)
{
	char *p = line, *word;
	struct self_host h;
	int first = 1;

	line[strcspn(line, "#\n")] = 0;
	memset(&h, 0, sizeof h);
	while ((word = strtok_r(first ? line : 0, " \t\r", &p))) {
		size_t n = strlen(word);

		if (first) {
			if (ip46_scan(word, &h.ip) != n)
				return;
			first = 0;
		} else if (n <= NEXTHOP_HOST_OCTETS &&
		    genalloc_len(struct self_host, &s->hosts) < SELF_HOSTS) {
			strcpy(h.name, word);
			genalloc_append(struct self_host, &s->hosts, &h);
		}
	}
}

static void
read_hosts(struct self *s)
{
	char line[1024];
	FILE *f = fopen("/etc/hosts", "re");

	if (!f)
		return;
	while (fgets(line, sizeof line, f))
		take_line(s, line);
	fclose(f);
}

void
self_init(struct self *s)
{
	memset(s, 0, sizeof *s);
	read_hosts(s);
	own_read(&s->addresses);
}

static int
same(const ip46 *a, const ip46 *b)
{
	return ip46_is6(a) == ip46_is6(b) &&
	    !memcmp(a->ip, b->ip, ip46_is6(a) ? 16 : 4);
}

int
self_listens(struct self *s, const struct conf *c)
{
	const char *item;

	genalloc_setlen(struct self_listen, &s->listens, 0);
	for (item = conf_first(c, CONF_listen); item;
	    item = conf_next(c, CONF_listen, item)) {
		struct self_listen l;
		struct nexthop h;

		/* behind the address what is spoken there (conf/listen.h) */
		if (nexthop_scan(&h, item, strcspn(item, "/+")) < 0 || !h.isip)
			continue;
		memset(&l, 0, sizeof l);
		l.ip = h.ip;
		l.port = h.port ? h.port : 25;
		l.any = !memcmp(h.ip.ip, IP6_ANY, ip46_is6(&h.ip) ? 16 : 4);
		if (!genalloc_append(struct self_listen, &s->listens, &l))
			return -1;
	}
	return 1;
}

int
self_is(const struct self *s, const ip46 *ip, uint16_t port)
{
	const struct self_listen *l = genalloc_s(struct self_listen,
	    &s->listens);
	size_t i, n = genalloc_len(struct self_listen, &s->listens);

	for (i = 0; i < n; i++)
		if (l[i].port == port && (same(&l[i].ip, ip) || (l[i].any &&
		    ip46_is6(&l[i].ip) == ip46_is6(ip) && own_has(&s->addresses, ip))))
			return 1;
	return 0;
}

int
self_isport(const struct self *s, uint16_t port)
{
	const struct self_listen *l = genalloc_s(struct self_listen,
	    &s->listens);
	size_t i, n = genalloc_len(struct self_listen, &s->listens);

	for (i = 0; i < n; i++)
		if (l[i].port == port)
			return 1;
	return 0;
}

int
self_hosts(struct self *s, const char *name, uint16_t type,
    struct dns_answer *a)
{
	const struct self_host *h = genalloc_s(struct self_host, &s->hosts);
	size_t i, k, n = genalloc_len(struct self_host, &s->hosts);
	struct dnsmsg_record *rr = s->answer[type == DNS_AAAA];
	int known = 0;

	for (i = k = 0; i < n && k < SELF_ANSWERS; i++) {
		if (strcasecmp(h[i].name, name))
			continue;
		known = 1;
		if (ip46_is6(&h[i].ip) == (type == DNS_AAAA))
			rr[k++].ip = h[i].ip;
	}
	a->kind = k ? DNSMSG_FOUND : DNSMSG_NODATA;
	a->n = k;
	a->rr = rr;
	a->secure = 0;
	a->owner = a->data = 0;
	return known;
}
