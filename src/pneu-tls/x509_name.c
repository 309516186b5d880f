#include "pneu-tls/x509.h"

#include "pki/cert.h"

int
x509_ismatch(const struct tls_ask *a, const struct x509_chain *c)
{
	struct cert leaf;
	size_t i;

	if (!c->n || cert_scan(&leaf, c->cert[0].s, c->cert[0].n) < 0)
		return 0;
	for (i = 0; i < genalloc_len(const char *, &a->match); i++)
		if (cert_isfor(&leaf, genalloc_s(const char *, &a->match)[i]))
			return 1;
	return 0;
}
