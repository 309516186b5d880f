#include "pneu-conf/pneu-conf.h"

#include <string.h>
#include <skalibs/buffer.h>
#include <skalibs/strerr.h>

static const char head[] =
".\\\" Made by pneu-conf -M from src/conf/settings.h: do not edit.\n"
".Dd November 22, 2026\n"
".Dt PNEU.CONF 5\n"
".Os\n"
".Sh NAME\n"
".Nm pneu.conf\n"
".Nd settings of the pneu mail transfer agent\n"
".Sh DESCRIPTION\n"
".Pa HOME/etc/pneu.conf\n"
"holds the settings of pneu, one a line:\n"
".Pp\n"
".Dl name = value\n"
".Pp\n"
"A line that begins with white space continues the one before it.\n"
"Empty lines, and lines whose first character is\n"
".Ql # ,\n"
"are passed over.\n"
"Of a setting that is said twice the last one counts.\n"
".Ql $myhostname\n"
"in a value stands for that setting.\n"
"A line\n"
".Ql include FILE\n"
"reads another file at this place, from the folder of this one.\n"
".Pp\n"
"Nothing changes before\n"
".Xr pneu-conf 8\n"
"has checked and compiled it.\n"
"Names are those of Postfix where it has the setting.\n"
"Times are written 30, 30s, 5m, 4h, 5d or 1w; sizes 10240000, 64k, 10m or\n"
"1g.\n"
"Items of a list are divided by spaces or commas.\n"
"In lists of domains,\n"
".Ql .example.org\n"
"stands for those below example.org.\n"
".Sh SETTINGS\n"
".Bl -tag -width Ds\n";

static const char tail[] =
".El\n"
".Sh TABLES\n"
"Beside this file, with the same comments and continued lines, a key, white\n"
"space and a value a line; keys without regard to case.\n"
".Bl -tag -width Ds\n"
".It Pa routes\n"
"A domain,\n"
".Ql .domain\n"
"for those below it, or\n"
".Ql *\n"
"for all others, and the next hop of its mail:\n"
".Ql host\n"
"(its mail exchangers),\n"
".Ql [host] ,\n"
".Ql [address] ,\n"
"each with\n"
".Ql :port\n"
"or not, and\n"
".Ql smtp:\n"
"before it or not;\n"
".Ql lmtp:unix:/path\n"
"or\n"
".Ql lmtp:inet:host:port\n"
"for an LMTP server;\n"
".Ql \\&:\n"
"for the mail exchangers of the domain or relayhost,\n"
".Ql error:5.7.1 text\n"
"to refuse, or\n"
".Ql retry:4.7.1 text\n"
"to put it off.\n"
".It Pa virtual\n"
"An address,\n"
".Ql @domain\n"
"for the rest of a domain or\n"
".Ql @.domain\n"
"for those below it, or a name alone for that name at our own domains; and\n"
"targets as in\n"
".Xr pneu-aliases 5 ,\n"
"divided by commas, which are looked up again.\n"
"Asked for every recipient, whatever his domain.\n"
"Where the key is of a whole domain,\n"
".Ql *\n"
"in a target is the local part asked for, and\n"
".Ql @other\n"
"is\n"
".Ql *@other ;\n"
"else an extension that the key has not goes along.\n"
"A domain as key, with any text, is as if it were in virtual_alias_domains.\n"
".It Pa canonical , recipient_canonical , sender_canonical , generic\n"
"Keys as in\n"
".Pa virtual ,\n"
"and one address, or\n"
".Ql @domain ,\n"
"each: what an address becomes, once.\n"
"Recipients by\n"
".Pa recipient_canonical ,\n"
"then by\n"
".Pa canonical ,\n"
"before\n"
".Pa virtual\n"
"is asked; senders, and addresses in headers, where letters come in: by\n"
".Pa sender_canonical\n"
"or\n"
".Pa recipient_canonical ,\n"
"then\n"
".Pa canonical ,\n"
"then masquerade_domains.\n"
"Where letters leave by SMTP,\n"
".Pa generic\n"
"for all addresses.\n"
"Headers that come in are those of callers of this host and clients of\n"
"mynetworks only.\n"
".It Pa senders\n"
"Who may send as whom, of those who authenticate: the user, and addresses,\n"
".Li @domain ,\n"
"or\n"
".Li *\n"
"for any; an address is also its own with +extension.\n"
"With this table a user without a row may send as his own name only; without\n"
"it, all as anybody.\n"
".It Pa bcc\n"
"Who gets a copy of letters: lines\n"
".Ql always ADDRESS ,\n"
".Ql sender KEY ADDRESS\n"
"and\n"
".Ql recipient KEY ADDRESS ,\n"
"keys as in\n"
".Pa virtual ,\n"
"several lines of a key or not.\n"
"Asked when a letter comes, of the addresses as they came; bounces, and what\n"
"lists and forwarding make of a letter, give no further copies.\n"
"A copy that cannot be delivered is not told of.\n"
".It Pa sasl_passwd\n"
"Our logins at other hosts, by sender, host or next hop: see\n"
".Xr pneu-remote 8 .\n"
"The only one that is not compiled: it has passwords, so nobody but\n"
"pneu-remote may read it (mode 0640, owner root, group pneur).\n"
".It Pa tls_policy\n"
"A destination of mail by SMTP as\n"
".Pa routes\n"
"has it (a domain,\n"
".Ql .domain\n"
"for those below it,\n"
".Ql [host] ,\n"
".Ql [address] ,\n"
"each but\n"
".Ql .domain\n"
"with\n"
".Ql :port\n"
"or not), a level of smtp_tls_security_level or\n"
".Ql fingerprint ,\n"
"and for some\n"
".Ql match= ;\n"
"see\n"
".Xr pneu-remote 8 .\n"
".It Pa virtual_mailboxes\n"
"An address, or\n"
".Ql @domain\n"
"for the rest of a domain of virtual_mailbox_domains, and its Maildir below\n"
"virtual_mailbox_base.\n"
".It Pa relay_recipients\n"
"An address, or\n"
".Ql @domain\n"
"for all of a domain of relay_domains; a value is not needed.\n"
"Domains without a row take all recipients.\n"
".El\n"
".Sh FILES\n"
".Bl -tag -width Ds\n"
".It Pa HOME/etc/pneu.cdb\n"
"What is in force, compiled.\n"
".El\n"
".Sh EXAMPLES\n"
"A null client, all of whose mail goes to a smarthost:\n"
".Bd -literal -offset indent\n"
"mydestination =\n"
"relayhost = [mail.example.org]\n"
".Ed\n"
".Pp\n"
"A small server for example.org:\n"
".Bd -literal -offset indent\n"
"myhostname = mail.example.org\n"
"mydestination = example.org $myhostname localhost\n"
".Ed\n"
".Pp\n"
"A relay (backup MX) for example.net:\n"
".Bd -literal -offset indent\n"
"relay_domains = example.net\n"
".Ed\n"
".Pp\n"
"Rows of\n"
".Pa virtual :\n"
"an address, the rest of its domain, a whole domain that has moved, and\n"
"(qmail's virtualdomains) one that belongs to the user bob:\n"
".Bd -literal -offset indent\n"
"info@example.net    ann, bob@example.com\n"
"@example.net        postmaster\n"
"@old.example        @example.org\n"
"@bobs.example       bob-*\n"
".Ed\n"
".Sh SEE ALSO\n"
".Xr pneu-aliases 5 ,\n"
".Xr pneu-conf 8\n";

