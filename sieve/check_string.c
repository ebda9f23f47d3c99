/*
 * check_string - what is inside strings: encoded characters (RFC 5228 section 2.4.2.4) first, then
 * variables (RFC 5229 section 3), each once.
 */
#include <ctype.h>
#include <roost/utf8.h>
#include "sieve/check.h"

enum { MAX_VARIABLES = 255, MAX_VARIABLE_NAME = 64, MAX_MATCH_VALUE = 32 };

bool sieve_is_identifier(struct sieve_text text)
{
	if (text.len == 0 || (!isalpha((unsigned char)text.data[0]) && text.data[0] != '_'))
		return false;
	for (size_t i = 1; i < text.len; i++) {
		if (!isalnum((unsigned char)text.data[i]) && text.data[i] != '_')
			return false;
	}
	return true;
}

/* --- encoded characters --- */

static size_t blanks(const char *at, const char *end)
{
	const char *from = at;

	while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
		at++;
	return (size_t)(at - from);
}

/* Hex numbers up to '}'. The end, or NULL when it is no such sequence. *bad: a code is none. */
static const char *decode_numbers(const char *at, const char *end, bool unicode,
				  struct roost_str *out, bool *bad)
{
	bool any = false;

	for (at += blanks(at, end); at < end && *at != '}'; at += blanks(at, end)) {
		const char *from = at;
		uint64_t code = 0;
		char bytes[4];

		while (at < end && isxdigit((unsigned char)*at)) {
			int digit = isdigit((unsigned char)*at) ? *at - '0' : (*at | 32) - 'a' + 10;

			code = code > UINT32_MAX ? code : code * 16 + (unsigned)digit;
			at++;
		}
		if (at == from || (!unicode && at - from > 2) ||
		    (at < end && *at != '}' && blanks(at, end) == 0))
			return NULL;
		any = true;
		if (!unicode)
			roost_str_byte(out, (char)code);
		else if (code > 0x10ffff || roost_utf8_encode((uint32_t)code, bytes) == 0)
			*bad = true;
		else
			roost_str_append(out, bytes, roost_utf8_encode((uint32_t)code, bytes));
	}
	return at < end && any ? at + 1 : NULL;
}

static int decode_characters(struct sieve_check *check, struct sieve_text text,
			     struct sieve_position at, struct roost_str *out)
{
	const char *p = text.data, *end = p + text.len;

	while (p < end) {
		size_t len = 0;
		const char *after = NULL;
		bool bad = false;
		size_t before = out->len;

		if (end - p > 6 && strncasecmp(p, "${hex:", 6) == 0)
			len = 6;
		else if (end - p > 10 && strncasecmp(p, "${unicode:", 10) == 0)
			len = 10;
		if (len > 0)
			after = decode_numbers(p + len, end, len == 10, out, &bad);
		if (after == NULL) {
			roost_str_truncate(out, before);
			roost_str_byte(out, *p++);
			continue;
		}
		if (bad) {
			sieve_check_error(check, at, "invalid unicode character in '%.*s'",
					  (int)(after - p), p);
			return -1;
		}
		p = after;
	}
	return 0;
}

/* --- variables --- */

static int variable_key(struct sieve_check *check, struct sieve_text name, struct sieve_position at,
			char key[MAX_VARIABLE_NAME + 1])
{
	if (name.len > MAX_VARIABLE_NAME) {
		sieve_check_error(check, at, "variable name '%.*s' is longer than %d characters",
				  (int)name.len, name.data, MAX_VARIABLE_NAME);
		return -1;
	}
	for (size_t i = 0; i < name.len; i++)
		key[i] = (char)tolower((unsigned char)name.data[i]);
	key[name.len] = '\0';
	return 0;
}

int sieve_check_declare_global(struct sieve_check *check, struct sieve_text name,
			       struct sieve_position at)
{
	char key[MAX_VARIABLE_NAME + 1];
	struct sieve_piece piece;

	if (variable_key(check, name, at, key) < 0)
		return -1;
	if (roost_map_get(check->variables, key) != NULL) {
		sieve_check_error(check, at, "variable '%s' is in use as a local one already", key);
		return -1;
	}
	sieve_compile_global(check, name, at, &piece);
	roost_map_set(check->globals, key, (void *)(uintptr_t)(piece.number + 1));
	return 0;
}

int sieve_check_variable(struct sieve_check *check, struct sieve_text name, struct sieve_position at)
{
	char key[MAX_VARIABLE_NAME + 1];
	void *known;

	if (variable_key(check, name, at, key) < 0)
		return -1;
	known = roost_map_get(check->globals, key);
	if (known != NULL)
		return (int)((uintptr_t)known - 1) << 1 | 1;
	known = roost_map_get(check->variables, key);
	if (known == NULL) {
		struct sieve_build *build = sieve_compile_build(check->compile);

		if (roost_map_count(check->variables) >= MAX_VARIABLES) {
			sieve_check_error(check, at, "more than %d variables", MAX_VARIABLES);
			return -1;
		}
		known = (void *)(uintptr_t)(++build->variables);
		roost_map_set(check->variables, key, known);
	}
	return (int)((uintptr_t)known - 1) << 1;
}

