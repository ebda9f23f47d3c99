/*
 * FETCH inside: what was asked for, as a list of items, and the message that is being answered.
 * Each item has a function that formats its answer into the output. RFC 9051 section 6.4.5.
 */
#ifndef IMAP_FETCH_H
#define IMAP_FETCH_H

#include <roost/mime.h>
#include <roost/set.h>
#include "modules/imap/imap.h"

/* What of a message or part BODY[...] names. */
enum fetch_what {
	FETCH_ALL, FETCH_HEADER, FETCH_FIELDS, FETCH_FIELDS_NOT, FETCH_TEXT, FETCH_MIME,
};

enum { FETCH_NUMBERS_MAX = 100 };

struct fetch_section {
	enum fetch_what what;
	uint32_t *numbers;		/* part numbers, outermost first */
	size_t count;
	const struct roost_text *names;	/* of header fields */
	size_t name_count;
};

struct fetch;
struct fetch_item {
	/* Append the answer with a space before it. May have written part of it when it fails. */
	int (*put)(struct fetch *fetch, const struct fetch_item *item, struct roost_error *err);
	struct roost_text label;	/* " BODY[TEXT]<0> " as it is answered; for fetch_put_label */
	bool reads;			/* needs the message open */
	bool seen;			/* sets \Seen */
	struct fetch_section section;
	bool partial;
	uint64_t offset, length;	/* with partial; else 0 and UINT64_MAX */
	struct fetch_item *next;
};

struct fetch_query {
	struct fetch_item *items;	/* in the order asked for; UID first */
	bool reads, seen, flags, modseq;	/* of any item */
	bool changedsince_given, vanished;
	uint64_t changedsince;
};

struct fetch_range { size_t offset, end; };	/* in a header block */

struct fetch {
	struct imap_session *imap;
	struct imap_command *cmd;
	struct fetch_query query;
	struct roost_set seqs;
	size_t range;
	uint32_t seq;			/* 0: begin with the range */

	/* The message being answered. */
	struct roost_mail mail;		/* with the \Seen that it gets */
	bool gets_seen;
	struct roost_message *message;
	struct roost_arena *arena;	/* reset after each message that used it; see arena_used */
	bool arena_used;
	const struct roost_mime *mime;	/* NULL: not looked at yet */
	struct roost_input *input;	/* the same; borrowed */
	size_t line_start;		/* in the output */
	bool first;			/* no item is out yet */
	bool streamed;			/* part of the answer has left the buffer for good */

	ROOST_VEC(struct fetch_range) ranges;	/* scratch */
	roost_set_builder seen;		/* UIDs answered whose \Seen is not stored yet */
	ROOST_VEC(struct imap_known_flags) known;	/* told with the answers */
	bool expunged, failed, unknown_encoding;
	struct roost_error error;	/* the first that failed */
};

/* fetch_items.c: what the arguments ask for. NULL, or what is wrong, fit for a BAD. */
const char *fetch_items_parse(struct roost_arena *arena, const struct imap_arg *args, bool uid,
			      struct fetch_query *query);
/* The modifiers of RFC 4466 behind the items: CHANGEDSINCE, VANISHED. */
const char *fetch_modifiers_parse(const struct imap_arg *arg, struct fetch_query *query);
/* fetch_section.c: "1.2.HEADER.FIELDS" up to end or ']'; text moves on. False: no section. */
bool fetch_section_parse(struct roost_arena *arena, const char **text,
			 struct fetch_section *section);
/* "<0.100>" or nothing up to the end of text. */
bool fetch_partial_parse(const char *text, bool allowed, struct fetch_item *item);
/* As it is answered. */
void fetch_section_write(struct roost_str *out, const struct fetch_section *section);

/* The answers: fetch_flags.c, fetch_envelope.c, fetch_body.c, fetch_header.c, fetch_binary.c */
typedef int fetch_put(struct fetch *fetch, const struct fetch_item *item, struct roost_error *err);
fetch_put fetch_put_uid, fetch_put_flags, fetch_put_modseq, fetch_put_internaldate,
	fetch_put_savedate, fetch_put_size, fetch_put_envelope, fetch_put_structure,
	fetch_put_structure_extended, fetch_put_section, fetch_put_fields, fetch_put_binary,
	fetch_put_binary_size;

/* --- what they share: fetch_body.c --- */
void fetch_put_label(struct fetch *fetch, const struct fetch_item *item);
/* The part tree, and the bytes. */
int fetch_mime(struct fetch *fetch, struct roost_error *err);
int fetch_input(struct fetch *fetch, struct roost_error *err);
/* The part of a section, or ROOST_MIME_NONE. */
uint32_t fetch_find_part(const struct roost_mime *mime, const struct fetch_section *section);
/* What <offset.length> leaves of size bytes: from and len. */
void fetch_cut(const struct fetch_item *item, uint64_t size, uint64_t *from, uint64_t *len);
/* The label and a literal of len bytes from where the stream is. binary: NULs stay, as literal8. */
int fetch_put_stream(struct fetch *fetch, const struct fetch_item *item, struct roost_input *input,
		     uint64_t len, bool binary, struct roost_error *err);
/* Read and drop. */
int fetch_skip(struct roost_input *input, uint64_t len, struct roost_error *err);
/* fetch_mark.c: a stored span from a position in it that counts with CRLF line ends; NULL: failed. */
struct roost_input *fetch_lines_from(struct fetch *fetch, const struct roost_mime_span *span,
				     uint64_t from, struct roost_error *err);
/* IMAP literals cannot hold NUL (RFC 3501 section 9): it becomes 0x80, so that sizes stay true. */
void fetch_replace_nuls(char *data, size_t len);
/* Copy raw lines to out, each line end as CRLF. */
void fetch_append_crlf(struct roost_str *out, const char *data, size_t len);
/* LFs without CR before them. */
size_t fetch_count_bare(const char *data, size_t len);

#endif
