/* Header blocks: walk the fields, unfold values, pick out message ids. */
#include <string.h>
#include <strings.h>
#include <roost/header.h>
#include "lex.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
	return is_blank(c) || c == '\r' || c == '\n';
}

bool roost_text_is(struct roost_text text, const char *word)
{
	return text.data != NULL && strlen(word) == text.len &&
		strncasecmp(text.data, word, text.len) == 0;
}

struct roost_text roost_text_trim(struct roost_text text)
{
	while (text.len > 0 && is_space(*text.data)) {
		text.data++;
		text.len--;
	}
	while (text.len > 0 && is_space(text.data[text.len - 1]))
		text.len--;
	return text;
}

struct roost_header roost_header_walk(const void *data, size_t len)
{
	return (struct roost_header){ data, len, 0 };
}

/* Where the line that starts at from ends: beyond its LF, or at the end of the block. */
static size_t line_end(const struct roost_header *header, size_t from)
{
	const char *lf = memchr(header->data + from, '\n', header->len - from);

	return lf == NULL ? header->len : (size_t)(lf - header->data) + 1;
}

static bool is_empty_line(const struct roost_header *header, size_t at)
{
	const char *line = header->data + at;

	return line[0] == '\n' || (line[0] == '\r' && header->len - at > 1 && line[1] == '\n');
}

/* Length of the field name at the start of a line; 0 when there is none. */
static size_t name_length(const char *line, size_t len, size_t *colon)
{
	size_t name = 0, at;

	while (name < len && lex_is(line[name], LEX_NAME))
		name++;
	for (at = name; at < len && is_blank(line[at]); at++)
		;
	if (name == 0 || at == len || line[at] != ':')
		return 0;
	*colon = at;
	return name;
}

bool roost_header_next(struct roost_header *header, struct roost_header_field *field)
{
	size_t start = header->at, end, stop, colon;
	const char *line = header->data + start;

	if (start >= header->len || is_empty_line(header, start))
		return false;
	end = line_end(header, start);
	while (end < header->len && is_blank(header->data[end]))
		end = line_end(header, end);
	stop = end;
	if (stop > start && header->data[stop - 1] == '\n')
		stop--;
	if (stop > start && stop < end && header->data[stop - 1] == '\r')
		stop--;
	field->name = (struct roost_text){ line, name_length(line, stop - start, &colon) };
	if (field->name.len == 0)
		field->value = (struct roost_text){ line, stop - start };
	else
		field->value = (struct roost_text){ line + colon + 1, stop - start - colon - 1 };
	field->offset = start;
	field->end = header->at = end;
	return true;
}

bool roost_header_next_named(struct roost_header *header, const char *name,
			     struct roost_header_field *field)
{
	while (roost_header_next(header, field)) {
		if (roost_text_is(field->name, name))
			return true;
	}
	return false;
}

struct roost_text roost_header_find(const void *data, size_t len, const char *name)
{
	struct roost_header header = roost_header_walk(data, len);
	struct roost_header_field field;

	if (!roost_header_next_named(&header, name, &field))
		return (struct roost_text){ NULL, 0 };
	return roost_text_trim(field.value);
}

size_t roost_header_length(const void *data, size_t len)
{
	struct roost_header header = roost_header_walk(data, len);

	while (header.at < len) {
		bool empty = is_empty_line(&header, header.at);

		header.at = line_end(&header, header.at);
		if (empty)
			break;
	}
	return header.at;
}

/* Copy without line ends and NULs; returns the length. */
static size_t unfold(char *to, struct roost_text value)
{
	size_t len = 0;

	for (size_t i = 0; i < value.len; i++) {
		char c = value.data[i];

		if (c == '\n' || c == '\0' ||
		    (c == '\r' && i + 1 < value.len && value.data[i + 1] == '\n'))
			continue;
		to[len++] = c;
	}
	return len;
}

static bool needs_unfolding(struct roost_text value)
{
	return value.len > 0 && (memchr(value.data, '\n', value.len) != NULL ||
				 memchr(value.data, '\0', value.len) != NULL);
}

struct roost_text roost_header_unfold(struct roost_arena *arena, struct roost_text value)
{
	char *copy;

	value = roost_text_trim(value);
	if (!needs_unfolding(value))
		return value;
	copy = roost_arena_alloc(arena, value.len);
	return (struct roost_text){ copy, unfold(copy, value) };
}

void roost_header_unfold_to(struct roost_str *out, struct roost_text value)
{
	char *end;

	value = roost_text_trim(value);
	end = roost_str_reserve(out, value.len);
	out->len += unfold(end, value);
	out->data[out->len] = '\0';
}

/* Beyond the quoted string, comment or domain literal that starts at text. */
static size_t skip_enclosed(struct roost_text text, char close)
{
	size_t at = 1;

	while (at < text.len && text.data[at] != close)
		at += text.data[at] == '\\' && at + 1 < text.len ? 2 : 1;
	return at < text.len ? at + 1 : text.len;
}

bool roost_header_message_id(struct roost_text *text, struct roost_text *id)
{
	while (text->len > 0) {
		const char *start = text->data;
		const char *end;
		size_t skip = 1;

		if (*start == '(' || *start == '"') {
			skip = skip_enclosed(*text, *start == '(' ? ')' : '"');
		} else if (*start == '<' && (end = memchr(start, '>', text->len)) != NULL) {
			*id = roost_text_trim((struct roost_text){ start + 1,
								   (size_t)(end - start) - 1 });
			skip = (size_t)(end - start) + 1;
		}
		text->data += skip;
		text->len -= skip;
		if (skip > 1 && *start == '<' && id->len > 0)
			return true;
	}
	return false;
}
