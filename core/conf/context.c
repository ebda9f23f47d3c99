/* Filters within each other: which are the same, which is more specific. R-CFG-8. */
#include <stdlib.h>
#include <string.h>
#include "core/conf/store.h"

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_filter(const struct conf_filter *a, const struct conf_filter *b)
{
	return same_text(a->protocol, b->protocol) && a->protocol_not == b->protocol_not &&
		same_text(a->local_name, b->local_name) &&
		memcmp(&a->local, &b->local, sizeof(a->local)) == 0 &&
		memcmp(&a->remote, &b->remote, sizeof(a->remote)) == 0;
}

uint32_t conf_store_context(struct conf_store *store, const struct conf_context *context)
{
	for (uint32_t i = 1; i < store->contexts.count; i++) {
		if (same_filter(&store->contexts.items[i].filter, &context->filter))
			return i;
	}
	roost_vec_push(&store->contexts, *context);
	return (uint32_t)store->contexts.count - 1;
}

/* Longer masks first, none last. */
static int compare_nets(const struct conf_net *a, const struct conf_net *b)
{
	int left = a->family == 0 ? -1 : a->bits, right = b->family == 0 ? -1 : b->bits;

	return right - left;
}

/* A name, a pattern, none. */
static int name_order(const char *name)
{
	return name == NULL ? 2 : strpbrk(name, "*?") != NULL;
}

static int protocol_order(const struct conf_filter *filter)
{
	return filter->protocol == NULL ? 2 : filter->protocol_not;
}

/* By local, remote, local_name, protocol: a filter within another one always comes before it. */
static int compare_filters(const struct conf_filter *a, const struct conf_filter *b)
{
	int order = compare_nets(&a->local, &b->local);

	if (order == 0)
		order = compare_nets(&a->remote, &b->remote);
	if (order == 0)
		order = name_order(a->local_name) - name_order(b->local_name);
	if (order == 0)
		order = protocol_order(a) - protocol_order(b);
	return order;
}

static int compare_contexts(const void *left, const void *right, void *context)
{
	const struct conf_store *store = context;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	int order = compare_filters(&store->contexts.items[a].filter,
				    &store->contexts.items[b].filter);

	/* "Always" last; of two that are alike the one written first. */
	if (order == 0 && (a == 0) != (b == 0))
		return a == 0 ? 1 : -1;
	return order != 0 ? order : a < b ? -1 : a > b;
}

const uint32_t *conf_store_ranked(struct conf_store *store)
{
	size_t count = store->contexts.count;
	uint32_t *numbers = roost_arena_alloc(store->arena, count * sizeof(*numbers));

	for (uint32_t i = 0; i < count; i++)
		numbers[i] = i;
	qsort_r(numbers, count, sizeof(*numbers), compare_contexts, store);
	return numbers;
}

void conf_store_rank(struct conf_store *store)
{
	const uint32_t *numbers = conf_store_ranked(store);

	for (uint32_t i = 0; i < store->contexts.count; i++)
		store->contexts.items[numbers[i]].rank = i;
}
