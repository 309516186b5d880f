#include "pneu-q/print.h"

#include <stdio.h>
#include <string.h>

#define NUMBERS_OCTETS 128	/* of the members that are numbers */

/* Octets of the UTF-8 character at s (RFC 3629), 0 if it is none. */
static size_t
utf8_length(const unsigned char *s)
{
	size_t n = s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 :
	    s[0] < 0xf5 ? 4 : 0, i;

	for (i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* A string of RFC 8259 section 7; what is not UTF-8 becomes '?'. */
static int
put_string(stralloc *sa, const char *s)
{
	char escape[8];
	size_t n;

	if (!stralloc_append(sa, '"'))
		return 0;
	for (; *s; s += n) {
		unsigned char c = (unsigned char)*s;

		n = 1;
		if (c < 32 || c == 127 || c == '"' || c == '\\') {
			snprintf(escape, sizeof escape, c == '"' || c == '\\' ?
			    "\\%c" : "\\u%04X", c);
			if (!stralloc_cats(sa, escape))
				return 0;
			continue;
		}
		if (c >= 128 && !(n = utf8_length((const unsigned char *)s))) {
			n = 1;
			if (!stralloc_append(sa, '?'))
				return 0;
			continue;
		}
		if (!stralloc_catb(sa, s, n))
			return 0;
	}
	return stralloc_append(sa, '"');
}

static int
put_member(stralloc *sa, const char *name, const char *value)
{
	return stralloc_cats(sa, name) && put_string(sa, value);
}

/* Postfix's names of the queues. */
static const char *
queue_of(const struct item *i)
{
	return !strcmp(i->state, "new") ? "incoming" :
	    !strcmp(i->state, "bad") ? "corrupt" : i->state;
}

int
print_json(stralloc *sa, const struct item *i)
{
	char numbers[NUMBERS_OCTETS];
	size_t n;

	snprintf(numbers, sizeof numbers, ", \"arrival_time\": %llu, "
	    "\"message_size\": %llu, \"forced_expire\": false",
	    (unsigned long long)i->time, (unsigned long long)i->size);
	if (!put_member(sa, "{\"queue_name\": ", queue_of(i)) ||
	    !put_member(sa, ", \"queue_id\": ", i->id) ||
	    !stralloc_cats(sa, numbers) ||
	    !put_member(sa, ", \"sender\": ", *item_sender(i) ?
	    item_sender(i) : "MAILER-DAEMON") ||
	    !stralloc_cats(sa, ", \"recipients\": ["))
		return 0;
	for (n = 0; n < item_nrcpts(i); n++) {
		if ((n && !stralloc_cats(sa, ", ")) ||
		    !put_member(sa, "{\"address\": ", item_addr(i, n)))
			return 0;
		if (*item_why(i, n) &&
		    !put_member(sa, ", \"delay_reason\": ", item_why(i, n)))
			return 0;
		if (!stralloc_append(sa, '}'))
			return 0;
	}
	return stralloc_cats(sa, "]}\n");
}
