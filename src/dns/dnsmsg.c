#include "dns/dnsmsg.h"

#include <string.h>
#include <strings.h>
#include <skalibs/uint16.h>
#include <skalibs/uint32.h>

#define HEAD_OCTETS 12
#define RCODE_FORMERR 1
#define RCODE_NXDOMAIN 3
#define CLASS_IN 1

struct msg {
	const char *s;
	size_t n;
};

/* A record as it lies in the message: where its owner's name and its data
 * begin. */
struct record {
	char owner[DNSMSG_NAME_OCTETS + 1];
	uint16_t type, class;
	uint32_t ttl;
	size_t data, len;
};

static char
fold(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + 32);
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	    c == '_')
		return c;
	return '?';
}

/* Append one label of len octets to name[0..n). Returns the new length, -1
 * if the name becomes too long. */
static ssize_t
put_label(char *name, size_t n, const char *s, size_t len)
{
	size_t i;

	if (n + 1 + len > DNSMSG_NAME_OCTETS)
		return -1;
	if (n)
		name[n++] = '.';
	for (i = 0; i < len; i++)
		name[n++] = fold(s[i]);
	return (ssize_t)n;
}

/* Expand the name at offset at (RFC 1035 4.1.4). A pointer must lead before
 * the place where the piece that it ends began, so it cannot loop. Returns
 * the offset behind the name, -1 if malformed. */
static ssize_t
take_name(const struct msg *m, size_t at, char *name)
{
	size_t len = 0, begin = at;
	ssize_t behind = -1, r;

	for (;;) {
		unsigned char c;

		if (at >= m->n)
			return -1;
		c = (unsigned char)m->s[at];
		if ((c & 0xc0) == 0xc0) {
			size_t to;

			if (at + 1 >= m->n)
				return -1;
			to = (size_t)(c & 0x3f) << 8 |
			    (unsigned char)m->s[at + 1];
			if (to >= begin)
				return -1;
			if (behind < 0)
				behind = (ssize_t)at + 2;
			begin = at = to;
			continue;
		}
		if (c & 0xc0)
			return -1;
		at++;
		if (!c)
			break;
		if (c > m->n - at ||
		    (r = put_label(name, len, m->s + at, c)) < 0)
			return -1;
		len = (size_t)r;
		at += c;
	}
	name[len] = 0;
	return behind < 0 ? (ssize_t)at : behind;
}

static uint16_t
get16(const struct msg *m, size_t at)
{
	uint16_t u;

	uint16_unpack_big(m->s + at, &u);
	return u;
}

static uint32_t
get32(const struct msg *m, size_t at)
{
	uint32_t u;

	uint32_unpack_big(m->s + at, &u);
	return u;
}

/* The record at offset at. Returns the offset behind it, or -1. */
static ssize_t
take_record(const struct msg *m, size_t at, struct record *r)
{
	ssize_t p = take_name(m, at, r->owner);

	if (p < 0 || m->n - (size_t)p < 10)
		return -1;
	at = (size_t)p;
	r->type = get16(m, at);
	r->class = get16(m, at + 2);
	r->ttl = get32(m, at + 4);
	if (r->ttl > INT32_MAX)		/* RFC 2181 section 8 */
		r->ttl = 0;
	r->len = get16(m, at + 8);
	r->data = at + 10;
	if (r->len > m->n - r->data)
		return -1;
	return (ssize_t)(r->data + r->len);
}

/* The question must be the one that we asked. Returns the offset behind it,
 * or -1. */
static ssize_t
take_question(const struct msg *m, const char *name, uint16_t type)
{
	char got[DNSMSG_NAME_OCTETS + 1];
	ssize_t at;

	if (get16(m, 4) != 1)
		return -1;
	at = take_name(m, HEAD_OCTETS, got);
	if (at < 0 || m->n - (size_t)at < 4 || strcasecmp(got, name) ||
	    get16(m, (size_t)at) != type ||
	    get16(m, (size_t)at + 2) != CLASS_IN)
		return -1;
	return at + 4;
}

/* RFC 6698 section 2.1. What we have no room for is kept as a record without
 * data, which nobody can use. */
static int
take_tlsa(const struct msg *m, const struct record *r, struct dnsmsg *out,
    struct dnsmsg_record *to)
{
	size_t n = r->len - 3u;

	if (r->len < 3)
		return -1;
	to->usage = (unsigned char)m->s[r->data];
	to->selector = (unsigned char)m->s[r->data + 1];
	to->match = (unsigned char)m->s[r->data + 2];
	to->at = (uint16_t)out->datalen;
	to->len = 0;
	if (n > DNSMSG_TLSA_OCTETS || n > DNSMSG_DATA_OCTETS - out->datalen)
		return 1;
	memcpy(out->data + out->datalen, m->s + r->data + 3, n);
	to->len = (uint16_t)n;
	out->datalen += n;
	return 1;
}

/* Strings, each with its length before it (RFC 1035 3.3.14). */
static int
take_txt(const struct msg *m, const struct record *r, struct dnsmsg *out,
    struct dnsmsg_record *to)
{
	size_t i, k, at = out->datalen;

	to->at = (uint16_t)at;
	to->len = 0;
	for (i = 0; i < r->len; i += k + 1) {
		k = (unsigned char)m->s[r->data + i];
		if (k > r->len - i - 1)
			return -1;
		if (k > DNSMSG_TLSA_OCTETS - (at - out->datalen) ||
		    k > DNSMSG_DATA_OCTETS - at)
			return 1;
		memcpy(out->data + at, m->s + r->data + i + 1, k);
		at += k;
	}
	to->len = (uint16_t)(at - out->datalen);
	out->datalen = at;
	return 1;
}

