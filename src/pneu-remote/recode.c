#include "pneu-remote/recode.h"

#include <errno.h>
#include <string.h>

#include "pneu-remote/recode-internal.h"

#define QP_LINE_OCTETS 76		/* RFC 2045 6.7 (5), with the '=' */

void
recode_init(struct recode *r, int all)
{
	memset(r, 0, sizeof *r);
	r->all = all;
	r->header = r->top = 1;
}

static int
put(stralloc *out, const char *s, size_t n)
{
	return stralloc_catb(out, s, n) ? 1 : -1;
}

static int
has8bit(const char *s, size_t n)
{
	while (n--)
		if ((unsigned char)*s++ > 127)
			return 1;
	return 0;
}

static int
impossible(void)
{
	errno = EILSEQ;
	return -1;
}

/* One octet on a line of quoted-printable, as it is or as =XX. */
static int
qp_octet(struct recode *r, stralloc *out, unsigned char c, int quote)
{
	static const char hex[] = "0123456789ABCDEF";
	char x[3] = { '=', hex[c >> 4], hex[c & 15] };
	size_t n = quote ? 3 : 1;

	if (r->col + n > QP_LINE_OCTETS - 1) {
		if (put(out, "=\n", 2) < 0)
			return -1;
		r->col = 0;
	}
	r->col += n;
	return quote ? put(out, x, 3) : put(out, (char *)&c, 1);
}

/* White space at the end of a line is to be quoted: so it waits for what
 * comes after it. */
static int
qp_space(struct recode *r, stralloc *out, int last)
{
	int c = r->space;

	r->space = 0;
	return c ? qp_octet(r, out, (unsigned char)c, last) : 1;
}

static int
qp(struct recode *r, stralloc *out, const char *s, size_t n, int eol)
{
	size_t i;

	if (eol && n && s[n - 1] == '\r')
		n--;
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (qp_space(r, out, 0) < 0)
			return -1;
		if (c == ' ' || c == '\t')
			r->space = c;
		else if (qp_octet(r, out, c, c < 33 || c > 126 ||
		    c == '=') < 0)
			return -1;
	}
	if (!eol)
		return 1;
	if (qp_space(r, out, 1) < 0)
		return -1;
	r->col = 0;
	return put(out, "\n", 1);
}

/* A piece of a line of a body. */
static int
body(struct recode *r, stralloc *out, char *s, size_t n, int eol)
{
	size_t i;

	switch (r->how) {
	case RECODE_QP:
		return qp(r, out, s, n, eol);
	case RECODE_PREAMBLE:
		for (i = 0; i < n; i++)
			if ((unsigned char)s[i] > 127)
				s[i] = '?';
		break;
	case RECODE_PASS:
		if (has8bit(s, n))
			return impossible();
	}
	if (put(out, s, n) < 0)
		return -1;
	return eol ? put(out, "\n", 1) : 1;
}

/* Is the line a boundary (RFC 2046 5.1.1)? Returns 0, 1 between parts, 2
 * behind the last; *level is whose. An outer one ends the inner ones. */
static int
isboundary(const struct recode *r, const char *s, size_t n, size_t *level)
{
	size_t i, len;

	if (n < 2 || s[0] != '-' || s[1] != '-')
		return 0;
	for (i = r->depth; i-- > 0; ) {
		const char *b = r->boundary[i], *end;
		int last;

		len = strlen(b);
		if (n < 2 + len || memcmp(s + 2, b, len))
			continue;
		end = s + 2 + len;
		last = s + n - end >= 2 && end[0] == '-' && end[1] == '-';
		if (last)
			end += 2;
		while (end < s + n && (*end == ' ' || *end == '\t' ||
		    *end == '\r'))
			end++;
		if (end < s + n)
			continue;
		*level = i;
		return last ? 2 : 1;
	}
	return 0;
}

static int
boundary(struct recode *r, stralloc *out, int kind, size_t level)
{
	/* a header without an end */
	if (r->header && recode_fields_end(r, out) < 0)
		return -1;
	/* a soft line break must not swallow the boundary's line */
	if (r->how == RECODE_QP && (qp_space(r, out, 1) < 0 ||
	    (r->col && put(out, "\n", 1) < 0)))
		return -1;
	r->col = 0;
	r->space = 0;
	r->depth = kind == 1 ? level + 1 : level;
	if (kind == 1)
		recode_header(r);
	else
		r->how = RECODE_PREAMBLE;
	return put(out, r->line, r->n) < 0 ? -1 : put(out, "\n", 1);
}

/* The line, or a part of a long one, is in r->line; eol: it ends here. */
static int
piece(struct recode *r, stralloc *out, int eol)
{
	int first = !r->begun, kind = 0, e;
	size_t level;

	if (first && eol)
		kind = isboundary(r, r->line, r->n, &level);
	if (kind)
		e = boundary(r, out, kind, level);
	else if (r->header)
		e = recode_field(r, out, first, eol);
	else
		e = body(r, out, r->line, r->n, eol);
	r->n = 0;
	r->begun = !eol;
	return e;
}

int
recode_feed(struct recode *r, stralloc *out, const char *s, size_t n)
{
	for (; n; s++, n--) {
		if (*s == '\n') {
			if (piece(r, out, 1) < 0)
				return -1;
			continue;
		}
		if (r->n == RECODE_LINE_OCTETS && piece(r, out, 0) < 0)
			return -1;
		r->line[r->n++] = *s;
	}
	return 1;
}

/* The last line may lack its end, and the message its body. */
int
recode_end(struct recode *r, stralloc *out)
{
	if ((r->n || r->begun) && piece(r, out, 1) < 0)
		return -1;
	if (r->header && recode_fields_end(r, out) < 0)
		return -1;
	return qp_space(r, out, 1);
}
