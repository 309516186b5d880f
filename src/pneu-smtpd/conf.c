#include "pneu-smtpd/smtpd.h"

#include <string.h>
#include <skalibs/ip46.h>

#include "conf/net.h"

void
smtpd_conf(struct smtpd *m)
{
	struct conf *c = &m->conf;
	struct session_conf *s = &m->sc;
	uint64_t share;

	s->name = conf_str(c, myhostname);
	s->origin = conf_str(c, myorigin);
	s->banner = conf_str(c, smtpd_banner);
	s->size = conf_num(c, message_size_limit);
	s->hops = (unsigned int)conf_num(c, hopcount_limit);
	s->rcpts = (unsigned int)conf_num(c, smtpd_recipient_limit);
	s->soft = (unsigned int)conf_num(c, smtpd_soft_error_limit);
	s->hard = (unsigned int)conf_num(c, smtpd_hard_error_limit);
	s->sleep_ms = 1000 *
	    (unsigned int)conf_num(c, smtpd_error_sleep_time);
	s->timeout_ms = 1000 * (unsigned int)conf_num(c, smtpd_timeout);
	s->utf8 = conf_num(c, smtputf8_enable) != 0;
	s->forbid_lf = conf_num(c, smtpd_forbid_bare_newline) != 0;

	/* without certificates there is nothing to ask pneu-tls for */
	s->tls = (int)conf_num(c, smtpd_tls_security_level);
	m->hastls = s->tls != SESSION_TLS_NONE &&
	    conf_first(c, CONF_smtpd_tls_chain_files) != 0;

	s->etrn = conf_first(c, CONF_relay_domains) != 0;
	auth_conf(m);
	rewrite_init(&m->rewrite, c);
	s->map = rewrite_incoming(&m->rewrite) ? rewrite_header_in : 0;
	s->mapx = &m->rewrite;

	/* pneu-queue has a worker for each connection: one is left for
	 * bounces, the others are shared by the processes like us */
	share = (conf_num(c, intake_workers) - 1) /
	    conf_num(c, smtpd_processes);
	m->maxways = share < 1 ? 1 : share > SMTPD_WAYS ? SMTPD_WAYS :
	    (unsigned int)share;
}

unsigned int
smtpd_rights(const struct smtpd *m, const char *peer)
{
	unsigned int rights = 0;
	const unsigned char *p;
	ip46 ip;

	if (ip46_scan(peer, &ip) != strlen(peer))
		return 0;
	p = (const unsigned char *)ip.ip;
	if (conf_innets(&m->conf, CONF_mynetworks, p, ip46_is6(&ip)))
		rights |= SESSION_LOCAL | (!strncmp(peer, "127.", 4) ||
		    !strcmp(peer, "::1") ? SESSION_HERE : 0);
	if (conf_innets(&m->conf, CONF_smtpd_authorized_xclient_hosts, p,
	    ip46_is6(&ip)))
		rights |= SESSION_XCLIENT;
	return rights;
}
