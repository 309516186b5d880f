#ifndef SUBMIT_SUBMIT_H
#define SUBMIT_SUBMIT_H

#include <skalibs/stralloc.h>

#include "conf/conf.h"
#include "rewrite/rewrite.h"
#include "submit/caller.h"
#include "submit/compose.h"
#include "submit/handin.h"
#include "submit/input.h"
#include "submit/rcpts.h"
#include "wire/verdict.h"

/* One letter of a local caller, from his standard input into the queue: what
 * pneu-inject and pneu-sendmail share. Calls that return 0 say why in
 * s->verdict. In this order:
 *
 *	submit_open	settings; then set what is wanted
 *	submit_header	read and complete the header
 *	submit_sender	who he is, if he did not say
 *	submit_finish	add what is missing
 *	submit_post or submit_print */

#define SUBMIT_AHEAD_OCTETS 65536	/* of a message in memory: a longer one
					 * is streamed */
#define SUBMIT_WAIT_MS 10000		/* after so long a silence of the
					 * caller we tell the queue */

struct submit {
	struct conf conf;
	struct rewrite rewrite;
	struct input in;
	size_t body;			/* where it begins in in.sa */
	struct compose head;
	struct rcpts rcpts;		/* the letter's */
	stralloc sender;		/* with a NUL; len 0: not said */
	const char *name;		/* full name; 0: not said */
	struct caller caller;
	int known;			/* caller has been looked up */
	const char *type, *notify, *ret, *envid;	/* envelope's, or 0 */
	int utf8;			/* a header of UTF-8 wants SMTPUTF8 */
	unsigned int hops;		/* hosts that it has been at, if its
					 * header tells of fewer */
	struct verdict verdict;
	char text[VERDICT_TEXT_OCTETS + 1];
};
#define SUBMIT_ZERO { .in = INPUT_ZERO, .head = COMPOSE_ZERO, \
    .rcpts = RCPTS_ZERO, .sender = STRALLOC_ZERO }

/* Go to the home and read the settings; addresses get myorigin. Descriptors
 * 0 to 2 that are closed become /dev/null. */
int submit_open(struct submit *s);

/* Read the header from in.fd; head.collect says whether to note recipients.
 * They are not in s->rcpts yet: see compose_rcpts. */
int submit_header(struct submit *s);

/* Make the caller the sender, if there is none. */
int submit_sender(struct submit *s);

/* Look the caller up, if that was not done. */
void submit_caller(struct submit *s);

/* Add the missing fields. from: the address of a From field, host: the right
 * side of a Message-ID. */
int submit_finish(struct submit *s, const char *from, const char *host);

/* Hand the letter in, or write it to fd. The text of the verdict D is its
 * id. */
int submit_post(struct submit *s);
int submit_print(struct submit *s, int fd);

/* Free what s holds; not its settings. */
void submit_free(struct submit *s);

/* Set s->verdict; returns 0. */
int submit_fail(struct submit *s, char kind, const char *code,
    const char *text, int e);

#endif
