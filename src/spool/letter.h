#ifndef SPOOL_LETTER_H
#define SPOOL_LETTER_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

#include "spool/name.h"
#include "wire/envelope.h"
#include "wire/verdict.h"

/* A letter's file (doc/INTERNALS):
 *
 *	head	one line of LETTER_HEAD_OCTETS:
 *		pneu1 ID env=%08u rcpt=%06u msg=%015llu mcrc=%08x ecrc=%08x\n
 *	status	one octet per recipient, and a newline
 *	env	the envelope, lines of wire/envelope.h
 *	msg	the message, LF for CRLF
 *	history	a line per attempt
 *
 * env and msg are lengths in octets; mcrc is the CRC-32C of msg, ecrc that
 * of the head up to "ecrc=" and of env. The status octets and the history
 * are outside both: they change. */

#define LETTER_HEAD_OCTETS 98

enum letter_status {
	LETTER_WAITING = '.',
	LETTER_DONE = 'd',		/* delivered, or passed on */
	LETTER_FAILED = 'f',		/* and its sender told, if he wants */
	LETTER_SUCCEEDED = 's'		/* handed on to a letter of its own */
};

struct letter_head {
	char id[LETTER_ID_OCTETS + 1];
	uint32_t envlen, nrcpts, mcrc, ecrc;
	uint64_t msglen;
};

/* Parse and print the head line. letter_head_scan: 1, or -1 malformed. */
int letter_head_scan(struct letter_head *h, const char *s, size_t n);
void letter_head_fmt(char s[LETTER_HEAD_OCTETS + 1],
    const struct letter_head *h);

/* Fill in h->ecrc from the rest of h and the envelope's text. */
void letter_head_seal(struct letter_head *h, const char *env);

/* Append to sa what stands before the message in a letter's file: head,
 * status octets (all LETTER_WAITING) and envelope. Fills in h->envlen,
 * nrcpts and ecrc; h->id, msglen and mcrc are the caller's. Returns 1, or 0
 * with errno ENOMEM. If msglen and mcrc become known later: put them into h
 * and call letter_front_head with the envelope's text, which prints the head
 * anew. */
int letter_front(stralloc *sa, struct letter_head *h,
    const struct envelope *e);
void letter_front_head(char s[LETTER_HEAD_OCTETS + 1], struct letter_head *h,
    const char *env);

/* Offsets that follow from the head. */
uint64_t letter_env_offset(const struct letter_head *h);
uint64_t letter_msg_offset(const struct letter_head *h);
uint64_t letter_history_offset(const struct letter_head *h);

/* One line of the history (spool/history.c):
 *
 *	CRC SP TIME SP INDEXES SP VERDICT "\n"
 *
 * CRC (8 hexadecimal digits, CRC-32C) is of what follows it up to the
 * newline; TIME Unix seconds; INDEXES like 0,3-7; VERDICT as in
 * wire/verdict.h. A torn or foreign line is passed over. */
struct history {
	uint64_t time;
	const char *indexes;	/* points into the line, no NUL */
	size_t indexeslen;
	struct verdict verdict;
};

/* Parse the first line of s[0..n). Returns octets used (h->time 0 if the
 * line is to be passed over), 0 if there is no whole line. */
int history_scan(struct history *h, const char *s, size_t n);
/* Append a line for the indexes ns[0..nns), ascending. 1, or 0 ENOMEM. */
int history_put(stralloc *sa, uint64_t time, const uint32_t *ns, size_t nns,
    const struct verdict *v);
/* Walk over h's indexes: *pos starts at 0. 1 with the range *lo..*hi, or 0. */
int history_indexes(const struct history *h, size_t *pos, uint32_t *lo,
    uint32_t *hi);

/* An open letter, for its readers. */
struct letter {
	int fd;			/* read-only; letter_close closes it */
	struct letter_head head;
	struct envelope env;
	char *status;		/* head.nrcpts octets, in buf */
	stralloc buf;
};
#define LETTER_ZERO { .fd = -1, .env = ENVELOPE_ZERO, .buf = STRALLOC_ZERO }

/* Open the letter at path (relative to the queue directory dirfd): read and
 * check head, status and envelope, not the message. l must be LETTER_ZERO
 * or closed; its storage is reused. If path ends in a letter's name, that
 * must agree with the file. Returns 1, 0 if there is no such file, -1 with
 * errno; EBADMSG: it is damaged. l is closed unless it returns 1. */
int letter_open(struct letter *l, int dirfd, const char *path);
/* Read the history, all of it that is intact, to sa (not emptied). At most
 * max octets, the last ones if there are more. 1, or -1 with errno. */
int letter_history(const struct letter *l, stralloc *sa, size_t max);
/* Read the whole message and check its CRC. 1, or -1 with errno; EBADMSG:
 * it is damaged. */
int letter_verify(const struct letter *l);
void letter_close(struct letter *l);
void letter_free(struct letter *l);

#endif
