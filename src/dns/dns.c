#include <skalibs/nonposix.h>

#include "dns/dns.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>
#include <skalibs/random.h>

#define EDNS_OCTETS 1232		/* of an answer by UDP: no fragments */

static struct dns_entry **
bucket(struct dns *d, const char *name, uint16_t type)
{
	uint32_t h = 5381 + type;

	for (; *name; name++)
		h = h * 33 ^ (unsigned char)*name;
	return &d->bucket[h % DNS_ENTRIES];
}

static struct dns_entry *
find(struct dns *d, const char *name, uint16_t type)
{
	struct dns_entry *e = *bucket(d, name, type);

	while (e && (e->type != type || strcmp(e->name, name)))
		e = e->chain;
	return e;
}

static void
forget(struct dns *d, struct dns_entry *e)
{
	struct dns_entry **p = bucket(d, e->name, e->type);

	while (*p != e)
		p = &(*p)->chain;
	*p = e->chain;
	free(e->rr);
	memset(e, 0, sizeof *e);
}

/* A free place: the first that is empty or has run out, else the next one
 * behind the hand. Those under way, and those seen in this turn, stay. */
static struct dns_entry *
make(struct dns *d, const char *name, uint16_t type)
{
	struct dns_entry *e, **b, *victim = 0;
	size_t i;

	for (i = 0; i < DNS_ENTRIES; i++) {
		e = d->e + (d->hand + i) % DNS_ENTRIES;
		if (e->flying || (e->used && e->seen == d->now))
			continue;	/* its answer may be in use */
		if (!victim || !e->used || e->expires <= d->now)
			victim = e;
		if (!e->used || e->expires <= d->now || i > 16)
			break;
	}
	if (!victim)
		return 0;
	d->hand = (size_t)(victim - d->e + 1) % DNS_ENTRIES;
	if (victim->used)
		forget(d, victim);
	victim->used = 1;
	strcpy(victim->name, name);
	victim->type = type;
	victim->d = d;
	b = bucket(d, name, type);
	victim->chain = *b;
	*b = victim;
	return victim;
}

/* How long m may be kept, ms. */
static uint64_t
keep_ms(const struct dnsmsg *m)
{
	uint64_t ms = (uint64_t)m->ttl * 1000, max = DNS_TTL_MAX_MS;

	if (m->kind == DNSMSG_LATER || m->kind == DNSMSG_FORMERR)
		return DNS_LATER_MS;
	if (m->kind != DNSMSG_FOUND)
		max = DNS_NEGATIVE_MAX_MS;
	return ms < DNS_TTL_MIN_MS ? DNS_TTL_MIN_MS : ms > max ? max : ms;
}

static void
keep(struct dns_entry *e, const struct dnsmsg *m)
{
	struct dnsmsg_record *rr = 0;
	int alias = strcasecmp(m->owner, e->name) != 0;
	size_t n = m->n * sizeof *rr;

	e->kind = m->kind;
	e->ad = m->ad != 0;
	if (n) {
		rr = realloc(e->rr, n + m->datalen + sizeof m->owner);
		if (!rr)
			e->kind = DNSMSG_LATER;
	}
	e->n = 0;
	e->owner = e->data = 0;
	if (rr) {
		char *s = (char *)rr + n;

		memcpy(rr, m->rr, n);
		memcpy(s, m->data, m->datalen);
		e->rr = rr;
		e->n = m->n;
		e->data = s;
		if (alias)
			e->owner = strcpy(s + m->datalen, m->owner);
	}
	e->came = e->d->now;
	e->expires = e->came + keep_ms(m);
}

static void ask(struct dns *d, struct dns_entry *e);

static void
answered(void *arg, int status, int timeouts, unsigned char *s, int n)
{
	struct dns_entry *e = arg;
	struct dns *d = e->d;

	if (status == ARES_EDESTRUCTION)
		return;
	e->flying = 0;
	d->flying--;
	if (status != ARES_SUCCESS || n < 0 || dnsmsg_scan(&d->msg,
	    (const char *)s, (size_t)n, e->name, e->type) < 0) {
		d->msg.kind = DNSMSG_LATER;
		d->msg.n = 0;
		d->msg.ad = 0;
	}
	if (d->msg.kind == DNSMSG_FORMERR && !e->noedns) {
		e->noedns = 1;			/* RFC 6891 7 */
		ask(d, e);
		return;
	}
	keep(e, &d->msg);
	d->answers++;
}

static void
ask(struct dns *d, struct dns_entry *e)
{
	unsigned char *q;
	int n;

	e->flying = 1;
	d->flying++;
	if (ares_create_query(e->name, 1, e->type,
	    (unsigned short)random_uint32(65536), 1, &q, &n,
	    e->noedns ? 0 : EDNS_OCTETS) != ARES_SUCCESS) {
		answered(e, ARES_ENOMEM, 0, 0, 0);
		return;
	}
	q[3] |= 0x20;		/* AD: say whether it is secure, RFC 6840 5.7 */
	ares_send(d->ares, q, n, answered, e);
	ares_free_string(q);
}

int
dns_get(struct dns *d, const char *name, uint16_t type, uint64_t since,
    uint64_t now, struct dns_answer *a)
{
	struct dns_entry *e = find(d, name, type);

	d->now = now;
	if (!e || (!e->flying && e->expires <= now && e->came < since)) {
		if (d->flying >= DNS_FLYING ||
		    (!e && !(e = make(d, name, type))))
			return 0;
		ask(d, e);
	}
	if (e->flying)
		return 0;
	e->seen = now;
	a->kind = e->kind;
	a->n = e->n;
	a->rr = e->rr;
	a->secure = e->ad && d->trusted;
	a->owner = e->owner;
	a->data = e->data;
	return 1;
}

