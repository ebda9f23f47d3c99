/*
 * The tables that give a script meaning: commands, tests and tags of an extension, each with how it
 * is checked and what it does. An extension is one such table; the core is the table without a name.
 */
#ifndef SIEVE_DEF_H
#define SIEVE_DEF_H

#include "sieve/ast.h"
#include "sieve/slot.h"

enum sieve_type { SIEVE_FLAG = 0, SIEVE_NUMBER, SIEVE_STRING, SIEVE_LIST };

struct sieve_check;
struct sieve_bound;
struct sieve_use;
struct sieve_run;
struct sieve_args;
struct sieve_matcher;
struct roost_sieve_operation;

/* Groups of tags that many tests share. */
enum {
	SIEVE_GROUP_COMPARATOR = 1,
	SIEVE_GROUP_MATCH = 2,
	SIEVE_GROUP_ADDRESS = 4,
	SIEVE_GROUP_ALL_MATCH = SIEVE_GROUP_COMPARATOR | SIEVE_GROUP_MATCH,
};

struct sieve_tag {
	const char *name;		/* without the colon */
	const char *commands;		/* which may have it: "header address"; NULL: by group */
	unsigned group;
	enum sieve_slot slot;
	enum sieve_type type;		/* of its parameter; SIEVE_FLAG: none */
	bool constant;			/* the parameter may hold no variables */
	const char *exclusive;		/* class of which a command has at most one: "MATCH-TYPE" */
	uint32_t value;			/* what a FLAG puts into the slot; 0 stands for 1 */
	/* More to check, with the error reported; bound: the parameter. */
	int (*check)(struct sieve_check *check, struct sieve_use *use, struct sieve_bound *bound);
	enum sieve_slot needs;		/* not without this one, in either order */
	const char *needs_name;
	bool collects;			/* value is a bit: several of the slot, each once */
	const char *with;		/* only when this other extension is required too */
};

struct sieve_param { enum sieve_type type; const char *name; };

enum sieve_body { SIEVE_NO_BLOCK, SIEVE_BLOCK };
enum sieve_subtests { SIEVE_NO_TESTS, SIEVE_ONE_TEST, SIEVE_TEST_LIST };

/* Built into checker and code generator. */
enum sieve_control {
	SIEVE_PLAIN, SIEVE_REQUIRE, SIEVE_IF, SIEVE_ELSIF, SIEVE_ELSE,
	SIEVE_TRUE, SIEVE_FALSE, SIEVE_NOT, SIEVE_ALLOF, SIEVE_ANYOF,
	SIEVE_CONSTANT,			/* value found by check: ihave */
	SIEVE_INCLUDE,
	SIEVE_LOOP,			/* its block runs while the operation says 1 */
	SIEVE_WRAPPED,			/* its block runs once: test */
	SIEVE_BREAK,			/* out of the loop that check left as its sub-test */
};

struct sieve_def {
	const char *name;
	bool is_test, is_command;	/* both: filter, execute, test_message */
	struct sieve_param params[4];
	uint8_t required;		/* of the params; the others may be missing */
	bool optional_first;		/* it is the first that may be missing */
	uint8_t groups;
	uint8_t comparator;		/* the default one, by number */
	enum sieve_slot keys;		/* SIEVE_GROUP_MATCH: the list that values are matched against */
	enum sieve_body block;
	enum sieve_subtests subtests;
	enum sieve_control control;
	bool action;			/* collects an action */
	/* What the table cannot say: -1 with the error reported. */
	int (*check)(struct sieve_check *check, struct sieve_use *use);
	/* A test: 1, 0, -1 failed (reported). A command: 0 or -1. */
	int (*run)(struct sieve_run *run, const struct sieve_args *args);
	const struct roost_sieve_operation *plugin;	/* of a module; run is that of plugin.c */
};

/* Variables by names with a dot: "env.", "tst.", "global." RFC 5229 section 3. */
struct sieve_namespace {
	const char *name;
	/* Compile time: whether the rest of the name can be; with the error reported. NULL: any. */
	int (*check)(struct sieve_check *check, const char *name, struct sieve_position at, bool set);
	/* Appends the value. NULL: a variable of the namespace, shared by all scripts. */
	void (*get)(struct sieve_run *run, const char *name, struct roost_str *out);
};

struct sieve_extension {
	const char *name;		/* as in require; NULL: always there */
	uint32_t version;		/* raised when compiled scripts that use it have to be made anew */
	bool off;			/* offered only when the administrator lists it */
	bool bundle;			/* never by ihave: changes what strings mean */
	const struct sieve_def *defs;		/* each array ends with a name of NULL */
	const struct sieve_tag *tags;
	const struct sieve_namespace *namespaces;
	const char *implies;		/* another one that comes with it */
	/* Other conditions when required; with the error reported. */
	int (*require)(struct sieve_check *check, struct sieve_position at);
};

#endif
