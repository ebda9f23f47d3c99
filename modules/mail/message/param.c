/* Parameters of structured fields: RFC 2045 section 5.1; continuations and charsets of RFC 2231. */
#include <string.h>
#include <strings.h>
#include <roost/charset.h>
#include <roost/vec.h>
#include <roost/word.h>
#include "lex.h"

bool roost_media_type(struct roost_text text, struct roost_text *type, struct roost_text *subtype)
{
	struct roost_text words[2];

	lex_skip(&text);
	words[0] = lex_token(&text);
	lex_skip(&text);
	if (words[0].len == 0 || text.len == 0 || *text.data != '/')
		return false;
	lex_advance(&text, 1);
	lex_skip(&text);
	words[1] = lex_token(&text);
	if (words[1].len == 0)
		return false;
	*type = words[0];
	*subtype = words[1];
	return true;
}

struct roost_text roost_param_begin(struct roost_text value, struct roost_text *params)
{
	struct roost_text rest = value;
	struct roost_text first = { value.data, 0 };

	while (rest.len > 0 && *rest.data != ';') {
		if (*rest.data == '(')
			lex_skip(&rest);
		else
			lex_advance(&rest, 1);
	}
	first.len = (size_t)(value.len - rest.len);
	*params = rest;
	return roost_text_trim(first);
}

/* A value without quotes: many programs forget them around spaces, so it ends at the semicolon. */
static struct roost_text bare_value(struct roost_text *text)
{
	struct roost_text value = { text->data, 0 };

	while (text->len > 0 && *text->data != ';') {
		bool space = lex_is_space(*text->data);

		lex_advance(text, 1);
		if (space && text->len > 0 && *text->data == '(')
			break;		/* a comment */
		value.len = (size_t)(text->data - value.data);
	}
	return roost_text_trim(value);
}

static void skip_to_semicolon(struct roost_text *text)
{
	while (text->len > 0 && *text->data != ';') {
		if (*text->data == '(')
			lex_skip(text);
		else
			lex_advance(text, 1);
	}
}

bool roost_param_next(struct roost_arena *arena, struct roost_text *params,
		      struct roost_param *param)
{
	for (;;) {
		struct roost_text name;

		lex_skip(params);
		while (params->len > 0 && *params->data == ';') {
			lex_advance(params, 1);
			lex_skip(params);
		}
		if (params->len == 0)
			return false;
		name = lex_token(params);
		lex_skip(params);
		if (name.len == 0 || params->len == 0 || *params->data != '=') {
			skip_to_semicolon(params);
			continue;
		}
		lex_advance(params, 1);
		lex_skip(params);
		param->name = lex_copy(arena, name);
		if (params->len > 0 && *params->data == '"')
			param->value = lex_quoted(arena, params);
		else
			param->value = lex_copy(arena, bare_value(params));
		skip_to_semicolon(params);
		return true;
	}
}

struct segment {
	unsigned number;
	bool encoded;
	const char *value;
};
typedef ROOST_VEC(struct segment) segments;

/* "*", "*3", "*3*" after the name; false: something else. */
static bool segment_suffix(const char *suffix, struct segment *segment)
{
	segment->number = 0;
	segment->encoded = false;
	if (*suffix++ != '*')
		return false;
	if (*suffix == '\0') {
		segment->encoded = true;
		return true;
	}
	for (; *suffix >= '0' && *suffix <= '9'; suffix++) {
		if (segment->number > 9999)
			return false;
		segment->number = segment->number * 10 + (unsigned)(*suffix - '0');
	}
	segment->encoded = *suffix == '*';
	return suffix[segment->encoded] == '\0';
}

static void percent_decode(struct roost_str *out, const char *text)
{
	for (; *text != '\0'; text++) {
		int high, low;

		if (*text == '%' && (high = lex_hex(text[1])) >= 0 &&
		    (low = lex_hex(text[2])) >= 0) {
			roost_str_byte(out, (char)(high << 4 | low));
			text += 2;
		} else {
			roost_str_byte(out, *text);
		}
	}
}

static const struct segment *segment_find(const segments *list, unsigned number)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].number == number)
			return &list->items[i];
	}
	return NULL;
}

/* charset'language'text, the text percent-encoded; later segments follow without the first two. */
static const char *join_segments(struct roost_arena *arena, const segments *list)
{
	struct roost_str bytes = ROOST_STR_INIT, text = ROOST_STR_INIT;
	struct roost_text charset = { NULL, 0 };
	const struct segment *segment;
	const char *result;

	for (unsigned i = 0; (segment = segment_find(list, i)) != NULL; i++) {
		const char *value = segment->value;
		const char *quote = i == 0 && segment->encoded ? strchr(value, '\'') : NULL;
		const char *second = quote == NULL ? NULL : strchr(quote + 1, '\'');

		if (second != NULL) {
			if (quote > value)
				charset = (struct roost_text){ value, (size_t)(quote - value) };
			value = second + 1;
		}
		if (segment->encoded)
			percent_decode(&bytes, value);
		else
			roost_str_puts(&bytes, value);
	}
	roost_charset_to_utf8(&text, charset, roost_str_text(&bytes), bytes.len);
	result = roost_arena_strndup(arena, roost_str_text(&text), text.len);
	roost_str_free(&bytes);
	roost_str_free(&text);
	return result;
}

const char *roost_param_get(struct roost_arena *arena, struct roost_text params, const char *name)
{
	segments list = { 0 };
	size_t len = strlen(name);
	const char *plain = NULL, *result = NULL;
	struct roost_param param;

	while (roost_param_next(arena, &params, &param)) {
		struct segment segment;

		if (strncasecmp(param.name, name, len) != 0)
			continue;
		if (param.name[len] == '\0') {
			plain = plain == NULL ? param.value : plain;
		} else if (segment_suffix(param.name + len, &segment) && list.count < 1000) {
			segment.value = param.value;
			roost_vec_push(&list, segment);
		}
	}
	if (segment_find(&list, 0) != NULL) {
		result = join_segments(arena, &list);
	} else if (plain != NULL) {
		struct roost_str text = ROOST_STR_INIT;

		roost_word_decode_phrase(&text, (struct roost_text){ plain, strlen(plain) });
		result = roost_arena_strndup(arena, roost_str_text(&text), text.len);
		roost_str_free(&text);
	}
	roost_vec_free(&list);
	return result;
}
