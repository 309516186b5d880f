#ifndef RUN_LOG_H
#define RUN_LOG_H

#include <stdint.h>

/* The log: one line an event on descriptor 2, in one write, which the
 * supervisor's logger stamps with the time:
 *
 *	pneu/send[123]: 0642E1B3F5C09A0001: to=<a@b.test>, relay=...
 *
 * like Postfix's "postfix/smtp[123]: ID: ...", so that its users and their
 * tools feel at home. Control characters in the parts become '?'.
 *
 * A logger that takes nothing for two seconds (its disk is full) is not waited
 * for again until it does: the lines until then are lost, and counted. */

/* Name ourselves: "pneu-send" logs as "pneu/send[pid]". Before rights are
 * dropped; run_init does it. */
void log_init(const char *prog);

/* Write one line made of the strings up to a null pointer. */
void log_line(const char *s, ...);
#define log_info(...) log_line(__VA_ARGS__, (const char *)0)

/* The same with "warning: " in front, for what an admin should look at;
 * log_warnsys adds ": " and strerror(errno). errno is kept. */
void log_warning(int sys, const char *s, ...);
#define log_warn(...) log_warning(0, __VA_ARGS__, (const char *)0)
#define log_warnsys(...) log_warning(1, __VA_ARGS__, (const char *)0)

/* Hold lines back from here on, so that an event loop writes many of them
 * together (who reads them wakes less often): until they are LOG_HELD_MS
 * old, or more than a pipe takes in one piece, or log_release. For programs
 * that do not fork any more. */
#define LOG_HELD_MS 10
void log_hold(void);
void log_release(void);

/* Before each wait of a loop that holds lines: write them if their time has
 * come. now and next are ms of a clock that does not go back; returns next,
 * or the time to call again if that is earlier. */
uint64_t log_turn(uint64_t now, uint64_t next);

#endif
