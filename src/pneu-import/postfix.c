#include "pneu-import/postfix.h"

#include "pneu-import/import.h"

int
import_postfix(struct plan *p, const struct source *src, const char *host)
{
	struct postfix x = { .m = { .src = src, .plan = p, .host = host } };

	if (!maincf_read(&x.m))
		return 0;
	postfix_classes(&x);
	postfix_routes(&x);
	postfix_tables(&x);
	postfix_net(&x);
	postfix_auth(&x);
	postfix_settings(&x);
	postfix_setclasses(&x);
	return 1;
}
