/* Which known name somebody meant. */
#include <string.h>
#include "core/conf/judge.h"

#define LONGEST 64

/* Edits from a to b, adjacent swaps counting one; more than limit is as good as infinite. */
static unsigned distance(const char *a, const char *b, unsigned limit)
{
	size_t la = strlen(a), lb = strlen(b);
	unsigned rows[3][LONGEST + 1];

	if (la > LONGEST || lb > LONGEST || la > lb + limit || lb > la + limit)
		return limit + 1;
	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned best = above[j - 1] + (a[i - 1] != b[j - 1]);

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    second[j - 2] + 1 < best)
				best = second[j - 2] + 1;
			row[j] = best;
		}
	}
	return rows[la % 3][lb];
}

const char *conf_nearest_service(const struct conf_store *store, const char *name)
{
	unsigned best = strlen(name) < 6 ? 2 : 3;
	const char *found = NULL;

	for (size_t i = 0; i < store->blocks.count; i++) {
		const struct conf_store_block *block = store->blocks.items[i];
		unsigned far;

		if (!block->built_in || strcmp(block->type->word, "service") != 0)
			continue;
		far = distance(name, block->name, best);
		if (far < best) {
			best = far;
			found = block->name;
		}
	}
	return found;
}

const char *conf_nearest(const struct conf_store *store, const char *path)
{
	const char *slash = strrchr(path, '/'), *key = slash == NULL ? path : slash + 1;
	size_t parent = slash == NULL ? 0 : (size_t)(slash - path), position = 0;
	unsigned best = strlen(key) < 6 ? 2 : 3;	/* more is another word */
	const char *known, *found = NULL;
	void *slot;

	while (roost_map_next(store->slots, &position, &known, &slot)) {
		const char *other = ((struct conf_slot *)slot)->key;
		unsigned far;

		/* Of the same block only. */
		if ((size_t)(other - ((struct conf_slot *)slot)->path) != (slash == NULL ? 0 : parent + 1) ||
		    strncmp(known, path, parent) != 0)
			continue;
		far = distance(key, other, best);
		if (far > 0 && far < best) {
			best = far;
			found = other;
		}
	}
	return found;
}
