/* An input stream over a function that converts pieces. */
#include <string.h>
#include "filter.h"

struct filter {
	const struct filter_ops *ops;
	struct roost_input *parent;
	uint64_t start;			/* parent's position when we began */
	struct roost_str out;		/* converted, not read yet */
	size_t at;
	bool ended;
	struct roost_arena *arena;
	void *state;
};

static int filter_piece(struct filter *filter, struct roost_error *err)
{
	const unsigned char *data;
	size_t len;
	int more = roost_input_more(filter->parent, &data, &len, err);

	roost_str_truncate(&filter->out, 0);
	filter->at = 0;
	if (more < 0)
		return -1;
	if (more == 0) {
		filter->ended = true;
		filter->ops->finish(filter->state, &filter->out);
		return 0;
	}
	filter->ops->piece(filter->state, &filter->out, data, len);
	roost_input_skip(filter->parent, len);
	return 0;
}

static ssize_t filter_read(struct roost_input *self, void *buffer, size_t size,
			   struct roost_error *err)
{
	struct filter *filter = roost_input_state(self);
	size_t len;

	while (filter->at == filter->out.len) {
		if (filter->ended)
			return 0;
		if (filter_piece(filter, err) < 0)
			return -1;
	}
	len = filter->out.len - filter->at;
	if (len > size)
		len = size;
	memcpy(buffer, filter->out.data + filter->at, len);
	filter->at += len;
	return (ssize_t)len;
}

static int filter_seek(struct roost_input *self, uint64_t position, struct roost_error *err)
{
	struct filter *filter = roost_input_state(self);

	if (position != 0)
		return roost_fail_detail(err, ROOST_ERR_UNSUPPORTED, "only back to the start");
	filter->ops->restart(filter->state);
	roost_str_truncate(&filter->out, 0);
	filter->at = 0;
	filter->ended = false;
	return roost_input_seek(filter->parent, filter->start, err);
}

static void filter_close(struct roost_input *self)
{
	struct filter *filter = roost_input_state(self);

	if (filter->ops->close != NULL)
		filter->ops->close(filter->state);
	roost_str_free(&filter->out);
	roost_input_unref(filter->parent);
	roost_arena_free(filter->arena);
}

static const struct roost_input_ops filter_input = {
	.state_size = sizeof(struct filter), .read = filter_read, .seek = filter_seek,
	.close = filter_close,
};

struct roost_input *filter_create(struct roost_input *parent, const struct filter_ops *ops,
				  void **state)
{
	struct roost_input *input = roost_input_create(&filter_input);
	struct filter *filter = roost_input_state(input);

	filter->ops = ops;
	filter->parent = roost_input_ref(parent);
	filter->start = roost_input_position(parent);
	filter->arena = roost_arena_create("filter");
	filter->state = roost_arena_zalloc(filter->arena, ops->state_size);
	*state = filter->state;
	return input;
}
