/*
 * Saving: messages are staged and made durable first, then all become visible together under the
 * index lock. What the cache wants to know of a message is parsed while it goes to the store.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>
#include "modules/mail/mailbox/mailbox.h"

enum { SPOOL_MEMORY = 128 * 1024 };	/* of a short form driver's message; beyond: a file */

/* One message on its way. */
struct piece {
	struct roost_staged *staged;	/* full form */
	struct roost_input *spooled;	/* short form */
	struct roost_save_options options;
	struct index_cached cached[4];
	size_t cached_count;
	uint64_t size;
};

struct saving_step {			/* what the chain of layers ends with */
	struct piece *piece;
	struct roost_mailbox *source;	/* a copy: of its message under key */
	const char *key;
	bool copied;
};

struct roost_saving {
	struct folder *folder;
	struct roost_arena *arena;
	ROOST_VEC(struct piece) pieces;
	bool full;			/* the driver has the full form */
};

/* --- beginning --- */

int saving_begin(struct folder *folder, struct roost_saving **result, struct roost_error *err)
{
	struct roost_arena *arena;
	struct roost_saving *saving;

	if (folder->readonly)
		return roost_fail(err, ROOST_ERR_NOPERM, "Mailbox is read-only");
	/* What other software left has to get its UIDs first. */
	if (folder_unscanned(folder) && folder_refresh(folder, 0, err) < 0)
		return -1;
	arena = roost_arena_create("save");
	saving = roost_arena_new(arena, struct roost_saving);
	saving->arena = arena;
	saving->folder = folder;
	saving->full = folder_ops(folder)->stage != NULL;
	folder->references++;
	*result = saving;
	return 0;
}

int roost_save_begin(struct roost_user *user, const char *mailbox, struct roost_saving **saving,
		     struct roost_error *err)
{
	struct folder *folder;
	int result;

	if (folder_open(user, mailbox, false, &folder, err) < 0)
		return -1;
	result = saving_begin(folder, saving, err);
	folder_unref(folder);
	return result;
}

static void free_saving(struct roost_saving *saving)
{
	struct folder *folder = saving->folder;

	for (size_t i = 0; i < saving->pieces.count; i++) {
		struct piece *piece = &saving->pieces.items[i];

		if (piece->staged != NULL)
			folder_ops(folder)->abort(&folder->box, piece->staged);
		roost_input_unref(piece->spooled);
	}
	roost_vec_free(&saving->pieces);
	roost_arena_free(saving->arena);
	folder_unref(folder);
}

void roost_save_abort(struct roost_saving *saving)
{
	if (saving != NULL)
		free_saving(saving);
}

/* --- adding --- */

/* Short form drivers save under the lock, when the caller's stream may be gone. */
static int spool(struct folder *folder, struct roost_input *message, struct roost_input **spooled,
		 struct roost_error *err)
{
	struct roost_str text = ROOST_STR_INIT;
	const unsigned char *data;
	size_t len;
	int more, fd;

	while ((more = roost_input_more(message, &data, &len, err)) > 0 &&
	       text.len + len <= SPOOL_MEMORY) {
		roost_str_append(&text, data, len);
		roost_input_skip(message, len);
	}
	if (more == 0) {
		*spooled = roost_input_take_str(&text);
		return 0;
	}
	if (more < 0)
		goto failed;
	fd = openat(folder->dirfd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = memfd_create("message", MFD_CLOEXEC);
	if (fd < 0) {
		roost_fail_errno(err, "spool a message");
		goto failed;
	}
	*spooled = roost_input_take_fd(fd);
	if (text.len > 0) {
		struct roost_input *first = roost_input_from_memory(text.data, text.len);
		int done = roost_input_copy_to_fd(first, fd, NULL, err);

		roost_input_unref(first);
		if (done < 0)
			goto undo;
	}
	if (roost_input_copy_to_fd(message, fd, NULL, err) < 0)
		goto undo;
	roost_str_free(&text);
	return 0;
undo:
	roost_input_unref(*spooled);
	*spooled = NULL;
failed:
	roost_str_free(&text);
	return -1;
}

int save_end(struct folder *folder, struct roost_input **message,
	     struct roost_save_options *options, struct roost_error *err)
{
	const struct roost_storage_ops *ops = folder_ops(folder);
	struct saving_step *step = folder->saving;

