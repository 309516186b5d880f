/* libFuzzer entry: what a caller of sendmail -bs says, lines divided by LF;
 * after DATA the next one is the message. What must hold: no recipient or
 * sender could end a line of the envelope; each reply line is one; a message
 * comes only with a recipient. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pneu-sendmail/talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check_address(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 32 || *s == 127)
			abort();
}

static void
check_out(stralloc *out)
{
	size_t i, at = 0;

	for (i = 0; i < out->len; i++) {
		if (out->s[i] != '\n')
			continue;
		if (i - at < 4 || i - at > 512 || out->s[i - 1] != '\r' ||
		    out->s[at] < '2' || out->s[at] > '5' ||
		    (out->s[at + 3] != ' ' && out->s[at + 3] != '-'))
			abort();
		at = i + 1;
	}
	if (!out->len || at != out->len)
		abort();
	out->len = 0;
}

static void
check_letter(const struct talk *t)
{
	size_t i;

	if (!rcpts_len(&t->rcpts) || !t->sender.len)
		abort();
	check_address(t->sender.s);
	for (i = 0; i < rcpts_len(&t->rcpts); i++)
		check_address(rcpts_at(&t->rcpts, i));
}

static void
end_letter(struct talk *t, const char *s, size_t n)
{
	struct verdict v;
	stralloc sa = STRALLOC_ZERO;

	if (talk_text(&sa, s, n, 1) == 1 && (!sa.len || sa.len > n + 1))
		abort();
	verdict_set(&v, n & 1 ? VERDICT_DONE : VERDICT_LATER,
	    n & 1 ? "2.0.0" : "4.3.1", 0, "x");
	talk_verdict(t, &v);
	stralloc_free(&sa);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct talk t = TALK_ZERO;
	enum talk_next next = TALK_MORE;
	const char *s = (const char *)data, *end = s + n, *nl;

	t.name = "h";
	t.banner = "b";
	t.origin = "o.test";
	t.size = 1000;
	t.hard = 20;
	talk_init(&t);
	check_out(&t.out);
	for (; s < end && next != TALK_END; s = nl + 1) {
		if (!(nl = memchr(s, '\n', (size_t)(end - s))))
			nl = end;
		if (next == TALK_MESSAGE) {
			end_letter(&t, s, (size_t)(nl - s));
			next = TALK_MORE;
		} else
			next = talk_line(&t, s, (size_t)(nl - s));
		check_out(&t.out);
		if (next == TALK_MESSAGE)
			check_letter(&t);
	}
	rcpts_free(&t.rcpts);
	stralloc_free(&t.sender);
	stralloc_free(&t.envid);
	stralloc_free(&t.out);
	return 0;
}
