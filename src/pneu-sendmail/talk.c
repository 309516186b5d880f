#include "pneu-sendmail/talk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "smtp/command.h"
#include "smtp/reply.h"

#define TEXT_OCTETS 1024	/* of a reply */

/* A reply of the strings up to a null pointer. */
static void
reply(struct talk *t, unsigned int code, const char *dsn, ...)
{
	char text[TEXT_OCTETS];
	const char *s;
	size_t n = 0;
	va_list ap;

	va_start(ap, dsn);
	while ((s = va_arg(ap, const char *)))
		n += (size_t)snprintf(text + n, sizeof text - n, "%.*s",
		    (int)(sizeof text - 1 - n), s);
	va_end(ap);
	if (!smtp_reply_put(&t->out, code, dsn, text, n))
		t->nomem = 1;
	t->errors += code >= 500;
}
#define say(t, code, dsn, ...) reply(t, code, dsn, __VA_ARGS__, (char *)0)

static void
reset(struct talk *t)
{
	t->inmail = 0;
	t->sender.len = t->envid.len = 0;
	t->body = t->ret = 0;
	rcpts_free(&t->rcpts);
}

void
talk_init(struct talk *t)
{
	say(t, 220, 0, t->name, " ", t->banner);
}

static void
hello(struct talk *t, int extended)
{
	char size[40] = "SIZE";

	reset(t);
	if (!extended) {
		say(t, 250, 0, t->name);
		return;
	}
	if (t->size)
		snprintf(size, sizeof size, "SIZE %" PRIu64, t->size);
	say(t, 250, 0, t->name, "\nPIPELINING\n", size,
	    "\n8BITMIME\nENHANCEDSTATUSCODES\nDSN\nHELP");
}

static void
refuse_path(struct talk *t, int mail, const struct smtp_path *p, int e)
{
	const char *dsn, *text;
	unsigned int code;

	text = smtp_path_refusal(e, mail, &code, &dsn);
	say(t, code, dsn, text, text[strlen(text) - 1] == ' ' ? p->word : "");
}

static void
do_mail(struct talk *t, const char *s, size_t n)
{
	struct smtp_path p;
	int r = smtp_path_scan(&p, 1, s, n);

	if (t->inmail) {
		say(t, 503, "5.5.1", "Error: nested MAIL command");
		return;
	}
	if (r < 0) {
		refuse_path(t, 1, &p, r);
		return;
	}
	if (t->size && p.size > t->size) {
		say(t, 552, "5.3.4", "Message size exceeds fixed limit");
		return;
	}
	reset(t);
	t->body = p.body;
	t->ret = p.ret;
	t->inmail = 1;
	if (p.envid && (!stralloc_catb(&t->envid, p.envid, p.envidlen) ||
	    !stralloc_0(&t->envid)))
		t->nomem = 1;
	if (!stralloc_cats(&t->sender, p.addr.s) ||
	    (p.addr.len && p.addr.at == p.addr.len &&
	    (!stralloc_append(&t->sender, '@') ||
	    !stralloc_cats(&t->sender, t->origin))) ||
	    !stralloc_0(&t->sender))
		t->nomem = 1;
	say(t, 250, "2.1.0", "Ok");
}

static void
do_rcpt(struct talk *t, const char *s, size_t n)
{
	struct smtp_path p;
	int r = smtp_path_scan(&p, 0, s, n);

	if (!t->inmail)
		say(t, 503, "5.5.1", "Error: need MAIL command");
	else if (r < 0)
		refuse_path(t, 0, &p, r);
	else if (!p.addr.len)
		refuse_path(t, 0, &p, ADDRESS_SYNTAX);
	else if (rcpts_adddsn(&t->rcpts, p.addr.s, p.addr.at == p.addr.len ?
	    t->origin : 0, p.notify, p.orcpt, p.orcptlen))
		say(t, 250, "2.1.5", "Ok");
	else if (errno == E2BIG)
		say(t, 452, "4.5.3", "Error: too many recipients");
	else
		t->nomem = 1;
}

static enum talk_next
do_data(struct talk *t)
{
	if (!t->inmail)
		say(t, 503, "5.5.1", "Error: need MAIL command");
	else if (!rcpts_len(&t->rcpts))
		say(t, 554, "5.5.1", "Error: no valid recipients");
	else {
		say(t, 354, 0, "End data with <CR><LF>.<CR><LF>");
		return TALK_MESSAGE;
	}
	return TALK_MORE;
}

static enum talk_next
run(struct talk *t, enum smtp_verb verb, const char *arg, size_t n)
{
	switch (verb) {
	case SMTP_HELO:
	case SMTP_EHLO:
		hello(t, verb == SMTP_EHLO);
		break;
	case SMTP_MAIL: do_mail(t, arg, n); break;
	case SMTP_RCPT: do_rcpt(t, arg, n); break;
	case SMTP_DATA: return do_data(t);
	case SMTP_RSET:
		reset(t);
		/* fall through */
	case SMTP_NOOP: say(t, 250, "2.0.0", "Ok"); break;
	case SMTP_VRFY:
		say(t, 252, "2.0.0", "Send some mail, and it is tried");
		break;
	case SMTP_HELP:
		say(t, 214, "2.0.0", "Commands: HELO EHLO MAIL RCPT DATA "
		    "RSET NOOP VRFY HELP QUIT");
		break;
	case SMTP_QUIT:
		say(t, 221, "2.0.0", "Bye");
		return TALK_END;
	default:
		say(t, 502, "5.5.2", "Error: command not recognized");
	}
	return TALK_MORE;
}

enum talk_next
talk_line(struct talk *t, const char *s, size_t n)
{
	enum talk_next next = TALK_MORE;
	enum smtp_verb verb;
	size_t arg;

	if (n > TALK_LINE_OCTETS)
		say(t, 500, "5.5.2", "Error: line too long");
	else {
		verb = smtp_verb_scan(s, n, &arg);
		next = run(t, verb, s + arg, n - arg);
	}
	if (t->nomem || t->errors >= t->hard) {
		say(t, 421, "4.3.0", t->name, t->nomem ?
		    " Error: out of memory" : " Error: too many errors");
		return TALK_END;
	}
	return next;
}

void
talk_verdict(struct talk *t, const struct verdict *v)
{
	char text[VERDICT_TEXT_OCTETS + 1];
	unsigned int code = 250;

	memcpy(text, v->text, v->textlen);
	text[v->textlen] = 0;
	/* RFC 5321 4.2.3: 452 and 552 are for want of storage */
	if (v->kind == VERDICT_LATER)
		code = strcmp(v->code, "4.3.1") ? 451 : 452;
	else if (v->kind == VERDICT_NEVER)
		code = strcmp(v->code, "5.3.4") ? 554 : 552;
	if (code == 250)
		say(t, 250, "2.0.0", "Ok: queued as ", text);
	else
		say(t, code, v->code, text);
	reset(t);
}

int
talk_text(stralloc *sa, const char *s, size_t n, int mayend)
{
	if (n && s[0] == '.' && (n > 1 || mayend)) {
		if (n == 1)
			return 2;
		s++;
		n--;
	}
	return stralloc_catb(sa, s, n) && stralloc_append(sa, '\n');
}
