#include "sasl/client.h"
#include "sasl/server.h"

#include <string.h>

#include "sasl/base64.h"
#include "sasl/plain.h"
#include "tap.h"

static int
is(const stralloc *sa, const char *s)
{
	return sa->len == strlen(s) && (!sa->len ||
	    !memcmp(sa->s, s, sa->len));
}

static void
test_base64(void)
{
	/* RFC 4648 section 10 */
	static const char *const v[][2] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
		{ "\373\377\277", "+/+/" }
	};
	static const char *const bad[] = {
		"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=",
		"Zg==Zg==", "Zm9v\n", "Zm 9", "Zm9v====", "Zm-_", "=Zm9",
		"Z=g=", "Zm9v\r\n\r\n", "*"
	};
	stralloc sa = STRALLOC_ZERO;
	size_t i;

	for (i = 0; i < sizeof v / sizeof v[0]; i++) {
		sa.len = 0;
		ok(base64_put(&sa, v[i][0], strlen(v[i][0])) &&
		    is(&sa, v[i][1]), "base64 of '%s'", v[i][0]);
		sa.len = 0;
		ok(base64_scan(&sa, v[i][1], strlen(v[i][1])) == 1 &&
		    is(&sa, v[i][0]), "and back");
	}
	stralloc_copys(&sa, "kept");
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ok(base64_scan(&sa, bad[i], strlen(bad[i])) == -1 &&
		    is(&sa, "kept"), "bad %d", (int)i);
	stralloc_free(&sa);
}

