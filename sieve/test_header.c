/* test_header - header, address and envelope: values of the message and how it came. */
#include "sieve/extensions.h"
#include "sieve/mime_fields.h"
#include "sieve/view.h"

#define T(word) { word, sizeof(word) - 1 }
static const struct sieve_text address_headers[] = {
	T("from"), T("to"), T("cc"), T("bcc"), T("sender"), T("reply-to"), T("resent-from"),
	T("resent-to"), T("resent-cc"), T("resent-bcc"), T("resent-sender"), T("resent-reply-to"),
	T("delivered-to"), T("errors-to"), T("apparently-to"), T("for-approval"), T("for-comment"),
	T("for-handling"), T("return-receipt-to"), T("read-receipt-to"),
	T("return-receipt-requested"), T("registered-mail-reply-requested-by"), T("mail-followup-to"),
	T("mail-reply-to"), T("abuse-reports-to"), T("x-complaints-to"), T("x-report-abuse-to"),
	T("x-confirm-reading-to"), T("x-admin"), T("x-beenthere"), T("x-original-from"),
	T("x-original-to"),
};
#undef T

/* The one that :index and :last ask for, or all. */
static struct sieve_field **pick(struct sieve_run *run, const struct sieve_args *args,
				 struct sieve_field **found, size_t *count)
{
	uint64_t index = sieve_arg_number(args, SIEVE_SLOT_INDEX, 0);

	if (index == 0)
		return found;
	if (index > *count) {
		*count = 0;
		return found;
	}
	found += sieve_arg_has(args, SIEVE_SLOT_LAST) ? *count - index : index - 1;
	*count = 1;
	return found;
}

static void collect(struct sieve_run *run, struct sieve_text name, struct sieve_field **found,
		    size_t *count)
{
	struct sieve_field *field;
	size_t position = 0;

	while ((field = sieve_message_field(run->message, name, &position)) != NULL)
		found[(*count)++] = field;
}

struct sieve_field **sieve_fields_named(struct sieve_run *run, const struct sieve_args *args,
					enum sieve_slot names, size_t *count)
{
	uint32_t name_count = sieve_arg_count(args, names);
	struct sieve_field **found = roost_arena_alloc(run->arena,
		((size_t)name_count * run->message->fields.count + 1) * sizeof(struct sieve_field *));

	*count = 0;
	for (uint32_t i = 0; i < name_count; i++)
		collect(run, sieve_arg_list(run, args, names, i), found, count);
	return pick(run, args, found, count);
}

/* The fields of each name in the current part. */
static struct sieve_field **part_fields(struct sieve_run *run, const struct sieve_args *args,
					size_t *count)
{
	uint32_t name_count = sieve_arg_count(args, SIEVE_SLOT_ARG0);
	ROOST_VEC(struct sieve_field *) all = { 0 };
	struct sieve_field **result;

	for (uint32_t i = 0; i < name_count; i++) {
		size_t found;
		struct sieve_field **fields = sieve_mime_fields(run, args,
			sieve_arg_list(run, args, SIEVE_SLOT_ARG0, i), &found);

		for (size_t each = 0; each < found; each++)
			roost_vec_push(&all, fields[each]);
	}
	*count = all.count;
	result = roost_arena_alloc(run->arena, (all.count + 1) * sizeof(*result));
	if (all.count > 0)
		memcpy(result, all.items, all.count * sizeof(*result));
	roost_vec_free(&all);
	return pick(run, args, result, count);
}

static struct sieve_field **tested_fields(struct sieve_run *run, const struct sieve_args *args,
					  size_t *count)
{
	return sieve_arg_has(args, SIEVE_SLOT_MIME) ? part_fields(run, args, count) :
		sieve_fields_named(run, args, SIEVE_SLOT_ARG0, count);
}

struct sieve_field **sieve_fields_of(struct sieve_run *run, const struct sieve_args *args,
				     struct sieve_text name, size_t *count)
{
	struct sieve_field **found = roost_arena_alloc(run->arena,
		(run->message->fields.count + 1) * sizeof(struct sieve_field *));

	*count = 0;
	collect(run, name, found, count);
	return pick(run, args, found, count);
}

void sieve_check_field_names(struct sieve_check *check, const struct sieve_bound *names)
{
	for (uint32_t i = 0; names != NULL && i < names->count; i++) {
		struct sieve_text name = names->strings[i].text;

		if (names->strings[i].constant && !sieve_field_name_valid(name))
			sieve_check_warning(check, names->at, "specified header field name '%.*s' is "
					    "invalid", (int)name.len, name.data);
	}
}

