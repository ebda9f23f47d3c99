/*
 * What is behind a bytes store: one table of functions per kind. store.h says what each has to do.
 * Files are one kind; the tests have another, in memory, which fails and forgets on request.
 */
#ifndef MAIL_INDEX_BYTES_H
#define MAIL_INDEX_BYTES_H

#include "modules/mail/index/store.h"

struct bytes_ops {
	int (*open)(struct bytes_store *store, const char *name, bool create,
		    struct bytes_object **object, struct roost_error *err);
	void (*close)(struct bytes_object *object);
	bool (*replaced)(struct bytes_object *object);
	int (*size)(struct bytes_object *object, uint64_t *size, struct roost_error *err);
	ssize_t (*read)(struct bytes_object *object, uint64_t offset, void *buffer, size_t size,
			struct roost_error *err);
	int (*append)(struct bytes_object *object, uint64_t expected, const void *data,
		      size_t len, struct roost_error *err);
	int (*truncate)(struct bytes_object *object, uint64_t size, struct roost_error *err);
	int (*sync)(struct bytes_object *object, struct roost_error *err);
	int (*lock)(struct bytes_object *object, int64_t timeout, struct roost_error *err);
	void (*unlock)(struct bytes_object *object);
	int (*replace)(struct bytes_store *store, const char *name, const void *data, size_t len,
		       bool durable, struct roost_error *err);
	int (*remove)(struct bytes_store *store, const char *name, struct roost_error *err);
	int (*list)(struct bytes_store *store, struct roost_arena *arena,
		    const char *const **names, struct roost_error *err);
	void (*free)(struct bytes_store *store);
};

/* Both begin what a kind keeps for itself. */
struct bytes_store { const struct bytes_ops *ops; };
struct bytes_object { struct bytes_store *store; };

#endif
