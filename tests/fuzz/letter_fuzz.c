/* libFuzzer entry: a letter's file. The first octet says whether the CRCs
 * are made to agree, so that what they guard is reached. What must hold:
 * nothing is read outside; what opens has an envelope that is printed to
 * the same recipients; a name in a path is what is printed. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/at.h"
#include "spool/letter.h"
#include "wire/crc32c.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
mend(char *s, size_t n)
{
	struct letter_head h;
	char line[LETTER_HEAD_OCTETS + 1];

	if (letter_head_scan(&h, s, n) < 0)
		return;
	if (letter_history_offset(&h) <= n)
		h.mcrc = crc32c(0, s + letter_msg_offset(&h),
		    (size_t)h.msglen);
	if (letter_msg_offset(&h) > n)
		return;
	letter_front_head(line, &h, s + letter_env_offset(&h));
	memcpy(s, line, LETTER_HEAD_OCTETS);
}

static void
open_it(int fd, const char *path)
{
	static struct letter l = LETTER_ZERO;
	static stralloc sa = STRALLOC_ZERO;
	struct letter_head h;
	struct envelope e = ENVELOPE_ZERO;
	size_t i, envat;

	if (letter_open(&l, fd, path) <= 0)
		return;
	if (l.head.nrcpts != envelope_nrcpts(&l.env))
		abort();
	letter_verify(&l);
	sa.len = 0;
	letter_history(&l, &sa, 1000);
	h = l.head;
	sa.len = 0;
	if (!letter_front(&sa, &h, &l.env))
		abort();
	envat = (size_t)letter_env_offset(&h);
	if (letter_head_scan(&h, sa.s, sa.len) < 0 ||
	    envelope_scan(&e, sa.s + envat, h.envlen) < 0)
		abort();
	for (i = 0; i < h.nrcpts; i++)
		if (strcmp(envelope_rcpt(&e, i)->addr,
		    envelope_rcpt(&l.env, i)->addr))
			abort();
	envelope_free(&e);
	letter_close(&l);
}

static void
name(const char *s)
{
	struct letter_name n;
	char again[LETTER_NAME_OCTETS + 1];

	if (letter_name_scan(&n, s) < 0)
		return;
	if (letter_name_fmt(again, &n) != strlen(s) || strcmp(s, again))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static int dir = -1;
	static char path[] = "/tmp/pneu-fuzz.XXXXXX";
	static int fd = -1;
	char *s;

	if (!n)
		return 0;
	if (fd < 0 && (fd = mkstemp(path)) < 0)
		abort();
	if (dir < 0 && (dir = open("/", O_RDONLY)) < 0)
		abort();
	s = malloc(n);
	memcpy(s, data + 1, n - 1);
	s[n - 1] = 0;
	name(s);
	if (data[0] & 1)
		mend(s, n - 1);
	if (ftruncate(fd, 0) < 0 ||
	    pwrite(fd, s, n - 1, 0) != (ssize_t)(n - 1))
		abort();
	open_it(dir, path);
	free(s);
	return 0;
}
