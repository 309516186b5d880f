#include "pneu-sts/decide.h"

/* A letter waits for the first fetch of a policy, and for one whose id has
 * changed; where a fetch has failed it waits no more, and whatever is found
 * later is for the next one. */
int
sts_decide(const struct sts_facts *f)
{
	int waits = !f->failed && !f->refresh && !f->said;

	if (f->held)
		return STS_SAY | STS_END;
	if (f->record == STS_UNKNOWN)
		return waits ? 0 : STS_SAY;
	if (f->record == STS_NORECORD ||
	    (f->cached && f->same && !f->refresh))
		return STS_SAY | STS_END;
	if (f->flying)
		return waits ? 0 : STS_SAY | STS_END;
	return STS_FETCH | (waits ? 0 : STS_SAY | STS_END);
}

unsigned int
sts_patience(unsigned int fails)
{
	unsigned int s = STS_FAILED_S;

	while (--fails && s < STS_FAILED_MAX_S)
		s *= 2;
	return s < STS_FAILED_MAX_S ? s : STS_FAILED_MAX_S;
}

/* A clock that was set back says nothing about age. */
int
sts_isdue(uint64_t fetched, uint32_t max_age, uint64_t now)
{
	uint32_t half = max_age / 2;

	return now < fetched ||
	    now - fetched >= (half < STS_REFRESH_S ? half : STS_REFRESH_S);
}

int
sts_isgood(uint64_t fetched, uint32_t max_age, uint64_t now)
{
	return now < fetched || now - fetched < max_age;
}
