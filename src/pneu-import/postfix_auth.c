/* Certificates and passwords of Postfix: what takes several of its
 * parameters together. */
#include "pneu-import/postfix.h"

#include <string.h>
#include <unistd.h>

/* A parameter that is there, and dealt with from now on; else 0. */
static struct param *
take(struct postfix *x, const char *name)
{
	struct param *p = maincf_param(&x->m, name);

	if (p)
		p->done = 1;
	return p;
}

static int
isthere(const struct postfix *x, const char *path)
{
	return access(source_path(x->m.src, path), F_OK) == 0;
}

/* A key and its certificates, in the order of smtpd_tls_chain_files. */
static void
pair(struct postfix *x, const char *cert, const char *key, genalloc *files)
{
	struct param *p = take(x, cert), *q = take(x, key);
	const char *c = maincf_value(&x->m, cert);
	const char *k = q ? maincf_value(&x->m, key) : c;

	if (!p || !*c || !strcmp(c, "none"))
		return;
	if (!isthere(x, c) || !isthere(x, k)) {
		plan_lost(x->m.plan, &p->at, 0, str_cat(isthere(x, c) ? k : c,
		    " is not there: smtpd_tls_chain_files would have it"));
		return;
	}
	str_addword(files, k, &p->at);
	if (strcmp(k, c))
		str_addword(files, c, &p->at);
}

static void
server_keys(struct postfix *x)
{
	genalloc files = GENALLOC_ZERO;

	if (maincf_param(&x->m, "smtpd_tls_chain_files"))
		return;		/* which counts alone, and is one of ours */
	pair(x, "smtpd_tls_eccert_file", "smtpd_tls_eckey_file", &files);
	pair(x, "smtpd_tls_cert_file", "smtpd_tls_key_file", &files);
	if (genalloc_len(struct word, &files))
		plan_set(x->m.plan, "smtpd_tls_chain_files",
		    str_joinwords(&files),
		    &genalloc_s(struct word, &files)[0].at);
}

/* Dovecot's socket is asked as Postfix asks it; Cyrus' library is not. */
static void
server_passwords(struct postfix *x)
{
	struct param *type = take(x, "smtpd_sasl_type");
	struct param *path = take(x, "smtpd_sasl_path"), *p;
	const char *v = maincf_value(&x->m, "smtpd_sasl_path");

	p = path ? path : type;
	if (!p)
		p = maincf_param(&x->m, "smtpd_sasl_auth_enable");
	if (!p || strcmp(maincf_value(&x->m, "smtpd_sasl_auth_enable"), "yes"))
		return;
	if (!type || strcmp(maincf_value(&x->m, "smtpd_sasl_type"),
	    "dovecot") || str_starts(v, "inet:") || !*v) {
		plan_lost(x->m.plan, &p->at, 0, "pneu asks Dovecot, by its "
		    "Unix socket, or a program (smtpd_sasl_path), or has "
		    "passwords of its own (pneu-passwd)");
		return;
	}
	if (str_starts(v, "unix:"))
		v += strlen("unix:");
	if (*v != '/')
		v = str_cat(maincf_value(&x->m, "queue_directory"), "/", v);
	if (plan_set(x->m.plan, "smtpd_sasl_path", str_cat("unix:", v),
	    &p->at))
		plan_tell(x->m.plan, &p->at, 0, "Dovecot is to let pneuc in "
		    "there (unix_listener)");
}

void
postfix_auth(struct postfix *x)
{
	server_keys(x);
	server_passwords(x);
}
