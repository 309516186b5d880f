#include "pneu-remote/recode-internal.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static int
put(stralloc *out, const char *s, size_t n)
{
	return stralloc_catb(out, s, n) ? 1 : -1;
}

static int
puts_(stralloc *out, const char *s)
{
	return put(out, s, strlen(s));
}

static int
impossible(void)
{
	errno = EILSEQ;
	return -1;
}

void
recode_header(struct recode *r)
{
	r->header = 1;
	r->top = 0;
	r->fieldlen = 0;
	r->toolong = 0;
	r->mime = r->hastype = 0;
	r->cte = RECODE_7BIT;
	r->ctetext[0] = 0;
	r->type = RECODE_LEAF;
}

/* Behind white space, folds and comments (RFC 822 3.4.3). */
static const char *
skip(const char *s)
{
	int depth = 0;

	for (; *s; s++) {
		if (*s == '\\' && depth && s[1])
			s++;
		else if (*s == '(')
			depth++;
		else if (*s == ')' && depth)
			depth--;
		else if (!depth && !strchr(" \t\r\n", *s))
			break;
	}
	return s;
}

/* A token or a quoted string, without its quotes, into to. Returns what is
 * behind it; *fits says whether it fitted. */
static const char *
word(const char *s, char *to, size_t max, int *fits)
{
	size_t n = 0;
	int quoted = *s == '"';

	*fits = 1;
	if (quoted)
		s++;
	for (; *s && (quoted ? *s != '"' :
	    !strchr(" \t\r\n;=()\"", *s)); s++) {
		if (quoted && *s == '\\' && s[1])
			s++;
		if (n < max)
			to[n++] = *s;
		else
			*fits = 0;
	}
	to[n] = 0;
	return quoted && *s ? s + 1 : s;
}

/* The parameter boundary= of a Content-Type. Returns 1, or -1: there is
 * none, or it is of no use. */
static int
take_boundary(struct recode *r, const char *s)
{
	char name[32];
	int fits;

	for (;;) {
		s = skip(s);
		if (!*s)
			return impossible();
		if (*s != ';') {		/* bad, or a rest: pass over */
			s++;
			continue;
		}
		s = skip(word(skip(s + 1), name, sizeof name - 1, &fits));
		if (*s != '=')
			continue;
		s = word(skip(s + 1), r->newboundary, RECODE_BOUNDARY_OCTETS,
		    &fits);
		if (strcasecmp(name, "boundary"))
			continue;
		return fits && r->newboundary[0] ? 1 : impossible();
	}
}

static int
take_type(struct recode *r, const char *s)
{
	char type[64];
	int fits;
	const char *rest = word(skip(s), type, sizeof type - 1, &fits);

	r->hastype = 1;
	r->type = RECODE_LEAF;
	if (!strncasecmp(type, "multipart/", 10)) {
		r->type = RECODE_MULTI;
		return take_boundary(r, rest);
	}
	if (!strcasecmp(type, "message/rfc822") ||
	    !strcasecmp(type, "message/global") ||
	    !strcasecmp(type, "message/news"))
		r->type = RECODE_MESSAGE;
	return 1;
}

static void
take_encoding(struct recode *r, const char *s)
{
	int fits;

	word(skip(s), r->ctetext, sizeof r->ctetext - 1, &fits);
	if (!strcasecmp(r->ctetext, "8bit") ||
	    !strcasecmp(r->ctetext, "binary"))
		r->cte = RECODE_8BIT;
	else if (!strcasecmp(r->ctetext, "7bit") || !r->ctetext[0])
		r->cte = RECODE_7BIT;
	else
		r->cte = RECODE_OTHER;
}

/* What follows "NAME:" in the field, or 0 if it is another. */
static const char *
isfield(const struct recode *r, const char *name)
{
	const char *s = r->field;
	size_t n = strlen(name);

	if (strncasecmp(s, name, n))
		return 0;
	s += n;
	s += strspn(s, " \t");
	return *s == ':' ? s + 1 : 0;
}

/* The field is whole. Its encoding is kept back: what it is to be depends
 * on fields that may still come. */
