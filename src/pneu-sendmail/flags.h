#ifndef PNEU_SENDMAIL_FLAGS_H
#define PNEU_SENDMAIL_FLAGS_H

/* The command line of sendmail(1), as Sendmail's and Postfix's callers write
 * it: one table in flags.c, a row a flag. No I/O. doc/COMPAT has what each
 * flag means to whom. */

#define FLAGS_ENVID_OCTETS 100	/* RFC 3461 section 4.4 */
#define FLAGS_QUEUE 6		/* -q[!]I, -q[!]R, -q[!]S at a time */

enum mode {
	MODE_DELIVER,		/* -bm, -ba */
	MODE_SMTP,		/* -bs */
	MODE_VERIFY,		/* -bv */
	MODE_TEST,		/* -bt */
	MODE_MAILQ,		/* -bp, mailq */
	MODE_COUNT,		/* -bP */
	MODE_NEWALIASES,	/* -bi, -I, newaliases */
	MODE_CHECK,		/* -bC */
	MODE_FLUSH,		/* -q, -qf, runq; -qI, -qR, -qS: some */
	MODE_DAEMON,		/* -bd, -bD, -bl */
	MODE_NOTHING		/* -bh, -bH, -q30m: say nothing, exit 0 */
};

/* Which letters of the queue: those that have text, or with no those that
 * do not, in the id 'I', a recipient 'R', the sender 'S'. */
struct flags_queue {
	char what, no;
	const char *text;
};

struct flags {
	enum mode mode;
	int nodot;		/* -i: a lone dot is not the end */
	int collect;		/* -t */
	int keep;		/* -G */
	int quiet;		/* -eq: errors are not said */
	int utf8;		/* -U: the header may be UTF-8 */
	int verbose;		/* -v: say how the letter fares */
	int json;		/* postqueue -j */
	unsigned int hops;	/* -h */
	const char *sender;	/* -f, -r */
	const char *name;	/* -F */
	const char *type;	/* -B */
	const char *notify;	/* -N, as RFC 3461 writes it */
	const char *ret;	/* -R */
	const char *envid;	/* -V, as xtext (RFC 3461 section 4) */
	const char *config;	/* -C */
	const char *aliases;	/* -oA */
	struct flags_queue queue[FLAGS_QUEUE];
	unsigned int nqueue;
	int interval;		/* -q30m, -qp */
	char notifies[32];	/* storage of notify */
	char envids[FLAGS_ENVID_OCTETS + 1];	/* and of envid */
	const char *warning;	/* something passed over, or 0 */
	char error[200];	/* what is wrong, if flags_scan says so */
};

/* Parse the arguments. argv[0] says what we are called: mailq, newaliases,
 * runq, smtpd, hoststat and purgestat are modes, postqueue has flags of its
 * own. Flags end at the first argument that is none, or behind "--".
 * Returns the index of the first recipient, or -1 with f->error. */
int flags_scan(struct flags *f, int argc, char *const *argv);

#endif
