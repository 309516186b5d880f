#include "pneu-import/sm.h"

#include <string.h>
#include <strings.h>
#include <skalibs/types.h>
#include <skalibs/stralloc.h>

#include "conf/net.h"

/* Sendmail's times have units after each number ("1h30m"), ours one. */
static const char *
seconds(const char *s, char unit)
{
	static const struct { char c; unsigned long s; } units[] = {
		{ 'w', 604800 }, { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 },
		{ 's', 1 }
	};
	unsigned long sum = 0, u;
	char fmt[ULONG_FMT];
	size_t n, i;

	do {
		if (!(n = ulong_scan(s, &u)))
			return 0;
		s += n;
		for (i = 0; i < 5; i++)
			if (units[i].c == ((*s ? *s : unit) | 32))
				break;
		if (i == 5)
			return 0;
		sum += u * units[i].s;
		s += *s != 0;
	} while (*s);
	fmt[ulong_fmt(fmt, sum)] = 0;
	return str_keep(fmt);
}

typedef void take(struct sm *x, const char *setting, const char *v,
    const struct origin *at);

static void
take_same(struct sm *x, const char *setting, const char *v,
    const struct origin *at)
{
	plan_set(x->plan, setting, v, at);
}

static void
time_unit(struct sm *x, const char *setting, const char *v, char unit,
    const struct origin *at)
{
	const char *s = seconds(v, unit);

	if (s)
		plan_set(x->plan, setting, s, at);
	else
		plan_lost(x->plan, at, 0, "not a time");
}

static void
take_minutes(struct sm *x, const char *setting, const char *v,
    const struct origin *at)
{
	time_unit(x, setting, v, 'm', at);
}

static void
take_folded(struct sm *x, const char *setting, const char *v,
    const struct origin *at)
{
	(void)setting;
	(void)v;
	plan_lost(x->plan, at, 0,
	    "pneu has smtp_mail_timeout for MAIL, RCPT and DATA");
}

static void
take_return(struct sm *x, const char *setting, const char *v,
    const struct origin *at)
{
	time_unit(x, setting, v, 'd', at);
	time_unit(x, "bounce_queue_lifetime", v, 'd', at);
}

static void
take_warn(struct sm *x, const char *setting, const char *v,
    const struct origin *at)
{
	time_unit(x, setting, v, 'h', at);
}

/* "user:group": the user. */
static void
take_user(struct sm *x, const char *setting, const char *v,
    const struct origin *at)
{
	plan_setuser(x->plan, setting, str_keepb(v, strcspn(v, ":.")), at);
}

static const struct { const char *macro, *ours; } forwards[] = {
	{ "+$h", "${recipient_delimiter}${extension}" },
	{ "$z", "$home" }, { "$u", "$user" }, { "$h", "$extension" },
};

/* $z/.forward.$w+$h:$z/.forward */
static void
take_forward(struct sm *x, const char *setting, const char *v,
    const struct origin *at)
{
	stralloc sa = STRALLOC_ZERO;
	size_t i;

	while (*v) {
		for (i = 0; i < sizeof forwards / sizeof forwards[0]; i++)
			if (str_starts(v, forwards[i].macro))
				break;
		if (i < sizeof forwards / sizeof forwards[0]) {
			if (!stralloc_cats(&sa, forwards[i].ours))
				str_nomem();
			v += strlen(forwards[i].macro);
		} else if (str_starts(v, "$w")) {
			if (!stralloc_catb(&sa, x->host, strcspn(x->host,
			    ".")))
				str_nomem();
			v += 2;
		} else if (*v == '$') {
			plan_lost(x->plan, at, 0, "a macro that pneu's "
			    "forward_path does not have");
			return;
		} else if (*v == ':' ? !stralloc_cats(&sa, ", ") :
		    !stralloc_catb(&sa, v, 1))
			str_nomem();
		else
			v++;
	}
	if (!stralloc_0(&sa))
		str_nomem();
	plan_set(x->plan, setting, sa.s, at);
}

/* "$j text": our name stands before it by itself. */
static void
take_greeting(struct sm *x, const char *setting, const char *v,
    const struct origin *at)
{
	if (str_starts(v, "$j"))
		v += 2;
	v += strspn(v, " ");
	if (strchr(v, '$'))
		plan_tell(x->plan, at, 0, "has macros of Sendmail's: pneu's "
		    "greeting is its own");
	else
		plan_set(x->plan, setting, v, at);
}

static void
take_aliases(struct sm *x, const char *setting, const char *v,
    const struct origin *at)
{
	(void)setting;
	str_words(&x->aliases, v, at);
}

static void
take_daemon(struct sm *x, const char *setting, const char *v,
    const struct origin *at)
{
	(void)setting;
	sm_daemon(x, v, at);
}

/* The value of a part "Name=value", without regard to case or by its first
 * letter ("M=Ea"); 0 if there is none. */
static const char *
part(const genalloc *w, const char *name)
{
	const struct word *v = genalloc_s(struct word, w);
	size_t i, n;

	for (i = 0; i < genalloc_len(struct word, w); i++) {
		n = strcspn(v[i].s, "=");
		if (!v[i].s[n])
			continue;
		if (!strncasecmp(v[i].s, name, n) && (n == 1 ||
		    n == strlen(name)))
			return v[i].s + n + 1;
	}
	return 0;
}

