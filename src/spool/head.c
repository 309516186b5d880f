#include "spool/letter.h"

#include <stdio.h>
#include <string.h>

#include "wire/crc32c.h"

#define ECRC_OCTETS 9			/* "xxxxxxxx\n", the end of the head */

/* Take the word w from *s. 1 or 0. */
static int
word(const char **s, const char *w)
{
	size_t n = strlen(w);

	if (strncmp(*s, w, n))
		return 0;
	*s += n;
	return 1;
}

/* Take exactly n digits of this base from *s. 1 or 0. */
static int
digits(const char **s, int n, unsigned int base, uint64_t *u)
{
	static const char all[] = "0123456789abcdef";

	for (*u = 0; n--; ++*s) {
		const char *d = **s ? strchr(all, **s) : 0;

		if (!d || (unsigned int)(d - all) >= base)
			return 0;
		*u = *u * base + (uint64_t)(d - all);
	}
	return 1;
}

int
letter_head_scan(struct letter_head *h, const char *s, size_t n)
{
	uint64_t env, rcpt, mcrc, ecrc;
	char line[LETTER_HEAD_OCTETS + 1];

	if (n < LETTER_HEAD_OCTETS)
		return -1;
	memcpy(line, s, LETTER_HEAD_OCTETS);
	line[LETTER_HEAD_OCTETS] = 0;
	s = line;
	if (!word(&s, "pneu1 ") || !letter_isid(s, LETTER_ID_OCTETS))
		return -1;
	memcpy(h->id, s, LETTER_ID_OCTETS);
	h->id[LETTER_ID_OCTETS] = 0;
	s += LETTER_ID_OCTETS;
	if (!word(&s, " env=") || !digits(&s, 8, 10, &env) ||
	    !word(&s, " rcpt=") || !digits(&s, 6, 10, &rcpt) ||
	    !word(&s, " msg=") || !digits(&s, 15, 10, &h->msglen) ||
	    !word(&s, " mcrc=") || !digits(&s, 8, 16, &mcrc) ||
	    !word(&s, " ecrc=") || !digits(&s, 8, 16, &ecrc) ||
	    !word(&s, "\n"))
		return -1;
	if (env > ENVELOPE_OCTETS || rcpt > ENVELOPE_RCPTS)
		return -1;
	h->envlen = (uint32_t)env;
	h->nrcpts = (uint32_t)rcpt;
	h->mcrc = (uint32_t)mcrc;
	h->ecrc = (uint32_t)ecrc;
	return 1;
}

void
letter_head_fmt(char s[LETTER_HEAD_OCTETS + 1], const struct letter_head *h)
{
	/* the counts are limited where a letter is made */
	char line[160];

	snprintf(line, sizeof line, "pneu1 %.18s env=%08lu rcpt=%06lu "
	    "msg=%015llu mcrc=%08lx ecrc=%08lx\n", h->id,
	    (unsigned long)h->envlen, (unsigned long)h->nrcpts,
	    (unsigned long long)h->msglen, (unsigned long)h->mcrc,
	    (unsigned long)h->ecrc);
	memcpy(s, line, LETTER_HEAD_OCTETS);
	s[LETTER_HEAD_OCTETS] = 0;
}

void
letter_head_seal(struct letter_head *h, const char *env)
{
	char line[LETTER_HEAD_OCTETS + 1];

	letter_head_fmt(line, h);
	h->ecrc = crc32c(crc32c(0, line, LETTER_HEAD_OCTETS - ECRC_OCTETS),
	    env, h->envlen);
}

void
letter_front_head(char s[LETTER_HEAD_OCTETS + 1], struct letter_head *h,
    const char *env)
{
	letter_head_seal(h, env);
	letter_head_fmt(s, h);
}

int
letter_front(stralloc *sa, struct letter_head *h, const struct envelope *e)
{
	size_t at = sa->len, n = envelope_nrcpts(e), envat;
	char line[LETTER_HEAD_OCTETS + 1];

	if (!stralloc_readyplus(sa, LETTER_HEAD_OCTETS + n + 1))
		return 0;
	sa->len += LETTER_HEAD_OCTETS;
	memset(sa->s + sa->len, LETTER_WAITING, n);
	sa->len += n;
	sa->s[sa->len++] = '\n';
	envat = sa->len;
	if (!envelope_put(sa, e)) {
		sa->len = at;
		return 0;
	}
	h->nrcpts = (uint32_t)n;
	h->envlen = (uint32_t)(sa->len - envat);
	letter_front_head(line, h, sa->s + envat);
	memcpy(sa->s + at, line, LETTER_HEAD_OCTETS);
	return 1;
}

uint64_t
letter_env_offset(const struct letter_head *h)
{
	return LETTER_HEAD_OCTETS + (uint64_t)h->nrcpts + 1;
}

uint64_t
letter_msg_offset(const struct letter_head *h)
{
	return letter_env_offset(h) + h->envlen;
}

uint64_t
letter_history_offset(const struct letter_head *h)
{
	return letter_msg_offset(h) + h->msglen;
}
