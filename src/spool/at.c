#include "spool/at.h"

#include <string.h>
#include <skalibs/uint64.h>

#include "spool/slot.h"

static const struct {
	const char *prefix;
	size_t n;
	int hasdir;
} tops[] = {
	[AT_NEW] = { "new/", 4, 1 }, [AT_DEFER] = { "defer/", 6, 1 },
	[AT_HOLD] = { "hold/", 5, 0 }, [AT_BAD] = { "bad/", 4, 0 },
};

/* The directory before the last slash of s, which is at slash (or the end
 * of s). 1 or -1. */
static int
dir_scan(struct at *a, const char *s, size_t n)
{
	char word[SLOT_OCTETS + 1];

	if (n > SLOT_OCTETS)
		return -1;
	memcpy(word, s, n);
	word[n] = 0;
	if (a->top == AT_NEW)
		return generation_scan(word, &a->dir);
	return slot_scan(word, &a->dir);
}

/* Top and directory of s; a->file is set to what follows them. */
static int
front_scan(struct at *a, const char *s)
{
	const char *slash;
	size_t i;

	memset(a, 0, sizeof *a);
	for (i = 0; i < sizeof tops / sizeof tops[0]; i++)
		if (!strncmp(s, tops[i].prefix, tops[i].n))
			break;
	if (i == sizeof tops / sizeof tops[0])
		return -1;
	a->top = (enum at_top)i;
	s += tops[i].n;
	a->file = s;
	if (!tops[i].hasdir)
		return 1;
	slash = strchr(s, '/');
	a->file = slash ? slash + 1 : s + strlen(s);
	return dir_scan(a, s, slash ? (size_t)(slash - s) : strlen(s));
}

int
at_scan(struct at *a, const char *s)
{
	return front_scan(a, s) < 0 ? -1 : letter_name_scan(&a->name, a->file);
}

int
at_scan_any(struct at *a, const char *s)
{
	const char *p;

	if (front_scan(a, s) < 0 || !*a->file || *a->file == '.' ||
	    strlen(a->file) > 255)
		return -1;
	for (p = a->file; *p; p++)
		if (*p <= 32 || *p > 126 || *p == '/')
			return -1;
	return 1;
}

int
at_scan_dir(struct at *a, const char *s)
{
	if (front_scan(a, s) < 0 || *a->file || !tops[a->top].hasdir)
		return -1;
	return s[strlen(s) - 1] == '/' ? -1 : 1;
}

unsigned int
at_dir_fmt(char *s, enum at_top top, uint64_t dir)
{
	char *p = s;

	memcpy(p, tops[top].prefix, tops[top].n);
	p += tops[top].n;
	if (top == AT_NEW) {
		generation_fmt(p, dir * GENERATION_S);
		p += GENERATION_OCTETS;
	} else if (top == AT_DEFER)
		p += uint64_fmt(p, dir);
	else
		p--;
	*p = 0;
	return (unsigned int)(p - s);
}
