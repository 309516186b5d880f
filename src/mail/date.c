#include <skalibs/nonposix.h>	/* localtime_r: before all others */

#include "mail/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_S 86400

/* Days from the civil calendar's 1 March 0000, and back: the year begins in
 * March, so that the leap day is its last. */
static void
civil(uint64_t days, unsigned int *y, unsigned int *m, unsigned int *d)
{
	uint64_t z = days + 719468, era = z / 146097, doe = z % 146097;
	uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	uint64_t mp = (5 * doy + 2) / 153;

	*d = (unsigned int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (unsigned int)(mp < 10 ? mp + 3 : mp - 9);
	*y = (unsigned int)(yoe + era * 400 + (*m <= 2));
}

int
date_zone(uint64_t t, char name[9])
{
	time_t when = (time_t)t;
	struct tm l, g;
	int days;

	name[0] = 0;
	if (!localtime_r(&when, &l) || !gmtime_r(&when, &g))
		return 0;
	if (!strftime(name, 9, "%Z", &l))
		name[0] = 0;
	days = l.tm_year != g.tm_year ? (l.tm_year > g.tm_year ? 1 : -1) :
	    l.tm_yday - g.tm_yday;
	return days * 1440 + (l.tm_hour - g.tm_hour) * 60 +
	    l.tm_min - g.tm_min;
}

size_t
date_fmt(char s[DATE_FMT], uint64_t t, int zone, const char *name)
{
	static const char wday[][4] = { "Thu", "Fri", "Sat", "Sun", "Mon",
		"Tue", "Wed" };
	static const char month[][4] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	unsigned int y, m, d, east = (unsigned int)(zone < 0 ? -zone : zone);
	int64_t local = (int64_t)t + zone * 60;
	uint64_t l = local < 0 ? 0 : (uint64_t)local;
	uint64_t sec = l % DAY_S;
	int n;

	civil(l / DAY_S, &y, &m, &d);
	n = snprintf(s, DATE_FMT, "%s, %u %s %04u %02u:%02u:%02u %c%02u%02u",
	    wday[l / DAY_S % 7], d, month[m - 1], y % 10000,
	    (unsigned int)(sec / 3600), (unsigned int)(sec / 60 % 60),
	    (unsigned int)(sec % 60), zone < 0 ? '-' : '+',
	    east / 60 % 100, east % 60);
	if (name && name[0])
		n += snprintf(s + n, DATE_FMT - (size_t)n, " (%.8s)", name);
	return (size_t)n;
}
