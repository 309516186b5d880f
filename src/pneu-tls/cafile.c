#include "pneu-tls/tls.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <skalibs/djbunix.h>

#include "run/log.h"
#include "run/service.h"

#define FILE_OCTETS (4u << 20)

/* The directory: a file that is replaced is another one. */
void
cafile_grant(struct tls *m)
{
	char dir[4096];
	char *slash;

	snprintf(dir, sizeof dir, "%s", conf_str(&m->conf, smtp_tls_CAfile));
	slash = strrchr(dir, '/');
	if (!slash)
		return;
	slash[slash == dir] = 0;
	run_grant(dir);
}

void
cafile_load(struct tls *m)
{
	const char *path = conf_str(&m->conf, smtp_tls_CAfile);
	stralloc sa = STRALLOC_ZERO;
	struct x509_anchors t = { 0, 0 };

	if (!*path) {
		x509_anchors_free(&m->anchors);
		return;
	}
	if (!openslurpclose(&sa, path) || sa.len > FILE_OCTETS ||
	    x509_anchors_add(&t, sa.s, sa.len) < 0) {
		log_warnsys("unable to read smtp_tls_CAfile ", path);
		x509_anchors_free(&t);
	} else {
		if (!t.n)
			log_warn("smtp_tls_CAfile ", path,
			    ": no certificate in it");
		x509_anchors_free(&m->anchors);
		m->anchors = t;
	}
	stralloc_free(&sa);
}