static int
take_data(const struct msg *m, const struct record *r, struct dnsmsg *out,
    struct dnsmsg_record *to)
{
	ssize_t end;

	switch (r->type) {
	case DNS_A:
		if (r->len != 4)
			return -1;
		ip46_from_ip4(&to->ip, m->s + r->data);
		return 1;
	case DNS_AAAA:
		if (r->len != 16)
			return -1;
		ip46_from_ip6(&to->ip, m->s + r->data);
		return 1;
	case DNS_TLSA:
		return take_tlsa(m, r, out, to);
	case DNS_TXT:
		return take_txt(m, r, out, to);
	case DNS_CNAME:
		end = take_name(m, r->data, to->name);
		break;
	default:
		if (r->len < 3)
			return -1;
		to->pref = get16(m, r->data);
		end = take_name(m, r->data + 2, to->name);
	}
	return end == (ssize_t)(r->data + r->len) ? 1 : -1;
}

static void
lower_ttl(struct dnsmsg *out, uint32_t ttl)
{
	if (ttl < out->ttl)
		out->ttl = ttl;
}

/* Where the next record goes, or 0. Of too many MX the less preferred give
 * way. */
static struct dnsmsg_record *
place(struct dnsmsg *out, const struct msg *m, const struct record *r)
{
	struct dnsmsg_record *to = out->rr;
	size_t i;

	if (out->n < DNSMSG_RECORDS)
		return out->rr + out->n++;
	for (i = 1; i < out->n; i++)
		if (out->rr[i].pref > to->pref)
			to = out->rr + i;
	return r->type == DNS_MX && r->len > 2 &&
	    get16(m, r->data) < to->pref ? to : 0;
}

/* Go through the answers once for the records of owner: its data goes to
 * out; if it is an alias, what for goes to owner. Returns 2 then, 1, or -1
 * if malformed. */
static int
take_answers(const struct msg *m, size_t at, char *owner, uint16_t type,
    struct dnsmsg *out)
{
	unsigned int i, n = get16(m, 6);
	struct dnsmsg_record *to;
	struct record r;
	int alias = 0;
	char next[DNSMSG_NAME_OCTETS + 1];

	for (i = 0; i < n; i++) {
		ssize_t behind = take_record(m, at, &r);

		if (behind < 0)
			return -1;
		at = (size_t)behind;
		if (r.class != CLASS_IN || strcasecmp(r.owner, owner))
			continue;
		if (r.type == DNS_CNAME && type != DNS_CNAME) {
			if (take_name(m, r.data, next) !=
			    (ssize_t)(r.data + r.len))
				return -1;
			alias = 1;
			lower_ttl(out, r.ttl);
		} else if (r.type == type && (to = place(out, m, &r))) {
			if (take_data(m, &r, out, to) < 0)
				return -1;
			lower_ttl(out, r.ttl);
		}
	}
	if (!alias || out->n)
		return 1;
	strcpy(owner, next);
	return 2;
}

/* How long a negative answer holds: RFC 2308 section 5. */
static uint32_t
negative_ttl(const struct msg *m, size_t at)
{
	unsigned int i, n = get16(m, 6) + get16(m, 8);
	struct record r;

	for (i = 0; i < n; i++) {
		ssize_t behind = take_record(m, at, &r);

		if (behind < 0)
			return 0;
		at = (size_t)behind;
		if (i >= get16(m, 6) && r.type == DNS_SOA && r.len >= 22) {
			uint32_t min = get32(m, at - 4);

			return min < r.ttl ? min : r.ttl;
		}
	}
	return 0;
}

static void
set_kind(struct dnsmsg *out, const struct msg *m, int more)
{
	switch (m->s[3] & 15) {
	case 0:
		out->kind = out->n ? DNSMSG_FOUND :
		    more ? DNSMSG_LOOP : DNSMSG_NODATA;
		return;
	case RCODE_NXDOMAIN:
		out->kind = DNSMSG_NXDOMAIN;
		out->n = 0;
		return;
	case RCODE_FORMERR:
		out->kind = DNSMSG_FORMERR;
		break;
	default:
		out->kind = DNSMSG_LATER;
	}
	out->n = 0;
}

int
dnsmsg_scan(struct dnsmsg *out, const char *s, size_t n, const char *name,
    uint16_t type)
{
	struct msg m = { s, n };
	ssize_t at;
	int i, r = 2;

	out->kind = DNSMSG_LATER;
	out->n = 0;
	out->ad = 0;
	out->datalen = 0;
	out->owner[0] = 0;
	out->ttl = INT32_MAX;
	if (n < HEAD_OCTETS || !(s[2] & 0x80) ||
	    strlen(name) > DNSMSG_NAME_OCTETS)
		return -1;
	out->ad = (s[3] & 0x20) != 0;
	if ((s[3] & 15) == RCODE_FORMERR) {	/* may lack the question */
		set_kind(out, &m, 0);
		return 1;
	}
	if ((at = take_question(&m, name, type)) < 0)
		return -1;
	strcpy(out->owner, name);
	for (i = 0; i < DNSMSG_CNAMES && r == 2; i++)
		r = take_answers(&m, (size_t)at, out->owner, type,
		    out);
	if (r < 0)
		return -1;
	set_kind(out, &m, r == 2);
	if (out->kind != DNSMSG_FOUND)
		out->ttl = negative_ttl(&m, (size_t)at);
	return 1;
}
