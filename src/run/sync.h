#ifndef RUN_SYNC_H
#define RUN_SYNC_H

/* Making things durable. */

/* Begin to write fd's data out, without waiting, so that a later fsync of
 * many files waits once and not once for each. Only a hint: does nothing
 * where the system has no such call. */
void sync_start(int fd);

/* fsync the directory path. Returns 0, or -1 with errno. */
int sync_dir(const char *path);

/* The same with the directory that holds path. ENAMETOOLONG beyond
 * SYNC_PATH_OCTETS. */
#define SYNC_PATH_OCTETS 4200
int sync_above(const char *path);

#endif