int sieve_check_header_names(struct sieve_check *check, struct sieve_use *use)
{
	sieve_check_field_names(check, sieve_use_find(use, SIEVE_SLOT_ARG0));
	return 0;
}

static void gather_values(struct sieve_gather *gather, const struct sieve_args *args)
{
	size_t count;
	struct sieve_field **fields = sieve_fields_named(gather->run, args, SIEVE_SLOT_ARG0, &count);

	for (size_t i = 0; i < count; i++)
		roost_vec_push(&gather->texts, sieve_field_value(gather->run->message, fields[i]));
}

static int run_header(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_matcher *matcher = sieve_match_begin(run, args);
	const struct sieve_view *view = sieve_view_of(matcher, args, gather_values);
	struct sieve_field **fields;
	size_t count;

	if (view != NULL)
		return sieve_match_view(matcher, view);
	fields = tested_fields(run, args, &count);
	for (size_t i = 0; i < count; i++) {
		if (sieve_mime_match(run, args, matcher, fields[i]) != 0)
			break;
	}
	return sieve_match_end(matcher);
}

static bool is_address_header(struct sieve_text name)
{
	for (size_t i = 0; i < ROOST_COUNT(address_headers); i++) {
		if (address_headers[i].len == name.len &&
		    strncasecmp(address_headers[i].data, name.data, name.len) == 0)
			return true;
	}
	return false;
}

static int check_address(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *names = sieve_use_find(use, SIEVE_SLOT_ARG0);

	for (uint32_t i = 0; i < names->count; i++) {
		struct sieve_text name = names->strings[i].text;

		if (!names->strings[i].constant || is_address_header(name))
			continue;
		sieve_check_error(check, names->at, "specified header '%.*s' is not allowed for the "
				  "address test", (int)name.len, name.data);
		return -1;
	}
	return 0;
}

bool sieve_address_part(struct sieve_run *run, unsigned part, const char *local,
			const char *domain, struct sieve_text *text)
{
	const char *delimiters = sieve_setting(run->instance, "recipient_delimiter");
	size_t user = strcspn(local, delimiters != NULL ? delimiters : "+");
	struct roost_address address = { .local = local, .domain = domain };
	struct roost_str out = ROOST_STR_INIT;

	switch (part) {
	case SIEVE_PART_LOCAL:
		*text = sieve_text_of(local);
		return true;
	case SIEVE_PART_DOMAIN:
		*text = sieve_text_of(domain);
		return true;
	case SIEVE_PART_USER:
		*text = (struct sieve_text){ local, user };
		return true;
	case SIEVE_PART_DETAIL:
		if (local[user] == '\0')
			return false;
		*text = sieve_text_of(local + user + 1);
		return true;
	default:
		roost_address_write(&out, &address);
		*text = sieve_text_dup(run->arena, sieve_text_of_str(&out));
		roost_str_free(&out);
		return true;
	}
}

static void gather_address(struct sieve_gather *gather, unsigned part,
			   const struct roost_address *address)
{
	struct sieve_text text = { address->raw.data, address->raw.len };

	switch (address->kind) {
	case ROOST_ADDRESS_GROUP:
	case ROOST_ADDRESS_GROUP_END:
		return;
	case ROOST_ADDRESS_INVALID:
		if (part != SIEVE_PART_ALL)
			return;
		break;
	default:
		if (!sieve_address_part(gather->run, part, address->local, address->domain, &text))
			return;
	}
	roost_vec_push(&gather->texts, text);
}

static void gather_addresses(struct sieve_gather *gather, const struct sieve_args *args)
{
	unsigned part = (unsigned)sieve_arg_number(args, SIEVE_SLOT_ADDRESS_PART, 1) - 1;
	size_t count;
	struct sieve_field **fields = tested_fields(gather->run, args, &count);

	for (size_t i = 0; i < count; i++) {
		const struct roost_address_list *list =
			sieve_field_addresses(gather->run->message, fields[i]);

		for (size_t each = 0; each < list->count; each++)
			gather_address(gather, part, &list->items[each]);
	}
}

