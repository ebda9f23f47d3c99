/* Address lists: groups are closed, what we accept as an address survives being written. */
#include <string.h>
#include <roost/address.h>
#include "fuzz.h"

static void check_list(const struct roost_address_list *list)
{
	bool in_group = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct roost_address *address = &list->items[i];

		FUZZ_CHECK(address->kind != ROOST_ADDRESS_GROUP || !in_group);
		FUZZ_CHECK(address->kind != ROOST_ADDRESS_GROUP_END || in_group);
		FUZZ_CHECK(address->kind != ROOST_ADDRESS_MAILBOX ||
			   (address->local != NULL && address->domain != NULL));
		if (address->kind == ROOST_ADDRESS_GROUP)
			in_group = true;
		if (address->kind == ROOST_ADDRESS_GROUP_END)
			in_group = false;
		FUZZ_CHECK(address->name == NULL || strpbrk(address->name, "\r\n") == NULL);
	}
	FUZZ_CHECK(!in_group);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct roost_arena *arena = roost_arena_create("fuzz");
	struct roost_text value = { (const char *)data, size };
	struct roost_str out = ROOST_STR_INIT;
	struct roost_address one, again;
	struct roost_address_list list;

	roost_address_parse(arena, value, &list);
	check_list(&list);
	for (size_t i = 0; i < list.count; i++)
		roost_address_write_full(&out, &list.items[i]);
	if (roost_address_parse_one(arena, value, &one)) {
		roost_str_truncate(&out, 0);
		roost_address_write(&out, &one);
		value = (struct roost_text){ out.data, out.len };
		FUZZ_CHECK(roost_address_parse_one(arena, value, &again));
		FUZZ_CHECK(strcmp(one.local, again.local) == 0);
		FUZZ_CHECK(strcmp(one.domain, again.domain) == 0);
	}
	roost_str_free(&out);
	roost_arena_free(arena);
	return 0;
}
