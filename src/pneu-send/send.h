#ifndef PNEU_SEND_SEND_H
#define PNEU_SEND_SEND_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/genalloc.h>
#include <skalibs/iopause.h>
#include <skalibs/stralloc.h>

#include "conf/conf.h"
#include "run/stream.h"
#include "sched/sched.h"
#include "spool/at.h"
#include "spool/letter.h"
#include "spool/walk.h"
#include "wire/order.h"
#include "wire/routes.h"
#include "wire/verdict.h"

#define NONE SCHED_NONE
#define MAIL_RCPTS 1000		/* of one letter in core at a time */
#define MAIL_BUCKETS 16384
#define HISTORY_OCTETS 65536	/* of a letter, that are looked at */
#define ORDER_OCTETS 100000	/* of an order to pneu-queue */
#define MARK_MS 200		/* until what is settled is marked */
#define REPEAT_MS 2000		/* until an order that failed is repeated */
#define STOP_MS 3000		/* that orders have to end, at SIGTERM; */
#define STOP_LONG_MS 31000	/* those of programs that stop, too */
#define AWAY_MS 10000		/* a stage that is gone for so long is away */

/* mail.c: a letter in core. Its strings lie one after another in text, and
 * are named by their offsets; 0 is none. */

enum rcpt_state {
	RCPT_ASK,		/* pneu-alias is asked where it goes */
	RCPT_ROUTED,		/* it is known */
	RCPT_OUT,		/* a job has it */
	RCPT_FORWARD,		/* it stands for others, pneu-local says */
	RCPT_BOUNCING,		/* a job at pneu-bounce has it */
	RCPT_PARKED,		/* later, without an attempt */
	RCPT_LATER,		/* later, after an attempt */
	RCPT_FAILED,		/* never: to be bounced; or to be told of as
				 * action says */
	RCPT_UNTOLD,		/* the same, but that has to wait */
	RCPT_DONE,
	RCPT_TOLD		/* has its verdict, and the sender is told */
};

/* tell.c: what a sender is told of a recipient, RFC 3464 2.3.3 */
enum action {
	ACTION_FAILED, ACTION_DELIVERED, ACTION_RELAYED, ACTION_EXPANDED,
	ACTION_DELAYED
};
enum {
	WARNED_NOT,
	WARNED_NOW,		/* and it does not stand in the history yet */
	WARNED,
	WARNED_LATER		/* it could not be done: with the next attempt */
};

enum { KEPT_NOT, KEPT_ASKED, KEPT };	/* does pneu-queue know? */

struct rcpt {
	uint32_t n;		/* index in the envelope */
	uint32_t addr, notify, orcpt, ext, mailbox;
	uint32_t orig, target, forward, owner;	/* as in wire/order.h */
	uint32_t why;		/* verdict, text of wire/verdict.h */
	uint32_t site;
	uint32_t job, next;	/* delivery; next recipient of that job */
	uint32_t bounce, bnext;	/* the same at pneu-bounce */
	uint32_t made;		/* id of the letter made of it */
	uint64_t due;		/* Unix seconds; not before */
	uint16_t attempts;
	uint8_t state, kept;
	uint8_t noted;			/* its last verdict stands in the
					 * history */
	uint8_t action, warned;
	uint8_t was;			/* state before ACTION_DELAYED */
	uint32_t notice;		/* id of what its sender was told by */
};

struct mail {
	uint8_t used, top, isbounce, smtputf8, fresh, forced;
	uint8_t order;		/* to pneu-queue, under way: its type, or 0 */
	uint8_t repeat;		/* it failed, and is to be made again */
	uint8_t marking;	/* on the list of those to be marked */
	uint8_t more;		/* has recipients behind these */
	uint8_t defers;		/* is only being put off, until due */
	uint8_t suspect;	/* who was to deliver it says it is damaged */
	uint8_t damaged;	/* it is */
	uint8_t wish;		/* the admin's, H U or R: wish.c */
	char id[LETTER_ID_OCTETS + 1];
	uint32_t hash;		/* of the name */
	uint64_t size, dir;	/* where it lies */
	uint64_t off, born, first, came;	/* born and first: Unix s;
						 * came: into core, ms */
	uint64_t us;		/* id's microseconds since 1970 */
	uint64_t due;		/* the earliest of recipients before these */
	uint32_t crc, sender, body, ret, envid, sendhash;
	uint32_t client, helo, proto, login, method, auth;
	uint32_t open;		/* recipients that are not settled */
	uint32_t asking;
	uint32_t chain, mark;
	uint64_t mark_at;
	int fd;			/* of its file, for its first order; or -1 */
	stralloc text, rcpts;	/* rcpts: of struct rcpt */
};

