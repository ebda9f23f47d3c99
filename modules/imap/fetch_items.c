/* The items of a FETCH: names, macros, lists, modifiers. RFC 9051 section 9 (fetch-att), RFC 3516. */
#include <string.h>
#include <strings.h>
#include "modules/imap/fetch.h"

enum item_form {
	FORM_PLAIN,		/* a name and nothing else */
	FORM_SECTION,		/* NAME[section]<partial> */
	FORM_BINARY,		/* NAME[numbers]<partial> */
	FORM_BINARY_SIZE,	/* NAME[numbers] */
};

struct item_name {
	const char *name, *answer;
	enum item_form form;
	fetch_put *put;
	bool reads, seen;
	enum fetch_what what;	/* of RFC822... */
};

static const struct item_name item_names[] = {
	{ "UID", "UID", FORM_PLAIN, fetch_put_uid, false, false, FETCH_ALL },
	{ "FLAGS", "FLAGS", FORM_PLAIN, fetch_put_flags, false, false, FETCH_ALL },
	{ "MODSEQ", "MODSEQ", FORM_PLAIN, fetch_put_modseq, false, false, FETCH_ALL },
	{ "INTERNALDATE", "INTERNALDATE", FORM_PLAIN, fetch_put_internaldate, true, false, FETCH_ALL },
	{ "SAVEDATE", "SAVEDATE", FORM_PLAIN, fetch_put_savedate, true, false, FETCH_ALL },
	{ "RFC822.SIZE", "RFC822.SIZE", FORM_PLAIN, fetch_put_size, true, false, FETCH_ALL },
	{ "ENVELOPE", "ENVELOPE", FORM_PLAIN, fetch_put_envelope, true, false, FETCH_ALL },
	{ "BODYSTRUCTURE", "BODYSTRUCTURE", FORM_PLAIN, fetch_put_structure_extended, true, false,
	  FETCH_ALL },
	{ "BODY", "BODY", FORM_PLAIN, fetch_put_structure, true, false, FETCH_ALL },
	{ "RFC822", "RFC822", FORM_PLAIN, fetch_put_section, true, true, FETCH_ALL },
	{ "RFC822.HEADER", "RFC822.HEADER", FORM_PLAIN, fetch_put_section, true, false, FETCH_HEADER },
	{ "RFC822.TEXT", "RFC822.TEXT", FORM_PLAIN, fetch_put_section, true, true, FETCH_TEXT },
	{ "BODY[", "BODY", FORM_SECTION, fetch_put_section, true, true, FETCH_ALL },
	{ "BODY.PEEK[", "BODY", FORM_SECTION, fetch_put_section, true, false, FETCH_ALL },
	{ "BINARY[", "BINARY", FORM_BINARY, fetch_put_binary, true, true, FETCH_ALL },
	{ "BINARY.PEEK[", "BINARY", FORM_BINARY, fetch_put_binary, true, false, FETCH_ALL },
	{ "BINARY.SIZE[", "BINARY.SIZE", FORM_BINARY_SIZE, fetch_put_binary_size, true, false,
	  FETCH_ALL },
};

struct parsing {
	struct roost_arena *arena;
	struct fetch_query *query;
	struct fetch_item **end;
	struct roost_str label;		/* scratch */
};

static const struct item_name *find_name(const char *text)
{
	const char *bracket = strchr(text, '[');
	size_t len = bracket != NULL ? (size_t)(bracket - text) + 1 : strlen(text);

	for (size_t i = 0; i < ROOST_COUNT(item_names); i++) {
		if (strlen(item_names[i].name) == len &&
		    strncasecmp(item_names[i].name, text, len) == 0)
			return &item_names[i];
	}
	return NULL;
}

static const char *parse_names(struct parsing *parsing, const struct imap_arg *list,
			       struct fetch_section *section)
{
	struct roost_text *names;

	if (list->type != IMAP_ARG_LIST || list->len == 0)
		return "Missing or empty list of header fields";
	names = roost_arena_alloc(parsing->arena, list->len * sizeof(*names));
	for (size_t i = 0; i < list->len; i++) {
		const char *name = imap_arg_astring(&list->list[i]);

		if (name == NULL)
			return "Header field names expected";
		names[i] = (struct roost_text){ name, list->list[i].len };
	}
	section->names = names;
	section->name_count = list->len;
	return NULL;
}

/* "[...]<...>" from behind the bracket; the arguments move on to the last one that was used. */
static const char *parse_section(struct parsing *parsing, const struct item_name *name,
				 const struct imap_arg **args, struct fetch_item *item)
{
	const char *text = (*args)->text + strlen(name->name), *error;
	struct fetch_section *section = &item->section;

	if (!fetch_section_parse(parsing->arena, &text, section))
		return "Invalid BODY[..] section";
	if (section->what == FETCH_FIELDS || section->what == FETCH_FIELDS_NOT) {
		if (*text != '\0')
			return "List of header fields expected";
		error = parse_names(parsing, *args + 1, section);
		if (error != NULL)
			return error;
		item->put = fetch_put_fields;
		*args += 2;
		text = imap_arg_atom(*args);
	}
	if (text == NULL || *text++ != ']')
		return "Missing ']'";
	if (name->form != FORM_SECTION && section->what != FETCH_ALL)
		return "Invalid BINARY[..] section";
	if (!fetch_partial_parse(text, name->form != FORM_BINARY_SIZE, item))
		return "Invalid partial range";
	return NULL;
}

