#ifndef PNEU_KEY_KEYS_H
#define PNEU_KEY_KEYS_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "pki/pair.h"
#include "wire/key.h"

/* The keys in force, and the files that they came from. No I/O. */

#define KEYS_FILES 64		/* as the setting smtpd_tls_chain_files allows */

struct keys {
	struct pairs now;	/* in force */
	genalloc prints;	/* of struct key_print, of now */
	struct pairs next;	/* being read */
	struct pairs former;	/* in force until now; they still sign */
	const char *names[KEYS_FILES];	/* of the files, by number; owned */
	size_t nnames;
	int torn;		/* a file could not be read to its end */
};

struct key_print {
	unsigned char s[KEY_PRINT_OCTETS];
};

void keys_init(struct keys *k);

/* A new set of files is read: keys_begin; keys_file for each in its order,
 * with its text or, if it cannot be read, why; keys_end, which puts in force
 * what is fit for use. A pair that is not, or of which a part is missing,
 * leaves in force the one that came from that place before. What is wrong is
 * logged. keys_end returns 1 if something is in force that was not before,
 * else 0. now: Unix seconds. */
void keys_begin(struct keys *k);
void keys_file(struct keys *k, const char *name, const char *s, size_t n,
    const char *error);
int keys_end(struct keys *k, int64_t now);

/* What was in force before goes on signing for handshakes that have begun, by
 * those who do not know of the change yet, until this is called: after
 * KEYS_FORMER_S. */
#define KEYS_FORMER_S 60
void keys_forget(struct keys *k);

size_t keys_n(const struct keys *k);

/* Describe chain i for the wire; points into k. */
void keys_chain(const struct keys *k, size_t i, struct key_chain *c);

/* Sign. Returns octets of the signature, or 0 with a reason in *why. */
size_t keys_sign(struct keys *k, const struct key_ask *a,
    unsigned char sig[KEY_SIGNATURE_OCTETS], const char **why);

#endif
