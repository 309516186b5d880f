#include "conf/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/value.h"
#include "tap.h"

/* A value as it stands in pneu.conf, and what it becomes; errno if it is
 * refused. NUL is shown as '|'. */
static const struct {
	enum conf_key k;
	const char *in;
	int error;
	uint64_t num;
	const char *canon;
	size_t bad;
} values[] = {
	{ CONF_smtpd_timeout, "30", 0, 30, "30|", 0 },
	{ CONF_smtpd_timeout, "30s", 0, 30, "30|", 0 },
	{ CONF_smtpd_timeout, "5m", 0, 300, "300|", 0 },
	{ CONF_smtpd_timeout, "1H", 0, 3600, "3600|", 0 },
	{ CONF_smtpd_timeout, "0", ERANGE, 0, "", 0 },
	{ CONF_smtpd_timeout, "61m", ERANGE, 0, "", 0 },
	{ CONF_smtpd_timeout, "5x", EINVAL, 0, "", 1 },
	{ CONF_smtpd_timeout, "5mm", EINVAL, 0, "", 2 },
	{ CONF_smtpd_timeout, "5 m", EINVAL, 0, "", 1 },
	{ CONF_smtpd_timeout, "", EINVAL, 0, "", 0 },
	{ CONF_smtpd_timeout, "-1", EINVAL, 0, "", 0 },
	{ CONF_smtpd_timeout, "99999999999999999999", ERANGE, 0, "", 0 },
	{ CONF_smtpd_timeout, "99999999999999999w", ERANGE, 0, "", 0 },
	{ CONF_maximal_queue_lifetime, "1w", 0, 604800, "604800|", 0 },
	{ CONF_maximal_queue_lifetime, "0", 0, 0, "0|", 0 },
	{ CONF_message_size_limit, "64k", 0, 65536, "65536|", 0 },
	{ CONF_message_size_limit, "10M", 0, 10485760, "10485760|", 0 },
	{ CONF_message_size_limit, "1t", 0, (uint64_t)1 << 40,
	    "1099511627776|", 0 },
	{ CONF_message_size_limit, "2t", ERANGE, 0, "", 0 },
	{ CONF_message_size_limit, "5d", EINVAL, 0, "", 1 },
	{ CONF_smtp_port, "65535", 0, 65535, "65535|", 0 },
	{ CONF_smtp_port, "65536", ERANGE, 0, "", 0 },
	{ CONF_smtp_port, "1k", EINVAL, 0, "", 1 },
	{ CONF_smtpd_forbid_bare_newline, "yes", 0, 1, "yes|", 0 },
	{ CONF_smtpd_forbid_bare_newline, "No", 0, 0, "no|", 0 },
	{ CONF_smtpd_forbid_bare_newline, "1", EINVAL, 0, "", 0 },
	{ CONF_backoff, "exponential", 0, 0, "exponential|", 0 },
	{ CONF_backoff, "QUADRATIC", 0, 1, "quadratic|", 0 },
	{ CONF_backoff, "quad", EINVAL, 0, "", 0 },
	{ CONF_backoff, "", EINVAL, 0, "", 0 },
	{ CONF_relayhost, "", 0, 0, "|", 0 },
	{ CONF_relayhost, "[a b]", 0, 0, "[a b]|", 0 },
	{ CONF_virtual_mailbox_base, "", ERANGE, 0, "", 0 },
	{ CONF_recipient_delimiter, "123456789", ERANGE, 0, "", 8 },
	{ CONF_relay_domains, "", 0, 0, "", 0 },
	{ CONF_relay_domains, " , ", 0, 0, "", 0 },
	{ CONF_relay_domains, "a, b\tc,,d", 0, 0, "a|b|c|d|", 0 },
	{ CONF_dns_servers, "1 2 3 4 5 6 7 8", 0, 0, "1|2|3|4|5|6|7|8|", 0 },
	{ CONF_dns_servers, "1 2 3 4 5 6 7 8 9", ERANGE, 0, "", 16 },
};

