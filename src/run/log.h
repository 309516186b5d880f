#ifndef RUN_LOG_H
#define RUN_LOG_H

#include <skalibs/stralloc.h>

/* The log: one line an event on descriptor 2, in one write, which the
 * supervisor's logger stamps with the time:
 *
 *	pneu/send[123]: 0642E1B3F5C09A0001: to=<a@b.test>, relay=...
 *
 * like Postfix's "postfix/smtp[123]: ID: ...", so that its users and their
 * tools feel at home. Control characters in the parts become '?'. */

/* Name ourselves: "pneu-send" logs as "pneu/send[pid]". run_init does it. */
void log_init(const char *prog);

/* Write one line made of the strings up to a null pointer. */
void log_line(const char *s, ...);
#define log_info(...) log_line(__VA_ARGS__, (const char *)0)

/* The same with "warning: " in front, for what an admin should look at;
 * log_warnsys adds ": " and strerror(errno). errno is kept. */
void log_warning(const char *s, ...);
void log_warningsys(const char *s, ...);
#define log_warn(...) log_warning(__VA_ARGS__, (const char *)0)
#define log_warnsys(...) log_warningsys(__VA_ARGS__, (const char *)0)

/* Hold lines back, to write those of a turn of an event loop together:
 * until log_release, or until they are more than a pipe takes in one piece.
 * For programs that do not fork behind the first log_hold. */
void log_hold(void);
void log_release(void);

#endif