static int
hex(const char *s, size_t n, const char *want)
{
	char out[2 * HASH_OCTETS + 1];
	size_t i;

	for (i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", (unsigned char)s[i]);
	return !strcmp(out, want);
}

static void
test_hash(void)
{
	char key[131], out[HASH_OCTETS];
	struct hmac k;
	struct pbkdf2 p;
	int n = 0;

	/* RFC 4231: cases 1, 2, 6 */
	memset(key, 0x0b, 20);
	hmac_key(&k, key, 20);
	hmac_of(&k, out, "Hi There", 8);
	ok(hex(out, 32, "b0344c61d8db38535ca8afceaf0bf12b"
	    "881dc200c9833da726e9376c2e32cff7"), "HMAC 1");
	hmac_key(&k, "Jefe", 4);
	hmac_of(&k, out, "what do ya want for nothing?", 28);
	ok(hex(out, 32, "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843"), "HMAC 2");
	memset(key, 0xaa, 131);
	hmac_key(&k, key, 131);
	hmac_of(&k, out, "Test Using Larger Than Block-Size Key - "
	    "Hash Key First", 54);
	ok(hex(out, 32, "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54"), "HMAC 6");
	/* RFC 7914 section 11 */
	pbkdf2_init(&p, "passwd", 6, "salt", 4, 1);
	ok(pbkdf2_run(&p, 1) && hex(p.t, 32,
	    "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"),
	    "PBKDF2, 1 iteration");
	pbkdf2_init(&p, "Password", 8, "NaCl", 4, 80000);
	do
		n++;
	while (!pbkdf2_run(&p, 1000));
	ok(n == 80 && hex(p.t, 32,
	    "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"),
	    "80000, in %d steps", n);
	ok(hash_same("abc", "abc", 3) && !hash_same("abc", "abd", 3),
	    "the same or not");
}

/* The exchange of RFC 7677 section 3. */
#define CNONCE "rOprNGfwEbeRWgbNEkqO"
#define SNONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define FIRST "n,,n=user,r=" CNONCE
#define REPLY "r=" CNONCE SNONCE ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
#define FINAL "c=biws,r=" CNONCE SNONCE \
	",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
#define CHECK "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

static void
pencil(struct verifier *v)
{
	struct pbkdf2 p;
	stralloc sa = STRALLOC_ZERO;

	base64_scan(&sa, "W22ZaJ0SNY7soEsUEjb6gQ==", 24);
	v->iterations = 4096;
	memcpy(v->salt, sa.s, v->saltlen = sa.len);
	stralloc_free(&sa);
	verifier_hash(&p, v, "pencil", 6);
	pbkdf2_run(&p, UINT32_MAX);
	verifier_set(v, &p);
}

static void
test_scram(void)
{
	struct scram_client c = SCRAM_CLIENT_ZERO;
	struct sasl_server s;
	struct verifier v;
	stralloc out = STRALLOC_ZERO;

	pencil(&v);
	ok(scram_client_first(&c, "user", CNONCE, &out) && is(&out, FIRST),
	    "SCRAM client first");
	out.len = 0;
	sasl_server_begin(&s, SASL_SCRAM_SHA_256);
	ok(sasl_server_step(&s, FIRST, strlen(FIRST), &out) ==
	    SASL_VERIFIER && !strcmp(s.user.s, "user"), "server takes it");
	ok(sasl_server_verifier(&s, &v, SNONCE, &out) == SASL_CHALLENGE &&
	    is(&out, REPLY), "server first");
	out.len = 0;
	ok(scram_client_final(&c, "pencil", REPLY, strlen(REPLY), &out) == 1 &&
	    is(&out, FINAL), "client final");
	out.len = 0;
	ok(sasl_server_step(&s, FINAL, strlen(FINAL), &out) ==
	    SASL_CHALLENGE && is(&out, CHECK), "server final");
	ok(sasl_server_step(&s, "", 0, &out) == SASL_YES, "yes");
	ok(scram_client_check(&c, CHECK, strlen(CHECK)) == 1 &&
	    scram_client_check(&c, "v=AAAA", 6) == -1 &&
	    scram_client_check(&c, "e=other-error", 13) == -1,
	    "the client sees that it is the server");
	sasl_server_free(&s);
	scram_client_free(&c);
	stralloc_free(&out);
}

static enum sasl_event
final_of(const char *first, const char *final)
{
	struct sasl_server s;
	struct verifier v;
	stralloc out = STRALLOC_ZERO;
	enum sasl_event e;

	pencil(&v);
	sasl_server_begin(&s, SASL_SCRAM_SHA_256);
	e = sasl_server_step(&s, first, strlen(first), &out);
	if (e == SASL_VERIFIER && final) {
		sasl_server_verifier(&s, &v, SNONCE, &out);
		e = sasl_server_step(&s, final, strlen(final), &out);
	}
	sasl_server_free(&s);
	stralloc_free(&out);
	return e;
}

static void
test_scram_bad(void)
{
	static const char *const first[] = {
		"", "n", "n,", "n,,", "p=tls-unique,,n=user,r=x", "n,,n=,r=x",
		"n,,n=user", "n,,n=user,r=", "n,,m=ext,n=user,r=x",
		"n,,n=us=er,r=x", "n,,n=us=2X,r=x",
		"n,a=,n=user,r=x", "z,,n=user,r=x", "n,,n=user,r=a b", "n,a=x"
	};
	static const char *const final[] = {
		"", "c=biws", "c=biws,r=" CNONCE SNONCE, "c=eSws,r=" CNONCE
		SNONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		"c=biws,r=" CNONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7"
		"AndVQ=", "c=biws,r=" CNONCE SNONCE ",p=AAAA",
		"c=biws,r=" CNONCE SNONCE ",p=", "c=biws,p=x"
	};
	size_t i;

	for (i = 0; i < sizeof first / sizeof first[0]; i++)
		ok(final_of(first[i], 0) == SASL_BAD, "bad first %d", (int)i);
	ok(final_of("n,a=other,n=user,r=x", 0) == SASL_NO, "as somebody else");
	for (i = 0; i < sizeof final / sizeof final[0]; i++)
		ok(final_of(FIRST, final[i]) == SASL_BAD, "bad final %d",
		    (int)i);
	ok(final_of(FIRST, "c=biws,r=" CNONCE SNONCE
	    ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVA=") == SASL_NO,
	    "a wrong proof");
	ok(final_of("n,,n=a=2Cb=3Dc,r=x", 0) == SASL_VERIFIER &&
	    final_of("y,a=user,n=user,r=x", 0) == SASL_VERIFIER,
	    "names with , and =; one's own as authzid");
}

static void
test_verifier(void)
{
	static const char *const bad[] = {
		"", "{PLAIN}x", "{SCRAM-SHA-256}", "{SCRAM-SHA-256}4096",
		"{SCRAM-SHA-256}0,AA==,,", "{SCRAM-SHA-256}4096,,a,b",
		"{SCRAM-SHA-256}1000001,"
	};
	struct verifier v, w;
	struct hmac secret;
	stralloc sa = STRALLOC_ZERO;
	struct pbkdf2 p;
	size_t i;

	pencil(&v);
	ok(verifier_put(&sa, &v) && verifier_scan(&w, sa.s, sa.len) == 1 &&
	    w.iterations == 4096 && w.saltlen == v.saltlen &&
	    !memcmp(w.stored, v.stored, 32) && !memcmp(w.server, v.server, 32),
	    "a verifier as text and back");
	ok(stralloc_append(&sa, ',') && verifier_scan(&w, sa.s, sa.len) == -1,
	    "not with more behind it");
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ok(verifier_scan(&w, bad[i], strlen(bad[i])) == -1,
		    "bad: %s", bad[i]);
	verifier_hash(&p, &v, "pencil", 6);
	pbkdf2_run(&p, UINT32_MAX);
	ok(verifier_is(&v, &p), "the right password");
	verifier_hash(&p, &v, "pencils", 7);
	pbkdf2_run(&p, UINT32_MAX);
	ok(!verifier_is(&v, &p), "another");
	hmac_key(&secret, "secret", 6);
	verifier_none(&v, &secret, 15000, "nobody", 6);
	verifier_none(&w, &secret, 15000, "nobody", 6);
	ok(v.saltlen == w.saltlen && !memcmp(v.salt, w.salt, v.saltlen),
	    "who does not exist has always the same salt");
	stralloc_free(&sa);
}

static void
test_plain(void)
{
	struct sasl_server s;
	stralloc out = STRALLOC_ZERO;

	/* RFC 4616 section 4 */
	sasl_server_begin(&s, SASL_PLAIN);
	ok(sasl_server_step(&s, "\0tim\0tanstaaftanstaaf", 21, &out) ==
	    SASL_PASSWORD && !strcmp(s.user.s, "tim") &&
	    !strcmp(s.pass.s, "tanstaaftanstaaf"), "PLAIN");
	sasl_server_free(&s);
	sasl_server_begin(&s, SASL_PLAIN);
	ok(sasl_server_step(&s, 0, 0, &out) == SASL_CHALLENGE && !out.len,
	    "without an initial response: an empty challenge");
	ok(sasl_server_step(&s, "Ursel\0Kurt\0xipj3plmq", 20, &out) ==
	    SASL_NO && !strcmp(s.user.s, "Kurt"), "as somebody else"
	    " (RFC 4616: it fails, it is not malformed)");
	sasl_server_free(&s);
	sasl_server_begin(&s, SASL_PLAIN);
	ok(sasl_server_step(&s, "a\0a\0b", 5, &out) == SASL_PASSWORD,
	    "as oneself");
	ok(sasl_server_step(&s, "\0a\0b\0c", 6, &out) == SASL_BAD &&
	    sasl_server_step(&s, "\0\0b", 3, &out) == SASL_BAD &&
	    sasl_server_step(&s, "\0a\0", 3, &out) == SASL_BAD &&
	    sasl_server_step(&s, "a", 1, &out) == SASL_BAD &&
	    sasl_server_step(&s, "", 0, &out) == SASL_BAD, "bad ones");
	sasl_server_free(&s);
	sasl_server_begin(&s, SASL_LOGIN);
	ok(sasl_server_step(&s, 0, 0, &out) == SASL_CHALLENGE &&
	    is(&out, "Username:"), "LOGIN");
	out.len = 0;
	ok(sasl_server_step(&s, "tim", 3, &out) == SASL_CHALLENGE &&
	    is(&out, "Password:"), "its user");
	ok(sasl_server_step(&s, "x y", 3, &out) == SASL_PASSWORD &&
	    !strcmp(s.user.s, "tim") && !strcmp(s.pass.s, "x y"), "its password");
	sasl_server_free(&s);
	out.len = 0;
	sasl_server_begin(&s, SASL_LOGIN);
	ok(sasl_server_step(&s, "tim", 3, &out) == SASL_CHALLENGE &&
	    is(&out, "Password:"), "an initial response is the user");
	ok(sasl_server_step(&s, "", 0, &out) == SASL_BAD, "no password");
	sasl_server_free(&s);
	ok(sasl_find("plain") == SASL_PLAIN && sasl_find("CRAM-MD5") == -1 &&
	    sasl_find("SCRAM-SHA-256") == SASL_SCRAM_SHA_256, "names");
	stralloc_free(&out);
}

/* What a client sends first, with this mechanism. */
static void
initial(stralloc *out, enum sasl_client_mechanism m, const char *user,
    const char *pass, const char *host, unsigned int port)
{
	struct sasl_client c;

	out->len = 0;
	sasl_client_begin(&c, m, user, pass, host, port, "nonce");
	sasl_client_initial(&c, out);
	sasl_client_free(&c);
}

static void
test_client(void)
{
	static const char all[] = "LOGIN PLAIN NTLM SCRAM-SHA-256 xoauth2 "
	    "OAUTHBEARER PLAINER";
	unsigned int set = sasl_client_offered(all, sizeof all - 1);
	stralloc out = STRALLOC_ZERO;
	struct sasl_client c;

	ok(set == 31 && sasl_client_offered("", 0) == 0 &&
	    sasl_client_offered("CRAM-MD5 PLAI", 13) == 0, "what is offered");
	ok(sasl_client_best(set, "x") == SASL_CLIENT_SCRAM_SHA_256 &&
	    sasl_client_best(6, "x") == SASL_CLIENT_PLAIN &&
	    sasl_client_best(4, "x") == SASL_CLIENT_LOGIN &&
	    sasl_client_best(24, "x") == -1 &&
	    sasl_client_best(31, "oauth:x") == SASL_CLIENT_OAUTHBEARER &&
	    sasl_client_best(23, "oauth:x") == SASL_CLIENT_XOAUTH2 &&
	    sasl_client_best(7, "oauth:x") == -1, "the best of it");
	initial(&out, SASL_CLIENT_PLAIN, "tim", "tanstaaftanstaaf", "h", 25);
	ok(out.len == 21 && !memcmp(out.s, "\0tim\0tanstaaftanstaaf", 21),
	    "PLAIN");
	/* RFC 7628 section 4.1 (without its extension) */
	initial(&out, SASL_CLIENT_OAUTHBEARER, "user@example.com",
	    "oauth:vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
	    "server.example.com", 143);
	ok(is(&out, "n,a=user@example.com,\1host=server.example.com\1"
	    "port=143\1auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="
	    "\1\1"), "OAUTHBEARER");
	initial(&out, SASL_CLIENT_XOAUTH2, "someuser@example.com",
	    "oauth:ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg", "h", 25);
	ok(is(&out, "user=someuser@example.com\1auth=Bearer "
	    "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\1\1"), "XOAUTH2");

	out.len = 0;
	sasl_client_begin(&c, SASL_CLIENT_LOGIN, "u", "p", "h", 25, "n");
	ok(sasl_client_initial(&c, &out) == 2 && !out.len &&
	    sasl_client_step(&c, "Username:", 9, &out) == 1 && is(&out, "u") &&
	    sasl_client_step(&c, "Password:", 9, &out) == 1 &&
	    is(&out, "up") && sasl_client_isdone(&c) &&
	    sasl_client_step(&c, "More:", 5, &out) == -1, "LOGIN");
	sasl_client_free(&c);

	out.len = 0;
	sasl_client_begin(&c, SASL_CLIENT_SCRAM_SHA_256, "user", "pencil", "h",
	    25, CNONCE);
	ok(sasl_client_initial(&c, &out) == 1 && is(&out, FIRST), "SCRAM");
	ok(!sasl_client_isdone(&c), "no server is believed at once");
	out.len = 0;
	ok(sasl_client_step(&c, REPLY, strlen(REPLY), &out) == 1 &&
	    is(&out, FINAL) && !sasl_client_isdone(&c), "its proof");
	ok(sasl_client_step(&c, CHECK, strlen(CHECK), &out) == 1 &&
	    sasl_client_isdone(&c), "and the server's");
	ok(sasl_client_step(&c, CHECK, strlen(CHECK), &out) == -1, "no more");
	sasl_client_free(&c);
	sasl_client_begin(&c, SASL_CLIENT_SCRAM_SHA_256, "user", "pencil", "h",
	    25, CNONCE);
	sasl_client_initial(&c, &out);
	out.len = 0;
	ok(sasl_client_step(&c, "r=" CNONCE "x,s=AAAA,i=4095", 37, &out) == -1
	    && !out.len, "a server that wants a password to be guessed");
	ok(sasl_client_step(&c, "r=" CNONCE ",s=AAAA,i=4096", 36, &out) == -1 &&
	    sasl_client_step(&c, "r=other,s=AAAA,i=4096", 21, &out) == -1 &&
	    sasl_client_step(&c, "r=" CNONCE "x,s=AAAA,i=200001", 39, &out)
	    == -1, "a server without a nonce; of another; that wants too much");
	sasl_client_free(&c);
	stralloc_free(&out);
}

int
main(void)
{
	test_base64();
	test_hash();
	test_scram();
	test_scram_bad();
	test_verifier();
	test_plain();
	test_client();
	return tap_end();
}
