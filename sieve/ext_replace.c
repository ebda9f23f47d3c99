/* ext_replace - other text in place of parts, messages inside new ones. RFC 5703 sections 5 and 6. */
#include <unistd.h>
#include <roost/date.h>
#include <roost/transfer.h>
#include <roost/word.h>
#include "sieve/extensions.h"
#include "sieve/send.h"

static bool is_mime_field(const struct roost_header_field *field)
{
	return (field->name.len >= 8 && strncasecmp(field->name.data, "Content-", 8) == 0) ||
		roost_text_is(field->name, "MIME-Version");
}

static void append_text_part(struct roost_str *out, struct sieve_text text)
{
	roost_str_puts(out, "Content-Type: text/plain; charset=utf-8\r\n"
		       "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	roost_transfer_encode_quoted(out, text.data, text.len);
}

static void append_field(struct roost_str *out, const char *name, struct sieve_text value)
{
	struct roost_str line = ROOST_STR_INIT;

	for (size_t i = 0; i < value.len; i++)
		roost_str_byte(&line, value.data[i] == '\r' || value.data[i] == '\n' ? ' ' : value.data[i]);
	roost_str_printf(out, "%s: ", name);
	roost_word_encode(out, (struct roost_text){ roost_str_text(&line), line.len }, strlen(name) + 2);
	roost_str_puts(out, "\r\n");
	roost_str_free(&line);
}

/* Let it be the message; it is freed. */
static int take(struct sieve_run *run, struct roost_str *text)
{
	int result = sieve_run_room(run, text->len);

	if (result == 0)
		sieve_message_replace(run->message, sieve_text_of_str(text));
	roost_str_free(text);
	return result;
}

/* --- replace --- */

static int check_replace(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *from = sieve_use_find(use, SIEVE_SLOT_FROM);
	struct sieve_text text;

	if (sieve_use_find(use, SIEVE_SLOT_MIME) != NULL &&
	    (from != NULL || sieve_use_find(use, SIEVE_SLOT_SUBJECT) != NULL)) {
		sieve_check_error(check, use->at, "the :subject and :from tags for the replace command "
				  "cannot be specified together with the :mime tag");
		return -1;
	}
	if (sieve_bound_constant(from, &text) && sieve_address_normal(check->arena, text) == NULL) {
		sieve_check_error(check, from->at, "specified :from address '%s' is invalid for the "
				  "replace command", text.data);
		return -1;
	}
	return 0;
}

/* Fields of the message but for those of its structure; what is given anew keeps its old value too. */
static void append_kept_fields(struct roost_str *out, struct sieve_text message,
			       struct sieve_text subject, struct sieve_text from)
{
	struct roost_header walk = roost_header_walk(message.data, message.len);
	struct roost_header_field field;

	while (roost_header_next(&walk, &field)) {
		if (field.name.len == 0 || is_mime_field(&field))
			continue;
		if ((subject.data != NULL && roost_text_is(field.name, "Subject")) ||
		    (from.data != NULL && roost_text_is(field.name, "From")))
			roost_str_puts(out, "Original-");
		roost_str_append(out, message.data + field.offset, field.end - field.offset);
	}
}

static int replace_all(struct sieve_run *run, const struct sieve_args *args, struct sieve_text text)
{
	struct sieve_text subject = sieve_arg_string(run, args, SIEVE_SLOT_SUBJECT);
	struct sieve_text from = sieve_arg_string(run, args, SIEVE_SLOT_FROM);
	struct roost_str out = ROOST_STR_INIT;

	if (from.data != NULL && sieve_address_normal(run->arena, from) == NULL)
		return sieve_run_error(run, "specified :from address '%s' is invalid for the replace "
				       "command", from.data);
	append_kept_fields(&out, sieve_message_text(run->message), subject, from);
	run->message->originals |= subject.data != NULL || from.data != NULL;
	if (from.data != NULL)
		sieve_append_address(&out, run->arena, "From", from);
	if (subject.data != NULL)
		append_field(&out, "Subject", subject);
	roost_str_puts(&out, "MIME-Version: 1.0\r\n");
	if (sieve_arg_has(args, SIEVE_SLOT_MIME))
		roost_str_append(&out, text.data, text.len);
	else
		append_text_part(&out, text);
	return take(run, &out);
}

/* The loops go on after what now stands in the part's place. */
static void adjust_loops(struct sieve_run *run, uint32_t part, uint32_t old_count)
{
	const struct roost_mime *mime = sieve_message_mime(run->message);
	uint32_t after = part < mime->count ? mime->parts[part].next - part : 1;

	for (size_t i = 0; i < run->loops.count; i++) {
		struct sieve_part_loop *loop = &run->loops.items[i];

		loop->end = loop->end + mime->count >= old_count ? loop->end + mime->count - old_count : 0;
		if (loop->end > mime->count)
			loop->end = mime->count;
	}
	run->loops.items[run->loops.count - 1].part = part + after - 1;
}

static int replace_part(struct sieve_run *run, const struct sieve_args *args, struct sieve_text text)
{
	uint32_t part = run->loops.items[run->loops.count - 1].part, old_count;
	const struct roost_mime *mime;
	const struct roost_mime_part *old;
	struct roost_str out = ROOST_STR_INIT;
	uint64_t start, end;

	/* Edited fields go into the text first, so that the parts' places are right. */
	if (run->message->edited)
		sieve_message_replace(run->message, sieve_message_text(run->message));
	mime = sieve_message_mime(run->message);
	if (part == 0 || part >= mime->count)
		return replace_all(run, args, text);
	old = &mime->parts[part];
	old_count = mime->count;
	start = old->header.offset;
	end = old->body.offset + old->body.size;
	roost_str_append(&out, run->message->data.data, start);
	if (sieve_arg_has(args, SIEVE_SLOT_MIME))
		roost_str_append(&out, text.data, text.len);
	else
		append_text_part(&out, text);
	roost_str_append(&out, run->message->data.data + end, run->message->data.len - end);
	if (take(run, &out) < 0)
		return -1;
	adjust_loops(run, part, old_count);
	return 0;
}

static int run_replace(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_text text = sieve_arg_string(run, args, SIEVE_SLOT_ARG0);

	return run->loops.count > 0 ? replace_part(run, args, text) : replace_all(run, args, text);
}

static const struct sieve_def replace_defs[] = {
	{ .name = "replace", .is_command = true, .required = 1, .check = check_replace,
	  .params = { { SIEVE_STRING, "replacement" } }, .run = run_replace },
	{ 0 }
};

static const struct sieve_tag replace_tags[] = {
	{ .name = "mime", .commands = "replace", .slot = SIEVE_SLOT_MIME },
	{ .name = "subject", .commands = "replace", .slot = SIEVE_SLOT_SUBJECT,
	  .type = SIEVE_STRING },
	{ .name = "from", .commands = "replace", .slot = SIEVE_SLOT_FROM, .type = SIEVE_STRING },
	{ 0 }
};

const struct sieve_extension sieve_ext_replace = { .name = "replace", .defs = replace_defs,
						   .tags = replace_tags, .off = true };

/* --- enclose --- */

static bool named(struct sieve_run *run, const struct sieve_args *args, struct roost_text name)
{
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_HEADERS);

	for (uint32_t i = 0; i < count; i++) {
		if (roost_text_is(name, sieve_arg_list(run, args, SIEVE_SLOT_HEADERS, i).data))
			return true;
	}
	return false;
}

