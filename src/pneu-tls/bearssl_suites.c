#include "pneu-tls/bearssl-internal.h"

/* In the order of our preference, which counts as a client only. A server
 * takes those with ephemeral keys: what decrypts with its private key is
 * nothing that pneu-key does. */
static const struct suite suites[] = {
	{ BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, 128,
	    "ECDHE-ECDSA-AES128-GCM-SHA256" },
	{ BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, 128,
	    "ECDHE-RSA-AES128-GCM-SHA256" },
	{ BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, 256,
	    "ECDHE-ECDSA-AES256-GCM-SHA384" },
	{ BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, 256,
	    "ECDHE-RSA-AES256-GCM-SHA384" },
	{ BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, 256,
	    "ECDHE-ECDSA-CHACHA20-POLY1305" },
	{ BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, 256,
	    "ECDHE-RSA-CHACHA20-POLY1305" },
	{ BR_TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, 128,
	    "ECDHE-ECDSA-AES128-SHA256" },
	{ BR_TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, 128,
	    "ECDHE-RSA-AES128-SHA256" },
	{ BR_TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, 256,
	    "ECDHE-ECDSA-AES256-SHA384" },
	{ BR_TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384, 256,
	    "ECDHE-RSA-AES256-SHA384" },
	{ BR_TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, 128,
	    "ECDHE-ECDSA-AES128-SHA" },
	{ BR_TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, 128,
	    "ECDHE-RSA-AES128-SHA" },
	{ BR_TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, 256,
	    "ECDHE-ECDSA-AES256-SHA" },
	{ BR_TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, 256,
	    "ECDHE-RSA-AES256-SHA" },
#define SERVER 14		/* of these */
	{ BR_TLS_RSA_WITH_AES_128_GCM_SHA256, 128, "AES128-GCM-SHA256" },
	{ BR_TLS_RSA_WITH_AES_256_GCM_SHA384, 256, "AES256-GCM-SHA384" },
	{ BR_TLS_RSA_WITH_AES_128_CBC_SHA256, 128, "AES128-SHA256" },
	{ BR_TLS_RSA_WITH_AES_256_CBC_SHA256, 256, "AES256-SHA256" },
	{ BR_TLS_RSA_WITH_AES_128_CBC_SHA, 128, "AES128-SHA" },
	{ BR_TLS_RSA_WITH_AES_256_CBC_SHA, 256, "AES256-SHA" },
};
#define SUITES (sizeof suites / sizeof suites[0])

const struct suite *
suite_find(uint16_t id)
{
	size_t i;

	for (i = 0; i < SUITES; i++)
		if (suites[i].id == id)
			return &suites[i];
	return 0;
}

void
suites_set(br_ssl_engine_context *eng, int isserver)
{
	uint16_t ids[SUITES];
	size_t i, n = isserver ? SERVER : SUITES;

	for (i = 0; i < n; i++)
		ids[i] = suites[i].id;
	br_ssl_engine_set_suites(eng, ids, n);
	br_ssl_engine_set_versions(eng, BR_TLS12, BR_TLS12);	/* RFC 8996 */
	br_ssl_engine_add_flags(eng, BR_OPT_NO_RENEGOTIATION);
}