static void
cats(stralloc *sa, const char *s)
{
	if (!stralloc_cats(sa, s))
		report_nomem();
}

/* Text for mdoc: a backslash is escaped; a sentence or a clause ends its
 * line, so that no full stop stands within one. */
static void
prose(stralloc *sa, const char *s)
{
	size_t i;

	for (i = 0; s[i]; i++) {
		char c = s[i];

		if (!i && c >= 'a' && c <= 'z')
			c -= 32;
		if (c == '\\')
			cats(sa, "\\e");
		else if (!stralloc_append(sa, c))
			report_nomem();
		if (c == '.' && s[i + 1] == ' ') {
			cats(sa, "\n");
			i++;
		}
	}
	if (s[0] && s[i - 1] != '.')
		cats(sa, ".");
	cats(sa, "\n");
}

static void
row(stralloc *sa, enum conf_key k)
{
	const struct conf_setting *x = conf_settings + k;

	cats(sa, ".It Sy ");
	cats(sa, x->name);
	if (*x->def) {
		cats(sa, " Pq default: Ql ");
		cats(sa, strchr(x->def, ' ') ? "\"" : "");
		cats(sa, x->def);
		cats(sa, strchr(x->def, ' ') ? "\"" : "");
	}
	cats(sa, "\n");
	prose(sa, x->prose);
	if (x->type == CONF_LIST || x->type == CONF_STRING ||
	    x->type == CONF_TEXT) {
		if (*x->unit) {
			cats(sa, x->type == CONF_LIST ? "A list: " :
			    "Expected: ");
			cats(sa, x->unit);
			cats(sa, ".\n");
		}
		return;
	}
	cats(sa, "Expected: ");
	if (!conf_expected(k, sa))
		report_nomem();
	if (x->type == CONF_NUMBER && *x->unit) {
		cats(sa, " (");
		cats(sa, x->unit);
		cats(sa, ")");
	}
	cats(sa, ".\n");
}

void
man(void)
{
	stralloc sa = STRALLOC_ZERO;
	int k;

	cats(&sa, head);
	for (k = 0; k < CONF_N; k++)
		row(&sa, (enum conf_key)k);
	cats(&sa, tail);
	if (buffer_put(buffer_1, sa.s, sa.len) < 0 || !buffer_flush(buffer_1))
		strerr_diefusys(111, "write to standard output");
	stralloc_free(&sa);
}
