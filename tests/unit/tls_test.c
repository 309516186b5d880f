#include "wire/tls.h"

#include <errno.h>
#include <string.h>

#include "tap.h"

#define PRINT "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"

static struct tls_ask a = TLS_ASK_ZERO;
static char buf[20000];

static int
scan(const char *s)
{
	strcpy(buf, s);
	return tls_ask_scan(&a, buf, strlen(s));
}

static int
scan_answer(struct tls_answer *r, const char *s)
{
	strcpy(buf, s);
	return tls_answer_scan(r, buf, strlen(s));
}

static void
asks(void)
{
	static const char *const *s, *const good[] = {
		"peer=mx.test[192.0.2.1]:25\nlevel=may\n",
		"peer=x\nhost=mx.test\nlevel=encrypt\nsession=n%0Ax\n",
		"peer=x\nhost=mx.test\nlevel=secure\nmatch=test\nmatch=.test\n",
		"peer=x\nlevel=dane\nmatch=m\ntlsa=3 1 1 " PRINT "\n"
		    "tlsa=255 7 9 00\n",
		"peer=x\nlevel=fingerprint\nfingerprint=" PRINT "\n", 0
	}, *const bad[] = {
		"", "level=may\n", "peer=x\nlevel=none\n", "peer=x\nlevel=\n",
		"peer=x\ntlsa=3 1 1\n", "peer=x\ntlsa=3 1 1 \n",
		"peer=x\ntlsa=3 1 1 0\n", "peer=x\ntlsa=3 1 256 00\n",
		"peer=x\ntlsa=3 1 00\n", "peer=x\ntlsa=3 1 1 00:11\n",
		"peer=x\nfingerprint=00\n", "peer=x\nfingerprint=" PRINT "00\n",
		"peer=x%00y\n", "peer=x", 0
	};
	stralloc sa = STRALLOC_ZERO;

	for (s = good; *s; s++) {
		sa.len = 0;
		ok(scan(*s) == 1 && tls_ask_put(&sa, &a) &&
		    sa.len == strlen(*s) && !memcmp(sa.s, *s, sa.len),
		    "there and back %d", (int)(s - good));
	}
	for (s = bad; *s; s++)
		ok(scan(*s) == -1 && errno == EINVAL, "malformed %d",
		    (int)(s - bad));
	ok(scan("peer=unknown[::1]\nnew=x\n") == 1 && a.level == TLS_MAY &&
	    !a.host && !a.session && !genalloc_len(const char *, &a.match),
	    "what a server asks; what is not known is passed over");
	stralloc_free(&sa);
}

static void
too_many(void)
{
	size_t n = 0, i;

	n += (size_t)sprintf(buf, "peer=x\n");
	for (i = 0; i < TLS_MATCHES; i++)
		n += (size_t)sprintf(buf + n, "match=%u\n", (unsigned int)i);
	ok(tls_ask_scan(&a, buf, n) == 1 &&
	    genalloc_len(const char *, &a.match) == TLS_MATCHES, "many names");
	n = (size_t)sprintf(buf, "peer=x\n");
	for (i = 0; i <= TLS_MATCHES; i++)
		n += (size_t)sprintf(buf + n, "match=%u\n", (unsigned int)i);
	ok(tls_ask_scan(&a, buf, n) == -1 && errno == EINVAL, "too many");
}

static void
answers(void)
{
	static const char *const *s, *const good[] = {
		"version=TLSv1.2\ncipher=C\nbits=128\nof=256\n"
		    "trust=anonymous\n",
		"version=TLSv1.3\ncipher=C\nbits=1\nof=1\nmore=key-exchange x\n"
		    "sni=mx.test\ntrust=dane\nresumed=1\n", 0
	}, *const bad[] = {
		"", "version=x\ncipher=x\n", "version=x\ntrust=trusted\n",
		"cipher=x\ntrust=trusted\n",
		"version=x\ncipher=x\ntrust=yes\n",
		"version=x\ncipher=x\ntrust=dane\nbits=x\n",
		"version=x\ncipher=x\ntrust=dane\nof=4294967296\n", 0
	};
	stralloc sa = STRALLOC_ZERO;
	struct tls_answer r;

	for (s = good; *s; s++) {
		sa.len = 0;
		ok(scan_answer(&r, *s) == 1 && tls_answer_put(&sa, &r) &&
		    sa.len == strlen(*s) && !memcmp(sa.s, *s, sa.len),
		    "an answer there and back %d", (int)(s - good));
	}
	sa.len = 0;
	ok(tls_answer_text(&sa, &r) && stralloc_0(&sa) && !strcmp(sa.s,
	    "TLSv1.3 with cipher C (1/1 bits) key-exchange x"), "as text");
	for (s = bad; *s; s++)
		ok(scan_answer(&r, *s) == -1 && errno == EINVAL,
		    "a malformed answer %d", (int)(s - bad));
	stralloc_free(&sa);
}

static int
usable(const char *s)
{
	static struct tls_tlsa t;

	return tls_tlsa_scan(&t, s) == 1 && tls_tlsa_isusable(&t);
}

static void
words(void)
{
	unsigned char print[TLS_PRINT_OCTETS];
	enum tls_level l;

	ok(tls_level_scan(&l, "verify", 6) && l == TLS_VERIFY &&
	    !strcmp(tls_level_word(l), "verify") &&
	    !tls_level_scan(&l, "verif", 5) && !tls_level_scan(&l, "", 0),
	    "levels");
	ok(!strcmp(tls_trust_word(TLS_TRUST_DANE), "dane"), "trust");
	ok(usable("3 1 1 " PRINT) && usable("2 0 2 " PRINT PRINT) &&
	    usable("3 0 0 30"), "usable records");
	ok(!usable("1 1 1 " PRINT) && !usable("3 2 1 " PRINT) &&
	    !usable("3 1 2 " PRINT) && !usable("3 1 1 00") &&
	    !usable("3 1 3 " PRINT), "and others");
	ok(tls_print_scan(print, "00:" "11:22:33:44:55:66:77:88:99:aa:bb:cc:"
	    "dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff") == 1 &&
	    print[31] == 0xff && print[17] == 0x11, "colons");
	ok(tls_print_scan(print, ":" PRINT) == -1 &&
	    tls_print_scan(print, PRINT ":") == -1, "but between only");
}

int
main(void)
{
	asks();
	too_many();
	answers();
	words();
	tls_ask_free(&a);
	return tap_end();
}
