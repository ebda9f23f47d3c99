/* A script as it is written: commands, arguments, tests, blocks; no meaning. RFC 5228 section 8. */
#ifndef SIEVE_AST_H
#define SIEVE_AST_H

#include "sieve/diag.h"
#include "sieve/words.h"

enum sieve_arg_type { SIEVE_ARG_TAG, SIEVE_ARG_NUMBER, SIEVE_ARG_STRING, SIEVE_ARG_LIST };

struct sieve_position { uint32_t line, column; };

/* A piece of a string that names a variable, or plain text. */
struct sieve_piece;

/* A string as it is written; with its pieces when the checker has found any. */
struct sieve_string {
	struct sieve_text text;		/* NUL-terminated */
	struct sieve_position at;
	struct sieve_piece *pieces;
	uint32_t count;
	bool constant;			/* text is all of it */
	bool dollar;			/* the text has a "$": there may be more in it */
};

struct sieve_arg {
	struct sieve_arg *next;
	enum sieve_arg_type type;
	struct sieve_position at;
	union {
		uint64_t number;
		struct {		/* TAG */
			struct sieve_text tag;		/* without the colon, as it is written */
			const struct sieve_word *word;	/* NULL: nobody knows it */
			const struct sieve_tag *meaning;	/* found by the checker */
		};
	};
	uint32_t count;			/* of the strings: STRING has one, LIST any but none */
	struct sieve_string strings[];
};

/* A command or a test. */
struct sieve_node {
	struct sieve_node *next;
	struct sieve_text name;		/* as it is written */
	const struct sieve_word *word;	/* NULL: nobody knows it */
	struct sieve_position at;
	struct sieve_arg *args, *last_arg;
	struct sieve_node *tests;
	struct sieve_node *block;
	uint32_t arg_count;
	bool test_list;			/* tests stand in parentheses */
	bool has_block;
	uint32_t depth;			/* grammar: how deep it goes, or one before it in its list */
};

enum {
	SIEVE_MAX_IDENTIFIER = 32,
	SIEVE_MAX_STRING = 1 << 20,
	SIEVE_MAX_ARGS = 32,
	SIEVE_MAX_NESTING = 32,
};

/*
 * Read a script. script: its name for diagnostics; words: what may be known, or NULL. False when there
 * were errors; all are in diag then, and what could be made out is in *commands. *identity: sieve_hash() of
 * the source, made while it is read.
 */
bool sieve_parse(struct roost_arena *arena, const struct sieve_words *words, const char *script,
		 struct sieve_text source, struct sieve_diag *diag, struct sieve_node **commands,
		 uint64_t *identity);

#endif
