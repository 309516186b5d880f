#ifndef SMTP_LIMITS_H
#define SMTP_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* LIMITS (RFC 9422): what a server says that it takes. 0: not said. */
struct smtp_limits {
	uint32_t mailmax;	/* transactions of a connection */
	uint32_t rcptmax;	/* recipients of a transaction */
	uint32_t rcptdomainmax;	/* domains of these */
};

/* Parse the words behind "LIMITS" in s[0..n). Names that are not known, and
 * values that are no number from 1 to 999999 (section 3), are passed over. */
void smtp_limits_scan(struct smtp_limits *l, const char *s, size_t n);

#endif
