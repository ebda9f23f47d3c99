/* Sequence and UID sets on the wire: "1:*,7", "$". RFC 9051 section 9 (sequence-set), RFC 5182. */
#include <stdlib.h>
#include <string.h>
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

static uint32_t last_uid(const struct imap_session *imap)
{
	uint32_t count = roost_mailbox_count(imap->box);

	return count == 0 ? 0 : roost_mailbox_mail(imap->box, count).uid;
}

/* Sequence ranges within the view become UID ranges: nothing of the view lies between their ends. */
static void seqs_to_uids(const struct imap_session *imap, struct roost_arena *arena,
			 struct roost_set *set)
{
	struct roost_range *uids = roost_arena_alloc(arena, (set->count + 1) * sizeof(*uids));

	for (size_t i = 0; i < set->count; i++) {
		uids[i].first = roost_mailbox_mail(imap->box, set->ranges[i].first).uid;
		uids[i].last = roost_mailbox_mail(imap->box, set->ranges[i].last).uid;
	}
	set->ranges = uids;
}

const char *imap_set_parse(const struct imap_session *imap, struct roost_arena *arena,
			   const char *text, bool uid, struct roost_set *uids)
{
	uint32_t max = uid ? last_uid(imap) : roost_mailbox_count(imap->box);
	struct roost_set set;
	const char *error;

	if (strcmp(text, "$") == 0) {
		*uids = (struct roost_set){ NULL, imap->saved.count };
		if (uids->count > 0)
			uids->ranges = roost_arena_dup(arena, imap->saved.ranges,
						       uids->count * sizeof(*uids->ranges));
		return NULL;
	}
	if ((error = imap_set_ranges(arena, text, max, &set)) != NULL)
		return error;
	if (!uid) {
		if (set.ranges[set.count - 1].last > max || max == 0)
			return "Invalid messageset";
		seqs_to_uids(imap, arena, &set);
	} else if (set.ranges[0].first == 0) {
		/* '*' of an empty mailbox: no UID at all, and not an error (RFC 9051 section 6.4.9). */
		struct roost_range *copy = roost_arena_dup(arena, set.ranges,
							   set.count * sizeof(*copy));

		copy[0].first = 1;
		set.ranges = copy;
		if (copy[0].last == 0) {
			set.ranges++;
			set.count--;
		}
	}
	*uids = set;
	return NULL;
}

bool imap_set_arg(struct imap_session *imap, struct imap_command *cmd, const struct imap_arg *arg,
		  struct roost_set *uids)
{
	const char *text = imap_arg_atom(arg);
	const char *error = text == NULL ? "Invalid messageset" :
		imap_set_parse(imap, cmd->arena, text, cmd->uid, uids);

	if (error != NULL)
		imap_reply_bad(cmd, "%s", error);
	return error == NULL;
}

void imap_set_seqs(const struct imap_session *imap, struct roost_arena *arena,
		   const struct roost_set *uids, struct roost_set *seqs)
{
	struct roost_range *out = roost_arena_alloc(arena, (uids->count + 1) * sizeof(*out));
	uint32_t count = roost_mailbox_count(imap->box);
	size_t kept = 0;

	for (size_t i = 0; i < uids->count; i++) {
		uint32_t first = roost_mailbox_seq_from(imap->box, uids->ranges[i].first);
		uint32_t last = uids->ranges[i].last == UINT32_MAX ? count :
			roost_mailbox_seq_from(imap->box, uids->ranges[i].last + 1) - 1;

		if (first > last)
			continue;
		if (kept > 0 && out[kept - 1].last + 1 == first)
			out[kept - 1].last = last;
		else
			out[kept++] = (struct roost_range){ first, last };
	}
	*seqs = (struct roost_set){ out, kept };
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

void imap_saved_set(struct imap_session *imap, const struct roost_set *uids)
{
	free((void *)(uintptr_t)imap->saved.ranges);
	imap->saved = (struct roost_set){ NULL, uids->count };
	if (uids->count > 0) {
		struct roost_range *copy = malloc(uids->count * sizeof(*copy));

		if (copy == NULL)
			abort();
		memcpy(copy, uids->ranges, uids->count * sizeof(*copy));
		imap->saved.ranges = copy;
	}
}

uint64_t imap_set_size(const struct roost_set *set)
{
	uint64_t size = 0;

	for (size_t i = 0; i < set->count; i++)
		size += (uint64_t)set->ranges[i].last - set->ranges[i].first + 1;
	return size;
}
