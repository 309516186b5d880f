#ifndef RESUBMIT_RESUBMIT_H
#define RESUBMIT_RESUBMIT_H

#include <stdint.h>
#include <skalibs/iopause.h>
#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include "conf/conf.h"
#include "run/hand.h"
#include "run/stream.h"
#include "wire/envelope.h"

/* What pneu-bounce and pneu-forward share: orders come from pneu-send (doc/
 * PROTOCOLS section 6), for each a new letter is made from the old one and
 * handed in at run/intake (section 1). They differ by a struct resubmit. */

#define RESUBMIT_JOBS 4		/* at a time */
#define RESUBMIT_S 60		/* from a job's first octet to the answer */
#define RESUBMIT_IDLE_S 1	/* that an idle connection is kept */
#define RESUBMIT_CHUNK_OCTETS 65536	/* of the message, of one frame */

#define RESUBMIT_STEP_OCTETS 63	/* of resubmit_step */

enum resubmit_phase {
	RESUBMIT_IDLE,
	RESUBMIT_ASK,		/* pneu-alias was asked something */
	RESUBMIT_BODY,		/* the original is on its way */
	RESUBMIT_WAIT		/* for pneu-queue's verdict */
};

/* One connection to pneu-queue, and the letter that goes over it. */
struct resubmit_job {
	struct stream s;	/* s.fd is -1: not connected */
	struct stream alias;	/* the same, to pneu-alias */
	enum resubmit_phase phase;
	struct hand_order *order;	/* 0 if RESUBMIT_IDLE */
	struct hand_reader reader;
	int last;		/* last octet of the original */
	uint32_t tag;
	tain due;		/* when we have waited long enough */
	stralloc text;		/* what goes to the message next */
	void *x;		/* the program's, by its number of job */
	const char *action;	/* action= of the report, if the letter is made;
				 * a string of its own, 0 at first */
	char step[RESUBMIT_STEP_OCTETS + 1];
};

#define RESUBMIT_JOB_ZERO { .s = STREAM_ZERO, .alias = STREAM_ZERO }

/* How a job ended: a verdict on every recipient that has none yet. */
struct resubmit_end {
	char kind;		/* enum verdict_kind; 0: it has not ended */
	char code[VERDICT_CODE_OCTETS + 1];
	int sent;		/* text is the new letter's id */
	const char *action;	/* 0 if absent */
	char text[VERDICT_TEXT_OCTETS + 1];
};

struct resubmit {
	const char *prog;	/* its name, and its row in run/jail.c */
	const char *dir;	/* it listens at run/DIR/DIR */
	const char *relay;	/* for reports, or 0 */
	const char *sent;	/* what stands before the new letter's id in
				 * the verdict */

	/* Begin the letter that j->order asks for; j is connected. buf:
	 * RESUBMIT_CHUNK_OCTETS of scratch. now: Unix seconds. Calls, in this
	 * order, resubmit_envelope, then resubmit_original with what is to
	 * stand before it in j->text, or (without the original)
	 * resubmit_finish; or resubmit_ask; or resubmit_end. Returns 1, or 0
	 * with ENOMEM: what it wrote is taken back. */
	int (*begin)(struct resubmit_job *j, struct resubmit_end *e,
	    const struct conf *c, char *buf, uint64_t now);

	/* pneu-alias has answered. As begin; it may also do nothing, as long
	 * as more answers are to come. 0 if the program never asks. */
	int (*heard)(struct resubmit_job *j, struct resubmit_end *e,
	    const struct conf *c, const struct frame *f);

	/* Append to j->text what stands behind the original, which ends with
	 * a newline or is empty. 1, or 0 with ENOMEM. 0 if nothing does. */
	int (*tail)(struct resubmit_job *j);

	/* pneu-queue will never take it, as e says: 1 if begin is to be called
	 * once more, for another letter; 0: that is the verdict. 0 if it
	 * always is. */
	int (*refused)(struct resubmit_job *j, const struct order *o,
	    const struct resubmit_end *e);

	/* Log how the order ended. */
	void (*say)(const struct order *o, const struct resubmit_end *e);
};

/* main() of such a program: never fails, returns at SIGTERM when what it
 * had begun is done. xs: RESUBMIT_JOBS pointers for x. */
int resubmit_main(const struct resubmit *r, void *xs[RESUBMIT_JOBS]);

/* job.c, for begin and heard */
void resubmit_end(struct resubmit_job *j, struct resubmit_end *e, char kind,
    const char *code, const char *text, size_t n);
void resubmit_later(struct resubmit_job *j, struct resubmit_end *e,
    const char *text);
int resubmit_envelope(struct resubmit_job *j, const struct envelope *v);

/* What v->step is to be (v->parent is the order's id), so that a letter that
 * is handed in twice, since somebody died in between, is one: kind, a word,
 * and j->order's recipients, those whose octet in told is 1 (told 0: all).
 * It lasts as long as the job. */
const char *resubmit_step(struct resubmit_job *j, const char *kind,
    const char *told);
int resubmit_original(struct resubmit_job *j);
int resubmit_finish(struct resubmit_job *j);

/* Ask pneu-alias: one frame. If it cannot be reached the job ends, later. */
int resubmit_ask(struct resubmit_job *j, struct resubmit_end *e, char type,
    const char *s, size_t n);

/* job.c, for the loop: go on, reading and writing as x (of the connection
 * to pneu-queue) and xa (to pneu-alias) say, each may be 0. e says whether
 * it ended. On a broken connection j->s.fd is -1 afterwards. */
void resubmit_begin(const struct resubmit *r, struct resubmit_job *j,
    struct resubmit_end *e, struct hand_order *o, const struct conf *c,
    char *buf, uint64_t now);
void resubmit_go(const struct resubmit *r, struct resubmit_job *j,
    struct resubmit_end *e, const struct conf *c, const iopause_fd *x,
    const iopause_fd *xa);

/* Its time is over: end it. */
void resubmit_timeout(struct resubmit_job *j, struct resubmit_end *e);

#endif
