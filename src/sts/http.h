#ifndef STS_HTTP_H
#define STS_HTTP_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

/* The answer to a GET (RFC 9112), octet by octet as it comes: a short text, or
 * a reason why it is none. Taken is status 200, text/plain, in its plain
 * form, with Content-Length, in chunks, or up to the end of the connection: of
 * that nobody can tell whether all of it has come. No I/O. */

#define HTTP_LINE_OCTETS 8192		/* of the head, or of a chunk's */
#define HTTP_HEAD_OCTETS 65536		/* of all such lines */
#define HTTP_WHY_OCTETS 64

enum http_state {
	HTTP_STATUS, HTTP_HEADER, HTTP_BODY, HTTP_CHUNK, HTTP_CHUNKED,
	HTTP_CHUNKEND, HTTP_TRAILER, HTTP_REST, HTTP_DONE, HTTP_BAD
};

struct http {
	enum http_state state;
	size_t max;			/* of the body */
	int interim;			/* a status 1xx: another follows */
	int chunked, haslength, plain, typed;
	uint64_t length, left;
	size_t head;			/* octets of lines */
	size_t n;			/* of the line that is coming */
	char line[HTTP_LINE_OCTETS];
	stralloc body;
	char why[HTTP_WHY_OCTETS];	/* HTTP_BAD */
};

/* For an answer of at most max octets; the storage of body is used again. At
 * first h must be zero. */
void http_init(struct http *h, size_t max);

/* s[0..n) has come. Returns 1 when the body is whole (what is behind it is
 * passed over), 0 if more is to come, -1 if it is none that we take, with
 * h->why. */
int http_take(struct http *h, const char *s, size_t n);

/* The connection has ended. 1: that was the end of the body, 0: it is cut
 * short. */
int http_end(struct http *h);

void http_free(struct http *h);

#endif