static void add_piece(struct sieve_pool *pool, struct sieve_string *string, struct sieve_piece piece)
{
	enum { FIRST_ROOM = 4 };
	bool power = (string->count & (string->count - 1)) == 0;

	if (string->count == 0 || (power && string->count >= FIRST_ROOM)) {
		size_t room = string->count > 0 ? string->count * 2u : FIRST_ROOM;
		struct sieve_piece *grown = sieve_pool_alloc(pool, room * sizeof(*grown));

		if (string->count > 0)
			memcpy(grown, string->pieces, string->count * sizeof(*grown));
		string->pieces = grown;
	}
	string->pieces[string->count++] = piece;
}

static const struct sieve_namespace *find_namespace(const struct sieve_check *check,
						     struct sieve_text name)
{
	for (size_t i = 0; i < check->instance->extensions.count; i++) {
		const struct sieve_extension *extension = check->instance->extensions.items[i];

		for (const struct sieve_namespace *space = extension->namespaces;
		     space != NULL && space->name != NULL && check->required[i]; space++) {
			if (sieve_text_is(name, space->name))
				return space;
		}
	}
	return NULL;
}

int sieve_check_name(struct sieve_check *check, struct sieve_text name, struct sieve_position at,
		     bool set, struct sieve_piece *piece)
{
	const char *dot = memchr(name.data, '.', name.len);
	struct sieve_text space_name = { name.data, (size_t)(dot - name.data) };
	const struct sieve_namespace *space = find_namespace(check, space_name);
	char *rest;

	if (space == NULL) {
		sieve_check_error(check, at, "unknown variable namespace '%.*s'",
				  (int)space_name.len, space_name.data);
		return -1;
	}
	rest = roost_arena_strndup(check->arena, dot + 1, name.len - space_name.len - 1);
	if (space->check != NULL && space->check(check, rest, at, set) < 0)
		return -1;
	if (space->get == NULL)
		return sieve_compile_global(check, sieve_text_of(rest), at, piece);
	*piece = (struct sieve_piece){ .type = SIEVE_ITEM_NAME,
		.text = sieve_text_of(roost_arena_printf(check->arena, "%s.%s", space->name, rest)) };
	return 0;
}

static bool is_number(struct sieve_text text)
{
	size_t digits = 0;

	while (digits < text.len && isdigit((unsigned char)text.data[digits]))
		digits++;
	return digits == text.len && digits > 0;
}

/* "a", "a.b", "12", "a.12"; anything else leaves the text as it is. */
static bool is_reference(struct sieve_text name)
{
	const char *first = name.data;

	for (;;) {
		const char *dot = memchr(name.data, '.', name.len);
		struct sieve_text part = { name.data, dot != NULL ? (size_t)(dot - name.data) : name.len };
		bool space = name.data == first && dot != NULL;

		if (!sieve_is_identifier(part) && (space || !is_number(part)))
			return false;
		if (dot == NULL)
			return true;
		name.len -= part.len + 1;
		name.data = dot + 1;
	}
}

static int reference(struct sieve_check *check, struct sieve_text name, struct sieve_position at,
		     struct sieve_piece *piece)
{
	int number;

	if (isdigit((unsigned char)name.data[0])) {
		uint32_t match = 0;

		for (size_t i = 0; i < name.len && match < 1000; i++)
			match = match * 10 + (uint32_t)(name.data[i] - '0');
		if (match > MAX_MATCH_VALUE) {
			sieve_check_error(check, at, "match value index %.*s is out of range",
					  (int)name.len, name.data);
			return -1;
		}
		*piece = (struct sieve_piece){ .type = SIEVE_ITEM_MATCH, .number = match };
		return 0;
	}
	if (memchr(name.data, '.', name.len) != NULL)
		return sieve_check_name(check, name, at, false, piece);
	number = sieve_check_variable(check, name, at);
	*piece = (struct sieve_piece){ .type = SIEVE_ITEM_VARIABLE, .number = (uint32_t)number >> 1,
				       .global = number & 1 };
	return number < 0 ? -1 : 0;
}

static int split(struct sieve_check *check, struct sieve_text text, struct sieve_position at,
		 struct sieve_string *string)
{
	const char *from = text.data, *p = from, *end = from + text.len;

	while ((p = memchr(p, '$', (size_t)(end - p))) != NULL) {
		const char *close;
		struct sieve_text name;
		struct sieve_piece piece;

		if (*++p != '{')	/* a NUL ends the text */
			continue;
		close = memchr(p, '}', (size_t)(end - p));
		if (close == NULL)
			break;
		name = (struct sieve_text){ p + 1, (size_t)(close - p - 1) };
		if (!is_reference(name))
			continue;
		if (p - 1 > from)
			add_piece(&check->pool, string, (struct sieve_piece){ .type = SIEVE_ITEM_STRING,
				.text = { from, (size_t)(p - 1 - from) } });
		if (reference(check, name, at, &piece) < 0)
			return -1;
		add_piece(&check->pool, string, piece);
		from = p = close + 1;
	}
	if (string->count > 0 && from < end)
		add_piece(&check->pool, string, (struct sieve_piece){ .type = SIEVE_ITEM_STRING,
			.text = { from, (size_t)(end - from) } });
	return 0;
}

int sieve_check_string(struct sieve_check *check, struct sieve_string *string)
{
	int result = 0;

	if (check->required[check->instance->encoded]) {
		struct roost_str out = ROOST_STR_INIT;

		result = decode_characters(check, string->text, string->at, &out);
		string->text = sieve_text_dup(check->arena, sieve_text_of_str(&out));
		roost_str_free(&out);
	}
	if (result == 0 && check->required[check->instance->variables]) {
		result = split(check, string->text, string->at, string);
		string->constant = string->count == 0;
	}
	return result;
}
