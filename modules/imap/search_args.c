/* The grammar of search keys. RFC 9051 section 9 (search-key), RFC 3501; MODSEQ of RFC 7162. */
#include <string.h>
#include <strings.h>
#include <roost/charset.h>
#include <roost/date.h>
#include "modules/imap/search_args.h"

struct parsing {
	const struct imap_session *imap;
	struct roost_arena *arena;
	struct search_args *search;
	struct roost_text charset;	/* data NULL: UTF-8 */
	const struct imap_arg *args;	/* the next one */
	unsigned depth;
};

enum key_form {
	FORM_FLAGS, FORM_ALL, FORM_KEYWORD, FORM_UID, FORM_SIZE, FORM_DATE, FORM_HEADER,
	FORM_FIELD, FORM_TEXT, FORM_MODSEQ, FORM_NOT, FORM_OR,
};

enum key_order { BELOW, SAME, ABOVE };	/* dates: before, on, since; sizes: smaller, larger */

struct key_name {
	const char *name;
	enum key_form form;
	enum roost_search_kind kind;
	uint32_t flags, unset;
	enum key_order order;
	bool negated;
	const char *field;
};

#define FLAGS_KEY(name, flags, unset) \
	{ name, FORM_FLAGS, ROOST_SEARCH_FLAGS, flags, unset, SAME, false, NULL }
#define DATE_KEY(name, kind, order) { name, FORM_DATE, kind, 0, 0, order, false, NULL }
#define FIELD_KEY(name, kind, field) { name, FORM_FIELD, kind, 0, 0, SAME, false, field }
#define OTHER_KEY(name, form, kind, order) { name, form, kind, 0, 0, order, false, NULL }

static const struct key_name key_names[] = {	/* sorted */
	OTHER_KEY("ALL", FORM_ALL, ROOST_SEARCH_ALL, SAME),
	FLAGS_KEY("ANSWERED", ROOST_FLAG_ANSWERED, 0),
	FIELD_KEY("BCC", ROOST_SEARCH_ADDRESS, "Bcc"),
	DATE_KEY("BEFORE", ROOST_SEARCH_INTERNALDATE, BELOW),
	OTHER_KEY("BODY", FORM_TEXT, ROOST_SEARCH_BODY, SAME),
	FIELD_KEY("CC", ROOST_SEARCH_ADDRESS, "Cc"),
	FLAGS_KEY("DELETED", ROOST_FLAG_DELETED, 0),
	FLAGS_KEY("DRAFT", ROOST_FLAG_DRAFT, 0),
	FLAGS_KEY("FLAGGED", ROOST_FLAG_FLAGGED, 0),
	FIELD_KEY("FROM", ROOST_SEARCH_ADDRESS, "From"),
	OTHER_KEY("HEADER", FORM_HEADER, ROOST_SEARCH_HEADER, SAME),
	OTHER_KEY("KEYWORD", FORM_KEYWORD, ROOST_SEARCH_KEYWORD, SAME),
	OTHER_KEY("LARGER", FORM_SIZE, ROOST_SEARCH_SIZE, ABOVE),
	OTHER_KEY("MODSEQ", FORM_MODSEQ, ROOST_SEARCH_MODSEQ, SAME),
	FLAGS_KEY("NEW", ROOST_FLAG_RECENT, ROOST_FLAG_SEEN),
	OTHER_KEY("NOT", FORM_NOT, ROOST_SEARCH_ALL, SAME),
	FLAGS_KEY("OLD", 0, ROOST_FLAG_RECENT),
	DATE_KEY("ON", ROOST_SEARCH_INTERNALDATE, SAME),
	OTHER_KEY("OR", FORM_OR, ROOST_SEARCH_OR, SAME),
	FLAGS_KEY("RECENT", ROOST_FLAG_RECENT, 0),
	FLAGS_KEY("SEEN", ROOST_FLAG_SEEN, 0),
	DATE_KEY("SENTBEFORE", ROOST_SEARCH_SENTDATE, BELOW),
	DATE_KEY("SENTON", ROOST_SEARCH_SENTDATE, SAME),
	DATE_KEY("SENTSINCE", ROOST_SEARCH_SENTDATE, ABOVE),
	DATE_KEY("SINCE", ROOST_SEARCH_INTERNALDATE, ABOVE),
	OTHER_KEY("SMALLER", FORM_SIZE, ROOST_SEARCH_SIZE, BELOW),
	FIELD_KEY("SUBJECT", ROOST_SEARCH_HEADER, "Subject"),
	OTHER_KEY("TEXT", FORM_TEXT, ROOST_SEARCH_TEXT, SAME),
	FIELD_KEY("TO", ROOST_SEARCH_ADDRESS, "To"),
	OTHER_KEY("UID", FORM_UID, ROOST_SEARCH_UID, SAME),
	FLAGS_KEY("UNANSWERED", 0, ROOST_FLAG_ANSWERED),
	FLAGS_KEY("UNDELETED", 0, ROOST_FLAG_DELETED),
	FLAGS_KEY("UNDRAFT", 0, ROOST_FLAG_DRAFT),
	FLAGS_KEY("UNFLAGGED", 0, ROOST_FLAG_FLAGGED),
	{ "UNKEYWORD", FORM_KEYWORD, ROOST_SEARCH_KEYWORD, 0, 0, SAME, true, NULL },
	FLAGS_KEY("UNSEEN", 0, ROOST_FLAG_SEEN),
};

