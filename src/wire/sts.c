#include "wire/sts.h"

#include <errno.h>
#include <string.h>

#include "wire/field.h"

static const char *const modes[] = { "none", "testing", "enforce" };

const char *
sts_mode_word(enum sts_mode m)
{
	return modes[m];
}

int
sts_mode_scan(enum sts_mode *m, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof modes / sizeof modes[0]; i++)
		if (strlen(modes[i]) == n && !memcmp(modes[i], s, n)) {
			*m = (enum sts_mode)i;
			return 1;
		}
	return 0;
}

void
sts_policy_clear(struct sts_policy *p)
{
	p->mode = STS_NONE;
	p->id[0] = 0;
	p->fetched = 0;
	p->max_age = 0;
	p->mx.len = 0;
}

int
sts_policy_put(stralloc *sa, const struct sts_policy *p)
{
	size_t i;

	if (!field_puts(sa, "mode", modes[p->mode]))
		return 0;
	for (i = 0; i < p->mx.len; i += strlen(p->mx.s + i) + 1)
		if (!field_puts(sa, "mx", p->mx.s + i))
			return 0;
	return !p->id[0] || (field_puts(sa, "id", p->id) &&
	    field_putu(sa, "fetched", p->fetched) &&
	    field_putu(sa, "max_age", p->max_age));
}

static int
take(struct sts_policy *p, const struct field *f)
{
	uint64_t u;

	if (memchr(f->value, 0, f->valuelen))
		return 0;
	if (field_is(f, "mode"))
		return sts_mode_scan(&p->mode, f->value, f->valuelen);
	if (field_is(f, "mx"))
		return f->valuelen && p->mx.len + f->valuelen <
		    STS_MX_OCTETS && stralloc_catb(&p->mx, f->value,
		    f->valuelen + 1);
	if (field_is(f, "id")) {
		if (!f->valuelen || f->valuelen > STS_ID_OCTETS)
			return 0;
		memcpy(p->id, f->value, f->valuelen + 1);
	} else if (field_is(f, "fetched"))
		return field_uint(f, &p->fetched);
	else if (field_is(f, "max_age")) {
		if (!field_uint(f, &u) || u > UINT32_MAX)
			return 0;
		p->max_age = (uint32_t)u;
	}
	return 1;
}

int
sts_policy_get(struct sts_policy *p, char *s, size_t n)
{
	struct field f;
	int used, e = errno;

	sts_policy_clear(p);
	for (; n; s += used, n -= (size_t)used) {
		used = field_scan(&f, s, n);
		errno = 0;
		if (used <= 0 || !take(p, &f)) {
			if (errno != ENOMEM)
				errno = EINVAL;
			return -1;
		}
	}
	errno = e;
	return 1;
}
