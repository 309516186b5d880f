#include "pneu-sendmail/flags-internal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* -B, and RFC 3461's -N, -R, -V. As with Postfix, what is wrong about a
 * notification is a warning: the letter itself can go. */

int
flags_type(struct flags *f, char c, const char *arg)
{
	if (strcasecmp(arg, "8BITMIME") && strcasecmp(arg, "7BIT"))
		return flags_wrong(f, "-%c option needs 8BITMIME or 7BIT%s",
		    c, "");
	f->type = strcasecmp(arg, "7BIT") ? "8BITMIME" : "7BIT";
	return 1;
}

static const char *const words[] = { "NEVER", "SUCCESS", "FAILURE", "DELAY" };
#define WORDS (sizeof words / sizeof words[0])

/* A list of words as a mask of their indexes. 0 if one is not known, or
 * NEVER is not alone (RFC 3461 section 4.1). */
static unsigned int
scan_words(const char *s)
{
	unsigned int mask = 0, i;
	size_t n;

	for (;; s += n + 1) {
		n = strcspn(s, ",");
		while (n && *s == ' ')
			s++, n--;
		for (i = 0; i < WORDS; i++)
			if (strlen(words[i]) == n &&
			    !strncasecmp(s, words[i], n))
				break;
		if (i == WORDS)
			return 0;
		mask |= 1u << i;
		if (!s[n])
			break;
	}
	return (mask & 1) && mask != 1 ? 0 : mask;
}

int
flags_notify(struct flags *f, char c, const char *arg)
{
	unsigned int mask = scan_words(arg), i;

	if (!mask) {
		f->warning = "bad -N option value -- ignored";
		return 1;
	}
	f->notifies[0] = 0;
	for (i = 0; i < WORDS; i++)
		if (mask & 1u << i) {
			if (f->notifies[0])
				strcat(f->notifies, ",");
			strcat(f->notifies, words[i]);
		}
	f->notify = f->notifies;
	return 1;
}

int
flags_return(struct flags *f, char c, const char *arg)
{
	if (!strcasecmp(arg, "hdrs"))
		f->ret = "HDRS";
	else if (!strcasecmp(arg, "full"))
		f->ret = "FULL";
	else
		f->warning = "bad -R option value -- ignored";
	return 1;
}

/* Printable ASCII, which becomes xtext (RFC 3461 section 4): what is none of
 * "!" to "~", '+' and '=' go as "+XX". */
int
flags_envid(struct flags *f, char c, const char *arg)
{
	size_t n = 0;

	for (; *arg; arg++) {
		int plain = *arg > 32 && *arg < 127 && *arg != '+' &&
		    *arg != '=';

		if ((unsigned char)*arg < 32 || (unsigned char)*arg > 126) {
			f->warning =
			    "bad syntax in -V option value -- ignored";
			return 1;
		}
		if (n + (plain ? 1 : 3) > FLAGS_ENVID_OCTETS) {
			f->warning = "too long -V option value -- ignored";
			return 1;
		}
		if (plain)
			f->envids[n++] = *arg;
		else
			n += (size_t)snprintf(f->envids + n, 4, "+%02X",
			    (unsigned int)*arg);
	}
	f->envids[n] = 0;
	if (n)
		f->envid = f->envids;
	else
		f->warning = "bad syntax in -V option value -- ignored";
	return 1;
}
