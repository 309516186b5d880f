#ifndef PNEU_IMPORT_POSTFIX_H
#define PNEU_IMPORT_POSTFIX_H

#include "pneu-import/maincf.h"

/* Postfix's configuration becomes ours. What is found on the way: */
struct postfix {
	struct maincf m;
	genalloc local, relay, alias, mailbox;	/* of struct word: domains */
};

/* Whose domains: mydestination, relay_domains and so on. */
void postfix_classes(struct postfix *x);
/* ... and to settings, when all other files have been read. */
void postfix_setclasses(struct postfix *x);

/* transport_maps, and the transports of the classes. */
void postfix_routes(struct postfix *x);

/* All other tables. */
void postfix_tables(struct postfix *x);

/* mynetworks, inet_interfaces and what master.cf listens on. */
void postfix_net(struct postfix *x);

/* smtpd_tls_chain_files, smtpd_sasl_path. */
void postfix_auth(struct postfix *x);

/* All other parameters. */
void postfix_settings(struct postfix *x);

/* Why a parameter of Postfix has no counterpart: 0 if it is not known. *lost
 * is 0 if nothing is lost by that. */
const char *postfix_why(const char *name, int *lost);

/* "host:port" with the number for the name of a port, or 0 if there is no
 * such port. */
const char *postfix_nexthop(const char *s);

/* The numbers behind names of ports: "25" for "smtp"; 0 if unknown. */
const char *postfix_port(const char *s);

/* A value of transport(5) as one of our table routes, or 0: *why. */
const char *postfix_route(struct postfix *x, const char *v, const char **why);

/* The same as one of our settings that name a next hop. */
const char *postfix_transport(struct postfix *x, const char *v,
    const char **why);

/* The program behind a transport: "smtp" for "relay"; 0 if none. */
const char *postfix_program(struct postfix *x, const char *transport);

#endif
