#ifndef TESTS_UNIT_TAP_H
#define TESTS_UNIT_TAP_H

/* TAP for unit tests: ok(condition, "what") a line each; main ends with
 * return tap_end(); 1 if any failed. */

#include <stdio.h>

static int tap_count, tap_failed;

#define ok(cond, ...) tap_ok((cond) != 0, __FILE__, __LINE__, __VA_ARGS__)
#define tap_ok(pass, file, line, ...) do { \
	int tap_pass = (pass); \
	tap_failed += !tap_pass; \
	printf("%sok %d - ", tap_pass ? "" : "not ", ++tap_count); \
	printf(__VA_ARGS__); \
	if (!tap_pass) \
		printf(" (%s:%d)", file, line); \
	printf("\n"); \
} while (0)

static inline int
tap_end(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
