/* SPDX-License-Identifier: MIT */
/*
 * Searching a mailbox: a tree of keys, and its evaluation. RFC 9051 section 6.4.4; ours.
 * Toolkit libroost-mail.
 *
 * Keys are asked in the order of what their answer costs: the index, what the cache keeps, header
 * blocks, bodies. What is dearer is read only for messages that the cheaper keys leave open.
 */
#ifndef ROOST_SEARCH_H
#define ROOST_SEARCH_H

#include <roost/header.h>
#include <roost/set.h>

enum roost_search_kind {
	ROOST_SEARCH_ALL = 0,
	ROOST_SEARCH_AND = 1,		/* of those inside; of none: all messages */
	ROOST_SEARCH_OR = 2,		/* of those inside; of none: no message */
	ROOST_SEARCH_SEQ = 3,		/* set */
	ROOST_SEARCH_UID = 4,		/* set */
	ROOST_SEARCH_FLAGS = 5,		/* has all of flags and none of unset */
	ROOST_SEARCH_KEYWORD = 6,	/* name */
	ROOST_SEARCH_MODSEQ = 7,	/* from, before */
	ROOST_SEARCH_SIZE = 8,		/* from, before: RFC822.SIZE, bytes with CRLF */
	ROOST_SEARCH_INTERNALDATE = 9,	/* from, before: days as roost_date_parse_day gives them */
	ROOST_SEARCH_SENTDATE = 10,	/* the same, of the Date field; without one: INTERNALDATE */
	ROOST_SEARCH_HEADER = 11,	/* name, text; text "": the field is there */
	ROOST_SEARCH_ADDRESS = 12,	/* name: From, To, Cc or Bcc; text: in one of its addresses */
	ROOST_SEARCH_BODY = 13,		/* text */
	ROOST_SEARCH_TEXT = 14,		/* text: in the header too */
};

struct roost_search_key {
	enum roost_search_kind kind;
	bool negated;			/* NOT, of whatever kind */
	struct roost_search_key *first, *last, *next;	/* those inside; the one beside this one */
	struct roost_set set;		/* normalised */
	uint32_t flags, unset;		/* ROOST_FLAG_* */
	const char *name;
	struct roost_text text;		/* UTF-8 */
	int64_t from, before;		/* from <= what is asked < before; INT64_MIN, INT64_MAX: open */
};

#define ROOST_SEARCH_MAX_DEPTH 50	/* keys inside keys */

/* A key in arena, nothing but kind set; from and before are open. */
ROOST_API struct roost_search_key *roost_search_key_new(struct roost_arena *arena,
							enum roost_search_kind kind);
/* key becomes the last one inside parent (AND, OR). */
ROOST_API void roost_search_key_add(struct roost_search_key *parent, struct roost_search_key *key);

/* Only the first, only the last, or both ends of the result are wanted: ESEARCH's MIN, MAX. */
#define ROOST_SEARCH_MIN 1u
#define ROOST_SEARCH_MAX 2u

struct roost_search;
/*
 * key and box outlive the search; box must not be synced meanwhile.
 * LIMIT: keys are nested deeper than ROOST_SEARCH_MAX_DEPTH.
 */
ROOST_API int roost_search_begin(struct roost_mailbox *box, const struct roost_search_key *key,
				 uint32_t options, struct roost_search **search,
				 struct roost_error *err);
/* Go on for about budget microseconds (0: to the end). True: finished. */
ROOST_API bool roost_search_step(struct roost_search *search, int64_t budget);
/* Sequence numbers found so far. Borrowed until the next step. */
ROOST_API struct roost_set roost_search_found(const struct roost_search *search);
/* The highest MODSEQ among those found. RFC 7162 section 3.1.5. */
ROOST_API uint64_t roost_search_modseq(const struct roost_search *search);
/*
 * Free it, finished or not. Fails with the first error when messages could not be read: they were
 * taken as not matching. Messages expunged meanwhile are no error.
 */
ROOST_API int roost_search_end(struct roost_search *search, struct roost_error *err);

#endif
