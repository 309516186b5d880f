/* Messages for a host without 8BITMIME, fed whole and octet by octet; and
 * lines that are too long. */
#include "pneu-remote/recode.h"

#include <errno.h>
#include <string.h>

#include "pneu-remote/fold.h"
#include "tap.h"

/* 0 for want: it cannot be recoded. */
static const struct {
	const char *what;
	int all;
	const char *in, *want;
} cases[] = {
	{ "a part labelled 8bit", 0,
	    "Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain; "
	    "charset=utf-8\nContent-Transfer-Encoding: 8bit\nX: y\n\n"
	    "gr\303\274n = \nx \t\n\n.\nend",
	    "Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain; "
	    "charset=utf-8\nX: y\nContent-Transfer-Encoding: "
	    "quoted-printable\n\n"
	    "gr=C3=BCn =3D=20\nx =09\n\n.\nend\n" },
	{ "no MIME header", 0, "Subject: x\n\n\344\n",
	    "Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain; "
	    "charset=unknown-8bit\nContent-Transfer-Encoding: "
	    "quoted-printable\n\n=E4\n" },
	{ "labelled 7bit", 0, "MIME-Version: 1.0\nContent-Type: text/plain\n"
	    "\n\344\n", 0 },
	{ "labelled 7bit, but all", 1, "MIME-Version: 1.0\nContent-Type: "
	    "text/plain\n\n\344\n", "MIME-Version: 1.0\nContent-Type: "
	    "text/plain\nContent-Transfer-Encoding: quoted-printable\n\n"
	    "=E4\n" },
	{ "a header of 8 bits", 1, "Subject: \344\n\nx\n", 0 },
	{ "base64 with 8 bits", 1, "MIME-Version: 1.0\n"
	    "Content-Transfer-Encoding: base64\n\n\344\n", 0 },
	{ "a multipart", 0,
	    "MIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\n"
	    "Content-Type: multipart/mixed (c;d);\n x=y; boundary=\"b=1\"\n\n"
	    "pre\344\n--b=1\n\nseven =\n--b=1\n"
	    "content-transfer-encoding:\n (why) 8BIT\n\neight \344\n"
	    "--b=1 \nContent-Type: image/x\nContent-Transfer-Encoding: "
	    "BASE64\n\nAAAA\n--b=1--\nafter \344\n",
	    "MIME-Version: 1.0\n"
	    "Content-Type: multipart/mixed (c;d);\n x=y; boundary=\"b=1\"\n"
	    "Content-Transfer-Encoding: 7bit\n\n"
	    "pre?\n--b=1\n\nseven =\n--b=1\n"
	    "Content-Transfer-Encoding: quoted-printable\n\neight =E4\n"
	    "--b=1 \nContent-Type: image/x\nContent-Transfer-Encoding: "
	    "BASE64\n\nAAAA\n--b=1--\nafter ?\n" },
	{ "a multipart in a multipart, ended by the outer", 0,
	    "MIME-Version: 1.0\nContent-Type: multipart/a; boundary=o\n\n"
	    "--o\nContent-Type: multipart/b; boundary=i\n\n--i\n"
	    "Content-Transfer-Encoding: 8bit\n\n\344\n--o\n"
	    "Content-Transfer-Encoding: 8bit\n\n--i\n\344\n--o--\n",
	    "MIME-Version: 1.0\nContent-Type: multipart/a; boundary=o\n\n"
	    "--o\nContent-Type: multipart/b; boundary=i\n\n--i\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n=E4\n--o\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n--i\n=E4\n"
	    "--o--\n" },
	{ "a message in a part", 0,
	    "MIME-Version: 1.0\nContent-Type: multipart/a; boundary=o\n\n"
	    "--o\nContent-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: 8bit\n\n"
	    "Subject: in\nMIME-Version: 1.0\n"
	    "Content-Transfer-Encoding: 8bit\n\n\344\n--o--\n",
	    "MIME-Version: 1.0\nContent-Type: multipart/a; boundary=o\n\n"
	    "--o\nContent-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: 7bit\n\n"
	    "Subject: in\nMIME-Version: 1.0\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n=E4\n--o--\n" },
	{ "a multipart without boundary", 1, "MIME-Version: 1.0\n"
	    "Content-Type: multipart/mixed\n\n\344\n", 0 },
	{ "a long line", 0, "MIME-Version: 1.0\nContent-Transfer-Encoding: "
	    "8bit\n\n\344\344\344\344\344\344\344\344\344\344\344\344\344"
	    "\344\344\344\344\344\344\344\344\344\344\344\344x\344\n",
	    "MIME-Version: 1.0\nContent-Transfer-Encoding: "
	    "quoted-printable\n\n=E4=E4=E4=E4=E4=E4=E4=E4=E4=E4=E4=E4=E4=E4"
	    "=E4=E4=E4=E4=E4=E4=E4=E4=E4=E4=E4=\nx=E4\n" },
};

static int
recode(stralloc *out, const char *s, size_t n, int all, size_t part)
{
	static struct recode r;
	size_t i;

	out->len = 0;
	recode_init(&r, all);
	for (i = 0; i < n; i += part)
		if (recode_feed(&r, out, s + i, n - i < part ? n - i :
		    part) < 0)
			return -1;
	return recode_end(&r, out);
}

static void
try_recode(void)
{
	stralloc out = STRALLOC_ZERO;
	size_t i, part;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (part = 1; part < 4000; part = part * 7 + 1) {
			const char *in = cases[i].in, *want = cases[i].want;
			int e = recode(&out, in, strlen(in), cases[i].all,
			    part);

			if (!want)
				ok(e < 0 && errno == EILSEQ, "%s, by %d: no",
				    cases[i].what, (int)part);
			else
				ok(e > 0 && out.len == strlen(want) &&
				    !memcmp(out.s, want, out.len),
				    "%s, by %d", cases[i].what, (int)part);
		}
	stralloc_free(&out);
}

/* The longest line of s. */
static size_t
longest(const char *s, size_t n)
{
	size_t max = 0, len = 0;

	for (; n; n--, s++) {
		len = *s == '\n' ? 0 : len + 1;
		if (len > max)
			max = len;
	}
	return max;
}

static void
try_fold(size_t part)
{
	static char in[6000];
	stralloc out = STRALLOC_ZERO;
	struct fold f;
	size_t i;

	/* a header line with a space at 500, then none; a body line */
	memset(in, 'h', sizeof in);
	memcpy(in, "Subject: ", 9);
	in[500] = ' ';
	in[2000] = in[2001] = '\n';
	memset(in + 2002, 'b', sizeof in - 2002);
	for (i = 2010; i < sizeof in; i += 10)
		in[i] = ' ';
	fold_init(&f);
	for (i = 0; i < sizeof in; i += part)
		fold_feed(&f, &out, in + i, sizeof in - i < part ?
		    sizeof in - i : part);
	fold_end(&f, &out);
	ok(longest(out.s, out.len) == SCAN_LINE_OCTETS, "by %d: no line is "
	    "longer than %d", (int)part, SCAN_LINE_OCTETS);
	ok(out.s[500] == '\n' && out.s[501] == ' ' && out.s[502] == 'h' &&
	    !memcmp(out.s + 501 + 998, "\n hh", 4),
	    "a header at its space, else with a new one");
	ok(out.len == sizeof in + 1 + 2 + 2 * 4, "nothing is lost: %d",
	    (int)out.len);
	stralloc_free(&out);
}

int
main(void)
{
	try_recode();
	try_fold(1);
	try_fold(997);
	try_fold(6000);
	return tap_end();
}
