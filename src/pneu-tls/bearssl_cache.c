/* A server's sessions that can be resumed, each under the name (SNI) that it
 * was begun under and no other: RFC 6066 section 3. BearSSL asks for a session
 * before it has read that name. So there is none at first, and when the hello
 * has been read whole, and there is one of the name, it is worked on again. */
#include "pneu-tls/bearssl-internal.h"

#include <string.h>
#include <skalibs/sha256.h>

static struct cache *
cache_of(const br_ssl_session_cache_class **p)
{
	return (struct cache *)(void *)p;
}

/* How p is called in the cache that all sessions share: by its id and the
 * name. */
static void
call(br_ssl_session_parameters *p, const br_ssl_engine_context *eng)
{
	SHA256Schedule h = SHA256_INIT();
	const char *sni = br_ssl_engine_get_server_name(eng);
	char c;

	sha256_update(&h, (char *)p->session_id, p->session_id_len);
	for (; sni && *sni; sni++) {
		c = *sni >= 'A' && *sni <= 'Z' ? *sni + ('a' - 'A') : *sni;
		sha256_update(&h, &c, 1);
	}
	sha256_final(&h, (char *)p->session_id);
	p->session_id_len = sizeof p->session_id;
}

static void
save(const br_ssl_session_cache_class **p, br_ssl_server_context *s,
    const br_ssl_session_parameters *session)
{
	br_ssl_session_cache_lru *lru = &cache_of(p)->e->all->lru;
	br_ssl_session_parameters named = *session;

	call(&named, &s->eng);
	lru->vtable->save(&lru->vtable, s, &named);
}

static int
load(const br_ssl_session_cache_class **p, br_ssl_server_context *s,
    br_ssl_session_parameters *session)
{
	struct cache *c = cache_of(p);

	if (c->found) {
		c->found = 0;
		*session = c->session;
		return 1;
	}
	c->session = *session;
	c->asked = 1;
	return 0;
}

int
cache_find(struct cache *c)
{
	br_ssl_session_cache_lru *lru = &c->e->all->lru;
	br_ssl_server_context *s = &c->e->x.server;
	br_ssl_session_parameters named = c->session;

	if (!c->asked)
		return 0;
	c->asked = 0;
	call(&named, &s->eng);
	if (!lru->vtable->load(&lru->vtable, s, &named))
		return 0;
	memcpy(named.session_id, c->session.session_id,
	    sizeof named.session_id);
	named.session_id_len = c->session.session_id_len;
	c->session = named;
	c->found = 1;
	return 1;
}

const br_ssl_session_cache_class cache_class = {
	sizeof(struct cache), save, load
};
