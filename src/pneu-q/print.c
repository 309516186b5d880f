#include <skalibs/nonposix.h>	/* localtime_r: before all others */

#include "pneu-q/print.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Of the columns: id with its mark, size, time; the sender is the last. */
#define HEADINGS "-Queue ID-  --Size-- ----Arrival Time---- " \
	"-Sender/Recipient-------\n"
#define LINE_OCTETS 128		/* of the columns before the last */
#define RCPT_COLUMN 42		/* where recipients begin */
#define WHY_COLUMNS 76		/* a reason is set right within these */

/* Addresses go to terminals. */
static int
put_text(stralloc *sa, const char *s)
{
	for (; *s; s++)
		if (!stralloc_append(sa, (unsigned char)*s < 32 || *s == 127 ?
		    '?' : *s))
			return 0;
	return 1;
}

static int
put_spaces(stralloc *sa, size_t n)
{
	if (!stralloc_readyplus(sa, n))
		return 0;
	memset(sa->s + sa->len, ' ', n);
	sa->len += n;
	return 1;
}

static int
put_first_line(stralloc *sa, const struct item *i)
{
	char id[sizeof i->id + 1], line[LINE_OCTETS], when[32];
	time_t t = (time_t)i->time;
	struct tm tm;

	snprintf(id, sizeof id, "%s%s", i->id,
	    !strcmp(i->state, "active") ? "*" :
	    !strcmp(i->state, "hold") ? "!" : "");
	if (!localtime_r(&t, &tm) ||
	    !strftime(when, sizeof when, "%a %b %e %H:%M:%S %Y", &tm))
		when[0] = 0;
	snprintf(line, sizeof line, "%-11s %7llu %20.20s ", id,
	    (unsigned long long)i->size, when);
	return stralloc_cats(sa, line) &&
	    put_text(sa, *item_sender(i) ? item_sender(i) : "MAILER-DAEMON") &&
	    stralloc_append(sa, '\n');
}

/* A reason stands in front of the recipients that share it; none where
 * nobody before had one. */
static int
put_why(stralloc *sa, const char *why)
{
	size_t n;

	if (!*why)
		why = "reason unavailable";
	n = strlen(why);
	return put_spaces(sa, n < WHY_COLUMNS ? WHY_COLUMNS - n : 0) &&
	    stralloc_append(sa, '(') && put_text(sa, why) &&
	    stralloc_cats(sa, ")\n");
}

int
print_mailq(stralloc *sa, struct print *p, const struct item *i)
{
	const char *why = "";
	size_t n;

	if (!stralloc_cats(sa, p->letters ? "\n" : HEADINGS) ||
	    !put_first_line(sa, i))
		return 0;
	for (n = 0; n < item_nrcpts(i); n++) {
		if (strcmp(why, item_why(i, n))) {
			why = item_why(i, n);
			if (!put_why(sa, why))
				return 0;
		}
		if (!put_spaces(sa, RCPT_COLUMN - 1) ||
		    !put_text(sa, item_addr(i, n)) ||
		    !stralloc_append(sa, '\n'))
			return 0;
	}
	p->letters++;
	p->octets += i->size;
	return 1;
}

int
print_mailq_end(stralloc *sa, const struct print *p)
{
	char line[LINE_OCTETS];

	if (!p->letters)
		return stralloc_cats(sa, "Mail queue is empty\n");
	snprintf(line, sizeof line, "\n-- %llu Kbytes in %llu Request%s.\n",
	    (unsigned long long)(p->octets / 1024),
	    (unsigned long long)p->letters, p->letters == 1 ? "" : "s");
	return stralloc_cats(sa, line);
}
