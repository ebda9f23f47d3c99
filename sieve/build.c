/* build - puts a program together and writes it as bytes. */
#include "sieve/build.h"
#include "sieve/program_file.h"

enum { SHARED_STRING = 64 };	/* longer ones are hardly ever there twice */

void sieve_build_init(struct sieve_build *build)
{
	*build = (struct sieve_build){ 0 };
	build->strings = roost_map_create();
	build->operation_numbers = roost_map_create();
	sieve_build_item(build, SIEVE_ITEM_NONE, 0, 0);
}

void sieve_build_free(struct sieve_build *build)
{
	roost_vec_free(&build->items);
	roost_vec_free(&build->index);
	roost_str_free(&build->bytes);
	roost_vec_free(&build->code);
	roost_vec_free(&build->units);
	roost_vec_free(&build->operations);
	roost_vec_free(&build->extensions);
	roost_map_free(build->strings);
	roost_map_free(build->operation_numbers);
}

uint32_t sieve_build_item(struct sieve_build *build, enum sieve_item_type type, uint32_t a, uint32_t b)
{
	roost_vec_push(&build->items, (struct sieve_item){ type, a, b });
	return (uint32_t)build->items.count - 1;
}

uint32_t sieve_build_number(struct sieve_build *build, uint64_t number)
{
	return sieve_build_item(build, SIEVE_ITEM_NUMBER, (uint32_t)number, (uint32_t)(number >> 32));
}

uint32_t sieve_build_string(struct sieve_build *build, struct sieve_text text)
{
	bool shared = text.len < SHARED_STRING && memchr(text.data, '\0', text.len) == NULL;
	char key[SHARED_STRING];
	uint32_t item;

	if (shared) {
		void *known;

		memcpy(key, text.data, text.len);
		key[text.len] = '\0';
		known = roost_map_get(build->strings, key);
		if (known != NULL)
			return (uint32_t)(uintptr_t)known;
	}
	item = sieve_build_item(build, SIEVE_ITEM_STRING, (uint32_t)build->bytes.len,
				(uint32_t)text.len);
	roost_str_append(&build->bytes, text.data, text.len);
	roost_str_byte(&build->bytes, '\0');
	if (shared)
		roost_map_set(build->strings, key, (void *)(uintptr_t)item);
	return item;
}

uint32_t sieve_build_group(struct sieve_build *build, enum sieve_item_type type,
			   const uint32_t *items, uint32_t count)
{
	uint32_t first = (uint32_t)build->index.count;

	for (uint32_t i = 0; i < count; i++)
		roost_vec_push(&build->index, items[i]);
	return sieve_build_item(build, type, first, count);
}

uint32_t sieve_build_operation(struct sieve_build *build, const char *name)
{
	void *known = roost_map_get(build->operation_numbers, name);

	if (known == NULL) {
		roost_vec_push(&build->operations, sieve_build_string(build, sieve_text_of(name)));
		known = (void *)(uintptr_t)build->operations.count;
		roost_map_set(build->operation_numbers, name, known);
	}
	return (uint32_t)(uintptr_t)known - 1;
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

void sieve_build_code(struct sieve_build *build, uint32_t word)
{
	roost_vec_push(&build->code, word);
}

uint32_t sieve_build_jump(struct sieve_build *build, enum sieve_code code)
{
	sieve_build_code(build, code);
	sieve_build_code(build, 0);
	return (uint32_t)build->code.count - 1;
}

void sieve_build_land(struct sieve_build *build, uint32_t jump)
{
	build->code.items[jump] = (uint32_t)build->code.count;
}

#define WRITE(out, vec) \
	roost_str_append((out), (vec).items, (vec).count * sizeof(*(vec).items))

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

	size_t start = out->len;

	roost_str_append(out, &file, sizeof(file));
	WRITE(out, build->items);
	WRITE(out, build->index);
	WRITE(out, build->code);
	WRITE(out, build->units);
	WRITE(out, build->operations);
	WRITE(out, build->extensions);
	roost_str_append(out, roost_str_text(&build->bytes), build->bytes.len);
	sieve_program_seal(out->data + start, out->len - start);
}
