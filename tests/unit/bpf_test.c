/* The filters of system calls: what bpf_fmt makes of rules is run here as the
 * kernel runs it, and its answer compared with what the rules say. */

#include "run/bpf.h"

#include "tap.h"

#ifdef __linux__

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS SECCOMP_RET_KILL
#endif

#define HERE 0xc000003eu	/* architectures: any two will do */
#define OTHER 0x40000003u
#define NO (SECCOMP_RET_ERRNO | 38)
#define PROGRAM 1024
#define RULES 320
#define BROKEN 0xffffffffu	/* no answer that a filter gives */

#define ALWAYS(nr) { nr, BPF_ANY, 0, 0, 0 }
#define IF(nr, arg, value) { nr, arg, 0, 0xffffffff, value }
#define NOT(nr, arg, value) { nr, arg, 1, 0xffffffff, value }
#define MASK(nr, arg, mask, value) { nr, arg, 0, mask, value }

/* BROKEN also for what the kernel would not take. */
static uint32_t
run(const struct sock_filter *s, size_t n, const struct seccomp_data *d)
{
	const unsigned char *octets = (const unsigned char *)d;
	uint32_t a = 0;
	size_t i;

	for (i = 0; i < n; i++)
		switch (s[i].code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (s[i].k % 4 || s[i].k > sizeof *d - 4)
				return BROKEN;
			memcpy(&a, octets + s[i].k, 4);
			break;
		case BPF_ALU | BPF_AND | BPF_K: a &= s[i].k; break;
		case BPF_JMP | BPF_JA: i += s[i].k; break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			i += a == s[i].k ? s[i].jt : s[i].jf; break;
		case BPF_JMP | BPF_JGE | BPF_K:
			i += a >= s[i].k ? s[i].jt : s[i].jf; break;
		case BPF_JMP | BPF_JGT | BPF_K:
			i += a > s[i].k ? s[i].jt : s[i].jf; break;
		case BPF_RET | BPF_K: return s[i].k;
		default: return BROKEN;
		}
	return BROKEN;
}

/* What the header promises, said plainly. */
static int
allowed(const struct bpf_rule *r, size_t n, const struct seccomp_data *d)
{
	for (; n--; r++) {
		uint32_t v;

		if (r->nr != (unsigned int)d->nr)
			continue;
		if (r->arg == BPF_ANY)
			return 1;
		v = (uint32_t)d->args[r->arg] & r->mask;
		if ((v == r->value) == !r->isnot)
			return 1;
	}
	return 0;
}

static uint32_t
ask(const struct sock_filter *s, size_t n, uint32_t arch, unsigned int nr,
    unsigned int arg, uint64_t value)
{
	struct seccomp_data d;

	memset(&d, 0, sizeof d);
	d.arch = arch;
	d.nr = (int)nr;
	d.args[arg] = value;
	return run(s, n, &d);
}

static const struct bpf_rule rules[] = {
	IF(41, 0, 1), IF(41, 0, 10), ALWAYS(0), ALWAYS(1), ALWAYS(3),
	MASK(9, 2, 4, 0), NOT(122, 0, 0), ALWAYS(231), ALWAYS(59),
	IF(59, 0, 7)
};
static const struct {
	unsigned int nr, arg;
	uint64_t value;
	int yes;
} calls[] = {
	{ 0, 0, 0, 1 }, { 1, 0, 9, 1 }, { 2, 0, 0, 0 }, { 3, 0, 0, 1 },
	{ 4, 0, 0, 0 }, { 41, 0, 1, 1 }, { 41, 0, 10, 1 },
	{ 41, 0, 2, 0 }, { 41, 1, 1, 0 },
	/* the kernel looks at 32 bits of a domain: so do we */
	{ 41, 0, 0x700000001, 1 }, { 41, 0, 0x100000000, 0 },
	{ 9, 2, 3, 1 }, { 9, 2, 4, 0 }, { 9, 2, 7, 0 },
	{ 122, 0, 0, 0 }, { 122, 0, 1, 1 },
	{ 122, 0, 0x100000000, 0 }, { 231, 0, 0, 1 },
	{ 232, 0, 0, 0 }, { 230, 0, 0, 0 }, { 59, 0, 6, 1 },
	{ 0xffffffff, 0, 0, 0 }, { 0x40000000, 0, 0, 0 }
};

