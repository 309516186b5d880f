#ifndef ALIAS_STEP_H
#define ALIAS_STEP_H

#include <stddef.h>

#include "mail/address.h"

/* One step of an address through the tables virtual and aliases, decided
 * from settings and facts that are looked up through functions. No I/O of
 * its own. */

#define STEP_SPLITS 8		/* delimiters of an address looked at: each
				 * may cost a search through all users */
#define STEP_USER_OCTETS 64	/* longer names are no user's */
#define STEP_KEY_OCTETS (ADDRESS_PATH_OCTETS + ADDRESS_DOMAIN_OCTETS + 2)

struct facts {
	const char *origin;	/* domain of addresses that have none */
	const char *delimiters;	/* recipient_delimiter */

	/* Whose domain, or [address], it is (lower case): enum
	 * route_class. */
	char (*domain)(void *x, const char *domain, size_t n);

	/* Does mail reach a system user of this name? 1, 0, or -1: that
	 * cannot be told now. */
	int (*user)(void *x, const char *name);

	/* As conf_lookup. The values of aliases and virtual are texts of
	 * targets (wire/route.h) divided by newlines. */
	int (*lookup)(void *x, const char *table, const char *key,
	    size_t keylen, const char **v, size_t *n);
	void *x;
};

/* An address, and how the tables want it: local part as it is meant, without
 * quotes (RFC 5321 4.1.2: it is the same mailbox), both in lower case. */
struct step_addr {
	struct address a;	/* canonical, with a domain unless it is
				 * postmaster's alone */
	char local[ADDRESS_PATH_OCTETS + 1];
	size_t locallen;
	char domain[ADDRESS_DOMAIN_OCTETS + 1];
	size_t domainlen;
	char class;		/* enum route_class */
};

enum step_kind {
	STEP_ON,		/* no step: goes on by its domain */
	STEP_ROW,		/* a row of a table: v */
	STEP_USER,		/* local, a system user */
	STEP_ADMIN,		/* local, no user: admin_mailbox's */
	STEP_NONE,		/* local, and nobody */
	STEP_LATER,		/* the tables cannot be read now */
	STEP_LATER_USERS	/* users cannot be told now */
};

struct step {
	enum step_kind kind;
	const char *v;		/* ROW: in the table's storage */
	size_t n;
	const char *table;	/* ROW: aliases or virtual */
	char key[STEP_KEY_OCTETS + 1];	/* ROW: where it was found; USER and
					 * ADMIN: the name */
	size_t at;		/* octets of the local part that were looked
				 * up; a delimiter and the extension follow */
	int rest;		/* ROW: the key is @domain */
};

/* Take over s[0..n), in canonical spelling or not. One without a domain gets
 * the origin's, but for postmaster (RFC 5321 4.5.1). Returns 1, or -1 if it
 * is no address. */
int step_addr(struct step_addr *x, const char *s, size_t n,
    const struct facts *f);

/* What does the address become? not: tables that are passed over, or'ed. */
#define STEP_NOVIRTUAL 1
#define STEP_NOALIASES 2	/* users only */
void step(struct step *st, const struct step_addr *x, int not,
    const struct facts *f);

/* The targets of a row, one after another: *pos is 0 at first. Returns 1, or
 * 0 at the end. */
int step_target(const struct step *st, size_t *pos, const char **s, size_t *n);

/* The address that x becomes by the target s[0..n), an address, of its row:
 * where the row is a domain's, * is x's local part; from virtual, an
 * extension that was not looked up goes along. Returns 1, -1 if that is no
 * address. */
int step_to(struct step_addr *to, const struct step_addr *x,
    const struct step *st, const char *s, size_t n, const struct facts *f);

/* 1 if to, from x's row, is x itself: the row's name within its own list. */
int step_isself(const struct step_addr *to, const struct step_addr *x,
    const struct step *st);

/* The ways to divide a local part into a name and an extension: undivided
 * first, then at each of the first STEP_SPLITS delimiters, the last of them
 * first, so that a name with a '-' in it is found before a shorter one.
 * owner-NAME and NAME-request are not divided at a '-'. *at is the length of
 * the name; start with 0. Returns 0 at the end. */
int step_split(const struct step_addr *x, const char *delimiters, size_t *at);

/* Ask table for the address as virtual(5) does: user+ext@domain,
 * user@domain; if the domain is ours user+ext, user; then @domain and
 * @.parent. Returns 1 with st->v, 0 if there is none, -1 if the table cannot
 * be read now. */
int step_lookup(struct step *st, const struct step_addr *x, const char *table,
    const struct facts *f);

/* An address map, as canonical: asks table for the address (not: without its
 * extension, too), for the local part alone if the domain is ours, and for
 * @domain. Puts what it becomes in *to. Returns 1, 0 if it stays, -1 if the
 * table cannot be read now. */
int step_map(struct step_addr *to, const struct step_addr *x,
    const char *table, const struct facts *f);

#endif