	assert(step != NULL);
	step->piece->options = *options;
	if (step->key != NULL && ops->copy_from != NULL) {
		if (ops->copy_from(&folder->box, &step->source->folder->box, step->key, options,
				   &step->piece->staged, err) == 0) {
			step->copied = true;
			return 0;
		}
		step->piece->staged = NULL;
		if (err->kind != ROOST_ERR_UNSUPPORTED)
			return -1;
	}
	if (ops->stage == NULL)
		return spool(folder, *message, &step->piece->spooled, err);
	if (ops->stage(&folder->box, *message, options, &step->piece->staged, err) == 0)
		return 0;
	step->piece->staged = NULL;
	return -1;
}

/* message: one reference is taken, also on failure. On failure nothing of the piece stays. */
static int run_chain(struct folder *folder, struct saving_step *step, struct roost_input *message,
		     struct roost_save_options *options, struct roost_error *err)
{
	struct saving_step *outer = folder->saving;
	int result;

	folder->saving = step;
	result = layers_save(folder, &message, options, err);
	folder->saving = outer;
	roost_input_unref(message);
	if (result == 0)
		return 0;
	if (step->piece->staged != NULL)
		folder_ops(folder)->abort(&folder->box, step->piece->staged);
	roost_input_unref(step->piece->spooled);
	return -1;
}

static void complete_options(struct roost_save_options *options)
{
	static const uint8_t none[16];

	options->flags &= ~ROOST_FLAG_RECENT;
	if (options->internaldate == 0)
		options->internaldate = roost_loop_time();
	if (memcmp(options->guid, none, sizeof(none)) == 0 &&
	    getrandom(options->guid, sizeof(options->guid), 0) < 0)
		memset(options->guid, 0, sizeof(options->guid));
}

/* Layers that refuse by size want to know it before a byte is stored. */
static void find_size(struct roost_input *message, uint64_t *vsize)
{
	uint64_t start = roost_input_position(message), size;
	struct roost_input *crlf = roost_input_crlf(message);
	struct roost_error err;

	if (roost_input_size(crlf, &size, &err) == 0)
		*vsize = size;
	roost_input_unref(crlf);
	(void)roost_input_seek(message, start, &err);
}

/* What a reader left, so that all of the message is parsed. */
static int drain(struct roost_input *input, struct roost_error *err)
{
	const unsigned char *data;
	size_t len;
	int more;

	while ((more = roost_input_more(input, &data, &len, err)) > 0)
		roost_input_skip(input, len);
	return more;
}

static int stage_parsed(struct roost_saving *saving, struct piece *piece,
			struct roost_input *message, struct roost_save_options *options,
			struct roost_error *err)
{
	struct folder *folder = saving->folder;
	struct parse *parse = parse_begin(saving->arena);
	struct roost_input *lines = folder->user->set->save_crlf ? roost_input_crlf(message) :
								   roost_input_lf(message);
	struct roost_input *tee = parse_tee(parse, lines);
	struct saving_step step = { .piece = piece };
	struct parsed parsed;
	int result;

	roost_input_unref(lines);
	result = run_chain(folder, &step, roost_input_ref(tee), options, err);
	if (result == 0 && drain(tee, err) < 0) {
		if (piece->staged != NULL)
			folder_ops(folder)->abort(&folder->box, piece->staged);
		roost_input_unref(piece->spooled);
		result = -1;
	}
	parse_end(parse, &parsed);
	roost_input_unref(tee);
	memcpy(piece->cached, parsed.pieces, sizeof(piece->cached));
	piece->cached_count = parsed.count;
	piece->size = parsed.size;
	piece->options.vsize = parsed.vsize;
	return result;
}

int roost_save_add(struct roost_saving *saving, struct roost_input *message,
		   const struct roost_save_options *given, const char *const *keywords,
		   struct roost_error *err)
{
	struct folder *folder = saving->folder;
	struct roost_save_options options = *given;
	struct piece piece = { 0 };