static void
test_table(void)
{
	struct bpf_rule r[sizeof rules / sizeof rules[0]];
	struct sock_filter s[PROGRAM];
	size_t i, n, m = sizeof r / sizeof r[0];

	memcpy(r, rules, sizeof rules);
	n = bpf_fmt(s, PROGRAM, r, m, HERE, NO);
	ok(n > 0, "a filter");
	for (i = 0; i < sizeof calls / sizeof calls[0]; i++)
		ok(ask(s, n, HERE, calls[i].nr, calls[i].arg, calls[i].value)
		    == (calls[i].yes ? SECCOMP_RET_ALLOW : NO),
		    "call %u, argument %u %#llx: %s", calls[i].nr,
		    calls[i].arg, (unsigned long long)calls[i].value,
		    calls[i].yes ? "yes" : "no");
	ok(ask(s, n, OTHER, 0, 0, 0) == SECCOMP_RET_KILL_PROCESS,
	    "another architecture's calls: the end");
	ok(bpf_fmt(s, n, r, m, HERE, NO) == n, "room for just as many");
	memset(s, 0xa5, sizeof s);
	ok(!bpf_fmt(s, n - 1, r, m, HERE, NO), "for one less: 0");
	ok(s[n - 1].code == 0xa5a5, "and nothing is written behind");
	n = bpf_fmt(s, PROGRAM, r, 0, HERE, NO);
	ok(n && ask(s, n, HERE, 0, 0, 0) == NO, "no rules: no calls");
}

static unsigned int
next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static void
make(struct bpf_rule *r, size_t n, unsigned int span, uint32_t *seed)
{
	for (; n--; r++) {
		r->nr = next(seed) % span;
		r->arg = next(seed) % 3 ? BPF_ANY : (int)(next(seed) % 6);
		r->isnot = next(seed) % 4 == 0;
		r->mask = next(seed) % 2 ? 0xffffffff : 6;
		r->value = next(seed) % 4 & r->mask;
	}
}

/* How many answers are not those of the rules? */
static size_t
wrong(const struct sock_filter *s, size_t n, const struct bpf_rule *r,
    size_t m, unsigned int span, uint32_t *seed)
{
	struct seccomp_data d;
	size_t bad = 0, i;

	memset(&d, 0, sizeof d);
	d.arch = HERE;
	for (d.nr = 0; (unsigned int)d.nr < span + 2; d.nr++)
		for (i = 0; i < 6; i++) {
			d.args[next(seed) % 6] = next(seed) % 8 |
			    (uint64_t)next(seed) % 2 << 32;
			bad += run(s, n, &d) != (allowed(r, m, &d) ?
			    SECCOMP_RET_ALLOW : NO);
		}
	return bad;
}

/* Dense and thin ones; the biggest are as long as our jails'. */
static void
test_any(void)
{
	struct bpf_rule r[RULES];
	struct sock_filter s[2 * PROGRAM];
	uint32_t seed = 1;
	size_t i, n, m, bad = 0, longest = 0;

	for (i = 0; i < 300; i++) {
		unsigned int span = 1 + next(&seed) % 600;

		m = i % 30 ? next(&seed) % 60 : RULES;
		make(r, m, span, &seed);
		n = bpf_fmt(s, 2 * PROGRAM, r, m, HERE, NO);
		if (n > longest)
			longest = n;
		bad += !n || wrong(s, n, r, m, span, &seed);
	}
	ok(!bad, "300 filters do what their rules say");
	ok(longest > 600, "the longest jumps further than an octet says");
}

int
main(void)
{
	test_table();
	test_any();
	return tap_end();
}

#else

int
main(void)
{
	ok(1, "filters # SKIP not Linux");
	return tap_end();
}

#endif
