/* Ranges of numbers as written: "1:*,7". RFC 9051 section 9 (sequence-set). */
#include <stdlib.h>
#include <roost/vec.h>
#include "modules/imap/imap.h"

struct ranges {
	ROOST_VEC(struct roost_range) list;
};

/* A number or '*'; false when there is none. */
static bool parse_number(const char **text, uint32_t max, uint32_t *number)
{
	uint64_t value = 0;

	if (**text == '*') {
		++*text;
		*number = max;
		return true;
	}
	if (**text < '1' || **text > '9')
		return false;
	for (; **text >= '0' && **text <= '9'; ++*text) {
		value = value * 10 + (uint64_t)(**text - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*number = (uint32_t)value;
	return true;
}

static bool parse_range(const char **text, uint32_t max, struct roost_range *range)
{
	if (!parse_number(text, max, &range->first))
		return false;
	range->last = range->first;
	if (**text == ':') {
		++*text;
		if (!parse_number(text, max, &range->last))
			return false;
	}
	if (range->first > range->last)
		*range = (struct roost_range){ range->last, range->first };
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct roost_range *left = a, *right = b;

	return left->first < right->first ? -1 : left->first > right->first;
}

/* Sort, join what touches or overlaps, move to arena. */
static void settle(struct roost_arena *arena, struct ranges *ranges, struct roost_set *set)
{
	struct roost_range *items = ranges->list.items;
	size_t count = ranges->list.count, kept = 0;
	bool sorted = true;

	for (size_t i = 1; i < count && sorted; i++)
		sorted = items[i - 1].first <= items[i].first;
	if (!sorted)
		qsort(items, count, sizeof(*items), compare);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && (items[kept - 1].last == UINT32_MAX ||
				 items[i].first <= items[kept - 1].last + 1)) {
			if (items[i].last > items[kept - 1].last)
				items[kept - 1].last = items[i].last;
		} else {
			items[kept++] = items[i];
		}
	}
	set->count = kept;
	set->ranges = kept == 0 ? NULL : roost_arena_dup(arena, items, kept * sizeof(*items));
}

const char *imap_set_ranges(struct roost_arena *arena, const char *text, uint32_t max,
			    struct roost_set *set)
{
	struct ranges ranges = { 0 };
	struct roost_range range;
	const char *error = NULL;

	for (;;) {
		if (!parse_range(&text, max, &range) || (*text != ',' && *text != '\0')) {
			error = "Invalid messageset";
			break;
		}
		roost_vec_push(&ranges.list, range);
		if (*text++ == '\0')
			break;
	}
	if (error == NULL)
		settle(arena, &ranges, set);
	roost_vec_free(&ranges.list);
	return error;
}

void imap_put_set(struct roost_str *out, const struct roost_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (i > 0)
			roost_str_byte(out, ',');
		roost_str_number(out, set->ranges[i].first);
		if (set->ranges[i].last != set->ranges[i].first) {
			roost_str_byte(out, ':');
			roost_str_number(out, set->ranges[i].last);
		}
	}
}

uint64_t imap_set_size(const struct roost_set *set)
{
	uint64_t size = 0;

	for (size_t i = 0; i < set->count; i++)
		size += (uint64_t)set->ranges[i].last - set->ranges[i].first + 1;
	return size;
}
