#include "mail/received.h"

#include <string.h>
#include <skalibs/types.h>
#include <skalibs/uint64.h>

#include "mail/date.h"

/* One growing header field: words are put behind one another, and a word
 * that would pass RECEIVED_COLUMNS goes to a line of its own. */
#define SPECIALS "()<>\\\";,"

struct folder {
	stralloc *sa;
	size_t column;
	int ok;
};

static void
put(struct folder *f, const char *s, size_t n)
{
	f->ok = f->ok && stralloc_catb(f->sa, s, n);
	f->column += n;
}

static void
newline(struct folder *f)
{
	put(f, "\n\t", 2);
	f->column = 8;
}

/* A word of up to three parts, a space before it unless at a line's start. */
static void
word(struct folder *f, const char *a, const char *b, const char *c)
{
	size_t n = strlen(a) + strlen(b) + strlen(c);

	if (f->column > 8) {
		if (f->column + 1 + n > RECEIVED_COLUMNS)
			newline(f);
		else
			put(f, " ", 1);
	}
	put(f, a, strlen(a));
	put(f, b, strlen(b));
	put(f, c, strlen(c));
}

/* What a stranger said, made harmless: printable, and without the
 * characters of bad. Returns out. */
static const char *
tame(char *out, size_t size, const char *s, size_t n, const char *bad)
{
	size_t i;

	if (n > size - 1)
		n = size - 1;
	for (i = 0; i < n; i++)
		out[i] = (unsigned char)s[i] <= 32 ||
		    (unsigned char)s[i] > 126 || strchr(bad, s[i]) ?
		    '?' : s[i];
	out[n] = 0;
	return out;
}

/* "from helo (name [address])"; the client is name[address]. */
static void
put_from(struct folder *f, const struct received *r)
{
	char helo[256], name[256], ip[64];
	const char *open = strrchr(r->client, '[');
	size_t n = open ? (size_t)(open - r->client) : strlen(r->client);
	size_t m = open ? strcspn(open + 1, "]") : 0;

	tame(name, sizeof name, r->client, n, SPECIALS);
	tame(ip, sizeof ip, open ? open + 1 : "", m, SPECIALS);
	if (r->helo && r->helo[0])
		tame(helo, sizeof helo, r->helo, strlen(r->helo), SPECIALS);
	else
		strcpy(helo, "unknown");
	word(f, "from", " ", helo);
	word(f, "(", name, "");
	/* RFC 5321 4.4: TCP-info is an address literal */
	word(f, strchr(ip, ':') ? "[IPv6:" : "[", ip, "])");
}

static void
put_by(struct folder *f, const struct received *r)
{
	char by[256];

	tame(by, sizeof by, r->by, strlen(r->by), SPECIALS);
	word(f, "by", " ", by);
	if (!r->client && r->has_uid) {
		char fmt[UINT64_FMT];

		fmt[uint64_fmt(fmt, r->uid)] = 0;
		word(f, "(pneu, from userid ", fmt, ")");
	} else
		word(f, "(pneu)", "", "");
}

/* The two comments of Postfix's. */
static void
put_tls(struct folder *f, const struct received *r)
{
	char text[256], *part, *next;

	tame(text, sizeof text, r->tls, strlen(r->tls), "\\\"");
	for (part = text; *part; part++)	/* tamed spaces */
		if (*part == '?')
			*part = ' ';
	/* folded where Postfix does: TLS 1.3 has more to say */
	part = text;
	next = strstr(text, " key-exchange ");
	if (next)
		*next++ = 0;
	word(f, "(using ", part, next ? "" : ")");
	if (next) {
		newline(f);
		put(f, " ", 1);
		word(f, next, ")", "");
	}
	newline(f);
	word(f, "(No client certificate requested)", "", "");
	newline(f);
}

int
received_put(stralloc *sa, const struct received *r)
{
	struct folder f = { sa, 0, 1 };
	char date[DATE_FMT], text[512];
	size_t at = sa->len;

	put(&f, "Received:", 9);
	if (r->client) {
		put_from(&f, r);
		newline(&f);
		if (r->tls && r->tls[0])
			put_tls(&f, r);
	}
	put_by(&f, r);
	if (r->client)
		word(&f, "with", " ", r->proto && r->proto[0] ? r->proto :
		    "SMTP");
	else
		newline(&f);
	word(&f, "id ", r->id, r->client && r->rcpt ? "" : ";");
	if (r->client && r->rcpt) {
		newline(&f);
		word(&f, "for <", tame(text, sizeof text, r->rcpt,
		    strlen(r->rcpt), "<>"), ">;");
	}
	date_fmt(date, r->time, r->zone, r->zonename);
	word(&f, date, "", "");
	put(&f, "\n", 1);
	if (!f.ok)
		sa->len = at;
	return f.ok;
}
