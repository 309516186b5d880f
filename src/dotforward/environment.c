#include "dotforward/environment.h"

#include <stdio.h>
#include <string.h>

struct out {
	stralloc *sa;
	int n;			/* lines, -1: no memory */
};

static int
issafe(char c)
{
	return (unsigned char)c >= 128 || (c && strchr("!@%-_=+:,./0123456789"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", c));
}

static void
add(struct out *o, const char *s, size_t n)
{
	if (o->n >= 0 && !stralloc_catb(o->sa, s, n))
		o->n = -1;
}

static void
adds(struct out *o, const char *s)
{
	add(o, s, strlen(s));
}

/* What a stranger may have written. */
static void
add_safe(struct out *o, const char *s, size_t n)
{
	size_t at = o->sa->len;

	add(o, s, n);
	if (o->n >= 0)
		for (; at < o->sa->len; at++)
			if (!issafe(o->sa->s[at]))
				o->sa->s[at] = '_';
}

static void
begin(struct out *o, const char *name)
{
	adds(o, name);
	add(o, "=", 1);
}

static void
end(struct out *o)
{
	add(o, "", 1);
	if (o->n >= 0)
		o->n++;
}

static void
own(struct out *o, const char *name, const char *s)
{
	if (!s)
		return;
	begin(o, name);
	adds(o, s);
	end(o);
}

static void
safe(struct out *o, const char *name, const char *s, size_t n)
{
	begin(o, name);
	add_safe(o, s, n);
	end(o);
}

/* A line of a message's head: before SAFE behind. */
static void
line(struct out *o, const char *name, const char *before, const char *s,
    const char *behind)
{
	begin(o, name);
	adds(o, before);
	add_safe(o, s, strlen(s));
	adds(o, behind);
	end(o);
}

static void
ufline(struct out *o, const struct environment *e)
{
	char date[64];
	struct tm tm;

	if (!gmtime_r(&e->now, &tm) ||
	    !strftime(date, sizeof date, " %a %b %e %H:%M:%S %Y\n", &tm))
		strcpy(date, " Thu Jan  1 00:00:00 1970\n");
	line(o, "UFLINE", "From ", *e->sender ? e->sender : "MAILER-DAEMON",
	    date);
}

/* HOST2, HOST3, HOST4: less and less of the end. */
static void
hosts(struct out *o, const char *host)
{
	char name[] = "HOST2";
	size_t n = strlen(host);

	for (; name[4] <= '4'; name[4]++) {
		while (n && host[n - 1] != '.')
			n--;
		if (n)
			n--;
		safe(o, name, host, n);
	}
}

static void
exts(struct out *o, const char *ext)
{
	char name[] = "EXT2";

	safe(o, "EXTENSION", ext, strlen(ext));
	safe(o, "EXT", ext, strlen(ext));
	for (; name[3] <= '4'; name[3]++) {
		ext += strcspn(ext, "-");
		if (*ext)
			ext++;
		safe(o, name, ext, strlen(ext));
	}
}

static void
addresses(struct out *o, const struct environment *e)
{
	const char *at = strrchr(e->recipient, '@');
	size_t n = at ? (size_t)(at - e->recipient) : strlen(e->recipient);
	const char *host = at ? at + 1 : "";
	const char *orig = e->original ? e->original : e->recipient;
	const char *from = e->newsender ? e->newsender : e->sender;

	safe(o, "SENDER", e->sender, strlen(e->sender));
	safe(o, "NEWSENDER", from, strlen(from));
	safe(o, "RECIPIENT", e->recipient, strlen(e->recipient));
	safe(o, "ORIGINAL_RECIPIENT", orig, strlen(orig));
	safe(o, "LOCAL", e->recipient, n);
	safe(o, "DOMAIN", host, strlen(host));
	safe(o, "HOST", host, strlen(host));
	hosts(o, host);
}

/* Who has sent it, name[address]. As with Postfix what is not known is not
 * set. */
static void
client(struct out *o, const struct environment *e)
{
	const char *open = e->client ? strrchr(e->client, '[') : 0;
	const char *const more[][2] = {
		{ "CLIENT_HELO", e->helo }, { "CLIENT_PROTOCOL", e->proto },
		{ "SASL_USERNAME", e->login }, { "SASL_METHOD", e->method },
		{ "SASL_SENDER", e->auth && !strcmp(e->auth, "<>") ? 0 :
		    e->auth }
	};
	size_t i;

	if (e->client && *e->client)
		safe(o, "CLIENT_HOSTNAME", e->client, open ?
		    (size_t)(open - e->client) : strlen(e->client));
	if (open)
		safe(o, "CLIENT_ADDRESS", open + 1, strcspn(open + 1, "]"));
	for (i = 0; i < sizeof more / sizeof more[0]; i++)
		if (more[i][1] && *more[i][1])
			safe(o, more[i][0], more[i][1], strlen(more[i][1]));
}

int
environment_put(stralloc *sa, const struct environment *e)
{
	struct out o = { sa, 0 };

	own(&o, "HOME", e->home);
	own(&o, "USER", e->user);
	own(&o, "LOGNAME", e->user);
	own(&o, "SHELL", e->shell && *e->shell ? e->shell : "/bin/sh");
	own(&o, "PATH", ENVIRONMENT_PATH);
	own(&o, "TZ", e->tz);
	own(&o, "LANG", e->lang);
	addresses(&o, e);
	client(&o, e);
	exts(&o, e->ext ? e->ext : "");
	if (e->def)
		safe(&o, "DEFAULT", e->def, strlen(e->def));
	ufline(&o, e);
	line(&o, "RPLINE", "Return-Path: <", e->sender, ">\n");
	line(&o, "DTLINE", "Delivered-To: ", e->recipient, "\n");
	return o.n;
}
