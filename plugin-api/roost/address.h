/* SPDX-License-Identifier: MIT */
/* Address lists as flat arrays. RFC 5322 sections 3.4 and 4.4. Toolkit libroost-message. */
#ifndef ROOST_ADDRESS_H
#define ROOST_ADDRESS_H

#include <roost/header.h>

enum roost_address_kind {
	ROOST_ADDRESS_MAILBOX = 0,
	ROOST_ADDRESS_GROUP = 1,	/* name is the group's; its members follow */
	ROOST_ADDRESS_GROUP_END = 2,
	ROOST_ADDRESS_INVALID = 3,	/* only raw is set, and name when one could be read */
};

/* Strings are NUL-terminated, in arena, comments removed, never containing NUL or line ends. */
struct roost_address {
	uint32_t kind;
	bool quoted_local;	/* local needs quotes when written */
	const char *name;	/* unquoted, encoded words as they are (word.h); NULL: none */
	const char *route;	/* "@a,@b", obsolete source route; NULL: none */
	const char *local;	/* unquoted */
	const char *domain;	/* "" when the address had none ("root"); "[1.2.3.4]" as written */
	struct roost_text raw;	/* what it was read from, in the caller's value */
};

struct roost_address_list {
	struct roost_address *items;
	size_t count;
};

/*
 * Read a header's value (folds may be inside). Never fails: what cannot be read up to the next
 * comma is one entry of kind INVALID. "<>" is a mailbox with empty local and domain.
 */
ROOST_API void roost_address_parse(struct roost_arena *arena, struct roost_text value,
				   struct roost_address_list *list);
/*
 * Exactly one valid mailbox, by the letter of RFC 5322 without its obsolete forms: what a user
 * gave as an address. False otherwise.
 */
ROOST_API bool roost_address_parse_one(struct roost_arena *arena, struct roost_text value,
				       struct roost_address *address);

/* local@domain, quoted where needed; without "@domain" when domain is empty. */
ROOST_API void roost_address_write(struct roost_str *out, const struct roost_address *address);
/* The same with display name: "name" <local@domain>. name is written as it is in the struct. */
ROOST_API void roost_address_write_full(struct roost_str *out,
					const struct roost_address *address);

#endif
