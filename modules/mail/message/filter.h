/* An input stream that turns pieces of another one into more or fewer bytes. */
#ifndef MESSAGE_FILTER_H
#define MESSAGE_FILTER_H

#include <roost/arena.h>
#include <roost/input.h>

struct filter_ops {
	size_t state_size;	/* zeroed at first */
	void (*piece)(void *state, struct roost_str *out, const void *data, size_t len);
	void (*finish)(void *state, struct roost_str *out);	/* the end has come */
	void (*restart)(void *state);				/* from the beginning again */
	void (*close)(void *state);				/* may be NULL */
};

/* Keeps a reference to parent, from whose position on it reads. */
struct roost_input *filter_create(struct roost_input *parent, const struct filter_ops *ops,
				  void **state);

#endif
