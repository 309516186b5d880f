/* Keys, certificates and the trust in them, made by openssl(1). */
#include "pneu-tls/x509.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <skalibs/djbunix.h>

#include "pki/cert.h"
#include "pki/pair.h"
#include "tap.h"

static char dir[] = "/tmp/x509_test.XXXXXX";
static int64_t now;

/* A CA, an intermediate, a leaf of each kind, one that ends soon, another
 * CA; run in dir. */
static const char script[] =
    "cd %s && exec >log 2>&1 && set -e\n"
    "ec() { openssl ecparam -name ${2:-prime256v1} -genkey -noout -out $1.key; }\n"
    "ca() { ec $1; openssl req -x509 -new -key $1.key -subj \"/CN=$2\" -days 40"
    " -out $1.crt; }\n"
    "sign() { openssl req -new -key $1.key -subj \"/CN=$3\" -out $1.csr\n"
    " printf \"$4\" >$1.ext; openssl x509 -req -in $1.csr -CA $2.crt"
    " -CAkey $2.key -set_serial 7 -days ${5:-30} -extfile $1.ext -out $1.crt; }\n"
    "ca root 'Root CA'; ca other 'Other CA'\n"
    "ec mid; sign mid root 'Mid CA' 'basicConstraints=critical,CA:TRUE'\n"
    "ec leaf; sign leaf mid cn.test"
    " 'subjectAltName=DNS:mx.a.test,DNS:*.b.test,IP:192.0.2.1'\n"
    "openssl genrsa -out rsa.key 2048\n"
    "sign rsa root old.test 'basicConstraints=CA:FALSE'\n"
    "ec soon secp384r1; sign soon root soon.test 'basicConstraints=CA:FALSE' 5\n"
    "ec sha1; sign sha1 root sha1.test 'basicConstraints=CA:FALSE' '30 -sha1'\n"
    "openssl pkey -in leaf.key -out pkcs8.key\n"
    "openssl pkey -in leaf.key -aes256 -passout pass:x -out secret.key\n"
    "openssl genpkey -algorithm ed25519 -out ed.key\n"
    "openssl pkey -in rsa.key -traditional -out pkcs1.key\n";

static size_t
take_file(stralloc *sa, const char *name)
{
	char path[200];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	sa->len = 0;
	if (!openslurpclose(sa, path))
		printf("Bail out! no %s\n", path);
	return sa->len;
}

/* The certificates of these files, one behind another. */
static struct x509_chain
chain(const char *names)
{
	static struct pairs p = PAIRS_ZERO;
	stralloc sa = STRALLOC_ZERO;
	struct x509_chain c;
	char name[50];
	const char *why;
	struct pair *x;
	size_t n, at = 0;

	pairs_free(&p);
	take_file(&sa, "leaf.key");	/* any will do */
	pairs_add(&p, 0, sa.s, sa.len, &why);
	for (; *names; names += n + (names[n] == ' ')) {
		n = strcspn(names, " ");
		snprintf(name, sizeof name, "%.*s.crt", (int)n, names);
		take_file(&sa, name);
		pairs_add(&p, 0, sa.s, sa.len, &why);
	}
	x = pairs_at(&p, 0);
	c.n = 0;
	for (; c.n < x->n; c.n++) {
		c.cert[c.n].s = (unsigned char *)x->der.s + at;
		c.cert[c.n].n = x->len[c.n];
		at += x->len[c.n];
	}
	stralloc_free(&sa);
	return c;
}

static int
fits(const char *key, const char *cert, int64_t when, const char **why)
{
	struct pairs p = PAIRS_ZERO;
	stralloc sa = STRALLOC_ZERO;
	unsigned int file;
	int r = -2;

	take_file(&sa, key);
	if (pairs_add(&p, 0, sa.s, sa.len, why) > 0) {
		take_file(&sa, cert);
		pairs_add(&p, 1, sa.s, sa.len, why);
		r = pair_check(pairs_at(&p, 0), when, why, &file);
	}
	pairs_free(&p);
	stralloc_free(&sa);
	return r;
}

