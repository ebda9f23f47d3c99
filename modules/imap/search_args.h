/* SEARCH arguments as a tree of keys. RFC 9051 sections 6.4.4 and 9 (search-program). */
#ifndef IMAP_SEARCH_ARGS_H
#define IMAP_SEARCH_ARGS_H

#include <roost/search.h>
#include "modules/imap/imap.h"

#define SEARCH_RETURN_MIN 1u
#define SEARCH_RETURN_MAX 2u
#define SEARCH_RETURN_ALL 4u
#define SEARCH_RETURN_COUNT 8u
#define SEARCH_RETURN_SAVE 16u

struct search_args {
	bool extended;			/* RETURN was given */
	uint32_t returns;		/* SEARCH_RETURN_* */
	bool bad_charset;		/* NO [BADCHARSET] is due, rather than a BAD */
	bool modseq;			/* the results' highest MODSEQ is wanted */
	struct roost_search_key *key;
};

/* NULL, or what is wrong, fit for a BAD. Everything in arena. */
const char *search_args_parse(const struct imap_session *imap, struct roost_arena *arena,
			      const struct imap_arg *args, struct search_args *search);

#endif
