/* Reading one message: what the index and the cache know, and the stored bytes when they do not. */
#include <assert.h>
#include <sys/stat.h>
#include <roost/structure.h>
#include "modules/mail/mailbox/mailbox.h"

enum { LEARN_AT_ONCE = 128 };	/* messages whose news go to the index together */

struct roost_message {
	struct roost_mailbox *box;
	struct roost_arena *arena;	/* emptied at close */
	uint32_t uid;
	bool open, parsed;
	struct index_mail mail;		/* key in arena */
	struct roost_input *input;
	struct parsed pieces;		/* when parsed */
	struct roost_text body;		/* BODY, made from the parts */
};

static struct folder *folder_of(const struct roost_message *message)
{
	return message->box->folder;
}

/* --- what was learnt goes to the index in batches --- */

void message_learn_flush(struct folder *folder)
{
	struct roost_error err = { 0 };
	struct index_change *change;

	if (folder->learned.count == 0)
		return;
	if (!folder->readonly && index_lock(folder->index, &err) == 0) {
		change = index_begin(folder->index);
		for (size_t i = 0; i < folder->learned.count; i++) {
			bool found;

			(void)index_position(folder->index, folder->learned.items[i].uid, &found);
			if (found)
				index_learn(change, folder->learned.items[i].uid,
					    &folder->learned.items[i].mail);
		}
		if (index_commit(change, false, &err) == 0)
			folder_written(folder);
		index_unlock(folder->index);
	}
	folder->learned.count = 0;
}

static void learn(struct roost_message *message, const struct index_mail *news)
{
	struct folder *folder = folder_of(message);

	if (folder->readonly)
		return;
	roost_vec_push(&folder->learned, (struct learned){ message->uid, *news });
	if (folder->learned.count >= LEARN_AT_ONCE)
		message_learn_flush(folder);
}

/* To the cache, and where it is to the index. It can be had again: failing matters to nobody. */
static void keep(struct roost_message *message, const struct index_cached *pieces, size_t count,
		 struct index_mail *news)
{
	struct roost_error err;

	if (folder_of(message)->readonly)
		return;
	if (index_cache_put(folder_of(message)->index, message->uid, pieces, count,
			    &news->cache_generation, &news->cache_offset, &err) < 0)
		news->cache_offset = 0;
	learn(message, news);
}

/* --- opening --- */

void message_free(struct roost_message *message)
{
	if (message == NULL)
		return;
	roost_input_unref(message->input);
	roost_arena_free(message->arena);
	free(message);
}

static struct roost_message *message_get(struct roost_mailbox *box)
{
	struct roost_message *message = box->message;

	if (message == NULL) {
		message = calloc(1, sizeof(*message));
		if (message == NULL)
			abort();
		message->arena = roost_arena_create("message");
		message->box = box;
		box->message = message;
	}
	assert(!message->open);
	return message;
}

int roost_message_open(struct roost_mailbox *box, uint32_t uid, struct roost_message **result,
		       struct roost_error *err)
{
	struct roost_message *message;
	struct index_mail mail;
	uint32_t at;
	bool found;

	assert(box->magic == MAILBOX_MAGIC);
	at = index_position(box->folder->index, uid, &found);
	if (!found)
		return roost_fail(err, ROOST_ERR_EXPUNGED, "Message is gone");
	if (index_mail(box->folder->index, at, &mail, err) < 0)
		return -1;
	message = message_get(box);
	message->uid = uid;
	message->mail = mail;
	message->mail.key = roost_arena_strdup(message->arena, mail.key);
	message->open = true;
	*result = message;
	return 0;
}

void roost_message_close(struct roost_message *message)
{
	if (message == NULL)
		return;
	roost_input_unref(message->input);
	message->input = NULL;
	message->open = message->parsed = false;
	message->body = (struct roost_text){ NULL, 0 };
	roost_arena_reset(message->arena);
	/* The folder's own is for a moment only. */
	if (message->box == &message->box->folder->box) {
		message->box->message = NULL;
		message_free(message);
	}
}

