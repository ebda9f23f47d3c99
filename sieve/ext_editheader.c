/* ext_editheader - adding and deleting fields. RFC 5293. */
#include "sieve/extensions.h"

enum { MAX_VALUE = 2048, LEAST_MAX_VALUE = 1024 };

static uint64_t max_value(const struct sieve_instance *instance)
{
	uint64_t max = sieve_setting_size(instance, "sieve_editheader_max_header_size", MAX_VALUE);

	return max < LEAST_MAX_VALUE ? LEAST_MAX_VALUE : max;
}

/* The administrator's word on a field: 2.3's lists and 2.4's blocks. */
static bool forbidden(const struct sieve_instance *instance, struct sieve_text name, bool add)
{
	const char *ids = sieve_setting(instance, "sieve_editheader_header");
	char key[200];

	if (sieve_text_in(name, sieve_setting(instance, "sieve_editheader_protected")) ||
	    sieve_text_in(name, sieve_setting(instance, add ? "sieve_editheader_forbid_add" :
					      "sieve_editheader_forbid_delete")))
		return true;
	while (ids != NULL && *ids != '\0') {
		int len = (int)strcspn(ids, " ,");
		const char *field;

		snprintf(key, sizeof(key), "sieve_editheader_header/%.*s/name", len, ids);
		field = sieve_setting(instance, key);
		if (sieve_text_is(name, field != NULL ? field : "")) {
			snprintf(key, sizeof(key), "sieve_editheader_header/%.*s/forbid_%s", len, ids,
				 add ? "add" : "delete");
			return sieve_setting_bool(instance, key, false);
		}
		ids += len;
		ids += strspn(ids, " ,");
	}
	return false;
}

static int check_names(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *last = sieve_use_find(use, SIEVE_SLOT_LAST);
	struct sieve_text text;

	if (strcmp(use->def->name, "deleteheader") == 0 && last != NULL &&
	    sieve_use_find(use, SIEVE_SLOT_INDEX) == NULL) {
		sieve_check_error(check, last->at, "the :last tag for the deleteheader command cannot be "
				  "specified without the :index tag");
		return -1;
	}
	if (sieve_bound_constant(sieve_use_find(use, SIEVE_SLOT_ARG0), &text) &&
	    !sieve_field_name_valid(text)) {
		sieve_check_error(check, use->at, "%s: specified field name '%s' is invalid",
				  sieve_use_name(check, use), text.data);
		return -1;
	}
	return 0;
}

static const char *bad_value(const struct sieve_instance *instance, struct sieve_text value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.data[i];

		if ((c < ' ' && c != '\t' && c != '\r' && c != '\n') || c == 127)
			return "is invalid";
	}
	return value.len > max_value(instance) ? "is too large" : NULL;
}

static int check_addheader(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_text text;
	const char *why;

	if (check_names(check, use) < 0)
		return -1;
	if (!sieve_bound_constant(sieve_use_find(use, SIEVE_SLOT_ARG1), &text))
		return 0;
	why = bad_value(check->instance, text);
	if (why == NULL)
		return 0;
	sieve_check_error(check, use->at, "%s: specified value '%.80s' %s",
			  sieve_use_name(check, use), text.data, why);
	return -1;
}

static int run_addheader(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_text name = sieve_arg_string(run, args, SIEVE_SLOT_ARG0);
	struct sieve_text value = sieve_arg_string(run, args, SIEVE_SLOT_ARG1);
	const char *why = bad_value(run->instance, value);
	char *line;

	if (!sieve_field_name_valid(name))
		return sieve_run_error(run, "addheader command: specified field name '%s' is invalid",
				       name.data);
	if (why != NULL)
		return sieve_run_error(run, "addheader command: specified value '%.80s' %s", value.data, why);
	/* RFC 5293 section 6: silently */
	if (forbidden(run->instance, name, true))
		return 0;
	line = roost_arena_strndup(run->arena, value.data, value.len);
	for (char *c = line; *c != '\0'; c++) {
		if (*c == '\r' || *c == '\n')
			*c = ' ';
	}
	sieve_message_add(run->message, name.data, sieve_text_of(line),
			  sieve_arg_has(args, SIEVE_SLOT_LAST));
	return 0;
}

/* Whether one field's value fits the patterns; no patterns: it does. */
static int fits(struct sieve_run *run, const struct sieve_args *args, struct sieve_field *field)
{
	struct sieve_matcher *matcher;

	if (!sieve_arg_has(args, SIEVE_SLOT_ARG1))
		return 1;
	matcher = sieve_match_begin(run, args);
	sieve_match_value(matcher, sieve_field_value(run->message, field));
	return sieve_match_end(matcher);
}

/* What nobody can delete. Original- fields: those that replace has added (RFC 5703 section 5). */
static bool fixed(const struct sieve_message *message, struct sieve_text name)
{
	return sieve_text_is(name, "received") || sieve_text_is(name, "auto-submitted") ||
		(message->originals && (sieve_text_is(name, "original-subject") ||
					sieve_text_is(name, "original-from")));
}

static int run_deleteheader(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_text name = sieve_arg_string(run, args, SIEVE_SLOT_ARG0);
	struct sieve_field **fields;
	size_t count;

	if (!sieve_field_name_valid(name))
		return sieve_run_error(run, "deleteheader command: specified field name '%s' is invalid",
				       name.data);
	if (fixed(run->message, name) ||
	    (!sieve_text_is(name, "subject") && forbidden(run->instance, name, false)))
		return 0;
	fields = sieve_fields_of(run, args, name, &count);
	for (size_t i = 0; i < count; i++) {
		int fit = fits(run, args, fields[i]);

		if (fit < 0)
			return -1;
		if (fit > 0)
			sieve_message_remove(run->message, fields[i]);
	}
	return 0;
}

static const struct sieve_def defs[] = {
	{ .name = "addheader", .is_command = true, .required = 2,
	  .params = { { SIEVE_STRING, "field name" }, { SIEVE_STRING, "value" } },
	  .check = check_addheader, .run = run_addheader },
	{ .name = "deleteheader", .is_command = true, .required = 1, .groups = SIEVE_GROUP_ALL_MATCH,
	  .keys = SIEVE_SLOT_ARG1,
	  .params = { { SIEVE_STRING, "field name" }, { SIEVE_LIST, "value patterns" } },
	  .check = check_names, .run = run_deleteheader },
	{ 0 }
};

static const struct sieve_tag tags[] = {
	{ .name = "last", .commands = "addheader deleteheader", .slot = SIEVE_SLOT_LAST },
	{ .name = "index", .commands = "deleteheader", .slot = SIEVE_SLOT_INDEX, .type = SIEVE_NUMBER,
	  .check = sieve_check_index },
	{ 0 }
};

const struct sieve_extension sieve_ext_editheader = { .name = "editheader", .defs = defs,
						      .tags = tags, .off = true };
