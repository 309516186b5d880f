/* Private keys that are in pneu-key, as a provider of libcrypto
 * (provider-keymgmt(7), provider-signature(7)): a key here is its public
 * half, and whom to ask. Signing notes the hash in the session, and pauses
 * the job (ASYNC_start_job(3)) that the handshake runs in, until the engine
 * has been given the signature. */
#include "pneu-tls/openssl-internal.h"

#include <string.h>
#include <openssl/async.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <skalibs/strerr.h>

#define NAME "pneu"
#define WHICH "provider=" NAME
#define MAKE "pneu-key"		/* the parameter that a key is made of */

struct remote {
	struct engines *all;
	unsigned char print[KEY_PRINT_OCTETS];
	EVP_PKEY *pub;
};

struct signing {
	struct remote *key;
	EVP_MD_CTX *md;
	int hash, pss;
};

static void *
key_new(void *prov)
{
	return OPENSSL_zalloc(sizeof(struct remote));
}

static void
key_free(void *p)
{
	struct remote *k = p;

	if (!k)
		return;
	EVP_PKEY_free(k->pub);
	OPENSSL_free(k);
}

static int
key_has(const void *p, int selection)
{
	return 1;
}

static int
key_import(void *p, int selection, const OSSL_PARAM params[])
{
	const OSSL_PARAM *x = OSSL_PARAM_locate_const(params, MAKE);
	struct remote *k = p;

	if (!x || x->data_size != sizeof *k)
		return 0;
	memcpy(k, x->data, sizeof *k);
	return EVP_PKEY_up_ref(k->pub);
}

static const OSSL_PARAM *
key_import_types(int selection)
{
	static const OSSL_PARAM types[] = {
		OSSL_PARAM_octet_string(MAKE, 0, 0), OSSL_PARAM_END
	};

	return types;
}

/* The public half only: so nobody signs but we. */
static int
key_export(void *p, int selection, OSSL_CALLBACK *to, void *arg)
{
	struct remote *k = p;
	OSSL_PARAM *params;
	int r;

	if (selection & OSSL_KEYMGMT_SELECT_PRIVATE_KEY ||
	    !EVP_PKEY_todata(k->pub, EVP_PKEY_PUBLIC_KEY, &params))
		return 0;
	r = to(params, arg);
	OSSL_PARAM_free(params);
	return r;
}

static const OSSL_PARAM *
key_export_types(int selection)
{
	static const OSSL_PARAM types[] = {
		OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, 0, 0),
		OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_E, 0, 0),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, 0, 0),
		OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, 0, 0),
		OSSL_PARAM_END
	};

	return types;
}

static int
key_get_params(void *p, OSSL_PARAM params[])
{
	return EVP_PKEY_get_params(((struct remote *)p)->pub, params);
}

static const OSSL_PARAM *
key_gettable(void *prov)
{
	static const OSSL_PARAM types[] = {
		OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, 0),
		OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, 0),
		OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, 0),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, 0, 0),
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, 0, 0),
		OSSL_PARAM_END
	};

	return types;
}

static const char *
ec_operation(int op)
{
	return "ECDSA";
}

static void *
sign_new(void *prov, const char *query)
{
	struct signing *s = OPENSSL_zalloc(sizeof *s);

	if (s && !(s->md = EVP_MD_CTX_new())) {
		OPENSSL_free(s);
		return 0;
	}
	return s;
}

static void
sign_free(void *p)
{
	struct signing *s = p;

	if (!s)
		return;
	EVP_MD_CTX_free(s->md);
	OPENSSL_free(s);
}

static int
sign_set(void *p, const OSSL_PARAM params[])
{
	const OSSL_PARAM *x = params ? OSSL_PARAM_locate_const(params,
	    OSSL_SIGNATURE_PARAM_PAD_MODE) : 0;
	struct signing *s = p;
	int mode = RSA_PKCS1_PADDING;

	if (!x)
		return 1;
	if (x->data_type == OSSL_PARAM_UTF8_STRING) {
		if (!strcmp(x->data, OSSL_PKEY_RSA_PAD_MODE_PSS))
			mode = RSA_PKCS1_PSS_PADDING;
	} else if (!OSSL_PARAM_get_int(x, &mode))
		return 0;
	s->pss = mode == RSA_PKCS1_PSS_PADDING;
	return 1;
}

/* The salt is as long as the hash (RFC 8446 4.2.3), whatever is set. */
static const OSSL_PARAM *
sign_settable(void *p, void *prov)
{
	static const OSSL_PARAM types[] = {
		OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, 0, 0),
		OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, 0, 0),
		OSSL_PARAM_END
	};

	return types;
}

static int
hash_of(const EVP_MD *md)
{
	switch (EVP_MD_get_type(md)) {
	case NID_sha1: return KEY_SHA1;
	case NID_sha224: return KEY_SHA224;
	case NID_sha256: return KEY_SHA256;
	case NID_sha384: return KEY_SHA384;
	case NID_sha512: return KEY_SHA512;
	}
	return -1;
}

static int
sign_init(void *p, const char *name, void *key, const OSSL_PARAM params[])
{
	struct signing *s = p;
	EVP_MD *md = name ? EVP_MD_fetch(0, name, 0) : 0;
	int r = 0;

	if (md) {
		s->hash = hash_of(md);
		r = s->hash > 0 && EVP_DigestInit_ex(s->md, md, 0);
		EVP_MD_free(md);
	}
	if (key)
		s->key = key;
	return r && s->key && sign_set(s, params);
}