static void
test_pairs(void)
{
	const char *why;
	struct pairs p = PAIRS_ZERO;
	stralloc sa = STRALLOC_ZERO;

	ok(fits("leaf.key", "leaf.crt", now, &why) == 1, "an EC pair");
	ok(fits("pkcs8.key", "leaf.crt", now, &why) == 1, "as PKCS #8");
	ok(fits("rsa.key", "rsa.crt", now, &why) == 1, "an RSA pair");
	ok(fits("pkcs1.key", "rsa.crt", now, &why) == 1, "as PKCS #1");
	ok(fits("root.key", "leaf.crt", now, &why) == -1 &&
	    strstr(why, "does not fit"), "another key");
	ok(fits("rsa.key", "leaf.crt", now, &why) == -1 &&
	    strstr(why, "does not fit"), "one of another kind");
	ok(fits("soon.key", "soon.crt", now, &why) == 0 &&
	    strstr(why, "within 14 days"), "it expires soon");
	ok(fits("leaf.key", "leaf.crt", now + 17 * 86400, &why) == 0 &&
	    fits("leaf.key", "leaf.crt", now + 15 * 86400, &why) == 1,
	    "fourteen days before");
	ok(fits("soon.key", "soon.crt", now + 6 * 86400, &why) == 0 &&
	    strstr(why, "has expired"), "it has expired");
	ok(fits("leaf.key", "leaf.crt", now - 86400, &why) == 0 &&
	    strstr(why, "not valid yet"), "it is not valid yet");
	ok(fits("secret.key", "leaf.crt", now, &why) == -2 &&
	    strstr(why, "encrypted"), "a key with a passphrase");
	ok(fits("ed.key", "leaf.crt", now, &why) == -2 &&
	    strstr(why, "neither RSA nor"), "a key of another kind");
	take_file(&sa, "leaf.crt");
	ok(pairs_add(&p, 0, sa.s, sa.len, &why) < 0 &&
	    strstr(why, "no private key before"), "a certificate alone");
	ok(pairs_add(&p, 0, sa.s, sa.len / 2, &why) < 0, "half a file: %s",
	    why);
	ok(pairs_add(&p, 0, "x\n", 2, &why) < 0 && strstr(why, "no PEM"),
	    "no PEM");
	pairs_free(&p);
	stralloc_free(&sa);
}

static int
isfor(const struct x509_chain *c, const char *host)
{
	struct cert x;

	return cert_scan(&x, c->cert[0].s, c->cert[0].n) > 0 &&
	    cert_isfor(&x, host);
}

static void
test_names(void)
{
	struct x509_chain c = chain("leaf");
	struct der star = { (const unsigned char *)"*.org", 5 };
	struct cert x;
	unsigned char *copy;
	size_t i, bad = 0;

	ok(isfor(&c, "mx.a.test") && isfor(&c, "MX.A.Test") &&
	    isfor(&c, "mx.a.test."), "a name");
	ok(isfor(&c, "x.b.test") && !isfor(&c, "x.y.b.test") &&
	    !isfor(&c, "b.test"), "a star is one label");
	ok(!isfor(&c, "cn.test"), "no common name beside DNS names");
	ok(!isfor(&c, "a.test") && !isfor(&c, "") && !isfor(&c, ".") &&
	    !isfor(&c, "*.b.test") && !isfor(&c, "192.0.2.1"), "others");
	ok(isfor(&c, ".a.test") && isfor(&c, ".test") &&
	    isfor(&c, ".b.test") && !isfor(&c, ".x.a.test") &&
	    !isfor(&c, ".mx.a.test"), "all below a domain");
	ok(!cert_ishost(&star, "pneu.org", 8), "a star is not all of org");
	cert_scan(&x, c.cert[0].s, c.cert[0].n);
	ok(x.from <= now && x.from > now - 3600 &&
	    x.until == x.from + 30 * 86400, "its time");
	/* any octet may be wrong: no read beyond the end */
	for (i = 0; i < c.cert[0].n; i++) {
		copy = malloc(i ? i : 1);
		memcpy(copy, c.cert[0].s, i);
		bad += cert_scan(&x, copy, i) > 0;
		free(copy);
	}
	ok(!bad, "no part of a certificate is one");
	c = chain("rsa");
	ok(isfor(&c, "old.test"), "the common name where there is no other");
}

