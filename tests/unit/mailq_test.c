#include "pneu-q/item.h"
#include "pneu-q/match.h"
#include "pneu-q/print.h"
#include "pneu-q/show.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "wire/crc32c.h"

#include "tap.h"

static void
give(struct item *i, const char *payload)
{
	char s[1000];

	strcpy(s, payload);
	item_clear(i);
	ok(item_add(i, s, strlen(s)) == 1, "an item is read");
}

/* Postfix's own layout, of its showq_compat. */
static void
test_mailq(struct item *i)
{
	stralloc sa = STRALLOC_ZERO;
	struct print p = { 0, 0 };

	print_mailq_end(&sa, &p);
	stralloc_0(&sa);
	ok(!strcmp(sa.s, "Mail queue is empty\n"), "an empty queue");
	sa.len = 0;
	give(i, "id=0642E1B3F5\nat=defer/9/x\nstate=deferred\nsize=2048\n"
	    "time=1700000001\nsender=a@b\nrcpt=c@d\n"
	    "why=L 4.4.1 0 connect to d[192.0.2.1]:25: Connection refused\n"
	    "rcpt=e@d\n"
	    "why=L 4.4.1 0 connect to d[192.0.2.1]:25: Connection refused\n"
	    "rcpt=f@g\nrcpt=h@i\nwhy=L 4.2.2 0 full\n");
	print_mailq(&sa, &p, i);
	give(i, "id=0642E1B3F6\nstate=active\nsize=7\ntime=1700000001\n"
	    "sender=\nrcpt=x@y%0Az\n");
	print_mailq(&sa, &p, i);
	give(i, "id=0642E1B3F7\nstate=hold\nsize=7\ntime=1700000001\n"
	    "sender=a@b\n");
	print_mailq(&sa, &p, i);
	print_mailq_end(&sa, &p);
	stralloc_0(&sa);
	ok(!strcmp(sa.s,
"-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n"
"0642E1B3F5     2048 Tue Nov 14 22:13:21  a@b\n"
"                              (connect to d[192.0.2.1]:25: Connection refused)\n"
"                                         c@d\n"
"                                         e@d\n"
"                                                          (reason unavailable)\n"
"                                         f@g\n"
"                                                                        (full)\n"
"                                         h@i\n"
"\n"
"0642E1B3F6*       7 Tue Nov 14 22:13:21  MAILER-DAEMON\n"
"                                         x@y?z\n"
"\n"
"0642E1B3F7!       7 Tue Nov 14 22:13:21  a@b\n"
"\n"
"-- 2 Kbytes in 3 Requests.\n"), "mailq's layout");
	stralloc_free(&sa);
}

static void
test_json(struct item *i)
{
	stralloc sa = STRALLOC_ZERO;

	give(i, "id=0642\nstate=new\nsize=2048\ntime=1700000001\n"
	    "sender=\"a\\\\b\"@c\nrcpt=\xc3\xb6\xc3@d%01\n"
	    "why=L 4.2.2 0 say \"full\"\nrcpt=e\n");
	print_json(&sa, i);
	stralloc_0(&sa);
	ok(!strcmp(sa.s, "{\"queue_name\": \"incoming\", \"queue_id\": "
	    "\"0642\", \"arrival_time\": 1700000001, \"message_size\": 2048, "
	    "\"forced_expire\": false, \"sender\": \"\\\"a\\\\\\\\b\\\"@c\", "
	    "\"recipients\": [{\"address\": \"\xc3\xb6?@d\\u0001\", "
	    "\"delay_reason\": \"say \\\"full\\\"\"}, {\"address\": \"e\"}]}\n"),
	    "a line of JSON");
	stralloc_free(&sa);
}

static void
test_continued(struct item *i)
{
	static const char more[] = "id=0642\nrcpt=x\n";

	give(i, "id=0642\nat=new/1/x\nsender=a\nrcpt=b\n");
	ok(item_continues(i, more, sizeof more - 1), "an item goes on");
	ok(!item_continues(i, "id=0642\nat=y\n", 13) &&
	    !item_continues(i, "id=06421\nrcpt=y\n", 16) &&
	    !item_continues(i, "", 0), "others do not");
}

