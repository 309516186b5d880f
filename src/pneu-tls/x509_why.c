#include "pneu-tls/x509.h"

#include <stdio.h>
#include <string.h>

#include "pki/cert.h"

/* The certificate whose issuer nobody knows: the last that came. */
static void
untrusted(char why[X509_WHY_OCTETS], const struct x509_chain *c)
{
	stralloc sa = STRALLOC_ZERO;
	struct cert last;
	int self;

	if (!c->n || cert_scan(&last, c->cert[c->n - 1].s,
	    c->cert[c->n - 1].n) < 0 || !cert_nametext(&sa, &last.issuer) ||
	    !stralloc_0(&sa)) {
		snprintf(why, X509_WHY_OCTETS, "untrusted issuer");
		return;
	}
	self = last.issuer.n == last.subject.n &&
	    !memcmp(last.issuer.s, last.subject.s, last.issuer.n);
	snprintf(why, X509_WHY_OCTETS, "%s %s", self && c->n == 1 ?
	    "self-signed certificate" : "untrusted issuer", sa.s);
	stralloc_free(&sa);
}

void
x509_why(char why[X509_WHY_OCTETS], enum x509_error error,
    const struct x509_chain *c)
{
	static const char *const text[] = {
		[X509_E_OK] = "",
		[X509_E_EXPIRED] =
		    "the certificate has expired or is not valid yet",
		[X509_E_SIGNATURE] = "a signature is wrong",
		[X509_E_EMPTY] = "no certificate came",
		[X509_E_UNSUPPORTED] = "an algorithm is not supported",
		[X509_E_WEAK] = "a key is too short",
		[X509_E_NOTCA] = "an issuer is no certification authority",
		[X509_E_CRITICAL] = "a critical extension is not known",
		[X509_E_NONSENSE] = "the certificates make no sense",
	};

	if (error == X509_E_UNTRUSTED)
		untrusted(why, c);
	else
		snprintf(why, X509_WHY_OCTETS, "%s", text[error]);
}
