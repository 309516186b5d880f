#ifndef PKI_PAIR_H
#define PKI_PAIR_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "pki/key.h"

/* Keys and their certificates as PEM files have them (Postfix's
 * smtpd_tls_chain_files): a key, then its certificates, the leaf first, in
 * one file or in the next; then the next key. */

#define PAIR_FILE_OCTETS (1u << 20)	/* of a file */
#define PAIRS 64			/* keys */
#define PAIR_CERTS 10			/* of one key */
#define PAIR_SOON_S (14 * 86400)	/* certificates that end so soon */

struct pair {
	struct key key;
	unsigned int file, certfile;	/* where key and leaf stand */
	stralloc der;		/* the certificates, one behind another */
	size_t len[PAIR_CERTS];	/* of each */
	size_t n;		/* how many */
};

struct pairs {
	genalloc v;		/* of struct pair */
};

#define PAIRS_ZERO { .v = GENALLOC_ZERO }

size_t pairs_n(const struct pairs *p);
struct pair *pairs_at(const struct pairs *p, size_t i);
void pairs_free(struct pairs *p);	/* the keys are overwritten */

/* The text s[0..n) of the file number file, behind those before it. Returns
 * 1, or -1 with what is wrong in *why (a string of its own), and then no more
 * of the file is taken. */
int pairs_add(struct pairs *p, unsigned int file, const char *s, size_t n,
    const char **why);

/* Is x fit for use at this time (Unix seconds)? Returns 1; 0, it is, but
 * *why is to be told; -1, it is not, for *why. *file is where to look. */
int pair_check(const struct pair *x, int64_t now, const char **why,
    unsigned int *file);

#endif
