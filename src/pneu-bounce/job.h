#ifndef PNEU_BOUNCE_JOB_H
#define PNEU_BOUNCE_JOB_H

#include <stdint.h>
#include <skalibs/iopause.h>
#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include "conf/conf.h"
#include "dsn.h"
#include "run/hand.h"
#include "run/stream.h"

/* One connection to pneu-queue, and the notification that goes over it. */

#define JOB_S 60		/* from its first octet to pneu-queue's answer */
#define JOB_IDLE_S 1		/* that an idle connection is kept */
#define JOB_CHUNK_OCTETS 65536	/* of the message, of one frame */
#define JOB_HEADER_OCTETS 65536	/* of a header; the rest is left out */

enum job_phase {
	JOB_IDLE,
	JOB_BODY,		/* the original is on its way */
	JOB_WAIT		/* for pneu-queue's verdict */
};

struct job {
	struct stream s;	/* s.fd is -1: not connected */
	enum job_phase phase;
	struct hand_order *order;	/* 0 if JOB_IDLE */
	struct dsn dsn;
	struct hand_reader reader;
	int last;		/* last octet of the original */
	uint32_t tag;
	tain due;		/* when we have waited long enough */
	stralloc told, text, addr;
};

#define JOB_ZERO { .s = STREAM_ZERO }

/* How a job ended: a verdict on every recipient that has none yet. */
struct job_end {
	char kind;		/* enum verdict_kind; 0: it has not ended */
	const char *code;
	int sent;		/* text is the notification's id */
	char text[VERDICT_TEXT_OCTETS + 1];
};

/* Begin the notification that order o asks for; j is idle and connected.
 * buf: JOB_CHUNK_OCTETS of scratch. If there is nothing to send, or it
 * cannot be begun, e says how it ended, and j stays idle. now: Unix
 * seconds. isdouble: pneu-queue has refused the one to the sender, so the
 * postmaster is told. */
void job_begin(struct job *j, struct job_end *e, struct hand_order *o,
    const struct conf *c, char *buf, uint64_t now, int isdouble);

/* Go on: read and write as x (of the connection) says; x may be 0. e says
 * whether it ended. On a broken connection j->s.fd is -1 afterwards. */
void job_go(struct job *j, struct job_end *e, const iopause_fd *x);

/* Fill in *x; wait no longer than until j->due. */
void job_iopause(const struct job *j, iopause_fd *x);

/* Its time is over: end it. */
void job_timeout(struct job *j, struct job_end *e);

#endif
