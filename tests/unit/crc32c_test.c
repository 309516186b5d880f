#include "wire/crc32c.h"

#include <string.h>

#include "tap.h"

int
main(void)
{
	static char s[1000];
	uint32_t whole;
	size_t i;
	int good = 1;

	/* RFC 3720 appendix B.4. */
	ok(crc32c(0, "123456789", 9) == 0xe3069283u, "the check value");
	ok(crc32c(0, s, 32) == 0x8a9136aau, "32 octets of zeros");
	memset(s, 0xff, 32);
	ok(crc32c(0, s, 32) == 0x62a8ab43u, "of ones");
	for (i = 0; i < 32; i++)
		s[i] = (char)i;
	ok(crc32c(0, s, 32) == 0x46dd794eu, "ascending");
	for (i = 0; i < 32; i++)
		s[i] = (char)(31 - i);
	ok(crc32c(0, s, 32) == 0x113fdb5cu, "descending");
	ok(crc32c(0, "", 0) == 0 && crc32c(7, "", 0) == 7, "nothing");
	for (i = 0; i < sizeof s; i++)
		s[i] = (char)(i * 7);
	whole = crc32c(0, s, sizeof s);
	for (i = 0; i <= sizeof s; i++)
		good &= crc32c(crc32c(0, s, i), s + i, sizeof s - i) == whole;
	ok(good, "in two parts, cut anywhere");
	return tap_end();
}
