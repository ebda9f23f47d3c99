/* SPDX-License-Identifier: MIT */
/*
 * Sieve extensions of modules: commands and tests that scripts use after "require". Provisional.
 * The engine is not linked: each call brings the table of what it can ask. RFC 5228 section 6. Ours.
 */
#ifndef ROOST_SIEVE_H
#define ROOST_SIEVE_H

#include <roost/error.h>
#include <roost/module.h>

enum roost_sieve_type {
	ROOST_SIEVE_FLAG = 0,		/* a tag without a parameter */
	ROOST_SIEVE_NUMBER = 1, ROOST_SIEVE_STRING = 2, ROOST_SIEVE_LIST = 3,
};

struct roost_sieve_param {
	const char *name;		/* for messages; NULL ends the list */
	uint32_t type;			/* enum roost_sieve_type */
};

/* One use of a command or test at run time. */
struct roost_sieve_call;

/* Texts live until the script has ended; they may hold NULs, and one more follows their end. */
struct roost_sieve_engine {
	/* Positional arguments from 0. string: of a list, the entry at. NULL: not given. */
	uint64_t (*number)(struct roost_sieve_call *call, uint32_t argument);
	uint32_t (*count)(struct roost_sieve_call *call, uint32_t argument);
	const char *(*string)(struct roost_sieve_call *call, uint32_t argument, uint32_t at, size_t *len);
	/* Tags by their place in the operation's list. number of a flag: 1. */
	bool (*has_tag)(struct roost_sieve_call *call, uint32_t tag);
	uint64_t (*tag_number)(struct roost_sieve_call *call, uint32_t tag);
	const char *(*tag_string)(struct roost_sieve_call *call, uint32_t tag, size_t *len);
	/* The message: as edited; the nth field (from 0) of a name, decoded; NULL: no such field. */
	const char *(*message)(struct roost_sieve_call *call, size_t *len);
	const char *(*header)(struct roost_sieve_call *call, const char *name, uint32_t nth, size_t *len);
	/* Envelope; sender "": the null one. May be NULL. */
	const char *(*sender)(struct roost_sieve_call *call);
	const char *(*recipient)(struct roost_sieve_call *call);
	/* Of a test with .matches: compare one value with the keys. True: matched, no more is needed. */
	bool (*value)(struct roost_sieve_call *call, const char *text, size_t len);
	/* A note in the user's log. */
	void (*warn)(struct roost_sieve_call *call, const char *text);
};

struct roost_sieve_operation {
	const char *name;		/* as in scripts; NULL ends the list */
	bool is_test;			/* else a command */
	bool matches;			/* match types and comparators; its last parameter is the key list */
	uint32_t required;		/* of the params; the others may be left out */
	struct roost_sieve_param params[5];	/* at most 4 */
	struct roost_sieve_param tags[5];	/* at most 4; names without the colon, no lists */
	/*
	 * A test: 1 or 0 (of .matches: ignored but for -1). A command: 0. -1 and err: the script ends
	 * with this error, and the message is kept.
	 */
	int (*run)(struct roost_sieve_call *call, const struct roost_sieve_engine *engine,
		   struct roost_error *err);
};

struct roost_sieve_ops {
	const char *name;		/* of the extension: "vnd.example.shout" */
	bool by_default;		/* else only when the administrator lists it */
	uint32_t version;		/* raise it to have scripts compiled anew */
	const struct roost_sieve_operation *operations;
};

#define ROOST_SIEVE_REVISION 1
#define ROOST_SIEVE(ops) \
	ROOST_PROVIDE_(ROOST_KIND_SIEVE, ROOST_SIEVE_REVISION, struct roost_sieve_ops, ops)

#endif
