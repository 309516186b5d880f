#include "pneu-conf/check.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <skalibs/types.h>

#include "conf/listen.h"
#include "dotforward/path.h"
#include "mail/address.h"
#include "smtp/nexthop.h"

/* An item of a list or a value: 0, or what is expected. */
typedef const char *item_check(const char *s, size_t n);

static const char *
domain(const char *s, size_t n)
{
	return address_isdomain(s, n) && s[0] != '[' ? 0 : "a domain";
}

/* ".parent" stands for the domains below it, as in pneu-alias. */
static const char *
domains(const char *s, size_t n)
{
	return n > 1 && s[0] == '.' ? domain(s + 1, n - 1) : domain(s, n);
}

static const char *
places(const char *s, size_t n)
{
	if (n > 1 && s[0] == '.')
		return domain(s + 1, n - 1);
	return address_isdomain(s, n) ? 0 : "a domain or [address]";
}

static const char *
helo(const char *s, size_t n)
{
	return address_isdomain(s, n) ? 0 : "a host name or [address]";
}

static const char *
network(const char *s, size_t n)
{
	struct net x;

	return net_scan(&x, s, n) > 0 ? 0 : "a network (address or "
	    "address/bits, with no bits set behind those)";
}

static const char *
door(const char *s, size_t n)
{
	struct listen_at l;

	return listen_scan(&l, s, n) > 0 && l.port ? 0 :
	    "address:port, or [address]:port";
}

static const char *
resolver(const char *s, size_t n)
{
	struct net x;
	uint16_t port;

	if (n > 3 && !strcmp(s + n - 3, "+ad"))
		n -= 3;
	if (net_scanport(&x, &port, s, n) > 0 && port)
		return 0;
	return net_scan(&x, s, n) > 0 && !memchr(s, '/', n) ? 0 :
	    "an address, with :port or not, with +ad or not";
}

static const char *
nexthop(const char *s, size_t n)
{
	return rows_isnexthop(s, n) ? 0 :
	    "a next hop: host, [host] or [address], with :port or not";
}

static const char *
nexthop_ifany(const char *s, size_t n)
{
	return n ? nexthop(s, n) : 0;
}

static const char *
ipaddress(const char *s, size_t n)
{
	struct net x;

	return net_scan(&x, s, n) > 0 && !memchr(s, '/', n) ? 0 :
	    "an IPv4 or IPv6 address";
}

static const char *
mailaddress(const char *s, size_t n)
{
	struct address a;

	return address_scan(&a, s, n) > 0 && a.at ? 0 : "an address";
}

static const char *
delimiters(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i] <= 32 || s[i] >= 127 || strchr("@\"\\/", s[i]) ||
		    (s[i] >= '0' && s[i] <= '9') ||
		    ((s[i] | 32) >= 'a' && (s[i] | 32) <= 'z'))
			return "signs such as + and -";
	return 0;
}

static const char *
belowhome(const char *s, size_t n)
{
	return s[0] == '/' || strstr(s, "../") || !strcmp(s, "..") ?
	    "a path below the user's home" : 0;
}

static const char *
absolute(const char *s, size_t n)
{
	return s[0] == '/' && n > 1 ? 0 : "a path that begins with /";
}

static const char *
lock(const char *s, size_t n)
{
	return strcmp(s, "fcntl") && strcmp(s, "flock") &&
	    strcmp(s, "dotlock") ? "fcntl, flock or dotlock" : 0;
}

/* File names in which names of the user stand. */
static const char *
userfiles(const char *s, size_t n)
{
	static const struct path_names v = { "user", "/home", "/bin/sh",
	    "user+ext@host", "ext", "+" };
	stralloc sa = STRALLOC_ZERO;
	int r = path_expand(&sa, s, n, &v, 0);

	stralloc_free(&sa);
	return r < 0 ? "file names with no $ but those of $home, $user, "
	    "$shell, $recipient, $local, $domain, $extension and "
	    "$recipient_delimiter" : 0;
}

static const char *
noparent(const char *s, size_t n)
{
	return strstr(s, "../") || !strcmp(s, "..") ||
	    (n > 2 && !strcmp(s + n - 3, "/..")) ?
	    "a user or a path without .." : 0;
}

