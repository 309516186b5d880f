#include "wire/envelope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static struct envelope e = ENVELOPE_ZERO;
static char buf[4096];

static int
scan(const char *s)
{
	strcpy(buf, s);
	return envelope_scan(&e, buf, strlen(s));
}

static void
test_round(void)
{
	static const char text[] = "time=1795346200\nuid=1000\norigin=smtp\n"
	    "client=a[192.0.2.1]\nhelo=h%0A\nproto=ESMTP\nlogin=joe\n"
	    "parent=P\nsender=\nbody=8BITMIME\nret=HDRS\nenvid=e\nauth=<>\n"
	    "smtputf8=1\nnew=thing\nrcpt=a@b\nnotify=NEVER\n"
	    "orcpt=rfc822;x\nrcpt=\"a b\"@c\n";
	static const char plain[] = "time=1795346200\nuid=1000\norigin=smtp\n"
	    "client=a[192.0.2.1]\nproto=ESMTP\nsender=s@x\nnew=thing\n"
	    "rcpt=a@b\nrcpt=c@d\nnotify=FAILURE\ntarget=|x\norig=l@d\n";
	stralloc sa = STRALLOC_ZERO;

	ok(scan(text) == -1 && errno == EINVAL, "no newline in any value");
	ok(scan(plain) == 1 && e.time == 1795346200 && e.has_uid &&
	    e.uid == 1000 && !strcmp(e.sender, "s@x") && !e.helo &&
	    envelope_nrcpts(&e) == 2 && !envelope_rcpt(&e, 0)->notify &&
	    !strcmp(envelope_rcpt(&e, 1)->notify, "FAILURE"), "scan");
	ok(envelope_put(&sa, &e) && sa.len == sizeof plain - 1 &&
	    !memcmp(sa.s, plain, sa.len), "and put it back, the same");
	ok(scan("rcpt=a@b\nsender=\nunknown=x\nuid=0\n") == 1 &&
	    !*e.sender && e.has_uid && !e.time && e.other.len == 10,
	    "in any order; storage is reused");
	ok(scan("") == 1 && !e.sender && !envelope_nrcpts(&e), "empty");
	stralloc_free(&sa);
}

static void
test_bad(void)
{
	static const char *const *s, *const bad[] = {
		"sender", "sender=a", "time=x\n", "time=\n", "uid=-1\n",
		"rcpt=\n", "notify=NEVER\n", "orcpt=x\nrcpt=a\n",
		"sender=a%00b\n", "rcpt=a%0Db\n", "login=a%0A\n", "\n",
		"sender=x\n\nrcpt=a\n", 0
	};
	static char big[8 + ENVELOPE_ADDRESS_OCTETS + 2];
	size_t n = ENVELOPE_ADDRESS_OCTETS;

	for (s = bad; *s; s++)
		ok(scan(*s) == -1 && errno == EINVAL, "malformed %d",
		    (int)(s - bad));
	memset(big, 'x', sizeof big);
	memcpy(big, "rcpt=", 5);
	big[5 + n] = '\n';
	ok(envelope_scan(&e, big, 6 + n) == 1 &&
	    strlen(envelope_rcpt(&e, 0)->addr) == n, "the longest address");
	memset(big, 'x', sizeof big);
	memcpy(big, "rcpt=", 5);
	big[6 + n] = '\n';
	ok(envelope_scan(&e, big, 7 + n) == -1, "and one octet more");
}

static void
test_many(void)
{
	size_t n = ENVELOPE_RCPTS + 1, i;
	char *s = malloc(n * 7);

	for (i = 0; i < n; i++)
		memcpy(s + i * 7, "rcpt=a\n", 7);
	ok(envelope_scan(&e, s, (n - 1) * 7) == 1 &&
	    envelope_nrcpts(&e) == ENVELOPE_RCPTS, "%d recipients",
	    ENVELOPE_RCPTS);
	for (i = 0; i < n; i++)
		memcpy(s + i * 7, "rcpt=a\n", 7);
	ok(envelope_scan(&e, s, n * 7) == -1 && errno == EINVAL,
	    "and one more");
	free(s);
}

int
main(void)
{
	test_round();
	test_bad();
	test_many();
	envelope_free(&e);
	return tap_end();
}
