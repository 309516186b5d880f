#include "pneu-conf/near.h"

#include <string.h>

#include "conf/value.h"

#define NEAR_OCTETS 64

static unsigned int
min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* How many octets must be put in, left out, changed or swapped with the
 * next one to make b of a; both at most NEAR_OCTETS long. */
static unsigned int
distance(const char *a, size_t n, const char *b, size_t m)
{
	unsigned int row[3][NEAR_OCTETS + 1];
	unsigned int *before = row[0], *last = row[1], *now = row[2], *t;
	size_t i, j;

	for (j = 0; j <= m; j++)
		last[j] = (unsigned int)j;
	for (i = 1; i <= n; i++) {
		now[0] = (unsigned int)i;
		for (j = 1; j <= m; j++) {
			now[j] = last[j - 1] + (a[i - 1] != b[j - 1]);
			now[j] = min(now[j], min(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = min(now[j], before[j - 2] + 1);
		}
		t = before;
		before = last;
		last = now;
		now = t;
	}
	return last[m];
}

const char *
near_name(const char *s, size_t n)
{
	unsigned int best = (unsigned int)n / 3 + 1, d;
	const char *name = 0;
	int k;

	if (n > NEAR_OCTETS)
		return 0;
	for (k = 0; k < CONF_N; k++) {
		size_t m = strlen(conf_settings[k].name);

		d = m > NEAR_OCTETS ? best : distance(s, n,
		    conf_settings[k].name, m);
		if (d < best) {
			best = d;
			name = conf_settings[k].name;
		}
	}
	return name;
}
