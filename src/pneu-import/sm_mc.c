#include "pneu-import/sm.h"

#include <errno.h>
#include <string.h>
#include <skalibs/strerr.h>
#include <skalibs/stralloc.h>

#include "pneu-import/m4.h"

/* A macro that puts words into a class, or names a file of them. */
static const struct { const char *name, *class; int file; } classes[] = {
	{ "LOCAL_DOMAIN", "w", 0 },
	{ "MASQUERADE_DOMAIN", "M", 0 }, { "MASQUERADE_DOMAIN_FILE", "M", 1 },
	{ "MASQUERADE_EXCEPTION", "N", 0 },
	{ "MASQUERADE_EXCEPTION_FILE", "N", 1 },
	{ "EXPOSED_USER", "E", 0 }, { "EXPOSED_USER_FILE", "E", 1 },
	{ "GENERICS_DOMAIN", "G", 0 }, { "GENERICS_DOMAIN_FILE", "G", 1 },
	{ "VIRTUSER_DOMAIN", "{VirtHost}", 0 },
	{ "VIRTUSER_DOMAIN_FILE", "{VirtHost}", 1 },
	{ "RELAY_DOMAIN", "R", 0 }, { "RELAY_DOMAIN_FILE", "R", 1 },
};

/* define(`NAME') of what is a macro in sendmail.cf. */
static const struct { const char *define, *macro; } macros[] = {
	{ "SMART_HOST", "S" }, { "MAIL_HUB", "H" }, { "LUSER_RELAY", "L" },
	{ "LOCAL_RELAY", "R" }, { "confDOMAIN_NAME", "j" },
};

/* FEATURE(`NAME'): the table that it means, and where that is. */
static const struct { const char *feature, *map, *spec; } maps[] = {
	{ "mailertable", "mailertable", "hash -o /etc/mail/mailertable" },
	{ "virtusertable", "virtuser", "hash -o /etc/mail/virtusertable" },
	{ "genericstable", "generics", "hash -o /etc/mail/genericstable" },
	{ "access_db", "access", "hash -o /etc/mail/access" },
	{ "domaintable", "domaintable", "hash -o /etc/mail/domaintable" },
};

static const struct { const char *name; int lost; const char *why; }
features[] = {
	{ "use_cw_file", 0, 0 }, { "mailertable", 0, 0 },
	{ "virtusertable", 0, 0 }, { "genericstable", 0, 0 },
	{ "access_db", 0, 0 }, { "domaintable", 0, 0 },
	{ "local_procmail", 0, 0 }, { "local_lmtp", 0, 0 },
	{ "nullclient", 0, 0 }, { "relay_hosts_only", 0, 0 },
	{ "limited_masquerade", 0, 0 }, { "masquerade_entire_domain", 0, 0 },
	{ "masquerade_envelope", 0, 0 }, { "relay_entire_domain", 0, 0 },
	{ "no_default_msa", 0, 0 },
	{ "always_add_domain", 0, "pneu does, always" },
	{ "nocanonify", 0, "pneu takes domains as they stand" },
	{ "stickyhost", 0, "pneu does, always" },
	{ "use_ct_file", 0, "everybody may say -f; it is logged" },
	{ "delay_checks", 0, "pneu refuses at RCPT" },
	{ "accept_unresolvable_domains", 0, "pneu does not look up senders" },
	{ "accept_unqualified_senders", 0, "pneu completes them" },
	{ "lookupdotdomain", 0, "of access: see the lines told of there" },
	{ "preserve_local_plus_detail", 0, "pneu does, always" },
	{ "notsticky", 0, "the default" },
	{ "tls_session_features", 0, "of TLS" },
	{ "nouucp", 0, "pneu takes a!b as it stands" },
	{ "smrsh", 0, "commands run as default_privs, without smrsh" },
	{ "allmasquerade", 1, "pneu rewrites senders, not recipients" },
	{ "generics_entire_domain", 1, "the table generic has domains by "
	    "name" },
	{ "virtuser_entire_domain", 1, "the table virtual has domains by "
	    "name, or @.domain for those below one" },
	{ "redirect", 1, "pneu has no addresses .REDIRECT" },
	{ "greet_pause", 0, "pneu waits before its greeting, too" },
	{ "conncontrol", 0, "see smtpd_client_connection_count_limit" },
	{ "ratecontrol", 1, "pneu counts connections at a time, not in a "
	    "time" },
	{ "dnsbl", 1, "pneu asks no block lists" },
	{ "enhdnsbl", 1, "pneu asks no block lists" },
	{ "blacklist_recipients", 1, "pneu has no list of recipients that "
	    "are refused" },
	{ "blocklist_recipients", 1, "pneu has no list of recipients that "
	    "are refused" },
	{ "promiscuous_relay", 1, "pneu relays for mynetworks only" },
	{ "relay_local_from", 1, "pneu relays for mynetworks only" },
	{ "relay_based_on_MX", 1, "pneu relays for relay_domains only" },
	{ "relay_mail_from", 1, "pneu relays for mynetworks only" },
	{ "loose_relay_check", 1, "pneu takes a%b as it stands" },
	{ "authinfo", 0, 0 },
	{ "msp", 0, "pneu's sendmail hands letters to the queue itself" },
};

