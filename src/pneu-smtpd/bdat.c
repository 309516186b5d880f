#include "pneu-smtpd/session-internal.h"

#include <stdio.h>
#include <string.h>

#include "smtp/chunk.h"

/* BDAT (RFC 3030 section 2). The octets of a chunk are taken whatever its
 * answer will be, which comes behind them: so client and server stay in step
 * when commands are pipelined. A chunk that is refused ends the letter; those
 * behind it are passed over until the last of them, or RSET. */

#define SYNTAX "Syntax: BDAT count [LAST]"

static void
condemn(struct session *s, unsigned int code, const char *dsn,
    const char *text)
{
	s->pass = 1;
	session_condemn(s, code, dsn, text, strlen(text));
}

/* Why this chunk is refused whatever is in it, if it is. */
static void
judge(struct session *s, uint64_t n, int scanned)
{
	char text[80];

	if (s->bare && s->c->forbid_lf) {
		condemn(s, 550, "5.5.2", "Error: bare <LF> received");
	} else if (scanned < 0) {
		condemn(s, 501, "5.5.4", SYNTAX);
	} else if (s->bdat == SESSION_BDAT_FAILED) {
		snprintf(text, sizeof text, "Discarded %llu octets after "
		    "earlier error", (unsigned long long)n);
		condemn(s, 551, "5.0.0", text);
	} else if (!s->proto) {
		condemn(s, 503, "5.5.1", "Error: send HELO/EHLO first");
	} else if (!s->inmail) {
		condemn(s, 503, "5.5.1", "Error: need MAIL command");
	} else if (!s->nrcpts && s->nbad[SMTP_RCPT]) {
		condemn(s, 554, "5.5.1", "Error: no valid recipients");
	} else if (!s->nrcpts) {
		condemn(s, 503, "5.5.1", "Error: need RCPT command");
	} else if (s->c->size && (n > s->c->size || (s->bdat &&
	    s->size > s->c->size - n))) {
		s->bdat = SESSION_BDAT_ON;
		condemn(s, 552, "5.3.4", "Chunk exceeds message size limit");
	}
}

void
session_bdat(struct session *s, const char *arg, size_t n)
{
	uint64_t len;
	int last, r = smtp_chunk_scan(&len, &last, arg, n);

	if (r == 0 || r == -1) {
		refuse(s, 501, "5.5.4", SYNTAX);
		if (r)		/* where it ends nobody knows */
			session_close(s);
		return;
	}
	s->chunk = s->chunklen = len;
	s->lastchunk = (char)last;
	s->pass = 0;
	judge(s, len, r);
	if (!s->pass && !s->bdat) {
		s->bdat = SESSION_BDAT_ON;
		session_message_begin(s);
	}
	if (s->mode == SESSION_CLOSED)
		return;
	s->mode = SESSION_DATA;
	if (!len)
		session_chunk(s, "", 0);
}

/* The chunk was refused; after 551 it is not one error more. */
static void
turn_down(struct session *s)
{
	unsigned int code = s->why;

	if (s->bdat == SESSION_BDAT_ON)
		session_logreject(s, "BDAT", code, s->whydsn, s->whytext.s, 0);
	if (code / 100 == 5 && code != 551)
		refuse(s, code, s->whydsn, s->whytext.s);
	else {
		say(s, code, s->whydsn, s->whytext.s);
		s->nbad[SMTP_BDAT]++;
	}
	s->why = 0;
	s->fault = 0;
	if (!s->bdat || s->mode == SESSION_CLOSED)
		return;
	s->bdat = SESSION_BDAT_FAILED;
	if (s->lastchunk)
		session_reset(s);
}

void
session_chunk_end(struct session *s)
{
	char text[64];

	if (s->verb != SMTP_BDAT || s->chunk || s->mode != SESSION_DATA)
		return;
	s->mode = SESSION_COMMAND;
	if (s->why) {
		turn_down(s);
		return;
	}
	snprintf(text, sizeof text, "Ok: %llu octets",
	    (unsigned long long)s->chunklen);
	say(s, 250, "2.0.0", text);
	if (!s->chunklen && !s->lastchunk)
		session_junk(s);
}

size_t
session_chunk(struct session *s, const char *buf, size_t n)
{
	size_t at = s->msg.len;

	if (n > SESSION_STEP_OCTETS)
		n = SESSION_STEP_OCTETS;
	if (n > s->chunk)
		n = (size_t)s->chunk;
	s->chunk -= n;
	if (s->pass) {
		session_chunk_end(s);
		return n;
	}
	if (!stralloc_readyplus(&s->msg, SMTP_DECODE_OCTETS(n))) {
		session_lost(s, s->now);
		return n;
	}
	s->msg.len += smtp_chunk_decode(&s->decoder, s->msg.s + at, buf, n);
	if (!s->chunk && s->lastchunk)
		s->msg.len += smtp_chunk_end(&s->decoder,
		    s->msg.s + s->msg.len);
	session_decoded(s, at);
	session_chunk_end(s);
	return n;
}
