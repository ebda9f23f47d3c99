/* SPDX-License-Identifier: MIT */
/*
 * Pull streams of bytes. Ours.
 * Reading never copies more than it must: more() shows what is buffered, skip() consumes it.
 * Streams are reference counted: the last unref closes files and frees.
 */
#ifndef ROOST_INPUT_H
#define ROOST_INPUT_H

#include <roost/error.h>
#include <roost/str.h>

struct roost_input;

/*
 * Show the next bytes. 1: at least one byte, valid until the next call on this stream.
 * 0: end. -1: failed, err tells (ROOST_ERR_TEMP, ROOST_ERR_CORRUPT from decoders).
 */
ROOST_API int roost_input_more(struct roost_input *input, const unsigned char **data, size_t *len,
			       struct roost_error *err);
/* Consume n bytes of what more() showed. */
ROOST_API void roost_input_skip(struct roost_input *input, size_t n);
/* Fill buffer unless the end comes first; the number of bytes read, or -1. */
ROOST_API ssize_t roost_input_read(struct roost_input *input, void *buffer, size_t size,
				   struct roost_error *err);
/* Bytes consumed so far. */
ROOST_API uint64_t roost_input_position(const struct roost_input *input);
/* Absolute position. Decoders seek backwards by starting again. */
ROOST_API int roost_input_seek(struct roost_input *input, uint64_t position,
			       struct roost_error *err);
/* Total bytes; a stream that cannot know reads itself to the end and seeks back. */
ROOST_API int roost_input_size(struct roost_input *input, uint64_t *size, struct roost_error *err);
/* The descriptor behind an unlimited plain file, for sendfile and pread; -1 otherwise. Borrowed. */
ROOST_API int roost_input_fd(const struct roost_input *input);
/* All bytes of a memory stream (or of a file that is mapped whole); NULL when there is no such view. */
ROOST_API const unsigned char *roost_input_memory(const struct roost_input *input, size_t *len);

ROOST_API struct roost_input *roost_input_ref(struct roost_input *input);
ROOST_API void roost_input_unref(struct roost_input *input);

/* data is borrowed and must outlive the stream. */
ROOST_API struct roost_input *roost_input_from_memory(const void *data, size_t len);
/* Takes str's bytes; str is empty afterwards. */
ROOST_API struct roost_input *roost_input_take_str(struct roost_str *str);
/* A seekable file; uses pread, so the offset of fd does not matter. Takes fd. */
ROOST_API struct roost_input *roost_input_take_fd(int fd);
/* Regular file beneath dirfd, O_NOFOLLOW; NOTFOUND when it is not there. */
ROOST_API int roost_input_open_at(int dirfd, const char *path, struct roost_input **input,
				  struct roost_error *err);
/* size bytes from offset on of parent (a reference is kept; parent is only read through this). */
ROOST_API struct roost_input *roost_input_range(struct roost_input *parent, uint64_t offset,
						uint64_t size);
/* One after the other; references are kept. */
ROOST_API struct roost_input *roost_input_concat(struct roost_input *const *parts, size_t count);
/* The same text with each bare LF as CRLF, or each CRLF as LF. */
ROOST_API struct roost_input *roost_input_crlf(struct roost_input *parent);
ROOST_API struct roost_input *roost_input_lf(struct roost_input *parent);

/* A stream of one's own, e.g. a decoder. Not seekable streams leave seek NULL. */
struct roost_input_ops {
	size_t state_size;	/* zeroed, at roost_input_state() */
	/* Up to size bytes into buffer; 0 at the end, -1 failed. */
	ssize_t (*read)(struct roost_input *self, void *buffer, size_t size,
			struct roost_error *err);
	/* Go to position; called only when it is not the current one. */
	int (*seek)(struct roost_input *self, uint64_t position, struct roost_error *err);
	int (*size)(struct roost_input *self, uint64_t *size, struct roost_error *err);
	void (*close)(struct roost_input *self);
};
ROOST_API struct roost_input *roost_input_create(const struct roost_input_ops *ops);
ROOST_API void *roost_input_state(struct roost_input *self);

/*
 * Write the whole stream to fd from its current position, in large writes, copy_file_range where
 * both are plain files. The bytes written go to *written when not NULL.
 */
ROOST_API int roost_input_copy_to_fd(struct roost_input *input, int fd, uint64_t *written,
				     struct roost_error *err);
/*
 * For short-form storage drivers: write the stream to a new file beneath dirfd under a name that
 * nobody has ("<seconds>.<unique>"), sync file and directory, give the name as key (borrowed from
 * the stream). Until it is whole the name has a dot before it, which drivers pass over. Nothing
 * stays on failure.
 */
ROOST_API int roost_input_save_at(int dirfd, struct roost_input *input, const char **key,
				  struct roost_error *err);

#endif
