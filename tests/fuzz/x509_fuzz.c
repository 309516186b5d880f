/* libFuzzer entry: the chain that a server sent, judged. An octet for the
 * level, one for the TLSA record (usage, selector, type in two bits each;
 * its data is the hash of what it names, if the record is to fit), then
 * certificates, each after two octets of length. Who says no says why; who
 * says yes has looked at what the level asks for. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <bearssl.h>
#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "pki/cert.h"
#include "pneu-tls/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Trust the chain's last certificate. */
static void
anchor(struct x509_anchors *t, const struct x509_chain *c)
{
	stralloc pem = STRALLOC_ZERO;
	size_t n;

	if (!c->n)
		return;
	n = br_pem_encode(0, c->cert[c->n - 1].s, c->cert[c->n - 1].n,
	    "CERTIFICATE", 0);
	if (stralloc_ready(&pem, n + 1)) {
		br_pem_encode(pem.s, c->cert[c->n - 1].s, c->cert[c->n - 1].n,
		    "CERTIFICATE", 0);
		x509_anchors_add(t, pem.s, n);
	}
	stralloc_free(&pem);
}

static void
record(char *to, unsigned int how, const struct x509_chain *c)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char print[CERT_PRINT_OCTETS] = { 0 };
	struct cert x;
	size_t i;

	if (c->n && cert_scan(&x, c->cert[how >> 6 & 1 ? c->n - 1 : 0].s,
	    c->cert[how >> 6 & 1 ? c->n - 1 : 0].n) == 1) {
		if (how >> 2 & 3)
			cert_spkiprint(print, &x);
		else
			cert_print(print, &x);
	}
	*to++ = digits[how & 3];
	*to++ = ' ';
	*to++ = digits[how >> 2 & 3];
	*to++ = ' ';
	*to++ = digits[how >> 4 & 3];
	*to++ = ' ';
	for (i = 0; i < sizeof print; i++) {
		*to++ = digits[print[i] >> 4];
		*to++ = digits[print[i] & 15];
	}
	*to = 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct tls_ask a = TLS_ASK_ZERO;
	struct x509_chain c = { 0 };
	struct x509_anchors anchors = { 0, 0 };
	struct x509_got g;
	const char *match = "mx.example.org", *tlsa;
	char text[80];
	size_t i, len;

	if (n < 2)
		return 0;
	for (i = 2; i + 2 <= n && c.n < X509_CERTS; i += len) {
		len = (size_t)data[i] << 8 | data[i + 1];
		i += 2;
		if (len > n - i)
			len = n - i;
		c.cert[c.n].s = data + i;
		c.cert[c.n++].n = len;
	}
	record(text, data[1], &c);
	tlsa = text;
	a.peer = "mx.example.org[192.0.2.1]:25";
	a.level = data[0] % (TLS_FINGERPRINT + 1);
	if (!genalloc_append(const char *, &a.match, &match) ||
	    !genalloc_append(const char *, &a.tlsa, &tlsa) ||
	    !genalloc_append(const char *, &a.print, &tlsa))
		return 0;
	anchor(&anchors, &c);
	memset(&g, 0, sizeof g);
	if (!x509_judge(&g, &a, &c, &anchors, 1795000000) && !*g.why)
		abort();
	if (memchr(g.why, 0, sizeof g.why) == 0)
		abort();
	x509_anchors_free(&anchors);
	tls_ask_free(&a);
	return 0;
}