static const struct key_name *find_name(const char *text)
{
	size_t low = 0, high = ROOST_COUNT(key_names);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcasecmp(text, key_names[middle].name);

		if (order == 0)
			return &key_names[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* --- the arguments of keys --- */

static const char *take_text(struct parsing *parsing, struct roost_text *text)
{
	const char *given = imap_arg_astring(parsing->args);
	struct roost_str out = ROOST_STR_INIT;

	if (given == NULL)
		return "Missing search text";
	roost_charset_to_utf8(&out, parsing->charset, given, parsing->args->len);
	*text = (struct roost_text){ roost_arena_strndup(parsing->arena, roost_str_text(&out),
							 out.len), out.len };
	roost_str_free(&out);
	parsing->args++;
	return NULL;
}

static const char *take_field(struct parsing *parsing, struct roost_search_key *key)
{
	key->name = imap_arg_astring(parsing->args);
	if (key->name == NULL)
		return "Missing header field name";
	parsing->args++;
	return take_text(parsing, &key->text);
}

static const char *take_keyword(struct parsing *parsing, struct roost_search_key *key)
{
	key->name = imap_arg_atom(parsing->args);
	if (key->name == NULL || key->name[0] == '\\')
		return "Keyword expected";
	parsing->args++;
	return NULL;
}

static const char *take_number(struct parsing *parsing, uint64_t max, int64_t *number)
{
	uint64_t value;

	if (!imap_arg_number(parsing->args, &value) || value > max)
		return "Number expected";
	parsing->args++;
	*number = (int64_t)value;
	return NULL;
}

static const char *take_size(struct parsing *parsing, const struct key_name *name,
			     struct roost_search_key *key)
{
	int64_t size;
	const char *error = take_number(parsing, INT64_MAX - 1, &size);

	if (error != NULL)
		return error;
	if (name->order == ABOVE)
		key->from = size + 1;
	else
		key->before = size;
	return NULL;
}

static const char *take_date(struct parsing *parsing, const struct key_name *name,
			     struct roost_search_key *key)
{
	const char *text = imap_arg_astring(parsing->args);
	int64_t day;

	if (text == NULL || !roost_date_parse_day((struct roost_text){ text, parsing->args->len },
						  &day))
		return "Invalid search date";
	parsing->args++;
	if (name->order != BELOW)
		key->from = day;
	if (name->order != ABOVE)
		key->before = name->order == BELOW ? day : day + 1;
	return NULL;
}

static const char *take_set(struct parsing *parsing, bool uid, struct roost_search_key *key)
{
	const char *text = imap_arg_atom(parsing->args);

	if (text == NULL)
		return "Invalid messageset";
	parsing->args++;
	return imap_set_parse(parsing->imap, parsing->arena, text, uid, &key->set);
}

/* "MODSEQ [entry-name entry-type] n": we have one MODSEQ a message, whatever the entry. */
static const char *take_modseq(struct parsing *parsing, struct roost_search_key *key)
{
	if (imap_arg_string(parsing->args) != NULL) {
		parsing->args++;
		if (!imap_arg_is(parsing->args, "all") && !imap_arg_is(parsing->args, "priv") &&
		    !imap_arg_is(parsing->args, "shared"))
			return "Invalid MODSEQ entry type";
		parsing->args++;
	}
	parsing->search->modseq = true;
	return take_number(parsing, INT64_MAX, &key->from);
}

/* --- keys --- */

static const char *take_key(struct parsing *parsing, struct roost_search_key *parent);

/* OR OR a b c is one OR of three: chains of hundreds are what some clients send. */
static const char *take_or(struct parsing *parsing, struct roost_search_key *key)
{
	const char *error;

	for (size_t wanted = 2; wanted > 0; wanted--) {
		while (imap_arg_is(parsing->args, "OR")) {
			parsing->args++;
			wanted++;
		}
		if ((error = take_key(parsing, key)) != NULL)
			return error;
	}
	return NULL;
}

static const char *take_list(struct parsing *parsing, struct roost_search_key *key)
{
	const struct imap_arg *behind = parsing->args + 1;
	const char *error = NULL;

	parsing->args = parsing->args->list;
	if (parsing->args->type == IMAP_ARG_END)
		return "Empty list of search keys";
	while (error == NULL && parsing->args->type != IMAP_ARG_END)
		error = take_key(parsing, key);
	parsing->args = behind;
	return error;
}

static const char *take_arguments(struct parsing *parsing, const struct key_name *name,
				  struct roost_search_key *key)
{
	switch (name->form) {
	case FORM_FLAGS:
		key->flags = name->flags;
		key->unset = name->unset;
		return NULL;
	case FORM_KEYWORD: return take_keyword(parsing, key);
	case FORM_UID: return take_set(parsing, true, key);
	case FORM_SIZE: return take_size(parsing, name, key);
	case FORM_DATE: return take_date(parsing, name, key);
	case FORM_HEADER: return take_field(parsing, key);
	case FORM_MODSEQ: return take_modseq(parsing, key);
	case FORM_OR: return take_or(parsing, key);
	case FORM_FIELD:
		key->name = name->field;
		return take_text(parsing, &key->text);
	case FORM_TEXT: return take_text(parsing, &key->text);
	default: return NULL;
	}
}

static bool is_set(const char *text)
{
	return (*text >= '0' && *text <= '9') || *text == '*' || *text == '$';
}

static const char *take_plain_key(struct parsing *parsing, struct roost_search_key *parent,
				  bool negated)
{
	struct roost_search_key *key = roost_search_key_new(parsing->arena, ROOST_SEARCH_AND);
	const char *text = imap_arg_atom(parsing->args);
	const struct key_name *name;

	key->negated = negated;
	roost_search_key_add(parent, key);
	if (parsing->args->type == IMAP_ARG_LIST)
		return take_list(parsing, key);
	if (text == NULL)
		return parsing->args->type == IMAP_ARG_END ? "Missing search key" :
							     "Search key expected";
	if (is_set(text)) {
		key->kind = ROOST_SEARCH_UID;
		return take_set(parsing, false, key);
	}
	name = find_name(text);
	if (name == NULL)
		return "Unknown search key";
	parsing->args++;
	key->kind = name->kind;
	key->negated = negated != name->negated;
	return take_arguments(parsing, name, key);
}

static const char *take_key(struct parsing *parsing, struct roost_search_key *parent)
{
	bool negated = false;
	const char *error;

	for (; imap_arg_is(parsing->args, "NOT"); parsing->args++)
		negated = !negated;
	if (parsing->depth == ROOST_SEARCH_MAX_DEPTH - 1)
		return "Search keys are nested too deep";
	parsing->depth++;
	error = take_plain_key(parsing, parent, negated);
	parsing->depth--;
	return error;
}

/* --- what stands before the keys --- */

static const char *take_returns(struct parsing *parsing)
{
	static const struct { const char *name; uint32_t value; } options[] = {
		{ "MIN", SEARCH_RETURN_MIN }, { "MAX", SEARCH_RETURN_MAX },
		{ "ALL", SEARCH_RETURN_ALL }, { "COUNT", SEARCH_RETURN_COUNT },
		{ "SAVE", SEARCH_RETURN_SAVE },
	};
	const struct imap_arg *list = parsing->args + 1;
	size_t known;

	if (list->type != IMAP_ARG_LIST)
		return "List of RETURN options expected";
	for (size_t i = 0; i < list->len; i++) {
		for (known = 0; known < ROOST_COUNT(options); known++) {
			if (imap_arg_is(&list->list[i], options[known].name))
				break;
		}
		if (known == ROOST_COUNT(options))
			return "Unknown RETURN option";
		parsing->search->returns |= options[known].value;
	}
	if (parsing->search->returns == 0)
		parsing->search->returns = SEARCH_RETURN_ALL;
	parsing->search->extended = true;
	parsing->args += 2;
	return NULL;
}

static const char *take_charset(struct parsing *parsing)
{
	const char *name = imap_arg_astring(parsing->args + 1);

	if (name == NULL)
		return "Missing charset";
	/* RFC 6855 section 3. */
	if ((parsing->imap->enabled & IMAP_ENABLED_UTF8) != 0)
		return "CHARSET is not allowed with UTF8=ACCEPT";
	parsing->charset = (struct roost_text){ name, parsing->args[1].len };
	parsing->search->bad_charset = !roost_charset_known(parsing->charset);
	parsing->args += 2;
	return NULL;
}

const char *search_args_parse(const struct imap_session *imap, struct roost_arena *arena,
			      const struct imap_arg *args, struct search_args *search)
{
	struct parsing parsing = { .imap = imap, .arena = arena, .search = search, .args = args };
	const char *error = NULL;

	*search = (struct search_args){ .returns = 0 };
	if (imap_arg_is(parsing.args, "RETURN"))
		error = take_returns(&parsing);
	if (error == NULL && imap_arg_is(parsing.args, "CHARSET"))
		error = take_charset(&parsing);
	if (error != NULL)
		return error;
	if (parsing.args->type == IMAP_ARG_END)
		return "Missing search keys";
	search->key = roost_search_key_new(arena, ROOST_SEARCH_AND);
	while (error == NULL && parsing.args->type != IMAP_ARG_END)
		error = take_key(&parsing, search->key);
	return error;
}
