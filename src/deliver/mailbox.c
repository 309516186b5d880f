#include "deliver/mailbox.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "run/sync.h"


static int
isgood_part(const char *s, size_t n)
{
	size_t i;

	if (!n || (n == 1 && s[0] == '.') ||
	    (n == 2 && s[0] == '.' && s[1] == '.'))
		return 0;
	for (i = 0; i < n; i++)
		if ((unsigned char)s[i] < 32 || s[i] == 127)
			return 0;
	return 1;
}

int
mailbox_isgood(const char *path)
{
	size_t n;

	if (!*path || strlen(path) > MAILBOX_PATH_OCTETS)
		return 0;
	while (*path) {
		n = strcspn(path, "/");
		if (!isgood_part(path, n))
			return 0;
		path += n;
		if (*path == '/')
			path++;
	}
	return 1;
}

/* The directory that holds path's last component, into dir. */
static void
parent(char *dir, const char *path)
{
	char *slash;

	strcpy(dir, path);
	slash = strrchr(dir, '/');
	if (!slash)
		strcpy(dir, ".");
	else if (slash == dir)
		dir[1] = 0;
	else
		*slash = 0;
}

/* One that exists is fsynced too: whoever made it may not have. */
static int
make_one(const char *path, unsigned int mode)
{
	char dir[MAILBOX_PATH_OCTETS + 8];

	if (mkdir(path, (mode_t)mode) < 0 && errno != EEXIST)
		return -1;
	parent(dir, path);
	return sync_dir(dir);
}

int
mailbox_mkdir(const char *path, unsigned int mode)
{
	char sub[MAILBOX_PATH_OCTETS + 8];
	size_t i, n = strlen(path);

	if (n > MAILBOX_PATH_OCTETS + 4)
		return (errno = ENAMETOOLONG, -1);
	while (n > 1 && path[n - 1] == '/')
		n--;
	memcpy(sub, path, n);
	sub[n] = 0;
	if (make_one(sub, mode) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	for (i = 1; i < n; i++) {
		if (sub[i] != '/')
			continue;
		sub[i] = 0;
		if (make_one(sub, mode) < 0)
			return -1;
		sub[i] = '/';
	}
	return make_one(sub, mode);
}