/* c-ares tells what it waits for. */
static void
sock_state(void *arg, ares_socket_t fd, int r, int w)
{
	struct dns *d = arg;
	size_t i, empty = DNS_FDS;

	for (i = 0; i < DNS_FDS; i++) {
		if (d->sock[i].fd == fd)
			break;
		if (d->sock[i].fd < 0 && empty == DNS_FDS)
			empty = i;
	}
	if (i == DNS_FDS)
		i = empty;
	if (i == DNS_FDS)
		return;		/* its time runs out, and it is tried again */
	d->sock[i].events = (short)((r ? IOPAUSE_READ : 0) |
	    (w ? IOPAUSE_WRITE : 0));
	d->sock[i].fd = r || w ? fd : -1;
}

#define MARK "+ad"

/* s is an address, with ":port" or not. */
static int
isloopback(const char *s)
{
	return !strncmp(s, "127.", 4) || !strncmp(s, "[::1]", 5) ||
	    !strcmp(s, "::1");
}

/* The servers of /etc/resolv.conf are all on this host? */
static int
system_trusted(const struct dns *d)
{
	static const unsigned char one[16] = { [15] = 1 };
	struct ares_addr_port_node *all, *a;
	int yes = 1;

	if (ares_get_servers_ports(d->ares, &all) != ARES_SUCCESS)
		return 0;
	for (a = all; a; a = a->next)
		yes = yes && (a->family == AF_INET ?
		    ((unsigned char *)&a->addr.addr4)[0] == 127 :
		    !memcmp(&a->addr.addr6, one, sizeof one));
	ares_free_data(all);
	return yes;
}

/* Take the marks out of s. Returns whether all servers are to be trusted. */
static int
take_marks(char *s)
{
	size_t mark = strlen(MARK);
	char *to = s;
	int yes = 1;

	while (*s) {
		size_t n = strcspn(s, ","), keep = n;

		if (n > mark && !memcmp(s + n - mark, MARK, mark))
			keep -= mark;
		else if (!isloopback(s))
			yes = 0;
		memmove(to, s, keep);
		to += keep;
		s += n;
		if (*s) {
			*to++ = ',';
			s++;
		}
	}
	*to = 0;
	return yes;
}

int
dns_servers(struct dns *d, const char *servers)
{
	int trusted, e;
	char *s;

	if (!*servers) {
		d->trusted = system_trusted(d);
		return 1;
	}
	if (d->flying)
		return 0;
	if (!(s = strdup(servers)))
		return -1;
	trusted = take_marks(s);
	e = ares_set_servers_ports_csv(d->ares, s);
	free(s);
	if (e != ARES_SUCCESS)
		return -1;
	d->trusted = trusted;
	return 1;
}

int
dns_init(struct dns *d, const char *servers, const char **why)
{
	struct ares_options o;
	size_t i;
	int r;

	memset(d, 0, sizeof *d);
	for (i = 0; i < DNS_FDS; i++)
		d->sock[i].fd = -1;
	d->e = calloc(DNS_ENTRIES, sizeof *d->e);
	if (!d->e)
		return (*why = "out of memory", -1);
	memset(&o, 0, sizeof o);
	o.timeout = DNS_TRY_MS;
	o.tries = DNS_TRIES;
	o.sock_state_cb = sock_state;
	o.sock_state_cb_data = d;
	r = ares_library_init(ARES_LIB_INIT_ALL);
	if (r == ARES_SUCCESS)
		r = ares_init_options(&d->ares, &o, ARES_OPT_TIMEOUTMS |
		    ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
	if (r != ARES_SUCCESS)
		return (*why = ares_strerror(r), -1);
	if (dns_servers(d, servers) < 0)
		return (*why = "the setting dns_servers does not parse", -1);
	return 1;
}

size_t
dns_iopause(struct dns *d, iopause_fd *x, uint64_t now, uint64_t *deadline)
{
	struct timeval tv;
	size_t i, n = 0;

	if (!d->flying)
		return 0;
	for (i = 0; i < DNS_FDS; i++) {
		if (d->sock[i].fd < 0)
			continue;
		x[n].fd = d->sock[i].fd;
		x[n].events = d->sock[i].events;
		x[n++].revents = 0;
	}
	if (ares_timeout(d->ares, 0, &tv)) {
		uint64_t at = now + (uint64_t)tv.tv_sec * 1000 +
		    (uint64_t)tv.tv_usec / 1000 + 1;

		if (at < *deadline)
			*deadline = at;
	}
	return n;
}

void
dns_io(struct dns *d, const iopause_fd *x, size_t n, uint64_t now)
{
	size_t i;

	if (!d->flying)
		return;
	d->now = now;
	for (i = 0; i < n; i++) {
		short got = x[i].revents;

		if (got & ~(IOPAUSE_READ | IOPAUSE_WRITE))
			got |= x[i].events;
		if (got)
			ares_process_fd(d->ares,
			    got & IOPAUSE_READ ? x[i].fd : ARES_SOCKET_BAD,
			    got & IOPAUSE_WRITE ? x[i].fd : ARES_SOCKET_BAD);
	}
	ares_process_fd(d->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

void
dns_free(struct dns *d)
{
	size_t i;

	ares_destroy(d->ares);
	ares_library_cleanup();
	for (i = 0; i < DNS_ENTRIES; i++)
		free(d->e[i].rr);
	free(d->e);
}
