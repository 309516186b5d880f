#include "pneu-import/qmail.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <skalibs/stralloc.h>

/* A control file becomes settings, which all get its first line. */
static const struct { const char *file, *settings[6]; } same[] = {
	{ "helohost", { "smtp_helo_name" } },
	{ "outgoingip", { "smtp_bind_address" } },
	{ "databytes", { "message_size_limit" } },
	{ "concurrencylocal", { "local_concurrency" } },
	{ "concurrencyremote", { "remote_concurrency" } },
	{ "concurrencyincoming", { "smtpd_sessions" } },
	{ "queuelifetime", { "maximal_queue_lifetime",
	    "bounce_queue_lifetime" } },
	{ "timeoutconnect", { "smtp_connect_timeout" } },
	{ "timeoutremote", { "smtp_helo_timeout", "smtp_mail_timeout",
	    "smtp_data_done_timeout" } },
	{ "timeoutsmtpd", { "smtpd_timeout" } },
};

/* What others here read, or nobody needs; lost: what has no counterpart. */
static const struct { const char *file; int lost; const char *why; } others[] = {
	{ "me", 0, 0 }, { "locals", 0, 0 }, { "rcpthosts", 0, 0 },
	{ "morercpthosts", 0, 0 }, { "morercpthosts.cdb", 0, 0 },
	{ "virtualdomains", 0, 0 }, { "smtproutes", 0, 0 },
	{ "defaultdelivery", 0, 0 }, { "defaulthost", 0, 0 },
	{ "defaultdomain", 0, 0 }, { "envnoathost", 0, 0 },
	{ "smtpgreeting", 0, 0 }, { "doublebounceto", 0, 0 },
	{ "doublebouncehost", 0, 0 }, { "localiphost", 0, 0 },
	{ "plusdomain", 1, "pneu leaves a host with a + at its end as it is" },
	{ "percenthack", 1, "pneu takes a%b as it stands" },
	{ "badmailfrom", 1, "pneu has no list of senders that are refused" },
	{ "badmailfromnorelay", 1, "pneu has no list of senders that are "
	    "refused" },
	{ "badmailto", 1, "pneu has no list of recipients that are refused" },
	{ "badrcptto", 1, "pneu has no list of recipients that are refused" },
	{ "badhelo", 1, "pneu has no list of HELO names that are refused" },
	{ "bouncefrom", 0, "pneu's bounces are from MAILER-DAEMON" },
	{ "bouncehost", 0, "pneu's bounces are from this host" },
	{ "bouncemaxbytes", 0, "see bounce_size_limit" },
	{ "idhost", 0, "pneu's Message-IDs name this host" },
	{ "qmqpservers", 1, "pneu has a queue of its own: name the server "
	    "as relayhost" },
	{ "spfbehavior", 1, "pneu has no SPF" },
	{ "servercert.pem", 1, "name it in smtpd_tls_chain_files: its key "
	    "first" },
	{ "clientcert.pem", 1, "pneu shows no certificate as a client" },
	{ "rsa512.pem", 0, "of TLS" }, { "dh512.pem", 0, "of TLS" },
	{ "dh1024.pem", 0, "of TLS" }, { "dh2048.pem", 0, "of TLS" },
	{ "tlsserverciphers", 0, "of TLS" },
	{ "tlsclientciphers", 0, "of TLS" },
	{ "recipientmap", 1, "pneu has the table virtual" },
	{ "blocklists", 1, "pneu asks no block lists" },
	{ "relaymailfrom", 1, "who may relay is in mynetworks, whatever the "
	    "sender" },
	{ "fixsmtpio.sed", 1, "pneu does not change what is said" },
	{ "simcontrol", 1, "pneu does not look into messages" },
};

/* Tell why, of each line that the file has. */
static void
tell(struct qmail *q, const char *name, int lost, const char *why)
{
	struct origin at = { source_path(q->src, str_cat("control/", name)),
	    0, 0 };
	genalloc v = GENALLOC_ZERO;
	const struct word *w;
	size_t i;

	qmail_lines(q, name, &v);
	if (!genalloc_len(struct word, &v))
		str_addword(&v, name, &at);
	w = genalloc_s(struct word, &v);
	for (i = 0; i < genalloc_len(struct word, &v); i++)
		(lost ? plan_lost : plan_tell)(q->plan, &w[i].at,
		    w[i].at.line ? str_cat(name, ": ", w[i].s) : name, why);
}

static int
isknown(struct qmail *q, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof same / sizeof same[0]; i++)
		if (!strcmp(same[i].file, name))
			return 1;
	for (i = 0; i < sizeof others / sizeof others[0]; i++) {
		if (strcmp(others[i].file, name))
			continue;
		if (others[i].why)
			tell(q, name, others[i].lost, others[i].why);
		return 1;
	}
	return 0;
}

/* Each file that nobody reads is told of. */
static void
unknown(struct qmail *q)
{
	const char *dir = source_path(q->src, "control");
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		const char *name = str_keep(e->d_name);

		if (*name != '.' && !isknown(q, name))
			tell(q, name, 1, "pneu has nothing like it");
	}
	if (d)
		closedir(d);
}

/* defaulthost, made whole with defaultdomain, is the domain of addresses
 * that have none. */
