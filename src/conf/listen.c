#include "conf/listen.h"

#include <errno.h>
#include <string.h>

#define PROXY "+proxy"

static const char *const words[] = {
	"smtp", "smtps", "submission", "submissions"
};

const char *
listen_word(enum listen_role r)
{
	return words[r];
}

static enum listen_role
find(const char *s, size_t n)
{
	int i;

	for (i = 0; i < LISTEN_ROLES; i++)
		if (strlen(words[i]) == n && !memcmp(words[i], s, n))
			break;
	return (enum listen_role)i;
}

enum listen_role
listen_role(const char *word)
{
	return find(word, strlen(word));
}

int
listen_scan(struct listen_at *l, const char *s, size_t n)
{
	const size_t k = sizeof PROXY - 1;
	const char *slash;

	l->proxy = n > k && !memcmp(s + n - k, PROXY, k);
	if (l->proxy)
		n -= k;
	l->role = LISTEN_SMTP;
	slash = n ? memchr(s, '/', n) : 0;
	if (slash) {
		l->role = find(slash + 1, n - (size_t)(slash - s) - 1);
		n = (size_t)(slash - s);
	}
	if (l->role == LISTEN_ROLES)
		return (errno = EINVAL, -1);
	return net_scanport(&l->at, &l->port, s, n);
}
