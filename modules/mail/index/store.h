/*
 * The bytes store: all file access of the index. Six functions, so that objects can stand in for
 * files later. DESIGN section 5.
 */
#ifndef MAIL_INDEX_STORE_H
#define MAIL_INDEX_STORE_H

#include <roost/arena.h>
#include <roost/error.h>
#include <roost/str.h>

struct bytes_store;
struct bytes_object;		/* an opened name; keeps what it opened even when the name is replaced */

/* Files beneath a directory (dirfd is duplicated), mode and group as the directory has them. */
int bytes_store_open_dir(int dirfd, struct bytes_store **store, struct roost_error *err);
void bytes_store_free(struct bytes_store *store);	/* NULL is fine; objects are closed before */

/* NOTFOUND unless create. */
int bytes_open(struct bytes_store *store, const char *name, bool create,
	       struct bytes_object **object, struct roost_error *err);
void bytes_close(struct bytes_object *object);		/* NULL is fine */
/* The name no longer leads to what is open here. */
bool bytes_replaced(struct bytes_object *object);
/* NOTFOUND: it was removed meanwhile. */
int bytes_size(struct bytes_object *object, uint64_t *size, struct roost_error *err);
/* Up to size bytes from offset; fewer only at the end. */
ssize_t bytes_read(struct bytes_object *object, uint64_t offset, void *buffer, size_t size,
		   struct roost_error *err);
/* Append where the object is exactly expected bytes long, else INUSE; one write. On failure nothing stays. */
int bytes_append(struct bytes_object *object, uint64_t expected, const void *data, size_t len,
		 struct roost_error *err);
int bytes_truncate(struct bytes_object *object, uint64_t size, struct roost_error *err);
int bytes_sync(struct bytes_object *object, struct roost_error *err);
/* Waits at most timeout microseconds: TEMP. Held by this open object, not by the process. */
int bytes_lock(struct bytes_object *object, int64_t timeout, struct roost_error *err);
void bytes_unlock(struct bytes_object *object);

/* The whole name at once: written aside, synced when durable, renamed, directory synced when durable. */
int bytes_replace(struct bytes_store *store, const char *name, const void *data, size_t len,
		  bool durable, struct roost_error *err);
int bytes_remove(struct bytes_store *store, const char *name, struct roost_error *err);
/* Names there, in arena, ends with NULL. */
int bytes_list(struct bytes_store *store, struct roost_arena *arena, const char *const **names,
	       struct roost_error *err);

#endif
