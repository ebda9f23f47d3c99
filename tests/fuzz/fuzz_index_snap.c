/* The snapshot: as raw bytes, and with the bytes as its first block, all checksums made right. */
#include "tests/fuzz/index_common.h"
#include "modules/mail/index/snap_format.h"

/* Header and directory of one block of these bytes: type and rows come from the input too. */
static void put_block(struct roost_str *out, const uint8_t *data, size_t size)
{
	struct roost_str entry = ROOST_STR_INIT;

	le32_put(&entry, data[1] % 5);
	le32_put(&entry, data[2]);
	le64_put(&entry, SNAP_HEADER_SIZE + SNAP_ENTRY_SIZE);
	le32_put(&entry, (uint32_t)size - 3);
	le32_put(&entry, crc32c(0, data + 3, size - 3));
	roost_str_truncate(out, SNAP_HEADER_SIZE);	/* generation and numbers as they were */
	le32_set(out->data + 12, 1);
	le64_set(out->data + 104, SNAP_HEADER_SIZE + SNAP_ENTRY_SIZE + size - 3);
	le64_set(out->data + 112, SNAP_HEADER_SIZE + SNAP_ENTRY_SIZE + size - 3);
	le32_set(out->data + 136, crc32c(0, entry.data, entry.len));
	le32_set(out->data + 252, crc32c(0, out->data, 252));
	roost_str_append(out, entry.data, entry.len);
	roost_str_append(out, data + 3, size - 3);
	roost_str_free(&entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory_store *store;
	struct roost_str *snap;

	if (size < 3 || size > 65536)
		return 0;
	store = fuzz_store(2);
	snap = memory_store_file(store, SNAP_NAME);
	if (data[0] % 2 == 0) {
		roost_str_truncate(snap, 0);
		roost_str_append(snap, data + 1, size - 1);
	} else {
		put_block(snap, data, size);
	}
	fuzz_open(store);
	return 0;
}
