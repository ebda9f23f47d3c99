/* ext_date - parts of dates, and which of several fields. RFC 5260. */
#include <ctype.h>
#include <stdlib.h>
#include <roost/date.h>
#include "sieve/extensions.h"

static const char *const part_names[] = { "year", "month", "day", "date", "julian", "hour", "minute",
	"second", "time", "iso8601", "std11", "zone", "weekday" };

static const char *const weekdays[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
				      "Oct", "Nov", "Dec" };

char *sieve_date_part(struct roost_arena *arena, const char *part, int64_t time, int zone)
{
	int away = abs(zone);
	char sign = zone < 0 ? '-' : '+';
	struct roost_civil at;

	roost_date_to_civil(time, zone, &at);
	if (strcasecmp(part, "year") == 0)
		return roost_arena_printf(arena, "%04d", at.year);
	if (strcasecmp(part, "month") == 0)
		return roost_arena_printf(arena, "%02d", at.month);
	if (strcasecmp(part, "day") == 0)
		return roost_arena_printf(arena, "%02d", at.day);
	if (strcasecmp(part, "date") == 0)
		return roost_arena_printf(arena, "%04d-%02d-%02d", at.year, at.month, at.day);
	if (strcasecmp(part, "julian") == 0)	/* the modified one: 1970-01-01 is 40587 */
		return roost_arena_printf(arena, "%lld", (long long)roost_date_day(time, zone) + 40587);
	if (strcasecmp(part, "hour") == 0)
		return roost_arena_printf(arena, "%02d", at.hour);
	if (strcasecmp(part, "minute") == 0)
		return roost_arena_printf(arena, "%02d", at.minute);
	if (strcasecmp(part, "second") == 0)
		return roost_arena_printf(arena, "%02d", at.second);
	if (strcasecmp(part, "time") == 0)
		return roost_arena_printf(arena, "%02d:%02d:%02d", at.hour, at.minute, at.second);
	if (strcasecmp(part, "iso8601") == 0)
		return roost_arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", at.year,
			at.month, at.day, at.hour, at.minute, at.second, sign, away / 60, away % 60);
	if (strcasecmp(part, "std11") == 0)
		return roost_arena_printf(arena, "%s, %02d %s %04d %02d:%02d:%02d %c%02d%02d",
			weekdays[at.weekday], at.day, months[at.month - 1], at.year, at.hour, at.minute,
			at.second, sign, away / 60, away % 60);
	if (strcasecmp(part, "zone") == 0)
		return roost_arena_printf(arena, "%c%02d%02d", sign, away / 60, away % 60);
	return roost_arena_printf(arena, "%d", at.weekday);
}

bool sieve_zone_parse(const char *text, int *zone)
{
	int number;

	if ((text[0] != '+' && text[0] != '-') || strlen(text) != 5)
		return false;
	for (int i = 1; i < 5; i++) {
		if (!isdigit((unsigned char)text[i]))
			return false;
	}
	number = atoi(text + 1);
	*zone = (number / 100 * 60 + number % 100) * (text[0] == '-' ? -1 : 1);
	return number % 100 < 60;
}

int sieve_check_zone(struct sieve_check *check, struct sieve_use *use, struct sieve_bound *bound)
{
	struct sieve_text text;
	int zone;

	if (!sieve_bound_constant(bound, &text) || sieve_zone_parse(text.data, &zone))
		return 0;
	sieve_check_error(check, bound->at, "specified :zone argument '%s' is not a valid timezone",
			  text.data);
	return -1;
}

static int check_part(struct sieve_check *check, struct sieve_use *use, enum sieve_slot slot)
{
	struct sieve_text text;

	if (!sieve_bound_constant(sieve_use_find(use, slot), &text))
		return 0;
	for (size_t i = 0; i < ROOST_COUNT(part_names); i++) {
		if (sieve_text_is(text, part_names[i]))
			return 0;
	}
	sieve_check_warning(check, use->at, "specified date part '%s' is unknown", text.data);
	return 0;
}

static int check_date(struct sieve_check *check, struct sieve_use *use)
{
	sieve_check_header_names(check, use);
	return check_part(check, use, SIEVE_SLOT_ARG1);
}

static int check_currentdate(struct sieve_check *check, struct sieve_use *use)
{
	return check_part(check, use, SIEVE_SLOT_ARG0);
}

static int match_date(struct sieve_run *run, const struct sieve_args *args,
		      struct sieve_matcher *matcher, enum sieve_slot part_slot, int64_t time, int own)
{
	const char *part = sieve_arg_string(run, args, part_slot).data;
	struct sieve_text zone_text = sieve_arg_string(run, args, SIEVE_SLOT_ZONE);
	int zone = roost_date_local_zone(time);
	bool known = false;

