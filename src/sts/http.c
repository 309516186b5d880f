#include "sts/http.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

void
http_init(struct http *h, size_t max)
{
	stralloc body = h->body;

	memset(h, 0, offsetof(struct http, line));
	h->why[0] = 0;
	h->max = max;
	h->body = body;
	h->body.len = 0;
}

void
http_free(struct http *h)
{
	stralloc_free(&h->body);
}

static void
bad(struct http *h, const char *why)
{
	h->state = HTTP_BAD;
	snprintf(h->why, sizeof h->why, "%s", why);
}

static int
isdigit_(char c)
{
	return c >= '0' && c <= '9';
}

/* "HTTP/1.1 200 OK" */
static void
take_status(struct http *h)
{
	const char *s = h->line;

	if (h->n < 12 || memcmp(s, "HTTP/1.", 7) || !isdigit_(s[7]) ||
	    s[8] != ' ' || !isdigit_(s[9]) || !isdigit_(s[10]) ||
	    !isdigit_(s[11]) || (h->n > 12 && s[12] != ' ')) {
		bad(h, "no answer in HTTP/1");
		return;
	}
	h->interim = s[9] == '1';
	if (!h->interim && memcmp(s + 9, "200", 3))
		snprintf(h->why, sizeof h->why, "HTTP status %.3s", s + 9);
	h->state = h->why[0] ? HTTP_BAD : HTTP_HEADER;
}

/* The value s[0..n) begins with word, and a parameter or nothing follows. */
static int
is(const char *s, size_t n, const char *word)
{
	size_t k = strlen(word);

	if (n < k || strncasecmp(s, word, k))
		return 0;
	while (k < n && (s[k] == ' ' || s[k] == '\t'))
		k++;
	return k == n || s[k] == ';';
}

static void
take_length(struct http *h, const char *s, size_t n)
{
	uint64_t u = 0;
	size_t i;

	for (i = 0; i < n && isdigit_(s[i]) && u <= h->max; i++)
		u = 10 * u + (uint64_t)(s[i] - '0');
	if (u > h->max)
		bad(h, "it is too long");
	else if (!n || i < n || (h->haslength && h->length != u))
		bad(h, "Content-Length makes no sense");
	h->haslength = 1;
	h->length = u;
}

/* The end of the head. */
static void
begin_body(struct http *h)
{
	if (h->interim) {
		h->state = HTTP_STATUS;
		h->chunked = h->haslength = h->plain = h->typed = 0;
	} else if (!h->plain)
		bad(h, "it is not text/plain");
	else if (h->chunked && h->haslength)
		bad(h, "two lengths");
	else if (h->chunked)
		h->state = HTTP_CHUNK;
	else if (!h->haslength)
		h->state = HTTP_REST;	/* RFC 9112 6.3 (8) */
	else {
		h->left = h->length;
		h->state = h->left ? HTTP_BODY : HTTP_DONE;
	}
}

static void
take_header(struct http *h)
{
	const char *v = memchr(h->line, ':', h->n);
	size_t k = v ? (size_t)(v - h->line) : 0, n = v ? h->n - k - 1 : 0;

#define NAME(s) (k == sizeof s - 1 && !strncasecmp(h->line, s, k))
	if (!h->n) {
		begin_body(h);
		return;
	}
	if (!v || !k || h->line[0] == ' ' || h->line[0] == '\t' ||
	    h->line[k - 1] == ' ' || h->line[k - 1] == '\t') {
		bad(h, "a malformed header");	/* RFC 9112 5.1, 5.2 */
		return;
	}
	for (v++; n && (*v == ' ' || *v == '\t'); n--)
		v++;
	while (n && (v[n - 1] == ' ' || v[n - 1] == '\t'))
		n--;
	if (NAME("content-length"))
		take_length(h, v, n);
	else if (NAME("content-type")) {
		h->plain = is(v, n, "text/plain") && (h->plain || !h->typed);
		h->typed = 1;
	} else if (NAME("transfer-encoding")) {
		if (h->chunked || n != 7 || strncasecmp(v, "chunked", 7))
			bad(h, "a transfer coding that is not chunked");
		h->chunked = 1;
	} else if (NAME("content-encoding") && !(n == 8 &&
	    !strncasecmp(v, "identity", 8)))
		bad(h, "a content coding");
#undef NAME
}

static int
hex(char c)
{
	return isdigit_(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "1f; extension": how much follows. */
static void
take_chunk(struct http *h)
{
	size_t i;

	h->left = 0;
	for (i = 0; i < h->n && hex(h->line[i]) >= 0 &&
	    h->left <= h->max; i++)
		h->left = 16 * h->left + (uint64_t)hex(h->line[i]);
	if (h->left > h->max - h->body.len)
		bad(h, "it is too long");
	else if (!i || (i < h->n && !memchr("; \t", h->line[i], 3)))
		bad(h, "a malformed chunk");
	else
		h->state = h->left ? HTTP_CHUNKED : HTTP_TRAILER;
}

static void
take_line(struct http *h)
{
	if (h->n && h->line[h->n - 1] == '\r')
		h->n--;
	switch (h->state) {
	case HTTP_STATUS: take_status(h); break;
	case HTTP_HEADER: take_header(h); break;
	case HTTP_CHUNK: take_chunk(h); break;
	case HTTP_CHUNKEND:
		if (h->n)
			bad(h, "a malformed chunk");
		else
			h->state = HTTP_CHUNK;
		break;
	default:
		if (!h->n)
			h->state = HTTP_DONE;
	}
	h->n = 0;
}

/* Octets of a line. Returns how many were used. */
static size_t
line(struct http *h, const char *s, size_t n)
{
	const char *end = memchr(s, '\n', n);
	size_t k = end ? (size_t)(end - s) : n;

	h->head += k + 1;
	if (k > sizeof h->line - h->n || h->head > HTTP_HEAD_OCTETS) {
		bad(h, "too much of a head");
		return n;
	}
	memcpy(h->line + h->n, s, k);
	h->n += k;
	if (end)
		take_line(h);
	return k + (end != 0);
}

/* Octets of the body. */
static size_t
body(struct http *h, const char *s, size_t n)
{
	if (h->state == HTTP_REST) {
		if (n > h->max - h->body.len) {
			bad(h, "it is too long");
			return n;
		}
		h->left = n + 1;	/* there may be more */
	}
	if (n > h->left)
		n = (size_t)h->left;
	if (!stralloc_catb(&h->body, s, n)) {
		bad(h, "out of memory");
		return n;
	}
	h->left -= n;
	if (!h->left)
		h->state = h->chunked ? HTTP_CHUNKEND : HTTP_DONE;
	return n;
}

int
http_take(struct http *h, const char *s, size_t n)
{
	size_t k;

	while (n && h->state < HTTP_DONE) {
		k = h->state == HTTP_BODY || h->state == HTTP_CHUNKED ||
		    h->state == HTTP_REST ? body(h, s, n) : line(h, s, n);
		s += k;
		n -= k;
	}
	return h->state == HTTP_DONE ? 1 : h->state == HTTP_BAD ? -1 : 0;
}

int
http_end(struct http *h)
{
	if (h->state == HTTP_REST)
		h->state = HTTP_DONE;
	return h->state == HTTP_DONE;
}
