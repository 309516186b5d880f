/* libFuzzer entry: a DNS answer. Octet 0 chooses the type asked for ('T': TXT), the
 * rest is the message; the name asked for is a.test. What must hold: names
 * are bounded and made of what host names have, or '?'. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns/dnsmsg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint16_t types[] = { DNS_A, DNS_AAAA, DNS_MX,
	    DNS_TLSA };
	static struct dnsmsg m;
	uint16_t type;
	size_t i;
	int r;

	if (!n)
		return 0;
	type = data[0] == 'T' ? DNS_TXT : types[data[0] % 4];
	r = dnsmsg_scan(&m, (const char *)data + 1, n - 1, "a.test", type);
	if (r != 1 && r != -1)
		abort();
	if (r < 0)
		return 0;
	if (m.n > DNSMSG_RECORDS || (m.kind == DNSMSG_FOUND) != (m.n > 0) ||
	    m.ttl > INT32_MAX)
		abort();
	for (i = 0; type == DNS_MX && i < m.n; i++)
		if (strlen(m.rr[i].name) > DNSMSG_NAME_OCTETS ||
		    strspn(m.rr[i].name, "abcdefghijklmnopqrstuvwxyz"
		    "0123456789-_.?") != strlen(m.rr[i].name))
			abort();
	for (i = 0; (type == DNS_TLSA || type == DNS_TXT) && i < m.n; i++)
		if (m.rr[i].len > m.datalen || m.rr[i].at > m.datalen -
		    m.rr[i].len || m.rr[i].len > DNSMSG_TLSA_OCTETS)
			abort();
	if (m.datalen > sizeof m.data || strlen(m.owner) > DNSMSG_NAME_OCTETS)
		abort();
	return 0;
}
