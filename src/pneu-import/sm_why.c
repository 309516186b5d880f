#include "pneu-import/sm.h"

#include <fnmatch.h>

#define AUTH "pneu has smtpd_sasl_auth_enable and smtpd_sasl_path"
#define TLS "pneu-tls has one set of versions and ciphers"

/* The first pattern that fits counts, of the option or of the name to
 * define. The last one fits all. */
static const struct { const char *pattern; int lost; const char *why; }
whys[] = {
	{ "DontBlameSendmail", 0, "pneu refuses unsafe permissions" },
	{ "confDONT_BLAME_SENDMAIL", 0, "pneu refuses unsafe permissions" },
	{ "Timeout.*", 0, "pneu has no such time" },
	{ "confTO_*", 0, "pneu has no such time" },
	{ "PrivacyOptions", 0, "pneu's VRFY and EXPN tell nothing" },
	{ "confPRIVACY_FLAGS", 0, "pneu's VRFY and EXPN tell nothing" },
	{ "*Milter*", 1, "pneu has no milters" },
	{ "confMILTER*", 1, "pneu has no milters" },
	{ "confINPUT_MAIL_FILTERS", 1, "pneu has no milters" },
	{ "InputMailFilters", 1, "pneu has no milters" },
	{ "Auth*", 1, AUTH }, { "confAUTH*", 1, AUTH },
	{ "DefaultAuthInfo", 1, "pneu logs in where etc/sasl_passwd has a "
	    "row" },
	{ "confDEF_AUTH_INFO", 1, "pneu logs in where etc/sasl_passwd has a "
	    "row" },
	{ "CACert*", 0, "the CAs of pneu are in smtp_tls_CAfile" },
	{ "confCACERT*", 0, "the CAs of pneu are in smtp_tls_CAfile" },
	{ "Client*File", 1, "pneu shows no certificate as a client" },
	{ "confCLIENT_*", 1, "pneu shows no certificate as a client" },
	{ "CRL*", 1, TLS }, { "*SSL*", 1, TLS }, { "TLS*", 1, TLS },
	{ "Cipher*", 1, TLS }, { "DH*", 1, TLS }, { "confTLS*", 1, TLS },
	{ "ConnectionRate*", 1, "pneu counts connections at a time, not in "
	    "a time: smtpd_client_connection_count_limit" },
	{ "confCONNECTION_RATE*", 1, "pneu counts connections at a time, not "
	    "in a time: smtpd_client_connection_count_limit" },
	{ "PostmasterCopy", 1, "pneu tells of bounces that cannot be "
	    "delivered only (2bounce_notice_recipient)" },
	{ "confCOPY_ERRORS_TO", 1, "pneu tells of bounces that cannot be "
	    "delivered only (2bounce_notice_recipient)" },
	{ "UserDatabaseSpec", 1, "pneu has aliases, virtual and generic" },
	{ "confUSERDB_SPEC", 1, "pneu has aliases, virtual and generic" },
	{ "MaxHeadersLength", 0, "pneu has message_size_limit" },
	{ "MaxMimeHeaderLength", 0, "pneu does not look into messages" },
	{ "MaxDaemonChildren", 0, "see smtpd_processes and smtpd_sessions" },
	{ "confMAX_DAEMON_CHILDREN", 0,
	    "see smtpd_processes and smtpd_sessions" },
	{ "BadRcptThrottle", 0, "see smtpd_soft_error_limit" },
	{ "confBAD_RCPT_THROTTLE", 0, "see smtpd_soft_error_limit" },
	{ "MinFreeBlocks", 0, "see queue_minfree" },
	{ "confMIN_FREE_BLOCKS", 0, "see queue_minfree" },
	{ "*LA", 0, "pneu looks at memory and disk, not at the load" },
	{ "conf*_LA", 0, "pneu looks at memory and disk, not at the load" },
	{ "ServiceSwitchFile", 0, "pneu asks DNS, and the system for users" },
	{ "HostsFile", 0, "pneu asks DNS" },
	{ "conf*", 0, "of Sendmail's own working" },
	{ "LOCAL_*", 1, "pneu has its own local delivery: see "
	    "mailbox_command" },
	{ "PROCMAIL_*", 0, "see mailbox_command" },
	{ "UUCP_*", 1, "pneu has no UUCP" },
	{ "USENET_*", 1, "pneu has no such mailer" },
	{ "*", 0, "of Sendmail's own working" },
};

const char *
sm_why(const char *name, int *lost)
{
	size_t i;

	for (i = 0; fnmatch(whys[i].pattern, name, 0); i++)
		;
	*lost = whys[i].lost;
	return whys[i].why;
}