	if (folder_keywords(folder, keywords, &options.keywords, err) < 0)
		return -1;
	complete_options(&options);
	if (options.vsize == 0 && layers_save_wanted(folder))
		find_size(message, &options.vsize);
	if (stage_parsed(saving, &piece, message, &options, err) < 0)
		return -1;
	roost_vec_push(&saving->pieces, piece);
	return 0;
}

/* --- copies --- */

/* Opened when somebody wants its bytes: most often the driver makes a link and nobody does. */
struct lazy {
	struct roost_mailbox *source;
	const char *key;
	struct roost_input *input;
};

static int lazy_need(struct lazy *lazy, struct roost_error *err)
{
	return lazy->input != NULL ? 0 :
	       layers_open(lazy->source->folder, lazy->key, &lazy->input, err);
}

static ssize_t lazy_read(struct roost_input *self, void *buffer, size_t size,
			 struct roost_error *err)
{
	struct lazy *lazy = roost_input_state(self);

	return lazy_need(lazy, err) < 0 ? -1 : roost_input_read(lazy->input, buffer, size, err);
}

static int lazy_seek(struct roost_input *self, uint64_t position, struct roost_error *err)
{
	struct lazy *lazy = roost_input_state(self);

	return lazy_need(lazy, err) < 0 ? -1 : roost_input_seek(lazy->input, position, err);
}

static int lazy_size(struct roost_input *self, uint64_t *size, struct roost_error *err)
{
	struct lazy *lazy = roost_input_state(self);

	return lazy_need(lazy, err) < 0 ? -1 : roost_input_size(lazy->input, size, err);
}

static void lazy_close(struct roost_input *self)
{
	struct lazy *lazy = roost_input_state(self);

	roost_input_unref(lazy->input);
}

static struct roost_input *lazy_input(struct roost_mailbox *source, const char *key)
{
	static const struct roost_input_ops ops = {
		.state_size = sizeof(struct lazy), .read = lazy_read, .seek = lazy_seek,
		.size = lazy_size, .close = lazy_close,
	};
	struct roost_input *input = roost_input_create(&ops);
	struct lazy *lazy = roost_input_state(input);

	lazy->source = source;
	lazy->key = key;
	return input;
}

static int copy_keywords(struct folder *from, struct folder *to, uint64_t bits, uint64_t *result,
			 struct roost_error *err)
{
	*result = 0;
	for (unsigned i = 0; i < 64; i++) {
		const char *names[2] = { NULL, NULL };
		uint64_t bit;

		if ((bits & ((uint64_t)1 << i)) == 0)
			continue;
		names[0] = index_keyword(from->index, i);
		if (names[0] == NULL)
			continue;
		/* The target's limits are no reason to refuse the message. */
		if (folder_keywords(to, names, &bit, err) == 0)
			*result |= bit;
		else if (err->kind != ROOST_ERR_LIMIT && err->kind != ROOST_ERR_INVALID)
			return -1;
	}
	return 0;
}

static void copy_cached(struct roost_saving *saving, struct piece *piece, struct index *index,
			uint32_t uid)
{
	static const enum index_cache_kind kinds[] = {
		INDEX_CACHE_ENVELOPE, INDEX_CACHE_STRUCTURE, INDEX_CACHE_PARTS, INDEX_CACHE_HEADER,
	};

	for (size_t i = 0; i < ROOST_COUNT(kinds); i++) {
		struct index_cached *cached = &piece->cached[piece->cached_count];
		struct roost_error err;

		if (index_cache_get(index, uid, kinds[i], saving->arena, &cached->data,
				    &cached->len, &err) < 0 || cached->data == NULL)
			continue;
		cached->kind = kinds[i];
		piece->cached_count++;
	}
}

/* What the source shows for a message whose date its index does not know. */
static int find_date(struct roost_mailbox *source, const char *key, int64_t *date,
		     struct roost_error *err)
{
	struct roost_input *input;

	if (layers_open(source->folder, key, &input, err) < 0)
		return -1;
	*date = message_file_date(input);
	roost_input_unref(input);
	return 0;
}

int saving_add_copy(struct roost_saving *saving, struct roost_mailbox *source, uint32_t uid,
		    struct roost_error *err)
{
	struct folder *from = source->folder, *to = saving->folder;
	struct roost_save_options options = { 0 };
	struct saving_step step = { 0 };
	struct piece piece = { 0 };
	struct index_columns columns = index_columns(from->index);
	struct index_mail mail;
	bool found;
	uint32_t at = index_position(from->index, uid, &found);
	uint64_t keywords;

