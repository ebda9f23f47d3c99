/* ext_variables - set and string. RFC 5229. */
#include <ctype.h>
#include <roost/utf8.h>
#include "sieve/extensions.h"

/* By falling precedence; two of the same precedence exclude each other. */
enum { LOWER = 1, UPPER = 2, LOWERFIRST = 4, UPPERFIRST = 8, QUOTEWILDCARD = 16, QUOTEREGEX = 32,
       ENCODEURL = 64, LENGTH = 128 };
static const unsigned precedences[] = { LOWER | UPPER, LOWERFIRST | UPPERFIRST, QUOTEWILDCARD,
					QUOTEREGEX | ENCODEURL, LENGTH };

static unsigned modifiers_of(const struct sieve_use *use)
{
	struct sieve_bound *bound = sieve_use_find(use, SIEVE_SLOT_MODIFIER);

	return bound != NULL ? (unsigned)bound->number : 0;
}

int sieve_check_target(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *name = sieve_use_find(use, SIEVE_SLOT_ARG0);
	struct sieve_piece piece = { .type = SIEVE_ITEM_VARIABLE };
	struct sieve_text text;
	int number = 0;

	if (!sieve_bound_constant(name, &text) ||
	    (!sieve_is_identifier(text) && memchr(text.data, '.', text.len) == NULL)) {
		sieve_check_error(check, name->at, "%s: '%.*s' is no valid variable name",
				  sieve_use_name(check, use), (int)name->strings[0].text.len, name->strings[0].text.data);
		return -1;
	}
	if (memchr(text.data, '.', text.len) != NULL) {
		if (sieve_check_name(check, text, name->at, true, &piece) < 0)
			return -1;
		if (piece.type != SIEVE_ITEM_VARIABLE) {
			sieve_check_error(check, name->at, "variable '%s' cannot be set", text.data);
			return -1;
		}
		number = (int)piece.number << 1 | piece.global;
	} else {
		number = sieve_check_variable(check, text, name->at);
	}
	if (number < 0)
		return -1;
	sieve_use_bind(check, use, SIEVE_SLOT_TARGET, SIEVE_NUMBER)->number =
		(uint64_t)number;
	return 0;
}

static void convert_case(struct sieve_text text, unsigned modifiers, char *out)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c < 128 && (modifiers & LOWER) != 0)
			c = (unsigned char)tolower(c);
		if (c < 128 && (modifiers & UPPER) != 0)
			c = (unsigned char)toupper(c);
		if (c < 128 && i == 0 && (modifiers & LOWERFIRST) != 0)
			c = (unsigned char)tolower(c);
		if (c < 128 && i == 0 && (modifiers & UPPERFIRST) != 0)
			c = (unsigned char)toupper(c);
		out[i] = (char)c;
	}
}

static struct sieve_text quote(struct roost_arena *arena, struct sieve_text text, const char *special)
{
	struct roost_str out = ROOST_STR_INIT;

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] != '\0' && strchr(special, text.data[i]) != NULL)
			roost_str_byte(&out, '\\');
		roost_str_byte(&out, text.data[i]);
	}
	text = sieve_text_dup(arena, sieve_text_of_str(&out));
	roost_str_free(&out);
	return text;
}

/* Cut so that each character is there with all its bytes. RFC 5435 section 6. */
static struct sieve_text encode_url(struct sieve_run *run, struct sieve_text text)
{
	uint64_t limit = sieve_variable_limit(run->instance);
	struct roost_str out = ROOST_STR_INIT;

	for (size_t at = 0; at < text.len;) {
		uint32_t code;
		size_t step = roost_utf8_decode(text.data + at, text.len - at, &code);
		size_t before = out.len;

		for (size_t end = at + (step > 0 ? step : 1); at < end; at++) {
			unsigned char c = (unsigned char)text.data[at];

			if (isalnum(c) || (c != '\0' && strchr("-._~", c) != NULL))
				roost_str_byte(&out, (char)c);
			else
				roost_str_printf(&out, "%%%02X", c);
		}
		if (out.len > limit) {
			roost_str_truncate(&out, before);
			break;
		}
	}
	text = sieve_text_dup(run->arena, sieve_text_of_str(&out));
	roost_str_free(&out);
	return text;
}

