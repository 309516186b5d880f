#include "pneu-conf/text.h"

#include <string.h>

static int
isspc(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

void
text_open(struct text *t, const char *s, size_t n)
{
	memset(t, 0, sizeof *t);
	t->s = s;
	t->n = n;
}

void
text_line_free(struct text_line *l)
{
	stralloc_free(&l->s);
	genalloc_free(struct text_piece, &l->pieces);
}

/* A physical line: [rawline, rawend) with its newline, text [from, to). */
struct physical {
	size_t rawline, rawend, from, to;
};

static int
peek(const struct text *t, struct physical *p)
{
	const char *nl;

	if (t->pos >= t->n)
		return 0;
	nl = memchr(t->s + t->pos, '\n', t->n - t->pos);
	p->rawline = p->from = t->pos;
	p->to = nl ? (size_t)(nl - t->s) : t->n;
	p->rawend = nl ? p->to + 1 : t->n;
	while (p->to > p->from && isspc(t->s[p->to - 1]))
		p->to--;
	while (p->from < p->to && isspc(t->s[p->from]))
		p->from++;
	return 1;
}

static void
pass(struct text *t, const struct physical *p)
{
	t->pos = p->rawend;
	t->line++;
}

static int
isnothing(const struct text *t, const struct physical *p)
{
	return p->from == p->to || t->s[p->from] == '#';
}

static int
bad(struct text *t, const char *error, size_t col)
{
	t->error = error;
	t->errline = t->line;
	t->errcol = (unsigned int)col + 1;
	return -1;
}

static int
add(struct text *t, struct text_line *l, const struct physical *p)
{
	struct text_piece x = {
		.raw = p->from, .rawline = p->rawline, .rawend = p->rawend,
		.line = t->line,
		.col = (unsigned int)(p->from - p->rawline) + 1
	};

	if (l->s.len && !stralloc_append(&l->s, ' '))
		return 0;
	x.at = l->s.len;
	return stralloc_catb(&l->s, t->s + p->from, p->to - p->from) &&
	    genalloc_append(struct text_piece, &l->pieces, &x);
}

/* Control characters have no business in settings. */
static int
check(struct text *t, const struct physical *p)
{
	size_t i;

	for (i = p->from; i < p->to; i++)
		if (((unsigned char)t->s[i] < 32 && t->s[i] != '\t') ||
		    t->s[i] == 127)
			return bad(t, "control character", i - p->rawline);
	return 0;
}

/* Pass over what continues a line that is no good. */
static void
pass_rest(struct text *t)
{
	struct physical p;

	while (peek(t, &p) && (isnothing(t, &p) || p.from > p.rawline))
		pass(t, &p);
}

int
text_next(struct text *t, struct text_line *l)
{
	struct physical p;
	int r = 0;

	l->s.len = 0;
	genalloc_setlen(struct text_piece, &l->pieces, 0);
	t->error = 0;
	while (peek(t, &p)) {
		if (!isnothing(t, &p)) {
			if (l->s.len && p.from == p.rawline)
				break;
			pass(t, &p);
			if (!l->s.len && p.from > p.rawline)
				r = bad(t, "this line begins with white "
				    "space, but there is none before it "
				    "that it could continue", 0);
			else if (l->s.len + p.to - p.from > TEXT_LINE_OCTETS)
				r = bad(t, "line too long", 0);
			else
				r = check(t, &p);
			if (r < 0) {
				pass_rest(t);
				return -1;
			}
			if (!add(t, l, &p))
				return -1;
		} else
			pass(t, &p);
	}
	return l->s.len > 0;
}

void
text_place(const struct text_line *l, size_t off, unsigned int *line,
    unsigned int *col)
{
	const struct text_piece *x = genalloc_s(struct text_piece, &l->pieces);
	size_t i, n = genalloc_len(struct text_piece, &l->pieces);

	*line = *col = 0;
	for (i = 0; i < n && (!i || x[i].at <= off); i++) {
		*line = x[i].line;
		*col = x[i].col + (unsigned int)(off - x[i].at);
	}
}

static int
isname(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static void
bad_entry(struct text_entry *e, const char *error, size_t at)
{
	e->kind = TEXT_BAD;
	e->error = error;
	e->at = at;
}

void
text_entry_scan(struct text_entry *e, const struct text_line *l)
{
	const char *s = l->s.s;
	size_t n = l->s.len, i = 0;

	memset(e, 0, sizeof *e);
	while (i < n && isname(s[i]))
		i++;
	if (!i) {
		bad_entry(e, "expected name = value, include FILE or # comment",
		    0);
		return;
	}
	e->namelen = i;
	while (i < n && isspc(s[i]))
		i++;
	if (i < n && s[i] == '=') {
		i++;
		while (i < n && isspc(s[i]))
			i++;
	} else if (e->namelen == 7 && !memcmp(s, "include", 7) && i > 7) {
		if (i == n) {
			bad_entry(e, "expected the name of a file", i);
			return;
		}
		e->kind = TEXT_INCLUDE;
	} else {
		bad_entry(e, "expected = after the name", i);
		return;
	}
	e->value = i;
	e->valuelen = n - i;
}

void
text_row_scan(const struct text_line *l, size_t *keylen, size_t *value)
{
	const char *s = l->s.s;
	size_t n = l->s.len, i = 0;

	if (n && s[0] == '"') {
		for (i = 1; i < n && s[i] != '"'; i++)
			if (s[i] == '\\' && i + 1 < n)
				i++;
		if (i == n)
			i = 0;	/* it does not end: a key like any other */
	}
	while (i < n && !isspc(s[i]))
		i++;
	*keylen = i;
	while (i < n && isspc(s[i]))
		i++;
	*value = i;
}
