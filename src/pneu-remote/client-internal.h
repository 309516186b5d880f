#ifndef PNEU_REMOTE_CLIENT_INTERNAL_H
#define PNEU_REMOTE_CLIENT_INTERNAL_H

#include "pneu-remote/client.h"

/* What client.c (calls), client_put.c (commands), client_reply.c (what a
 * reply says), client_step.c (what it leads to) and client_auth.c (AUTH)
 * share. */

#define CLIENT_QUIT_MS 5000		/* to wait for the 221 */

void client_end(struct client *c);	/* nothing is wrong */
void client_close(struct client *c, char kind, const char *code, int site,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void client_settle(struct client *c, size_t lo, size_t hi,
    unsigned char mark, const struct verdict *v, int site);
void client_settle_all(struct client *c, unsigned char mark, char kind,
    const char *code, int site, const char *text);

/* Strings up to a null pointer. */
void client_put(struct client *c, stralloc *out, const char *s, ...);
/* EHLO, or LHLO; its reply is waited for. */
void client_put_ehlo(struct client *c, stralloc *out, uint64_t now);
void client_put_mail(struct client *c, stralloc *out);

/* The next RCPT. Returns 0 if there is no recipient left. */
int client_put_rcpt(struct client *c, stralloc *out);

/* What is wrong with the letter for this host: all its recipients get their
 * verdict, and 0 is returned. */
int client_check(struct client *c);

/* EHLO and TLS are done: log in, if we are to, else we are ready. */
void client_auth(struct client *c, stralloc *out, uint64_t now);
void client_auth_reply(struct client *c, stralloc *out, uint64_t now);

/* The enhanced code that goes with a reply: its own, else X.0.0. With class
 * not 0 that class instead of the reply's. */
void client_code(const struct client *c, char code[VERDICT_CODE_OCTETS + 1],
    char class);

/* The reply is the verdict on recipients; the end of the session: the host
 * does not want us, says 421, or makes no sense. */
void client_settle_reply(struct client *c, size_t lo, size_t hi,
    unsigned char mark);
void client_settle_reply_all(struct client *c, unsigned char mark);
void client_refused(struct client *c);
void client_shutting_down(struct client *c);
void client_protocol(struct client *c);

/* A line of a reply has come (c->reply); a whole reply; no reply at all. */
void client_line(struct client *c);
void client_reply(struct client *c, stralloc *out, uint64_t now);
void client_garbage(struct client *c);

#endif
