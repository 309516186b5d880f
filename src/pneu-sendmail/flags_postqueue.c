#include "pneu-sendmail/flags-internal.h"

#include <string.h>

/* postqueue(1) of Postfix, for its users' scripts: -p, -j, -f, -i ID, -s SITE;
 * -c and -v are taken. */
static int
take(struct flags *f, char c, const char *arg)
{
	char how[2] = { c == 'i' ? 'I' : 'R', 0 };

	switch (c) {
	case 'p': case 'j':
		f->json = c == 'j';
		f->mode = MODE_MAILQ;
		return 1;
	case 'f':
		f->mode = MODE_FLUSH;
		return 1;
	case 'i': case 's':
		f->queue[0].what = how[0];
		f->queue[0].text = arg;
		f->nqueue = 1;
		f->mode = MODE_FLUSH;
		return 1;
	case 'c': case 'v':
		return 1;
	}
	return flags_wrong(f, "-%c: no such option%s", c, "");
}

int
flags_postqueue(struct flags *f, int argc, char *const *argv)
{
	const char *s;
	int i;

	f->mode = MODE_NOTHING;
	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++)
		for (s = argv[i] + 1; *s; s++) {
			const char *arg = 0;

			if (strchr("isc", *s)) {
				arg = s[1] ? s + 1 : i + 1 < argc ?
				    argv[++i] : "";
				if (!*arg)
					return flags_wrong(f, "option requires "
					    "an argument -- %c%s", *s, "") - 1;
			}
			if (!take(f, *s, arg))
				return -1;
			if (arg)
				break;
		}
	if (f->mode == MODE_NOTHING || i < argc)
		return flags_wrong(f, "usage: -p | -j | -f | -%c queueid | "
		    "-s site%s", 'i', "") - 1;
	return i;
}