static const char *
user(const char *s, size_t n)
{
	const char *eq = memchr(s, '=', n);
	uid_t uid;
	gid_t gid;
	size_t m;

	if (eq && eq > s && (m = uid_scan(eq + 1, &uid)) && uid &&
	    (!eq[1 + m] || (eq[1 + m] == ':' &&
	    gid0_scan(eq + 2 + m, &gid) && gid)))
		return 0;
	return "name=uid:gid, neither of them 0";
}

/* See pneu-auth(8). */
static const char *
passwords(const char *s, size_t n)
{
	static const char what[] = "unix:/path or /path of a socket, or | and "
	    "a program";

	if (!n)
		return 0;
	if (*s == '|')
		return s[1 + strspn(s + 1, " \t")] ? 0 : what;
	if (!strncmp(s, "unix:", 5)) {
		s += 5;
		n -= 5;
	}
	if (*s != '/' || n < 2)
		return what;
	return n > NEXTHOP_PATH_OCTETS ? "a shorter path of a socket" : 0;
}

static const struct {
	enum conf_key k;
	item_check *check;
} items[] = {
	{ CONF_myhostname, domain },
	{ CONF_myorigin, domain },
	{ CONF_smtp_helo_name, helo },
	{ CONF_mydestination, places },
	{ CONF_virtual_mailbox_domains, domains },
	{ CONF_virtual_alias_domains, domains },
	{ CONF_relay_domains, domains },
	{ CONF_mynetworks, network },
	{ CONF_smtpd_authorized_xclient_hosts, network },
	{ CONF_listen, door },
	{ CONF_dns_servers, resolver },
	{ CONF_smtp_fallback_relay, nexthop },
	{ CONF_relayhost, nexthop_ifany },
	{ CONF_mailbox_transport, nexthop_ifany },
	{ CONF_virtual_transport, nexthop_ifany },
	{ CONF_smtp_bind_address, ipaddress },
	{ CONF_2bounce_notice_recipient, mailaddress },
	{ CONF_recipient_delimiter, delimiters },
	{ CONF_home_mailbox, belowhome },
	{ CONF_mail_spool_directory, absolute },
	{ CONF_mailbox_delivery_lock, lock },
	{ CONF_forward_path, userfiles },
	{ CONF_admin_mailbox, noparent },
	{ CONF_users, user },
	{ CONF_smtpd_sasl_path, passwords },
};

static void
expect(struct all *a, enum conf_key k, size_t off, const char *s,
    const char *what)
{
	stralloc more = STRALLOC_ZERO;
	struct place p;

	settings_place(&a->x, k, off, &p);
	report_alabels(&more, s, strlen(s));
	if (!stralloc_0(&more))
		report_nomem();
	report_error(&a->report, &p, conf_settings[k].name, ": ", s,
	    ": expected ", what, more.s);
	stralloc_free(&more);
}

static void
check_items(struct all *a)
{
	stralloc item = STRALLOC_ZERO;
	const char *e, *s;
	size_t i, pos, off;

	for (i = 0; i < sizeof items / sizeof items[0]; i++) {
		enum conf_key k = items[i].k;

		if (conf_settings[k].type != CONF_LIST) {
			s = settings_str(&a->x, k);
			if ((e = items[i].check(s, strlen(s))))
				expect(a, k, 0, s, e);
			continue;
		}
		pos = 0;
		while (settings_item(&a->x, k, &pos, &item, &off))
			if ((e = items[i].check(item.s, item.len)))
				expect(a, k, off, item.s, e);
	}
	stralloc_free(&item);
}

/* One source address of each family. */
static void
check_bind(struct all *a)
{
	stralloc item = STRALLOC_ZERO;
	size_t pos = 0, off;
	int seen[2] = { 0, 0 };
	struct net x;

	while (settings_item(&a->x, CONF_smtp_bind_address, &pos, &item,
	    &off))
		if (net_scan(&x, item.s, item.len) > 0 && seen[x.is6]++)
			expect(a, CONF_smtp_bind_address, off, item.s,
			    x.is6 ? "one IPv6 address" : "one IPv4 address");
	stralloc_free(&item);
}

static void
check_base(struct all *a)
{
	const char *s = settings_str(&a->x, CONF_virtual_mailbox_base);

	if (strstr(s, "../") || !strcmp(s, ".."))
		expect(a, CONF_virtual_mailbox_base, 0, s,
		    "a path without ..");
}

void
check_all(struct all *a)
{
	check_items(a);
	check_bind(a);
	check_base(a);
	check_together(a);
}
