#ifndef MAIL_DATE_H
#define MAIL_DATE_H

#include <stddef.h>
#include <stdint.h>

/* Dates of RFC 5322 section 3.3: "Sun, 22 Nov 2026 11:10:18 +0000 (UTC)". */

#define DATE_FMT 64		/* room for date_fmt, with the NUL */

/* Minutes east of UTC of the local zone at time t (Unix seconds), and its
 * name, cut to 8 characters. localtime(3) reads the zone's file at its first
 * call: make that (tzset) before a jail is entered. */
int date_zone(uint64_t t, char name[9]);

/* Write t as a date of a zone, minutes east of UTC, with a comment that
 * names it unless name is 0 or "". Returns its length without the NUL. */
size_t date_fmt(char s[DATE_FMT], uint64_t t, int zone, const char *name);

#endif
