#include "pneu-tls/openssl-internal.h"

#include <stdio.h>
#include <string.h>
#include <openssl/err.h>

#define ALERT 1000		/* reasons from here on are the peer's alerts */

void
openssl_why(char why[X509_WHY_OCTETS])
{
	unsigned long e = ERR_peek_error();
	int reason = ERR_GET_REASON(e);
	const char *s = ERR_reason_error_string(e);

	why[0] = 0;
	if (!e)
		return;		/* the connection just ended */
	if (ERR_GET_LIB(e) == ERR_LIB_SSL && reason >= ALERT) {
		snprintf(why, X509_WHY_OCTETS, "alert of the peer: %s",
		    SSL_alert_desc_string_long(reason - ALERT));
		return;
	}
	if (ERR_GET_LIB(e) == ERR_LIB_SSL)
		switch (reason) {
		case SSL_R_WRONG_VERSION_NUMBER:
		case SSL_R_WRONG_SSL_VERSION:
		case SSL_R_PACKET_LENGTH_TOO_LONG:
		case SSL_R_RECORD_LENGTH_MISMATCH:
		case SSL_R_HTTP_REQUEST:
		case SSL_R_HTTPS_PROXY_REQUEST:
			s = "what came is not TLS";
			break;
		case SSL_R_UNSUPPORTED_PROTOCOL:
		case SSL_R_VERSION_TOO_LOW:
			s = "protocol version: the peer speaks no TLS 1.2";
			break;
		case SSL_R_NO_SHARED_CIPHER:
			s = "no cipher in common";
		}
	snprintf(why, X509_WHY_OCTETS, "%s", s ? s : "TLS error");
}

/* "P-256" of EC keys, "" of others. */
static const char *
curve_of(const EVP_PKEY *k, char *s, size_t n)
{
	const char *name;

	s[0] = 0;
	if (!EVP_PKEY_is_a(k, "EC") ||
	    !EVP_PKEY_get_group_name(k, s, n, 0))
		return "";
	name = EC_curve_nid2nist(OBJ_txt2nid(s));
	return name ? name : s;
}

static size_t
add(char *s, size_t n, size_t at, const char *what, const char *name,
    const char *of)
{
	int k = at >= n ? -1 : snprintf(s + at, n - at, "%s%s%s%s%s%s",
	    at ? " " : "", what, name, *of ? " (" : "", of, *of ? ")" : "");

	return k < 0 || (size_t)k >= n - at ? n : at + (size_t)k;
}

static size_t
add_exchange(char *s, size_t n, size_t at, SSL *ssl)
{
	EVP_PKEY *k = 0;
	char buf[50];
	const char *curve;

	if (!SSL_get_peer_tmp_key(ssl, &k))
		return at;
	curve = curve_of(k, buf, sizeof buf);
	at = add(s, n, at, "key-exchange ", *curve ? "ECDHE" :
	    EVP_PKEY_is_a(k, "DH") ? "DHE" :
	    EVP_PKEY_get0_type_name(k), curve);
	EVP_PKEY_free(k);
	return at;
}

/* The server's signature; none if the session was resumed. */
static size_t
add_signature(char *s, size_t n, size_t at, SSL *ssl)
{
	int isserver = SSL_is_server(ssl), type, hash;
	X509 *x = isserver ? SSL_get_certificate(ssl) :
	    SSL_get0_peer_certificate(ssl);
	EVP_PKEY *k = x ? X509_get0_pubkey(x) : 0;
	char buf[50];
	const char *of;

	if (!k || SSL_session_reused(ssl) || !(isserver ?
	    SSL_get_signature_type_nid(ssl, &type) :
	    SSL_get_peer_signature_type_nid(ssl, &type)))
		return at;
	of = curve_of(k, buf, sizeof buf);
	if (EVP_PKEY_is_a(k, "RSA")) {
		snprintf(buf, sizeof buf, "%d bits", EVP_PKEY_get_bits(k));
		of = buf;
	}
	at = add(s, n, at, "server-signature ", type == EVP_PKEY_RSA_PSS ?
	    "RSA-PSS" : type == EVP_PKEY_RSA ? "RSA-PKCS1" :
	    *of ? "ECDSA" : OBJ_nid2sn(type), of);
	if ((isserver ? SSL_get_signature_nid(ssl, &hash) :
	    SSL_get_peer_signature_nid(ssl, &hash)) && hash != NID_undef)
		at = add(s, n, at, "server-digest ", OBJ_nid2sn(hash), "");
	return at;
}

void
openssl_more(char *s, size_t n, SSL *ssl)
{
	size_t at = add_exchange(s, n, 0, ssl);

	at = add_signature(s, n, at, ssl);
	s[at < n ? at : 0] = 0;
}
