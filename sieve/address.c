/* address - addresses that scripts name. RFC 5228 section 2.4.2.3. */
#include <roost/utf8.h>
#include <roost/word.h>
#include "sieve/extensions.h"

const char *sieve_address_normal(struct roost_arena *arena, struct sieve_text text)
{
	struct roost_address_list list;
	const struct roost_address *address;
	struct roost_str out = ROOST_STR_INIT;
	const char *result;

	if (memchr(text.data, '\0', text.len) != NULL || memchr(text.data, '\n', text.len) != NULL)
		return NULL;
	roost_address_parse(arena, (struct roost_text){ text.data, text.len }, &list);
	if (list.count != 1 || list.items[0].kind != ROOST_ADDRESS_MAILBOX)
		return NULL;
	address = &list.items[0];
	if (address->local[0] == '\0' || address->domain[0] == '\0')
		return NULL;
	for (const char *c = address->local; *c != '\0'; c++) {
		if ((unsigned char)*c > 126)
			return NULL;
	}
	roost_address_write(&out, address);
	result = roost_arena_strdup(arena, out.data);
	roost_str_free(&out);
	return result;
}

static bool is_ascii(const char *text)
{
	while (*text != '\0' && (unsigned char)*text < 128)
		text++;
	return *text == '\0';
}

void sieve_write_address(struct roost_str *out, size_t column, const struct roost_address *address)
{
	if (address->name == NULL || is_ascii(address->name)) {
		roost_address_write_full(out, address);
		return;
	}
	roost_word_encode(out, (struct roost_text){ address->name, strlen(address->name) }, column);
	roost_str_puts(out, " <");
	roost_address_write(out, address);
	roost_str_byte(out, '>');
}

void sieve_append_address(struct roost_str *out, struct roost_arena *arena, const char *name,
			  struct sieve_text text)
{
	struct roost_address_list list;

	roost_address_parse(arena, (struct roost_text){ text.data, text.len }, &list);
	if (list.count != 1 || list.items[0].kind != ROOST_ADDRESS_MAILBOX)
		return;
	roost_str_printf(out, "%s: ", name);
	sieve_write_address(out, strlen(name) + 2, &list.items[0]);
	roost_str_puts(out, "\r\n");
}

void sieve_cut_characters(struct roost_str *text, uint64_t most)
{
	size_t at = 0;

	for (uint64_t count = 0; at < text->len && count < most; count++) {
		/* the last one is the ellipsis's when there is more */
		uint32_t code;
		size_t step = roost_utf8_decode(text->data + at, text->len - at, &code);

		if (count + 1 == most && at + (step > 0 ? step : 1) < text->len)
			break;
		at += step > 0 ? step : 1;
	}
	if (at == text->len)
		return;
	roost_str_truncate(text, at);
	roost_str_puts(text, "\xe2\x80\xa6");
}
