#ifndef PNEU_CONF_CHECK_H
#define PNEU_CONF_CHECK_H

#include "pneu-conf/aliases.h"
#include "pneu-conf/rows.h"
#include "pneu-conf/settings.h"
#include "pneu-conf/templates.h"

/* All that an instance is configured by. */
#define ALL_MAPS 4
struct all {
	struct settings x;
	struct rows bcc, tls, senders, routes, mailboxes, recipients, virtual, maps[ALL_MAPS];
	struct aliases aliases;
	struct templates templates;
	struct report report;
};

#define ALL_ZERO { .routes = ROWS_ZERO("routes"), \
    .mailboxes = ROWS_ZERO("virtual_mailboxes"), \
    .recipients = ROWS_ZERO("relay_recipients"), \
    .virtual = ROWS_ZERO("virtual"), .bcc = ROWS_ZERO("bcc"), \
    .senders = ROWS_ZERO("senders"), \
    .tls = ROWS_ZERO("tls_policy"), .maps = { ROWS_ZERO("canonical"), \
    ROWS_ZERO("recipient_canonical"), ROWS_ZERO("sender_canonical"), \
    ROWS_ZERO("generic") }, .aliases = ALIASES_ZERO, \
    .templates = TEMPLATES_ZERO, \
    .report = REPORT_ZERO }

/* What settings_load cannot see: the items of lists, settings that do not
 * fit together, tables that do not fit the settings. Pure: looks at nothing
 * but a. */
void check_all(struct all *a);

/* Keys and certificates: read them, and say what is wrong. */
void check_chains(struct all *a);

/* Our logins at other hosts: read them, and say what is wrong, but not what
 * they are. */
void check_logins(struct all *a);

/* Our users and their passwords: the same. */
void check_passwd(struct all *a);

/* The second half of it (check_together.c). */
void check_together(struct all *a);

/* Our users: 1 if uid or name is one that services need. Looks them up in
 * the system if the setting users does not have them; as root only. */
void check_users(struct all *a);

/* Modes and owners of what etc/install.list names, below home. */
void check_files(struct all *a, const char *home);

/* The user or group of a line in install.list or of a service, as the
 * setting users has it, or else the system: 1, or 0 if it is unknown. */
int check_lookup(const struct settings *x, const char *name, uid_t *uid,
    gid_t *gid);

#endif
