/* ext_spamtest - what filters before us said: spamtest, spamtestplus, virustest. RFC 5235. */
#include <math.h>
#include <stdlib.h>
#include "sieve/extensions.h"
#include "sieve/regex.h"

enum { SPAM_LEVELS = 10, VIRUS_LEVELS = 5 };

struct status { const char *prefix; unsigned levels; };

static const char *setting(struct sieve_run *run, const struct status *status, const char *name)
{
	return sieve_setting(run->instance, roost_arena_printf(run->arena, "%s_%s", status->prefix, name));
}

/* "Name" or "Name:regex with a group": the part of the field that counts. */
static bool read_status(struct sieve_run *run, const char *spec, struct sieve_text *value)
{
	const char *colon = strchr(spec, ':');
	struct sieve_text name = { spec, colon != NULL ? (size_t)(colon - spec) : strlen(spec) };
	struct sieve_span spans[SIEVE_CAPTURES];
	struct sieve_regex *regex;
	struct sieve_field *field;
	struct roost_error err;
	size_t position = 0;
	unsigned count = 0;

	while (name.len > 0 && strchr(" \t", name.data[name.len - 1]) != NULL)
		name.len--;
	field = sieve_message_field(run->message, name, &position);
	if (field == NULL)
		return false;
	*value = sieve_field_value(run->message, field);
	if (colon == NULL)
		return true;
	colon += 1 + strspn(colon + 1, " \t");
	if (sieve_regex_create(run->arena, colon, strlen(colon), true, &regex, &err) < 0) {
		sieve_run_warning(run, "status header expression: %s", err.text);
		return false;
	}
	if (sieve_regex_match(regex, value->data, value->len, spans, &count, &err) != 1 || count < 2)
		return false;
	*value = sieve_text_dup(run->arena, (struct sieve_text){ value->data + spans[1].start,
								 spans[1].len });
	return true;
}

/* Decimal, with a sign and a point perhaps; strtod alone would take "infinity" and "0x1f", too. */
static bool read_number(struct sieve_text text, double *number)
{
	char decimal[64], *end;
	size_t len;

	while (text.len > 0 && strchr(" \t", text.data[0]) != NULL)
		text.data++, text.len--;
	len = strspn(text.data, "+-.0123456789");
	snprintf(decimal, sizeof(decimal), "%.*s", (int)len, text.data);
	*number = strtod(decimal, &end);
	return end != decimal;
}

static bool read_maximum(struct sieve_run *run, const struct status *status, double *maximum)
{
	static const char *const values[] = { "score_max_value", "max_value" };
	static const char *const headers[] = { "score_max_header", "max_header" };
	struct sieve_text text;

	for (size_t i = 0; i < ROOST_COUNT(values); i++) {
		const char *value = setting(run, status, values[i]);
		const char *header = setting(run, status, headers[i]);

		if (value != NULL)
			return read_number(sieve_text_of(value), maximum) && *maximum > 0;
		if (header != NULL)
			return read_status(run, header, &text) && read_number(text, maximum) && *maximum > 0;
	}
	return false;
}

/* Which of the configured texts it is; -1: none. */
static int text_level(struct sieve_run *run, const struct status *status, struct sieve_text text)
{
	for (unsigned i = 0; i <= status->levels; i++) {
		for (int form = 0; form < 2; form++) {
			char name[40];
			const char *value;

			snprintf(name, sizeof(name), form == 0 ? "text_value/%u" : "text_value%u", i);
			value = setting(run, status, name);
			if (value != NULL && sieve_text_is(text, value))
				return (int)i;
		}
	}
	return -1;
}

/* From 0 to 1; negative: not tested. */
static double ratio(struct sieve_run *run, const struct status *status)
{
	const char *spec = setting(run, status, "status_header");
	const char *type = setting(run, status, "status_type");
	struct sieve_text text;
	double score, maximum;

	if (spec == NULL || !read_status(run, spec, &text))
		return -1;
	if (type != NULL && strcmp(type, "text") == 0) {
		int level = text_level(run, status, text);

		return level <= 0 ? -1 : (double)level / status->levels;
	}
	if (!read_maximum(run, status, &maximum))
		return -1;
	if (type != NULL && strcmp(type, "strlen") == 0)
		score = (double)text.len;
	else if (!read_number(text, &score))
		return -1;
	score /= maximum;
	return score < 0 ? 0 : score > 1 ? 1 : score;
}

static bool is_text(struct sieve_run *run, const struct status *status)
{
	const char *type = setting(run, status, "status_type");

	return type != NULL && strcmp(type, "text") == 0;
}

static int match_status(struct sieve_run *run, const struct sieve_args *args,
			const struct status *status)
{
	struct sieve_matcher *matcher = sieve_match_begin(run, args);
	double r = ratio(run, status), shift = 0.001;
	unsigned value = 0;

	if (r >= 0 && sieve_arg_has(args, SIEVE_SLOT_PERCENT))
		value = (unsigned)floor(r * 100 + shift);
	else if (r >= 0 && is_text(run, status))
		value = (unsigned)floor(r * status->levels + shift);
	else if (r >= 0)
		value = 1 + (unsigned)floor(r * (status->levels - 1) + shift);
	sieve_match_value(matcher, sieve_text_of(roost_arena_printf(run->arena, "%u", value)));
	return sieve_match_end(matcher);
}

static int run_spamtest(struct sieve_run *run, const struct sieve_args *args)
{
	static const struct status status = { "sieve_spamtest", SPAM_LEVELS };

	return match_status(run, args, &status);
}

static int run_virustest(struct sieve_run *run, const struct sieve_args *args)
{
	static const struct status status = { "sieve_virustest", VIRUS_LEVELS };

	return match_status(run, args, &status);
}

#define STATUS_TEST(test, function) \
	{ .name = test, .is_test = true, .required = 1, .groups = SIEVE_GROUP_ALL_MATCH, \
	  .keys = SIEVE_SLOT_ARG0, \
	  .params = { { SIEVE_LIST, "value" } }, .run = function }

static const struct sieve_def spam_defs[] = { STATUS_TEST("spamtest", run_spamtest), { 0 } };
static const struct sieve_def virus_defs[] = { STATUS_TEST("virustest", run_virustest), { 0 } };
static const struct sieve_tag plus_tags[] = {
	{ .name = "percent", .commands = "spamtest", .slot = SIEVE_SLOT_PERCENT },
	{ 0 }
};

const struct sieve_extension sieve_ext_spamtest = { .name = "spamtest", .defs = spam_defs, .off = true };
const struct sieve_extension sieve_ext_spamtestplus = { .name = "spamtestplus", .tags = plus_tags,
							 .off = true, .implies = "spamtest" };
const struct sieve_extension sieve_ext_virustest = { .name = "virustest", .defs = virus_defs,
						     .off = true };
