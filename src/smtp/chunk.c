#include "smtp/chunk.h"

#include <string.h>
#include <strings.h>

int
smtp_chunk_scan(uint64_t *n, int *last, const char *s, size_t len)
{
	size_t i;

	*n = 0;
	*last = 0;
	for (i = 0; i < len && s[i] >= '0' && s[i] <= '9'; i++) {
		unsigned int digit = (unsigned int)(s[i] - '0');

		if (*n > (UINT64_MAX - digit) / 10)
			return -1;
		*n = *n * 10 + digit;
	}
	if (!i || (i < len && s[i] != ' '))
		return 0;
	while (i < len && s[i] == ' ')
		i++;
	if (i == len)
		return 1;
	*last = len - i == 4 && !strncasecmp(s + i, "LAST", 4);
	return *last ? 1 : -2;
}

/* What has been seen and not written, or how the line stands:
 *
 *	state	CR		LF		other
 *	START	-> HELD		"\n" bare	c -> MID
 *	MID	-> HELD		"\n" bare START	c
 *	HELD	" " HELD	"\n" START	" " c MID
 *
 * START is the beginning, of the message or of a line. */
enum { START, MID, HELD };

static size_t
octet(struct smtp_decoder *d, char *w, char c)
{
	size_t n = 0;

	if (d->state == HELD && c != '\n') {
		d->bare_cr = 1;
		w[n++] = ' ';
	}
	if (c == '\r') {
		d->state = HELD;
		return n;
	}
	if (c == '\n' && d->state != HELD)
		d->bare_lf = 1;
	d->state = c == '\n' ? START : MID;
	w[n++] = c;
	return n;
}

size_t
smtp_chunk_decode(struct smtp_decoder *d, char *out, const char *s, size_t n)
{
	char *w = out;
	size_t i = 0, k;

	while (i < n) {
		if (d->state == MID) {
			k = smtp_plain(s + i, n - i);
			memcpy(w, s + i, k);
			w += k;
			i += k;
			if (k)
				continue;
		}
		w += octet(d, w, s[i++]);
	}
	return (size_t)(w - out);
}

size_t
smtp_chunk_end(struct smtp_decoder *d, char *out)
{
	size_t n = 0;

	if (d->state == HELD) {
		d->bare_cr = 1;
		out[n++] = ' ';
	}
	if (d->state != START)
		out[n++] = '\n';
	d->state = START;
	d->done = 1;
	return n;
}
