#include "pneu-q/item.h"

#include <errno.h>
#include <string.h>

#include "wire/field.h"
#include "wire/verdict.h"

size_t
item_nrcpts(const struct item *i)
{
	return genalloc_len(struct item_rcpt, &i->rcpts);
}

static struct item_rcpt *
rcpt(const struct item *i, size_t n)
{
	return genalloc_s(struct item_rcpt, &i->rcpts) + n;
}

const char *
item_addr(const struct item *i, size_t n)
{
	return i->text.s + rcpt(i, n)->addr;
}

const char *
item_why(const struct item *i, size_t n)
{
	return i->text.s + rcpt(i, n)->why;
}

const char *
item_sender(const struct item *i)
{
	return i->text.s + i->sender;
}

int
item_clear(struct item *i)
{
	i->id[0] = i->at[0] = i->state[0] = 0;
	i->size = i->time = i->due = 0;
	i->sender = 0;
	i->text.len = 0;
	genalloc_setlen(struct item_rcpt, &i->rcpts, 0);
	return stralloc_0(&i->text);
}

/* Keep a string; *at is where. */
static int
keep(struct item *i, size_t *at, const char *s, size_t n)
{
	*at = i->text.len;
	return stralloc_catb(&i->text, s, n) && stralloc_0(&i->text);
}

static int
add_rcpt(struct item *i, const char *s, size_t n)
{
	struct item_rcpt r = { 0, 0 };

	return keep(i, &r.addr, s, n) &&
	    genalloc_append(struct item_rcpt, &i->rcpts, &r);
}

/* The reason of the recipient added last. */
static int
add_why(struct item *i, const char *s, size_t n)
{
	struct verdict v;
	size_t at;

	if (!item_nrcpts(i) || verdict_scan(&v, s, n) < 0 || !v.textlen)
		return 1;
	if (!keep(i, &at, v.text, v.textlen))
		return 0;
	rcpt(i, item_nrcpts(i) - 1)->why = at;
	return 1;
}

static void
set(char *to, size_t max, const struct field *f)
{
	size_t n = f->valuelen < max ? f->valuelen : max - 1;

	memcpy(to, f->value, n);
	to[n] = 0;
}

static int
take(struct item *i, const struct field *f)
{
	if (field_is(f, "id"))
		set(i->id, sizeof i->id, f);
	else if (field_is(f, "at"))
		set(i->at, sizeof i->at, f);
	else if (field_is(f, "state"))
		set(i->state, sizeof i->state, f);
	else if (field_is(f, "size"))
		return field_uint(f, &i->size);
	else if (field_is(f, "time"))
		return field_uint(f, &i->time);
	else if (field_is(f, "due"))
		return field_uint(f, &i->due);
	else if (field_is(f, "sender"))
		return keep(i, &i->sender, f->value, f->valuelen) ? 1 : -1;
	else if (field_is(f, "rcpt"))
		return add_rcpt(i, f->value, f->valuelen) ? 1 : -1;
	else if (field_is(f, "why"))
		return add_why(i, f->value, f->valuelen) ? 1 : -1;
	return 1;
}

int
item_add(struct item *i, char *s, size_t n)
{
	struct field f;
	int used, r;

	for (; n; s += used, n -= (size_t)used) {
		used = field_scan(&f, s, n);
		r = used > 0 ? take(i, &f) : 0;
		if (r <= 0)
			return r < 0 ? -1 : (errno = EPROTO, -1);
	}
	return 1;
}

int
item_continues(const struct item *i, const char *s, size_t n)
{
	size_t len = strlen(i->id);

	if (!len || n < 4 + len || memcmp(s, "id=", 3) ||
	    memcmp(s + 3, i->id, len) || s[3 + len] != '\n')
		return 0;
	return n == 4 + len || memcmp(s + 4 + len, "at=", 3) != 0;
}

/* The last verdict about recipient n in the history. */
static int
last_verdict(struct verdict *v, const char *h, size_t len, uint32_t n)
{
	struct history line;
	uint32_t lo, hi;
	size_t pos;
	int used, found = 0;

	for (; (used = history_scan(&line, h, len)) > 0;
	    h += used, len -= (size_t)used) {
		if (!line.time)
			continue;
		for (pos = 0; history_indexes(&line, &pos, &lo, &hi) > 0; )
			if (lo <= n && n <= hi) {
				*v = line.verdict;
				found = 1;
			}
	}
	return found;
}

static int
copy(char *to, size_t max, const char *s)
{
	size_t n = strlen(s);

	if (n >= max)
		n = max - 1;
	memcpy(to, s, n);
	to[n] = 0;
	return 1;
}

int
item_letter(struct item *i, const struct letter *l, const char *path,
    const char *h, size_t n)
{
	const char *sender = l->env.sender ? l->env.sender : "";
	struct verdict v;
	uint32_t k;
	size_t at;

	if (!item_clear(i))
		return 0;
	copy(i->id, sizeof i->id, l->head.id);
	copy(i->at, sizeof i->at, path);
	copy(i->state, sizeof i->state, path[0] == 'd' ? "deferred" :
	    path[0] == 'h' ? "hold" : "new");
	i->size = l->head.msglen;
	i->time = l->env.time;
	if (!keep(i, &i->sender, sender, strlen(sender)))
		return 0;
	for (k = 0; k < l->head.nrcpts; k++) {
		const char *addr = envelope_rcpt(&l->env, k)->addr;

		if (l->status[k] != LETTER_WAITING)
			continue;
		if (!add_rcpt(i, addr, strlen(addr)))
			return 0;
		if (last_verdict(&v, h, n, k) && v.textlen) {
			if (!keep(i, &at, v.text, v.textlen))
				return 0;
			rcpt(i, item_nrcpts(i) - 1)->why = at;
		}
	}
	return 1;
}
