/* build - puts a program together and writes it as bytes. */
#include <stdlib.h>
#include "sieve/build.h"
#include "sieve/hash.h"
#include "sieve/program_file.h"

enum { FIRST_SHARED = 256, MOST_AT_FIRST = 1 << 20, BYTES_A_CONSTANT = 4 };
/* Of source, rather too few: what is not needed costs nothing. */
enum { BYTES_AN_ITEM = 16, BYTES_A_WORD = 4 };

struct sieve_shared { uint32_t hash, item; };	/* item 0: empty */

void sieve_build_init(struct sieve_build *build, uint32_t operations, size_t source)
{
	*build = (struct sieve_build){ .shared_mask = FIRST_SHARED - 1 };
	while (build->shared_mask < source / BYTES_A_CONSTANT && build->shared_mask < MOST_AT_FIRST)
		build->shared_mask = build->shared_mask * 2 + 1;
	build->shared = calloc((size_t)build->shared_mask + 1, sizeof(*build->shared));
	build->operation_numbers = calloc(operations + 1, sizeof(*build->operation_numbers));
	if (build->shared == NULL || build->operation_numbers == NULL)
		abort();
	roost_vec_reserve(&build->items, source / BYTES_AN_ITEM);
	roost_vec_reserve(&build->index, source / BYTES_AN_ITEM);
	roost_vec_reserve(&build->lists, source / BYTES_AN_ITEM);
	roost_vec_reserve(&build->code, source / BYTES_A_WORD);
	roost_str_reserve(&build->bytes, source / 2);
	sieve_build_item(build, SIEVE_ITEM_NONE, 0, 0);
}

void sieve_build_free(struct sieve_build *build)
{
	roost_vec_free(&build->items);
	roost_vec_free(&build->index);
	roost_vec_free(&build->lists);
	roost_str_free(&build->bytes);
	roost_vec_free(&build->code);
	roost_vec_free(&build->units);
	roost_vec_free(&build->operations);
	roost_vec_free(&build->extensions);
	free(build->shared);
	free(build->operation_numbers);
}

uint32_t sieve_build_number(struct sieve_build *build, uint64_t number)
{
	bool shared = number < SIEVE_SHARED_NUMBERS;
	uint32_t item = shared ? build->numbers[number] : 0;

	if (item == 0)
		item = sieve_build_item(build, SIEVE_ITEM_NUMBER, (uint32_t)number, (uint32_t)(number >> 32));
	if (shared)
		build->numbers[number] = item;
	return item;
}

/* --- constants that are there already --- */

static void grow_shared(struct sieve_build *build)
{
	uint32_t mask = build->shared_mask * 2 + 1;
	struct sieve_shared *grown = calloc((size_t)mask + 1, sizeof(*grown));

	if (grown == NULL)
		abort();
	for (uint32_t i = 0; i <= build->shared_mask; i++) {
		uint32_t slot = build->shared[i].hash & mask;

		if (build->shared[i].item == 0)
			continue;
		while (grown[slot].item != 0)
			slot = (slot + 1) & mask;
		grown[slot] = build->shared[i];
	}
	free(build->shared);
	build->shared = grown;
	build->shared_mask = mask;
}

static inline bool holds(const struct sieve_build *build, uint32_t number, enum sieve_item_type type,
			 const void *data, uint32_t count)
{
	const struct sieve_item *item = &build->items.items[number];

	if (item->type != (uint32_t)type || item->b != count)
		return false;
	return type == SIEVE_ITEM_STRING ? memcmp(build->bytes.data + item->a, data, count) == 0 :
		memcmp(build->index.items + item->a, data, count * sizeof(uint32_t)) == 0;
}

/* The slot of these bytes or items; an empty one when they are new. */
static inline struct sieve_shared *find_shared(struct sieve_build *build, enum sieve_item_type type,
					       const void *data, uint32_t count)
{
	size_t size = type == SIEVE_ITEM_STRING ? count : count * sizeof(uint32_t);
	uint32_t hash = (uint32_t)sieve_hash_short(data, size) + type;
	struct sieve_shared *shared;

	if (build->shared_count * 2 > build->shared_mask)
		grow_shared(build);
	for (uint32_t slot = hash;; slot++) {
		shared = &build->shared[slot & build->shared_mask];
		if (shared->item == 0 ||
		    (shared->hash == hash && holds(build, shared->item, type, data, count)))
			break;
	}
	shared->hash = hash;
	return shared;
}

uint32_t sieve_build_new_string(struct sieve_build *build, struct sieve_text text)
{
	char *to = roost_str_reserve(&build->bytes, text.len + 1);
	uint32_t offset = (uint32_t)build->bytes.len;

	if (text.len > 0)
		memcpy(to, text.data, text.len);
	to[text.len] = to[text.len + 1] = '\0';
	build->bytes.len += text.len + 1;
	return sieve_build_item(build, SIEVE_ITEM_STRING, offset, (uint32_t)text.len);
}

