#include "pneu-tls/kept.h"

#include <string.h>
#include <skalibs/sha256.h>

int
wish_init(struct wish *w, const struct tls_ask *a, int64_t now)
{
	SHA256Schedule h = SHA256_INIT();

	w->now = now;
	/* a text of our own, and what points into it */
	if (!tls_ask_put(&w->text, a) ||
	    tls_ask_scan(&w->ask, w->text.s, w->text.len) < 0)
		return 0;
	if (w->ask.session) {
		sha256_update(&h, w->ask.session, strlen(w->ask.session));
		sha256_final(&h, (char *)w->key);
	}
	return 1;
}

void
wish_free(struct wish *w)
{
	stralloc_free(&w->text);
	tls_ask_free(&w->ask);
}

static ssize_t
find(const struct kept *k, const struct wish *w)
{
	ssize_t i;

	for (i = 0; w->ask.session && i < ENGINE_SESSIONS; i++)
		if (k->of[i].time && !memcmp(k->of[i].key, w->key,
		    sizeof w->key))
			return i;
	return -1;
}

ssize_t
kept_find(const struct kept *k, struct wish *w)
{
	ssize_t i = find(k, w);

	if (i < 0 || w->now < k->of[i].time ||
	    w->now > k->of[i].time + ENGINE_SESSION_S)
		return -1;
	w->got.trust = k->of[i].trust;
	return i;
}

ssize_t
kept_put(struct kept *k, const struct wish *w)
{
	ssize_t i = find(k, w);

	if (!w->ask.session)
		return -1;
	if (i < 0) {
		i = (ssize_t)k->next;
		k->next = (k->next + 1) % ENGINE_SESSIONS;
	}
	memcpy(k->of[i].key, w->key, sizeof w->key);
	k->of[i].time = w->now;
	k->of[i].trust = w->got.trust;
	return i;
}
