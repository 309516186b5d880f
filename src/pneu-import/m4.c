#include "pneu-import/m4.h"

#include <ctype.h>
#include <string.h>
#include <skalibs/stralloc.h>

static int
isname(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void
forward(struct m4 *m)
{
	if (*m->s == '\n')
		m->line++;
	m->s++;
}

static void
to_eol(struct m4 *m)
{
	while (*m->s && *m->s != '\n')
		m->s++;
	if (*m->s)
		forward(m);
}

/* `text', quotes within quotes; its inside goes to sa, with the quotes of
 * deeper levels. */
static void
quoted(struct m4 *m, stralloc *sa)
{
	int deep = 0;

	do {
		if (*m->s == '`' && deep++ == 0) {
			m->s++;
			continue;
		}
		if (*m->s == '\'' && --deep == 0)
			break;
		if (!stralloc_catb(sa, m->s, 1))
			str_nomem();
		forward(m);
	} while (*m->s);
	if (*m->s)
		m->s++;
}

/* "dnl" here, as a word of its own? */
static int
isdnl(const struct m4 *m)
{
	return !strncmp(m->s, "dnl", 3) && !isname(m->s[3]);
}

/* One argument: up to a comma or the ')' that ends the call. Returns 1 if
 * another follows. */
static int
argument(struct m4 *m, const char **arg)
{
	stralloc sa = STRALLOC_ZERO;
	int deep = 0, more;

	while (isspace((unsigned char)*m->s))
		forward(m);
	for (; *m->s; ) {
		if (*m->s == '`')
			quoted(m, &sa);
		else if (isdnl(m) && (!sa.len || !isname(sa.s[sa.len - 1])))
			to_eol(m);
		else if (!deep && (*m->s == ',' || *m->s == ')'))
			break;
		else {
			deep += (*m->s == '(') - (*m->s == ')');
			if (!stralloc_catb(&sa, m->s, 1))
				str_nomem();
			forward(m);
		}
	}
	more = *m->s == ',';
	if (*m->s)
		m->s++;
	*arg = str_trim(sa.s, sa.len);
	stralloc_free(&sa);
	return more;
}

static void
call(struct m4 *m, struct m4_call *c, size_t n)
{
	const char *spare;
	int more = 1;

	c->name = str_keepb(m->s, n);
	m->s += n + 1;
	while (more) {
		more = argument(m, c->n < M4_ARGS ? &c->args[c->n] : &spare);
		c->n += c->n < M4_ARGS;
	}
}

/* A line that is no call, without dnl and what follows. */
static int
raw(struct m4 *m, struct m4_call *c)
{
	const char *end = m->s + strcspn(m->s, "\n"), *p;

	for (p = m->s; p < end; p++)
		if (!strncmp(p, "dnl", 3) && !isname(p[3]) &&
		    (p == m->s || !isname(p[-1])))
			break;
	c->args[0] = str_trim(m->s, (size_t)(p - m->s));
	c->n = 1;
	m->s = end;
	return *c->args[0] != 0;
}

int
m4_next(struct m4 *m, struct m4_call *c)
{
	size_t n;
	int i;

	while (*m->s) {
		memset(c, 0, sizeof *c);
		for (i = 0; i < M4_ARGS; i++)
			c->args[i] = "";
		if (isspace((unsigned char)*m->s)) {
			forward(m);
			continue;
		}
		c->line = m->line;
		if (*m->s == '#' || isdnl(m)) {
			to_eol(m);
			continue;
		}
		for (n = 0; isname(m->s[n]); n++)
			;
		if (n && m->s[n] == '(') {
			call(m, c, n);
			return 1;
		}
		if (raw(m, c))
			return 1;
	}
	return 0;
}
