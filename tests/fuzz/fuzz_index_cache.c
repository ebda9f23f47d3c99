/* The cache: any bytes, as pieces that messages refer to. */
#include "tests/fuzz/index_common.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory_store *store = fuzz_store(2);
	struct roost_arena *arena = roost_arena_create("fuzz");
	struct bytes_object *object;
	struct roost_error err;
	struct index *index;
	struct roost_str *file;
	const void *found;
	size_t len;

	FUZZ_CHECK(bytes_open(&store->base, "cache.1", true, &object, &err) == 0);
	bytes_close(object);
	file = memory_store_file(store, "cache.1");
	roost_str_append(file, "roostch1\1\0\0\0\0\0\0\0", 16);
	roost_str_append(file, data, size);
	/* Two pieces with the right checksum: what is in them is the input's. */
	for (size_t at = 16; at + 32 <= file->len && at < 16 + 64; at += 32) {
		size_t rest = le32_get(file->data + at + 8);

		if (rest <= file->len - at - 32)
			le32_set(file->data + at + 12,
				 crc32c(crc32c(0, file->data + at, 12), file->data + at + 16,
					16 + rest));
	}
	FUZZ_CHECK(index_open(&store->base, &fuzz_options, &index, &err) == 0);
	for (uint32_t uid = 1; uid <= 2; uid++) {
		for (uint32_t kind = 1; kind <= 5; kind++)
			FUZZ_CHECK(index_cache_get(index, uid, kind, arena, &found, &len,
						   &err) == 0 && len <= size);
	}
	index_close(index);
	roost_arena_free(arena);
	memory_store_free(store);
	return 0;
}
