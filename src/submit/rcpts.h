#ifndef SUBMIT_RCPTS_H
#define SUBMIT_RCPTS_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

/* The recipients of a letter, each once: like Postfix's, without regard to
 * case. */
struct rcpts {
	stralloc text;		/* address, notify and orcpt of each, each
				 * with a NUL */
	genalloc at;		/* of size_t: where each begins */
	uint32_t *slots;	/* hash table: number + 1, or 0 */
	size_t nslots;		/* a power of two, or 0 */
};
#define RCPTS_ZERO { STRALLOC_ZERO, GENALLOC_ZERO, 0, 0 }

size_t rcpts_len(const struct rcpts *r);
const char *rcpts_at(const struct rcpts *r, size_t i);

/* Add an address, "@" and origin behind it if origin is not 0. Returns 1, 2
 * if it was there, 0 with errno ENOMEM, or E2BIG if there are
 * ENVELOPE_RCPTS. */
int rcpts_add(struct rcpts *r, const char *addr, const char *origin);

/* The same, with what RFC 3461 has of him: notify may be "", orcpt[0..n) no
 * octets. */
int rcpts_adddsn(struct rcpts *r, const char *addr, const char *origin,
    const char *notify, const char *orcpt, size_t n);

/* These, "" if not said. */
const char *rcpts_notify(const struct rcpts *r, size_t i);
const char *rcpts_orcpt(const struct rcpts *r, size_t i);

/* Add all addresses of from. Returns as rcpts_add does. */
int rcpts_addall(struct rcpts *r, const struct rcpts *from);

void rcpts_free(struct rcpts *r);

#endif
