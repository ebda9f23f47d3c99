/* What a part's header says: type, encoding, the fields that BODYSTRUCTURE shows. */
#include <string.h>
#include <strings.h>
#include <roost/structure.h>
#include <roost/word.h>
#include "mime.h"

enum { VALUE_MAX = 16 * 1024 };	/* of one field's value; more is no description of a part */

/* Names behind "Content-", by enum roost_mime_field. */
static const char *const field_names[ROOST_MIME_FIELDS] = {
	"type", "transfer-encoding", "id", "description", "disposition", "language", "location",
	"md5",
};

static struct roost_text copy(struct roost_arena *arena, struct roost_text text)
{
	return (struct roost_text){ roost_arena_dup(arena, text.data, text.len), text.len };
}

static struct roost_text keep_value(struct roost_arena *arena, struct roost_text value)
{
	struct roost_text kept;

	if (value.len > VALUE_MAX)
		value.len = VALUE_MAX;
	kept = roost_header_unfold(arena, value);
	/* Unfolding copies only when there is a fold; the header's bytes go away. */
	if (kept.len > 0 && kept.data >= value.data && kept.data < value.data + value.len)
		kept = copy(arena, kept);
	else if (kept.len == 0)
		kept.data = "";
	return kept;
}

static void read_fields(struct roost_arena *arena, struct roost_mime_part *part,
			const char *data, size_t len)
{
	struct roost_header header = roost_header_walk(data, len);
	struct roost_header_field field;

	while (roost_header_next(&header, &field)) {
		struct roost_text rest = { field.name.data + 8, field.name.len - 8 };

		if (field.name.len <= 8 || strncasecmp(field.name.data, "content-", 8) != 0)
			continue;
		for (size_t i = 0; i < ROOST_MIME_FIELDS; i++) {
			if (part->fields[i].data == NULL && roost_text_is(rest, field_names[i])) {
				part->fields[i] = keep_value(arena, field.value);
				break;
			}
		}
	}
}

static void set_type(struct roost_mime_part *part, bool digest)
{
	struct roost_text params;
	struct roost_text value = part->fields[ROOST_MIME_TYPE];

	if (value.data != NULL && roost_media_type(roost_param_begin(value, &params),
						   &part->type, &part->subtype))
		return;
	part->fields[ROOST_MIME_TYPE].data = NULL;
	part->type = digest ? ROOST_TEXT("message") : ROOST_TEXT("text");
	part->subtype = digest ? ROOST_TEXT("rfc822") : ROOST_TEXT("plain");
}

static void set_kind(struct roost_arena *arena, struct roost_mime_part *part)
{
	struct roost_text params;
	const char *charset;

	if (roost_text_is(part->type, "multipart")) {
		part->flags |= ROOST_MIME_MULTIPART;
	} else if (roost_text_is(part->type, "message") &&
		   (roost_text_is(part->subtype, "rfc822") ||
		    roost_text_is(part->subtype, "global"))) {
		part->flags |= ROOST_MIME_MESSAGE;
	} else if (roost_text_is(part->type, "text")) {
		part->flags |= ROOST_MIME_TEXT;
		if (part->fields[ROOST_MIME_TYPE].data == NULL)
			return;
		roost_param_begin(part->fields[ROOST_MIME_TYPE], &params);
		charset = roost_param_get(arena, params, "charset");
		if (charset != NULL)
			part->charset = (struct roost_text){ charset, strlen(charset) };
	}
}

void part_read_header(struct roost_arena *arena, struct roost_mime_part *part, bool digest,
		      const char *header, size_t len)
{
	struct roost_str envelope = ROOST_STR_INIT;

	read_fields(arena, part, header, len);
	set_type(part, digest);
	set_kind(arena, part);
	part->encoding = roost_transfer_named(part->fields[ROOST_MIME_ENCODING]);
	if ((part->flags & ROOST_MIME_ROOT) == 0)
		return;
	roost_structure_envelope(&envelope, header, len);
	part->envelope = copy(arena, (struct roost_text){ envelope.data, envelope.len });
	roost_str_free(&envelope);
}

const char *part_boundary(struct roost_arena *arena, const struct roost_mime_part *part)
{
	struct roost_text params;
	struct roost_param param;
	const char *value = NULL;
	size_t len;

	/* The bytes as they stand, not decoded: they are compared with the body's. */
	roost_param_begin(part->fields[ROOST_MIME_TYPE], &params);
	while (value == NULL && roost_param_next(arena, &params, &param))
		value = strcasecmp(param.name, "boundary") == 0 ? param.value : NULL;
	if (value == NULL) {
		roost_param_begin(part->fields[ROOST_MIME_TYPE], &params);
		value = roost_param_get(arena, params, "boundary");	/* RFC 2231 */
	}
	len = value == NULL ? 0 : strlen(value);
	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
		len--;
	return len == 0 ? NULL : roost_arena_strndup(arena, value, len);
}

void part_make_leaf(struct roost_mime_part *part, const char *type, const char *subtype)
{
	part->flags &= ~(ROOST_MIME_MULTIPART | ROOST_MIME_MESSAGE);
	if (strcmp(type, "text") == 0)
		part->flags |= ROOST_MIME_TEXT;
	part->fields[ROOST_MIME_TYPE].data = NULL;
	part->fields[ROOST_MIME_TYPE].len = 0;
	part->type = (struct roost_text){ type, strlen(type) };
	part->subtype = (struct roost_text){ subtype, strlen(subtype) };
}