static void
feature(struct sm *x, const struct m4_call *c, const struct origin *at)
{
	const char *name = c->args[0];
	size_t i, n = sizeof features / sizeof features[0];

	str_addword(&x->features, name, at);
	for (i = 0; i < n && strcmp(features[i].name, name); i++)
		;
	if (i == n)
		plan_lost(x->plan, at, 0, "pneu has nothing like it");
	else if (features[i].why)
		(features[i].lost ? plan_lost : plan_tell)(x->plan, at, 0,
		    features[i].why);
	if (!strcmp(name, "nullclient") && *c->args[1]) {
		sm_macro(x, "S", c->args[1], at);
		sm_macro(x, "M", c->args[1], at);
	}
	if (x->cf)
		return;
	for (i = 0; i < sizeof maps / sizeof maps[0]; i++)
		if (!strcmp(maps[i].feature, name))
			sm_map(x, maps[i].map, *c->args[1] ? c->args[1] :
			    maps[i].spec, at);
	if (!strcmp(name, "use_cw_file"))
		sm_classfile(x, "w", "-o /etc/mail/local-host-names", at);
	if (!strcmp(name, "local_procmail")) {
		x->mailer = "procmail";
		x->mailerat = *at;
	}
}

static void
define(struct sm *x, const struct m4_call *c, const struct origin *at)
{
	const char *name = c->args[0], *value = c->args[1], *option;
	size_t i;

	if (x->cf)
		return;
	for (i = 0; i < sizeof macros / sizeof macros[0]; i++)
		if (!strcmp(macros[i].define, name)) {
			sm_macro(x, macros[i].macro, value, at);
			return;
		}
	if ((option = sm_optionof(name)))
		sm_option(x, option, value, at);
	else if (str_starts(name, "conf") || str_starts(name, "LOCAL_") ||
	    str_starts(name, "UUCP_") || str_starts(name, "USENET_"))
		sm_option(x, name, value, at);
}

static void
mailer(struct sm *x, const char *name, const struct origin *at)
{
	if (strcmp(name, "local") && strcmp(name, "smtp") &&
	    strcmp(name, "procmail"))
		plan_tell(x->plan, at, 0, "pneu has no such mailer; what "
		    "goes to it is told where it is named");
}

static int read_mc(struct sm *x, const char *name, int depth);

static void
include(struct sm *x, const char *name, const struct origin *at, int depth)
{
	if (strstr(name, "/cf/") || strstr(name, "cf.m4"))
		return;		/* Sendmail's own */
	if (depth > 5 || !read_mc(x, name, depth + 1))
		plan_tell(x->plan, at, 0, "there is no such file");
}

