#include "pneu-import/postfix.h"

#include <fnmatch.h>

/* The first pattern that fits counts. Nothing is lost where Postfix's own
 * parts are named, or pneu does the same without being told. */
static const struct { const char *pattern; int lost; const char *why; }
whys[] = {
	{ "compatibility_level", 0, "of Postfix's own versions" },
	{ "*_directory", 0, "where Postfix's own files are" },
	{ "mail_owner", 0, "pneu's users are in users" },
	{ "setgid_group", 0, "nothing of pneu is setgid" },
	{ "*_path", 0, "where Postfix's own files are" },
	{ "debug*", 0, "for finding faults in Postfix" },
	{ "mail_version", 0, "of Postfix's own versions" },
	{ "mail_name", 0, "pneu's name is in smtpd_banner" },
	{ "biff", 0, "pneu tells no comsat of new mail" },
	{ "append_dot_mydomain", 0, "pneu leaves a host without a dot as it "
	    "is" },
	{ "append_at_myorigin", 0, "pneu does, always" },
	{ "swap_bangpath", 0, "pneu takes a!b as it stands" },
	{ "allow_percent_hack", 0, "pneu takes a%b as it stands" },
	{ "default_database_type", 0, "pneu's tables are compiled by "
	    "pneu-conf" },
	{ "maillog_file*", 0, "pneu's log is HOME/log" },
	{ "syslog_*", 0, "pneu's log is HOME/log" },
	{ "disable_vrfy_command", 0, "pneu's VRFY tells nothing" },
	{ "strict_rfc821_envelopes", 0, "pneu takes what RFC 5321 has" },
	{ "smtpd_helo_required", 1, "pneu takes mail without a HELO" },
	{ "smtp_rcpt_timeout", 1, "pneu has smtp_mail_timeout for MAIL, RCPT "
	    "and DATA" },
	{ "smtp_data_init_timeout", 1, "pneu has smtp_mail_timeout for MAIL, "
	    "RCPT and DATA" },
	{ "smtp_data_xfer_timeout", 1, "pneu has smtp_mail_timeout for MAIL, "
	    "RCPT and DATA" },
	{ "smtp*_tls_CApath", 0, "the CAs of pneu are in smtp_tls_CAfile" },
	{ "smtpd_tls_CAfile", 0, "pneu asks its clients for no certificate" },
	{ "smtpd_tls_dcert_file", 0, "nobody has keys of DSA any more" },
	{ "smtpd_tls_*cert_file", 0, "smtpd_tls_chain_files counts" },
	{ "smtp_tls_*cert_file", 1, "pneu shows no certificate as a client" },
	{ "smtp*_tls_*_file", 0, "goes with its certificate" },
	{ "smtp*_tls_*_database", 0, "pneu-tls keeps sessions by itself" },
	{ "smtp*_tls_loglevel", 0, "pneu logs as with 1" },
	{ "smtpd_tls_received_header", 0, "pneu does, always" },
	{ "smtp_tls_*", 1, "pneu has smtp_tls_security_level and the table "
	    "tls_policy" },
	{ "smtpd_tls_*", 1, "pneu has smtpd_tls_security_level, "
	    "smtpd_tls_auth_only and smtpd_tls_chain_files" },
	{ "tls_*", 1, "pneu-tls has one set of versions and ciphers" },
	{ "lmtp_tls_*", 1, "of LMTP over TCP, too, pneu has smtp_tls_security_"
	    "level and the table tls_policy" },
	{ "smtp_use_tls", 1, "see smtp_tls_security_level" },
	{ "smtpd_use_tls", 1, "see smtpd_tls_security_level" },
	{ "smtpd_sasl_*security_options", 0, "pneu has no ANONYMOUS, and "
	    "PLAIN and LOGIN under TLS (smtpd_tls_auth_only)" },
	{ "smtpd_sasl_authenticated_header", 0, "pneu's Received line says "
	    "that somebody authenticated, not who" },
	{ "smtpd_sasl_*", 1, "pneu has smtpd_sasl_auth_enable and "
	    "smtpd_sasl_path" },
	{ "broken_sasl_auth_clients", 1, "pneu has AUTH as RFC 4954 has it" },
	{ "smtp_sasl_auth_enable", 0, "pneu logs in where etc/sasl_passwd has "
	    "a row" },
	{ "smtp_sasl_password_maps", 0, "see etc/sasl_passwd" },
	{ "smtp_sasl_*security_options", 0, "pneu says passwords under TLS "
	    "only" },
	{ "smtp_sasl_auth_soft_bounce", 0, "as pneu does" },
	{ "smtp_sender_dependent_authentication", 0, "pneu looks for the "
	    "sender in etc/sasl_passwd first, always" },
	{ "smtp_sasl_*", 1, "pneu takes SCRAM-SHA-256, PLAIN, LOGIN or, of a "
	    "token, OAUTHBEARER and XOAUTH2; passwords under TLS only" },
	{ "*milter*", 1, "pneu has no milters" },
	{ "content_filter", 1, "pneu has no content filter" },
	{ "receive_override_options", 1, "pneu has no content filter" },
	{ "*header_checks", 1, "pneu does not look into messages" },
	{ "body_checks*", 1, "pneu does not look into messages" },
	{ "mime_header_checks", 1, "pneu does not look into messages" },
	{ "postscreen_*", 1, "pneu-listen has a door of its own" },
	{ "smtpd_*_restrictions", 1, "pneu has no such check" },
	{ "smtpd_restriction_classes", 1, "pneu has no such check" },
	{ "smtpd_delay_reject", 1, "pneu has no such check" },
	{ "smtpd_proxy_*", 1, "pneu has no content filter" },
	{ "sender_dependent_*", 1, "pneu routes by recipient, not sender" },
	{ "sender_based_routing", 1, "pneu routes by recipient" },
	{ "relocated_maps", 1, "pneu has no table of people who moved: "
	    "what it refuses is unknown" },
	{ "fallback_transport*", 1, "pneu refuses mail for unknown users" },
	{ "mailbox_transport_maps", 1, "pneu has mailbox_transport only" },
	{ "mailbox_command_maps", 1, "pneu has mailbox_command only" },
	{ "soft_bounce", 1, "pneu means it when it refuses" },
	{ "notify_classes", 1, "pneu tells of bounces that cannot be "
	    "delivered only (2bounce_notice_recipient)" },
	{ "*_notice_recipient", 1, "pneu tells of bounces that cannot be "
	    "delivered only (2bounce_notice_recipient)" },
	{ "address_verify_*", 1, "pneu does not ask other hosts before it "
	    "takes mail" },
	{ "unknown_*_reject_code", 0, "pneu's replies are its own" },
	{ "*_reject_code", 0, "pneu's replies are its own" },
	{ "*_concurrency_*", 1, "pneu has default_destination_concurrency_"
	    "limit for all" },
	{ "*_recipient_limit", 1, "pneu has default_destination_recipient_"
	    "limit for all" },
	{ "max_idle", 0, "no process of pneu is started per letter" },
	{ "max_use", 0, "no process of pneu is started per letter" },
	{ "*_process_limit", 0, "no process of pneu is started per letter" },
	{ "*_rate_delay", 1, "pneu finds each site's rate by itself" },
	{ "anvil_*", 1, "pneu counts connections at a time, not in a time" },
	{ "smtpd_client_*_rate_limit", 1,
	    "pneu counts connections at a time, not in a time" },
	{ "queue_run_delay", 0, "pneu looks at each letter when it is due" },
	{ "masquerade_exceptions", 1, "pneu's masquerade_domains are for all "
	    "users" },
	{ "masquerade_classes", 1, "pneu has the classes Postfix has by "
	    "default" },
	{ "canonical_classes", 1, "pneu has the classes Postfix has by "
	    "default" },
	{ "*_canonical_classes", 1, "pneu has the classes Postfix has by "
	    "default" },
	{ "propagate_unmatched_extensions", 1, "pneu does as Postfix does by "
	    "default" },
	{ "virtual_gid_maps", 1, "pneu's virtual mailboxes have one owner" },
	{ "virtual_minimum_uid", 0, "pneu has min_uid" },
	{ "smtpd_reject_unlisted_recipient", 0, "pneu does, always" },
	{ "enable_original_recipient", 0, "pneu says Delivered-To" },
	{ "*_service_name", 0, "a part of Postfix's own" },
	{ "show_user_unknown_table_name", 0, "pneu's replies are its own" },
	{ "empty_address_*", 0, "pneu's bounces have an empty sender" },
	{ "proxy_interfaces", 1, "pneu knows its own addresses by its MX "
	    "lookups only" },
};

const char *
postfix_why(const char *name, int *lost)
{
	size_t i;

	for (i = 0; i < sizeof whys / sizeof whys[0]; i++)
		if (!fnmatch(whys[i].pattern, name, 0)) {
			*lost = whys[i].lost;
			return whys[i].why;
		}
	return 0;
}
