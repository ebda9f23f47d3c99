/* A search at work: message after message, the index first and bytes last. */
#include <string.h>
#include <time.h>
#include <roost/charset.h>
#include <roost/date.h>
#include <roost/structure.h>
#include <roost/word.h>
#include "query.h"

enum { CLOCK_EVERY = 64 };	/* messages answered by the index between looks at the clock */

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_OPEN, ANSWER_FAILED };

struct roost_search {
	struct roost_arena *arena, *message_arena;
	struct roost_mailbox *box;
	struct query query;
	uint32_t options;
	struct match match;
	struct roost_str address;	/* scratch */
	roost_set_builder found;
	uint64_t modseq;

	size_t range;			/* of the candidates */
	uint32_t seq;			/* next to look at; 0: begin with the range */
	bool backwards, finished;

	/* The message being looked at: read as far as keys wanted it. */
	struct roost_mail mail;
	struct roost_message *message;
	bool envelope_known;
	struct roost_envelope envelope;

	bool failed;
	struct roost_error error;	/* the first one */
};

int roost_search_begin(struct roost_mailbox *box, const struct roost_search_key *key,
		       uint32_t options, struct roost_search **result, struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("search");
	struct roost_search *search = roost_arena_new(arena, struct roost_search);

	search->arena = arena;
	search->box = box;
	search->options = options;
	if (query_prepare(arena, box, key, &search->query, err) < 0) {
		roost_arena_free(arena);
		return -1;
	}
	search->message_arena = roost_arena_create("search message");
	search->backwards = options == ROOST_SEARCH_MAX;
	if (search->backwards)
		search->range = search->query.candidates.count - 1;
	search->finished = search->query.candidates.count == 0;
	*result = search;
	return 0;
}

int roost_search_end(struct roost_search *search, struct roost_error *err)
{
	bool failed = search->failed;

	if (failed && err != NULL)
		*err = search->error;
	roost_vec_free(&search->found);
	match_free(&search->match);
	roost_str_free(&search->address);
	roost_arena_free(search->message_arena);
	roost_arena_free(search->arena);
	return failed ? -1 : 0;
}

struct roost_set roost_search_found(const struct roost_search *search)
{
	return roost_set_built(&search->found);
}

uint64_t roost_search_modseq(const struct roost_search *search)
{
	return search->modseq;
}

/* --- what keys ask of a message --- */

static int open_message(struct roost_search *search, struct roost_error *err)
{
	if (search->message != NULL)
		return 0;
	return roost_message_open(search->box, search->mail.uid, &search->message, err);
}

static void close_message(struct roost_search *search)
{
	if (search->message == NULL)
		return;
	roost_message_close(search->message);
	search->message = NULL;
	search->envelope_known = false;
	roost_arena_reset(search->message_arena);
}

static int read_envelope(struct roost_search *search, struct roost_error *err)
{
	const char *text;
	size_t len;

	if (search->envelope_known)
		return 0;
	if (roost_message_envelope(search->message, &text, &len, err) < 0 ||
	    roost_structure_parse_envelope(search->message_arena, text, len, &search->envelope,
					   err) < 0)
		return -1;
	search->envelope_known = true;
	return 0;
}

static bool between(const struct query_key *key, int64_t value)
{
	return key->from <= value && value < key->before;
}

static int ask_size(struct roost_search *search, const struct query_key *key, bool *yes,
		    struct roost_error *err)
{
	uint64_t size;

	if (roost_message_size(search->message, &size, err) < 0)
		return -1;
	*yes = between(key, (int64_t)size);
	return 0;
}

static int ask_internaldate(struct roost_search *search, const struct query_key *key, bool *yes,
			    struct roost_error *err)
{
	int64_t date;

	if (roost_message_internaldate(search->message, &date, err) < 0)
		return -1;
	*yes = between(key, date);
	return 0;
}

/* Without a Date that can be read, the internal date, as SORT does: RFC 5256 section 2.2. */
static int ask_sentdate(struct roost_search *search, const struct query_key *key, bool *yes,
			struct roost_error *err)
{
	int64_t date, day;
	int zone;

	if (read_envelope(search, err) < 0)
		return -1;
	if (!roost_date_parse(search->envelope.strings[ROOST_ENVELOPE_DATE], &date, &zone))
		return ask_internaldate(search, key, yes, err);
	day = roost_date_day(date, zone);
	*yes = key->from_day <= day && day < key->before_day;
	return 0;
}

static void use_pattern(struct roost_search *search, struct match_pattern **pattern)
{
	search->match.patterns = pattern;
	search->match.count = 1;
	(*pattern)->found = false;
}