static void
take_call(struct sm *x, const struct m4_call *c, const struct origin *at,
    int depth)
{
	size_t i;

	for (i = 0; i < sizeof classes / sizeof classes[0]; i++) {
		if (strcmp(classes[i].name, c->name) || x->cf)
			continue;
		(classes[i].file ? sm_classfile : sm_class)(x,
		    classes[i].class, c->args[0], at);
		return;
	}
	if (!strcmp(c->name, "FEATURE"))
		feature(x, c, at);
	else if (!strcmp(c->name, "define"))
		define(x, c, at);
	else if (!strcmp(c->name, "MASQUERADE_AS") && !x->cf)
		sm_macro(x, "M", c->args[0], at);
	else if (!strcmp(c->name, "DAEMON_OPTIONS") && !x->cf)
		sm_daemon(x, c->args[0], at);
	else if (!strcmp(c->name, "CLIENT_OPTIONS") && !x->cf)
		sm_option(x, "ClientPortOptions", c->args[0], at);
	else if (!strcmp(c->name, "MAILER"))
		mailer(x, c->args[0], at);
	else if (!strcmp(c->name, "INPUT_MAIL_FILTER") && !x->cf)
		plan_lost(x->plan, at, 0, "pneu has no milters");
	else if (!strcmp(c->name, "TRUST_AUTH_MECH"))
		plan_lost(x->plan, at, 0, "pneu has no mechanism that "
		    "lets in by itself");
	else if (!strcmp(c->name, "HACK"))
		plan_lost(x->plan, at, 0, "pneu has nothing like it");
	else if (!strcmp(c->name, "include") || !strcmp(c->name, "sinclude"))
		include(x, c->args[0], at, depth);
	else if (str_starts(c->name, "if"))
		plan_tell(x->plan, at, 0, "not carried out: m4 is not run");
}

/* Lines below LOCAL_CONFIG are those of sendmail.cf; rules are rules. */
static void
take_line(struct sm *x, const char *s, const struct origin *at)
{
	if (*s == 'R' && (s[1] == '$' || s[1] == '<'))
		plan_lost(x->plan, at, 0, "a rule of one's own: pneu has no "
		    "rulesets");
	else if (!x->cf && strchr("DCFKO", *s) && !strstr(s, "_"))
		sm_line(x, s, at);
}

static int
read_mc(struct sm *x, const char *name, int depth)
{
	const char *path = source_path(x->src, name);
	struct origin at = { path, 0, 0 };
	stralloc sa = STRALLOC_ZERO;
	struct m4_call c;
	struct m4 m;
	int r = source_read(&sa, path), i;

	if (r < 0)
		strerr_diefusys(111, "read ", path);
	if (!r)
		return 0;
	if (!stralloc_0(&sa))
		str_nomem();
	m.s = sa.s;
	m.line = 1;
	while (m4_next(&m, &c)) {
		at.line = c.line;
		if (!c.name) {
			at.text = c.args[0];
			take_line(x, c.args[0], &at);
			continue;
		}
		at.text = str_cat(c.name, "(`", c.args[0], "'");
		for (i = 1; i < c.n; i++)
			at.text = str_cat(at.text, ", `", c.args[i], "'");
		at.text = str_cat(at.text, ")");
		take_call(x, &c, &at, depth);
	}
	return 1;
}

/* What the m4 files add by themselves. */
static void
defaults(struct sm *x)
{
	struct origin at = { "sendmail.mc's default", 0, 0 };

	sm_class(x, "w", "localhost", &at);
	sm_classfile(x, "R", "-o /etc/mail/relay-domains", &at);
	if (!genalloc_len(struct word, &x->listen)) {
		str_addword(&x->listen, "0.0.0.0:25", &at);
		if (!sm_feature(x, "no_default_msa"))
			str_addword(&x->listen, "0.0.0.0:587", &at);
	}
	if (!genalloc_len(struct word, &x->aliases))
		str_addword(&x->aliases, "/etc/mail/aliases", &at);
}

int
sm_mc(struct sm *x)
{
	if (!read_mc(x, "sendmail.mc", 0))
		return 0;
	if (!x->cf)
		defaults(x);
	return 1;
}
