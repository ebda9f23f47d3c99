/* The checker's view of a script: each command and test with its table entry and bound arguments. */
#ifndef SIEVE_CHECK_H
#define SIEVE_CHECK_H

#include <roost/map.h>
#include "sieve/build.h"
#include "sieve/instance.h"
#include "sieve/pool.h"
#include "sieve/sieve.h"

struct sieve_piece {
	enum sieve_item_type type;	/* STRING, VARIABLE, MATCH, NAME */
	struct sieve_text text;		/* STRING; NAME: namespace and name with a NUL between */
	uint32_t number;
	bool global;			/* VARIABLE: of all scripts */
};

struct sieve_bound {
	struct sieve_bound *next;
	enum sieve_slot slot;
	enum sieve_type type;
	const struct sieve_tag *tag;	/* NULL: positional */
	struct sieve_position at;
	uint64_t number;
	struct sieve_string *strings;
	uint32_t count;
};

/* A command or test with its meaning. */
struct sieve_use {
	struct sieve_use *next;
	const struct sieve_def *def;
	struct sieve_position at;
	struct sieve_bound *bound;
	struct sieve_use *tests, *block;
	int value;			/* of a test: 0, 1 when constant, else -1 */
	struct sieve_use *parent;
	uint32_t operation;		/* number in the instance */
	struct sieve_check *check;
	const char *as;			/* "command" or "test" */
};

struct sieve_compile;

/* What only scripts in error come to: kept out of the frames of those who call it. */
#define SIEVE_RARE __attribute__((cold, noinline))

struct sieve_check {
	struct sieve_compile *compile;
	const struct sieve_instance *instance;
	struct roost_arena *arena;
	struct sieve_pool pool;		/* of arena */
	const char *script;
	enum sieve_location location;
	struct sieve_diag *diag;
	bool required[SIEVE_MAX_EXTENSIONS];
	bool ihave[SIEVE_MAX_EXTENSIONS];	/* asked for and not there: what it has is no error */
	struct roost_map *variables;	/* lower-cased name -> number + 1 */
	struct roost_map *globals;	/* declared here: lower-cased name -> number + 1 */
	struct roost_map *unknown;	/* what has been reported */
	bool commands_began;
	struct sieve_use *scope;	/* the command whose block is being checked */
};

void sieve_check_error(struct sieve_check *check, struct sieve_position at,
		       const char *format, ...) ROOST_PRINTF(3, 4);
void sieve_check_warning(struct sieve_check *check, struct sieve_position at,
			 const char *format, ...) ROOST_PRINTF(3, 4);
/* Meaning of a tree: its uses in order. Errors are in diag. */
struct sieve_use *sieve_check_script(struct sieve_check *check, const struct sieve_node *commands);

bool sieve_check_required(const struct sieve_check *check, const char *extension);
/* -1 and an error: unknown, not offered. */
int sieve_check_require(struct sieve_check *check, const char *name, struct sieve_position at,
			bool quietly);
struct sieve_bound *sieve_use_find(const struct sieve_use *use, enum sieve_slot slot);
/* The constant text of a bound string; false when it has variables. */
bool sieve_bound_constant(const struct sieve_bound *bound, struct sieve_text *text);
struct sieve_bound *sieve_use_bind(struct sieve_check *check, struct sieve_use *use,
				   enum sieve_slot slot, enum sieve_type type);
/* How messages call it: "header test". */
const char *sieve_use_name(struct sieve_check *check, const struct sieve_use *use);

/* --- arguments (check_args.c) --- */
int sieve_check_some_args(struct sieve_check *check, struct sieve_use *use,
			  const struct sieve_node *node);

/* Most commands and control structures have no arguments, miss none and have none by mistake. */
static inline int sieve_check_args(struct sieve_check *check, struct sieve_use *use,
				   const struct sieve_node *node)
{
	bool none = node->args == NULL && use->def->required == 0 &&
		(node->tests == NULL || use->def->subtests != SIEVE_NO_TESTS);

	return none ? 0 : sieve_check_some_args(check, use, node);
}

/* Whether what stands where a test would is a tag without its colon. */
bool sieve_check_lacks_colon(const struct sieve_check *check, const struct sieve_use *use,
			     const struct sieve_node *node);

/* --- strings (check_string.c) --- */
/* Pieces of a string with a "$". */
int sieve_check_string(struct sieve_check *check, struct sieve_string *string);
/*
 * A variable as the interpreter finds it (number << 1, and 1 for one of all scripts), made when it
 * is new; -1 and an error when there are too many.
 */
int sieve_check_variable(struct sieve_check *check, struct sieve_text name,
			 struct sieve_position at);
bool sieve_is_identifier(struct sieve_text text);
/* From here on the name means the variable of all scripts. */
int sieve_check_declare_global(struct sieve_check *check, struct sieve_text name,
			       struct sieve_position at);
/* A name with a dot. */
int sieve_check_name(struct sieve_check *check, struct sieve_text name, struct sieve_position at,
		     bool set, struct sieve_piece *piece);

/* --- the whole compilation (compile.c) --- */
struct sieve_build *sieve_compile_build(struct sieve_compile *compile);
/* A variable that all scripts share. */
int sieve_compile_global(struct sieve_check *check, struct sieve_text name,
			 struct sieve_position at, struct sieve_piece *piece);
/* Whether there is such a script to include; -1 and an error. */
int sieve_compile_include(struct sieve_check *check, struct sieve_use *use);

#endif
