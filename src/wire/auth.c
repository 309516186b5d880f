#include "wire/auth.h"

#include <errno.h>
#include <string.h>

#include "wire/field.h"

int
auth_start_scan(struct auth_start *a, char *s, size_t n)
{
	struct field f;
	size_t at;
	int used;

	memset(a, 0, sizeof *a);
	for (at = 0; at < n; at += (size_t)used) {
		used = field_scan(&f, s + at, n - at);
		if (used <= 0)
			return (errno = EINVAL, -1);
		if (field_is(&f, "mech"))
			a->mech = f.value;
		else if (field_is(&f, "client"))
			a->client = f.value;
		else if (field_is(&f, "tls"))
			a->tls = 1;
		else if (field_is(&f, "local"))
			a->local = 1;
		else if (field_is(&f, "initial")) {
			a->initial = f.value;
			a->initiallen = f.valuelen;
		}
	}
	return a->mech && a->client ? 1 : (errno = EINVAL, -1);
}

int
auth_start_put(stralloc *sa, const struct auth_start *a)
{
	return field_puts(sa, "mech", a->mech) &&
	    field_puts(sa, "client", a->client) &&
	    (!a->tls || field_puts(sa, "tls", "1")) &&
	    (!a->local || field_puts(sa, "local", "1")) &&
	    (!a->initial ||
	    field_put(sa, "initial", a->initial, a->initiallen));
}

int
auth_quota_scan(struct auth_quota *q, char *s, size_t n)
{
	struct field f;
	size_t at;
	int used;

	memset(q, 0, sizeof *q);
	for (at = 0; at < n; at += (size_t)used) {
		used = field_scan(&f, s + at, n - at);
		if (used <= 0)
			return (errno = EINVAL, -1);
		if (field_is(&f, "user"))
			q->user = f.value;
		else if (field_is(&f, "rcpts") && !field_uint(&f, &q->rcpts))
			return (errno = EINVAL, -1);
	}
	return q->user ? 1 : (errno = EINVAL, -1);
}

int
auth_quota_put(stralloc *sa, const struct auth_quota *q)
{
	return field_puts(sa, "user", q->user) &&
	    field_putu(sa, "rcpts", q->rcpts);
}