static struct x509_anchors anchors;

static int
judge(struct x509_got *g, const char *text, const char *names)
{
	struct tls_ask a = TLS_ASK_ZERO;
	struct x509_chain c = chain(names);
	char buf[8192];
	int r;

	snprintf(buf, sizeof buf, "peer=x\n%s", text);
	r = tls_ask_scan(&a, buf, strlen(buf)) < 0 ? -1 :
	    x509_judge(g, &a, &c, &anchors, now);
	tls_ask_free(&a);
	return r;
}

static void
test_pkix(void)
{
	struct x509_got g;
	stralloc sa = STRALLOC_ZERO;

	ok(judge(&g, "level=may\n", "leaf mid") == 1 &&
	    g.trust == TLS_UNTRUSTED, "may, without CAs");
	ok(!judge(&g, "level=secure\nmatch=mx.a.test\n", "leaf mid") &&
	    strstr(g.why, "smtp_tls_CAfile"), "secure, without CAs");
	take_file(&sa, "root.crt");
	ok(x509_anchors_add(&anchors, sa.s, sa.len - 1) == 1,
	    "a CA file without its last newline");
	ok(judge(&g, "level=may\n", "leaf mid") == 1 &&
	    g.trust == TLS_TRUSTED, "may, a trusted chain");
	ok(judge(&g, "level=encrypt\n", "other") == 1 &&
	    g.trust == TLS_UNTRUSTED, "encrypt, another CA's");
	ok(judge(&g, "level=secure\nmatch=no.test\nmatch=mx.a.test\n",
	    "leaf mid") == 1 && g.trust == TLS_VERIFIED, "secure");
	ok(judge(&g, "level=verify\nmatch=.a.test\n", "leaf mid") == 1 &&
	    g.trust == TLS_VERIFIED, "verify, below a domain");
	ok(!judge(&g, "level=secure\nmatch=a.test\n", "leaf mid") &&
	    g.trust == TLS_TRUSTED && strstr(g.why, "another name"),
	    "another name");
	ok(!judge(&g, "level=secure\n", "leaf mid"), "no name at all");
	ok(!judge(&g, "level=secure\nmatch=mx.a.test\n", "leaf") &&
	    !strcmp(g.why, "untrusted issuer /CN=Mid CA"),
	    "without the intermediate: %s", g.why);
	ok(!judge(&g, "level=secure\nmatch=mx.a.test\n", "leaf rsa"),
	    "with something else for it");
	ok(judge(&g, "level=secure\nmatch=mx.a.test\n", "leaf root other mid "
	    "leaf") == 1 && g.trust == TLS_VERIFIED,
	    "in any order, with others between");
	ok(!judge(&g, "level=secure\nmatch=mx.a.test\n", "leaf root other"),
	    "but none may lack");
	ok(!judge(&g, "level=secure\nmatch=sha1.test\n", "sha1") &&
	    strstr(g.why, "not supported"), "signed by way of SHA-1: %s",
	    g.why);
	ok(!judge(&g, "level=verify\nmatch=Other CA\n", "other") &&
	    strstr(g.why, "self-signed certificate /CN=Other CA"),
	    "self-signed");
	now += 35 * 86400;
	ok(!judge(&g, "level=secure\nmatch=mx.a.test\n", "leaf mid") &&
	    strstr(g.why, "expired"), "expired");
	now -= 35 * 86400;
	stralloc_free(&sa);
}

static void
hex(char *to, const unsigned char *s, size_t n)
{
	while (n--)
		to += sprintf(to, "%02x", *s++);
}

/* TLSA lines of the certificate of name: with these three numbers. */
static const char *
tlsa(const char *name, int usage, int selector, int type)
{
	static char line[6000];
	struct x509_chain c = chain(name);
	struct cert x;
	struct der d;
	unsigned char h[64];
	br_sha512_context h5;
	size_t n;

	cert_scan(&x, c.cert[0].s, c.cert[0].n);
	d = selector ? x.spki : x.whole;
	n = (size_t)sprintf(line, "level=dane\nmatch=mx.a.test\n"
	    "tlsa=%d %d %d ", usage, selector, type);
	if (type == 1) {
		(selector ? cert_spkiprint : cert_print)(h, &x);
		d.s = h;
		d.n = 32;
	} else if (type == 2) {
		br_sha512_init(&h5);
		br_sha512_update(&h5, d.s, d.n);
		br_sha512_out(&h5, h);
		d.s = h;
		d.n = 64;
	}
	hex(line + n, d.s, d.n);
	strcat(line, "\n");
	return line;
}