struct sieve_text sieve_modify(struct sieve_run *run, struct sieve_text text, unsigned modifiers)
{
	char *changed = roost_arena_alloc(run->arena, text.len + 1);

	convert_case(text, modifiers, changed);
	changed[text.len] = '\0';
	text.data = changed;
	if ((modifiers & QUOTEWILDCARD) != 0)
		text = quote(run->arena, text, "*?\\");
	if ((modifiers & QUOTEREGEX) != 0)
		text = quote(run->arena, text, ".^$*+?()[]{}|\\");
	if ((modifiers & ENCODEURL) != 0)
		text = encode_url(run, text);
	if ((modifiers & LENGTH) != 0)
		text = sieve_text_of(roost_arena_printf(run->arena, "%zu",
			roost_utf8_valid(text.data, text.len) ? roost_utf8_count(text.data, text.len) :
			text.len));
	return text;
}

static int run_set(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_text value = sieve_arg_string(run, args, SIEVE_SLOT_ARG1);
	unsigned modifiers = (unsigned)sieve_arg_number(args, SIEVE_SLOT_MODIFIER, 0);

	if (modifiers != 0)
		value = sieve_modify(run, value, modifiers);
	sieve_variable_set(run, sieve_run_variable(run, args, SIEVE_SLOT_TARGET), value);
	return 0;
}

static int run_string(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_matcher *matcher = sieve_match_begin(run, args);
	bool counting = sieve_arg_number(args, SIEVE_SLOT_MATCH, 0) == SIEVE_MATCH_COUNT + 1;
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ARG0);

	for (uint32_t i = 0; i < count; i++) {
		struct sieve_text value = sieve_arg_list(run, args, SIEVE_SLOT_ARG0, i);

		if ((!counting || value.len > 0) && sieve_match_value(matcher, value) != 0)
			break;
	}
	return sieve_match_end(matcher);
}

static const struct sieve_def defs[] = {
	{ .name = "set", .is_command = true, .required = 2,
	  .params = { { SIEVE_STRING, "name" }, { SIEVE_STRING, "value" } },
	  .check = sieve_check_target, .run = run_set },
	{ .name = "string", .is_test = true, .required = 2, .groups = SIEVE_GROUP_ALL_MATCH,
	  .keys = SIEVE_SLOT_ARG1,
	  .params = { { SIEVE_LIST, "source" }, { SIEVE_LIST, "key list" } }, .run = run_string },
	{ 0 }
};

int sieve_check_modifier(struct sieve_check *check, struct sieve_use *use,
			  struct sieve_bound *bound)
{
	unsigned all = modifiers_of(use);

	for (size_t i = 0; i < ROOST_COUNT(precedences); i++) {
		unsigned same = all & precedences[i];

		if ((same & (same - 1)) == 0)
			continue;
		sieve_check_error(check, bound->at, "modifiers of the same precedence conflict in the "
				  "set command");
		return -1;
	}
	return 0;
}

#define MODIFIER(tag, bit) \
	{ .name = tag, .commands = "set extracttext", .slot = SIEVE_SLOT_MODIFIER, .value = bit, \
	  .collects = true, .exclusive = "MODIFIER", .check = sieve_check_modifier }

static const struct sieve_tag tags[] = {
	MODIFIER("lower", LOWER), MODIFIER("upper", UPPER), MODIFIER("lowerfirst", LOWERFIRST),
	MODIFIER("upperfirst", UPPERFIRST), MODIFIER("quotewildcard", QUOTEWILDCARD),
	MODIFIER("quoteregex", QUOTEREGEX), MODIFIER("length", LENGTH),
	{ 0 }
};

const struct sieve_extension sieve_ext_variables = { .name = "variables", .defs = defs,
						     .tags = tags, .bundle = true };