/* One address as users see it: name <local@domain>, the name decoded. */
static void match_address(struct roost_search *search, const struct roost_address *address)
{
	struct roost_str *text = &search->address;

	roost_str_truncate(text, 0);
	if (address->name != NULL)
		roost_word_decode_phrase(text, (struct roost_text){ address->name,
								    strlen(address->name) });
	if (address->kind == ROOST_ADDRESS_MAILBOX) {
		roost_str_puts(text, text->len > 0 ? " <" : "<");
		roost_str_puts(text, address->local != NULL ? address->local : "");
		roost_str_byte(text, '@');
		roost_str_puts(text, address->domain != NULL ? address->domain : "");
		roost_str_byte(text, '>');
	}
	match_text(&search->match, roost_str_text(text), text->len);
}

static int ask_address(struct roost_search *search, struct query_key *key, bool *yes,
		       struct roost_error *err)
{
	struct match_pattern *pattern = &key->pattern;
	const struct roost_address_list *list;

	if (read_envelope(search, err) < 0)
		return -1;
	list = &search->envelope.lists[key->field];
	use_pattern(search, &pattern);
	for (size_t i = 0; i < list->count && !pattern->found; i++)
		match_address(search, &list->items[i]);
	*yes = pattern->found;
	return 0;
}

static int ask_header_block(struct roost_search *search, struct query_key *key, bool *yes,
			    struct roost_error *err)
{
	struct match_pattern *pattern = &key->pattern;
	struct roost_header_field field;
	struct roost_header walk;
	const char *header;
	size_t len;

	if (roost_message_header(search->message, &header, &len, err) < 0)
		return -1;
	use_pattern(search, &pattern);
	walk = roost_header_walk(header, len);
	while (!pattern->found && roost_header_next_named(&walk, key->name, &field))
		match_value(&search->match, field.value);
	*yes = pattern->found;
	return 0;
}

static int ask_header(struct roost_search *search, struct query_key *key, bool *yes,
		      struct roost_error *err)
{
	struct match_pattern *pattern = &key->pattern;
	struct roost_text value;

	if (key->field < 0)
		return ask_header_block(search, key, yes, err);
	if (read_envelope(search, err) < 0)
		return -1;
	value = search->envelope.strings[key->field];
	use_pattern(search, &pattern);
	if (value.data != NULL)
		match_value(&search->match, value);
	*yes = pattern->found;
	return 0;
}

static bool wants_header(const struct roost_search *search)
{
	for (size_t i = 0; i < search->query.body_count; i++) {
		if (!search->query.bodies[i]->body_only)
			return true;
	}
	return false;
}

static int read_bodies(struct roost_search *search, struct roost_error *err)
{
	const struct roost_mime *mime;
	struct roost_input *input;
	const void *tree;
	const char *header;
	size_t len;

	if (wants_header(search)) {
		if (roost_message_header(search->message, &header, &len, err) < 0)
			return -1;
		match_header(&search->match, header, len, true);
		if (match_all_found(&search->match))
			return 0;
	}
	if (roost_message_parts(search->message, &tree, &len, err) < 0 ||
	    roost_mime_unpack(search->message_arena, tree, len, &mime, err) < 0 ||
	    roost_message_input(search->message, &input, err) < 0)
		return -1;
	return match_bodies(&search->match, mime, input, err);
}

/* All BODY and TEXT keys are answered at once: the second one costs no second reading. */
static int ask_bodies(struct roost_search *search, struct roost_error *err)
{
	struct query *query = &search->query;

	search->match.patterns = query->bodies;
	search->match.count = query->body_count;
	search->match.longest = query->longest;
	for (size_t i = 0; i < query->body_count; i++)
		query->bodies[i]->found = false;
	return read_bodies(search, err);
}

static int ask_message(struct roost_search *search, struct query_key *key, bool *yes,
		       struct roost_error *err)
{
	if (open_message(search, err) < 0)
		return -1;
	switch (key->kind) {
	case ROOST_SEARCH_SIZE: return ask_size(search, key, yes, err);
	case ROOST_SEARCH_INTERNALDATE: return ask_internaldate(search, key, yes, err);
	case ROOST_SEARCH_SENTDATE: return ask_sentdate(search, key, yes, err);
	case ROOST_SEARCH_ADDRESS: return ask_address(search, key, yes, err);
	default: return ask_header(search, key, yes, err);
	}
}

static bool ask_index(const struct roost_search *search, const struct query_key *key)
{
	const struct roost_mail *mail = &search->mail;

	switch (key->kind) {
	case ROOST_SEARCH_SEQ: return roost_set_contains(&key->set, search->seq);
	case ROOST_SEARCH_KEYWORD: return (mail->keywords & key->keyword) != 0;
	case ROOST_SEARCH_MODSEQ: return between(key, (int64_t)mail->modseq);
	default:
		return (mail->flags & key->flags) == key->flags && (mail->flags & key->unset) == 0;
	}
}

