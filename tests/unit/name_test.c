#include "spool/name.h"

#include <string.h>

#include "spool/at.h"
#include "spool/slot.h"
#include "tap.h"
#include "wire/envelope.h"

#define ID "0642E1B3F5C09A0001"

static const struct {
	const char *s;
	int ok;
} names[] = {
	{ ID ".00000000.0", 1 },
	{ ID ".65edeb53.18446744073709551615", 1 },
	{ ID ".65edeb53.18446744073709551616", -1 },
	{ ID ".65edeb53.00", -1 },
	{ ID ".65edeb53.", -1 },
	{ ID ".65edeb53", -1 },
	{ ID ".65EDEB53.1", -1 },
	{ ID ".65edeb53.1x", -1 },
	{ ID ".65edeb53.-1", -1 },
	{ "0642e1b3f5c09a0001.65edeb53.1", -1 },
	{ "0642E1B3F5C09A001.65edeb53.1", -1 },
	{ ID "-65edeb53.1", -1 },
	{ "", -1 }, { ".", -1 }, { "..", -1 },
}, letters[] = {
	{ "new/0f3c2a11/" ID ".00000000.1", 1 },
	{ "defer/1763800000/" ID ".00000000.1", 1 },
	{ "hold/" ID ".00000000.1", 1 },
	{ "bad/" ID ".00000000.1", 1 },
	{ "new/" ID ".00000000.1", -1 },
	{ "new/0f3c2a1/" ID ".00000000.1", -1 },
	{ "new/0F3C2A11/" ID ".00000000.1", -1 },
	{ "new/../" ID ".00000000.1", -1 },
	{ "new//" ID ".00000000.1", -1 },
	{ "new/0f3c2a11/../" ID ".00000000.1", -1 },
	{ "defer/0/" ID ".00000000.1", -1 },
	{ "defer/01/" ID ".00000000.1", -1 },
	{ "defer/-1/" ID ".00000000.1", -1 },
	{ "defer/99999999999999999999/" ID ".00000000.1", -1 },
	{ "hold/../" ID ".00000000.1", -1 },
	{ "hold/x", -1 }, { "hold/", -1 }, { "hold", -1 },
	{ "/new/0f3c2a11/" ID ".00000000.1", -1 },
	{ "tmp/" ID, -1 }, { "start", -1 }, { "../x", -1 }, { "", -1 },
}, any[] = {
	{ "new/0f3c2a11/core", 1 }, { "hold/a~b", 1 },
	{ "new/0f3c2a11/..", -1 }, { "new/0f3c2a11/.x", -1 },
	{ "new/0f3c2a11/a/b", -1 }, { "new/0f3c2a11/", -1 },
	{ "new/0f3c2a11", -1 }, { "new/core", -1 }, { "start", -1 },
	{ "hold/a b", -1 }, { "hold/a\nb", -1 }, { "hold/\377", -1 },
}, dirs[] = {
	{ "new/0f3c2a11", 1 }, { "defer/1763800000", 1 },
	{ "new/0f3c2a11/", -1 }, { "new", -1 }, { "new/", -1 },
	{ "hold", -1 }, { "defer/x", -1 }, { "new/0f3c2a11/x", -1 },
	{ "defer/../new", -1 },
};
#define N(a) (sizeof a / sizeof a[0])

static void
ids(void)
{
	struct letter_clock k = { .worker = 0xab, .start = 0x123 };
	char a[LETTER_ID_OCTETS + 1], b[LETTER_ID_OCTETS + 1];

	letter_id_make(a, &k, 0x642e1b3f5c09aull);
	ok(!strcmp(a, "0642E1B3F5C09AAB123" + 1), "an id: %s", a);
	ok(letter_isid(a, strlen(a)), "is one");
	letter_id_make(b, &k, 0x642e1b3f5c09aull);
	ok(strcmp(a, b) < 0, "twice in a microsecond: the next");
	letter_id_make(a, &k, 5);
	ok(strcmp(b, a) < 0, "the clock went back: the next");
	ok(!letter_isid("0642E1B3F5C09AAB12", 17) &&
	    !letter_isid("0642E1B3F5C09AAB1g", 18), "what is none");
}

static void
hashes(void)
{
	struct envelope e = ENVELOPE_ZERO;

	ok(letter_hash("Example.ORG", 11) == letter_hash("example.org", 11),
	    "no regard to case");
	envelope_add(&e, "a@example.org");
	envelope_add(&e, "\"x@y\"@EXAMPLE.org");
	ok(letter_hash_envelope(&e) == letter_hash("example.org", 11),
	    "one domain");
	envelope_add(&e, "b@example.net");
	ok(letter_hash_envelope(&e) == 0, "several");
	envelope_free(&e);
}

static void
test_derive(void)
{
	char a[LETTER_ID_OCTETS + 1], b[LETTER_ID_OCTETS + 1];

	letter_id_derive(a, ID, "bounce 0", 0);
	letter_id_derive(b, ID, "bounce 0", 0);
	ok(!strcmp(a, b) && letter_isid(a, strlen(a)) && letter_isderived(a) &&
	    !letter_isderived(ID), "derived: %s", a);
	ok(!strncmp(a, ID, 5), "near its parent");
	letter_id_derive(b, ID, "bounce 0", 1);
	ok(strcmp(a, b), "another try: %s", b);
	letter_id_derive(b, ID, "bounce 1", 0);
	ok(strcmp(a, b), "another step: %s", b);
	letter_id_derive(b, "0642E1B3F5C09A0002", "bounce 0", 0);
	ok(strcmp(a, b), "another parent: %s", b);
}

int
main(void)
{
	struct letter_name n;
	char s[LETTER_NAME_OCTETS + 1], d[AT_DIR_OCTETS + 1];
	struct at a;
	size_t i;

	for (i = 0; i < N(names); i++)
		ok(letter_name_scan(&n, names[i].s) == names[i].ok, "name %s",
		    names[i].s);
	letter_name_scan(&n, ID ".00c0ffee.1234");
	ok(letter_name_fmt(s, &n) == strlen(ID ".00c0ffee.1234") &&
	    !strcmp(s, ID ".00c0ffee.1234"), "there and back");
	for (i = 0; i < N(letters); i++)
		ok(at_scan(&a, letters[i].s) == letters[i].ok, "letter %s",
		    letters[i].s);
	for (i = 0; i < N(any); i++)
		ok(at_scan_any(&a, any[i].s) == any[i].ok, "file %lu",
		    (unsigned long)i);
	for (i = 0; i < N(dirs); i++)
		ok(at_scan_dir(&a, dirs[i].s) == dirs[i].ok, "directory %s",
		    dirs[i].s);
	at_scan(&a, letters[0].s);
	ok(at_dir_fmt(d, a.top, a.dir) == 12 && !strcmp(d, "new/0f3c2a11"),
	    "its directory is %s", d);
	at_scan(&a, letters[1].s);
	at_dir_fmt(d, a.top, a.dir);
	ok(!strcmp(d, "defer/1763800000"), "its directory is %s", d);
	ok(at_dir_fmt(d, AT_BAD, 0) == 3 && !strcmp(d, "bad"), "bad");
	ids();
	hashes();
	test_derive();
	return tap_end();
}
