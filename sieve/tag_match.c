/* tag_match - match types, comparators and address parts: RFC 5228 section 2.7, RFC 5231, 5233. */
#include <ctype.h>
#include "sieve/comparator.h"
#include "sieve/extensions.h"
#include "sieve/regex.h"

static const struct { const char *name, *extension; } comparator_needs[] = {
	{ "i;ascii-numeric", "comparator-i;ascii-numeric" },
	{ "i;unicode-casemap", "comparator-i;unicode-casemap" },
};

static const struct sieve_comparator *use_comparator(const struct sieve_use *use)
{
	struct sieve_bound *bound = sieve_use_find(use, SIEVE_SLOT_COMPARATOR);

	return sieve_comparator_at(bound != NULL ? (unsigned)bound->number - 1 : 0);
}

static int check_pair(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *match = sieve_use_find(use, SIEVE_SLOT_MATCH);
	const struct sieve_comparator *comparator = use_comparator(use);

	if (match == NULL || comparator == NULL ||
	    (comparator->substring && match->number != SIEVE_MATCH_LIST + 1))
		return 0;
	switch ((int)match->number - 1) {
	case SIEVE_MATCH_LIST:
	case SIEVE_MATCH_CONTAINS:
	case SIEVE_MATCH_GLOB:
	case SIEVE_MATCH_REGEX:
		sieve_check_error(check, use->at, "the comparator '%s' is not for the match type ':%s' "
				  "of the %s", comparator->name, match->tag->name,
				  sieve_use_name(check, use));
		return -1;
	default:
		return 0;
	}
}

static int check_comparator(struct sieve_check *check, struct sieve_use *use,
			    struct sieve_bound *bound)
{
	const char *name = bound->strings[0].text.data;

	for (unsigned i = 0; i < ROOST_COUNT(comparator_needs); i++) {
		if (strcmp(comparator_needs[i].name, name) == 0 &&
		    !sieve_check_required(check, comparator_needs[i].extension))
			name = "";
	}
	for (unsigned i = 0; sieve_comparator_at(i) != NULL; i++) {
		if (strcmp(sieve_comparator_at(i)->name, name) == 0) {
			bound->number = i + 1;
			return check_pair(check, use);
		}
	}
	sieve_check_error(check, bound->at, "unknown comparator '%s'", bound->strings[0].text.data);
	return -1;
}

static int check_match(struct sieve_check *check, struct sieve_use *use, struct sieve_bound *bound)
{
	return check_pair(check, use);
}

static int check_relation(struct sieve_check *check, struct sieve_use *use,
			  struct sieve_bound *bound)
{
	static const char *const names[] = { "gt", "ge", "lt", "le", "eq", "ne" };
	struct sieve_text text = bound->strings[0].text;

	for (unsigned i = 0; i < ROOST_COUNT(names); i++) {
		if (sieve_text_is(text, names[i])) {
			sieve_use_bind(check, use, SIEVE_SLOT_RELATION, SIEVE_NUMBER)->number = i;
			return 0;
		}
	}
	sieve_check_error(check, bound->at, "the :%s tag for the %s: unknown relation '%s'",
			  bound->tag->name, sieve_use_name(check, use), text.data);
	return -1;
}

#define MATCH_TAG(tag, number, ...) \
	{ .name = tag, .group = SIEVE_GROUP_MATCH, .slot = SIEVE_SLOT_MATCH, \
	  .value = (number) + 1, .exclusive = "MATCH-TYPE", __VA_ARGS__ }
#define PART_TAG(tag, number) \
	{ .name = tag, .group = SIEVE_GROUP_ADDRESS, .slot = SIEVE_SLOT_ADDRESS_PART, \
	  .value = (number) + 1, .exclusive = "ADDRESS-PART" }

extern const struct sieve_tag sieve_match_tags[];
const struct sieve_tag sieve_match_tags[] = {
	MATCH_TAG("is", SIEVE_MATCH_IS, .check = check_match),
	MATCH_TAG("contains", SIEVE_MATCH_CONTAINS, .check = check_match),
	MATCH_TAG("matches", SIEVE_MATCH_GLOB, .check = check_match),
	{ .name = "comparator", .group = SIEVE_GROUP_COMPARATOR, .slot = SIEVE_SLOT_COMPARATOR,
	  .type = SIEVE_STRING, .value = 1, .constant = true, .exclusive = "COMPARATOR",
	  .check = check_comparator },
	PART_TAG("all", SIEVE_PART_ALL),
	PART_TAG("localpart", SIEVE_PART_LOCAL),
	PART_TAG("domain", SIEVE_PART_DOMAIN),
	{ 0 }
};

static const struct sieve_tag subaddress_tags[] = {
	PART_TAG("user", SIEVE_PART_USER),
	PART_TAG("detail", SIEVE_PART_DETAIL),
	{ 0 }
};

static const struct sieve_tag relational_tags[] = {
	MATCH_TAG("value", SIEVE_MATCH_VALUE, .type = SIEVE_STRING, .constant = true,
		  .check = check_relation),
	MATCH_TAG("count", SIEVE_MATCH_COUNT, .type = SIEVE_STRING, .constant = true,
		  .check = check_relation),
	{ 0 }
};

static const struct sieve_tag regex_tags[] = {
	MATCH_TAG("regex", SIEVE_MATCH_REGEX, .check = check_match),
	{ 0 }
};

const struct sieve_extension sieve_ext_subaddress = { .name = "subaddress",
						      .tags = subaddress_tags };
const struct sieve_extension sieve_ext_relational = { .name = "relational",
						      .tags = relational_tags };
const struct sieve_extension sieve_ext_regex = { .name = "regex", .tags = regex_tags };
const struct sieve_extension sieve_ext_numeric = { .name = "comparator-i;ascii-numeric" };
const struct sieve_extension sieve_ext_unicode = { .name = "comparator-i;unicode-casemap" };
const struct sieve_extension sieve_ext_encoded = { .name = "encoded-character", .bundle = true };
