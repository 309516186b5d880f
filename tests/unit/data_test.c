#include "smtp/data.h"

#include <string.h>

#include "tap.h"

/* Octets with a NUL at most at their end. */
static const struct {
	const char *wire, *want;	/* want 0: no end in it */
	const char *rest;
	int lf, cr;
} cases[] = {
	{ ".\r\n", "", "", 0, 0 },
	{ "a\r\n.\r\nQUIT\r\n", "a\n", "QUIT\r\n", 0, 0 },
	{ "..\r\n...\r\n.a\r\n.\r\n", ".\n..\na\n", "", 0, 0 },
	{ "\r\n.\r\n", "\n", "", 0, 0 },
	{ "a\n.\n\r\n.\r\n", "a\n.\n\n", "", 1, 0 },
	{ "a\n.\r\nb\r\n.\r\n", "a\n.\nb\n", "", 1, 0 },
	{ "a\r\n.\nb\r\n.\r\n", "a\n.\nb\n", "", 1, 0 },
	{ ".\nb\r\n.\r\n", ".\nb\n", "", 1, 0 },
	{ "a\n..\nb\r\n.\r\n", "a\n.\nb\n", "", 1, 0 },
	{ "a\r.\rb\r\n.\r\n", "a . b\n", "", 0, 1 },
	{ "a\r\r\n.\r\n", "a \n", "", 0, 1 },
	{ "a\r\n.\r\r\n.\r\n", "a\n \n", "", 0, 1 },
	{ "a\r\n.\rb\r\n.\r\n", "a\n b\n", "", 0, 1 },
	{ "a\n.\rb\r\n.\r\n", "a\n b\n", "", 1, 1 },
	{ "a\r\n\r.\r\n.\r\n", "a\n .\n", "", 0, 1 },
	{ "a\r.\r\n.\r\n", "a .\n", "", 0, 1 },
	{ "a\n.\r\n.\r\n", "a\n.\n", "", 1, 0 },
	{ "a\n.\n.\n", 0, 0, 1, 0 },
	{ "a\r.\r", 0, 0, 0, 1 },
	{ "a\r\n.\r", 0, 0, 0, 0 },
};

static void
test_decode(void)
{
	char out[100];
	size_t i, cut, len, more, used, n;
	int same;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		n = strlen(cases[i].wire);
		for (same = 1, cut = 0; cut <= n; cut++) {
			struct smtp_decoder d = SMTP_DECODER_ZERO;

			used = smtp_decode(&d, out, &len, cases[i].wire, cut);
			if (!d.done) {
				used += smtp_decode(&d, out + len, &more,
				    cases[i].wire + cut, n - cut);
				len += more;
			}
			same &= cases[i].want ? d.done && len ==
			    strlen(cases[i].want) && !memcmp(out,
			    cases[i].want, len) && !strcmp(cases[i].wire +
			    used, cases[i].rest) : !d.done && used == n;
			same &= d.bare_lf == cases[i].lf &&
			    (d.bare_cr == cases[i].cr || !d.done);
		}
		ok(same, "decode case %zu", i);
	}
}

static void
test_encode(void)
{
	static const struct {
		const char *text, *want;
	} texts[] = {
		{ "", ".\r\n" },
		{ "a\n", "a\r\n.\r\n" },
		{ "a", "a\r\n.\r\n" },
		{ ".\n..\n.a\nb.\n", "..\r\n...\r\n..a\r\nb.\r\n.\r\n" },
		{ "a\n.", "a\r\n..\r\n.\r\n" },
		{ "a\r\nb\r\n", "a\r\nb\r\n.\r\n" },
		{ "a\rb\n", "a b\r\n.\r\n" },
		{ "a\r", "a \r\n.\r\n" },
		{ "\r.\r\n", " .\r\n.\r\n" },
		{ "a\r.\rb", "a . b\r\n.\r\n" },
		{ "\r\r\n", " \r\n.\r\n" },
		{ "\n\n", "\r\n\r\n.\r\n" },
	};
	char out[100];
	size_t i, cut, n, len;
	int same;

	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		n = strlen(texts[i].text);
		for (same = 1, cut = 0; cut <= n; cut++) {
			struct smtp_encoder e = SMTP_ENCODER_ZERO;

			len = smtp_encode(&e, out, texts[i].text, cut);
			len += smtp_encode(&e, out + len, texts[i].text + cut,
			    n - cut);
			len += smtp_encode_end(&e, out + len);
			same &= len == strlen(texts[i].want) &&
			    !memcmp(out, texts[i].want, len);
		}
		ok(same, "encode case %zu", i);
	}
}

int
main(void)
{
	test_decode();
	test_encode();
	return tap_end();
}
