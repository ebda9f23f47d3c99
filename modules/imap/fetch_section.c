/* The section of BODY[section]<partial>: part numbers and what of the part. RFC 9051 section 6.4.5.1. */
#include <string.h>
#include <strings.h>
#include "modules/imap/fetch.h"

static const struct { const char *name; enum fetch_what what; } specifiers[] = {
	/* Longer ones first: they are compared as prefixes. */
	{ "HEADER.FIELDS.NOT", FETCH_FIELDS_NOT }, { "HEADER.FIELDS", FETCH_FIELDS },
	{ "HEADER", FETCH_HEADER }, { "TEXT", FETCH_TEXT }, { "MIME", FETCH_MIME },
};

/* A number of 32 bits that is not zero and has no zero in front. */
static bool parse_number(const char **text, uint32_t *number)
{
	uint64_t value = 0;

	if (**text < '1' || **text > '9')
		return false;
	for (; **text >= '0' && **text <= '9'; ++*text) {
		value = value * 10 + (uint64_t)(**text - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*number = (uint32_t)value;
	return true;
}

static bool parse_specifier(const char **text, enum fetch_what *what)
{
	for (size_t i = 0; i < ROOST_COUNT(specifiers); i++) {
		size_t len = strlen(specifiers[i].name);

		if (strncasecmp(*text, specifiers[i].name, len) == 0) {
			*text += len;
			*what = specifiers[i].what;
			return true;
		}
	}
	return false;
}

static bool at_end(const char *text)
{
	return *text == '\0' || *text == ']';
}

bool fetch_section_parse(struct roost_arena *arena, const char **text,
			 struct fetch_section *section)
{
	uint32_t numbers[FETCH_NUMBERS_MAX];

	*section = (struct fetch_section){ .what = FETCH_ALL };
	if (at_end(*text))
		return true;
	while (section->count < FETCH_NUMBERS_MAX && parse_number(text, &numbers[section->count])) {
		section->count++;
		if (at_end(*text))
			break;
		if (*(*text)++ != '.')
			return false;
	}
	if (section->count > 0)
		section->numbers = roost_arena_dup(arena, numbers,
						   section->count * sizeof(*numbers));
	if (section->count > 0 && at_end(*text))
		return (*text)[-1] != '.';
	return parse_specifier(text, &section->what) && at_end(*text) &&
	       (section->what != FETCH_MIME || section->count > 0);
}

bool fetch_partial_parse(const char *text, bool allowed, struct fetch_item *item)
{
	uint64_t numbers[2];

	item->offset = 0;
	item->length = UINT64_MAX;
	if (*text == '\0')
		return true;
	if (!allowed || *text++ != '<')
		return false;
	for (int i = 0; i < 2; i++) {
		if (*text < '0' || *text > '9')
			return false;
		for (numbers[i] = 0; *text >= '0' && *text <= '9'; text++) {
			numbers[i] = numbers[i] * 10 + (uint64_t)(*text - '0');
			if (numbers[i] > INT64_MAX)	/* RFC 9051: number64 */
				return false;
		}
		if (*text++ != (i == 0 ? '.' : '>'))
			return false;
	}
	item->partial = true;
	item->offset = numbers[0];
	item->length = numbers[1];
	return *text == '\0' && numbers[1] > 0;
}

void fetch_section_write(struct roost_str *out, const struct fetch_section *section)
{
	for (size_t i = 0; i < section->count; i++) {
		if (i > 0)
			roost_str_byte(out, '.');
		roost_str_number(out, section->numbers[i]);
	}
	if (section->what == FETCH_ALL)
		return;
	if (section->count > 0)
		roost_str_byte(out, '.');
	for (size_t i = 0; i < ROOST_COUNT(specifiers); i++) {
		if (specifiers[i].what == section->what)
			roost_str_puts(out, specifiers[i].name);
	}
	if (section->what != FETCH_FIELDS && section->what != FETCH_FIELDS_NOT)
		return;
	roost_str_puts(out, " (");
	for (size_t i = 0; i < section->name_count; i++) {
		if (i > 0)
			roost_str_byte(out, ' ');
		imap_put_astring(out, section->names[i].data);
	}
	roost_str_byte(out, ')');
}
