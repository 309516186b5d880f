/* pneu-key's signatures, verified by openssl(1). */
#include "pneu-key/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <bearssl.h>
#include <skalibs/djbunix.h>

#include "tap.h"

static char dir[] = "/tmp/sign_test.XXXXXX";

/* Run it in dir; 1 if it succeeds. */
static int
run(const char *fmt, const char *a, const char *b)
{
	char cmd[1000];
	size_t n = (size_t)snprintf(cmd, sizeof cmd, "cd %s && ", dir);

	snprintf(cmd + n, sizeof cmd - n, fmt, a, b);
	return system(cmd) == 0;
}

static int
take_key(struct keys *k, struct key_chain *c, const char *make)
{
	stralloc sa = STRALLOC_ZERO;
	char path[100];

	if (!run("exec >log 2>&1; openssl %s -out key && openssl req -x509 "
	    "-new -key key -subj /CN=a.test -days 30 -out crt && cat key crt "
	    ">pem && openssl x509 -in crt -pubkey -noout %s", make, ">pub"))
		return 0;
	snprintf(path, sizeof path, "%s/pem", dir);
	if (!openslurpclose(&sa, path))
		return 0;
	keys_begin(k);
	keys_file(k, "pem", sa.s, sa.len, 0);
	keys_end(k, (int64_t)time(0) + 60);
	stralloc_free(&sa);
	if (keys_n(k) != 1)
		return 0;
	keys_chain(k, 0, c);
	return 1;
}

/* Sign "hello" so; 1 if openssl says that it is right. */
static int
isright(struct keys *k, const struct key_chain *c, int hash, int pss)
{
	unsigned char sig[KEY_SIGNATURE_OCTETS];
	br_hash_compat_context h;
	const br_hash_class *v = hash == KEY_SHA256 ? &br_sha256_vtable :
	    hash == KEY_SHA384 ? &br_sha384_vtable : &br_sha512_vtable;
	struct key_ask a = { .hash = hash, .pss = pss };
	const char *why;
	char path[100];
	size_t n;

	memcpy(a.print, c->print, sizeof a.print);
	a.n = key_hashlen(hash);
	v->init(&h.vtable);
	v->update(&h.vtable, "hello", 5);
	v->out(&h.vtable, a.digest);
	n = keys_sign(k, &a, sig, &why);
	snprintf(path, sizeof path, "%s/sig", dir);
	if (!n || !openwritenclose_unsafe(path, (char *)sig, n))
		return 0;
	return run("exec >log 2>&1; printf hello | openssl dgst -%s -verify pub "
	    "-signature sig %s", hash == KEY_SHA256 ? "sha256" : hash == KEY_SHA384 ?
	    "sha384" : "sha512", !pss ? "" : "-sigopt rsa_padding_mode:pss "
	    "-sigopt rsa_pss_saltlen:digest");
}

int
main(void)
{
	/* 2049 bits: the block is an octet shorter than the modulus */
	static const char *const bits[] = { "1024", "2048", "2049", "2055",
	    "4096" };
	struct key_chain c, former;
	unsigned char sig[KEY_SIGNATURE_OCTETS];
	struct key_ask a = { .hash = KEY_SHA256 };
	const char *why;
	struct keys k;
	char make[80];
	size_t i;

	if (system("openssl version >/dev/null 2>&1")) {
		ok(1, "no openssl here # SKIP needs openssl");
		return tap_end();
	}
	if (!mkdtemp(dir))
		return 111;
	keys_init(&k);
	for (i = 0; i < sizeof bits / sizeof bits[0]; i++) {
		snprintf(make, sizeof make, "genpkey -algorithm RSA -pkeyopt "
		    "rsa_keygen_bits:%s", bits[i]);
		ok(take_key(&k, &c, make), "RSA, %s bits", bits[i]);
		ok(isright(&k, &c, KEY_SHA256, 0), "PKCS #1");
		if (i == sizeof bits / sizeof bits[0] - 1)
			break;		/* it takes long enough */
		ok(isright(&k, &c, KEY_SHA256, 1), "PSS, SHA-256");
		ok(isright(&k, &c, KEY_SHA384, 1), "PSS, SHA-384");
		ok(isright(&k, &c, KEY_SHA512, 1) == (i > 0), i ?
		    "PSS, SHA-512" : "the key is too short for SHA-512");
	}
	ok(take_key(&k, &c, "ecparam -name prime256v1 -genkey -noout"),
	    "P-256");
	ok(isright(&k, &c, KEY_SHA256, 0), "ECDSA, SHA-256");
	ok(isright(&k, &c, KEY_SHA512, 0), "ECDSA, SHA-512");
	former = c;
	ok(take_key(&k, &c, "ecparam -name prime256v1 -genkey -noout") &&
	    memcmp(c.print, former.print, sizeof c.print) &&
	    isright(&k, &c, KEY_SHA256, 0), "another takes its place");
	a.n = key_hashlen(a.hash);
	memcpy(a.print, former.print, sizeof a.print);
	ok(keys_sign(&k, &a, sig, &why) > 0, "which still signs, for those "
	    "who do not know yet");
	keys_forget(&k);
	ok(!keys_sign(&k, &a, sig, &why), "but not for ever");
	rm_rf(dir);
	return tap_end();
}
