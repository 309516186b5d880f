#include "wire/envelope.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "wire/field.h"
#include "wire/route.h"

/* The fields that are plain strings, in the order in which they are put. */
static const struct {
	const char *name;
	size_t offset;
} strings[] = {
	{ "origin", offsetof(struct envelope, origin) },
	{ "client", offsetof(struct envelope, client) },
	{ "helo", offsetof(struct envelope, helo) },
	{ "proto", offsetof(struct envelope, proto) },
	{ "tls", offsetof(struct envelope, tls) },
	{ "login", offsetof(struct envelope, login) },
	{ "method", offsetof(struct envelope, method) },
	{ "parent", offsetof(struct envelope, parent) },
	{ "step", offsetof(struct envelope, step) },
	{ "sender", offsetof(struct envelope, sender) },
	{ "body", offsetof(struct envelope, body) },
	{ "ret", offsetof(struct envelope, ret) },
	{ "envid", offsetof(struct envelope, envid) },
	{ "auth", offsetof(struct envelope, auth) },
};
#define NSTRINGS (sizeof strings / sizeof strings[0])

/* The same of a recipient, behind its rcpt=. */
static const struct {
	const char *name;
	size_t offset;
} rcpt_strings[] = {
	{ "notify", offsetof(struct envelope_rcpt, notify) },
	{ "orcpt", offsetof(struct envelope_rcpt, orcpt) },
	{ "target", offsetof(struct envelope_rcpt, target) },
	{ "orig", offsetof(struct envelope_rcpt, orig) },
};
#define NRCPT_STRINGS (sizeof rcpt_strings / sizeof rcpt_strings[0])

static const char **
rcpt_string_at(const struct envelope_rcpt *r, size_t i)
{
	return (const char **)((char *)(uintptr_t)r + rcpt_strings[i].offset);
}

static const char **
string_at(const struct envelope *e, size_t i)
{
	return (const char **)((char *)(uintptr_t)e + strings[i].offset);
}

size_t
envelope_nrcpts(const struct envelope *e)
{
	return genalloc_len(struct envelope_rcpt, &e->rcpts);
}

struct envelope_rcpt *
envelope_rcpt(const struct envelope *e, size_t i)
{
	return genalloc_s(struct envelope_rcpt, &e->rcpts) + i;
}

void
envelope_clear(struct envelope *e)
{
	genalloc rcpts = e->rcpts;
	stralloc other = e->other;

	memset(e, 0, sizeof *e);
	e->rcpts = rcpts;
	e->other = other;
	genalloc_setlen(struct envelope_rcpt, &e->rcpts, 0);
	e->other.len = 0;
}

void
envelope_free(struct envelope *e)
{
	genalloc_free(struct envelope_rcpt, &e->rcpts);
	stralloc_free(&e->other);
}

struct envelope_rcpt *
envelope_add(struct envelope *e, const char *addr)
{
	struct envelope_rcpt r = { .addr = addr };

	if (!genalloc_append(struct envelope_rcpt, &e->rcpts, &r))
		return 0;
	return envelope_rcpt(e, envelope_nrcpts(e) - 1);
}

/* An address may hold anything but what would end a line or a string. */
static int
isaddress(const struct field *f)
{
	return f->valuelen <= (field_is(f, "target") ? TARGET_OCTETS :
	    ENVELOPE_ADDRESS_OCTETS) &&
	    !memchr(f->value, 0, f->valuelen) &&
	    !memchr(f->value, '\n', f->valuelen) &&
	    !memchr(f->value, '\r', f->valuelen);
}

/* A recipient or what belongs to one. 1 taken, 0 not ours, -1. */
static int
take_rcpt(struct envelope *e, const struct field *f)
{
	size_t n = envelope_nrcpts(e), i;

	if (field_is(f, "rcpt")) {
		if (n >= ENVELOPE_RCPTS || !f->valuelen)
			return (errno = EINVAL, -1);
		return envelope_add(e, f->value) ? 1 : -1;
	}
	for (i = 0; i < NRCPT_STRINGS; i++) {
		if (!field_is(f, rcpt_strings[i].name))
			continue;
		if (!n)
			return (errno = EINVAL, -1);
		*rcpt_string_at(envelope_rcpt(e, n - 1), i) = f->value;
		return 1;
	}
	return 0;
}

static int
take(struct envelope *e, const struct field *f)
{
	size_t i;
	int r;

	if (!isaddress(f))
		return (errno = EINVAL, -1);
	if ((r = take_rcpt(e, f)))
		return r;
	for (i = 0; i < NSTRINGS; i++)
		if (field_is(f, strings[i].name)) {
			*string_at(e, i) = f->value;
			return 1;
		}
	if (field_is(f, "time"))
		return field_uint(f, &e->time) ? 1 : (errno = EINVAL, -1);
	if (field_is(f, "uid")) {
		e->has_uid = 1;
		return field_uint(f, &e->uid) ? 1 : (errno = EINVAL, -1);
	}
	if (field_is(f, "smtputf8")) {
		e->smtputf8 = 1;
		return 1;
	}
	return 0;
}

int
envelope_scan(struct envelope *e, char *s, size_t n)
{
	struct field f;
	int used, r;

	envelope_clear(e);
	if (n > ENVELOPE_OCTETS)
		return (errno = EINVAL, -1);
	while (n) {
		used = field_scan(&f, s, n);
		if (used <= 0)
			return (errno = EINVAL, -1);
		r = take(e, &f);
		if (r < 0)
			return -1;
		if (!r) {
			char name[FIELD_NAME_OCTETS + 1];

			memcpy(name, f.name, f.namelen);
			name[f.namelen] = 0;
			if (!field_put(&e->other, name, f.value, f.valuelen))
				return -1;
		}
		s += used;
		n -= (size_t)used;
	}
	return 1;
}

int
envelope_put(stralloc *sa, const struct envelope *e)
{
	size_t i, k;

	if (e->time && !field_putu(sa, "time", e->time))
		return 0;
	if (e->has_uid && !field_putu(sa, "uid", e->uid))
		return 0;
	for (i = 0; i < NSTRINGS; i++)
		if (*string_at(e, i) &&
		    !field_puts(sa, strings[i].name, *string_at(e, i)))
			return 0;
	if (e->smtputf8 && !field_puts(sa, "smtputf8", "1"))
		return 0;
	if (!stralloc_catb(sa, e->other.s, e->other.len))
		return 0;
	for (i = 0; i < envelope_nrcpts(e); i++) {
		const struct envelope_rcpt *r = envelope_rcpt(e, i);

		if (!field_puts(sa, "rcpt", r->addr))
			return 0;
		for (k = 0; k < NRCPT_STRINGS; k++)
			if (!field_putopt(sa, rcpt_strings[k].name,
			    *rcpt_string_at(r, k)))
				return 0;
	}
	return 1;
}