/* What we know of a job beyond the scheduler. */
struct job {
	uint32_t mail, first, left;
	uint32_t tag;
	uint8_t peer, used, isbounce, seen, foreign, outcome, acked;
	uint32_t seconds;
	uint64_t sent;		/* ms */
};

/* peer.c: those that we connect to. */
enum { PEER_ORDERS, PEER_ALIAS, PEER_LSPAWN, PEER_BOUNCE, PEER_FORWARD,
	PEER_REMOTE,
	PEERS = PEER_REMOTE + 4 };
#define GATE_OF(peer) ((peer) - PEER_LSPAWN)
#define PEER_OF(gate) ((gate) + PEER_LSPAWN)

enum peer_state { PEER_CLOSED, PEER_HELLO, PEER_UP };

struct peer {
	struct stream s;
	const char *dir;
	char name[8];
	uint8_t state, tried;
	uint8_t ending;		/* it has said so: Z */
	uint64_t retry, since;	/* ms: try again; not up since */
	uint32_t wait;		/* ms, back-off */
};

/* taken.c: orders in the hands of delivery programs whose letters are not
 * in core. */
struct taken {
	uint8_t peer;
	uint32_t tag;
	char id[LETTER_ID_OCTETS + 1];
	char *to;
	stralloc ns;		/* of uint32_t */
	stralloc said;		/* V frames */
	uint32_t search;	/* looked for since that search */
};
#define ACKED 1024		/* tags acknowledged last, by peer */

/* dirs.c: directories of the queue */
enum { DIR_AHEAD, DIR_DUE, DIR_WALKING, DIR_WALKED };

struct dir {
	uint8_t top, due, flushed;
	uint64_t num;
	uint32_t in, left;	/* letters in core; left when walked */
	uint32_t flushsite;	/* not due, but that site's letters are */
	uint64_t walked;	/* ms, the last time */
};

/* scan.c */
enum { CURSOR_NONE, CURSOR_ALL, CURSOR_SITE, CURSOR_HASH, CURSOR_FIND };
struct cursor {
	uint8_t kind, top, open, has, sweeping;
	uint32_t site, hash, skipped;
	char id[LETTER_ID_OCTETS + 1];	/* CURSOR_FIND; "" those taken */
	uint64_t dir;			/* where it is, or goes on */
	uint64_t began;			/* ms */
	uint32_t search;
	struct walk w;
	struct letter_name name;	/* read but not dealt with */
};
#define CURSORS 8
#define CURSORS_SITE 4
#define HASHES 16384

struct bell {
	int fd;
	uint32_t n;
	char s[LETTER_PATH_OCTETS + FRAME_HEAD_OCTETS + 8];
};
#define BELLS 512

#define CTLS 16
#define CTL_PENDING 131072	/* octets of an answer on their way */
struct ctl;

#define FLUSH_ASKS 16		/* sites that are asked for by ETRN in */
#define FLUSH_ASK_MS 10000	/* this time; each once */
struct asked {
	uint32_t hash;
	uint64_t until;
};

struct send {
	struct conf conf;
	struct sched s;
	struct retry retry;
	uint32_t warn;			/* s: delay_warning_time */
	uint64_t now;			/* ms of a clock that never goes back */
	uint64_t wall, wall_us;		/* Unix seconds, microseconds */
	int queue, signals, bell, ctl, stop, started;
	int watched;		/* somebody may want to hear of verdicts */
	int stays;		/* at SIGTERM: pneu-queue has been told */
	uint64_t stopped;
	uint64_t start;

	struct mail *mails;
	uint32_t nmails, amails, freemail, usedmails, rcpts;
	uint32_t bucket[MAIL_BUCKETS];
	uint32_t mark, marklast;
	uint64_t repeat_at;
	struct letter letter;
	stralloc history, tmp, verp;
	struct order order;
	struct report report;
	uint64_t fdpause;		/* no descriptors: nothing until */
	uint32_t nfds;			/* letters with their fd, at most: */
#define MAIL_FDS 64

	struct job *jobs;
	uint32_t ajobs, serial, foreign;

	struct peer peers[PEERS];
	genalloc taken;			/* of struct taken */
	uint32_t ackedtag[ACKED], nacked;
	uint8_t ackedpeer[ACKED];
	uint32_t search;
	int searching;			/* a search is wanted */

