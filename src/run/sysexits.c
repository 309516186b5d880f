#include "run/sysexits.h"

#include <string.h>

#include "wire/verdict.h"

int
sysexit_verdict(char kind, const char *code)
{
	static const struct {
		const char *prefix;
		enum sysexit exit;
	} t[] = {
		{ "5.1.2", EX_NOHOST }, { "5.1.1", EX_NOUSER },
		{ "5.1.", EX_DATAERR }, { "5.3.4", EX_UNAVAILABLE },
		{ "5.5.3", EX_DATAERR }, { "5.5.", EX_PROTOCOL },
		{ "5.6.", EX_DATAERR }, { "5.7.", EX_NOPERM },
	};
	size_t i;

	if (kind == VERDICT_DONE)
		return EX_OK;
	if (kind != VERDICT_NEVER)
		return EX_TEMPFAIL;
	for (i = 0; i < sizeof t / sizeof t[0]; i++)
		if (!strncmp(code, t[i].prefix, strlen(t[i].prefix)))
			return t[i].exit;
	return EX_UNAVAILABLE;
}
