#include "pneu-sendmail/talk.h"

#include <string.h>

#include "tap.h"

/* A session: lines divided by '|', and what is said, a reply's first line cut
 * to its code and enhanced code. "@" is a message that is queued, "!" one that
 * is too big, "~" one for which there is no room. Behind ' ' the envelope as
 * it was when a message came. */
static const struct {
	const char *in, *out;
} talks[] = {
	{ "HELO x|QUIT", "220|250|221 2.0.0|end" },
	{ "EHLO x|quit", "220|250|221 2.0.0|end" },
	{ "MAIL FROM:<a@b>|RCPT TO:<c@d>|DATA|@|QUIT",
	    "220|250 2.1.0|250 2.1.5|354 a@b c@d|250 2.0.0|221 2.0.0|end" },
	{ "MAIL FROM:joe BODY=8BITMIME|RCPT TO:jim|rcpt to:<@r:JIM@o>|DATA|@",
	    "220|250 2.1.0|250 2.1.5|250 2.1.5|354 joe@o jim@o 8BITMIME|"
	    "250 2.0.0" },
	{ "MAIL FROM:<>|RCPT TO:<postmaster>|RCPT TO:<b@c>|DATA|@",
	    "220|250 2.1.0|250 2.1.5|250 2.1.5|354  postmaster@o b@c|"
	    "250 2.0.0" },
	{ "DATA|RCPT TO:<a@b>|MAIL FROM:<a@b>|DATA",
	    "220|503 5.5.1|503 5.5.1|250 2.1.0|554 5.5.1" },
	{ "MAIL FROM:<a@b>|MAIL FROM:<a@b>|RSET|MAIL FROM:<c@d>",
	    "220|250 2.1.0|503 5.5.1|250 2.0.0|250 2.1.0" },
	{ "MAIL FROM:<a@b>|RCPT TO:<c@d>|HELO x|DATA",
	    "220|250 2.1.0|250 2.1.5|250|503 5.5.1" },
	{ "MAIL FROM:<a b>|MAIL|MAIL FROM:<a@b> X=y|MAIL FROM:<a@b> SIZE=x|"
	    "MAIL FROM:<a@b> BODY=x", "220|501 5.1.7|501 5.5.4|555 5.5.4|"
	    "501 5.5.4|555 5.5.4" },
	{ "MAIL FROM:<a@b> SIZE=1001|MAIL FROM:<a@b> SIZE=1000",
	    "220|552 5.3.4|250 2.1.0" },
	{ "MAIL FROM:<a@b>|RCPT TO:<>|RCPT TO:<a\nb@c>|RCPT TO:|DATA",
	    "220|250 2.1.0|501 5.1.3|501 5.1.3|501 5.5.4|554 5.5.1" },
	{ "MAIL FROM:<a@b>|RCPT TO:<c@d>|DATA|!|DATA",
	    "220|250 2.1.0|250 2.1.5|354 a@b c@d|552 5.3.4|503 5.5.1" },
	{ "MAIL FROM:<a@b>|RCPT TO:<c@d>|DATA|~",
	    "220|250 2.1.0|250 2.1.5|354 a@b c@d|452 4.3.1" },
	{ "MAIL FROM:<a@b> RET=HDRS ENVID=x+2By|RCPT TO:<c@d> NOTIFY=NEVER|"
	    "RCPT TO:<e> ORCPT=rfc822;f@g NOTIFY=delay,SUCCESS|RCPT TO:<h@i>|"
	    "DATA|@|MAIL FROM:<a@b>|RCPT TO:<c@d>|DATA|@",
	    "220|250 2.1.0|250 2.1.5|250 2.1.5|250 2.1.5|354 a@b c@d NEVER "
	    "e@o SUCCESS,DELAY rfc822;f@g h@i HDRS x+2By|250 2.0.0|250 2.1.0|"
	    "250 2.1.5|354 a@b c@d|250 2.0.0" },
	{ "MAIL FROM:<a@b> RET=x|MAIL FROM:<a@b> ENVID=a=b|MAIL FROM:<a@b> "
	    "NOTIFY=NEVER|MAIL FROM:<a@b> ENVID=a RET=full|RCPT TO:<c@d> "
	    "NOTIFY=NEVER,DELAY|RCPT TO:<c@d> ORCPT=x|RCPT TO:<c@d> RET=FULL|"
	    "RSET|MAIL FROM:<a@b>|RCPT TO:<c@d>|DATA|@",
	    "220|501 5.5.4|501 5.5.4|555 5.5.4|250 2.1.0|501 5.5.4|501 5.5.4|"
	    "555 5.5.4|250 2.0.0|250 2.1.0|250 2.1.5|354 a@b c@d|250 2.0.0" },
	{ "VRFY root|NOOP|HELP|EXPN x|hello there||VERB",
	    "220|252 2.0.0|250 2.0.0|214 2.0.0|502 5.5.2|502 5.5.2|502 5.5.2|"
	    "502 5.5.2" },
	{ "x|x|x|x|x|x|x|x|x|x|x|x",
	    "220|502 5.5.2|502 5.5.2|502 5.5.2|502 5.5.2|502 5.5.2|"
	    "502 5.5.2|502 5.5.2|502 5.5.2|502 5.5.2|502 5.5.2|502 5.5.2|"
	    "421 4.3.0|"
	    "end" },
};

