/* The log: as raw bytes behind the header, and as operations in a record whose checksum is right. */
#include "tests/fuzz/index_common.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct log_marks marks = { .uidnext = 9, .uidvalidity = 5 };
	struct memory_store *store;
	struct roost_str record = ROOST_STR_INIT;
	char name[32];

	if (size == 0 || size > 65536)
		return 0;
	store = fuzz_store(4);
	if (data[0] % 2 == 0) {
		roost_str_append(memory_store_log(store, name), data + 1, size - 1);
	} else {
		log_record_begin(&record);
		roost_str_append(&record, data + 1, size - 1);
		log_record_finish(&record, LOG_TYPE_CHANGE, 0, 77, &marks);
		roost_str_append(memory_store_log(store, name), record.data, record.len);
		roost_str_free(&record);
	}
	fuzz_open(store);
	return 0;
}
