#ifndef PNEU_REMOTE_MX_INTERNAL_H
#define PNEU_REMOTE_MX_INTERNAL_H

#include "pneu-remote/mx.h"

/* mx_fail.c: why there is nobody to be tried. All return -1. */
int mx_fail(struct mx_fail *f, char kind, const char *code, int site,
    int fallback, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
int mx_fail_dns(struct mx_fail *f, enum dnsmsg_kind kind, const char *name,
    uint16_t type);
int mx_fail_loop(struct mx_fail *f, const struct nexthop *h);

#endif