	genalloc dirs;			/* of struct dir, sorted */
	uint64_t relist, shared, sweep, pass;
	int newagain;
	int busy;			/* walks have more to do */
	struct cursor cursors[CURSORS];
	uint32_t cursor;		/* whose slice is next */
	struct { uint32_t hash, site; uint64_t serial; } hashes[HASHES];
	struct routes routes;		/* what pneu-alias has just said */

	struct bell bells[BELLS];
	uint32_t nbells;
	struct ctl *ctls;
	uint64_t ctl_said;		/* of somebody turned away: not before */
	struct asked asked[FLUSH_ASKS];

	uint64_t saved;
	int dirty;
	uint64_t sent, deferred, bounced, expired;
};

/* mail.c */
uint32_t mail_room(struct send *g, uint32_t n);	/* for n; returns for how
						 * many there is */
uint32_t mail_find(const struct send *g, const char *id);
uint32_t mail_new(struct send *g, const struct at *a);	/* NONE: full */
int mail_defer(struct send *g, const struct at *a, uint64_t due);
void mail_drop(struct send *g, uint32_t m);	/* from core, and its jobs */
void mail_move(struct send *g, uint32_t m, const struct at *a);
void mail_empty(struct send *g, uint32_t m);	/* its recipients, and jobs */
struct rcpt *mail_rcpt(const struct mail *m, size_t i);
size_t mail_nrcpts(const struct mail *m);
uint32_t mail_text(struct mail *m, const char *s, size_t n); /* 0: ENOMEM */
const char *mail_str(const struct mail *m, uint32_t at);	/* or 0 */
void mail_path(const struct mail *m, char path[AT_PATH_OCTETS + 1]);
int mail_isfull(const struct send *g);
void mail_keepfd(struct send *g, struct mail *m, struct letter *l);
int mail_takefd(struct send *g, struct mail *m);	/* or -1 */
void mail_short(struct send *g);	/* of descriptors: for a moment, nothing */

/* load.c: the letter at a, due now, into core. 1; 0 it is not there or is in
 * core; 2 it cannot be read now, and is left; -1 there is no room. forced:
 * whether its recipients are due or not */
int load(struct send *g, const struct at *a, int forced);
void load_more(struct send *g, uint32_t m);

/* route.c. route_ask: 1 if all was known already: jobs are made, and the
 * letter is settled. */
int route_ask(struct send *g, uint32_t m);
void route_askall(struct send *g);
void route_answer(struct send *g, const struct frame *f);
void route_jobs(struct send *g, uint32_t m);
void route_forward(struct send *g, uint32_t m, uint32_t job);
void route_park(struct send *g, struct mail *m, struct rcpt *r,
    uint32_t site);
/* Why mail for x, which is suspended, waits; buf holds the text of v. */
#define ROUTE_WHY_OCTETS (VERDICT_TEXT_OCTETS + 40)
void route_why(struct verdict *v, char buf[ROUTE_WHY_OCTETS],
    const struct site *x);
int route_peer(const struct send *g, const char *to, int *channel);

/* job.c, job_run.c. Tags of our orders: the job's place, and a number that
 * counts on, so that a tag does not come back soon. */
#define TAG_BITS 18
#define TAG_MASK ((1u << TAG_BITS) - 1)
uint32_t job_add(struct send *g, uint32_t m, uint32_t first, uint32_t site);
uint32_t job_bounce(struct send *g, uint32_t m);
uint32_t job_taken(struct send *g, uint32_t m, const struct taken *t);
void job_run(struct send *g, uint32_t job);
void job_park(struct send *g, uint32_t job);
void job_free(struct send *g, uint32_t job);
void job_ack(struct send *g, int peer, uint32_t tag);
void job_withdraw(struct send *g, uint32_t m);	/* jobs not given yet */
void job_leave(struct send *g, uint32_t job, uint32_t k);
uint32_t job_find(const struct send *g, int peer, uint32_t tag);

/* report.c */
void report_apply(struct send *g, uint32_t job, char *s, size_t n);

void job_over(struct send *g, uint32_t job);	/* of pneu-bounce, all told */

/* tell.c. tell_word: of an order (action=), 0 if failed; tell_to: its
 * destination, and tell_action what an order with that was about. */
const char *tell_word(int action);
const char *tell_to(int action);
int tell_action(const char *to);
/* What r's sender has asked to hear of p, which is done; 0: nothing. */
int tell_isowed(const struct mail *m, const struct rcpt *r, int peer,
    const struct report *p);
