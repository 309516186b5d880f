#include "wire/frame.h"

#include <string.h>

#include "tap.h"

int
main(void)
{
	stralloc sa = STRALLOC_ZERO;
	struct frame f;
	ssize_t at;
	size_t i, whole;
	int short_ok = 1;

	ok(frame_put(&sa, 'E', 7, "hello", 5), "put");
	whole = sa.len;
	ok(whole == FRAME_HEAD_OCTETS + 5, "length");
	for (i = 0; i < whole; i++)
		short_ok &= frame_scan(&f, sa.s, i) == 0;
	ok(short_ok, "every cut-short frame asks for more");
	ok(frame_scan(&f, sa.s, sa.len) == (int)whole, "scan");
	ok(f.type == 'E' && f.tag == 7 && f.n == 5 &&
	    !memcmp(f.s, "hello", 5), "what was put comes out");

	at = frame_begin(&sa, 'M', 0xfffffffe);
	ok(at == (ssize_t)whole, "begin");
	stralloc_cats(&sa, "xyz");
	ok(frame_end(&sa, at), "end");
	ok(frame_scan(&f, sa.s + at, sa.len - (size_t)at) == 12 &&
	    f.tag == 0xfffffffe && f.n == 3, "built in place");

	sa.len = 0;
	at = frame_begin(&sa, 'M', 1);
	stralloc_readyplus(&sa, FRAME_PAYLOAD_OCTETS + 1);
	memset(sa.s + sa.len, 'x', FRAME_PAYLOAD_OCTETS + 1);
	sa.len += FRAME_PAYLOAD_OCTETS + 1;
	ok(!frame_end(&sa, at) && sa.len == 0, "too long to end");
	ok(frame_scan(&f, (char[]){ 0, 2, 0, 1, 'M', 0, 0, 0, 0 }, 9) == -1,
	    "too long to scan");
	return tap_end();
}
