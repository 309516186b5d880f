#include "smtp/limits.h"

#include <string.h>
#include <strings.h>

#define DIGITS 6		/* RFC 9422 section 3 */

static uint32_t
number(const char *s, size_t n)
{
	uint32_t u = 0;
	size_t i;

	if (!n || n > DIGITS)
		return 0;
	for (i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return 0;
		u = u * 10 + (uint32_t)(s[i] - '0');
	}
	return u;
}

static void
take(struct smtp_limits *l, const char *s, size_t n)
{
	const char *eq = memchr(s, '=', n);
	size_t k = eq ? (size_t)(eq - s) : n;
	uint32_t u = eq ? number(eq + 1, n - k - 1) : 0;

	if (!u)
		return;
	if (k == 7 && !strncasecmp(s, "MAILMAX", k))
		l->mailmax = u;
	else if (k == 7 && !strncasecmp(s, "RCPTMAX", k))
		l->rcptmax = u;
	else if (k == 13 && !strncasecmp(s, "RCPTDOMAINMAX", k))
		l->rcptdomainmax = u;
}

void
smtp_limits_scan(struct smtp_limits *l, const char *s, size_t n)
{
	const char *sp;
	size_t k;

	memset(l, 0, sizeof *l);
	while (n) {
		sp = memchr(s, ' ', n);
		k = sp ? (size_t)(sp - s) : n;
		take(l, s, k);
		k += sp != 0;
		s += k;
		n -= k;
	}
}
