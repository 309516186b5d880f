#include "pneu-auth/auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <skalibs/random.h>

#include "wire/verdict.h"

struct exchange *
exchange_new(struct auth *a, struct client *c, uint32_t tag)
{
	struct exchange *x = a->n < EXCHANGES ? calloc(1, sizeof *x) : 0;

	if (!x)
		return 0;
	x->client = c;
	x->tag = tag;
	x->id = a->id = a->id % 0x7fffffff + 1;
	x->prev = a->last;
	if (a->last)
		a->last->next = x;
	else
		a->first = x;
	a->last = x;
	a->n++;
	return x;
}

static void
take_out(struct auth *a, struct exchange *x)
{
	if (x->prev)
		x->prev->next = x->next;
	else
		a->first = x->next;
	if (x->next)
		x->next->prev = x->prev;
	else
		a->last = x->prev;
}

void
exchange_free(struct auth *a, struct exchange *x)
{
	if (x->sent)
		a->source->forget(a, x);
	take_out(a, x);
	a->n--;
	sasl_server_free(&x->sasl);
	stralloc_free(&x->user);
	hash_wipe(x, sizeof *x);
	free(x);
}

void
exchange_freeof(struct auth *a, const struct client *c)
{
	struct exchange *x, *next;

	for (x = a->first; x; x = next) {
		next = x->next;
		if (x->client == c)
			exchange_free(a, x);
	}
}

struct exchange *
exchange_find(struct auth *a, const struct client *c, uint32_t tag)
{
	struct exchange *x;

	for (x = a->first; x; x = x->next)
		if (x->client == c && x->tag == tag)
			return x;
	return 0;
}

struct exchange *
exchange_byid(struct auth *a, uint32_t id)
{
	struct exchange *x;

	for (x = a->first; x && x->id != id; x = x->next)
		;
	return x;
}

/* His address, as far as it counts: many users may share one of ours. */
static const char *
address(const struct exchange *x)
{
	return x->local ? 0 : x->address;
}

static const char *
user(const struct exchange *x)
{
	return x->user.len ? x->user.s : 0;
}

void
exchange_challenge(struct auth *a, struct exchange *x, const char *s,
    size_t n)
{
	x->state = EXCHANGE_CLIENT;
	if (!frame_put(&x->client->s.out, 'C', x->tag, s, n))
		exchange_free(a, x);
}

/* Say it, with the user's name in front if it is known. */
static void
answer(struct auth *a, struct exchange *x, char kind, const char *code,
    const char *reason)
{
	stralloc *out = &x->client->s.out;
	struct verdict v;
	ssize_t at;

	verdict_set(&v, kind, code, 0, reason);
	if (x->user.len)
		frame_put(out, 'U', x->tag, x->user.s, x->user.len - 1);
	at = frame_begin(out, 'V', x->tag);
	if (at >= 0 && verdict_put(out, &v))
		frame_end(out, at);
	exchange_free(a, x);
}

void
exchange_end(struct auth *a, struct exchange *x, char kind, const char *code,
    const char *reason)
{
	answer(a, x, kind, code, reason);
}

static void
delay(struct auth *a, struct exchange *x, unsigned int seconds, char kind,
    const char *code, const char *reason)
{
	if (x->sent)
		a->source->forget(a, x);
	x->sent = 0;
	x->state = EXCHANGE_DELAY;
	x->due = a->now + seconds * 1000;
	x->kind = kind;
	snprintf(x->code, sizeof x->code, "%s", code);
	snprintf(x->reason, sizeof x->reason, "%s", reason);
}

void
exchange_pass(struct auth *a, struct exchange *x)
{
	limit_passed(&a->limit, address(x), user(x), a->now / 1000);
	answer(a, x, VERDICT_DONE, "2.7.0", "");
}

void
exchange_fail(struct auth *a, struct exchange *x, const char *reason)
{
	delay(a, x, limit_failed(&a->limit, address(x), user(x),
	    a->now / 1000), VERDICT_NEVER, "5.7.8", reason);
}

int
exchange_mayask(struct auth *a, struct exchange *x)
{
	enum limit_verdict v = limit_ask(&a->limit, address(x), user(x),
	    a->now / 1000);

	if (v == LIMIT_NONE)
		return 1;
	delay(a, x, CAPPED_S, VERDICT_LATER, "4.7.0",
	    v == LIMIT_OF_CLIENT ? "too many failures of this address" :
	    "too many failures of this user");
	return 0;
}

void
exchange_begin(struct auth *a, struct exchange *x,
    const struct auth_start *s)
{
	snprintf(x->address, sizeof x->address, "%s", s->client);
	x->local = s->local;
	x->tls = s->tls;
	if (exchange_mayask(a, x))
		a->source->begin(a, x, s);
}

void
exchange_step(struct auth *a, struct exchange *x, const char *in, size_t n)
{
	a->source->take(a, x, in, n);
}

int
exchange_ishashing(const struct auth *a)
{
	const struct exchange *x;

	for (x = a->first; x && x->state != EXCHANGE_HASH; x = x->next)
		;
	return x != 0;
}

/* The first that hashes goes on, and becomes the last. */
void
exchange_hash(struct auth *a)
{
	struct exchange *x;

	for (x = a->first; x && x->state != EXCHANGE_HASH; x = x->next)
		;
	if (!x)
		return;
	if (pbkdf2_run(&x->hash, TURN_ITERATIONS)) {
		own_hashed(a, x);
		return;
	}
	take_out(a, x);
	x->next = 0;
	x->prev = a->last;
	if (a->last)
		a->last->next = x;
	else
		a->first = x;
	a->last = x;
}

uint64_t
exchange_due(struct auth *a, uint64_t next)
{
	struct exchange *x, *behind;

	for (x = a->first; x; x = behind) {
		behind = x->next;
		if (x->state != EXCHANGE_DELAY)
			continue;
		if (x->due <= a->now)
			answer(a, x, x->kind, x->code, x->reason);
		else if (x->due < next)
			next = x->due;
	}
	return next;
}
