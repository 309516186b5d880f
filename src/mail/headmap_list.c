#include "mail/headmap.h"

#include <string.h>
#include <strings.h>

#define RESENT "Resent-"

enum headmap_kind
headmap_kind(const char *name, size_t n)
{
	static const struct {
		const char *name;
		enum headmap_kind kind;
	} known[] = {
		{ "To", HEADMAP_RECIPIENT }, { "Cc", HEADMAP_RECIPIENT },
		{ "Bcc", HEADMAP_RECIPIENT },
		{ "Apparently-To", HEADMAP_RECIPIENT },
		{ "From", HEADMAP_SENDER }, { "Sender", HEADMAP_SENDER },
		{ "Reply-To", HEADMAP_SENDER },
		{ "Errors-To", HEADMAP_SENDER },
		{ "Return-Receipt-To", HEADMAP_SENDER },
		{ "Disposition-Notification-To", HEADMAP_SENDER },
		{ "Mail-Reply-To", HEADMAP_SENDER },
		{ "Mail-Followup-To", HEADMAP_SENDER },
	};
	size_t i, skip = strlen(RESENT);

	if (n > skip && !strncasecmp(name, RESENT, skip)) {
		name += skip;
		n -= skip;
	}
	for (i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strlen(known[i].name) == n &&
		    !strncasecmp(known[i].name, name, n))
			return known[i].kind;
	return HEADMAP_NONE;
}

/* Offset behind the comment at s[i], or behind the quoted string; n if it
 * has no end. */
static size_t
pass_over(const char *s, size_t n, size_t i)
{
	size_t depth = 0;
	int quoted = s[i] == '"';

	for (; i < n; i++) {
		if (s[i] == '\\')
			i++;
		else if (quoted && depth && s[i] == '"')
			return i + 1;
		else if (quoted)
			depth = 1;
		else if (s[i] == '(')
			depth++;
		else if (s[i] == ')' && !--depth)
			return i + 1;
	}
	return n + 1;
}

/* The comments within an address, each behind a space. */
static int
put_comments(stralloc *out, const char *s, size_t n)
{
	size_t i, end;

	for (i = 0; i < n; i = end) {
		end = i + 1;
		if (s[i] == '\\')
			end++;
		if (s[i] != '(' && s[i] != '"')
			continue;
		end = pass_over(s, n, i);
		if (end > n)
			return 1;	/* damaged: no comment */
		if (s[i] == '(' && (!stralloc_append(out, ' ') ||
		    !stralloc_catb(out, s + i, end - i)))
			return 0;
	}
	return 1;
}

static int
isspace_(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The address of the list s, which has become to, in its place. */
static int
put(stralloc *out, const char *s, const struct header_addr *a,
    const stralloc *to)
{
	return stralloc_catb(out, to->s, to->len) &&
	    put_comments(out, s + a->begin, a->end - a->begin);
}

int
headmap_list(stralloc *out, const char *s, size_t n, enum headmap_kind k,
    headmap_fn *map, void *x)
{
	struct header_walk w = HEADER_WALK(s, n);
	stralloc to = STRALLOC_ZERO;
	struct header_addr a;
	size_t done = 0, end;
	int r;

	while ((r = header_next(&w, &a)) > 0) {
		if ((a.kind != HEADER_LOCAL && a.kind != HEADER_FULL) ||
		    a.spaced)
			continue;
		/* an address literal without an end takes all that follows,
		 * but the field's last newline is not its own */
		for (end = a.end; end > a.begin && isspace_(s[end - 1]); )
			end--;
		to.len = 0;
		r = map(x, &to, &a, k);
		if (!r)
			continue;
		if (r > 0)
			r = stralloc_catb(out, s + done, a.begin - done) &&
			    put(out, s, &a, &to) ? 1 : -1;
		if (r < 0)
			break;
		done = end;
	}
	if (!r && !stralloc_catb(out, s + done, n - done))
		r = -1;
	header_walk_free(&w);
	stralloc_free(&to);
	return r < 0 ? -1 : 1;
}
