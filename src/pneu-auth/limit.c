#include "pneu-auth/limit.h"

#include <string.h>
#include <skalibs/ip46.h>
#include <skalibs/uint64.h>

void
limit_init(struct limit *l, const char *secret, size_t n)
{
	memset(l, 0, sizeof *l);
	hmac_key(&l->secret, secret, n);
}

/* The network of an address: IPv4 as it is, of IPv6 the first 64 bits. */
static size_t
network(char out[17], const char *client)
{
	ip46 ip;

	if (ip46_scan(client, &ip) != strlen(client))
		return 0;
	memcpy(out, ip.ip, 16);
	return ip46_is6(&ip) ? 8 : 4;
}

/* What is counted: kind 'c', a client; 'u', a user, whose name is the same in
 * any case, as with many checkpassword programs; 'k', a user's client. Keyed,
 * so that nobody finds two that share a set. Never 0. */
static uint64_t
key_of(const struct limit *l, char kind, const char *client,
    const char *user)
{
	char text[1 + 17 + 256], hash[HASH_OCTETS];
	size_t n = 1, len;
	uint64_t u;

	text[0] = kind;
	if (client) {
		len = network(text + 2, client);
		text[1] = (char)len;
		n += 1 + len;
	}
	if (user) {
		len = strlen(user);
		if (len > 255)
			len = 255;
		for (; len; len--, user++)
			text[n++] = *user >= 'A' && *user <= 'Z' ? *user | 32 :
			    *user;
	}
	hmac_of(&l->secret, hash, text, n);
	memcpy(&u, hash, sizeof u);
	return u ? u : 1;
}

static const struct limit_entry *
find(const struct limit *l, uint64_t key, uint64_t now)
{
	const struct limit_entry *set = l->e[key % LIMIT_SETS];
	size_t i;

	for (i = 0; i < LIMIT_WAYS; i++)
		if (set[i].key == key && set[i].until > now)
			return set + i;
	return 0;
}

/* That of the key, or else the one of its set that is free soonest. */
static struct limit_entry *
have(struct limit *l, uint64_t key, uint64_t now)
{
	struct limit_entry *set = l->e[key % LIMIT_SETS], *best = set;
	size_t i;

	for (i = 0; i < LIMIT_WAYS; i++) {
		if (set[i].key == key) {
			best = set + i;
			break;
		}
		if (set[i].until < best->until)
			best = set + i;
	}
	if (best->key != key || best->until < now) {
		best->key = key;
		best->until = now;
	}
	return best;
}

/* Failures that are remembered: each reaches LIMIT_FORGET_S further. */
static uint64_t
count(const struct limit_entry *e, uint64_t now)
{
	return !e || e->until <= now ? 0 :
	    (e->until - now + LIMIT_FORGET_S - 1) / LIMIT_FORGET_S;
}

enum limit_verdict
limit_ask(const struct limit *l, const char *client, const char *user,
    uint64_t now)
{
	if (client && count(find(l, key_of(l, 'c', client, 0), now), now) >=
	    LIMIT_CLIENT)
		return LIMIT_OF_CLIENT;
	if (user && *user && count(find(l, key_of(l, 'u', 0, user), now),
	    now) >= LIMIT_USER && (!client ||
	    !find(l, key_of(l, 'k', client, user), now)))
		return LIMIT_OF_USER;
	return LIMIT_NONE;
}

static uint64_t
add(struct limit *l, uint64_t key, uint64_t max, uint64_t now)
{
	struct limit_entry *e = have(l, key, now);

	e->until += LIMIT_FORGET_S;
	if (e->until > now + max * LIMIT_FORGET_S)
		e->until = now + max * LIMIT_FORGET_S;
	return count(e, now);
}

unsigned int
limit_failed(struct limit *l, const char *client, const char *user,
    uint64_t now)
{
	uint64_t n = 1, m = 1;

	if (client)
		n = add(l, key_of(l, 'c', client, 0), LIMIT_CLIENT, now);
	if (user && *user)
		m = add(l, key_of(l, 'u', 0, user), LIMIT_USER, now);
	if (m > n)
		n = m;
	return n > LIMIT_DELAY_S ? LIMIT_DELAY_S : (unsigned int)n;
}

void
limit_passed(struct limit *l, const char *client, const char *user,
    uint64_t now)
{
	if (client)
		have(l, key_of(l, 'k', client, user), now)->until =
		    now + LIMIT_KNOWN_S;
}
