#ifndef PNEU_STS_DECIDE_H
#define PNEU_STS_DECIDE_H

#include <stdint.h>

/* What is done about a question for a domain's policy: pure decisions. */

#define STS_FAILED_S 300	/* RFC 8461 3.3: not before that; then twice as
				 * long each time, */
#define STS_FAILED_MAX_S 3600	/* to this */
#define STS_REFRESH_S 86400	/* RFC 8461 10.2; or half of max_age */

enum sts_record {
	STS_UNKNOWN,		/* the DNS has not answered yet */
	STS_NORECORD,		/* there is none that is valid, or it cannot
				 * be had now */
	STS_RECORD
};

struct sts_facts {
	enum sts_record record;
	int cached;		/* a policy that has not run out */
	int same;		/* and whose id is that of the record */
	int held;		/* it is too early for another fetch */
	int failed;		/* the last one has failed, or is slow */
	int flying;		/* there is one under way */
	int refresh;		/* nobody asks: it is time to fetch it anew */
	int said;		/* the answer was given before */
};

/* Of these: */
#define STS_SAY 1		/* give the answer: what is cached, or none */
#define STS_FETCH 2
#define STS_END 4		/* of no more interest */

int sts_decide(const struct sts_facts *f);

/* Seconds until a fetch is tried again that has failed so many (> 0) times
 * in a row. */
unsigned int sts_patience(unsigned int fails);

/* 1 if a policy is to be fetched anew. Unix seconds. */
int sts_isdue(uint64_t fetched, uint32_t max_age, uint64_t now);

/* 1 while it is good. */
int sts_isgood(uint64_t fetched, uint32_t max_age, uint64_t now);

#endif