	for (size_t i = 0; i < ROOST_COUNT(part_names); i++)
		known |= strcasecmp(part, part_names[i]) == 0;
	if (!known)
		return 0;
	if (sieve_arg_has(args, SIEVE_SLOT_OPTIONAL))
		zone = own;
	else if (zone_text.data != NULL && !sieve_zone_parse(zone_text.data, &zone))
		zone = roost_date_local_zone(time);
	return sieve_match_value(matcher, sieve_text_of(sieve_date_part(run->arena, part, time, zone)));
}

static int run_date(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_matcher *matcher = sieve_match_begin(run, args);
	struct sieve_text name = sieve_arg_string(run, args, SIEVE_SLOT_ARG0);
	uint64_t index = sieve_arg_number(args, SIEVE_SLOT_INDEX, 0), total = 0, at = 0;
	struct sieve_field *field;
	size_t position = 0;

	while (sieve_message_field(run->message, name, &position) != NULL)
		total++;
	if (index > 0 && sieve_arg_has(args, SIEVE_SLOT_LAST))
		index = index <= total ? total - index + 1 : total + 1;
	for (position = 0; (field = sieve_message_field(run->message, name, &position)) != NULL;) {
		struct sieve_text value = sieve_field_value(run->message, field);
		const char *semicolon = memrchr(value.data, ';', value.len);
		int64_t time;
		int zone;

		at++;
		if (index != 0 && at != index)
			continue;
		if (semicolon != NULL) {
			value.len -= (size_t)(semicolon + 1 - value.data);
			value.data = semicolon + 1;
		}
		if (roost_date_parse((struct roost_text){ value.data, value.len }, &time, &zone) &&
		    match_date(run, args, matcher, SIEVE_SLOT_ARG1, time, zone) != 0)
			break;
	}
	return sieve_match_end(matcher);
}

static int run_currentdate(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_matcher *matcher = sieve_match_begin(run, args);

	match_date(run, args, matcher, SIEVE_SLOT_ARG0, run->now, 0);
	return sieve_match_end(matcher);
}

static const struct sieve_def defs[] = {
	{ .name = "date", .is_test = true, .required = 3, .groups = SIEVE_GROUP_ALL_MATCH,
	  .keys = SIEVE_SLOT_ARG2,
	  .params = { { SIEVE_STRING, "header name" }, { SIEVE_STRING, "date part" },
		      { SIEVE_LIST, "key list" } },
	  .check = check_date, .run = run_date },
	{ .name = "currentdate", .is_test = true, .required = 2, .groups = SIEVE_GROUP_ALL_MATCH,
	  .keys = SIEVE_SLOT_ARG1,
	  .params = { { SIEVE_STRING, "date part" }, { SIEVE_LIST, "key list" } },
	  .check = check_currentdate, .run = run_currentdate },
	{ 0 }
};

static int check_original(struct sieve_check *check, struct sieve_use *use,
			  struct sieve_bound *bound)
{
	if (sieve_use_find(use, SIEVE_SLOT_ZONE) == NULL || sieve_use_find(use, SIEVE_SLOT_OPTIONAL) == NULL)
		return bound->slot == SIEVE_SLOT_ZONE ? sieve_check_zone(check, use, bound) : 0;
	sieve_check_error(check, bound->at, "multiple :zone or :originalzone arguments specified for "
			  "the %s", sieve_use_name(check, use));
	return -1;
}

static const struct sieve_tag date_tags[] = {
	{ .name = "zone", .commands = "date currentdate", .slot = SIEVE_SLOT_ZONE,
	  .type = SIEVE_STRING, .check = check_original },
	{ .name = "originalzone", .commands = "date", .slot = SIEVE_SLOT_OPTIONAL,
	  .check = check_original },
	{ 0 }
};

const struct sieve_extension sieve_ext_date = { .name = "date", .defs = defs, .tags = date_tags };

int sieve_check_index(struct sieve_check *check, struct sieve_use *use, struct sieve_bound *bound)
{
	if (bound->number > 0)
		return 0;
	sieve_check_error(check, bound->at, "the :index tag for the %s: the first one is 1",
			  sieve_use_name(check, use));
	return -1;
}

static const struct sieve_tag index_tags[] = {
	{ .name = "index", .commands = "header address date", .slot = SIEVE_SLOT_INDEX,
	  .type = SIEVE_NUMBER, .check = sieve_check_index },
	{ .name = "last", .commands = "header address date", .slot = SIEVE_SLOT_LAST,
	  .needs = SIEVE_SLOT_INDEX, .needs_name = "index" },
	{ 0 }
};

const struct sieve_extension sieve_ext_index = { .name = "index", .tags = index_tags };