static void
origin(struct qmail *q)
{
	struct origin at = { "qmail's default", 0, 0 }, at2 = at;
	const char *host = qmail_line(q, "defaulthost", &at);
	const char *domain = qmail_line(q, "defaultdomain", &at2);

	if (!host)
		host = q->me;
	if (!strchr(host, '.') && domain)
		host = str_cat(host, ".", domain);
	q->origin = host;
	if (strcmp(host, q->me))
		plan_set(q->plan, "myorigin", host, &at);
	if (domain)
		plan_tell(q->plan, &at2, 0, "pneu leaves a host without a "
		    "dot as it is");
}

/* "name text": our name stands before it by itself. */
static void
greeting(struct qmail *q)
{
	struct origin at;
	const char *s = qmail_line(q, "smtpgreeting", &at);

	if (s && strchr(s, ' '))
		plan_set(q->plan, "smtpd_banner", str_trim(strchr(s, ' '),
		    strlen(strchr(s, ' '))), &at);
}

static void
double_bounces(struct qmail *q)
{
	struct origin at = { 0, 0, 0 }, at2;
	const char *to = qmail_line(q, "doublebounceto", &at);
	const char *host = qmail_line(q, "doublebouncehost", to ? &at2 : &at);

	if (!to && !host)
		return;
	plan_set(q->plan, "2bounce_notice_recipient", str_cat(to ? to :
	    "postmaster", "@", host ? host : q->me), &at);
}

/* domain:relay[:port], .domain:relay, :relay, domain: (its own hosts). A
 * relay is a host whose own mail exchangers are not asked. */
static void
route(struct qmail *q, const struct word *w)
{
	const char *colon = strchr(w->s, ':'), *host, *rest, *to;
	size_t n;

	if (!colon) {
		plan_lost(q->plan, &w->at, 0, "not a line domain:relay");
		return;
	}
	host = colon + 1;
	n = *host == '[' ? strcspn(host, "]") : strcspn(host, ": ");
	n += host[n] == ']';
	rest = host + n;
	if (strchr(rest, ' '))
		plan_lost(q->plan, &w->at, 0, "pneu does not log in at other "
		    "hosts yet");
	rest = str_keepb(rest, strcspn(rest, " "));
	to = *host == '[' ? str_cat(str_keepb(host, n), rest) :
	    n ? str_cat("[", str_keepb(host, n), "]", rest) : "smtp:";
	if (colon > w->s)
		plan_row(q->plan, PLAN_ROUTES, str_keepb(w->s,
		    (size_t)(colon - w->s)), to, &w->at, 0);
	else if (n)
		plan_set(q->plan, "relayhost", to, &w->at);
}

/* 127.:allow,RELAYCLIENT="" */
static int
relay_client(struct qmail *q, const char *path, genalloc *nets)
{
	stralloc sa = STRALLOC_ZERO;
	struct lines x;
	struct line l;
	char *net, *p;
	int dots;

	if (source_read(&sa, path) <= 0)
		return 0;
	lines_open(&x, sa.s, sa.len);
	while (lines_next(&x, &l, 0)) {
		struct origin at = { path, l.number, l.s };

		if (!strstr(l.s, "RELAYCLIENT")) {
			if (!strstr(l.s, ":allow") || strchr(l.s, ','))
				plan_lost(q->plan, &at, 0,
				    "pneu has no rules for clients but "
				    "mynetworks");
			continue;
		}
		net = str_keepb(l.s, strcspn(l.s, ":"));
		for (dots = 0, p = net; *p; p++)
			dots += *p == '.';
		if (!*net || strspn(net, "0123456789.") != strlen(net)) {
			plan_lost(q->plan, &at, 0, "not a network of whole "
			    "octets: name it in mynetworks");
			continue;
		}
		if (p[-1] == '.')
			net = str_cat(net, dots == 1 ? "0.0.0/8" : dots == 2 ?
			    "0.0/16" : "0/24");
		str_addword(nets, net, &at);
	}
	return 1;
}

static void
networks(struct qmail *q)
{
	static const char *const names[] = { "/etc/tcp.smtp",
	    "/var/qmail/control/tcp.smtp", "/var/qmail/tcp.smtp",
	    "/var/qmail/service/qmail-smtpd/tcp.smtp" };
	genalloc nets = GENALLOC_ZERO;
	const char *path;
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct origin at = { 0, 0, 0 };

		path = source_path(q->src, names[i]);
		if (!relay_client(q, path, &nets))
			continue;
		at.file = path;
		plan_set(q->plan, "mynetworks", str_joinwords(&nets), &at);
		return;
	}
}

void
qmail_control(struct qmail *q)
{
	genalloc routes = GENALLOC_ZERO;
	const char *v;
	struct origin at;
	size_t i, k;

	for (i = 0; i < sizeof same / sizeof same[0]; i++) {
		if (!(v = qmail_line(q, same[i].file, &at)))
			continue;
		for (k = 0; k < 6 && same[i].settings[k]; k++)
			plan_set(q->plan, same[i].settings[k], v, &at);
	}
	origin(q);
	greeting(q);
	double_bounces(q);
	qmail_lines(q, "smtproutes", &routes);
	for (i = 0; i < genalloc_len(struct word, &routes); i++)
		route(q, genalloc_s(struct word, &routes) + i);
	networks(q);
	unknown(q);
}
