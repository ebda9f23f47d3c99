/* The names of commands, tests and tags that an instance knows, each once, with all it can mean. */
#ifndef SIEVE_WORDS_H
#define SIEVE_WORDS_H

#include "sieve/text.h"

struct sieve_def;
struct sieve_tag;

/* A command or test of this name; numbers of its operations from 1, 0: it is none. */
struct sieve_meaning {
	struct sieve_meaning *next;
	const struct sieve_def *def;
	uint32_t extension;
	uint32_t command, test;
};

struct sieve_tag_meaning {
	struct sieve_tag_meaning *next;
	const struct sieve_tag *tag;
	uint32_t extension;
};

struct sieve_word {
	uint64_t first, last;		/* bytes of the name, see words.c */
	const char *name;
	size_t len;
	struct sieve_meaning *meanings;	/* in the order of the extensions */
	struct sieve_tag_meaning *tags;
};

struct sieve_words {
	struct roost_arena *arena;
	struct sieve_word **slots;
	uint32_t count, mask;		/* of the slots; 0: none yet */
};

/* text: letters, digits, '_'. NULL: nothing has this name, or words is NULL. */
struct sieve_word *sieve_words_find(const struct sieve_words *words, struct sieve_text text);
/* name outlives the words. */
struct sieve_word *sieve_words_add(struct sieve_words *words, const char *name);

#endif
