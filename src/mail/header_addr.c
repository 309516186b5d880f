#include "mail/header.h"

#include <string.h>

#include "mail/address.h"

#define NONE ((size_t)-1)

/* What stands at a place of an address list. Words are atoms, quoted strings
 * (their content) and domain literals. */
enum token {
	T_END, T_NOMEM, T_WORD, T_COMMA = ',', T_SEMICOLON = ';', T_COLON = ':',
	T_LESS = '<', T_GREATER = '>', T_AT = '@', T_DOT = '.'
};

/* The address in the making; its text is w->addr, unquoted. */
struct spec {
	size_t at;		/* of the last '@' in the text, or NONE */
	size_t tok;		/* where the last token begins in the list */
	size_t begin;		/* its first octet, in the list */
	size_t end;		/* behind its last octet, in the list */
	enum token last;	/* its last token; T_END if it is empty */
	int spaced;		/* two words with nothing but space between */
	int quoted;		/* a quoted string was empty: "" is a word */
};

static int
isspecial(char c)
{
	return c && strchr("()<>:;@\\,.\"", c) != 0;
}

static int
isblank_or_nl(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Offset behind the comment that begins at w->pos, or NONE. RFC 5322 3.2.2:
 * comments nest. */
static size_t
comment_end(const struct header_walk *w)
{
	size_t i, depth = 0;

	for (i = w->pos; i < w->n; i++) {
		if (w->s[i] == '\\')
			i++;
		else if (w->s[i] == '(')
			depth++;
		else if (w->s[i] == ')' && !--depth)
			return i + 1;
	}
	return NONE;
}

/* Offset of what may end an unclosed comment: else it would swallow the
 * addresses behind it. */
static size_t
guess_end(const struct header_walk *w)
{
	size_t i = w->pos;

	while (i < w->n && !strchr(",;<", w->s[i] ? w->s[i] : ' '))
		i++;
	return i;
}

/* Pass over white space and comments. */
static void
skip_space(struct header_walk *w)
{
	size_t end;

	while (w->pos < w->n) {
		char c = w->s[w->pos];

		if (c == '(') {
			end = w->unclosed < HEADER_UNCLOSED ? comment_end(w) :
			    NONE;
			w->unclosed += end == NONE;
			w->pos = end == NONE ? guess_end(w) : end;
		} else if (c == ')' || isblank_or_nl(c))
			w->pos++;
		else
			return;
	}
}

static int
put(struct header_walk *w, char c)
{
	return stralloc_append(&w->addr, c);
}

/* A quoted string at w->pos: its content to the text. Returns T_WORD,
 * T_NOMEM, or T_END if it does not end (only the quote is passed over). */
static enum token
take_quoted(struct header_walk *w)
{
	size_t i, begin = w->addr.len;

	for (i = ++w->pos; !w->noquote && i < w->n; i++) {
		char c = w->s[i];

		if (c == '"') {
			w->pos = i + 1;
			return T_WORD;
		}
		if (c == '\\' && i + 1 < w->n)
			c = w->s[++i];
		if (c != '\n' && c != '\r' && !put(w, c))
			return T_NOMEM;
	}
	w->noquote = 1;
	w->addr.len = begin;
	return T_END;
}

/* A domain literal: as it stands, without space. RFC 5322 3.4.1. */
static enum token
take_literal(struct header_walk *w)
{
	while (w->pos < w->n) {
		char c = w->s[w->pos];

		if (c == ',' || c == '>' || c == ';')
			return T_WORD;
		w->pos++;
		if (!isblank_or_nl(c) && !put(w, c))
			return T_NOMEM;
		if (c == ']')
			return T_WORD;
	}
	return T_WORD;
}

static enum token
take_atom(struct header_walk *w)
{
	for (; w->pos < w->n; w->pos++) {
		char c = w->s[w->pos];

		if (c == '\\' && w->pos + 1 < w->n)
			c = w->s[++w->pos];
		else if (isspecial(c) || isblank_or_nl(c))
			break;
		if (!put(w, c))
			return T_NOMEM;
	}
	return T_WORD;
}

/* Does a '<' or a ':' follow the words at w->pos, before the address ends? They
 * are a name, then. Looked for once, however many words there are. */
static int
isname(struct header_walk *w)
{
	size_t i, depth = 0;
	int quoted = 0;
	char c = 0;

	if (w->pos < w->ahead)
		return w->named;
	for (i = w->pos; i < w->n; i++) {
		c = w->s[i];
		if (c == '\\')
			i++;
		else if (depth)
			depth += c == '(' ? 1 : c == ')' ? (size_t)-1 : 0;
		else if (quoted || c == '"')
			quoted ^= c == '"';
		else if (c == '(')
			depth = 1;
		else if (c && strchr(",;<:", c))
			break;
	}
	w->ahead = i + 1;
	w->named = i < w->n && (c == '<' || c == ':');
	return w->named;
}

/* Does the address end here, since another word follows? */
static int
isnext(struct header_walk *w, const struct spec *p)
{
	char c;

	if (!w->words || p->last != T_WORD)
		return 0;
	skip_space(w);
	c = w->pos < w->n ? w->s[w->pos] : ',';
	return (!isspecial(c) || c == '"' || c == '\\') && !isname(w);
}

/* Take the next token; a word is appended to the text, behind a space if
 * one is needed to tell it from the word before it. */
static enum token
take(struct header_walk *w, struct spec *p)
{
	size_t begin;
	enum token t;
	char c;

again:
	skip_space(w);
	if (w->pos >= w->n)
		return T_END;
	p->tok = w->pos;
	c = w->s[w->pos];
	if (isspecial(c) && c != '"' && c != '\\') {
		w->pos++;
		return (enum token)c;
	}
	if (c == '\\' && w->pos + 1 >= w->n) {
		w->pos++;
		return T_END;
	}
	begin = w->addr.len;
	if (p->last == T_WORD && !put(w, ' '))
		return T_NOMEM;
	t = c == '"' ? take_quoted(w) :
	    c == '[' && p->last == T_AT ? take_literal(w) : take_atom(w);
	if (t == T_END) {
		w->addr.len = begin;
		goto again;
	}
	p->spaced |= p->last == T_WORD;
	p->quoted |= c == '"';
	return t;
}

static void
reset(struct header_walk *w, struct spec *p)
{
	w->addr.len = 0;
	p->at = NONE;
	p->tok = p->begin = p->end = w->pos;
	p->last = T_END;
	p->spaced = p->quoted = 0;
}

/* A token that belongs to the address. Words are in the text already. */
static int
add(struct header_walk *w, struct spec *p, enum token t)
{
	if (t == T_AT)
		p->at = w->addr.len;
	if (t != T_WORD && !put(w, (char)t))
		return 0;
	if (p->last == T_END)
		p->begin = p->tok;
	p->last = t;
	p->end = w->pos;
	return 1;
}

/* Collect tokens up to the end of one address. Returns 1 if there is one
 * (*angle: it stood between < and >), 0 at the end, -1. */
static int
collect(struct header_walk *w, struct spec *p, int *angle)
{
	int route = 0;
	enum token t;

	*angle = 0;
	reset(w, p);
	for (;;) {
		if (!*angle && isnext(w, p))
			return 1;
		t = take(w, p);
		if (t == T_NOMEM)
			return -1;
		if (t == T_END)
			return p->last != T_END || *angle;
		if (t == T_COMMA || t == T_SEMICOLON) {
			if (route && t == T_COMMA)
				continue;
			if (t == T_SEMICOLON)
				w->group = 0;
			if (p->last != T_END || *angle)
				return 1;
			w->after = 0;
		} else if (t == T_LESS) {
			reset(w, p);
			*angle = 1;
			route = w->after = 0;
		} else if (t == T_GREATER) {
			if (*angle)
				return 1;
		} else if (t == T_COLON && (route || (!*angle &&
		    p->at == NONE && !w->group))) {
			/* behind a route, or behind a group's name */
			w->group |= !*angle;
			w->after = route = 0;
			reset(w, p);
		} else {
			if (t == T_AT && *angle && p->last == T_END)
				route = 1;
			if (!add(w, p, t))
				return -1;
		}
	}
}

/* The text as an address of mail/address.h, in w->out. Returns 1, 0 if it
 * cannot be one, -1 with ENOMEM. */
static int
canonical(struct header_walk *w, const struct spec *p, size_t local)
{
	size_t n = w->addr.len > local ? w->addr.len - local - 1 : 0;
	const char *domain = n ? w->addr.s + local + 1 : "";
	size_t i;
	int r;

	for (i = 0; i < n; i++)
		if ((unsigned char)domain[i] <= 32 || domain[i] == 127)
			return 0;
	if (w->addr.len > HEADER_ADDRESS_OCTETS || (!local && !p->quoted))
		return 0;
	r = address_put(&w->out, local ? w->addr.s : "", local, domain, n);
	return r > 0 ? 1 : r < 0 ? 0 : -1;
}

/* Fill in a from the text. */
static int
finish(struct header_walk *w, const struct spec *p, struct header_addr *a)
{
	stralloc *sa = &w->addr;
	size_t local = p->at == NONE ? sa->len : p->at;
	int r;

	if (p->at != NONE && sa->len > p->at + 2 && sa->s[sa->len - 1] == '.')
		sa->len--;
	a->begin = p->begin;
	a->end = p->end;
	a->spaced = p->spaced;
	a->hasat = p->at != NONE && p->at + 1 == sa->len;
	w->out.len = 0;
	if (p->last == T_END) {
		a->kind = HEADER_NULL;
	} else {
		r = canonical(w, p, local);
		if (r < 0)
			return -1;
		a->kind = !r ? HEADER_BAD : p->at == NONE || a->hasat ?
		    HEADER_LOCAL : HEADER_FULL;
		if (!r && !stralloc_copy(&w->out, sa))
			return -1;
	}
	if (!stralloc_0(&w->out))
		return -1;
	a->s = w->out.s;
	a->n = w->out.len - 1;
	return 1;
}

int
header_next(struct header_walk *w, struct header_addr *a)
{
	struct spec p;
	int angle, after, r;

	do {
		after = w->after;
		r = collect(w, &p, &angle);
		if (r <= 0)
			return r;
		/* "<a@b> work" is one address; "<a@b> c@d" lacks a comma */
		after = after && w->after && !angle && p.at == NONE;
		w->after = angle && w->s[w->pos - 1] == '>';
	} while (after);
	return finish(w, &p, a);
}

void
header_walk_free(struct header_walk *w)
{
	stralloc_free(&w->addr);
	stralloc_free(&w->out);
}

int
header_complete(stralloc *out, const char *s, size_t n, const char *origin)
{
	struct header_walk w = HEADER_WALK(s, n);
	struct header_addr a;
	size_t done = 0;
	int r;

	while ((r = header_next(&w, &a)) > 0) {
		if (a.kind != HEADER_LOCAL || a.spaced)
			continue;
		if (!stralloc_catb(out, s + done, a.end - done) ||
		    (!a.hasat && !stralloc_append(out, '@')) ||
		    !stralloc_cats(out, origin)) {
			r = -1;
			break;
		}
		done = a.end;
	}
	header_walk_free(&w);
	return r == 0 && stralloc_catb(out, s + done, n - done);
}
