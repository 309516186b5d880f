#include "mail/verp.h"

#include <string.h>

#include "mail/address.h"

static const char each_end[] = "-@[]";
#define EACH_OCTETS (sizeof each_end - 1)

/* Append addr with a text behind its local part. */
static int
put(stralloc *sa, const char *addr, size_t n, const char *behind, size_t m)
{
	size_t at = address_at(addr, n);
	stralloc local = STRALLOC_ZERO;
	int r = address_local(&local, addr, at) &&
	    stralloc_catb(&local, behind, m) &&
	    address_put(sa, local.s, local.len, at < n ? addr + at + 1 : "",
	    at < n ? n - at - 1 : 0) > 0;

	stralloc_free(&local);
	return r;
}

int
verp_owner(stralloc *sa, const char *addr, int each)
{
	static const char owner[] = "-owner-";

	return put(sa, addr, strlen(addr), owner, sizeof owner - 1 - !each) &&
	    (!each || stralloc_catb(sa, each_end, EACH_OCTETS));
}

int
verp_is(const char *sender)
{
	size_t n = strlen(sender);

	return n > EACH_OCTETS &&
	    !strcmp(sender + n - EACH_OCTETS, each_end);
}

int
verp_for(stralloc *sa, const char *sender, const char *rcpt)
{
	size_t n = strlen(sender) - EACH_OCTETS, at, len;
	stralloc whose = STRALLOC_ZERO;
	int r;

	if (!rcpt)
		return stralloc_catb(sa, sender, n);
	len = strlen(rcpt);
	at = address_at(rcpt, len);
	r = address_local(&whose, rcpt, at) && (at == len ||
	    (stralloc_append(&whose, '=') &&
	    stralloc_catb(&whose, rcpt + at + 1, len - at - 1))) &&
	    put(sa, sender, n, whose.s, whose.len);
	stralloc_free(&whose);
	return r;
}
