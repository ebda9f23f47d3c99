/* A mailbox in memory behind <roost/mailbox.h>. */
#include <string.h>
#include <strings.h>
#include <roost/structure.h>
#include "tests/unit/mail_world.h"

struct roost_message {
	struct roost_mailbox *box;
	struct world_mail *mail;
	struct roost_arena *arena;
	struct roost_input *input;
	const struct roost_mime *mime;
	struct roost_str envelope, structure, extended, parts;
};

struct roost_mailbox *world_create(void)
{
	struct roost_arena *arena = roost_arena_create("world");
	struct roost_mailbox *box = roost_arena_new(arena, struct roost_mailbox);

	box->arena = arena;
	return box;
}

void world_free(struct roost_mailbox *box)
{
	roost_arena_free(box->arena);
}

struct world_mail *world_add_bytes(struct roost_mailbox *box, const char *text, size_t len,
				   uint32_t flags)
{
	struct world_mail *mail = &box->mails[box->count++];

	mail->mail = (struct roost_mail){ .uid = box->count * 10, .flags = flags,
					  .modseq = box->count * 100 };
	mail->text = text;
	mail->len = len;
	mail->internaldate = INT64_C(1000000000) * 1000000;
	return mail;
}

struct world_mail *world_add(struct roost_mailbox *box, const char *text, uint32_t flags)
{
	return world_add_bytes(box, text, strlen(text), flags);
}

/* --- the view --- */

uint32_t roost_mailbox_count(const struct roost_mailbox *box)
{
	return box->count;
}

struct roost_mail roost_mailbox_mail(const struct roost_mailbox *box, uint32_t seq)
{
	return box->mails[seq - 1].mail;
}

uint32_t roost_mailbox_seq_from(const struct roost_mailbox *box, uint32_t uid)
{
	uint32_t seq = 1;

	while (seq <= box->count && box->mails[seq - 1].mail.uid < uid)
		seq++;
	return seq;
}

uint32_t roost_mailbox_seq(const struct roost_mailbox *box, uint32_t uid)
{
	uint32_t seq = roost_mailbox_seq_from(box, uid);

	return seq <= box->count && box->mails[seq - 1].mail.uid == uid ? seq : 0;
}

int roost_mailbox_keyword_number(struct roost_mailbox *box, const char *name, bool create)
{
	int number = 0;

	while (box->keywords[number] != NULL && strcasecmp(box->keywords[number], name) != 0)
		number++;
	if (box->keywords[number] == NULL) {
		if (!create)
			return -1;
		box->keywords[number] = roost_arena_strdup(box->arena, name);
	}
	return number;
}

const char *roost_mailbox_keyword(const struct roost_mailbox *box, unsigned number)
{
	return box->keywords[number];
}

int roost_mailbox_store(struct roost_mailbox *box, const struct roost_set *uids,
			const struct roost_store *store, struct roost_arena *arena,
			struct roost_set *failed, struct roost_error *err)
{
	(void)arena;
	(void)failed;
	box->stores++;
	if (box->readonly)
		return roost_fail(err, ROOST_ERR_NOPERM, "Mailbox is read-only");
	for (size_t i = 0; i < uids->count; i++) {
		for (uint32_t at = 0; at < box->count; at++) {
			struct roost_mail *mail = &box->mails[at].mail;

			if (mail->uid >= uids->ranges[i].first && mail->uid <= uids->ranges[i].last &&
			    store->mode == ROOST_STORE_ADD)
				mail->flags |= store->flags;
		}
	}
	return 0;
}

/* --- messages --- */

int roost_message_open(struct roost_mailbox *box, uint32_t uid, struct roost_message **result,
		       struct roost_error *err)
{
	uint32_t seq = roost_mailbox_seq(box, uid);
	struct roost_arena *arena;
	struct roost_message *message;

	if (seq == 0)
		return roost_fail(err, ROOST_ERR_EXPUNGED, "Message was expunged");
	arena = roost_arena_create("world message");
	message = roost_arena_new(arena, struct roost_message);
	message->box = box;
	message->mail = &box->mails[seq - 1];
	message->arena = arena;
	box->opened++;
	*result = message;
	return 0;
}

void roost_message_close(struct roost_message *message)
{
	roost_input_unref(message->input);
	roost_str_free(&message->envelope);
	roost_str_free(&message->structure);
	roost_str_free(&message->extended);
	roost_str_free(&message->parts);
	roost_arena_free(message->arena);
}

static int read_message(struct roost_message *message, struct roost_error *err)
{
	if (message->mail->gone)
		return roost_fail(err, ROOST_ERR_EXPUNGED, "Message was expunged");
	if (message->mail->broken)
		return roost_fail_detail(err, ROOST_ERR_TEMP, "read: made to fail");
	if (message->mime == NULL) {
		message->input = roost_input_from_memory(message->mail->text, message->mail->len);
		return roost_mime_parse(message->arena, message->input, NULL, &message->mime, err);
	}
	return 0;
}

int roost_message_internaldate(struct roost_message *message, int64_t *date,
			       struct roost_error *err)
{
	(void)err;
	*date = message->mail->internaldate;
	return 0;
}

int roost_message_savedate(struct roost_message *message, int64_t *date, struct roost_error *err)
{
	return roost_message_internaldate(message, date, err);
}

int roost_message_size(struct roost_message *message, uint64_t *vsize, struct roost_error *err)
{
	if (read_message(message, err) < 0)
		return -1;
	*vsize = message->mime->crlf_size;
	return 0;
}

int roost_message_guid(struct roost_message *message, uint8_t guid[16], struct roost_error *err)
{
	(void)err;
	memset(guid, 0, 16);
	guid[15] = (uint8_t)message->mail->mail.uid;
	return 0;
}

static void give(const struct roost_str *str, const char **text, size_t *len)
{
	*text = roost_str_text(str);
	*len = str->len;
}

int roost_message_envelope(struct roost_message *message, const char **text, size_t *len,
			   struct roost_error *err)
{
	if (read_message(message, err) < 0)
		return -1;
	message->box->envelopes++;
	if (message->envelope.len == 0)
		roost_structure_envelope(&message->envelope, message->mail->text,
			roost_header_length(message->mail->text, message->mail->len));
	give(&message->envelope, text, len);
	return 0;
}

int roost_message_structure(struct roost_message *message, bool extended, const char **text,
			    size_t *len, struct roost_error *err)
{
	struct roost_str *out = extended ? &message->extended : &message->structure;

	if (read_message(message, err) < 0)
		return -1;
	message->box->structures++;
	if (out->len == 0)
		roost_structure_body(out, message->mime, extended);
	give(out, text, len);
	return 0;
}

int roost_message_parts(struct roost_message *message, const void **tree, size_t *len,
			struct roost_error *err)
{
	if (read_message(message, err) < 0)
		return -1;
	if (message->parts.len == 0)
		roost_mime_pack(&message->parts, message->mime);
	*tree = roost_str_text(&message->parts);
	*len = message->parts.len;
	return 0;
}

int roost_message_input(struct roost_message *message, struct roost_input **input,
			struct roost_error *err)
{
	if (read_message(message, err) < 0 || roost_input_seek(message->input, 0, err) < 0)
		return -1;
	message->box->inputs++;
	*input = message->input;
	return 0;
}

int roost_message_header(struct roost_message *message, const char **text, size_t *len,
			 struct roost_error *err)
{
	if (read_message(message, err) < 0)
		return -1;
	message->box->headers++;
	*text = message->mail->text;
	*len = roost_header_length(*text, message->mail->len);
	return 0;
}
