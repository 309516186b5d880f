#ifndef PNEU_REMOTE_JOB_INTERNAL_H
#define PNEU_REMOTE_JOB_INTERNAL_H

#include "pneu-remote/remote.h"

/* What job.c (an order's stages), job_way.c (where it goes) and job_report.c
 * (what is told of it) share. */

/* To another stage. */
void job_move(struct job *j, enum job_stage stage);

/* The reason for those recipients that get no other. */
void job_note(struct job *j, char kind, const char *code, const char *text,
    int site);

/* Go to the next hop named s. 0 if that is none. */
int job_sethop(struct job *j, const char *s);

/* By a kept connection, or look for hosts. */
void job_route(struct job *j);

/* To the next host; the fallback relay; or it is over. job_ismore: may
 * another host be tried? */
void job_next(struct job *j);
int job_ismore(const struct job *j);

/* Those whom a host has told "later", by no failure of its own; todo: they
 * are for another host now. Returns whether there are any. */
int job_greylisted(struct job *j, int todo);

/* denied.c: j's login was refused just now, by what j says; it was a moment
 * ago: then j says so, and is not to try it. */
void denied_note(struct job *j);
int denied_is(struct job *j);

/* No host is left to be tried: everybody gets his verdict. j is gone. */
void job_finish(struct job *j);

#endif
