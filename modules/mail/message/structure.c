/* BODY and BODYSTRUCTURE. RFC 9051 section 7.5.2. */
#include <string.h>
#include <roost/structure.h>
#include <roost/word.h>
#include "lex.h"

struct writer {
	struct roost_str *out;
	struct roost_arena *arena;	/* for parameters */
	const struct roost_mime *mime;
	bool extended;
};

static void put(struct writer *writer, const char *text)
{
	roost_str_puts(writer->out, text);
}

static void put_text(struct writer *writer, struct roost_text text)
{
	roost_structure_string(writer->out, text);
}

static void put_c_string(struct writer *writer, const char *text)
{
	put_text(writer, (struct roost_text){ text, strlen(text) });
}

static void put_params(struct writer *writer, struct roost_text params)
{
	struct roost_param param;
	bool any = false;

	while (roost_param_next(writer->arena, &params, &param)) {
		put(writer, any ? " " : "(");
		put_c_string(writer, param.name);
		put(writer, " ");
		put_c_string(writer, param.value);
		any = true;
	}
	put(writer, any ? ")" : "NIL");
}

static void put_type_params(struct writer *writer, const struct roost_mime_part *part)
{
	struct roost_text value = part->fields[ROOST_MIME_TYPE], params;

	if (value.data != NULL) {
		roost_param_begin(value, &params);
		put_params(writer, params);
	} else {
		/* RFC 2045 section 5.2: what a part without a type is. */
		put(writer, (part->flags & ROOST_MIME_TEXT) != 0 ?
		    "(\"charset\" \"us-ascii\")" : "NIL");
	}
}

static void put_encoding(struct writer *writer, const struct roost_mime_part *part)
{
	struct roost_text value = part->fields[ROOST_MIME_ENCODING], token = { NULL, 0 };

	if (value.data != NULL) {
		lex_skip(&value);
		token = lex_token(&value);
	}
	put_text(writer, token.len > 0 ? token : ROOST_TEXT("7bit"));
}

static void put_disposition(struct writer *writer, struct roost_text value)
{
	struct roost_text name, params;

	name = value.data == NULL ? value : roost_param_begin(value, &params);
	if (name.data == NULL || name.len == 0) {
		put(writer, "NIL");
		return;
	}
	put(writer, "(");
	put_text(writer, name);
	put(writer, " ");
	put_params(writer, params);
	put(writer, ")");
}

/* "en, de": RFC 3282. */
static void put_language(struct writer *writer, struct roost_text value)
{
	struct roost_text tag;
	bool any = false;

	while (value.data != NULL && value.len > 0) {
		lex_skip(&value);
		tag = lex_token(&value);
		if (tag.len > 0) {
			put(writer, any ? " " : "(");
			put_text(writer, tag);
			any = true;
		} else if (value.len > 0) {
			lex_advance(&value, 1);
		}
	}
	put(writer, any ? ")" : "NIL");
}

/* Disposition, language, location: what both kinds of parts end with. */
static void put_extension(struct writer *writer, const struct roost_mime_part *part)
{
	put(writer, " ");
	put_disposition(writer, part->fields[ROOST_MIME_DISPOSITION]);
	put(writer, " ");
	put_language(writer, part->fields[ROOST_MIME_LANGUAGE]);
	put(writer, " ");
	put_text(writer, part->fields[ROOST_MIME_LOCATION]);
}

static void put_part(struct writer *writer, uint32_t index);

static void put_multipart(struct writer *writer, uint32_t index)
{
	const struct roost_mime_part *part = &writer->mime->parts[index];

	for (uint32_t i = index + 1; i < part->next; i = writer->mime->parts[i].next)
		put_part(writer, i);
	if (part->next == index + 1) {
		/* The grammar wants at least one. */
		put(writer, "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 0 0");
		put(writer, writer->extended ? " NIL NIL NIL NIL)" : ")");
	}
	put(writer, " ");
	put_text(writer, part->subtype);
	if (!writer->extended)
		return;
	put(writer, " ");
	put_type_params(writer, part);
	put_extension(writer, part);
}

static void put_single(struct writer *writer, uint32_t index)
{
	const struct roost_mime_part *part = &writer->mime->parts[index];

	put_text(writer, part->type);
	put(writer, " ");
	put_text(writer, part->subtype);
	put(writer, " ");
	put_type_params(writer, part);
	put(writer, " ");
	put_text(writer, part->fields[ROOST_MIME_ID]);
	put(writer, " ");
	put_text(writer, part->fields[ROOST_MIME_DESCRIPTION]);
	put(writer, " ");
	put_encoding(writer, part);
	put(writer, " ");
	roost_str_number(writer->out, roost_mime_crlf_size(&part->body));
	if ((part->flags & ROOST_MIME_MESSAGE) != 0) {
		const struct roost_mime_part *inner = &writer->mime->parts[index + 1];

		put(writer, " ");
		roost_str_append(writer->out, inner->envelope.data, inner->envelope.len);
		put(writer, " ");
		put_part(writer, index + 1);
	}
	if ((part->flags & (ROOST_MIME_MESSAGE | ROOST_MIME_TEXT)) != 0) {
		put(writer, " ");
		roost_str_number(writer->out, part->body.lines);
	}
	if (!writer->extended)
		return;
	put(writer, " ");
	put_text(writer, part->fields[ROOST_MIME_MD5]);
	put_extension(writer, part);
}

static void put_part(struct writer *writer, uint32_t index)
{
	put(writer, "(");
	if ((writer->mime->parts[index].flags & ROOST_MIME_MULTIPART) != 0)
		put_multipart(writer, index);
	else
		put_single(writer, index);
	put(writer, ")");
}

void roost_structure_body(struct roost_str *out, const struct roost_mime *mime, bool extended)
{
	struct roost_arena *arena = roost_arena_create("structure");
	struct writer writer = { out, arena, mime, extended };

	put_part(&writer, 0);
	roost_arena_free(arena);
}
