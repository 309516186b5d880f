#include "pneu-remote/fold.h"

#include <string.h>

void
fold_init(struct fold *f)
{
	f->n = 0;
	f->body = 0;
}

/* Where to break the line that f holds: before this offset; 0 if there is
 * no good place. */
static size_t
place(const struct fold *f)
{
	size_t i, text = 0;

	if (f->body)
		return 0;
	while (text < f->n && (f->line[text] == ' ' || f->line[text] == '\t'))
		text++;
	for (i = f->n; i-- > text + 1; )
		if (f->line[i] == ' ' || f->line[i] == '\t')
			return i;
	return 0;
}

/* The line is full, and goes on. */
static int
split(struct fold *f, stralloc *out)
{
	size_t at = place(f);

	if (!stralloc_catb(out, f->line, at ? at : f->n) ||
	    !stralloc_append(out, '\n'))
		return 0;
	if (at) {
		f->n -= at;
		memmove(f->line, f->line + at, f->n);
	} else {
		f->line[0] = ' ';
		f->n = 1;
	}
	return 1;
}

int
fold_feed(struct fold *f, stralloc *out, const char *s, size_t n)
{
	while (n) {
		const char *nl = memchr(s, '\n', n);
		size_t len = nl ? (size_t)(nl - s) : n;
		size_t room = SCAN_LINE_OCTETS - f->n;

		if (len > room) {
			memcpy(f->line + f->n, s, room);
			f->n += room;
			s += room;
			n -= room;
			if (!split(f, out))
				return 0;
			continue;
		}
		memcpy(f->line + f->n, s, len);
		f->n += len;
		if (!nl)
			return 1;
		if (!f->n)
			f->body = 1;
		if (!stralloc_catb(out, f->line, f->n) ||
		    !stralloc_append(out, '\n'))
			return 0;
		f->n = 0;
		s = nl + 1;
		n -= len + 1;
	}
	return 1;
}

int
fold_end(struct fold *f, stralloc *out)
{
	size_t n = f->n;

	f->n = 0;
	return stralloc_catb(out, f->line, n);
}
