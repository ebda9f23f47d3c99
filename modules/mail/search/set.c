/* Sets of UIDs and sequence numbers. */
#include <stdlib.h>
#include <roost/set.h>

static int compare_ranges(const void *a, const void *b)
{
	const struct roost_range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* '*' becomes top, and the lower end comes first; false: names no number. */
static bool resolve(const struct roost_range *range, uint32_t top, struct roost_range *out)
{
	uint32_t a = range->first == ROOST_SET_STAR ? top : range->first;
	uint32_t b = range->last == ROOST_SET_STAR ? top : range->last;

	out->first = a < b ? a : b;
	out->last = a < b ? b : a;
	if (out->first == 0)
		out->first = 1;
	return out->last != 0;
}

void roost_set_normalise(struct roost_arena *arena, const struct roost_range *ranges, size_t count,
			 uint32_t top, struct roost_set *set)
{
	struct roost_range *out = roost_arena_alloc(arena, count * sizeof(*out));
	bool sorted = true;
	size_t used = 0, last = 0;

	for (size_t i = 0; i < count; i++) {
		if (!resolve(&ranges[i], top, &out[used]))
			continue;
		if (used > 0 && out[used].first < out[used - 1].first)
			sorted = false;
		used++;
	}
	*set = (struct roost_set){ out, used };
	if (used == 0)
		return;
	if (!sorted)
		qsort(out, used, sizeof(*out), compare_ranges);
	for (size_t i = 1; i < used; i++) {
		if ((uint64_t)out[i].first > (uint64_t)out[last].last + 1)
			out[++last] = out[i];
		else if (out[i].last > out[last].last)
			out[last].last = out[i].last;
	}
	set->count = last + 1;
}

/* The first range that does not end below number; count: there is none. */
static size_t find_range(const struct roost_set *set, uint32_t number)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->ranges[middle].last < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool roost_set_contains(const struct roost_set *set, uint32_t number)
{
	size_t at = find_range(set, number);

	return at < set->count && set->ranges[at].first <= number;
}

uint64_t roost_set_count(const struct roost_set *set)
{
	uint64_t count = 0;

	for (size_t i = 0; i < set->count; i++)
		count += (uint64_t)set->ranges[i].last - set->ranges[i].first + 1;
	return count;
}

/* What was built, moved to the arena. */
static void finish(struct roost_arena *arena, roost_set_builder *builder, struct roost_set *set)
{
	*set = (struct roost_set){ NULL, builder->count };
	if (builder->count > 0)
		set->ranges = roost_arena_dup(arena, builder->items,
					      builder->count * sizeof(*builder->items));
	roost_vec_free(builder);
}

void roost_set_intersect(struct roost_arena *arena, const struct roost_set *a,
			 const struct roost_set *b, struct roost_set *both)
{
	roost_set_builder builder = { 0 };
	size_t i = 0, j = 0;

	while (i < a->count && j < b->count) {
		const struct roost_range *x = &a->ranges[i], *y = &b->ranges[j];
		uint32_t first = x->first > y->first ? x->first : y->first;
		uint32_t last = x->last < y->last ? x->last : y->last;

		if (first <= last)
			roost_vec_push(&builder, (struct roost_range){ first, last });
		if (x->last < y->last)
			i++;
		else
			j++;
	}
	finish(arena, &builder, both);
}

void roost_set_write(struct roost_str *out, const struct roost_set *set)
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

void roost_set_to_seqs(struct roost_arena *arena, const struct roost_mailbox *box,
		       const struct roost_set *uids, struct roost_set *seqs)
{
	roost_set_builder builder = { 0 };
	uint32_t count = roost_mailbox_count(box);

	for (size_t i = 0; i < uids->count; i++) {
		uint32_t last = uids->ranges[i].last;
		uint32_t from = roost_mailbox_seq_from(box, uids->ranges[i].first);
		uint32_t beyond = last == UINT32_MAX ? count + 1 :
				  roost_mailbox_seq_from(box, last + 1);

		if (from > count)
			break;
		if (from < beyond)
			roost_set_add(&builder, from, beyond - 1);
	}
	finish(arena, &builder, seqs);
}

void roost_set_to_uids(struct roost_arena *arena, const struct roost_mailbox *box,
		       const struct roost_set *seqs, struct roost_set *uids)
{
	roost_set_builder builder = { 0 };
	uint32_t count = roost_mailbox_count(box);

	for (size_t i = 0; i < seqs->count; i++) {
		uint32_t last = seqs->ranges[i].last < count ? seqs->ranges[i].last : count;

		for (uint32_t seq = seqs->ranges[i].first; seq <= last; seq++) {
			uint32_t uid = roost_mailbox_mail(box, seq).uid;

			roost_set_add(&builder, uid, uid);
		}
	}
	finish(arena, &builder, uids);
}