	if (!found)
		return roost_fail(err, ROOST_ERR_EXPUNGED, "Message is gone");
	if (index_mail(from->index, at, &mail, err) < 0)
		return -1;
	options.flags = columns.flags[at] & ~INDEX_MIRROR_PENDING;
	keywords = columns.keywords[at];
	options.internaldate = mail.internaldate;
	options.vsize = mail.vsize;
	memcpy(options.guid, mail.guid, sizeof(options.guid));
	step.key = roost_arena_strdup(saving->arena, mail.key);
	if (options.internaldate == 0 &&
	    find_date(source, step.key, &options.internaldate, err) < 0)
		return -1;
	if (copy_keywords(from, to, keywords, &options.keywords, err) < 0)
		return -1;
	complete_options(&options);
	step.piece = &piece;
	step.source = source;
	/* Other bytes or another driver: it is read and stored like anything new. */
	if (folder_ops(from)->name != folder_ops(to)->name || !layers_same_content(from, to) ||
	    folder_ops(to)->copy_from == NULL) {
		struct roost_input *input = lazy_input(source, step.key);
		int result = stage_parsed(saving, &piece, input, &options, err);

		roost_input_unref(input);
		if (result < 0)
			return -1;
	} else {
		if (run_chain(to, &step, lazy_input(source, step.key), &options, err) < 0)
			return -1;
		piece.size = mail.size;
		copy_cached(saving, &piece, from->index, uid);
	}
	roost_vec_push(&saving->pieces, piece);
	return 0;
}

/* --- committing --- */

struct committing {
	struct roost_saving *saving;
	uint32_t *uids;
	const char **keys;		/* NULL while not visible */
	struct index_change *change;
};

/* UINT32_MAX is never given: UIDNEXT has to be above. */
static int choose_uids(struct committing *committing, struct roost_error *err)
{
	struct roost_saving *saving = committing->saving;
	uint32_t next = index_next_uid(committing->change);

	for (size_t i = 0; i < saving->pieces.count; i++) {
		if (saving->pieces.items[i].options.uid > next)
			next = saving->pieces.items[i].options.uid;
		if (next == 0 || next == UINT32_MAX)
			return roost_fail(err, ROOST_ERR_LIMIT, "The mailbox has no UIDs left");
		committing->uids[i] = next++;
	}
	return 0;
}

static int sync_staged(struct roost_saving *saving, struct roost_staged **staged,
		       struct roost_error *err)
{
	struct folder *folder = saving->folder;

	for (size_t i = 0; i < saving->pieces.count; i++)
		staged[i] = saving->pieces.items[i].staged;
	if (!saving->full || folder_ops(folder)->sync == NULL)
		return 0;
	return folder_ops(folder)->sync(&folder->box, staged, saving->pieces.count, err);
}

static void remove_again(struct committing *committing)
{
	struct folder *folder = committing->saving->folder;
	struct roost_error err;
	size_t count = 0;

	while (count < committing->saving->pieces.count && committing->keys[count] != NULL)
		count++;
	if (count > 0 && folder_ops(folder)->remove(&folder->box, committing->keys, count,
						    &err) < 0)
		roost_log(&folder->user->log, ROOST_LOG_ERROR, "%s: a message that could not be "
			  "saved stays in the store: %s", folder->name, roost_error_log(&err));
}

static int make_visible(struct committing *committing, struct roost_staged **staged,
			struct roost_error *err)
{
	struct roost_saving *saving = committing->saving;
	struct folder *folder = saving->folder;
	const struct roost_storage_ops *ops = folder_ops(folder);
	size_t count = saving->pieces.count;

