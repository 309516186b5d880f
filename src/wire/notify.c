#include "wire/notify.h"

#include <string.h>
#include <strings.h>

static const char *const texts[] = {
	"NEVER", "SUCCESS", "FAILURE", "SUCCESS,FAILURE", "DELAY",
	"SUCCESS,DELAY", "FAILURE,DELAY", "SUCCESS,FAILURE,DELAY"
};

unsigned int
notify_scan(const char *s)
{
	static const char *const words[] = { "SUCCESS", "FAILURE", "DELAY" };
	unsigned int mask = 0, i;
	size_t n;

	if (!s)
		return NOTIFY_FAILURE | NOTIFY_DELAY;
	for (;; s += n + 1) {
		n = strcspn(s, ",");
		for (i = 0; i < 3; i++)
			if (n == strlen(words[i]) &&
			    !strncasecmp(s, words[i], n))
				mask |= 1u << i;
		if (!s[n])
			return mask;
	}
}

const char *
notify_text(unsigned int mask)
{
	return texts[mask & 7];
}
