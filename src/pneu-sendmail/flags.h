#ifndef PNEU_SENDMAIL_FLAGS_H
#define PNEU_SENDMAIL_FLAGS_H

/* The command line of sendmail(1), as Sendmail's and Postfix's callers write
 * it: one table in flags.c, a row a flag. No I/O. */

enum mode {
	MODE_DELIVER,		/* -bm */
	MODE_MAILQ,		/* -bp, mailq */
	MODE_NEWALIASES,	/* -bi, -I, newaliases */
	MODE_FLUSH,		/* -q; -qI and -qR with id or site */
	MODE_NOTHING		/* -bh, -bH, -q30m: say nothing, exit 0 */
};

struct flags {
	enum mode mode;
	int nodot;		/* -i: a lone dot is not the end */
	int collect;		/* -t */
	int keep;		/* -G */
	const char *sender;	/* -f, -r */
	const char *name;	/* -F */
	const char *type;	/* -B */
	const char *notify;	/* -N, as RFC 3461 writes it */
	const char *ret;	/* -R */
	const char *envid;	/* -V */
	const char *id, *site;	/* -qI, -qR */
	char notifies[32];	/* storage of notify */
	const char *warning;	/* something passed over, or 0 */
	char error[160];	/* what is wrong, if flags_scan says so */
};

/* Parse the arguments. argv[0] says what we are called: mailq and newaliases
 * are modes. Flags end at the first argument that is none, or behind "--".
 * Returns the index of the first recipient, or -1 with f->error. */
int flags_scan(struct flags *f, int argc, char *const *argv);

#endif