static void
test_match(struct item *i)
{
	static const struct {
		const char *s;
		int is;			/* -1: not one */
	} t[] = {
		{ "id=0642", 1 }, { "id=64", 1 }, { "id=65", 0 },
		{ "!id=65", 1 }, { "!id=64", 0 }, { "sender=joe@", 1 },
		{ "sender=JOE@X.test", 1 }, { "sender=y.test", 0 },
		{ "rcpt=y.test", 1 }, { "rcpt=@b", 1 }, { "rcpt=joe", 0 },
		{ "!rcpt=joe", 1 }, { "rcpt=", -1 }, { "x=y", -1 },
		{ "", -1 }, { "!", -1 },
	};
	struct match m[2];
	size_t k;

	give(i, "id=0642\nat=new/1/x\nsender=joe@x.test\nrcpt=a@B.test\n"
	    "rcpt=c@y.test\n");
	for (k = 0; k < sizeof t / sizeof t[0]; k++) {
		int r = match_scan(m, t[k].s);

		ok(r ? match_item(m, 1, i) == t[k].is : t[k].is == -1,
		    "match %s", t[k].s);
	}
	match_scan(m, "id=64");
	match_scan(m + 1, "rcpt=c@");
	ok(match_item(m, 2, i), "both of two");
	match_scan(m + 1, "rcpt=d@");
	ok(!match_item(m, 2, i), "not both of two");
}

/* A letter's file, fed in pieces of any size. */
static void
test_show(void)
{
	static const char env[] = "time=1700000001\nsender=a@b\nrcpt=c@d\n"
	    "rcpt=e@f\n", msg[] = "Subject: x\n\nbody";
	struct letter_head h = { .id = "660DBE101AADB13001",
	    .envlen = sizeof env - 1, .nrcpts = 2, .msglen = sizeof msg - 1,
	    .mcrc = crc32c(0, msg, sizeof msg - 1) };
	char head[LETTER_HEAD_OCTETS + 1];
	stralloc file = STRALLOC_ZERO, got = STRALLOC_ZERO;
	struct verdict v;
	size_t step, i;
	int same = 1;

	letter_head_seal(&h, env);
	letter_head_fmt(head, &h);
	stralloc_cats(&file, head);
	stralloc_cats(&file, ".d\n");
	stralloc_cats(&file, env);
	stralloc_cats(&file, msg);
	verdict_set(&v, VERDICT_LATER, "4.4.1", 0, "refused");
	history_put(&file, 1700000002, (const uint32_t[]){ 0 }, 1, &v);
	stralloc_cats(&file, "torn");
	for (step = 1; step <= file.len; step++) {
		struct show w = SHOW_ZERO;

		strcpy(w.at, "new/1/x");
		got.len = 0;
		for (i = 0; i < file.len; i += step)
			same &= show_add(&w, &got, file.s + i,
			    file.len - i < step ? file.len - i : step) == 1;
		same &= show_end(&w, &got) == 1 && stralloc_0(&got) &&
		    !strcmp(got.s, "*** ENVELOPE new/1/x ***\n"
		    "queue id: 660DBE101AADB13001\n"
		    "arrival time: Tue Nov 14 22:13:21 2023\n"
		    "message size: 16\nsender: a@b\n"
		    "recipient: c@d (waiting)\nrecipient: e@f (delivered)\n"
		    "*** MESSAGE CONTENTS new/1/x ***\n"
		    "Subject: x\n\nbody\n*** HISTORY new/1/x ***\n"
		    "Tue Nov 14 22:13:22 2023 c@d: deferred 4.4.1 refused\n"
		    "*** END new/1/x ***\n");
		stralloc_free(&w.buf);
		stralloc_free(&w.tail);
		envelope_free(&w.env);
	}
	ok(same, "a letter shown, however its file is cut");
	stralloc_free(&file);
	stralloc_free(&got);
}

int
main(void)
{
	struct item i = ITEM_ZERO;
	char bad[] = "id=x\nnonsense\n";

	setenv("TZ", "UTC", 1);
	test_mailq(&i);
	test_json(&i);
	test_continued(&i);
	test_match(&i);
	item_clear(&i);
	ok(item_add(&i, bad, strlen(bad)) == -1, "nonsense is refused");
	test_show();
	stralloc_free(&i.text);
	genalloc_free(struct item_rcpt, &i.rcpts);
	return tap_end();
}
