#ifndef PNEU_SMTPD_SESSION_INTERNAL_H
#define PNEU_SMTPD_SESSION_INTERNAL_H

#include "pneu-smtpd/session.h"

/* What the files of the session machine share. */

/* say.c: append a reply made of the strings up to a null pointer. */
void session_say(struct session *s, unsigned int code, const char *dsn,
    const char *text, ...);
#define say(s, code, dsn, ...) \
	session_say(s, code, dsn, __VA_ARGS__, (const char *)0)

/* The same, of a command that failed by the client's doing: counted, and
 * slowed (smtpd_soft_error_limit); the last one ends the session. */
void session_refuse(struct session *s, unsigned int code, const char *dsn,
    const char *text, ...);
#define refuse(s, code, dsn, ...) \
	session_refuse(s, code, dsn, __VA_ARGS__, (const char *)0)

/* Count an error whose reply has been said otherwise. */
void session_error(struct session *s);

/* Log "what VERB from CLIENT": lost connection after, timeout after, ... */
void session_log(struct session *s, const char *what, const char *more);

/* Log a refusal: of(RCPT, END-OF-MESSAGE), reply, recipient or 0. */
void session_logreject(struct session *s, const char *of, unsigned int code,
    const char *dsn, const char *text, const char *rcpt);

/* Log "disconnect from ..." with the counts of commands. */
void session_logend(struct session *s);

/* command.c: run the line that is whole. 0 if it must wait until the asks
 * are answered. */
int session_command(struct session *s);

/* HELO, RSET, NOOP, VRFY and HELP do nothing for mail: in great number they
 * are errors. */
void session_junk(struct session *s);

/* mail.c */
int session_mail(struct session *s, const char *arg, size_t n);
int session_rcpt(struct session *s, const char *arg, size_t n);
size_t session_asking(const struct session *s);
void session_reset(struct session *s);	/* the transaction, XFORWARD */

/* All that the client has said is forgotten, the transaction and who it is,
 * as after a greeting. */
void session_anew(struct session *s);

/* Keep what the client calls itself, printable. 1, or 0 for no memory. */
int session_keephelo(struct session *s, const char *name, size_t n);

/* xclient.c */
void session_xclient(struct session *s, const char *arg, size_t n);
void session_xforward(struct session *s, const char *arg, size_t n);

/* etrn.c */
int session_offersetrn(const struct session *s);
void session_etrn(struct session *s, const char *arg, size_t n);

/* starttls.c */
void session_starttls(struct session *s, size_t n);	/* octets behind it */
int session_offerstls(const struct session *s);
/* 1 if the command is refused because it is in clear. */
int session_needstls(struct session *s);
/* sasl.c: AUTH; octets of a line that answers a challenge. */
int session_offersauth(const struct session *s);
void session_auth(struct session *s, const char *arg, size_t n);
size_t session_response(struct session *s, const char *buf, size_t n);

/* authline.c: more of a line than fits in line. 1: it is kept, in authline;
 * 0: it is too long. Overwrite and free what may be a password. */
int session_longline(struct session *s, const char *buf, size_t n);
void session_wipe(stralloc *sa);

/* 1 if AUTH has to come before MAIL, which has then been refused. */
int session_needsauth(struct session *s);

/* 1 if who has authenticated may send as addr; else MAIL is refused. */
int session_mayown(struct session *s, const char *addr);

/* RFC 3848: "ESMTPSA"; RFC 6531 4.3: "UTF8SMTPSA". */
const char *session_proto(const struct session *s, int utf8);

/* complete.c: if the header of msg is all there, make it whole. 1; 2: it is
 * left as it is; 0: more is needed, or the session is over. */
int session_complete(struct session *s);

/* letter.c */
#define SESSION_STEP_OCTETS 16384	/* of the client decoded at a time */
void session_data(struct session *s);
void session_message_begin(struct session *s);
size_t session_message(struct session *s, const char *buf, size_t n);
void session_forget(struct session *s);	/* the letter, unless committed */

/* Octets of the message have been put behind msg's offset at, perhaps (if
 * decoder.done) the last. */
void session_decoded(struct session *s, size_t at);

/* The letter will be refused, for the first reason that shows. The rest of
 * it is passed over. */
void session_condemn(struct session *s, unsigned int code, const char *dsn,
    const char *text, size_t n);

/* bdat.c: the command; octets of a chunk; if it has come whole, answer it. */
void session_bdat(struct session *s, const char *arg, size_t n);
size_t session_chunk(struct session *s, const char *buf, size_t n);
void session_chunk_end(struct session *s);

/* header.c: addresses of the header, of the part of msg from offset at that
 * has just come; at the end of the message; the end of that. Return 1, 0 if
 * a table cannot be read, -1 for no memory. */
void session_map(struct session *s);	/* a message begins */
int session_mapped(struct session *s, size_t at, int last);
void session_unmap(struct session *s);

/* session.c: say no more, take no more. */
void session_close(struct session *s);

/* End if that has been asked for and can be now. */
void session_mayfinish(struct session *s);

#endif
