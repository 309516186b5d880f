#ifndef PKI_KEY_H
#define PKI_KEY_H

#include <stddef.h>
#include <bearssl.h>

/* A private key, RSA or EC, with storage of its own. */

struct key {
	int type;		/* BR_KEYTYPE_RSA, BR_KEYTYPE_EC, 0: none */
	br_rsa_private_key rsa;
	br_ec_private_key ec;
	unsigned char *own;	/* what these point into */
	size_t n;
};

/* Copy what d has decoded. Returns 1, 0 with ENOMEM, -1 if it is no key. */
int key_copy(struct key *k, const br_skey_decoder_context *d);

/* Overwrite it, free its storage. */
void key_free(struct key *k);

/* 1 if it belongs to the certificate der[0..n), 0 if it does not, -1 if the
 * certificate makes no sense to us. */
int key_fits(const struct key *k, const unsigned char *der, size_t n);

/* Overwrite s[0..n) for good. */
void key_wipe(void *s, size_t n);

#endif
