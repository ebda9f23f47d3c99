/* A query made ready: simplified, sorted by cost, texts folded, dates and keywords resolved. */
#ifndef SEARCH_QUERY_H
#define SEARCH_QUERY_H

#include <roost/search.h>
#include "match.h"

/* What has to be read for an answer, in the order of its cost. */
enum query_level {
	QUERY_INDEX,		/* flags, UIDs: in memory */
	QUERY_COLUMN,		/* sizes, dates */
	QUERY_ENVELOPE,
	QUERY_HEADER,
	QUERY_BODY,
	QUERY_LEVELS,
};

struct query_key {
	enum roost_search_kind kind;
	bool negated;
	enum query_level level;		/* of the cheapest one inside */
	struct query_key *first, *next;	/* AND, OR: cheapest first; AND of none: true, OR: false */
	struct roost_set set;
	uint32_t flags, unset;
	uint64_t keyword;		/* its bit */
	int64_t from, before;		/* MODSEQ, SIZE; dates: microseconds of local time */
	int64_t from_day, before_day;	/* SENTDATE */
	const char *name;
	int field;			/* HEADER: enum roost_envelope_field, or -1: in the block */
	struct match_pattern pattern;
	/* The answer for the message asked last. */
	uint32_t known_seq;
	bool known;
};

struct query {
	struct query_key *root;
	struct roost_set candidates;	/* sequence numbers outside of it cannot match */
	struct match_pattern **bodies;	/* of all BODY and TEXT keys: answered by one reading */
	size_t body_count;
	size_t longest;			/* pattern */
	enum query_level deepest;
};

int query_prepare(struct roost_arena *arena, struct roost_mailbox *box,
		  const struct roost_search_key *key, struct query *query,
		  struct roost_error *err);

#endif