static int
field_end(struct recode *r, stralloc *out)
{
	const char *s;
	size_t n = r->fieldlen;

	if (!n)
		return 1;
	r->fieldlen = 0;
	if (r->toolong) {
		r->toolong = 0;
		return 1;			/* it has been written */
	}
	r->field[n] = 0;
	if ((s = isfield(r, "Content-Transfer-Encoding"))) {
		take_encoding(r, s);
		return 1;
	}
	if (isfield(r, "MIME-Version"))
		r->mime = 1;
	else if ((s = isfield(r, "Content-Type")) && take_type(r, s) < 0)
		return -1;
	return put(out, r->field, n);
}

/* Add to the field; one that does not fit is written as it comes, and may
 * be none of those that we must know. */
static int
field_add(struct recode *r, stralloc *out, const char *s, size_t n)
{
	if (r->toolong)
		return put(out, s, n);
	if (r->fieldlen + n > RECODE_HEADER_OCTETS) {
		r->field[r->fieldlen] = 0;
		if (!strncasecmp(r->field, "Content-T", 9))
			return impossible();
		r->toolong = 1;
		return put(out, r->field, r->fieldlen) < 0 ? -1 :
		    put(out, s, n);
	}
	memcpy(r->field + r->fieldlen, s, n);
	r->fieldlen += n;
	return 1;
}

static int
isblank_(const struct recode *r)
{
	return !r->n || (r->n == 1 && r->line[0] == '\r');
}

int
recode_field(struct recode *r, stralloc *out, int first, int eol)
{
	size_t i;

	if (first && eol && isblank_(r)) {
		if (recode_fields_end(r, out) < 0)
			return -1;
		return put(out, "\n", 1);
	}
	for (i = 0; i < r->n; i++)
		if ((unsigned char)r->line[i] > 127)
			return impossible();
	if (first && r->line[0] != ' ' && r->line[0] != '\t' &&
	    field_end(r, out) < 0)
		return -1;
	if (field_add(r, out, r->line, r->n) < 0)
		return -1;
	return eol ? field_add(r, out, "\n", 1) : 1;
}

static int
put_encoding(stralloc *out, const char *s)
{
	if (puts_(out, "Content-Transfer-Encoding: ") < 0 ||
	    puts_(out, s) < 0)
		return -1;
	return put(out, "\n", 1);
}

/* A part that holds others: it is 7bit once they are (RFC 2045 6.4). */
static int
composite(struct recode *r, stralloc *out)
{
	if (r->cte == RECODE_OTHER)
		return impossible();
	if (r->cte == RECODE_8BIT && put_encoding(out, "7bit") < 0)
		return -1;
	if (r->cte == RECODE_7BIT && r->ctetext[0] &&
	    put_encoding(out, r->ctetext) < 0)
		return -1;
	if (r->type == RECODE_MESSAGE) {
		recode_header(r);
		r->top = r->all;	/* a message like the outer one */
		return 1;
	}
	if (r->depth == RECODE_DEPTH)
		return impossible();
	strcpy(r->boundary[r->depth++], r->newboundary);
	r->how = RECODE_PREAMBLE;
	return 1;
}

int
recode_fields_end(struct recode *r, stralloc *out)
{
	if (field_end(r, out) < 0)
		return -1;
	r->header = 0;
	if (r->top && !r->mime) {
		if (puts_(out, "MIME-Version: 1.0\n") < 0)
			return -1;
		if (!r->hastype) {
			r->cte = RECODE_8BIT;
			if (puts_(out, "Content-Type: text/plain; "
			    "charset=unknown-8bit\n") < 0)
				return -1;
		}
	}
	if (r->type != RECODE_LEAF)
		return composite(r, out);
	if (r->cte == RECODE_8BIT || (r->cte == RECODE_7BIT && r->all)) {
		r->how = RECODE_QP;
		r->col = 0;
		r->space = 0;
		return put_encoding(out, "quoted-printable");
	}
	r->how = RECODE_PASS;
	return r->ctetext[0] ? put_encoding(out, r->ctetext) : 1;
}
