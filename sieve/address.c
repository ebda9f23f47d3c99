/* address - addresses that scripts name. RFC 5228 section 2.4.2.3. */
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