static int need_input(struct roost_message *message, struct roost_error *err)
{
	struct folder *folder = folder_of(message);

	if (message->input != NULL)
		return 0;
	if (layers_open(folder, message->mail.key, &message->input, err) == 0)
		return 0;
	message->input = NULL;
	if (err->kind == ROOST_ERR_NOTFOUND)
		roost_fail(err, ROOST_ERR_EXPUNGED, "Message is gone");
	if (err->kind == ROOST_ERR_EXPUNGED)
		folder->scan_wanted = true;
	return -1;
}

int roost_message_input(struct roost_message *message, struct roost_input **input,
			struct roost_error *err)
{
	if (need_input(message, err) < 0 || roost_input_seek(message->input, 0, err) < 0)
		return -1;
	*input = message->input;
	return 0;
}

/* --- parsing --- */

static int parse_input(struct roost_message *message, struct roost_input *input,
		       struct roost_error *err)
{
	struct parse *parse = parse_begin(message->arena);
	const unsigned char *data;
	size_t len;
	int more;

	while ((more = roost_input_more(input, &data, &len, err)) > 0) {
		parse_push(parse, data, len);
		roost_input_skip(input, len);
	}
	parse_end(parse, &message->pieces);
	return more;
}

static int need_parsed(struct roost_message *message, struct roost_error *err)
{
	struct roost_input *input;
	struct index_mail news = { 0 };

	if (message->parsed)
		return 0;
	if (roost_message_input(message, &input, err) < 0 || parse_input(message, input, err) < 0)
		return -1;
	message->parsed = true;
	message->mail.size = news.size = message->pieces.size;
	message->mail.vsize = news.vsize = message->pieces.vsize;
	keep(message, message->pieces.pieces, message->pieces.count, &news);
	return 0;
}

/* A piece from the cache, else by parsing. data NULL: there is none of it. */
static int piece(struct roost_message *message, enum index_cache_kind kind, struct roost_text *text,
		 struct roost_error *err)
{
	const struct index_cached *found;
	const void *data = NULL;

	if (!message->parsed) {
		if (index_cache_get(folder_of(message)->index, message->uid, kind, message->arena,
				    &data, &text->len, err) < 0)
			return -1;
		text->data = data;
		if (data != NULL)
			return 0;
		if (need_parsed(message, err) < 0)
			return -1;
	}
	found = parsed_piece(&message->pieces, kind);
	text->data = found == NULL ? NULL : found->data;
	text->len = found == NULL ? 0 : found->len;
	return 0;
}

int roost_message_envelope(struct roost_message *message, const char **text, size_t *len,
			   struct roost_error *err)
{
	struct roost_text found;

	if (piece(message, INDEX_CACHE_ENVELOPE, &found, err) < 0)
		return -1;
	*text = found.data;
	*len = found.len;
	return 0;
}

int roost_message_parts(struct roost_message *message, const void **tree, size_t *len,
			struct roost_error *err)
{
	struct roost_text found;

	if (piece(message, INDEX_CACHE_PARTS, &found, err) < 0)
		return -1;
	*tree = found.data;
	*len = found.len;
	return 0;
}

/* BODY is seldom asked for, and quickly written from the parts. */
static int make_body(struct roost_message *message, struct roost_error *err)
{
	const struct roost_mime *mime;
	struct roost_str text = ROOST_STR_INIT;
	struct roost_text parts;

	if (piece(message, INDEX_CACHE_PARTS, &parts, err) < 0 ||
	    roost_mime_unpack(message->arena, parts.data, parts.len, &mime, err) < 0)
		return -1;
	roost_structure_body(&text, mime, false);
	message->body.data = roost_arena_dup(message->arena, text.data, text.len);
	message->body.len = text.len;
	roost_str_free(&text);
	return 0;
}