/* A why for it, verdict D with the action and a colon before its text; and
 * the action of a such in the history, or 0. */
uint32_t tell_why(struct send *g, struct mail *m, int action,
    const struct report *p);
int tell_read(const struct verdict *v);
/* Append lines of history for those whose senders were warned. 1 or 0. */
int tell_put(struct send *g, stralloc *sa, const struct mail *m);
/* Jobs at pneu-bounce for those who have waited for long. */
void tell_late(struct send *g, uint32_t m);
/* It cannot be told now; pneu-bounce has answered. */
void tell_not(struct rcpt *r);
void tell_answered(struct send *g, struct mail *m, struct rcpt *r,
    const struct report *p);

/* taken.c */
void taken_frame(struct send *g, int peer, struct frame *f);
void taken_go(struct send *g, int peer);
void taken_begin(struct send *g, int peer);
int taken_has(const struct send *g, const char *id);
void taken_bind(struct send *g, uint32_t m);
void taken_searched(struct send *g, uint32_t search);
struct taken *taken_find(const struct send *g, int peer, uint32_t tag);

/* settle.c */
void settle(struct send *g, uint32_t m);
void settle_turn(struct send *g);
void settle_all(struct send *g);
uint64_t settle_deadline(const struct send *g);

/* wish.c: type H (hold), U (release), R (remove) of the letter at a */
enum { WISH_GRANTED, WISH_VAIN, WISH_WAIT };
int wish(struct send *g, const struct at *a, int type);
void wish_settle(struct send *g, uint32_t m);

/* queue.c: orders to pneu-queue and its answers */
void queue_order(struct send *g, uint32_t m, int type, uint64_t due);
void queue_prune(struct send *g, const struct dir *d);
void queue_answer(struct send *g, struct frame *f);
void queue_stay(struct send *g);	/* more orders come, though we stop */
void queue_lost(struct send *g);
void queue_bad(struct send *g, const char *path);

/* peer.c */
void peer_init(struct send *g);
void peer_use(struct send *g, int peer, int fd);	/* connected */
void peer_turn(struct send *g);
uint64_t peer_deadline(const struct send *g);
void peer_read(struct send *g, int peer);
void peer_flush(struct send *g);

/* dirs.c */
struct dir *dirs_find(const struct send *g, int top, uint64_t num);
struct dir *dirs_make(struct send *g, int top, uint64_t num);
void dirs_drop(struct send *g, int top, uint64_t num);
void dirs_list(struct send *g);
void dirs_flush(struct send *g);	/* all that lies there is due now */
void dirs_turn(struct send *g);
uint64_t dirs_deadline(const struct send *g);

/* scan.c */
void scan_turn(struct send *g);
int scan_isactive(const struct send *g);
int scan_find(struct send *g, const char *id);
int scan_flush(struct send *g, uint32_t hash);
void scan_learn(struct send *g, uint32_t hash, uint32_t site);
uint32_t scan_known(const struct send *g, uint32_t hash);

/* cursor.c: walk on, at most until end, ms as now_ms counts them. Returns 1
 * if there is more to do at once. */
int cursor_slice(struct send *g, struct cursor *c, uint64_t end);

/* turn.c: all that follows from what was read and from the time. What was
 * read first; g->busy: there is more to do at once. */
void turn(struct send *g);

/* When to wake though nothing happens, ms. */
uint64_t send_deadline(const struct send *g);

/* Make g ready. It is zero but for conf, queue and the clocks. */
void send_begin(struct send *g);

/* bell.c */
void bell_heard(struct send *g, const char *path, size_t n);
void bell_accept(struct send *g);
void bell_read(struct send *g, uint32_t i);

/* sites.c */
void sites_configure(struct send *g);
void sites_load(struct send *g);
void sites_save(struct send *g);

/* say.c: log lines */
void say_active(const struct send *g, const struct mail *m, uint32_t n);
void say_rcpt(struct send *g, const struct mail *m,
    const struct rcpt *r, const struct job *j, const struct report *p,
    const struct verdict *v, const char *status);
void say_order(const struct mail *m, int type);	/* R, H, U: done */

/* ctl.c */
void ctl_init(struct send *g);
unsigned int ctl_iopause(struct send *g, iopause_fd *x);
void ctl_turn(struct send *g, const iopause_fd *x, unsigned int n);
int ctl_busy(const struct send *g);

#endif
