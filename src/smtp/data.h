#ifndef SMTP_DATA_H
#define SMTP_DATA_H

#include <stddef.h>

/* The message between DATA and the final dot (RFC 5321 sections 4.1.1.4 and
 * 4.5.2): lines end in LF with us and in CRLF on the wire. Neither side lets
 * a bare CR or LF out (doc/VIOLATIONS). */

/* LF to CRLF with dots doubled, in parts of any size. CR LF in the input is
 * one line end; any other CR becomes a space, so that no reader of the wire
 * can see an end of line, or of the message, where we saw none. */
struct smtp_encoder {
	char mid;		/* within a line */
	char cr;		/* a CR is held until its successor is known */
};

#define SMTP_ENCODER_ZERO { 0, 0 }

/* Room that out must have for n octets of input. */
#define SMTP_ENCODE_OCTETS(n) (2 * (n) + 1)
#define SMTP_ENCODE_END_OCTETS 6

/* Encode s[0..n) to out. Returns octets written. */
size_t smtp_encode(struct smtp_encoder *e, char *out, const char *s, size_t n);

/* The end: a line end if the last line has none, then ".\r\n". */
size_t smtp_encode_end(struct smtp_encoder *e, char *out);

/* The other way. Only CR LF "." CR LF ends the message (or "." CR LF at its
 * beginning, after the line end of DATA). A bare LF is a line end and is
 * noted; a line of "." that it begins or ends is content. A bare CR becomes
 * a space. The dot in front of any other line is removed, also after a bare
 * LF. */
struct smtp_decoder {
	unsigned char state;	/* private; 0 is the beginning */
	unsigned char done;	/* the end has been seen */
	unsigned char bare_lf;	/* a bare LF has been seen */
	unsigned char bare_cr;	/* a bare CR has been seen */
};

#define SMTP_DECODER_ZERO { 0, 0, 0, 0 }

/* Room that out must have for n octets of input: what was held back of the
 * input before may come out too. */
#define SMTP_DECODE_OCTETS(n) ((n) + 3)

/* Decode s[0..n) to out, setting *len to the octets written. Returns octets
 * used: all of them, unless the end was seen (d->done), which is behind
 * them. */
size_t smtp_decode(struct smtp_decoder *d, char *out, size_t *len,
    const char *s, size_t n);

/* So many octets of s[0..n) come before a CR or LF, if not more. */
size_t smtp_plain(const char *s, size_t n);

#endif