static void
check_values(void)
{
	size_t i, j, bad;
	stralloc sa = STRALLOC_ZERO;
	uint64_t num;

	for (i = 0; i < sizeof values / sizeof values[0]; i++) {
		int r;

		sa.len = 0;
		bad = 0;
		r = conf_value(values[i].k, values[i].in,
		    strlen(values[i].in), &num, &sa, &bad);
		for (j = 0; j < sa.len; j++)
			if (!sa.s[j])
				sa.s[j] = '|';
		ok(values[i].error ? r < 0 && errno == values[i].error &&
		    bad == values[i].bad : r > 0 && num == values[i].num &&
		    sa.len == strlen(values[i].canon) &&
		    !memcmp(sa.s, values[i].canon, sa.len), "%s = %s",
		    conf_settings[values[i].k].name, values[i].in);
	}
	sa.len = 0;
	ok(conf_value(CONF_relayhost, "a\0b", 3, &num, &sa, &bad) < 0 &&
	    bad == 1, "no NUL within a value");
	stralloc_free(&sa);
}

static const struct {
	const char *in, *out;	/* 0: refused */
	size_t bad;
} expands[] = {
	{ "$myhostname", "mx.test", 0 },
	{ "x ${myhostname}y $myhostname", "x mx.testy mx.test", 0 },
	{ "plain", "plain", 0 }, { "", "", 0 },
	{ "a $myhostnames", 0, 2 }, { "$", 0, 0 }, { "5$", 0, 1 },
	{ "${myhostname", 0, 0 }, { "$mydomain", 0, 0 },
};

static void
check_expand(void)
{
	stralloc sa = STRALLOC_ZERO;
	size_t i, bad;

	for (i = 0; i < sizeof expands / sizeof expands[0]; i++) {
		int r;

		sa.len = 0;
		r = conf_expand(&sa, expands[i].in, strlen(expands[i].in),
		    "mx.test", &bad);
		ok(expands[i].out ? r > 0 && sa.len == strlen(expands[i].out)
		    && !memcmp(sa.s, expands[i].out, sa.len) : r < 0 &&
		    errno == EINVAL && bad == expands[i].bad, "expand %s",
		    expands[i].in);
	}
	stralloc_free(&sa);
}

/* Every default must be a value, and be written as one that means it. */
static void
check_defaults(void)
{
	stralloc sa = STRALLOC_ZERO, w = STRALLOC_ZERO;
	uint64_t num, again;
	size_t bad;
	int k;

	ok(CONF_N <= 80, "80 settings at most: %d", CONF_N);
	for (k = 0; k < CONF_N; k++) {
		const struct conf_setting *x = conf_settings + k;
		int r;

		sa.len = w.len = 0;
		conf_expand_for((enum conf_key)k, &w, x->def, strlen(x->def),
		    "h.test", &bad);
		r = conf_value((enum conf_key)k, w.s, w.len, &num, &sa, &bad);
		if (r > 0 && x->type <= CONF_BOOL) {
			sa.len = w.len = 0;
			r = conf_write(x->type, num, &w) &&
			    conf_value((enum conf_key)k, w.s, w.len, &again,
			    &sa, &bad) > 0 && again == num;
		}
		ok(r > 0 && conf_find(x->name, strlen(x->name)) == k &&
		    *x->prose, "default of %s", x->name);
	}
	ok(conf_find("myhostnam", 9) < 0 && conf_find("", 0) < 0,
	    "unknown names are not found");
	stralloc_free(&sa);
	stralloc_free(&w);
}

static void
put(struct table_maker *m, const char *key, const char *v, size_t n)
{
	table_put(m, key, strlen(key), v, n);
}

