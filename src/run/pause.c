#include "run/pause.h"

#include <errno.h>
#include <stdlib.h>

/* The same without the empty places. */
static int
squeezed(iopause_fd *x, unsigned int n, const tain *until)
{
	iopause_fd *y = malloc(n * sizeof *y);
	unsigned int i, k = 0;
	int r;

	if (!y)
		return -1;
	for (i = 0; i < n; i++)
		if (x[i].fd >= 0)
			y[k++] = x[i];
	r = iopause_g(y, k, until);
	for (i = k = 0; i < n; i++)
		x[i].revents = x[i].fd >= 0 ? y[k++].revents : 0;
	free(y);
	return r;
}

int
run_pause(iopause_fd *x, unsigned int n, const tain *until)
{
	int r = iopause_g(x, n, until);

	return r < 0 && errno == EINVAL ? squeezed(x, n, until) : r;
}
