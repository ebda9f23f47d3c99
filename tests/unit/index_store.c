/* The bytes store of the index tests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/unit/index_store.h"

struct memory_object {
	struct bytes_object base;
	size_t file;
	char name[32];
};

static struct memory_store *memory(struct bytes_store *base)
{
	return (struct memory_store *)base;
}

static void trace(struct memory_store *store, enum memory_step step, size_t file,
		  uint64_t offset, const void *data, size_t len, const char *name)
{
	struct memory_trace entry = { .step = step, .file = file, .offset = offset };

	if (!store->tracing)
		return;
	roost_str_append(&entry.data, data, len);
	snprintf(entry.name, sizeof(entry.name), "%s", name == NULL ? "" : name);
	roost_vec_push(&store->trace, entry);
}

static int may_write(struct memory_store *store, struct roost_error *err)
{
	store->writes++;
	if (store->fail_at != 0 && store->writes >= store->fail_at &&
	    store->writes <= store->fail_until)
		return roost_fail_detail(err, store->fail_kind, "as the test wants it");
	return 0;
}

static struct memory_name *find(struct memory_store *store, const char *name)
{
	for (size_t i = 0; i < store->names.count; i++) {
		if (strcmp(store->names.items[i].name, name) == 0)
			return &store->names.items[i];
	}
	return NULL;
}

static size_t new_file(struct memory_store *store)
{
	roost_vec_push(&store->files, calloc(1, sizeof(struct memory_file)));
	return store->files.count - 1;
}

static void set_name(struct memory_store *store, const char *name, size_t file)
{
	struct memory_name *old = find(store, name), new = { .file = file };

	if (old != NULL) {
		old->file = file;
		return;
	}
	snprintf(new.name, sizeof(new.name), "%s", name);
	roost_vec_push(&store->names, new);
}

static void drop_name(struct memory_store *store, const char *name)
{
	struct memory_name *old = find(store, name);

	if (old != NULL)
		*old = store->names.items[--store->names.count];
}

static void set_bytes(struct roost_str *str, uint64_t offset, const void *data, size_t len)
{
	while (str->len < offset + len)
		roost_str_byte(str, '\0');
	if (len > 0)
		memcpy(str->data + offset, data, len);
}

static struct roost_str *bytes(struct bytes_object *object)
{
	return &memory(object->store)->files.items[((struct memory_object *)object)->file]->data;
}

static int memory_open(struct bytes_store *base, const char *name, bool create,
		       struct bytes_object **object, struct roost_error *err)
{
	struct memory_store *store = memory(base);
	struct memory_name *known = find(store, name);
	struct memory_object *made;
	size_t file;

	if (known == NULL && !create)
		return roost_fail_detail(err, ROOST_ERR_NOTFOUND, "%s", name);
	if (known == NULL && may_write(store, err) < 0)
		return -1;
	file = known == NULL ? new_file(store) : known->file;
	if (known == NULL) {
		set_name(store, name, file);
		trace(store, STEP_NAME, file, 0, NULL, 0, name);
	}
	made = calloc(1, sizeof(*made));
	made->base.store = base;
	made->file = file;
	snprintf(made->name, sizeof(made->name), "%s", name);
	*object = &made->base;
	return 0;
}

static void memory_unlock(struct bytes_object *object)
{
	struct memory_file *file = memory(object->store)->files.items[
		((struct memory_object *)object)->file];

	if (file->locked == object)
		file->locked = NULL;
}

static void memory_close(struct bytes_object *object)
{
	memory_unlock(object);
	free(object);
}

static bool memory_replaced(struct bytes_object *object)
{
	struct memory_object *self = (struct memory_object *)object;
	struct memory_name *known = find(memory(object->store), self->name);

	return known == NULL || known->file != self->file;
}

static int memory_size(struct bytes_object *object, uint64_t *size, struct roost_error *err)
{
	struct memory_store *store = memory(object->store);

	for (size_t i = 0; i < store->names.count; i++) {
		if (store->names.items[i].file == ((struct memory_object *)object)->file) {
			*size = bytes(object)->len;
			return 0;
		}
	}
	return roost_fail_detail(err, ROOST_ERR_NOTFOUND, "removed");
}

static ssize_t memory_read(struct bytes_object *object, uint64_t offset, void *buffer,
			   size_t size, struct roost_error *err)
{
	struct roost_str *from = bytes(object);

	(void)err;
	if (offset >= from->len)
		return 0;
	if (size > from->len - offset)
		size = from->len - offset;
	memcpy(buffer, from->data + offset, size);
	return (ssize_t)size;
}

static int memory_append(struct bytes_object *object, uint64_t expected, const void *data,
			 size_t len, struct roost_error *err)
{
	struct memory_store *store = memory(object->store);

	if (bytes(object)->len != expected)
		return roost_fail_detail(err, ROOST_ERR_INUSE, "grew");
	if (may_write(store, err) < 0)
		return -1;
	roost_str_append(bytes(object), data, len);
	trace(store, STEP_WRITE, ((struct memory_object *)object)->file, expected, data, len,
	      NULL);
	return 0;
}

static int memory_truncate(struct bytes_object *object, uint64_t size, struct roost_error *err)
{
	struct memory_store *store = memory(object->store);

	if (may_write(store, err) < 0)
		return -1;
	roost_str_truncate(bytes(object), size);
	trace(store, STEP_TRUNCATE, ((struct memory_object *)object)->file, size, NULL, 0, NULL);
	return 0;
}

static int memory_sync(struct bytes_object *object, struct roost_error *err)
{
	struct memory_store *store = memory(object->store);

	if (may_write(store, err) < 0)
		return -1;
	trace(store, STEP_SYNC, ((struct memory_object *)object)->file, 0, NULL, 0, NULL);
	trace(store, STEP_SYNC_NAMES, 0, 0, NULL, 0, NULL);
	return 0;
}

static int memory_lock(struct bytes_object *object, int64_t timeout, struct roost_error *err)
{
	struct memory_file *file = memory(object->store)->files.items[
		((struct memory_object *)object)->file];

	(void)timeout;
	if (file->locked != NULL && file->locked != object)
		return roost_fail_detail(err, ROOST_ERR_TEMP, "locked");
	file->locked = object;
	return 0;
}

static int memory_replace(struct bytes_store *base, const char *name, const void *data,
			  size_t len, bool durable, struct roost_error *err)
{
	struct memory_store *store = memory(base);
	size_t file;

	if (may_write(store, err) < 0)
		return -1;
	file = new_file(store);
	roost_str_append(&store->files.items[file]->data, data, len);
	trace(store, STEP_WRITE, file, 0, data, len, NULL);
	if (durable && may_write(store, err) < 0)
		return -1;
	if (durable)
		trace(store, STEP_SYNC, file, 0, NULL, 0, NULL);
	set_name(store, name, file);
	trace(store, STEP_NAME, file, 0, NULL, 0, name);
	if (durable && may_write(store, err) < 0)
		return -1;
	if (durable)
		trace(store, STEP_SYNC_NAMES, 0, 0, NULL, 0, NULL);
	return 0;
}

static int memory_remove(struct bytes_store *base, const char *name, struct roost_error *err)
{
	struct memory_store *store = memory(base);

	if (find(store, name) == NULL)
		return roost_fail_detail(err, ROOST_ERR_NOTFOUND, "%s", name);
	drop_name(store, name);
	trace(store, STEP_UNNAME, 0, 0, NULL, 0, name);
	return 0;
}

static int memory_list(struct bytes_store *base, struct roost_arena *arena,
		       const char *const **names, struct roost_error *err)
{
	struct memory_store *store = memory(base);
	const char **out = roost_arena_zalloc(arena, (store->names.count + 1) * sizeof(*out));

	(void)err;
	for (size_t i = 0; i < store->names.count; i++)
		out[i] = roost_arena_strdup(arena, store->names.items[i].name);
	*names = out;
	return 0;
}

static void memory_free(struct bytes_store *base)
{
	(void)base;
}

static const struct bytes_ops memory_ops = {
	.open = memory_open, .close = memory_close, .replaced = memory_replaced,
	.size = memory_size, .read = memory_read, .append = memory_append,
	.truncate = memory_truncate, .sync = memory_sync, .lock = memory_lock,
	.unlock = memory_unlock, .replace = memory_replace, .remove = memory_remove,
	.list = memory_list, .free = memory_free,
};

struct memory_store *memory_store_create(void)
{
	struct memory_store *store = calloc(1, sizeof(*store));

	store->base.ops = &memory_ops;
	return store;
}

void memory_store_free(struct memory_store *store)
{
	for (size_t i = 0; i < store->files.count; i++) {
		roost_str_free(&store->files.items[i]->data);
		free(store->files.items[i]);
	}
	for (size_t i = 0; i < store->trace.count; i++)
		roost_str_free(&store->trace.items[i].data);
	roost_vec_free(&store->files);
	roost_vec_free(&store->names);
	roost_vec_free(&store->trace);
	free(store);
}

struct roost_str *memory_store_file(struct memory_store *store, const char *name)
{
	struct memory_name *known = find(store, name);

	return known == NULL ? NULL : &store->files.items[known->file]->data;
}

struct roost_str *memory_store_log(struct memory_store *store, char name[32])
{
	for (int number = 100; number > 0; number--) {
		struct roost_str *log;

		snprintf(name, 32, "log.%d", number);
		log = memory_store_file(store, name);
		if (log != NULL)
			return log;
	}
	return NULL;
}

static void copy_files(struct memory_store *copy, size_t count)
{
	while (copy->files.count < count)
		new_file(copy);
}

struct memory_store *memory_store_copy(const struct memory_store *store)
{
	struct memory_store *copy = memory_store_create();

	copy_files(copy, store->files.count);
	for (size_t i = 0; i < store->files.count; i++)
		roost_str_append(&copy->files.items[i]->data, store->files.items[i]->data.data,
				 store->files.items[i]->data.len);
	for (size_t i = 0; i < store->names.count; i++)
		set_name(copy, store->names.items[i].name, store->names.items[i].file);
	return copy;
}

static bool synced(const struct memory_store *store, size_t step, size_t at)
{
	const struct memory_trace *entry = &store->trace.items[step];
	bool content = entry->step == STEP_WRITE || entry->step == STEP_TRUNCATE;

	for (size_t i = step + 1; i < at; i++) {
		const struct memory_trace *later = &store->trace.items[i];

		if (content ? later->step == STEP_SYNC && later->file == entry->file :
		    later->step == STEP_SYNC_NAMES)
			return true;
	}
	return false;
}

static void redo(struct memory_store *store, const struct memory_trace *entry)
{
	struct roost_str *data = &store->files.items[entry->file]->data;

	switch (entry->step) {
	case STEP_WRITE:
		set_bytes(data, entry->offset, entry->data.data, entry->data.len);
		break;
	case STEP_TRUNCATE:
		roost_str_truncate(data, entry->offset);
		break;
	case STEP_NAME:
		set_name(store, entry->name, entry->file);
		break;
	case STEP_UNNAME:
		drop_name(store, entry->name);
		break;
	default:
		break;
	}
}

struct memory_store *memory_store_crash(const struct memory_store *store, size_t at,
					uint32_t seed)
{
	struct memory_store *left = memory_store_create();
	uint32_t random = seed;

	copy_files(left, store->files.count);
	for (size_t i = 0; i < at; i++) {
		random = random * 1664525 + 1013904223;
		if (synced(store, i, at) || (seed != 0 && (random >> 16) % 2 == 0))
			redo(left, &store->trace.items[i]);
	}
	return left;
}