/* The fields to take over; false in *date and *from: they are missing. */
static void append_headers(struct sieve_run *run, const struct sieve_args *args,
			   struct sieve_text message, struct roost_str *out, bool *date, bool *from)
{
	bool new_subject = sieve_arg_has(args, SIEVE_SLOT_SUBJECT);
	struct roost_header walk = roost_header_walk(message.data, message.len);
	struct roost_header_field field;

	*date = *from = false;
	while (roost_header_next(&walk, &field)) {
		bool subject = roost_text_is(field.name, "Subject");

		if (field.name.len == 0 || is_mime_field(&field) || (subject && new_subject) ||
		    (!subject && !named(run, args, field.name)))
			continue;
		*date |= roost_text_is(field.name, "Date");
		*from |= roost_text_is(field.name, "From");
		roost_str_append(out, message.data + field.offset, field.end - field.offset);
	}
}

static int run_enclose(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_text message = sieve_message_text(run->message);
	const char *user = sieve_user_address(run->instance, run->envelope);
	struct roost_str out = ROOST_STR_INIT;
	char written[ROOST_DATE_SIZE], boundary[64];
	bool date, from;

	append_headers(run, args, message, &out, &date, &from);
	roost_date_write(written, run->now, 0);
	if (!date)
		roost_str_printf(&out, "Date: %s\r\n", written);
	if (!from)
		roost_str_printf(&out, "From: <%s>\r\n", user != NULL ? user :
				 sieve_postmaster(run->instance));
	if (sieve_arg_has(args, SIEVE_SLOT_SUBJECT))
		append_field(&out, "Subject", sieve_arg_string(run, args, SIEVE_SLOT_SUBJECT));
	/* Nobody can know it beforehand: no text of a stranger ends the part. */
	snprintf(boundary, sizeof(boundary), "roost-enclose-%llx-%x-%zx", (unsigned long long)run->now,
		 (unsigned)getpid(), (size_t)((uintptr_t)&out >> 4 & 0xffff));
	roost_str_printf(&out, "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"%s\"\r\n"
			 "\r\n--%s\r\n", boundary, boundary);
	append_text_part(&out, sieve_arg_string(run, args, SIEVE_SLOT_ARG0));
	roost_str_printf(&out, "\r\n--%s\r\nContent-Type: message/rfc822\r\n\r\n", boundary);
	roost_str_append(&out, message.data, message.len);
	roost_str_printf(&out, "\r\n--%s--\r\n", boundary);
	/* RFC 5703 section 6: redirect sends what was enclosed. */
	if (run->message->enclosed.data == NULL)
		run->message->enclosed = sieve_text_dup(run->message->arena, message);
	return take(run, &out);
}

static int check_enclose(struct sieve_check *check, struct sieve_use *use)
{
	for (const struct sieve_use *outer = use->parent; outer != NULL; outer = outer->parent) {
		if (outer->def->control != SIEVE_LOOP)
			continue;
		sieve_check_error(check, use->at, "the enclose command cannot be used inside a "
				  "foreverypart loop");
		return -1;
	}
	return 0;
}

static const struct sieve_def enclose_defs[] = {
	{ .name = "enclose", .is_command = true, .required = 1, .check = check_enclose,
	  .params = { { SIEVE_STRING, "text" } }, .run = run_enclose },
	{ 0 }
};

static const struct sieve_tag enclose_tags[] = {
	{ .name = "subject", .commands = "enclose", .slot = SIEVE_SLOT_SUBJECT, .type = SIEVE_STRING },
	{ .name = "headers", .commands = "enclose", .slot = SIEVE_SLOT_HEADERS, .type = SIEVE_LIST },
	{ 0 }
};

const struct sieve_extension sieve_ext_enclose = { .name = "enclose", .defs = enclose_defs,
						   .tags = enclose_tags, .off = true };
