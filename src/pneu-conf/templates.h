#ifndef PNEU_CONF_TEMPLATES_H
#define PNEU_CONF_TEMPLATES_H

#include <stddef.h>
#include <skalibs/stralloc.h>

#include "pneu-conf/report.h"

/* The file of bounce_template_file, in the form of Postfix's bounce(5):
 *
 *	failure_template = <<EOF
 *	Charset: us-ascii
 *	From: MAILER-DAEMON (Mail Delivery System)
 *	Subject: Undelivered Mail Returned to Sender
 *	Postmaster-Subject: Postmaster Copy: Undelivered Mail
 *
 *	This is the mail system at host $myhostname.
 *	EOF
 *
 * and delay_template, success_template, verify_template (which we never
 * send). Empty lines between, and lines that begin with #, are passed over;
 * a field that is missing has its default. Variables: mail/template.h. */

#define TEMPLATES 3
#define TEMPLATES_FILE_OCTETS (1u << 20)
#define TEMPLATES_LINE_OCTETS 998	/* RFC 5322 2.1.1 */

/* In the cdb, table bounce_template, under the name: charset, from, subject,
 * subject of a double bounce, text; a NUL behind each. "" if not given. */
extern const char *const templates_names[TEMPLATES];	/* failure, ... */

struct templates {
	stralloc v[TEMPLATES];
};

#define TEMPLATES_ZERO { { STRALLOC_ZERO, STRALLOC_ZERO, STRALLOC_ZERO } }

/* Read s[0..n), which stands in the file of that name. What is wrong goes to
 * the report. */
void templates_scan(struct templates *t, struct report *r, const char *file,
    const char *s, size_t n);
void templates_free(struct templates *t);

#endif
