/* Text matching: folded UTF-8 as substrings, over header fields and streams of decoded bodies. */
#ifndef SEARCH_MATCH_H
#define SEARCH_MATCH_H

#include <roost/header.h>
#include <roost/mime.h>

struct match_pattern {
	struct roost_text folded;
	bool body_only;		/* BODY: part 0's header does not count */
	bool found;
};

/* Fold text to search for, in arena. */
struct roost_text match_fold(struct roost_arena *arena, struct roost_text text);

/* Patterns looked for together in one message. found is set in them, and stays set. */
struct match {
	struct match_pattern **patterns;
	size_t count;
	size_t longest;			/* of the patterns, in bytes */
	struct roost_str decoded, window;	/* scratch, kept from message to message */
};
void match_free(struct match *match);	/* the scratch */

/* UTF-8 on its own: a decoded subject, an address. */
void match_text(struct match *match, const char *text, size_t len);
/* A field's value, with its encoded words and folds. */
void match_value(struct match *match, struct roost_text value);
/* Each field of a header block as "Name: value". part0: its own header, not BODY's business. */
void match_header(struct match *match, const void *header, size_t len, bool part0);
/* All text parts and part headers beneath part 0's. */
int match_bodies(struct match *match, const struct roost_mime *mime, struct roost_input *message,
		 struct roost_error *err);
bool match_all_found(const struct match *match);

#endif