static int
sign_update(void *p, const unsigned char *data, size_t n)
{
	return EVP_DigestUpdate(((struct signing *)p)->md, data, n);
}

/* Ask for the signature; the session goes on when the answer is there. */
static int
sign_final(void *p, unsigned char *sig, size_t *n, size_t max)
{
	struct signing *s = p;
	struct engine *e = s->key->all->now;
	unsigned int len;

	if (!sig) {
		*n = (size_t)EVP_PKEY_get_size(s->key->pub);
		return 1;
	}
	if (!e || !ASYNC_get_current_job() ||
	    !EVP_DigestFinal_ex(s->md, e->ask.digest, &len))
		return 0;
	memcpy(e->ask.print, s->key->print, sizeof e->ask.print);
	e->ask.n = len;
	e->ask.hash = s->hash;
	e->ask.pss = s->pss;
	if (!ASYNC_pause_job() || !e->siglen || e->siglen > max)
		return 0;
	memcpy(sig, e->sig, e->siglen);
	*n = e->siglen;
	return 1;
}

static int
sign_all(void *p, unsigned char *sig, size_t *n, size_t max,
    const unsigned char *data, size_t len)
{
	return (!sig || sign_update(p, data, len)) &&
	    sign_final(p, sig, n, max);
}

#define F(id, f) { id, (void (*)(void))(f) }
#define KEYMGMT \
	F(OSSL_FUNC_KEYMGMT_NEW, key_new), \
	F(OSSL_FUNC_KEYMGMT_FREE, key_free), \
	F(OSSL_FUNC_KEYMGMT_HAS, key_has), \
	F(OSSL_FUNC_KEYMGMT_IMPORT, key_import), \
	F(OSSL_FUNC_KEYMGMT_IMPORT_TYPES, key_import_types), \
	F(OSSL_FUNC_KEYMGMT_EXPORT, key_export), \
	F(OSSL_FUNC_KEYMGMT_EXPORT_TYPES, key_export_types), \
	F(OSSL_FUNC_KEYMGMT_GET_PARAMS, key_get_params), \
	F(OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, key_gettable)

static const OSSL_DISPATCH rsa[] = { KEYMGMT, { 0, 0 } };
static const OSSL_DISPATCH ec[] = { KEYMGMT,
	F(OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, ec_operation), { 0, 0 } };
static const OSSL_DISPATCH sign[] = {
	F(OSSL_FUNC_SIGNATURE_NEWCTX, sign_new),
	F(OSSL_FUNC_SIGNATURE_FREECTX, sign_free),
	F(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, sign_init),
	F(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_UPDATE, sign_update),
	F(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_FINAL, sign_final),
	F(OSSL_FUNC_SIGNATURE_DIGEST_SIGN, sign_all),
	F(OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, sign_set),
	F(OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, sign_settable), { 0, 0 } };

static const OSSL_ALGORITHM keymgmts[] = {
	{ "RSA:rsaEncryption", WHICH, rsa, 0 },
	{ "EC:id-ecPublicKey", WHICH, ec, 0 }, { 0, 0, 0, 0 } };
static const OSSL_ALGORITHM signatures[] = {
	{ "RSA:rsaEncryption", WHICH, sign, 0 },
	{ "ECDSA", WHICH, sign, 0 }, { 0, 0, 0, 0 } };

static const OSSL_ALGORITHM *
query(void *prov, int op, int *nocache)
{
	*nocache = 0;
	return op == OSSL_OP_KEYMGMT ? keymgmts :
	    op == OSSL_OP_SIGNATURE ? signatures : 0;
}

static int
provider_init(const OSSL_CORE_HANDLE *h, const OSSL_DISPATCH *in,
    const OSSL_DISPATCH **out, void **prov)
{
	static const OSSL_DISPATCH functions[] = {
		F(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query), { 0, 0 } };

	*out = functions;
	*prov = (void *)(size_t)h;
	return 1;
}

/* Who asks for any key, as everybody but openssl_key does, is to have the
 * library's own. */
static int
isdefault(const char *name)
{
	EVP_KEYMGMT *k = EVP_KEYMGMT_fetch(0, name, 0);
	int r = k && !strcmp(OSSL_PROVIDER_get0_name(
	    EVP_KEYMGMT_get0_provider(k)), "default");

	EVP_KEYMGMT_free(k);
	return r;
}

void
openssl_provider(void)
{
	if (!OSSL_PROVIDER_load(0, "default") ||
	    !isdefault("RSA") || !isdefault("EC") ||
	    !OSSL_PROVIDER_add_builtin(0, NAME, provider_init) ||
	    !OSSL_PROVIDER_load(0, NAME) ||
	    !isdefault("RSA") || !isdefault("EC"))
		strerr_dief(111, "unable to add a provider to OpenSSL");
}

EVP_PKEY *
openssl_key(struct engines *all, const struct key_chain *c, EVP_PKEY *pub)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(0,
	    c->type == KEY_RSA ? "RSA" : "EC", WHICH);
	struct remote key = { .all = all, .pub = pub };
	OSSL_PARAM params[2];
	EVP_PKEY *k = 0;

	memcpy(key.print, c->print, sizeof key.print);
	params[0] = OSSL_PARAM_construct_octet_string(MAKE, &key, sizeof key);
	params[1] = OSSL_PARAM_construct_end();
	if (!ctx || EVP_PKEY_fromdata_init(ctx) <= 0 ||
	    EVP_PKEY_fromdata(ctx, &k, EVP_PKEY_KEYPAIR, params) <= 0)
		k = 0;
	EVP_PKEY_CTX_free(ctx);
	return k;
}
