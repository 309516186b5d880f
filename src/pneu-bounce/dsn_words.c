#include "dsn-internal.h"

#include <string.h>

/* By the code's subject and detail, RFC 3463 section 3. */
const char *
dsn_advice(const struct verdict *v)
{
	static const struct {
		const char *code, *text;
	} *a, all[] = {
		{ ".1.1", "There is no such mailbox there. Please look for "
		    "a typing error in the address." },
		{ ".1.2", "No mail can be sent to this domain. Please look "
		    "for a typing error behind the @." },
		{ ".1.3", "The address is not written as addresses are. "
		    "Please look for a typing error." },
		{ ".1.10", "This domain says that it takes no mail. Please "
		    "look for a typing error behind the @." },
		{ ".2.1", "The mailbox takes no mail. Please reach the "
		    "recipient in another way." },
		{ ".2.2", "The mailbox is full. Please try again later, or "
		    "reach the recipient in another way." },
		{ ".2.3", "The message is too large for this mailbox. "
		    "Please send less, or send it in another way." },
		{ ".3.4", "The message is too large for the recipient's "
		    "mail system. Please send less, or send it in another "
		    "way." },
		{ ".4.4", "No mail can be sent to this domain. Please look "
		    "for a typing error behind the @." },
		{ ".4.6", "The message went round in circles. Please send "
		    "this text to the recipient's postmaster." },
		{ ".6.", "The message has a form that the recipient's mail "
		    "system cannot take. Plain text can be sent." },
		{ ".7.", "The recipient's mail system does not want this "
		    "message. If you think that it should, please send this "
		    "text to the recipient, in another way." },
		{ 0, 0 },
	};
	size_t n;

	if (v->kind != VERDICT_LATER)
		for (a = all; a->code; a++) {
			n = strlen(a->code);
			if (!strncmp(v->code + 1, a->code, n) &&
			    (a->code[n - 1] == '.' || !v->code[n + 1]))
				return a->text;
		}
	if (v->kind == VERDICT_LATER)
		return "It will not be tried any more. Please send it again "
		    "later, or reach the recipient in another way.";
	return "If you need help, please send this text to your postmaster.";
}

const struct dsn_template *
dsn_default(enum dsn_kind kind)
{
	static const struct dsn_template all[] = {
		{ "us-ascii", "Mail Delivery System <MAILER-DAEMON@$myhostname>",
		  "Undelivered Mail Returned to Sender",
		  "Undelivered Mail (its sender cannot be told)",
		  "This is the mail system at $myhostname.\n\n"
		  "Your message of $date\n"
		  "could not be delivered to $these:\n" },
		{ "us-ascii", "Mail Delivery System <MAILER-DAEMON@$myhostname>",
		  "Delayed Mail (still being retried)", "",
		  "This is the mail system at $myhostname.\n\n"
		  "This is a warning only. You do not need to send your message "
		  "again.\n\n"
		  "Your message of $date\n"
		  "has not been delivered yet to $these. It will be tried\n"
		  "until $until,\n"
		  "and you will be told if that fails:\n" },
		{ "us-ascii", "Mail Delivery System <MAILER-DAEMON@$myhostname>",
		  "Successful Mail Delivery Report", "",
		  "This is the mail system at $myhostname.\n\n"
		  "You asked to be told what has become of your message\n"
		  "of $date, to $these:\n" },
	};

	return all + kind;
}

const char dsn_double_text[] =
"This is the mail system at $myhostname.\n\n"
"A message without a sender who could be told (a notification, mostly)\n"
"of $date\n"
"could not be delivered to $these:\n";
