#ifndef PNEU_ALIAS_ALIAS_H
#define PNEU_ALIAS_ALIAS_H

#include <time.h>
#include <skalibs/genalloc.h>
#include <skalibs/iopause.h>
#include <skalibs/tai.h>

#include "conf/conf.h"
#include "decide.h"
#include "expand.h"
#include "run/stream.h"
#include "users.h"

#define CLIENTS 128		/* connections: smtpd_processes, pneu-send,
				 * pneu-forward */
#define TABLES 4		/* that most instances have none of */
#define SOURCES 16		/* files that the aliases are compiled from */
#define STALE_S 10		/* between looks at them */

struct client {
	struct stream s;
	int waits;		/* for its turn to ask for a list */
};

struct alias {
	struct conf conf;
	struct users users;
	struct setup setup;
	int has[TABLES];
	struct decision decision;
	genalloc own;		/* addresses of this host: ip46 */
	uint64_t now;		/* seconds since the start */
	tain began;
	int listen, signals;
	size_t n;
	struct client clients[CLIENTS];
	iopause_fd x[2 + CLIENTS];

	/* One list at a time. */
	struct expand expand;
	struct decision listing;
	int lister;		/* whose: the descriptor; -1: nobody */
	uint32_t listtag;

	/* Sources that are not as they were compiled. */
	uint64_t looked;
	struct timespec stale[SOURCES];
	stralloc granted;	/* directories of list files in the jail */
};

/* Take over the settings in force: after run_init and each run_reload. */
void facts_settle(struct alias *a);

/* Do what the client asks, as far as that is possible now. Returns 0 when
 * the connection is over. */
int ask_serve(struct alias *a, struct client *c, short revents);

/* What to wait for. */
short ask_events(const struct alias *a, const struct client *c);

/* The client is going, or the tables are: its list ends. */
void ask_over(struct alias *a, struct client *c);

/* Look at the sources, now and then; say which has changed since. Returns 1
 * if they are to be compiled anew by a new start of ours, else 0. */
int stale_look(struct alias *a);

/* While still root: compile the aliases anew if a setting says so and a
 * source has changed. */
void stale_compile(struct alias *a);

/* Before the jail: the directories of list files are to be read in it. */
void stale_grant(struct alias *a);

/* Does the jail lack one of them by now? */
int stale_lacks(const struct alias *a);

/* Say on descriptor 1 where mail for each of addrs would go, up to a null
 * pointer. Returns what to exit with: 100 if there is one that it would not
 * reach, 111 if that cannot be told of one now, else 0. */
int tell_all(struct alias *a, char *const *addrs);

#endif