static void
take_client(struct sm *x, const char *setting, const char *v,
    const struct origin *at)
{
	genalloc w = GENALLOC_ZERO;
	const char *addr;

	(void)setting;
	str_words(&w, v, at);
	if ((addr = part(&w, "Addr")))
		plan_addbind(x->plan, addr, at);
	else
		plan_tell(x->plan, at, 0, "no address");
}

void
sm_daemon(struct sm *x, const char *spec, const struct origin *at)
{
	genalloc w = GENALLOC_ZERO;
	const char *addr, *port, *family;
	struct net n;
	int six;

	str_words(&w, spec, at);
	addr = part(&w, "Addr");
	port = part(&w, "Port");
	family = part(&w, "Family");
	six = family && !strcasecmp(family, "inet6");
	if (!port || !strcasecmp(port, "smtp"))
		port = "25";
	else if (!strcasecmp(port, "submission"))
		port = "587";
	else if (!strcasecmp(port, "smtps"))
		port = "465";
	if (!addr)
		addr = six ? "::" : "0.0.0.0";
	if (str_starts(addr, "IPv6:"))
		addr += 5;
	if (strchr(addr, ':'))
		addr = str_cat("[", addr, "]");
	if (port[strspn(port, "0123456789")] ||
	    net_scan(&n, addr, strlen(addr)) < 0) {
		plan_lost(x->plan, at, 0, "pneu listens on addresses and "
		    "ports as numbers");
		return;
	}
	if (!strcmp(port, "465"))
		port = "465/smtps";
	if (part(&w, "Modifiers"))
		plan_tell(x->plan, at, 0, "pneu's doors are all alike");
	str_addword(&x->listen, str_cat(addr, ":", port), at);
}

static void
take_cert(struct sm *x, const char *setting, const char *v,
    const struct origin *at)
{
	(void)setting;
	x->cert.value = str_keep(v);
	x->cert.at = *at;
}

static void
take_key(struct sm *x, const char *setting, const char *v,
    const struct origin *at)
{
	(void)setting;
	x->key.value = str_keep(v);
	x->key.at = *at;
}

static const struct {
	const char *option, *conf, *setting;
	take *take;
} options[] = {
	{ "MaxMessageSize", "confMAX_MESSAGE_SIZE", "message_size_limit",
	    take_same },
	{ "MaxHopCount", "confMAX_HOP", "hopcount_limit", take_same },
	{ "MaxRecipientsPerMessage", "confMAX_RCPTS_PER_MESSAGE",
	    "smtpd_recipient_limit", take_same },
	{ "Timeout.queuereturn", "confTO_QUEUERETURN",
	    "maximal_queue_lifetime", take_return },
	{ "Timeout.queuewarn", "confTO_QUEUEWARN", "delay_warning_time",
	    take_warn },
	{ "Timeout.connect", "confTO_CONNECT", "smtp_connect_timeout",
	    take_minutes },
	{ "Timeout.helo", "confTO_HELO", "smtp_helo_timeout", take_minutes },
	{ "Timeout.mail", "confTO_MAIL", "smtp_mail_timeout", take_minutes },
	{ "Timeout.rcpt", "confTO_RCPT", 0, take_folded },
	{ "Timeout.datainit", "confTO_DATAINIT", 0, take_folded },
	{ "Timeout.datablock", "confTO_DATABLOCK", 0, take_folded },
	{ "Timeout.datafinal", "confTO_DATAFINAL", "smtp_data_done_timeout",
	    take_minutes },
	{ "Timeout.command", "confTO_COMMAND", "smtpd_timeout",
	    take_minutes },
	{ "MinQueueAge", "confMIN_QUEUE_AGE", "minimal_backoff_time",
	    take_minutes },
	{ "MaxQueueAge", "confMAX_QUEUE_AGE", "maximal_backoff_time",
	    take_minutes },
	{ "DefaultUser", "confDEF_USER_ID", "default_privs", take_user },
	{ "ForwardPath", "confFORWARD_PATH", "forward_path", take_forward },
	{ "DoubleBounceAddress", "confDOUBLE_BOUNCE_ADDRESS",
	    "2bounce_notice_recipient", take_same },
	{ "FallbackMXhost", "confFALLBACK_MX", "smtp_fallback_relay",
	    take_same },
	{ "SmtpGreetingMessage", "confSMTP_LOGIN_MSG", "smtpd_banner",
	    take_greeting },
	{ "ServerCertFile", "confSERVER_CERT", 0, take_cert },
	{ "ServerKeyFile", "confSERVER_KEY", 0, take_key },
	{ "AliasFile", "ALIAS_FILE", 0, take_aliases },
	{ "DaemonPortOptions", "confDAEMON_OPTIONS", 0, take_daemon },
	{ "ClientPortOptions", "confCLIENT_OPTIONS", 0, take_client },
};

const char *
sm_optionof(const char *conf)
{
	size_t i;

	for (i = 0; i < sizeof options / sizeof options[0]; i++)
		if (!strcmp(options[i].conf, conf))
			return options[i].option;
	return 0;
}

void
sm_option(struct sm *x, const char *name, const char *value,
    const struct origin *at)
{
	const char *why;
	size_t i;
	int lost;

	for (i = 0; i < sizeof options / sizeof options[0]; i++)
		if (!strcasecmp(options[i].option, name)) {
			if (*value)
				options[i].take(x, options[i].setting, value,
				    at);
			return;
		}
	why = sm_why(name, &lost);
	if (*value)
		(lost ? plan_lost : plan_tell)(x->plan, at, 0, why);
}
