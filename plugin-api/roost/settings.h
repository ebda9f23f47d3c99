/* SPDX-License-Identifier: MIT */
/*
 * Settings of a module: a table that names them as administrators write them, and typed structs
 * made from it for a scope. Ours; the names, defaults and printed forms are R-SET-1, R-CFG-13.
 */
#ifndef ROOST_SETTINGS_H
#define ROOST_SETTINGS_H

#include <roost/arena.h>
#include <roost/error.h>

/* What stands at the offset in the settings struct. */
enum roost_setting_type {
	ROOST_SET_BOOL = 1,	/* bool */
	ROOST_SET_UINT = 2,	/* uint64_t */
	ROOST_SET_OCTAL = 3,	/* uint32_t */
	ROOST_SET_SIZE = 4,	/* uint64_t, bytes; "unlimited" is UINT64_MAX */
	ROOST_SET_TIME = 5,	/* int64_t, microseconds */
	ROOST_SET_STRING = 6,	/* const char *, never NULL */
	ROOST_SET_PATH = 7,	/* const char *; ~/ and %h are expanded in user scope */
	ROOST_SET_LIST = 8,	/* const char *const *, ends with NULL; written with blanks or commas */
	ROOST_SET_ENUM = 9,	/* uint32_t, index into the words of fallback "first|second|third" */
};
/* Or-ed to the type. */
#define ROOST_SET_FAMILY 0x100u	/* name, name2, name3 ...: const struct roost_setting_pair *, in order
				   of their number, ends with name NULL; type is STRING */
#define ROOST_SET_SECRET 0x200u	/* goes only to processes whose role needs it; printed hidden */
#define ROOST_SET_EXPANDED 0x400u /* %-variables (R-VAR-1..5) are expanded when the struct is made */
#define ROOST_SET_HIDDEN 0x800u	/* printed only with roostconf -s */

struct roost_setting_pair {
	const char *name, *value;
};

struct roost_setting {
	const char *name;	/* "imap_capability", "plugin/zlib_save_level" */
	uint32_t type;
	uint32_t offset;	/* in the struct */
	const char *fallback;	/* as one would write it in the file; NULL: unset */
	const char *doc;	/* one or two sentences with the unit; roostconf -d and the man page show it */
};

/* When values are known: which filters, user fields and variables apply. */
enum roost_settings_scope {
	ROOST_SCOPE_PROCESS = 0,	/* global values and the process's protocol block */
	ROOST_SCOPE_CONNECTION = 1,	/* with local, remote and local_name blocks */
	ROOST_SCOPE_USER = 2,		/* with userdb fields and the user's variables */
	ROOST_SCOPE_MAILBOX = 3,
};

struct roost_settings {
	const char *name;	/* "passdb pinboard": shown in errors */
	uint32_t size;		/* of the struct */
	const struct roost_setting *fields;	/* ends with name NULL */
	uint32_t scope;		/* enum roost_settings_scope */
};

/* A process, a connection or a user, as far as settings are concerned. */
struct roost_scope;

/* The scope of this process: what applies without connection and user. Borrowed. */
ROOST_API const struct roost_scope *roost_scope_process(void);

/*
 * The struct described by schema, filled for scope. Made once per scope and schema, lives as long
 * as the scope. Values were judged at start, so this fails only where a value depends on user
 * fields or variables: ROOST_ERR_CONFIG, detail names the setting and what is wrong with it.
 */
ROOST_API int roost_settings_get(const struct roost_scope *scope,
				 const struct roost_settings *schema, const void **settings,
				 struct roost_error *err);

/* One setting by its name, as text with variables expanded; NULL when nobody knows it. Borrowed from scope. */
ROOST_API const char *roost_scope_value(const struct roost_scope *scope, const char *name);

/*
 * A variable's value as %{name} would give it in this scope (R-VAR-1): "" when it is known and has
 * no value here, NULL when there is no such variable. Borrowed from scope.
 */
ROOST_API const char *roost_scope_variable(const struct roost_scope *scope, const char *name);

/* Append text with the scope's variables replaced; fails as roost_expand does. */
struct roost_str;
ROOST_API int roost_scope_expand(const struct roost_scope *scope, struct roost_str *out,
				 const char *text, struct roost_error *err);

/*
 * Narrower scopes. parent outlives what is made from it; names and values are copied. Lists end
 * with name NULL and may be NULL themselves. Freed by their maker.
 *
 * Of a connection: facts are variables by their long names; "protocol" (else "service"), "lip",
 * "rip" and "local_name" also choose among the protocol, local, remote and local_name blocks.
 */
ROOST_API struct roost_scope *roost_scope_connection(const struct roost_scope *parent,
						     const struct roost_setting_pair *facts);
/*
 * Of a user: fields are what the userdb answered (R-PDB-8): settings by name or path, "mail",
 * "home", "uid", "gid", "chroot" for the setting of that meaning, anything else is plugin/NAME.
 * Their values are not expanded again (R-VAR-5). user, username, domain, home, uid and gid become
 * variables.
 */
ROOST_API struct roost_scope *roost_scope_user(const struct roost_scope *parent, const char *user,
					       const struct roost_setting_pair *fields);
/* "name=value" fields as such pairs, in arena; a bare name is "yes" (R-PDB-8). */
ROOST_API const struct roost_setting_pair *roost_setting_pairs(struct roost_arena *arena,
							       const char *const *fields);
ROOST_API void roost_scope_free(struct roost_scope *scope);
/* Set or replace a variable of this scope; before its settings are asked for. */
ROOST_API void roost_scope_set_variable(struct roost_scope *scope, const char *name,
					const char *value);
/* What "-o name=value" does: wins over files and userdb fields, in this scope and those made from it. */
ROOST_API void roost_scope_override(struct roost_scope *scope, const char *name,
				    const char *value);

/*
 * Blocks: "namespace", "passdb", "userdb", "service", "metric" ...; within one: "mailbox",
 * "unix_listener". In the order of the file; names of unnamed ones are "1", "2" ... The list ends
 * with NULL and is borrowed from scope.
 */
ROOST_API const char *const *roost_scope_blocks(const struct roost_scope *scope, const char *type);
/*
 * The scope of one block: names are looked up in the block first ("driver" is "passdb/1/driver"),
 * then outside. Made once, borrowed from scope. NULL when there is no such block.
 */
ROOST_API const struct roost_scope *roost_scope_block(const struct roost_scope *scope,
						      const char *type, const char *name);

#endif
