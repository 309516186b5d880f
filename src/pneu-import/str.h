#ifndef PNEU_IMPORT_STR_H
#define PNEU_IMPORT_STR_H

#include <stddef.h>
#include <skalibs/genalloc.h>

/* Strings that live until the program ends: it runs once, over files that
 * people wrote. What takes storage dies (111) if there is none. */

char *str_keepb(const char *s, size_t n);
char *str_keep(const char *s);

/* The strings up to a null pointer, one after another. */
char *str_join(const char *s, ...);
#define str_cat(...) str_join(__VA_ARGS__, (const char *)0)

/* A copy in lower case (ASCII). */
char *str_lower(const char *s);

/* A copy without white space at both ends. */
char *str_trim(const char *s, size_t n);

/* 1 if s begins with word. */
int str_starts(const char *s, const char *word);

/* Where something was read. text is the line, for comments; it may be 0. */
struct origin {
	const char *file;
	unsigned int line;
	const char *text;
};

/* A word of a list, and where it was read. */
struct word {
	const char *s;
	struct origin at;
};

/* Append the words of s, divided by white space and commas, to w (of struct
 * word). {...} is one word, braces and all, and so is "...". */
void str_words(genalloc *w, const char *s, const struct origin *at);

void str_addword(genalloc *w, const char *s, const struct origin *at);

/* The word that is s without regard to case, or 0. */
const struct word *str_findword(const genalloc *w, const char *s);

/* The words from the first on, one space between. */
char *str_joinwords(const genalloc *w);

void str_nomem(void) __attribute__((noreturn));

#endif
