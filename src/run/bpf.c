#include "run/bpf.h"

#ifdef __linux__

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>

#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS SECCOMP_RET_KILL
#endif

#define LOAD (BPF_LD | BPF_W | BPF_ABS)
#define IFEQ (BPF_JMP | BPF_JEQ | BPF_K)
#define IFGE (BPF_JMP | BPF_JGE | BPF_K)
#define IFGT (BPF_JMP | BPF_JGT | BPF_K)
#define JUMP (BPF_JMP | BPF_JA)
#define AND (BPF_ALU | BPF_AND | BPF_K)
#define RETURN (BPF_RET | BPF_K)

/* An argument is 64 bits: where the lower half of it stands. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOWER 4
#else
#define LOWER 0
#endif

struct out {
	struct sock_filter *s;
	size_t n, max;
	const struct bpf_rule *rules, *end;
	uint32_t otherwise;
};

static void
put(struct out *o, unsigned int code, uint32_t k, unsigned int yes,
    unsigned int no)
{
	if (o->n < o->max)
		o->s[o->n] = (struct sock_filter){ (uint16_t)code,
		    (uint8_t)yes, (uint8_t)no, k };
	o->n++;
}

/* By number; within one, without conditions first. */
static int
cmp(const void *a, const void *b)
{
	const struct bpf_rule *x = a, *y = b;

	if (x->nr != y->nr)
		return x->nr < y->nr ? -1 : 1;
	return (x->arg != BPF_ANY) - (y->arg != BPF_ANY);
}

/* The first rule behind r that is of another number; if r has no conditions,
 * of one that is no neighbour, or has some: what r begins is one leaf. */
static const struct bpf_rule *
leaf_end(const struct out *o, const struct bpf_rule *r)
{
	const struct bpf_rule *s = r + 1;
	unsigned int nr = r->nr;

	for (; s < o->end && s->nr <= nr + (r->arg == BPF_ANY); s++) {
		if (s->nr > nr && s->arg != BPF_ANY)
			break;
		nr = s->nr;
	}
	return s;
}

/* The number is in A, and at least r->nr but in the first leaf. */
static void
leaf(struct out *o, const struct bpf_rule *r, const struct bpf_rule *end)
{
	if (r == o->rules) {
		put(o, IFGE, r->nr, 1, 0);
		put(o, RETURN, o->otherwise, 0, 0);
	}
	put(o, IFGT, end[-1].nr, 0, 1);
	put(o, RETURN, o->otherwise, 0, 0);
	if (r->arg == BPF_ANY) {
		put(o, RETURN, SECCOMP_RET_ALLOW, 0, 0);
		return;
	}
	for (; r < end; r++) {
		put(o, LOAD, (uint32_t)(offsetof(struct seccomp_data, args) +
		    (size_t)r->arg * 8 + LOWER), 0, 0);
		put(o, AND, r->mask, 0, 0);
		put(o, IFEQ, r->value, r->isnot != 0, !r->isnot);
		put(o, RETURN, SECCOMP_RET_ALLOW, 0, 0);
	}
	put(o, RETURN, o->otherwise, 0, 0);
}

/* A binary search over the n leaves from r on. Returns the end of the last. */
static const struct bpf_rule *
tree(struct out *o, const struct bpf_rule *r, size_t n)
{
	const struct bpf_rule *end = r;
	size_t i, at;

	if (n == 1) {
		end = leaf_end(o, r);
		leaf(o, r, end);
		return end;
	}
	for (i = 0; i < n / 2; i++)
		end = leaf_end(o, end);
	put(o, IFGE, end->nr, 0, 1);
	at = o->n;
	put(o, JUMP, 0, 0, 0);
	tree(o, r, n / 2);
	if (at < o->max)
		o->s[at].k = (uint32_t)(o->n - at - 1);
	return tree(o, end, n - n / 2);
}

size_t
bpf_fmt(struct sock_filter *out, size_t max, struct bpf_rule *rules, size_t n,
    uint32_t arch, uint32_t otherwise)
{
	struct out o = { out, 0, max, rules, rules + n, otherwise };
	const struct bpf_rule *r;
	size_t leaves = 0;

	qsort(rules, n, sizeof *rules, cmp);
	put(&o, LOAD, offsetof(struct seccomp_data, arch), 0, 0);
	put(&o, IFEQ, arch, 1, 0);
	put(&o, RETURN, SECCOMP_RET_KILL_PROCESS, 0, 0);
	put(&o, LOAD, offsetof(struct seccomp_data, nr), 0, 0);
	for (r = rules; r < o.end; r = leaf_end(&o, r))
		leaves++;
	if (leaves)
		tree(&o, rules, leaves);
	else
		put(&o, RETURN, otherwise, 0, 0);
	return o.n <= max ? o.n : 0;
}

#endif