/* Made once, so that each answer is one append: " BODY[TEXT]<0> ". */
static void make_label(struct parsing *parsing, const struct item_name *name,
		       struct fetch_item *item)
{
	struct roost_str *label = &parsing->label;

	roost_str_truncate(label, 0);
	roost_str_byte(label, ' ');
	roost_str_puts(label, name->answer);
	if (name->form != FORM_PLAIN) {
		roost_str_byte(label, '[');
		fetch_section_write(label, &item->section);
		roost_str_byte(label, ']');
	}
	if (item->partial) {
		roost_str_byte(label, '<');
		roost_str_number(label, item->offset);
		roost_str_byte(label, '>');
	}
	roost_str_byte(label, ' ');
	item->label = (struct roost_text){ roost_arena_strndup(parsing->arena, label->data,
							       label->len), label->len };
}

static void add_item(struct parsing *parsing, const struct item_name *name,
		     struct fetch_item *item)
{
	struct fetch_query *query = parsing->query;

	make_label(parsing, name, item);
	item->reads = name->reads;
	item->seen = name->seen;
	query->reads = query->reads || item->reads;
	query->seen = query->seen || item->seen;
	query->flags = query->flags || item->put == fetch_put_flags;
	query->modseq = query->modseq || item->put == fetch_put_modseq;
	*parsing->end = item;
	parsing->end = &item->next;
}

static void add_plain(struct parsing *parsing, const char *text)
{
	const struct item_name *name = find_name(text);
	struct fetch_item *item = roost_arena_new(parsing->arena, struct fetch_item);

	for (const struct fetch_item *other = parsing->query->items; other != NULL;
	     other = other->next) {
		if (other->put == name->put && name->what == FETCH_ALL && !name->seen)
			return;		/* asked for twice */
	}
	item->put = name->put;
	item->section.what = name->what;
	item->length = UINT64_MAX;
	add_item(parsing, name, item);
}

static const char *parse_item(struct parsing *parsing, const struct imap_arg **args)
{
	const char *text = imap_arg_atom(*args);
	const struct item_name *name = text == NULL ? NULL : find_name(text);
	struct fetch_item *item;
	const char *error;

	if (name == NULL)
		return "Unknown FETCH item";
	if (name->form == FORM_PLAIN) {
		add_plain(parsing, name->name);
		++*args;
		return NULL;
	}
	item = roost_arena_new(parsing->arena, struct fetch_item);
	item->put = name->put;
	error = parse_section(parsing, name, args, item);
	if (error != NULL)
		return error;
	add_item(parsing, name, item);
	++*args;
	return NULL;
}

/* ALL, FAST, FULL: alone, in no list. */
static bool parse_macro(struct parsing *parsing, const struct imap_arg *arg)
{
	bool fast = imap_arg_is(arg, "FAST"), full = imap_arg_is(arg, "FULL");

	if (!fast && !full && !imap_arg_is(arg, "ALL"))
		return false;
	add_plain(parsing, "FLAGS");
	add_plain(parsing, "INTERNALDATE");
	add_plain(parsing, "RFC822.SIZE");
	if (!fast)
		add_plain(parsing, "ENVELOPE");
	if (full)
		add_plain(parsing, "BODY");
	return true;
}

static const char *parse_items(struct parsing *parsing, const struct imap_arg *args,
			       const struct imap_arg **behind)
{
	const char *error;

	*behind = args + 1;
	if (parse_macro(parsing, args))
		return NULL;
	if (args->type != IMAP_ARG_LIST) {
		error = parse_item(parsing, &args);
		*behind = args;
		return error;
	}
	args = args->list;
	if (args->type == IMAP_ARG_END)
		return "Empty list of FETCH items";
	while (args->type != IMAP_ARG_END) {
		error = parse_item(parsing, &args);
		if (error != NULL)
			return error;
	}
	return NULL;
}

const char *fetch_modifiers_parse(const struct imap_arg *arg, struct fetch_query *query)
{
	if (arg->type == IMAP_ARG_END)
		return NULL;
	if (arg->type != IMAP_ARG_LIST || arg[1].type != IMAP_ARG_END)
		return "FETCH modifiers are a list";
	for (arg = arg->list; arg->type != IMAP_ARG_END; arg++) {
		if (imap_arg_is(arg, "CHANGEDSINCE") && !query->changedsince_given) {
			if (!imap_arg_number(++arg, &query->changedsince))
				return "Invalid CHANGEDSINCE modseq";
			query->changedsince_given = true;
		} else if (imap_arg_is(arg, "VANISHED")) {
			query->vanished = true;
		} else {
			return "Unknown FETCH modifier";
		}
	}
	return query->vanished && !query->changedsince_given ?
		"VANISHED needs CHANGEDSINCE" : NULL;
}

const char *fetch_items_parse(struct roost_arena *arena, const struct imap_arg *args, bool uid,
			      struct fetch_query *query)
{
	struct parsing parsing = { .arena = arena, .query = query, .end = &query->items };
	const char *error;

	*query = (struct fetch_query){ .reads = false };
	if (uid)
		add_plain(&parsing, "UID");
	error = parse_items(&parsing, args, &args);
	if (error == NULL)
		error = fetch_modifiers_parse(args, query);
	/* RFC 7162 section 3.1.4.1: who asks with CHANGEDSINCE is told MODSEQ. */
	if (error == NULL && query->changedsince_given)
		add_plain(&parsing, "MODSEQ");
	roost_str_free(&parsing.label);
	return error;
}