int roost_message_structure(struct roost_message *message, bool extended, const char **text,
			    size_t *len, struct roost_error *err)
{
	struct roost_text found;

	if (extended) {
		if (piece(message, INDEX_CACHE_STRUCTURE, &found, err) < 0)
			return -1;
	} else {
		if (message->body.data == NULL && make_body(message, err) < 0)
			return -1;
		found = message->body;
	}
	*text = found.data;
	*len = found.len;
	return 0;
}

/* --- the header --- */

/* Up to and with the empty line, or all there is. The rest of the message is not read. */
static int read_header(struct roost_message *message, struct roost_text *text,
		       struct roost_error *err)
{
	struct roost_str block = ROOST_STR_INIT;
	struct roost_input *input;
	const unsigned char *data;
	size_t len, end = 0;
	int more = 1;

	if (roost_message_input(message, &input, err) < 0)
		return -1;
	while (end == block.len && (more = roost_input_more(input, &data, &len, err)) > 0) {
		roost_str_append(&block, data, len);
		roost_input_skip(input, len);
		end = roost_header_length(block.data, block.len);
	}
	if (more >= 0) {
		text->data = roost_arena_dup(message->arena, roost_str_text(&block), end);
		text->len = end;
	}
	roost_str_free(&block);
	return more < 0 ? -1 : 0;
}

int roost_message_header(struct roost_message *message, const char **text, size_t *len,
			 struct roost_error *err)
{
	const struct index_cached *found = message->parsed ?
		parsed_piece(&message->pieces, INDEX_CACHE_HEADER) : NULL;
	struct roost_text block = { NULL, 0 };
	const void *data = NULL;

	if (found != NULL) {
		block.data = found->data;
		block.len = found->len;
	} else if (!message->parsed) {
		if (index_cache_get(folder_of(message)->index, message->uid, INDEX_CACHE_HEADER,
				    message->arena, &data, &block.len, err) < 0)
			return -1;
		block.data = data;
	}
	if (block.data == NULL) {
		struct index_cached cached = { .kind = INDEX_CACHE_HEADER };
		struct index_mail news = { 0 };

		if (read_header(message, &block, err) < 0)
			return -1;
		cached.data = block.data;
		cached.len = block.len;
		if (!message->parsed && block.len <= 64 * 1024)
			keep(message, &cached, 1, &news);
	}
	*text = block.data;
	*len = block.len;
	return 0;
}

/* --- numbers --- */

int roost_message_size(struct roost_message *message, uint64_t *vsize, struct roost_error *err)
{
	if (message->mail.vsize == 0 && need_parsed(message, err) < 0)
		return -1;
	*vsize = message->mail.vsize;
	return 0;
}

/* A store that tells no date has at least one in its file system. */
int64_t message_file_date(struct roost_input *input)
{
	struct stat st;

	if (roost_input_fd(input) < 0 || fstat(roost_input_fd(input), &st) < 0)
		return roost_loop_time();
	return st.st_mtim.tv_sec * ROOST_SEC + st.st_mtim.tv_nsec / 1000;
}

int roost_message_internaldate(struct roost_message *message, int64_t *date,
			       struct roost_error *err)
{
	struct index_mail news = { 0 };

	if (message->mail.internaldate == 0) {
		if (need_input(message, err) < 0)
			return -1;
		news.internaldate = message_file_date(message->input);
		message->mail.internaldate = news.internaldate;
		learn(message, &news);
	}
	*date = message->mail.internaldate;
	return 0;
}

int roost_message_savedate(struct roost_message *message, int64_t *date, struct roost_error *err)
{
	(void)err;
	*date = message->mail.savedate;
	return 0;
}

int roost_message_guid(struct roost_message *message, uint8_t guid[16], struct roost_error *err)
{
	(void)err;
	memcpy(guid, message->mail.guid, 16);
	return 0;
}
