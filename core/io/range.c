/* Streams made of other streams: a range of one, several one after the other. */
#include <stdlib.h>
#include "core/base/memory.h"
#include "core/io/input.h"

struct range_state {
	struct roost_input *parent;
	uint64_t offset, size;
};

static int range_more(struct roost_input *self, const unsigned char **data, size_t *len,
		      struct roost_error *err)
{
	struct range_state *range = roost_input_state(self);
	int more;

	if (self->position >= range->size)
		return 0;
	/* Another range may have moved the parent since. */
	if (roost_input_seek(range->parent, range->offset + self->position, err) < 0)
		return -1;
	more = roost_input_more(range->parent, data, len, err);
	if (more > 0 && *len > range->size - self->position)
		*len = (size_t)(range->size - self->position);
	return more;
}

static void range_skip(struct roost_input *self, size_t n)
{
	struct range_state *range = roost_input_state(self);

	roost_input_skip(range->parent, n);
}

static int range_seek(struct roost_input *self, uint64_t position, struct roost_error *err)
{
	(void)err;
	self->position = position;	/* the parent follows when bytes are wanted */
	return 0;
}

static int range_size(struct roost_input *self, uint64_t *size, struct roost_error *err)
{
	struct range_state *range = roost_input_state(self);
	uint64_t total;

	if (roost_input_size(range->parent, &total, err) < 0)
		return -1;
	total = total > range->offset ? total - range->offset : 0;
	*size = total < range->size ? total : range->size;
	return 0;
}

static void range_close(struct roost_input *self)
{
	struct range_state *range = roost_input_state(self);

	roost_input_unref(range->parent);
}

static const struct roost_input_ops range_ops = {
	.state_size = sizeof(struct range_state), .close = range_close,
};
static const struct input_view range_view = {
	.more = range_more, .skip = range_skip, .seek = range_seek, .size = range_size,
};

struct roost_input *roost_input_range(struct roost_input *parent, uint64_t offset, uint64_t size)
{
	struct roost_input *input = input_alloc(&range_ops, &range_view);
	struct range_state *range = roost_input_state(input);

	range->parent = roost_input_ref(parent);
	range->offset = offset;
	range->size = size;
	return input;
}

struct concat_state {
	struct roost_input **parts;
	size_t count, current;
	uint64_t before;		/* bytes of the parts before current */
};

static int concat_more(struct roost_input *self, const unsigned char **data, size_t *len,
		       struct roost_error *err)
{
	struct concat_state *concat = roost_input_state(self);

	for (; concat->current < concat->count; concat->current++) {
		struct roost_input *part = concat->parts[concat->current];
		int more;

		if (roost_input_seek(part, self->position - concat->before, err) < 0)
			return -1;
		more = roost_input_more(part, data, len, err);
		if (more != 0)
			return more;
		concat->before = self->position;
	}
	return 0;
}

static void concat_skip(struct roost_input *self, size_t n)
{
	struct concat_state *concat = roost_input_state(self);

	roost_input_skip(concat->parts[concat->current], n);
}

static int concat_seek(struct roost_input *self, uint64_t position, struct roost_error *err)
{
	struct concat_state *concat = roost_input_state(self);
	uint64_t before = 0, size;
	size_t i;

	for (i = 0; i + 1 < concat->count; i++) {
		if (roost_input_size(concat->parts[i], &size, err) < 0)
			return -1;
		if (position < before + size)
			break;
		before += size;
	}
	concat->current = i;
	concat->before = before;
	self->position = position;
	return 0;
}

static int concat_size(struct roost_input *self, uint64_t *size, struct roost_error *err)
{
	struct concat_state *concat = roost_input_state(self);
	uint64_t total = 0, part;

	for (size_t i = 0; i < concat->count; i++) {
		if (roost_input_size(concat->parts[i], &part, err) < 0)
			return -1;
		total += part;
	}
	*size = total;
	return 0;
}

static void concat_close(struct roost_input *self)
{
	struct concat_state *concat = roost_input_state(self);

	for (size_t i = 0; i < concat->count; i++)
		roost_input_unref(concat->parts[i]);
	free(concat->parts);
}

static const struct roost_input_ops concat_ops = {
	.state_size = sizeof(struct concat_state), .close = concat_close,
};
static const struct input_view concat_view = {
	.more = concat_more, .skip = concat_skip, .seek = concat_seek, .size = concat_size,
};

struct roost_input *roost_input_concat(struct roost_input *const *parts, size_t count)
{
	struct roost_input *input = input_alloc(&concat_ops, &concat_view);
	struct concat_state *concat = roost_input_state(input);

	concat->parts = mem_alloc(count * sizeof(*parts));
	for (size_t i = 0; i < count; i++)
		concat->parts[i] = roost_input_ref(parts[i]);
	concat->count = count;
	return input;
}