/* --- the tree --- */

static enum answer note_failure(struct roost_search *search, const struct roost_error *err)
{
	if (err->kind != ROOST_ERR_EXPUNGED && !search->failed) {
		search->failed = true;
		search->error = *err;
	}
	return ANSWER_FAILED;
}

static enum answer ask_leaf(struct roost_search *search, struct query_key *key,
			    enum query_level level)
{
	struct roost_error err;
	bool yes = false;
	int result = 0;

	if (key->level == QUERY_INDEX)
		return ask_index(search, key) != key->negated ? ANSWER_YES : ANSWER_NO;
	if (key->level > level)
		return ANSWER_OPEN;
	if (key->level == QUERY_BODY) {
		yes = key->pattern.found;
	} else if (key->known_seq == search->seq) {
		yes = key->known;
	} else {
		result = ask_message(search, key, &yes, &err);
		key->known = yes;
		key->known_seq = search->seq;
	}
	if (result < 0)
		return note_failure(search, &err);
	return yes != key->negated ? ANSWER_YES : ANSWER_NO;
}

/* Open: it takes more than may be read at this level. */
static enum answer ask(struct roost_search *search, struct query_key *key, enum query_level level)
{
	enum answer settles = key->kind == ROOST_SEARCH_AND ? ANSWER_NO : ANSWER_YES;
	enum answer result = key->kind == ROOST_SEARCH_AND ? ANSWER_YES : ANSWER_NO;

	if (key->kind != ROOST_SEARCH_AND && key->kind != ROOST_SEARCH_OR)
		return ask_leaf(search, key, level);
	for (struct query_key *inside = key->first; inside != NULL; inside = inside->next) {
		enum answer one = ask(search, inside, level);

		if (one == settles || one == ANSWER_FAILED)
			return one;
		if (one == ANSWER_OPEN)
			result = ANSWER_OPEN;
	}
	return result;
}

static bool matches(struct roost_search *search)
{
	enum answer answer = ANSWER_OPEN;
	struct roost_error err;
	int level;

	search->mail = roost_mailbox_mail(search->box, search->seq);
	for (level = QUERY_INDEX; level <= (int)search->query.deepest && answer == ANSWER_OPEN;
	     level++) {
		if (level == QUERY_BODY && (open_message(search, &err) < 0 ||
					    ask_bodies(search, &err) < 0))
			answer = note_failure(search, &err);
		else
			answer = ask(search, search->query.root, level);
	}
	return answer == ANSWER_YES;
}

/* --- the walk --- */

/* The next candidate in search->seq; false: there is no more. */
static bool next_message(struct roost_search *search)
{
	const struct roost_set *set = &search->query.candidates;
	const struct roost_range *range = &set->ranges[search->range];

	if (search->seq == 0) {
		search->seq = search->backwards ? range->last : range->first;
		return true;
	}
	if (search->seq != (search->backwards ? range->first : range->last)) {
		search->seq += search->backwards ? UINT32_MAX : 1;
		return true;
	}
	if (search->range == (search->backwards ? 0 : set->count - 1))
		return false;
	search->range += search->backwards ? SIZE_MAX : 1;
	search->seq = 0;
	return next_message(search);
}

/* After the first one, the last one is looked for from the end; true: both are there. */
static bool turn_round(struct roost_search *search)
{
	if ((search->options & ROOST_SEARCH_MAX) == 0 || search->backwards)
		return true;
	search->backwards = true;
	search->range = search->query.candidates.count - 1;
	search->seq = 0;
	return false;
}

static void add_found(struct roost_search *search)
{
	if (search->mail.modseq > search->modseq)
		search->modseq = search->mail.modseq;
	roost_set_add(&search->found, search->seq, search->seq);
	if (search->options != 0)
		search->finished = turn_round(search);
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

bool roost_search_step(struct roost_search *search, int64_t budget)
{
	int64_t end = budget > 0 ? now() + budget : 0;
	unsigned until_clock = CLOCK_EVERY;

	while (!search->finished && next_message(search)) {
		bool read;

		if (matches(search))
			add_found(search);
		read = search->message != NULL;
		close_message(search);
		until_clock = read ? 0 : until_clock - 1;
		if (until_clock > 0)
			continue;
		if (budget > 0 && now() >= end)
			return search->finished;
		until_clock = CLOCK_EVERY;
	}
	search->finished = true;
	return true;
}
