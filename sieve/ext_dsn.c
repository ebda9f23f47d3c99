/* ext_dsn - reports and deadlines of delivery, for envelope and redirect. RFC 6009. */
#include <ctype.h>
#include <stdlib.h>
#include <roost/date.h>
#include "sieve/extensions.h"

/* --- envelope --- */

struct envelope_part { const char *name, *extension; };

static const struct envelope_part parts[] = {
	{ "notify", "envelope-dsn" }, { "ret", "envelope-dsn" }, { "envid", "envelope-dsn" },
	{ "orcpt", "envelope-dsn" }, { "bytimeabsolute", "envelope-deliverby" },
	{ "bytimerelative", "envelope-deliverby" }, { "bymode", "envelope-deliverby" },
	{ "bytrace", "envelope-deliverby" },
};

bool sieve_envelope_part_known(const struct sieve_check *check, struct sieve_text name)
{
	for (size_t i = 0; i < ROOST_COUNT(parts); i++) {
		if (sieve_text_is(name, parts[i].name))
			return sieve_check_required(check, parts[i].extension);
	}
	return false;
}

static const char *deadline(struct sieve_run *run, const struct sieve_args *args)
{
	int64_t time = run->envelope->by_time;
	struct sieve_text text = sieve_arg_string(run, args, SIEVE_SLOT_ZONE);
	int zone = roost_date_local_zone(time);
	char *iso;

	if (text.data != NULL)
		sieve_zone_parse(text.data, &zone);
	iso = sieve_date_part(run->arena, "iso8601", time, zone);
	if (zone == 0)
		strcpy(iso + strlen(iso) - strlen("+00:00"), "Z");
	return iso;
}

/* NULL: the message came without it. */
const char *sieve_envelope_part(struct sieve_run *run, const struct sieve_args *args,
				struct sieve_text name)
{
	const struct sieve_envelope *envelope = run->envelope;

	if (sieve_text_is(name, "notify"))
		return envelope->notify;
	if (sieve_text_is(name, "ret"))
		return envelope->ret;
	if (sieve_text_is(name, "envid"))
		return envelope->envid;
	if (sieve_text_is(name, "orcpt"))
		return envelope->orcpt;
	if (envelope->by_mode == '\0')
		return NULL;
	if (sieve_text_is(name, "bytimeabsolute"))
		return deadline(run, args);
	if (sieve_text_is(name, "bytimerelative"))
		return roost_arena_printf(run->arena, "%lld",
					  (long long)((envelope->by_time - run->now) / 1000000));
	if (sieve_text_is(name, "bymode"))
		return envelope->by_mode == 'N' ? "notify" : "return";
	if (sieve_text_is(name, "bytrace"))
		return envelope->by_trace ? "trace" : "";
	return NULL;
}

static const struct sieve_tag deliverby_tags[] = {
	{ .name = "zone", .commands = "envelope", .slot = SIEVE_SLOT_ZONE, .type = SIEVE_STRING,
	  .check = sieve_check_zone },
	{ 0 }
};

const struct sieve_extension sieve_ext_envelope_dsn = { .name = "envelope-dsn", .off = true };
const struct sieve_extension sieve_ext_envelope_deliverby = { .name = "envelope-deliverby",
	.tags = deliverby_tags, .off = true };

/* --- redirect --- */

/* "NEVER", or some of the others with commas between. RFC 3461 section 4.1. */
static bool notify_ok(struct sieve_text text)
{
	static const char *const words[] = { "SUCCESS", "FAILURE", "DELAY" };

	if (sieve_text_is(text, "NEVER"))
		return true;
	for (;;) {
		const char *comma = memchr(text.data, ',', text.len);
		struct sieve_text word = { text.data, comma != NULL ? (size_t)(comma - text.data) : text.len };
		bool known = false;

		for (size_t i = 0; i < ROOST_COUNT(words); i++)
			known |= sieve_text_is(word, words[i]);
		if (!known)
			return false;
		if (comma == NULL)
			return true;
		text.len -= word.len + 1;
		text.data = comma + 1;
	}
}

static bool ret_ok(struct sieve_text text)
{
	return sieve_text_is(text, "FULL") || sieve_text_is(text, "HDRS");
}

static bool mode_ok(struct sieve_text text)
{
	return sieve_text_is(text, "notify") || sieve_text_is(text, "return");
}

static bool read_digits(const char **at, unsigned digits, int *number)
{
	*number = 0;
	for (; digits > 0; digits--, ++*at) {
		if (!isdigit((unsigned char)**at))
			return false;
		*number = *number * 10 + (**at - '0');
	}
	return true;
}

