#include "plan.h"

#include <string.h>
#include <strings.h>

#include "mail/address.h"
#include "wire/notify.h"

enum dsn_kind
plan_kind(const struct order *o)
{
	const char *s = order_nrcpts(o) ? order_rcpt(o, 0)->action : 0;

	return !s || !strcmp(s, "failed") ? DSN_FAILURE :
	    strcmp(s, "delayed") ? DSN_SUCCESS : DSN_DELAY;
}

int
plan_tell(stralloc *told, const struct order *o, const char *notice,
    const char **to)
{
	static const unsigned int asked[] = {
		NOTIFY_FAILURE, NOTIFY_DELAY, NOTIFY_SUCCESS
	};
	size_t n = order_nrcpts(o), i, some = 0;
	enum dsn_kind kind = plan_kind(o);

	*to = *o->sender ? o->sender : notice;
	told->len = 0;
	if (!stralloc_ready(told, n))
		return -1;
	for (i = 0; i < n; i++) {
		const struct order_rcpt *r = order_rcpt(o, i);

		told->s[i] = (notify_scan(r->notify) & asked[kind]) &&
		    (*o->sender || (kind == DSN_FAILURE &&
		    strcasecmp(r->addr, notice)));
		some |= (size_t)told->s[i];
	}
	told->len = n;
	return some != 0;
}

int
plan_isform(const struct order *o)
{
	struct verdict v;
	size_t i;

	for (i = 0; i < order_nrcpts(o); i++) {
		const char *s = order_rcpt(o, i)->why;

		if (s && verdict_scan(&v, s, strlen(s)) > 0 &&
		    !strncmp(v.code, "5.6.", 4))
			return 1;
	}
	return 0;
}

int
plan_iswhole(const struct order *o, uint64_t limit)
{
	return plan_kind(o) == DSN_FAILURE && o->len <= limit && !(o->ret && !strcasecmp(o->ret, "HDRS")) &&
	    !plan_isform(o);
}

int
plan_notice(stralloc *sa, const char *addr, const char *origin)
{
	size_t n = strlen(addr);

	return stralloc_cats(sa, addr) && (address_at(addr, n) < n ||
	    (stralloc_cats(sa, "@") && stralloc_cats(sa, origin))) &&
	    stralloc_0(sa);
}
