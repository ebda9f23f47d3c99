/* Layers: attached in declared order, and the walk along the chain to the driver. */
#include "modules/mail/mailbox/mailbox.h"

struct roost_layer {
	const struct roost_layer_ops *ops;
	struct folder *folder;
	size_t at;			/* in folder->layers */
	void *state;
};

/* Equal positions keep the order of loading, which is mail_plugins'. */
static size_t ordered(const struct roost_layer_ops **list, size_t size)
{
	const struct roost_layer_ops *ops;
	size_t count = 0;

	while (count < size && (ops = roost_module_ops_at(ROOST_KIND_LAYER, count)) != NULL) {
		size_t at = count++;

		for (; at > 0 && list[at - 1]->position > ops->position; at--)
			list[at] = list[at - 1];
		list[at] = ops;
	}
	return count;
}

enum { MAX_LAYERS = 64 };

void layers_attach(struct folder *folder)
{
	const struct roost_layer_ops *list[MAX_LAYERS];
	size_t count = ordered(list, MAX_LAYERS), used = 0;

	folder->layers = roost_arena_zalloc(folder->arena, (count + 1) * sizeof(*folder->layers));
	for (size_t i = 0; i < count; i++) {
		struct roost_layer *layer = roost_arena_new(folder->arena, struct roost_layer);

		layer->ops = list[i];
		layer->folder = folder;
		layer->at = used;
		layer->state = roost_arena_zalloc(folder->arena, list[i]->state_size);
		if (list[i]->attach == NULL || list[i]->attach(layer))
			folder->layers[used++] = layer;
	}
}

void layers_detach(struct folder *folder)
{
	for (struct roost_layer **layer = folder->layers; layer != NULL && *layer != NULL; layer++) {
		if ((*layer)->ops->detach != NULL)
			(*layer)->ops->detach(*layer);
	}
	folder->layers = NULL;
}

void layers_user(struct roost_user *user, bool begin)
{
	const struct roost_layer_ops *list[MAX_LAYERS];
	size_t count = ordered(list, MAX_LAYERS);

	for (size_t i = 0; i < count; i++) {
		if (begin && list[i]->user_begin != NULL)
			list[i]->user_begin(user);
		else if (!begin && list[count - 1 - i]->user_end != NULL)
			list[count - 1 - i]->user_end(user);
	}
}

void layers_changed(struct folder *folder, const struct roost_layer_changes *changes)
{
	for (struct roost_layer **layer = folder->layers; *layer != NULL; layer++) {
		if ((*layer)->ops->changed != NULL)
			(*layer)->ops->changed(*layer, changes);
	}
}

bool layers_save_wanted(const struct folder *folder)
{
	for (struct roost_layer **layer = folder->layers; *layer != NULL; layer++) {
		if ((*layer)->ops->save != NULL)
			return true;
	}
	return false;
}

static struct roost_layer **first_content(const struct folder *folder)
{
	struct roost_layer **layer = folder->layers;

	while (*layer != NULL && (*layer)->ops->position < ROOST_LAYER_CONTENT)
		layer++;
	return layer;
}

bool layers_same_content(const struct folder *a, const struct folder *b)
{
	struct roost_layer **left = first_content(a), **right = first_content(b);

	while (*left != NULL && *right != NULL && (*left)->ops == (*right)->ops) {
		left++;
		right++;
	}
	return *left == *right;	/* both at their ends */
}

static int save_from(struct folder *folder, size_t at, struct roost_input **message,
		     struct roost_save_options *options, struct roost_error *err)
{
	for (; folder->layers[at] != NULL; at++) {
		if (folder->layers[at]->ops->save != NULL)
			return folder->layers[at]->ops->save(folder->layers[at], message, options,
							     err);
	}
	return save_end(folder, message, options, err);
}

int layers_save(struct folder *folder, struct roost_input **message,
		struct roost_save_options *options, struct roost_error *err)
{
	return save_from(folder, 0, message, options, err);
}

int roost_next_save(struct roost_layer *self, struct roost_input **message,
		    struct roost_save_options *options, struct roost_error *err)
{
	return save_from(self->folder, self->at + 1, message, options, err);
}

static int open_from(struct folder *folder, size_t at, const char *key,
		     struct roost_input **message, struct roost_error *err)
{
	for (; folder->layers[at] != NULL; at++) {
		if (folder->layers[at]->ops->open != NULL)
			return folder->layers[at]->ops->open(folder->layers[at], key, message, err);
	}
	return folder_ops(folder)->open(&folder->box, key, message, err);
}

int layers_open(struct folder *folder, const char *key, struct roost_input **message,
		struct roost_error *err)
{
	return open_from(folder, 0, key, message, err);
}

int roost_next_open(struct roost_layer *self, const char *key, struct roost_input **message,
		    struct roost_error *err)
{
	return open_from(self->folder, self->at + 1, key, message, err);
}

static int remove_from(struct folder *folder, size_t at, const struct roost_set *uids,
		       struct roost_error *err)
{
	for (; folder->layers[at] != NULL; at++) {
		if (folder->layers[at]->ops->remove != NULL)
			return folder->layers[at]->ops->remove(folder->layers[at], uids, err);
	}
	return remove_end(folder, uids, err);
}

int layers_remove(struct folder *folder, const struct roost_set *uids, struct roost_error *err)
{
	return remove_from(folder, 0, uids, err);
}

int roost_next_remove(struct roost_layer *self, const struct roost_set *uids,
		      struct roost_error *err)
{
	return remove_from(self->folder, self->at + 1, uids, err);
}

void *roost_layer_state(struct roost_layer *self)
{
	return self->state;
}

struct roost_mailbox *roost_layer_mailbox(struct roost_layer *self)
{
	return &self->folder->box;
}
