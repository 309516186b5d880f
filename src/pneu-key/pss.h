#ifndef PNEU_KEY_PSS_H
#define PNEU_KEY_PSS_H

#include <bearssl.h>

/* EMSA-PSS of RFC 8017 9.1.1 with MGF1 of the same hash, which BearSSL does
 * not have: into em[0..(bits + 7) / 8), for a modulus of so many bits. digest
 * and salt are as long as the hash. Returns 1, or 0 if the key is too short. */
int pss_encode(unsigned char *em, size_t bits, const br_hash_class *h,
    const unsigned char *digest, const unsigned char *salt);

#endif
