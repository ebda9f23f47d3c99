/* message - one message's fields, decoded when first asked for. */
#include <roost/header.h>
#include <roost/word.h>
#include "sieve/message.h"

static bool has_bare_lf(struct sieve_text data)
{
	const char *p = data.data, *end = p + data.len, *lf;

	while (p < end && (lf = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		if (lf == data.data || lf[-1] != '\r')
			return true;
		p = lf + 1;
	}
	return false;
}

static struct sieve_text with_crlf(struct roost_arena *arena, struct sieve_text data)
{
	struct roost_str out = ROOST_STR_INIT;

	for (size_t i = 0; i < data.len; i++) {
		if (data.data[i] == '\n' && (i == 0 || data.data[i - 1] != '\r'))
			roost_str_byte(&out, '\r');
		roost_str_byte(&out, data.data[i]);
	}
	data = sieve_text_dup(arena, sieve_text_of_str(&out));
	roost_str_free(&out);
	return data;
}

static struct sieve_field *field_create(struct sieve_message *message, const char *name,
					size_t len, struct roost_text raw)
{
	struct sieve_field *field = roost_arena_new(message->arena, struct sieve_field);

	field->name = name;
	field->name_len = len;
	field->raw = raw;
	return field;
}

/* Find the fields and the body of data. */
static void read_fields(struct sieve_message *message)
{
	struct roost_header_field field;
	struct roost_header walk;
	size_t header;

	header = roost_header_length(message->data.data, message->data.len);
	message->body = (struct sieve_text){ message->data.data + header, message->data.len - header };
	message->has_body = header >= 2 && (header == 2 ||
		(header >= 4 && memcmp(message->data.data + header - 4, "\r\n\r\n", 4) == 0));
	walk = roost_header_walk(message->data.data, header);
	while (roost_header_next(&walk, &field)) {
		if (field.name.len > 0)
			roost_vec_push(&message->fields, field_create(message, field.name.data,
				       field.name.len, field.value));
	}
}

struct sieve_message *sieve_message_create(struct sieve_text data)
{
	struct roost_arena *arena = roost_arena_create("sieve message");
	struct sieve_message *message = roost_arena_new(arena, struct sieve_message);

	message->arena = arena;
	message->data = has_bare_lf(data) ? with_crlf(arena, data) : data;
	message->original = message->data;
	read_fields(message);
	return message;
}

void sieve_message_replace(struct sieve_message *message, struct sieve_text data)
{
	message->data = has_bare_lf(data) ? with_crlf(message->arena, data) :
		sieve_text_dup(message->arena, data);
	message->mime = NULL;
	message->edited = false;
	message->rendered.data = NULL;
	message->fields.count = 0;
	message->version++;
	read_fields(message);
}

void sieve_message_restore(struct sieve_message *message)
{
	message->enclosed.data = NULL;
	message->originals = false;
	if (sieve_message_changed(message))
		sieve_message_replace(message, message->original);
}

bool sieve_message_changed(const struct sieve_message *message)
{
	return message->edited || message->data.data != message->original.data;
}

void sieve_message_free(struct sieve_message *message)
{
	if (message == NULL)
		return;
	roost_vec_free(&message->fields);
	roost_arena_free(message->arena);
}

struct sieve_field *sieve_message_field(struct sieve_message *message, struct sieve_text name,
					size_t *position)
{
	while (*position < message->fields.count) {
		struct sieve_field *field = message->fields.items[(*position)++];

		/* most names differ in their length or first letter already */
		if (field->name_len == name.len && (name.len == 0 || ((*field->name ^ *name.data) & ~32) == 0) &&
		    strncasecmp(field->name, name.data, name.len) == 0)
			return field;
	}
	return NULL;
}

/* What was encoded can have blanks at its ends too. */
static struct sieve_text trimmed(struct sieve_text text)
{
	while (text.len > 0 && (*text.data == ' ' || *text.data == '\t'))
		text.data++, text.len--;
	while (text.len > 0 && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t'))
		text.len--;
	return text;
}

struct sieve_text sieve_field_value(struct sieve_message *message, struct sieve_field *field)
{
	if (field->value.data == NULL) {
		struct roost_str out = ROOST_STR_INIT;

		roost_word_decode(&out, field->raw);
		field->value = sieve_text_dup(message->arena, trimmed(sieve_text_of_str(&out)));
		roost_str_free(&out);
	}
	return field->value;
}

const struct roost_address_list *sieve_field_addresses(struct sieve_message *message,
						       struct sieve_field *field)
{
	if (field->addresses == NULL) {
		field->addresses = roost_arena_new(message->arena, struct roost_address_list);
		roost_address_parse(message->arena, field->raw, field->addresses);
	}
	return field->addresses;
}

struct sieve_text sieve_message_text(struct sieve_message *message)
{
	struct roost_str out = ROOST_STR_INIT;

	if (!message->edited)
		return message->data;
	if (message->rendered.data != NULL)
		return message->rendered;
	for (size_t i = 0; i < message->fields.count; i++) {
		const struct sieve_field *field = message->fields.items[i];

		roost_str_append(&out, field->name, field->name_len);
		roost_str_byte(&out, ':');
		roost_str_append(&out, field->raw.data, field->raw.len);
		roost_str_puts(&out, "\r\n");
	}
	roost_str_puts(&out, "\r\n");
	roost_str_append(&out, message->body.data, message->body.len);
	message->rendered = sieve_text_dup(message->arena, sieve_text_of_str(&out));
	roost_str_free(&out);
	return message->rendered;
}

const struct roost_mime *sieve_message_mime(struct sieve_message *message)
{
	if (message->mime == NULL) {
		struct roost_mime_parser *parser = roost_mime_begin(message->arena, NULL);

		roost_mime_push(parser, message->data.data, message->data.len);
		message->mime = roost_mime_end(parser);
	}
	return message->mime;
}

bool sieve_field_name_valid(struct sieve_text name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] <= ' ' || name.data[i] > '~' || name.data[i] == ':')
			return false;
	}
	return name.len > 0;
}

static void edited(struct sieve_message *message)
{
	message->edited = true;
	message->version++;
	message->rendered.data = NULL;
}

void sieve_message_add(struct sieve_message *message, const char *name, struct sieve_text value,
		       bool last)
{
	struct roost_str out = ROOST_STR_INIT;
	struct sieve_field *field;
	size_t len = strlen(name);

	roost_str_byte(&out, ' ');
	roost_word_encode(&out, (struct roost_text){ value.data, value.len }, len + 2);
	field = field_create(message, roost_arena_strdup(message->arena, name), len,
			     (struct roost_text){ roost_arena_strndup(message->arena, out.data, out.len),
						  out.len });
	roost_str_free(&out);
	roost_vec_push(&message->fields, field);
	if (!last) {
		memmove(message->fields.items + 1, message->fields.items,
			(message->fields.count - 1) * sizeof(field));
		message->fields.items[0] = field;
	}
	edited(message);
}

void sieve_message_remove(struct sieve_message *message, const struct sieve_field *field)
{
	size_t kept = 0;

	for (size_t i = 0; i < message->fields.count; i++) {
		if (message->fields.items[i] != field)
			message->fields.items[kept++] = message->fields.items[i];
	}
	message->fields.count = kept;
	edited(message);
}
