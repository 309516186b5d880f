/* What pneu-sts does about a question, by a table. */
#include "pneu-sts/decide.h"

#include <string.h>

#include "tap.h"

#define U STS_UNKNOWN
#define N STS_NORECORD
#define R STS_RECORD

static const struct {
	const char *what;
	struct sts_facts f;	/* record cached same held failed flying
				 * refresh said */
	const char *want;	/* s: say, f: fetch, e: end */
} rows[] = {
	{ "nothing known, the DNS silent: wait", { U, 0, 0, 0, 0, 0, 0, 0 }, "" },
	{ "cached: wait for the record all the same", { U, 1, 0, 0, 0, 0, 0, 0 }, "" },
	{ "after a failure: say, and go on", { U, 0, 0, 0, 1, 0, 0, 0 }, "s" },
	{ "a refresh waits on", { U, 1, 0, 0, 1, 0, 1, 1 }, "s" },
	{ "no record", { N, 0, 0, 0, 0, 0, 0, 0 }, "se" },
	{ "no record, cached: that stays", { N, 1, 0, 0, 0, 0, 0, 0 }, "se" },
	{ "no record: no refresh", { N, 1, 0, 0, 0, 0, 1, 1 }, "se" },
	{ "the first time: fetch, wait", { R, 0, 0, 0, 0, 0, 0, 0 }, "f" },
	{ "which goes on", { R, 0, 0, 0, 0, 1, 0, 0 }, "" },
	{ "cached, the same id", { R, 1, 1, 0, 0, 0, 0, 0 }, "se" },
	{ "while it is refreshed", { R, 1, 1, 0, 0, 1, 0, 0 }, "se" },
	{ "another id: fetch, wait", { R, 1, 0, 0, 0, 0, 0, 0 }, "f" },
	{ "too early after a failure", { R, 0, 0, 1, 1, 0, 0, 0 }, "se" },
	{ "too early, the DNS silent", { U, 1, 0, 1, 1, 0, 0, 0 }, "se" },
	{ "again after a failure: nobody waits", { R, 0, 0, 0, 1, 0, 0, 0 }, "sfe" },
	{ "nor for one that is under way", { R, 0, 0, 0, 1, 1, 0, 0 }, "se" },
	{ "said before, then the record: fetch", { R, 0, 0, 0, 0, 0, 0, 1 }, "sfe" },
	{ "a refresh though the id is the same", { R, 1, 1, 0, 0, 0, 1, 1 }, "sfe" },
	{ "a refresh is under way", { R, 1, 1, 0, 0, 1, 1, 1 }, "se" },
};

int
main(void)
{
	size_t i;
	uint64_t day = 86400, t = 1000000;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *w = rows[i].want;
		int want = (strchr(w, 's') ? STS_SAY : 0) |
		    (strchr(w, 'f') ? STS_FETCH : 0) |
		    (strchr(w, 'e') ? STS_END : 0);

		ok(sts_decide(&rows[i].f) == want, "%s", rows[i].what);
	}
	ok(sts_patience(1) == 300 && sts_patience(2) == 600 &&
	    sts_patience(3) == 1200 && sts_patience(4) == 2400 &&
	    sts_patience(5) == 3600 && sts_patience(1000000) == 3600,
	    "failures: 5 minutes, then longer, to an hour");
	ok(!sts_isdue(t, 604800, t) && !sts_isdue(t, 604800, t + day - 1) &&
	    sts_isdue(t, 604800, t + day), "refreshed every day");
	ok(!sts_isdue(t, 1000, t + 499) && sts_isdue(t, 1000, t + 500),
	    "or at half of its time");
	ok(sts_isdue(t, 604800, t - 1), "and if the clock was set back");
	ok(sts_isgood(t, 10, t + 9) && !sts_isgood(t, 10, t + 10) &&
	    sts_isgood(t, 10, t - 5) && !sts_isgood(t, 0, t),
	    "good until max_age");
	return tap_end();
}
