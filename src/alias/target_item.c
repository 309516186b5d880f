#include "alias/target-internal.h"

#include <string.h>

#include "wire/route.h"

static int
isspc(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' ||
	    c == '\v';
}

int
target_bad(struct target_walk *w, const char *error, size_t at)
{
	w->error = error;
	w->errat = at;
	return -1;
}

int
target_nomem(struct target_walk *w)
{
	return target_bad(w, 0, 0);
}

/* Is there nothing but blanks before it in its line? */
static int
atlinestart(const struct target_walk *w)
{
	size_t i = w->pos;

	while (i && (w->s[i - 1] == ' ' || w->s[i - 1] == '\t'))
		i--;
	return !i || w->s[i - 1] == '\n';
}

void
target_skip(struct target_walk *w)
{
	while (w->pos < w->n) {
		if ((w->how & TARGET_LINES) && w->s[w->pos] == '#' &&
		    atlinestart(w)) {
			while (w->pos < w->n && w->s[w->pos] != '\n')
				w->pos++;
		} else if (w->s[w->pos] == ',' || isspc(w->s[w->pos]))
			w->pos++;
		else
			return;
	}
}

/* Offset behind the quoted string, comment or <> that begins at i, or end if
 * it has none. */
static size_t
closing(const char *s, size_t i, size_t end)
{
	char open = s[i], close = open == '(' ? ')' : open == '<' ? '>' : '"';
	size_t depth = 0;

	for (; i < end; i++) {
		if (s[i] == '\\')
			i++;
		else if (s[i] == close && (open != '(' || !--depth)) {
			if (open != '"' || depth++)
				return i + 1;
		} else if (s[i] == open)
			depth++;
		else if (s[i] == '"' && open == '<')
			i = closing(s, i, end) - 1;
	}
	return end + 1;
}

/* Find the item at w->pos and step over it: to a comma, or the line's end,
 * outside of quotes, comments and <>. Returns 1, or -1. */
static int
find(struct target_walk *w, struct target_item *x)
{
	const char *nl = (w->how & TARGET_LINES) ?
	    memchr(w->s + w->pos, '\n', w->n - w->pos) : 0;
	size_t end = nl ? (size_t)(nl - w->s) : w->n, i = w->pos, to;
	int special = 0;

	x->at = i;
	if (w->s[i] == '|' || w->s[i] == '/')
		special = 1;		/* its < and > are its own */
	while (i < end && w->s[i] != ',') {
		char c = w->s[i];

		if (c == '\\')
			i += 2;
		else if (c == '"' || c == '(' || (c == '<' && !special)) {
			to = closing(w->s, i, end);
			if (to > end) {
				w->pos = end;
				return target_bad(w, c == '"' ?
				    "this quote has no end" : c == '(' ?
				    "this comment has no end" :
				    "this < has no >", i);
			}
			i = to;
		} else
			i++;
	}
	if (i > end)
		i = end;
	x->end = w->pos = i;
	while (x->end > x->at && isspc(w->s[x->end - 1]))
		x->end--;
	return 1;
}

/* Pass over comments before the item's text; of a quoted string step in. */
static void
begin(const struct target_walk *w, struct target_item *x)
{
	size_t to;

	while (x->at < x->end && (isspc(w->s[x->at]) || w->s[x->at] == '('))
		x->at = w->s[x->at] == '(' ? closing(w->s, x->at, x->end) :
		    x->at + 1;
	x->quoted = 0;
	if (x->at >= x->end || w->s[x->at] != '"')
		return;
	/* "|cmd"@domain is an address */
	to = closing(w->s, x->at, x->end);
	while (to < x->end && isspc(w->s[to]))
		to++;
	x->quoted = to >= x->end || (w->s[to] != '@' && w->s[to] != '.');
}

int
target_item(struct target_walk *w, struct target_item *x)
{
	if (find(w, x) < 0)
		return -1;
	begin(w, x);
	return 1;
}

int
target_decode(struct target_walk *w, const struct target_item *x)
{
	size_t i = x->at;
	int quoted = 0, space = 0;

	w->out.len = 0;
	while (i < x->end) {
		char c = w->s[i];

		if (c == '"') {
			quoted = !quoted;
			i++;
			continue;
		}
		if (!quoted && (isspc(c) || c == '(')) {
			space = 1;
			i = c == '(' ? closing(w->s, i, x->end) : i + 1;
			continue;
		}
		if (c == '\\' && i + 1 < x->end)
			c = w->s[++i];
		if (isspc(c))
			c = ' ';
		if ((unsigned char)c < 32 || c == 127)
			return target_bad(w, "control character", i);
		if (space && w->out.len && !stralloc_append(&w->out, ' '))
			return target_nomem(w);
		space = 0;
		if (!stralloc_append(&w->out, c))
			return target_nomem(w);
		i++;
	}
	if (w->out.len > TARGET_OCTETS)
		return target_bad(w, "too long", x->at);
	return 1;
}

