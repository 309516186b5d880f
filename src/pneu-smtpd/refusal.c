#include "pneu-smtpd/refusal.h"

#include <stdio.h>
#include <string.h>

static unsigned short
no(struct refusal *f, unsigned short code, const char *dsn, const char *text)
{
	snprintf(f->dsn, sizeof f->dsn, "%s", dsn);
	snprintf(f->text, sizeof f->text, "%s", text);
	return code;
}

static const char *
unknown(const struct route *r)
{
	static const char alias[] = "User unknown in virtual alias table";

	switch (r->class) {
	case ROUTE_VIRTUAL:
		if (r->verdict.textlen == sizeof alias - 1 &&
		    !memcmp(r->verdict.text, alias, sizeof alias - 1))
			return "Recipient address rejected: "
			    "User unknown in virtual alias table";
		return "Recipient address rejected: "
		    "User unknown in virtual mailbox table";
	case ROUTE_RELAY:
		return "Recipient address rejected: "
		    "User unknown in relay recipient table";
	}
	return "Recipient address rejected: "
	    "User unknown in local recipient table";
}

unsigned short
refusal_of(struct refusal *f, const struct route *r, int trusted)
{
	char text[sizeof f->text];

	if (!r)
		return no(f, 451, "4.3.0", "Temporary lookup failure");
	/* whose domain it is comes first: strangers learn nothing of others */
	if (r->class == ROUTE_OTHER && !trusted)
		return no(f, 554, "5.7.1", "Relay access denied");
	if (r->kind != ROUTE_NONE)
		return 250;
	if (!strcmp(r->verdict.code, "5.1.1"))
		return no(f, 550, "5.1.1", unknown(r));
	snprintf(text, sizeof text, "Recipient address rejected: %.*s",
	    (int)r->verdict.textlen, r->verdict.text);
	return no(f, r->verdict.kind == VERDICT_NEVER ? 550 : 451,
	    r->verdict.code, text);
}
