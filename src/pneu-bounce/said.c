#include "said.h"

#include <string.h>

static const char *
find(const char *s, size_t n, const char *what)
{
	size_t len = strlen(what);

	for (; n >= len; s++, n--)
		if (!memcmp(s, what, len))
			return s;
	return 0;
}

int
said_scan(struct said *d, const char *s, size_t n)
{
	const char *p, *end = s + n, *in;

	if (n < 5 || memcmp(s, "host ", 5))
		return 0;
	p = find(s, n, " said: ");
	if (!p)
		return 0;
	d->host = s + 5;
	d->hostlen = (size_t)(p - d->host);
	in = memchr(d->host, '[', d->hostlen);
	if (in && in > d->host)
		d->hostlen = (size_t)(in - d->host);
	if (!d->hostlen || memchr(d->host, ' ', d->hostlen))
		return 0;
	d->reply = p + 7;
	in = find(d->reply, (size_t)(end - d->reply), " (in reply to ");
	d->replylen = (size_t)((in ? in : end) - d->reply);
	return d->replylen > 0;
}