static int run_address(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_matcher *matcher = sieve_match_begin(run, args);
	const struct sieve_view *view = sieve_view_of(matcher, args, gather_addresses);
	struct sieve_gather own = { .run = run };

	if (view != NULL)
		return sieve_match_view(matcher, view);
	gather_addresses(&own, args);
	for (size_t i = 0; i < own.texts.count; i++) {
		if (sieve_match_value(matcher, own.texts.items[i]) != 0)
			break;
	}
	roost_vec_free(&own.texts);
	return sieve_match_end(matcher);
}

static int check_envelope(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *names = sieve_use_find(use, SIEVE_SLOT_ARG0);

	for (uint32_t i = 0; i < names->count; i++) {
		struct sieve_text name = names->strings[i].text;
		bool address = sieve_text_is(name, "from") || sieve_text_is(name, "to");

		if (!names->strings[i].constant || address)
			continue;
		if (!sieve_text_is(name, "auth") && !sieve_envelope_part_known(check, name)) {
			sieve_check_error(check, names->at, "specified envelope part '%.*s' is not "
					  "supported by the envelope test", (int)name.len, name.data);
			return -1;
		}
		if (sieve_use_find(use, SIEVE_SLOT_ADDRESS_PART) != NULL) {
			sieve_check_error(check, names->at, "envelope part '%.*s' specified for the "
				"envelope test is no address: it takes no address part", (int)name.len, name.data);
			return -1;
		}
	}
	return 0;
}

static int match_envelope(struct sieve_run *run, struct sieve_matcher *matcher, unsigned part,
			  const char *address)
{
	const char *at = strrchr(address, '@');
	struct sieve_text text;

	if (!sieve_address_part(run, part, at != NULL ? roost_arena_strndup(run->arena, address,
				(size_t)(at - address)) : address, at != NULL ? at + 1 : "", &text))
		return 0;
	return sieve_match_value(matcher, part == SIEVE_PART_ALL ? sieve_text_of(address) : text);
}

static int run_envelope(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_matcher *matcher = sieve_match_begin(run, args);
	unsigned part = (unsigned)sieve_arg_number(args, SIEVE_SLOT_ADDRESS_PART, 1) - 1;
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ARG0);
	const char *value;
	int found = 0;

	for (uint32_t i = 0; i < count && found == 0; i++) {
		struct sieve_text name = sieve_arg_list(run, args, SIEVE_SLOT_ARG0, i);

		if (sieve_text_is(name, "from") && run->envelope->from != NULL)
			found = match_envelope(run, matcher, part, run->envelope->from);
		else if (sieve_text_is(name, "to") && run->envelope->to != NULL)
			found = match_envelope(run, matcher, part, run->envelope->to);
		else if (sieve_text_is(name, "auth") && run->envelope->auth != NULL)
			found = sieve_match_value(matcher, sieve_text_of(run->envelope->auth));
		else if (!sieve_text_is(name, "from") && !sieve_text_is(name, "to") &&
			 (value = sieve_envelope_part(run, args, name)) != NULL)
			found = sieve_match_value(matcher, sieve_text_of(value));
	}
	return sieve_match_end(matcher);
}

#define ALL_GROUPS (SIEVE_GROUP_ALL_MATCH | SIEVE_GROUP_ADDRESS)

static const struct sieve_def match_defs[] = {
	{ .name = "header", .is_test = true, .required = 2, .groups = SIEVE_GROUP_ALL_MATCH,
	  .keys = SIEVE_SLOT_ARG1,
	  .params = { { SIEVE_LIST, "header names" }, { SIEVE_LIST, "key list" } },
	  .check = sieve_check_header_names, .run = run_header },
	{ .name = "address", .is_test = true, .required = 2, .groups = ALL_GROUPS, .keys = SIEVE_SLOT_ARG1,
	  .params = { { SIEVE_LIST, "header list" }, { SIEVE_LIST, "key list" } },
	  .check = check_address, .run = run_address },
	{ 0 }
};

static const struct sieve_def envelope_defs[] = {
	{ .name = "envelope", .is_test = true, .required = 2, .groups = ALL_GROUPS, .keys = SIEVE_SLOT_ARG1,
	  .params = { { SIEVE_LIST, "envelope part list" }, { SIEVE_LIST, "key list" } },
	  .check = check_envelope, .run = run_envelope },
	{ 0 }
};

const struct sieve_extension sieve_ext_envelope = { .name = "envelope", .defs = envelope_defs };

extern const struct sieve_tag sieve_match_tags[];
const struct sieve_extension sieve_ext_match = { .defs = match_defs, .tags = sieve_match_tags };
