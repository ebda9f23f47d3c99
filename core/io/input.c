/* Pull streams: buffering, positions, references. The kinds are in files.c, range.c, lines.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/base/memory.h"
#include "core/io/input.h"

enum { BUFFER_SIZE = 32 * 1024 };

struct roost_input *input_alloc(const struct roost_input_ops *ops, const struct input_view *view)
{
	size_t state = ops == NULL ? 0 : ops->state_size;
	struct roost_input *input = mem_zalloc(sizeof(*input) + state);

	input->references = 1;
	input->ops = ops;
	input->view = view;
	return input;
}

struct roost_input *roost_input_create(const struct roost_input_ops *ops)
{
	return input_alloc(ops, NULL);
}

void *roost_input_state(struct roost_input *self)
{
	return self->state;
}

struct roost_input *roost_input_ref(struct roost_input *input)
{
	input->references++;
	return input;
}

void roost_input_unref(struct roost_input *input)
{
	if (input == NULL || --input->references > 0)
		return;
	if (input->ops != NULL && input->ops->close != NULL)
		input->ops->close(input);
	if (input->owns_buffer)
		free(input->buffer);
	free(input->note);
	free(input);
}

int roost_input_more(struct roost_input *input, const unsigned char **data, size_t *len,
		     struct roost_error *err)
{
	ssize_t got;

	if (input->view != NULL)
		return input->view->more(input, data, len, err);
	if (input->start == input->end) {
		if (input->ops == NULL || input->at_end)
			return 0;
		if (input->buffer == NULL) {
			input->buffer = mem_alloc(BUFFER_SIZE);
			input->owns_buffer = true;
		}
		input->start = input->end = 0;
		got = input->ops->read(input, input->buffer, BUFFER_SIZE, err);
		if (got < 0)
			return -1;
		if (got == 0) {
			input->at_end = true;
			return 0;
		}
		input->end = (size_t)got;
	}
	*data = input->buffer + input->start;
	*len = input->end - input->start;
	return 1;
}

void roost_input_skip(struct roost_input *input, size_t n)
{
	input->position += n;
	if (input->view != NULL)
		input->view->skip(input, n);
	else
		input->start += n;
}

ssize_t roost_input_read(struct roost_input *input, void *buffer, size_t size,
			 struct roost_error *err)
{
	unsigned char *to = buffer;
	size_t done = 0;

	while (done < size) {
		const unsigned char *data;
		size_t len;
		int more = roost_input_more(input, &data, &len, err);

		if (more < 0)
			return -1;
		if (more == 0)
			break;
		if (len > size - done)
			len = size - done;
		memcpy(to + done, data, len);
		roost_input_skip(input, len);
		done += len;
	}
	return (ssize_t)done;
}

uint64_t roost_input_position(const struct roost_input *input)
{
	return input->position;
}

/* Consume until position; the stream may end before. */
static int read_forward(struct roost_input *input, uint64_t position, struct roost_error *err)
{
	while (input->position < position) {
		const unsigned char *data;
		size_t len;
		int more = roost_input_more(input, &data, &len, err);

		if (more <= 0)
			return more;
		if (len > position - input->position)
			len = (size_t)(position - input->position);
		roost_input_skip(input, len);
	}
	return 0;
}

int roost_input_seek(struct roost_input *input, uint64_t position, struct roost_error *err)
{
	struct roost_error first;
	uint64_t buffered_from;

	if (position == input->position)
		return 0;
	if (input->view != NULL)
		return input->view->seek(input, position, err);
	/* Within what is buffered. A memory stream is buffered whole. */
	buffered_from = input->position - input->start;
	if (position >= buffered_from && position - buffered_from <= input->end) {
		input->start = (size_t)(position - buffered_from);
		input->position = position;
		return 0;
	}
	if (input->ops == NULL)
		return roost_fail_detail(err, ROOST_ERR_INVALID, "seek beyond the end");
	if (input->ops->seek == NULL) {
		if (position > input->position)
			return read_forward(input, position, err);
		return roost_fail_detail(err, ROOST_ERR_UNSUPPORTED, "stream cannot seek");
	}
	input->start = input->end = 0;
	input->at_end = false;
	if (input->ops->seek(input, position, &first) == 0) {
		input->position = position;
		return 0;
	}
	if (first.kind != ROOST_ERR_UNSUPPORTED || position == 0) {
		if (err != NULL)
			*err = first;
		return -1;
	}
	/* It can only start again. */
	if (input->ops->seek(input, 0, err) < 0)
		return -1;
	input->position = 0;
	return read_forward(input, position, err);
}

int roost_input_size(struct roost_input *input, uint64_t *size, struct roost_error *err)
{
	uint64_t position = input->position;

	if (input->view != NULL && input->view->size != NULL)
		return input->view->size(input, size, err);
	if (input->ops == NULL) {
		*size = input->end;
		return 0;
	}
	if (input->ops->size != NULL)
		return input->ops->size(input, size, err);
	if (!input->size_known) {
		if (read_forward(input, UINT64_MAX, err) < 0)
			return -1;
		input->total = input->position;
		input->size_known = true;
		if (roost_input_seek(input, position, err) < 0)
			return -1;
	}
	*size = input->total;
	return 0;
}

const unsigned char *roost_input_memory(const struct roost_input *input, size_t *len)
{
	if (input->ops != NULL || input->view != NULL)
		return NULL;
	*len = input->end;
	return input->buffer;
}

struct roost_input *roost_input_from_memory(const void *data, size_t len)
{
	struct roost_input *input = input_alloc(NULL, NULL);

	input->buffer = (unsigned char *)(uintptr_t)data;	/* read only: owns_buffer is false */
	input->end = len;
	return input;
}

struct roost_input *roost_input_take_str(struct roost_str *str)
{
	struct roost_input *input = input_alloc(NULL, NULL);

	input->buffer = (unsigned char *)str->data;
	input->end = str->len;
	input->owns_buffer = true;
	*str = (struct roost_str)ROOST_STR_INIT;
	return input;
}
