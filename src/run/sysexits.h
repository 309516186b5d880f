#ifndef RUN_SYSEXITS_H
#define RUN_SYSEXITS_H

/* Exit codes of sysexits(3), in the two places where we meet them:
 * pneu-sendmail says them, pneu-local hears them of a user's program.
 * X(name, code, permanent): permanent of a user's program, as Postfix and
 * Sendmail take it. */
#define SYSEXITS(X) \
	X(EX_OK, 0, 0) \
	X(EX_USAGE, 64, 1)		/* wrong arguments */ \
	X(EX_DATAERR, 65, 1)		/* wrong input */ \
	X(EX_NOINPUT, 66, 1) \
	X(EX_NOUSER, 67, 1)		/* no such recipient */ \
	X(EX_NOHOST, 68, 1) \
	X(EX_UNAVAILABLE, 69, 1)	/* refused, or not running */ \
	X(EX_SOFTWARE, 70, 1) \
	X(EX_OSERR, 71, 0) \
	X(EX_OSFILE, 72, 1) \
	X(EX_CANTCREAT, 73, 1) \
	X(EX_IOERR, 74, 0) \
	X(EX_TEMPFAIL, 75, 0)		/* try again */ \
	X(EX_PROTOCOL, 76, 1) \
	X(EX_NOPERM, 77, 1) \
	X(EX_CONFIG, 78, 1)

enum sysexit {
#define SYSEXITS_ENUM(name, code, permanent) name = code,
	SYSEXITS(SYSEXITS_ENUM)
#undef SYSEXITS_ENUM
};

/* 1 if a user's program that exits with code means "never", 0 if "later". */
static inline int
sysexit_permanent(int code)
{
	switch (code) {
#define SYSEXITS_CASE(name, number, permanent) case number: return permanent;
	SYSEXITS(SYSEXITS_CASE)
#undef SYSEXITS_CASE
	}
	return 0;
}

/* What sendmail(1) exits with for a verdict: kind (wire/verdict.h) and
 * enhanced status code (RFC 3463). */
int sysexit_verdict(char kind, const char *code);

#endif
