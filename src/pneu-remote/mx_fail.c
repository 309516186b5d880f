#include "pneu-remote/mx-internal.h"

#include <stdarg.h>
#include <stdio.h>

#include "wire/verdict.h"

int
mx_fail(struct mx_fail *f, char kind, const char *code, int site, int fallback,
    const char *fmt, ...)
{
	va_list ap;

	f->kind = kind;
	f->code = code;
	f->site = site;
	f->fallback = fallback;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof f->text, fmt, ap);
	va_end(ap);
	return -1;
}

static const char *
type_name(uint16_t type)
{
	return type == DNS_MX ? "MX" : type == DNS_A ? "A" : "AAAA";
}

/* In Postfix's words. */
int
mx_fail_dns(struct mx_fail *f, enum dnsmsg_kind kind, const char *name,
    uint16_t type)
{
#define NOTFOUND "Host or domain name not found. Name service error for " \
    "name=%s type=%s: "
	switch (kind) {
	case DNSMSG_NXDOMAIN:
		return mx_fail(f, VERDICT_NEVER, type == DNS_MX ? "5.1.2" :
		    "5.4.4", 0, 1, NOTFOUND "Host not found", name,
		    type_name(type));
	case DNSMSG_LOOP:
		return mx_fail(f, VERDICT_NEVER, "5.4.4", 0, 1, NOTFOUND
		    "Name server loop", name, type_name(type));
	case DNSMSG_NODATA:
		return mx_fail(f, VERDICT_NEVER, "5.4.4", 0, 1, NOTFOUND
		    "Host found but no data record of requested type", name,
		    type_name(type));
	default:
		return mx_fail(f, VERDICT_LATER, "4.4.3", 1, 1, NOTFOUND
		    "Host not found, try again", name, type_name(type));
	}
}

int
mx_fail_loop(struct mx_fail *f, const struct nexthop *h)
{
	return mx_fail(f, VERDICT_NEVER, "5.4.6", 0, 0, "mail for %s loops back "
	    "to myself", h->host);
}
