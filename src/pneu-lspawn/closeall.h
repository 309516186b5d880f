#ifndef PNEU_LSPAWN_CLOSEALL_H
#define PNEU_LSPAWN_CLOSEALL_H

/* Close every descriptor from fd up. */
void close_all(int fd);

#endif