static void
test_dane(void)
{
	struct x509_got g;
	char text[7000];
	int s, t;

	for (s = 0; s < 2; s++)
		for (t = 0; t < 3; t++) {
			ok(judge(&g, tlsa("leaf", 3, s, t), "leaf mid") == 1 &&
			    g.trust == TLS_TRUST_DANE, "3 %d %d", s, t);
			ok(!judge(&g, tlsa("other", 3, s, t), "leaf mid"),
			    "3 %d %d of another", s, t);
			ok(judge(&g, tlsa("root", 2, s, t), "leaf mid root") ==
			    1 && g.trust == TLS_TRUST_DANE, "2 %d %d", s, t);
			ok(judge(&g, tlsa("mid", 2, s, t), "leaf mid") == 1,
			    "2 %d %d, the intermediate", s, t);
			ok(judge(&g, tlsa("root", 2, s, t),
			    "leaf root mid") == 1, "2 %d %d, in another "
			    "order", s, t);
			ok(!judge(&g, tlsa("other", 2, s, t),
			    "leaf mid root other"), "2 %d %d, not the issuer",
			    s, t);
		}
	ok(judge(&g, tlsa("root", 2, 0, 0), "leaf mid") == 1,
	    "2 0 0, an anchor that was not sent");
	ok(!judge(&g, tlsa("leaf", 2, 0, 1), "leaf mid"),
	    "the leaf is no anchor");
	snprintf(text, sizeof text, "%s", tlsa("root", 2, 0, 1));
	memcpy(strstr(text, "mx.a.test"), "mx.c", 4);
	ok(!judge(&g, text, "leaf mid root") &&
	    strstr(g.why, "another name"), "DANE-TA is for a name");
	snprintf(text, sizeof text, "%s", tlsa("leaf", 3, 1, 1));
	memcpy(strstr(text, "mx.a.test"), "mx.c", 4);
	now += 35 * 86400;
	ok(judge(&g, text, "leaf") == 1,
	    "DANE-EE is not, and does not expire");
	ok(!judge(&g, tlsa("root", 2, 0, 1), "leaf mid root"),
	    "below DANE-TA it does");
	now -= 35 * 86400;
	ok(judge(&g, tlsa("leaf", 1, 1, 1), "leaf") == 1 &&
	    g.trust == TLS_UNTRUSTED, "no usable record: any will do");
	ok(judge(&g, "level=dane\n", "leaf") == 1, "no record at all");
	snprintf(text, sizeof text, "%stlsa=3 1 1 00\n",
	    tlsa("other", 3, 1, 1));
	ok(!judge(&g, text, "leaf"), "a usable record that does not fit, and "
	    "one that is not usable");
}

int
main(void)
{
	char cmd[4096];
	struct x509_got g;
	char text[300] = "level=fingerprint\nfingerprint=";

	if (system("openssl version >/dev/null 2>&1")) {
		ok(1, "no openssl here # SKIP needs openssl");
		return tap_end();
	}
	now = (int64_t)time(0) + 60;
	if (!mkdtemp(dir))
		return 111;
	snprintf(cmd, sizeof cmd, script, dir);
	if (system(cmd))
		printf("# openssl failed, see %s/log\n", dir);
	test_pairs();
	test_names();
	test_pkix();
	test_dane();
	strcat(text, strstr(tlsa("leaf", 3, 0, 1), "0 1 ") + 4);
	ok(judge(&g, text, "leaf") == 1 && g.trust == TLS_VERIFIED,
	    "fingerprint");
	ok(!judge(&g, text, "mid") && strstr(g.why, "fingerprint"),
	    "another one's");
	ok(!judge(&g, "level=fingerprint\n", "leaf"), "none");
	x509_anchors_free(&anchors);
	chain("");
	rm_rf(dir);
	return tap_end();
}
