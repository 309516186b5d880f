#ifndef RUN_BPF_H
#define RUN_BPF_H

#include <stddef.h>
#include <stdint.h>

struct sock_filter;		/* linux/filter.h */

/* A filter of system calls as seccomp(2) takes it, made of rules. */

#define BPF_ANY (-1)

/* System call nr is allowed: whatever its arguments (arg is BPF_ANY), or if
 * the lower 32 bits of argument arg, under mask, are value; are not, if
 * isnot. Of several rules for one nr, one is enough. */
struct bpf_rule {
	unsigned int nr;
	int arg, isnot;
	uint32_t mask, value;
};

/* Into out[0..max): calls of another architecture (AUDIT_ARCH_...) end the
 * process, those that no rule allows are answered by otherwise
 * (SECCOMP_RET_...). Sorts rules[0..n). Returns the instructions, 0 if max
 * is too small for them. */
size_t bpf_fmt(struct sock_filter *out, size_t max, struct bpf_rule *rules,
    size_t n, uint32_t arch, uint32_t otherwise);

#endif