uint32_t sieve_build_string(struct sieve_build *build, struct sieve_text text)
{
	struct sieve_shared *shared = find_shared(build, SIEVE_ITEM_STRING, text.data, (uint32_t)text.len);

	if (shared->item == 0) {
		shared->item = sieve_build_new_string(build, text);
		build->shared_count++;
	}
	return shared->item;
}

uint32_t sieve_build_new_group(struct sieve_build *build, enum sieve_item_type type,
			       const uint32_t *items, uint32_t count)
{
	uint32_t first = (uint32_t)build->index.count;

	roost_vec_reserve(&build->index, count);
	for (uint32_t i = 0; i < count; i++)
		build->index.items[first + i] = items[i];
	build->index.count += count;
	return sieve_build_item(build, type, first, count);
}

/* Most lists have one item: nothing has to be searched for those. */
static uint32_t list_of_one(struct sieve_build *build, const uint32_t *item)
{
	while (build->lists.count <= *item)
		roost_vec_push(&build->lists, 0);
	if (build->lists.items[*item] == 0)
		build->lists.items[*item] = sieve_build_new_group(build, SIEVE_ITEM_LIST, item, 1);
	return build->lists.items[*item];
}

uint32_t sieve_build_group(struct sieve_build *build, enum sieve_item_type type,
			   const uint32_t *items, uint32_t count)
{
	struct sieve_shared *shared;

	if (count == 1 && type == SIEVE_ITEM_LIST)
		return list_of_one(build, items);
	shared = find_shared(build, type, items, count);
	if (shared->item == 0) {
		shared->item = sieve_build_new_group(build, type, items, count);
		build->shared_count++;
	}
	return shared->item;
}

void sieve_build_add_operation(struct sieve_build *build, uint32_t operation, const char *as,
			       const char *name)
{
	struct roost_str text = ROOST_STR_INIT;

	roost_str_printf(&text, "%s/%s", as, name);
	roost_vec_push(&build->operations, sieve_build_string(build, sieve_text_of_str(&text)));
	roost_str_free(&text);
	build->operation_numbers[operation] = (uint32_t)build->operations.count;
}

void sieve_build_extension(struct sieve_build *build, const char *name)
{
	uint32_t item = sieve_build_string(build, sieve_text_of(name));

	for (size_t i = 0; i < build->extensions.count; i++) {
		if (build->extensions.items[i] == item)
			return;
	}
	roost_vec_push(&build->extensions, item);
}

void sieve_build_land(struct sieve_build *build, uint32_t chain)
{
	while (chain != 0) {
		uint32_t next = build->code.items[chain];

		build->code.items[chain] = (uint32_t)build->code.count;
		chain = next;
	}
}

void sieve_build_write(struct roost_str *out, const struct sieve_build *build)
{
	struct sieve_program_file file = {
		.magic = SIEVE_PROGRAM_MAGIC,
		.version = SIEVE_PROGRAM_VERSION,
		.items = (uint32_t)build->items.count,
		.index = (uint32_t)build->index.count,
		.code = (uint32_t)build->code.count,
		.units = (uint32_t)build->units.count,
		.operations = (uint32_t)build->operations.count,
		.extensions = (uint32_t)build->extensions.count,
		.bytes = (uint32_t)build->bytes.len,
		.setup = build->setup,
		.variables = build->variables,
		.globals = build->globals,
	};
	const void *const arrays[SIEVE_PROGRAM_SECTIONS] = {
		build->items.items, build->index.items, build->code.items, build->units.items,
		build->operations.items, build->extensions.items, roost_str_text(&build->bytes),
	};
	uint64_t sizes[SIEVE_PROGRAM_SECTIONS], size = sizeof(file);
	uint64_t sum = sieve_hash(0, (struct sieve_text){ (const char *)&file, sizeof(file) });
	size_t head = out->len;

	sieve_program_sizes(&file, sizes);
	for (size_t i = 0; i < SIEVE_PROGRAM_SECTIONS; i++)
		size += sizes[i];
	roost_str_reserve(out, size);
	out->len += sizeof(file);
	for (size_t i = 0; i < SIEVE_PROGRAM_SECTIONS; i++) {
		sum = sieve_hash_copy(sum, out->data + out->len, (struct sieve_text){
			sizes[i] > 0 ? arrays[i] : "", sizes[i] });
		out->len += sizes[i];
	}
	file.checksum = sieve_hash(sum, SIEVE_TEXT(""));
	memcpy(out->data + head, &file, sizeof(file));
	out->data[out->len] = '\0';
}
