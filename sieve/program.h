/*
 * A compiled script: instructions over one pool of constants. Immutable and relocatable: what is
 * loaded is the bytes of the file, checked once (checksum, then every reference), then trusted.
 * Offsets, never pointers, are inside.
 *
 * Code is a sequence of words. JUMPs are two words; a CALL is four and two for each argument:
 * CALL, operation, line, count, then count pairs of slot and pool item, slots ascending.
 */
#ifndef SIEVE_PROGRAM_H
#define SIEVE_PROGRAM_H

#include <roost/error.h>
#include "sieve/sieve.h"
#include "sieve/slot.h"

enum { SIEVE_PROGRAM_VERSION = 4 };

enum sieve_code {
	SIEVE_CODE_END,			/* of a script */
	SIEVE_CODE_JUMP,		/* target */
	SIEVE_CODE_JUMP_TRUE,		/* target; on the last test's value */
	SIEVE_CODE_JUMP_FALSE,
	SIEVE_CODE_CALL,
	SIEVE_CODE_CODES
};

enum sieve_item_type {
	SIEVE_ITEM_NONE,
	SIEVE_ITEM_NUMBER,		/* a: low, b: high word */
	SIEVE_ITEM_STRING,		/* a: offset in bytes, b: length; a NUL follows */
	SIEVE_ITEM_LIST,		/* a: first of index, b: count; strings and templates */
	SIEVE_ITEM_TEMPLATE,		/* the same; strings, variables, match values, names */
	SIEVE_ITEM_VARIABLE,		/* a: number, b: 1 one of all scripts */
	SIEVE_ITEM_MATCH,		/* a: number of the match value */
	SIEVE_ITEM_NAME,		/* a: namespace's string item, b: name's */
	SIEVE_ITEM_TYPES
};

struct sieve_item { uint32_t type, a, b; };

/* One script of the program; 0 is the main one. */
struct sieve_unit {
	uint32_t name;			/* string item */
	uint32_t location;		/* enum sieve_location; string item of the name is as included */
	uint32_t start;			/* in code */
	uint32_t first_variable, variables;
	uint32_t missing;		/* an optional one that was not there */
	uint32_t identity[2];		/* sieve_hash() of its text: low, high word */
};

static inline uint64_t sieve_unit_identity(const struct sieve_unit *unit)
{
	return unit->identity[0] | (uint64_t)unit->identity[1] << 32;
}

struct sieve_def;

struct sieve_program {
	struct roost_arena *arena;
	const struct sieve_item *items;
	const uint32_t *index;
	const char *bytes;
	const uint32_t *code;
	const struct sieve_unit *units;
	const uint32_t *operation_names;	/* string items "command/keep", "test/header" */
	const uint32_t *extensions;		/* string items */
	uint32_t item_count, index_count, byte_count, code_count, unit_count, operation_count;
	uint32_t extension_count, variable_count, global_count;
	const struct sieve_def **operations;
	struct sieve_text data;			/* what was loaded */
	uint64_t setup;				/* sieve_instance_setup() of its compiler */
	void **prepared;			/* per code word: keys made ready by match.c */
};

/* Put the right checksum into the bytes of a program. */
void sieve_program_seal(char *data, size_t len);
/* As text, for people. */
void sieve_program_dump(struct roost_str *out, const struct sieve_program *program);

static inline struct sieve_text sieve_program_string(const struct sieve_program *program,
						      uint32_t item)
{
	return (struct sieve_text){ program->bytes + program->items[item].a,
				    program->items[item].b };
}

/* The strings of a list whose items are all constant; else NULL. */
static inline const uint32_t *sieve_program_constants(const struct sieve_program *program,
						       uint32_t number)
{
	const struct sieve_item *list = &program->items[number];
	const uint32_t *strings = program->index + list->a;

	for (uint32_t i = 0; i < list->b; i++) {
		if (program->items[strings[i]].type != SIEVE_ITEM_STRING)
			return NULL;
	}
	return strings;
}

static inline uint64_t sieve_program_number(const struct sieve_program *program, uint32_t item)
{
	return program->items[item].a | (uint64_t)program->items[item].b << 32;
}

#endif
