#include "pneu-smtpd/hops.h"

#include <string.h>

#define OTHER 254		/* a line that is not, or no more, of interest */
#define BODY 255

unsigned int
hops_feed(struct hops *h, const char *s, size_t n)
{
	static const char name[] = "received:";
	const char *nl;
	size_t i = 0;

	while (i < n && h->at != BODY) {
		if (h->at == OTHER) {
			nl = memchr(s + i, '\n', n - i);
			if (!nl)
				break;
			i = (size_t)(nl - s) + 1;
			h->at = 0;
			continue;
		}
		if (s[i] == '\n')
			h->at = h->at ? 0 : BODY;
		else if ((s[i] | 32) == name[h->at]) {
			if (!name[++h->at]) {
				h->n++;
				h->at = OTHER;
			}
		} else
			h->at = OTHER;
		i++;
	}
	return h->n;
}
