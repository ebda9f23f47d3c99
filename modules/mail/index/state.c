/* What is known of a mailbox, in memory: columns, names, history. */
#include <stdlib.h>
#include <string.h>
#include "modules/mail/index/private.h"

void state_init(struct state *state)
{
	memset(state, 0, sizeof(*state));
	state->names = roost_arena_create("index names");
	state->attributes = roost_map_create();
	state->unremoved = roost_map_create();
	state->loaded = true;
	state->uidnext = state->first_recent = 1;
	state->cache_generation = 1;
}

void state_free(struct state *state)
{
	roost_vec_free(&state->uid);
	roost_vec_free(&state->flags);
	roost_vec_free(&state->keywords);
	roost_vec_free(&state->modseq);
	roost_vec_free(&state->row);
	roost_vec_free(&state->rows);
	roost_vec_free(&state->vanished);
	roost_str_free(&state->pool);
	roost_map_free(state->attributes);
	roost_map_free(state->unremoved);
	roost_arena_free(state->names);
}

uint32_t state_position(const struct state *state, uint32_t uid, bool *found)
{
	uint32_t low = 0, high = (uint32_t)state->uid.count;

	/* New mail and appended flags are at the end. */
	if (high > 0 && uid > state->uid.items[high - 1])
		low = high;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (state->uid.items[middle] < uid)
			low = middle + 1;
		else
			high = middle;
	}
	*found = low < state->uid.count && state->uid.items[low] == uid;
	return low;
}

void state_set_attribute(struct state *state, const char *name, const void *value, size_t len)
{
	struct attribute *attribute;

	if (value == NULL) {
		(void)roost_map_remove(state->attributes, name);
		return;
	}
	attribute = roost_arena_alloc(state->names, sizeof(*attribute) + len + 1);
	attribute->len = len;
	memcpy(attribute->value, value, len);
	attribute->value[len] = 0;
	(void)roost_map_set(state->attributes, name, attribute);
}
