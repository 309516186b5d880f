#include "sasl/plain.h"

#include <string.h>

#include "sasl/server.h"

int
plain_scan(stralloc *user, stralloc *pass, const char *s, size_t n)
{
	const char *end = s + n, *one = memchr(s, 0, n), *two;
	size_t id, name, word;

	two = one ? memchr(one + 1, 0, (size_t)(end - one) - 1) : 0;
	if (!two || memchr(two + 1, 0, (size_t)(end - two) - 1))
		return -1;
	id = (size_t)(one - s);
	name = (size_t)(two - one) - 1;
	word = (size_t)(end - two) - 1;
	if (!name || name > SASL_NAME_OCTETS || !word ||
	    word > SASL_NAME_OCTETS)
		return -1;
	if (!stralloc_copyb(user, one + 1, name) || !stralloc_0(user) ||
	    !stralloc_copyb(pass, two + 1, word) || !stralloc_0(pass))
		return 0;
	return id && (id != name || memcmp(s, one + 1, id)) ? -2 : 1;
}

int
plain_put(stralloc *sa, const char *user, const char *pass)
{
	return stralloc_catb(sa, "", 1) && stralloc_cats(sa, user) &&
	    stralloc_catb(sa, "", 1) && stralloc_cats(sa, pass);
}
