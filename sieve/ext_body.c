/* ext_body - tests of the body. RFC 5173. */
#include "sieve/extensions.h"
#include "sieve/part_text.h"

enum { RAW = 1, TEXT = 2 };

static int check_transform(struct sieve_check *check, struct sieve_use *use,
			   struct sieve_bound *bound)
{
	if (sieve_use_find(use, SIEVE_SLOT_TRANSFORM) == NULL ||
	    sieve_use_find(use, SIEVE_SLOT_LIST) == NULL)
		return 0;
	sieve_check_error(check, bound->at, "encountered duplicate BODY-TRANSFORM argument (:%s) for "
			  "the body test", bound->tag->name);
	return -1;
}

/* "", "text", "text/html"; what is malformed matches nothing. */
static bool type_matches(struct sieve_text wanted, const struct roost_mime_part *part)
{
	const char *slash = memchr(wanted.data, '/', wanted.len);
	struct sieve_text type = { wanted.data, slash != NULL ? (size_t)(slash - wanted.data) : wanted.len };
	struct sieve_text subtype = { "", 0 };

	if (wanted.len == 0)
		return true;
	if (slash != NULL)
		subtype = (struct sieve_text){ slash + 1, wanted.len - type.len - 1 };
	if (type.len != part->type.len || strncasecmp(type.data, part->type.data, type.len) != 0)
		return false;
	return slash == NULL || (subtype.len == part->subtype.len &&
		strncasecmp(subtype.data, part->subtype.data, subtype.len) == 0);
}

/* Of a multipart: what stands before its first and after its last part. */
static void multipart_content(struct roost_str *out, const struct sieve_message *message,
			      uint32_t index)
{
	const struct roost_mime *mime = message->mime;
	const struct roost_mime_part *part = &mime->parts[index];
	uint64_t start = part->body.offset, end = start + part->body.size, last = end;
	const char *data = message->data.data;

	if (part->next > index + 1) {
		const struct roost_mime_part *child = &mime->parts[index + 1];

		roost_str_append(out, data + start, child->header.offset - start);
		for (uint32_t i = index + 1; i < part->next; i = mime->parts[i].next)
			last = mime->parts[i].body.offset + mime->parts[i].body.size;
		roost_str_append(out, data + last, end - last);
	}
}

static void content(struct roost_str *out, const struct sieve_message *message, uint32_t index)
{
	const struct roost_mime_part *part = &message->mime->parts[index];

	if ((part->flags & ROOST_MIME_MULTIPART) != 0) {
		multipart_content(out, message, index);
	} else if ((part->flags & ROOST_MIME_MESSAGE) != 0 && part->next > index + 1) {
		const struct roost_mime_span *header = &message->mime->parts[index + 1].header;

		roost_str_append(out, message->data.data + header->offset, header->size);
	} else if ((part->flags & ROOST_MIME_TEXT) != 0 && !roost_text_is(part->subtype, "html")) {
		sieve_part_text(out, message, part);
	} else {
		sieve_part_decode(out, message, part);
	}
}

static bool wanted_part(struct sieve_run *run, const struct sieve_args *args,
			const struct roost_mime_part *part)
{
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_LIST);

	if (!sieve_arg_has(args, SIEVE_SLOT_LIST))
		return (part->flags & ROOST_MIME_TEXT) != 0;
	for (uint32_t i = 0; i < count; i++) {
		if (type_matches(sieve_arg_list(run, args, SIEVE_SLOT_LIST, i), part))
			return true;
	}
	return false;
}

static int run_body(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_matcher *matcher = sieve_match_begin(run, args);
	struct sieve_message *message = run->message;
	bool by_type = sieve_arg_has(args, SIEVE_SLOT_LIST);
	const struct roost_mime *mime;
	int found = 0;

	/* RFC 5173 section 6 */
	sieve_match_quietly(matcher);
	if (!message->has_body)
		return sieve_match_end(matcher);
	if (sieve_arg_number(args, SIEVE_SLOT_TRANSFORM, TEXT) == RAW && !by_type) {
		sieve_match_value(matcher, message->body);
		return sieve_match_end(matcher);
	}
	mime = sieve_message_mime(message);
	for (uint32_t i = 0; i < mime->count && found == 0; i++) {
		struct roost_str out = ROOST_STR_INIT;

		if (!wanted_part(run, args, &mime->parts[i]))
			continue;
		if (by_type)
			content(&out, message, i);
		else
			sieve_part_text(&out, message, &mime->parts[i]);
		found = sieve_match_value(matcher, sieve_text_of_str(&out));
		roost_str_free(&out);
	}
	return sieve_match_end(matcher);
}

static const struct sieve_def defs[] = {
	{ .name = "body", .is_test = true, .required = 1, .groups = SIEVE_GROUP_ALL_MATCH,
	  .keys = SIEVE_SLOT_ARG0,
	  .params = { { SIEVE_LIST, "key list" } }, .run = run_body },
	{ 0 }
};

static const struct sieve_tag tags[] = {
	{ .name = "raw", .commands = "body", .slot = SIEVE_SLOT_TRANSFORM, .value = RAW,
	  .exclusive = "BODY-TRANSFORM", .check = check_transform },
	{ .name = "text", .commands = "body", .slot = SIEVE_SLOT_TRANSFORM, .value = TEXT,
	  .exclusive = "BODY-TRANSFORM", .check = check_transform },
	{ .name = "content", .commands = "body", .slot = SIEVE_SLOT_LIST, .type = SIEVE_LIST,
	  .exclusive = "BODY-TRANSFORM", .check = check_transform },
	{ 0 }
};

const struct sieve_extension sieve_ext_body = { .name = "body", .defs = defs, .tags = tags };
