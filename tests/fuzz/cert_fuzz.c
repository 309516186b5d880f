/* libFuzzer entry: a peer's certificate, in DER. What must hold: all that is
 * found lies within it, names are walked to their end, texts are printable. */
#include <stdint.h>
#include <stdlib.h>
#include <skalibs/stralloc.h>

#include "pki/cert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
within(const struct der *d, const uint8_t *s, size_t n)
{
	if (d->s && (d->s < s || d->s + d->n > s + n))
		abort();
}

static void
printable(const struct der *name)
{
	stralloc sa = STRALLOC_ZERO;
	size_t i;

	if (!cert_nametext(&sa, name))
		return;
	for (i = 0; i < sa.len; i++)
		if ((unsigned char)sa.s[i] < ' ' || sa.s[i] == 127)
			abort();
	stralloc_free(&sa);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	unsigned char print[CERT_PRINT_OCTETS];
	struct cert c;
	struct der name;
	size_t pos = 0, count = 0;

	if (cert_scan(&c, data, n) < 0)
		return 0;
	within(&c.whole, data, n);
	within(&c.spki, data, n);
	within(&c.names, data, n);
	within(&c.cn, data, n);
	while (cert_dnsname(&c, &pos, &name)) {
		within(&name, data, n);
		if (!name.n || count++ > n)
			abort();
		cert_ishost(&name, "mx.example.org", 14);
	}
	if (count && !cert_hasdnsname(&c))
		abort();
	cert_spkiprint(print, &c);
	cert_print(print, &c);
	cert_isfor(&c, "mx.example.org");
	cert_isfor(&c, ".example.org");
	printable(&c.subject);
	printable(&c.issuer);
	return 0;
}
