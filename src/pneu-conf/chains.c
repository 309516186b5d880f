/* The private keys and certificates of smtpd_tls_chain_files, as pneu-key
 * will find them. */
#include "pneu-conf/check.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "conf/slurp.h"
#include "pki/pair.h"
#include "run/service.h"

struct place_of {
	struct place p[PAIRS];
	stralloc name[PAIRS];
	unsigned int n;
};

/* What a private key lies in is not for everybody. */
static void
guard(struct all *a, const struct place *p, const char *path)
{
	struct stat st;

	if (stat(path[0] == '/' ? path : run_path(path), &st) == 0 &&
	    st.st_mode & S_IROTH)
		report_warning(&a->report, p, "smtpd_tls_chain_files: ", path,
		    ": everybody can read the private key: expected mode 0640 "
		    "or 0600");
}

/* One file. Who is not root may have no right to look: that is as it should
 * be, and told apart. */
static int
read_one(struct all *a, struct pairs *pairs, struct place_of *w)
{
	struct place *p = &w->p[w->n];
	const char *path = w->name[w->n].s, *why = 0;
	stralloc text = STRALLOC_ZERO;
	size_t keys = pairs_n(pairs);
	int r;

	errno = 0;
	r = conf_slurp(&text, path[0] == '/' ? path : run_path(path),
	    PAIR_FILE_OCTETS);
	if (r <= 0 && errno == EACCES && geteuid()) {
		report_warning(&a->report, p, "smtpd_tls_chain_files: ", path,
		    " cannot be looked at by you");
	} else if (r <= 0) {
		report_error(&a->report, p, "smtpd_tls_chain_files: unable "
		    "to read ", path, errno ? ": " : "",
		    errno ? strerror(errno) : "");
	} else if (pairs_add(pairs, w->n, text.s, text.len, &why) < 0)
		report_error(&a->report, p, "smtpd_tls_chain_files: ", path,
		    ": ", why);
	else if (pairs_n(pairs) > keys)
		guard(a, p, path);
	if (text.s)
		key_wipe(text.s, text.len);
	stralloc_free(&text);
	return r > 0 && !why;
}

static void
judge(struct all *a, const struct pairs *pairs, const struct place_of *w)
{
	int64_t now = (int64_t)time(0);
	unsigned int file;
	const char *why;
	size_t i;
	int r;

	for (i = 0; i < pairs_n(pairs); i++) {
		r = pair_check(pairs_at(pairs, i), now, &why, &file);
		if (r <= 0)
			report_add(&a->report, r == 0, &w->p[file],
			    "smtpd_tls_chain_files: ", w->name[file].s, ": ",
			    why, (const char *)0);
	}
}

void
check_chains(struct all *a)
{
	struct pairs pairs = PAIRS_ZERO;
	struct place_of w;
	size_t pos = 0, off;
	int whole = 1;

	memset(&w, 0, sizeof w);
	while (w.n < PAIRS && settings_item(&a->x,
	    CONF_smtpd_tls_chain_files, &pos, &w.name[w.n], &off)) {
		settings_place(&a->x, CONF_smtpd_tls_chain_files, off,
		    &w.p[w.n]);
		whole &= read_one(a, &pairs, &w);
		w.n++;
	}
	if (whole)	/* else nobody knows what belongs together */
		judge(a, &pairs, &w);
	while (w.n)
		stralloc_free(&w.name[--w.n]);
	pairs_free(&pairs);
}
