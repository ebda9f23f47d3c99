/* The bytes store: the door that every file access of the index goes through. */
#include "modules/mail/index/bytes.h"

void bytes_store_free(struct bytes_store *store)
{
	if (store != NULL)
		store->ops->free(store);
}

int bytes_open(struct bytes_store *store, const char *name, bool create,
	       struct bytes_object **object, struct roost_error *err)
{
	return store->ops->open(store, name, create, object, err);
}

void bytes_close(struct bytes_object *object)
{
	if (object != NULL)
		object->store->ops->close(object);
}

bool bytes_replaced(struct bytes_object *object)
{
	return object->store->ops->replaced(object);
}

int bytes_size(struct bytes_object *object, uint64_t *size, struct roost_error *err)
{
	return object->store->ops->size(object, size, err);
}

ssize_t bytes_read(struct bytes_object *object, uint64_t offset, void *buffer, size_t size,
		   struct roost_error *err)
{
	return object->store->ops->read(object, offset, buffer, size, err);
}

int bytes_append(struct bytes_object *object, uint64_t expected, const void *data, size_t len,
		 struct roost_error *err)
{
	return object->store->ops->append(object, expected, data, len, err);
}

int bytes_truncate(struct bytes_object *object, uint64_t size, struct roost_error *err)
{
	return object->store->ops->truncate(object, size, err);
}

int bytes_sync(struct bytes_object *object, struct roost_error *err)
{
	return object->store->ops->sync(object, err);
}

int bytes_lock(struct bytes_object *object, int64_t timeout, struct roost_error *err)
{
	return object->store->ops->lock(object, timeout, err);
}

void bytes_unlock(struct bytes_object *object)
{
	object->store->ops->unlock(object);
}

int bytes_replace(struct bytes_store *store, const char *name, const void *data, size_t len,
		  bool durable, struct roost_error *err)
{
	return store->ops->replace(store, name, data, len, durable, err);
}

int bytes_remove(struct bytes_store *store, const char *name, struct roost_error *err)
{
	return store->ops->remove(store, name, err);
}

int bytes_list(struct bytes_store *store, struct roost_arena *arena, const char *const **names,
	       struct roost_error *err)
{
	return store->ops->list(store, arena, names, err);
}
