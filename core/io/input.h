/* Inside of an input stream, for the files of core/io. */
#ifndef CORE_IO_INPUT_H
#define CORE_IO_INPUT_H

#include <stdalign.h>
#include <roost/input.h>

/* A stream that shows another one's bytes needs no buffer of its own. */
struct input_view {
	int (*more)(struct roost_input *self, const unsigned char **data, size_t *len,
		    struct roost_error *err);
	void (*skip)(struct roost_input *self, size_t n);	/* position is moved already */
	int (*seek)(struct roost_input *self, uint64_t position, struct roost_error *err);
	int (*size)(struct roost_input *self, uint64_t *size, struct roost_error *err);
};

struct roost_input {
	unsigned references;
	const struct roost_input_ops *ops;	/* NULL: memory */
	const struct input_view *view;		/* NULL: buffered */
	unsigned char *buffer;
	size_t start, end;			/* of unread bytes in buffer */
	uint64_t position;			/* of start */
	uint64_t total;				/* when size_known */
	bool owns_buffer, at_end, size_known;
	char *note;				/* a key that save_at made */
	alignas(max_align_t) unsigned char state[];
};

struct roost_input *input_alloc(const struct roost_input_ops *ops, const struct input_view *view);

#endif
