#include "pneu-remote/job-internal.h"

#include <string.h>
#include <skalibs/strerr.h>

/* Logins that were refused a moment ago are not tried again with each letter
 * that waits for them: a few such, and a site shuts us out, or the user. A
 * key of connections stands for a destination, a login, and the file that it
 * was read from: another password is tried at once. */

#define DENIED_MS 60000

void
denied_note(struct job *j)
{
	struct remote *r = j->r;
	struct denied *d = r->denied + r->ndenied++ % DENIED;

	if (!stralloc_copy(&d->key, &j->key))
		strerr_diefusys(111, "keep a refusal");
	d->until = r->now + DENIED_MS;
	strcpy(d->code, j->code);
	strcpy(d->text, j->text);
	d->site = j->site;
}

int
denied_is(struct job *j)
{
	struct remote *r = j->r;
	size_t i;

	for (i = 0; i < DENIED; i++) {
		struct denied *d = r->denied + i;

		if (r->now >= d->until || d->key.len != j->key.len ||
		    memcmp(d->key.s, j->key.s, d->key.len))
			continue;
		job_note(j, VERDICT_LATER, d->code, d->text, d->site);
		return 1;
	}
	return 0;
}
