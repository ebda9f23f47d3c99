/* What is kept with a mailbox beside its messages: keyword names, attributes, keys to be removed, history. */
#include "modules/mail/index/state.h"

static void *copy(const void *data, size_t len)
{
	char *text = NULL;
	size_t capacity = 0;

	roost_vec_grow((void **)&text, &capacity, 0, len + 1, 1);
	if (len > 0)
		memcpy(text, data, len);
	text[len] = '\0';
	return text;
}

void state_set_keyword(struct state *state, uint32_t number, const char *name, size_t len)
{
	if (number >= KEYWORDS_MAX)
		return;
	free(state->keywords[number]);
	state->keywords[number] = copy(name, len);
	if (state->keyword_count <= number)
		state->keyword_count = number + 1;
}

const struct attribute *state_attribute(const struct state *state, const char *name, size_t len)
{
	for (size_t i = 0; i < state->attributes.count; i++) {
		const struct attribute *attribute = &state->attributes.items[i];

		if (strlen(attribute->name) == len && memcmp(attribute->name, name, len) == 0)
			return attribute;
	}
	return NULL;
}

void state_set_attribute(struct state *state, const char *name, size_t name_len,
			 const void *value, size_t len)
{
	struct attribute *old;

	name_len = strnlen(name, name_len);
	old = (struct attribute *)state_attribute(state, name, name_len);
	if (old != NULL) {
		free(old->name);
		free(old->value);
		*old = state->attributes.items[--state->attributes.count];
	}
	if (value != NULL)
		roost_vec_push(&state->attributes, (struct attribute){
			copy(name, name_len), copy(value, len), len });
}

void state_add_unremoved(struct state *state, const char *key, size_t len)
{
	char *text = copy(key, len);

	if (state->unremoved_map == NULL)
		state->unremoved_map = roost_map_create();
	if (*text == '\0' || roost_map_set(state->unremoved_map, text, state) != NULL)
		free(text);
	else
		roost_vec_push(&state->unremoved, text);
}

bool state_is_unremoved(const struct state *state, const char *key)
{
	return state->unremoved_map != NULL && roost_map_get(state->unremoved_map, key) != NULL;
}

void state_drop_unremoved(struct state *state, const char *const *keys)
{
	size_t to = 0;

	if (state->unremoved_map == NULL)
		return;
	for (; *keys != NULL; keys++)
		roost_map_remove(state->unremoved_map, *keys);
	for (size_t i = 0; i < state->unremoved.count; i++) {
		char *key = state->unremoved.items[i];

		if (roost_map_get(state->unremoved_map, key) != NULL)
			state->unremoved.items[to++] = key;
		else
			free(key);
	}
	state->unremoved.count = to;
}

void state_add_vanished(struct state *state, uint32_t uid, uint64_t modseq)
{
	if (state->history.count >= HISTORY_MAX) {
		size_t gone = HISTORY_MAX / 2;

		state->history_floor = state->history.items[gone - 1].modseq;
		memmove(state->history.items, state->history.items + gone,
			(state->history.count - gone) * sizeof(*state->history.items));
		state->history.count -= gone;
	}
	roost_vec_push(&state->history, (struct vanished){ modseq, uid });
}
