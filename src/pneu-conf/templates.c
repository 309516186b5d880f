#include "pneu-conf/templates.h"

#include <string.h>
#include <strings.h>

#include "mail/template.h"

const char *const templates_names[TEMPLATES] = {
	"failure", "delay", "success"
};

enum { CHARSET, FROM, SUBJECT, DOUBLE, FIELDS };
static const char *const fields[FIELDS] = {
	"Charset", "From", "Subject", "Postmaster-Subject"
};

/* Where we are: a line of the file, without its end. */
struct reader {
	struct report *r;
	struct place p;
	const char *s, *end;	/* what is left */
	const char *line;
	size_t n;
};

static int
next(struct reader *x)
{
	const char *nl;

	if (x->s == x->end)
		return 0;
	nl = memchr(x->s, '\n', (size_t)(x->end - x->s));
	x->line = x->s;
	x->n = (size_t)((nl ? nl : x->end) - x->s);
	x->s = nl ? nl + 1 : x->end;
	if (x->n && x->line[x->n - 1] == '\r')
		x->n--;
	x->p.line++;
	return 1;
}

static void
wrong(struct reader *x, size_t at, const char *what)
{
	x->p.col = (unsigned int)at + 1;
	report_error(x->r, &x->p, what);
}

static int
is8bit(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] > 127)
			return 1;
	return 0;
}

/* Octets at n of the line may stand in a template. */
static void
check(struct reader *x, size_t at, int eightbit)
{
	size_t bad, i;

	for (i = at; i < x->n; i++)
		if (!x->line[i] || (!eightbit &&
		    (unsigned char)x->line[i] > 127)) {
			wrong(x, i, x->line[i] ? "octets over 127 are for the "
			    "text of a template whose Charset has them" :
			    "an octet 0");
			return;
		}
	if (x->n > TEMPLATES_LINE_OCTETS)
		wrong(x, TEMPLATES_LINE_OCTETS, "the line is too long");
	if (template_expand(0, x->line + at, x->n - at, 0, &bad) < 0)
		wrong(x, at + bad, "no such variable; $$ is a dollar sign");
}

/* A field of the header. Its value: at, up to the line's end. */
static int
field(struct reader *x, size_t *at)
{
	const char *colon = memchr(x->line, ':', x->n);
	size_t len = colon ? (size_t)(colon - x->line) : 0;
	int k;

	for (k = 0; colon && k < FIELDS; k++)
		if (strlen(fields[k]) == len &&
		    !strncasecmp(x->line, fields[k], len))
			break;
	if (!colon || k == FIELDS) {
		wrong(x, 0, "expected Charset:, From:, Subject: or "
		    "Postmaster-Subject:, then an empty line");
		return -1;
	}
	for (*at = len + 1; *at < x->n && (x->line[*at] == ' ' ||
	    x->line[*at] == '\t'); ++*at)
		;
	check(x, *at, 0);
	return k;
}

/* The tag of "NAME_template = <<TAG", and which it is: TEMPLATES for verify,
 * -1 if it is none. */
static int
head(const struct reader *x, const char **tag, size_t *taglen)
{
	static const char suffix[] = "_template";
	const char *eq = memchr(x->line, '=', x->n), *end = x->line + x->n;
	size_t n = eq ? (size_t)(eq - x->line) : 0, m = sizeof suffix - 1;
	int k;

	while (n && (x->line[n - 1] == ' ' || x->line[n - 1] == '\t'))
		n--;
	if (!eq || n < m || memcmp(x->line + n - m, suffix, m))
		return -1;
	for (eq++; eq < end && (*eq == ' ' || *eq == '\t'); eq++)
		;
	while (end > eq && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	if (end - eq < 3 || eq[0] != '<' || eq[1] != '<')
		return -1;
	*tag = eq + 2;
	*taglen = (size_t)(end - eq) - 2;
	n -= m;
	for (k = 0; k < TEMPLATES; k++)
		if (strlen(templates_names[k]) == n &&
		    !memcmp(x->line, templates_names[k], n))
			return k;
	return n == 6 && !memcmp(x->line, "verify", 6) ? k : -1;
}

static void
put(stralloc *sa, const char *s, size_t n)
{
	if (!stralloc_catb(sa, s, n) || !stralloc_0(sa))
		report_nomem();
}

/* A template up to its tag. */
static void
body(struct reader *x, stralloc *v, const char *tag, size_t taglen)
{
	const char *value[FIELDS] = { "", "", "", "" };
	size_t len[FIELDS] = { 0, 0, 0, 0 }, at;
	stralloc text = STRALLOC_ZERO;
	int inhead = 1, found = 0, k, ascii;

	while (!found && next(x)) {
		if (x->n == taglen && !memcmp(x->line, tag, taglen)) {
			found = 1;
		} else if (inhead && !x->n) {
			inhead = 0;
		} else if (inhead) {
			if ((k = field(x, &at)) < 0) {
				inhead = 0;	/* said once */
				continue;
			}
			value[k] = x->line + at;
			len[k] = x->n - at;
		} else {
			ascii = !len[CHARSET] || (len[CHARSET] == 8 &&
			    !strncasecmp(value[CHARSET], "us-ascii", 8));
			check(x, 0, !ascii);
			if (!stralloc_catb(&text, x->line, x->n) ||
			    !stralloc_append(&text, '\n'))
				report_nomem();
		}
	}
	if (!found)
		wrong(x, 0, "the end of this template is missing");
	if (is8bit(value[CHARSET], len[CHARSET]))
		len[CHARSET] = 0;
	v->len = 0;
	for (k = 0; k < FIELDS; k++)
		put(v, value[k], len[k]);
	put(v, text.s ? text.s : "", text.len);
	stralloc_free(&text);
}

void
templates_scan(struct templates *t, struct report *r, const char *file,
    const char *s, size_t n)
{
	struct reader x = { r, { file, 0, 0 }, s, s + n, s, 0 };
	stralloc verify = STRALLOC_ZERO;
	const char *tag;
	size_t taglen;
	int k;

	while (next(&x)) {
		if (!x.n || x.line[0] == '#')
			continue;
		if ((k = head(&x, &tag, &taglen)) < 0) {
			wrong(&x, 0, "expected failure_template, "
			    "delay_template, success_template or "
			    "verify_template, then = <<EOF");
			return;
		}
		body(&x, k < TEMPLATES ? t->v + k : &verify, tag, taglen);
	}
	stralloc_free(&verify);
}

void
templates_free(struct templates *t)
{
	size_t i;

	for (i = 0; i < TEMPLATES; i++)
		stralloc_free(t->v + i);
}