static void
check_cdb(void)
{
	struct table_maker *m;
	struct conf c, d;
	const char *s, *v;
	size_t n;

	m = table_make("pneu.cdb", 0644);
	put(m, ":myhostname", "mx.test", 8);
	put(m, ":smtpd_timeout", "7", 2);
	put(m, ":smtp_port", "70000", 6);
	put(m, ":backoff", "quadratic", 10);
	put(m, ":relay_domains", "a.test\0B.test", 14);
	put(m, ":virtual_mailbox_domains", "", 0);
	put(m, ":no_such_setting", "x", 2);
	put(m, "routes:a.test", "[b]:25", 6);
	ok(table_done(m) == 1 && conf_open(&c, "pneu.cdb") == 1, "open");
	ok(conf_num(&c, smtpd_timeout) == 7, "a number");
	ok(conf_num(&c, smtp_port) == 25, "one out of range is the default");
	ok(conf_num(&c, backoff) == 1 &&
	    !strcmp(conf_str(&c, backoff), "quadratic"), "a word");
	ok(conf_num(&c, hopcount_limit) == 100, "a default");
	ok(!strcmp(conf_str(&c, myorigin), "mx.test"), "one made of another");
	s = conf_first(&c, CONF_mydestination);
	ok(s && !strcmp(s, "mx.test") &&
	    (s = conf_next(&c, CONF_mydestination, s)) &&
	    !strcmp(s, "localhost") &&
	    !conf_next(&c, CONF_mydestination, s), "a list made of another");
	ok(!conf_first(&c, CONF_virtual_mailbox_domains), "an empty list");
	ok(conf_has(&c, CONF_relay_domains, "A.TEST", 6) &&
	    conf_has(&c, CONF_relay_domains, "b.test", 6) &&
	    !conf_has(&c, CONF_relay_domains, "a.tes", 5) &&
	    !conf_has(&c, CONF_relay_domains, "", 0), "has");
	ok(conf_lookup(&c, "routes", "a.test", 6, &v, &n) == 1 && n == 6 &&
	    !memcmp(v, "[b]:25", 6), "lookup");
	ok(conf_lookup(&c, "routes", "b.test", 6, &v, &n) == 0 &&
	    conf_lookup(&c, "routes", v, 5000, &v, &n) == 0, "absent");
	conf_close(&c);

	ok(conf_open(&d, "none") < 0 && errno == ENOENT, "no cdb");
	ok(conf_open(&d, 0) == 1 && conf_num(&d, smtpd_timeout) == 300 &&
	    strchr(conf_str(&d, myhostname), '.') &&
	    conf_lookup(&d, "routes", "a", 1, &v, &n) == 0,
	    "all defaults");
	conf_close(&d);
}

/* A list that is long is looked up by rows. */
static void
check_long(void)
{
	stralloc sa = STRALLOC_ZERO;
	struct table_maker *m = table_make("long.cdb", 0644);
	struct conf c;
	char item[64];
	int i, n;

	for (i = 0; i < 2000; i++) {
		n = snprintf(item, sizeof item, "d%d.Test", i);
		stralloc_catb(&sa, item, (size_t)n + 1);
		n = snprintf(item, sizeof item, "relay_domains:d%d.test", i);
		table_put(m, item, (size_t)n, "", 0);
	}
	table_put(m, ":relay_domains", 14, sa.s, sa.len);
	ok(table_done(m) == 1 && conf_open(&c, "long.cdb") == 1 &&
	    conf_has(&c, CONF_relay_domains, "D1999.test", 10) &&
	    !conf_has(&c, CONF_relay_domains, "d2000.test", 10),
	    "a long list");
	conf_close(&c);
	stralloc_free(&sa);
}

int
main(void)
{
	char dir[] = "/tmp/conf_test.XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) < 0)
		return 111;
	check_values();
	check_expand();
	check_defaults();
	check_cdb();
	check_long();
	unlink("pneu.cdb");
	unlink("long.cdb");
	if (chdir("/") == 0)
		rmdir(dir);
	return tap_end();
}
