/* Keywords of a Maildir folder. */
#ifndef SIEVE_TOOL_KEYWORDS_H
#define SIEVE_TOOL_KEYWORDS_H

enum { TOOL_LETTERS = 26 };

/*
 * The letters that stand for the keywords among flags in file names of the folder, in the order of the
 * alphabet. Names that have none yet get one, as long as there are some; the others are left out.
 */
void tool_keyword_letters(const char *folder, const char *const *flags, char letters[TOOL_LETTERS + 1]);

#endif
