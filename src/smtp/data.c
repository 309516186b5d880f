#include "smtp/data.h"

#include <string.h>

/* smtp_plain looks no further, or many CRs before a far LF would cost n a
 * piece. */
#define WINDOW_OCTETS 256

size_t
smtp_plain(const char *s, size_t n)
{
	const char *p;

	if (n > WINDOW_OCTETS)
		n = WINDOW_OCTETS;
	if ((p = memchr(s, '\n', n)))
		n = (size_t)(p - s);
	if (n && (p = memchr(s, '\r', n)))
		n = (size_t)(p - s);
	return n;
}

size_t
smtp_encode(struct smtp_encoder *e, char *out, const char *s, size_t n)
{
	char *w = out;
	size_t i = 0;

	while (i < n) {
		size_t k;

		if (e->cr) {
			e->cr = 0;
			if (s[i] != '\n') {
				*w++ = ' ';
				e->mid = 1;
			}
		}
		if (s[i] == '\n') {
			*w++ = '\r';
			*w++ = '\n';
			e->mid = 0;
			i++;
			continue;
		}
		if (s[i] == '\r') {
			e->cr = 1;
			i++;
			continue;
		}
		if (!e->mid && s[i] == '.')
			*w++ = '.';
		e->mid = 1;
		k = smtp_plain(s + i, n - i);
		memcpy(w, s + i, k);
		w += k;
		i += k;
	}
	return (size_t)(w - out);
}

size_t
smtp_encode_end(struct smtp_encoder *e, char *out)
{
	size_t n = 0;

	if (e->cr) {
		out[n++] = ' ';
		e->mid = 1;
	}
	if (e->mid) {
		out[n++] = '\r';
		out[n++] = '\n';
	}
	memcpy(out + n, ".\r\n", 3);
	e->mid = e->cr = 0;
	return n + 3;
}

/* State of the decoder, by what it has seen and not written:
 *
 *	state	 at		'.'	CR	LF		other
 *	START	 after CRLF	DOT	CR	"\n" BARE	c MID
 *	BARE	 after bare LF	BDOT	CR	"\n" BARE	c MID
 *	MID	 in a line	c	CR	"\n" BARE	c MID
 *	CR	 held CR	" ." MID " " CR	"\n" START	" "c MID
 *	DOT	 CRLF "."	c MID	DOTCR	".\n" BARE	c MID
 *	BDOT	 LF "."		c MID	BDOTCR	".\n" BARE	c MID
 *	DOTCR	 CRLF "." CR	" ." MID " " CR	the end		" "c MID
 *	BDOTCR	 LF "." CR	" ." MID " " CR	".\n" START	" "c MID
 *
 * LF in any but the CR states is bare and noted, and so is a CR that a LF
 * does not follow. */
enum { START, BARE, MID, CR, DOT, BDOT, DOTCR, BDOTCR };

/* An octet in state CR, DOTCR or BDOTCR. Returns what it adds to w. */
static size_t
after_cr(struct smtp_decoder *d, char *w, char c)
{
	size_t n = 0;

	if (c == '\n') {
		if (d->state == DOTCR) {
			d->done = 1;
			return 0;
		}
		if (d->state == BDOTCR)
			w[n++] = '.';
		w[n++] = '\n';
		d->state = START;
		return n;
	}
	d->bare_cr = 1;
	w[n++] = ' ';
	if (c == '\r') {
		d->state = CR;
		return n;
	}
	w[n++] = c;
	d->state = MID;
	return n;
}

static size_t
octet(struct smtp_decoder *d, char *w, char c)
{
	size_t n = 0;

	if (d->state == CR || d->state == DOTCR || d->state == BDOTCR)
		return after_cr(d, w, c);
	if (c == '\n') {
		if (d->state == DOT || d->state == BDOT)
			w[n++] = '.';
		w[n++] = '\n';
		d->bare_lf = 1;
		d->state = BARE;
	} else if (c == '\r') {
		d->state = d->state == DOT ? DOTCR :
		    d->state == BDOT ? BDOTCR : CR;
	} else if (c == '.' && d->state == START) {
		d->state = DOT;
	} else if (c == '.' && d->state == BARE) {
		d->state = BDOT;
	} else {
		w[n++] = c;
		d->state = MID;
	}
	return n;
}

size_t
smtp_decode(struct smtp_decoder *d, char *out, size_t *len, const char *s,
    size_t n)
{
	char *w = out;
	size_t i = 0;

	while (i < n && !d->done) {
		if (d->state == MID) {
			size_t k = smtp_plain(s + i, n - i);

			memcpy(w, s + i, k);
			w += k;
			i += k;
			if (k)
				continue;
		}
		w += octet(d, w, s[i++]);
	}
	*len = (size_t)(w - out);
	return i;
}