/* The newest reply, cut short, to got; t->out is emptied. */
static void
take(stralloc *got, struct talk *t)
{
	const char *s = t->out.s, *end = s + t->out.len, *p;

	while (s < end) {
		p = memchr(s, '\r', (size_t)(end - s));
		stralloc_catb(got, s, 3);
		if (p - s > 9 && s[5] == '.' && s[7] == '.')
			stralloc_catb(got, s + 3, 6);
		while (s[3] == '-')	/* the last line of it */
			s = memchr(s, '\n', (size_t)(end - s)) + 1;
		s = memchr(s, '\n', (size_t)(end - s)) + 1;
		if (s < end)
			stralloc_append(got, '|');
	}
	t->out.len = 0;
}

static void
take_word(stralloc *got, const char *s)
{
	if (s && *s) {
		stralloc_append(got, ' ');
		stralloc_cats(got, s);
	}
}

static void
take_envelope(stralloc *got, const struct talk *t)
{
	size_t i;

	stralloc_append(got, ' ');
	stralloc_cats(got, t->sender.s);
	for (i = 0; i < rcpts_len(&t->rcpts); i++) {
		take_word(got, rcpts_at(&t->rcpts, i));
		take_word(got, rcpts_notify(&t->rcpts, i));
		take_word(got, rcpts_orcpt(&t->rcpts, i));
	}
	take_word(got, t->body);
	take_word(got, t->ret);
	take_word(got, t->envid.len ? t->envid.s : 0);
}

static void
give_verdict(struct talk *t, char c)
{
	struct verdict v;

	if (c == '@')
		verdict_set(&v, VERDICT_DONE, "2.0.0", 0, "ID");
	else if (c == '!')
		verdict_set(&v, VERDICT_NEVER, "5.3.4", 0, "too big");
	else
		verdict_set(&v, VERDICT_LATER, "4.3.1", 0, "no space");
	talk_verdict(t, &v);
}

static void
test_talk(const char *in, const char *want)
{
	struct talk t = TALK_ZERO;
	stralloc got = STRALLOC_ZERO;
	enum talk_next next = TALK_MORE;
	const char *s = in;
	size_t n;

	t.name = "h";
	t.banner = "ESMTP";
	t.origin = "o";
	t.size = 1000;
	t.hard = 11;
	talk_init(&t);
	for (;; s += n + 1) {
		take(&got, &t);
		if (next == TALK_MESSAGE)
			take_envelope(&got, &t);
		if (next == TALK_END)
			break;
		stralloc_append(&got, '|');
		n = strcspn(s, "|");
		if (next == TALK_MESSAGE) {
			give_verdict(&t, *s);
			next = TALK_MORE;
		} else
			next = talk_line(&t, s, n);
		if (!s[n] && next == TALK_MORE) {
			take(&got, &t);
			break;
		}
	}
	if (next == TALK_END)
		stralloc_cats(&got, "|end");
	stralloc_0(&got);
	ok(!strcmp(got.s, want), "%s: %s", in, got.s);
	stralloc_free(&got);
}

int
main(void)
{
	static char big[TALK_LINE_OCTETS + 1];
	stralloc sa = STRALLOC_ZERO;
	struct talk t = TALK_ZERO;
	size_t i;

	for (i = 0; i < sizeof talks / sizeof talks[0]; i++)
		test_talk(talks[i].in, talks[i].out);
	t.name = "h";
	t.hard = 10;
	t.size = 0;
	talk_line(&t, big, sizeof big);
	ok(!memcmp(t.out.s, "500 5.5.2 ", 10), "a line that is too long");
	ok(talk_text(&sa, "a", 1, 1) == 1 && talk_text(&sa, "..", 2, 1) == 1 &&
	    talk_text(&sa, "", 0, 1) == 1 && talk_text(&sa, ".b", 2, 1) == 1 &&
	    talk_text(&sa, ".", 1, 0) == 1 &&
	    talk_text(&sa, ".", 1, 1) == 2 && stralloc_0(&sa) &&
	    !strcmp(sa.s, "a\n.\n\nb\n.\n"), "text with dots");
	return tap_end();
}