	if (saving->full) {
		if (ops->commit(&folder->box, staged, committing->uids, count, saving->arena,
				committing->keys, err) < 0) {
			memset(committing->keys, 0, count * sizeof(*committing->keys));
			return -1;
		}
		for (size_t i = 0; i < count; i++)
			saving->pieces.items[i].staged = NULL;
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		const char *key;

		if (roost_input_seek(saving->pieces.items[i].spooled, 0, err) < 0 ||
		    ops->save(&folder->box, saving->pieces.items[i].spooled, &key, err) < 0)
			return -1;
		committing->keys[i] = roost_arena_strdup(saving->arena, key);
	}
	return 0;
}

static void add_records(struct committing *committing)
{
	struct roost_saving *saving = committing->saving;
	struct folder *folder = saving->folder;
	int64_t now = roost_loop_time();

	for (size_t i = 0; i < saving->pieces.count; i++) {
		const struct piece *piece = &saving->pieces.items[i];
		struct index_mail mail = {
			.internaldate = piece->options.internaldate, .savedate = now,
			.size = piece->size, .vsize = piece->options.vsize,
			.key = committing->keys[i],
		};
		struct roost_error err;

		memcpy(mail.guid, piece->options.guid, sizeof(mail.guid));
		if (piece->cached_count > 0 &&
		    index_cache_put(folder->index, committing->uids[i], piece->cached,
				    piece->cached_count, &mail.cache_generation,
				    &mail.cache_offset, &err) < 0)
			mail.cache_offset = 0;	/* parsed again when it is wanted */
		index_add(committing->change, committing->uids[i], &mail, piece->options.flags,
			  piece->options.keywords);
	}
}

/* Under the lock. Where the UID does not travel with the message, only the record keeps it. */
static int commit_locked(struct committing *committing, struct roost_staged **staged,
			 struct roost_error *err)
{
	struct folder *folder = committing->saving->folder;
	bool current = stamp_current(folder);
	bool durable = (folder_ops(folder)->features & ROOST_STORAGE_KEEPS_UID) == 0;
	struct index_change *change;

	committing->change = index_begin(folder->index);
	if (choose_uids(committing, err) < 0) {
		index_abort(committing->change);
		return -1;
	}
	if (make_visible(committing, staged, err) < 0) {
		index_abort(committing->change);
		remove_again(committing);
		return -1;
	}
	add_records(committing);
	stamp_moved(folder, current, committing->change);
	change = committing->change;
	if (index_commit(change, durable, err) < 0) {
		remove_again(committing);
		return -1;
	}
	folder_changed(folder);
	return 0;
}

static void tell_layers(const struct committing *committing)
{
	struct roost_saving *saving = committing->saving;
	struct roost_layer_changes changes = {
		.added = committing->uids, .added_count = saving->pieces.count,
	};

	for (size_t i = 0; i < saving->pieces.count; i++)
		changes.added_bytes += saving->pieces.items[i].options.vsize;
	layers_changed(saving->folder, &changes);
}

static int commit_all(struct roost_saving *saving, struct roost_arena *arena,
		      uint32_t *uidvalidity, struct roost_set *uids, struct roost_error *err)
{
	size_t count = saving->pieces.count;
	struct roost_staged **staged = roost_arena_zalloc(saving->arena,
							  count * sizeof(struct roost_staged *));
	struct committing committing = {
		.saving = saving,
		.uids = roost_arena_zalloc(saving->arena, count * sizeof(uint32_t)),
		.keys = roost_arena_zalloc(saving->arena, count * sizeof(const char *)),
	};
	struct index *index = saving->folder->index;
	roost_set_builder builder = { 0 };

	if (sync_staged(saving, staged, err) < 0)
		return -1;
	if (index_lock(index, err) < 0) {
		folder_index_failed(saving->folder, err);
		return -1;
	}
	if (commit_locked(&committing, staged, err) < 0) {
		index_unlock(index);
		return -1;
	}
	*uidvalidity = index_header(index)->uidvalidity;
	index_unlock(index);
	for (size_t i = 0; i < count; i++)
		roost_set_add(&builder, committing.uids[i], committing.uids[i]);
	*uids = set_take(&builder, arena);
	tell_layers(&committing);
	return 0;
}

int roost_save_commit(struct roost_saving *saving, struct roost_arena *arena,
		      uint32_t *uidvalidity, struct roost_set *uids, struct roost_error *err)
{
	int result = 0;

	if (saving->pieces.count == 0) {
		*uidvalidity = index_header(saving->folder->index)->uidvalidity;
		*uids = (struct roost_set){ NULL, 0 };
	} else {
		result = commit_all(saving, arena, uidvalidity, uids, err);
	}
	free_saving(saving);
	return result;
}