/* RFC 3339 section 5.6: 2010-10-01T20:00:00Z, ...+02:00; the colon of the zone may be missing. */
static bool time_parse(struct sieve_text text, int64_t *time)
{
	struct roost_civil at = { 0 };
	const char *p = text.data;
	char zone_text[6];
	int zone = 0;

	if (!read_digits(&p, 4, &at.year) || *p++ != '-' || !read_digits(&p, 2, &at.month) ||
	    *p++ != '-' || !read_digits(&p, 2, &at.day) || *p++ != 'T' ||
	    !read_digits(&p, 2, &at.hour) || *p++ != ':' || !read_digits(&p, 2, &at.minute) ||
	    *p++ != ':' || !read_digits(&p, 2, &at.second) || at.month < 1 || at.month > 12 ||
	    at.day < 1 || at.day > 31 || at.hour > 23 || at.minute > 59 || at.second > 60)
		return false;
	if (*p == '.')
		p += 1 + strspn(p + 1, "0123456789");
	if (strcmp(p, "Z") != 0) {
		snprintf(zone_text, sizeof(zone_text), "%.3s%s", p, strlen(p) == 6 ? p + 4 : strlen(p) == 5 ?
			 p + 3 : "");
		if (!sieve_zone_parse(zone_text, &zone))
			return false;
	}
	*time = roost_date_from_civil(&at) - (int64_t)zone * 60 * 1000000;
	return true;
}

static bool time_ok(struct sieve_text text)
{
	int64_t time;

	return time_parse(text, &time);
}

static bool value_ok(enum sieve_slot slot, struct sieve_text text)
{
	switch (slot) {
	case SIEVE_SLOT_NOTIFY: return notify_ok(text);
	case SIEVE_SLOT_RET: return ret_ok(text);
	case SIEVE_SLOT_BYMODE: return mode_ok(text);
	default: return time_ok(text);
	}
}

static int check_value(struct sieve_check *check, struct sieve_use *use, struct sieve_bound *bound)
{
	struct sieve_text text;

	if (!sieve_bound_constant(bound, &text) || value_ok(bound->slot, text))
		return 0;
	sieve_check_error(check, bound->at, "the :%s tag for the %s: invalid value '%s'",
			  bound->tag->name, sieve_use_name(check, use), text.data);
	return -1;
}

int sieve_check_dsn(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *relative = sieve_use_find(use, SIEVE_SLOT_BYRELATIVE);
	struct sieve_bound *absolute = sieve_use_find(use, SIEVE_SLOT_BYABSOLUTE);
	bool options = sieve_use_find(use, SIEVE_SLOT_BYMODE) != NULL ||
		sieve_use_find(use, SIEVE_SLOT_BYTRACE) != NULL;

	if (relative != NULL && absolute != NULL)
		sieve_check_error(check, use->at, "the :bytimerelative and :bytimeabsolute tags for the "
				  "redirect command cannot be specified together");
	else if (options && relative == NULL && absolute == NULL)
		sieve_check_error(check, use->at, "the :bymode and :bytrace tags for the redirect command "
				  "cannot be specified without a time");
	else
		return 0;
	return -1;
}

int sieve_run_dsn(struct sieve_run *run, const struct sieve_args *args, struct sieve_dsn *dsn)
{
	static const enum sieve_slot slots[] = { SIEVE_SLOT_NOTIFY, SIEVE_SLOT_RET, SIEVE_SLOT_BYMODE,
						 SIEVE_SLOT_BYABSOLUTE };
	struct sieve_text values[ROOST_COUNT(slots)];
	int64_t time = 0;

	for (size_t i = 0; i < ROOST_COUNT(slots); i++) {
		values[i] = sieve_arg_string(run, args, slots[i]);
		if (values[i].data != NULL && !value_ok(slots[i], values[i]))
			return sieve_run_error(run, "redirect command: invalid value '%s'", values[i].data);
	}
	*dsn = (struct sieve_dsn){ .notify = values[0].data, .ret = values[1].data };
	if (values[3].data == NULL && !sieve_arg_has(args, SIEVE_SLOT_BYRELATIVE))
		return 0;
	dsn->by_mode = values[2].data != NULL && sieve_text_is(values[2], "notify") ? 'N' : 'R';
	dsn->by_trace = sieve_arg_has(args, SIEVE_SLOT_BYTRACE);
	dsn->by_seconds = sieve_arg_number(args, SIEVE_SLOT_BYRELATIVE, 0);
	if (values[3].data != NULL && time_parse(values[3], &time) && time > run->now)
		dsn->by_seconds = (uint64_t)(time - run->now) / 1000000;
	return 0;
}

#define TAG(tag, place) { .name = tag, .commands = "redirect", .slot = SIEVE_SLOT_##place, \
			  .type = SIEVE_STRING, .check = check_value }

static const struct sieve_tag redirect_dsn_tags[] = {
	TAG("notify", NOTIFY), TAG("ret", RET), { 0 }
};

static const struct sieve_tag redirect_deliverby_tags[] = {
	{ .name = "bytimerelative", .commands = "redirect", .slot = SIEVE_SLOT_BYRELATIVE,
	  .type = SIEVE_NUMBER },
	TAG("bytimeabsolute", BYABSOLUTE), TAG("bymode", BYMODE),
	{ .name = "bytrace", .commands = "redirect", .slot = SIEVE_SLOT_BYTRACE },
	{ 0 }
};

const struct sieve_extension sieve_ext_redirect_dsn = { .name = "redirect-dsn",
	.tags = redirect_dsn_tags, .off = true };
const struct sieve_extension sieve_ext_redirect_deliverby = { .name = "redirect-deliverby",
	.tags = redirect_deliverby_tags, .off = true };
