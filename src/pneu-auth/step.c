#include "pneu-auth/auth.h"

#include "wire/verdict.h"

void
step_memory(struct auth *a, struct exchange *x)
{
	exchange_end(a, x, VERDICT_LATER, "4.3.0",
	    AUTH_LOST ": out of memory");
}

/* What both this source and the program do with PLAIN and LOGIN. */
void
step_take(struct auth *a, struct exchange *x, const char *in, size_t n)
{
	enum sasl_event e;

	a->tmp.len = 0;
	e = sasl_server_step(&x->sasl, in, n, &a->tmp);
	if ((e == SASL_PASSWORD || e == SASL_VERIFIER || e == SASL_NO) &&
	    !stralloc_copy(&x->user, &x->sasl.user))
		e = SASL_MEMORY;
	switch (e) {
	case SASL_CHALLENGE:
		exchange_challenge(a, x, a->tmp.s, a->tmp.len);
		break;
	case SASL_PASSWORD:
		if (exchange_mayask(a, x))
			a->source->check(a, x);
		break;
	case SASL_VERIFIER:
		if (exchange_mayask(a, x))
			own_verifier(a, x);
		break;
	case SASL_YES:
		exchange_pass(a, x);
		break;
	case SASL_NO:
		exchange_fail(a, x, "authentication failure");
		break;
	case SASL_BAD:
		exchange_end(a, x, VERDICT_NEVER, "5.5.2",
		    "malformed authentication exchange");
		break;
	case SASL_MEMORY:
		step_memory(a, x);
	}
}

void
step_begin(struct auth *a, struct exchange *x, const struct auth_start *s)
{
	int m = sasl_find(s->mech);

	if (m < 0 || (m == SASL_SCRAM_SHA_256 && a->source != &own_source)) {
		exchange_end(a, x, VERDICT_NEVER, "5.5.4",
		    "unrecognized authentication mechanism");
		return;
	}
	sasl_server_begin(&x->sasl, (enum sasl_mechanism)m);
	step_take(a, x, s->initial, s->initiallen);
}
