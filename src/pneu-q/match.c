#include "pneu-q/match.h"

#include <string.h>
#include <strings.h>

int
match_scan(struct match *m, const char *s)
{
	static const char *const names[] = { "id=", "sender=", "rcpt=" };
	size_t i, n;

	m->no = *s == '!';
	s += m->no;
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		n = strlen(names[i]);
		if (!strncmp(s, names[i], n) && s[n]) {
			m->what = names[i][0];
			m->text = s + n;
			return 1;
		}
	}
	return 0;
}

static int
holds(const char *s, const char *part)
{
	size_t n = strlen(part);

	for (; *s; s++)
		if (!strncasecmp(s, part, n))
			return 1;
	return 0;
}

static int
fulfils(const struct match *m, const struct item *i)
{
	size_t k;

	if (m->what == 'i')
		return holds(i->id, m->text);
	if (m->what == 's')
		return holds(item_sender(i), m->text);
	for (k = 0; k < item_nrcpts(i); k++)
		if (holds(item_addr(i, k), m->text))
			return 1;
	return 0;
}

int
match_item(const struct match *m, size_t n, const struct item *i)
{
	for (; n; m++, n--)
		if (fulfils(m, i) == m->no)
			return 0;
	return 1;
}
