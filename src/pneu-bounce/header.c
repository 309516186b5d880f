#include "header.h"

#include <string.h>

#include "look.h"

int
header_put(stralloc *sa, const char *s, size_t n, int ascii)
{
	const char *nl;
	size_t len, i;

	if (!stralloc_readyplus(sa, n + 1))
		return 0;
	while (n) {
		nl = memchr(s, '\n', n);
		len = nl ? (size_t)(nl - s) : n;
		for (i = 0; i < len && i < LOOK_LINE_OCTETS; i++)
			sa->s[sa->len++] = ascii && (s[i] == 0 ||
			    (unsigned char)s[i] > 127) ? '?' : s[i];
		sa->s[sa->len++] = '\n';
		if (nl)
			len++;
		s += len;
		n -= len;
	}
	return 1;
}
