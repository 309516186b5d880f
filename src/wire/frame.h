#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include <stddef.h>
#include <stdint.h>
#include <skalibs/stralloc.h>

/* All stages talk in frames over Unix stream sockets (doc/PROTOCOLS):
 *
 *	octets 0..3	payload length, big endian
 *	octet  4	type, a letter or digit of ASCII
 *	octets 5..8	tag, big endian: the asker's number for this request
 *	octets 9..	payload
 *
 * Answers carry the tag of what they answer and may come in any order. */

#define FRAME_HEAD_OCTETS 9
#define FRAME_PAYLOAD_OCTETS 131072	/* more is malformed */

struct frame {
	char type;
	uint32_t tag;
	char *s;		/* payload, points into what was scanned */
	size_t n;
};

/* Parse one frame from s[0..n). Returns octets used, 0 if it is cut short,
 * -1 if it claims more than FRAME_PAYLOAD_OCTETS. f->s points into s. */
int frame_scan(struct frame *f, char *s, size_t n);

/* Write the head of a frame with a payload of n octets to h. For those who
 * send the payload from elsewhere (writev). */
void frame_head(char h[FRAME_HEAD_OCTETS], char type, uint32_t tag, size_t n);

/* Append one whole frame to sa (s may be 0 if n is). Returns 1, or 0 with errno ENOMEM or, when
 * n is over FRAME_PAYLOAD_OCTETS, EMSGSIZE; sa is then as it was. */
int frame_put(stralloc *sa, char type, uint32_t tag, const char *s, size_t n);

/* Begin a frame whose payload is appended to sa by other calls, and end it:
 * at = frame_begin(sa, type, tag); ...; frame_end(sa, at). frame_begin
 * returns the offset of the frame, or -1 with ENOMEM. frame_end fills in
 * the length and returns 1, or 0 with EMSGSIZE, sa cut back to at. */
ssize_t frame_begin(stralloc *sa, char type, uint32_t tag);
int frame_end(stralloc *sa, ssize_t at);

#endif
