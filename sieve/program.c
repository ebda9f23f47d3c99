/* program - takes compiled scripts in, believing nothing. */
#include <stddef.h>
#include "sieve/hash.h"
#include "sieve/instance.h"
#include "sieve/program.h"
#include "sieve/program_file.h"

enum { MAX_VARIABLES = 1 << 16 };

struct loader {
	const struct sieve_instance *instance;
	struct sieve_program *program;
	const char *at;
	size_t left;
	bool *starts;		/* code words where an instruction begins */
};

static int corrupt(struct roost_error *err, const char *what)
{
	return roost_fail(err, ROOST_ERR_CORRUPT, "compiled script is damaged: %s", what);
}

/* Of any bytes: where the arrays do not fit they are what is there. */
static uint64_t checksum(struct sieve_text data)
{
	struct sieve_program_file head;
	uint64_t sizes[SIEVE_PROGRAM_SECTIONS], hash;
	size_t at = sizeof(head);

	memcpy(&head, data.data, sizeof(head));
	head.checksum = 0;
	hash = sieve_hash(0, (struct sieve_text){ (const char *)&head, sizeof(head) });
	sieve_program_sizes(&head, sizes);
	for (size_t i = 0; i < SIEVE_PROGRAM_SECTIONS; i++) {
		size_t size = sizes[i] < data.len - at ? (size_t)sizes[i] : data.len - at;

		hash = sieve_hash(hash, (struct sieve_text){ data.data + at, size });
		at += size;
	}
	return sieve_hash(hash, (struct sieve_text){ data.data + at, data.len - at });
}

void sieve_program_seal(char *data, size_t len)
{
	uint64_t sum;

	if (len < sizeof(struct sieve_program_file))
		return;
	sum = checksum((struct sieve_text){ data, len });
	memcpy(data + offsetof(struct sieve_program_file, checksum), &sum, sizeof(sum));
}

static const void *take(struct loader *loader, uint32_t count, size_t size)
{
	const char *at = loader->at;

	if (count > loader->left / size)
		return NULL;
	loader->at += count * size;
	loader->left -= count * size;
	return at;
}

static int take_all(struct loader *loader, struct roost_error *err)
{
	struct sieve_program *program = loader->program;
	const struct sieve_program_file *file = take(loader, 1, sizeof(*file));

	if (file == NULL || file->magic != SIEVE_PROGRAM_MAGIC)
		return corrupt(err, "no compiled script");
	if (file->version != SIEVE_PROGRAM_VERSION)
		return roost_fail(err, ROOST_ERR_UNSUPPORTED,
				  "compiled script is of version %u", file->version);
	if (file->checksum != checksum(program->data))
		return corrupt(err, "its checksum");
	program->setup = file->setup;
	program->item_count = file->items;
	program->index_count = file->index;
	program->code_count = file->code;
	program->unit_count = file->units;
	program->operation_count = file->operations;
	program->extension_count = file->extensions;
	program->byte_count = file->bytes;
	program->variable_count = file->variables;
	program->global_count = file->globals;
	program->items = take(loader, file->items, sizeof(*program->items));
	program->index = take(loader, file->index, sizeof(*program->index));
	program->code = take(loader, file->code, sizeof(*program->code));
	program->units = take(loader, file->units, sizeof(*program->units));
	program->operation_names = take(loader, file->operations, sizeof(uint32_t));
	program->extensions = take(loader, file->extensions, sizeof(uint32_t));
	program->bytes = take(loader, file->bytes, 1);
	if (program->items == NULL || program->index == NULL || program->code == NULL ||
	    program->units == NULL || program->operation_names == NULL ||
	    program->extensions == NULL || program->bytes == NULL || loader->left != 0)
		return corrupt(err, "its size");
	if (program->unit_count == 0 || program->variable_count > MAX_VARIABLES ||
	    program->global_count > MAX_VARIABLES)
		return corrupt(err, "its head");
	return 0;
}

static bool is_type(const struct sieve_program *program, uint32_t item, enum sieve_item_type type)
{
	return item < program->item_count && program->items[item].type == (uint32_t)type;
}

/* Items refer to earlier items only: no circles, and what is referred to has been checked. */
static bool group_ok(const struct sieve_program *program, uint32_t self)
{
	const struct sieve_item *item = &program->items[self];

	if (item->a > program->index_count || item->b > program->index_count - item->a)
		return false;
	for (uint32_t i = 0; i < item->b; i++) {
		uint32_t part = program->index[item->a + i];
		uint32_t type;

		if (part >= self)
			return false;
		type = program->items[part].type;
		if (type != SIEVE_ITEM_STRING && (item->type == SIEVE_ITEM_LIST ?
		    type != SIEVE_ITEM_TEMPLATE : type < SIEVE_ITEM_VARIABLE))
			return false;
	}
	return true;
}

static bool item_ok(const struct sieve_program *program, uint32_t self)
{
	const struct sieve_item *item = &program->items[self];

	switch (item->type) {
	case SIEVE_ITEM_NONE:
	case SIEVE_ITEM_NUMBER:
	case SIEVE_ITEM_MATCH:
		return true;
	case SIEVE_ITEM_STRING:
		return item->a < program->byte_count && item->b < program->byte_count - item->a &&
			program->bytes[item->a + item->b] == '\0';
	case SIEVE_ITEM_LIST:
	case SIEVE_ITEM_TEMPLATE:
		return group_ok(program, self);
	case SIEVE_ITEM_VARIABLE:
		return item->a < (item->b != 0 ? program->global_count : program->variable_count);
	case SIEVE_ITEM_NAME:
		return item->a < self && item->b < self &&
			is_type(program, item->a, SIEVE_ITEM_STRING) &&
			is_type(program, item->b, SIEVE_ITEM_STRING);
	default:
		return false;
	}
}

static int check_items(const struct sieve_program *program, struct roost_error *err)
{
	if (!is_type(program, 0, SIEVE_ITEM_NONE))
		return corrupt(err, "its constants");
	for (uint32_t i = 0; i < program->item_count; i++) {
		if (!item_ok(program, i))
			return corrupt(err, "its constants");
	}
	return 0;
}

static int resolve(struct loader *loader, struct roost_error *err)
{
	struct sieve_program *program = loader->program;

	program->operations = roost_arena_alloc(program->arena, (program->operation_count + 1) *
						sizeof(*program->operations));
	for (uint32_t i = 0; i < program->operation_count; i++) {
		uint32_t name = program->operation_names[i];

		if (!is_type(program, name, SIEVE_ITEM_STRING))
			return corrupt(err, "its operations");
		program->operations[i] = sieve_instance_operation(loader->instance,
				sieve_program_string(program, name).data);
		if (program->operations[i] == NULL)
			return roost_fail(err, ROOST_ERR_UNSUPPORTED, "unknown operation '%s'",
					  sieve_program_string(program, name).data);
	}
	for (uint32_t i = 0; i < program->extension_count; i++) {
		uint32_t name = program->extensions[i];

		if (!is_type(program, name, SIEVE_ITEM_STRING))
			return corrupt(err, "its extensions");
		if (!sieve_instance_offers(loader->instance,
					   sieve_program_string(program, name).data))
			return roost_fail(err, ROOST_ERR_UNSUPPORTED, "extension '%s' is not offered",
					  sieve_program_string(program, name).data);
	}
	return 0;
}

/* Whether the slot holds what the operation was declared to be given. */
static bool slot_ok(const struct sieve_program *program, const struct sieve_def *def,
		    uint32_t slot, uint32_t item)
{
	uint32_t type;

	if (slot == 0 || slot >= SIEVE_SLOT_COUNT || item >= program->item_count)
		return false;
	type = program->items[item].type;
	switch (sieve_def_slot_type(def, slot)) {
	case SIEVE_NUMBER: return type == SIEVE_ITEM_NUMBER;
	case SIEVE_STRING: return type == SIEVE_ITEM_STRING || type == SIEVE_ITEM_TEMPLATE;
	case SIEVE_LIST: return type == SIEVE_ITEM_LIST;
	default: return false;
	}
}

/* The length of the instruction, 0 when it is none. */
static uint32_t instruction(const struct sieve_program *program, uint32_t at)
{
	const uint32_t *code = program->code + at;
	uint32_t left = program->code_count - at, last = 0;

	if (code[0] == SIEVE_CODE_END)
		return 1;
	if (code[0] == SIEVE_CODE_JUMP || code[0] == SIEVE_CODE_JUMP_TRUE ||
	    code[0] == SIEVE_CODE_JUMP_FALSE)
		return left >= 2 ? 2 : 0;
	if (code[0] != SIEVE_CODE_CALL || left < 4 || code[1] >= program->operation_count ||
	    code[3] > (left - 4) / 2)
		return 0;
	for (uint32_t i = 0; i < code[3]; i++) {
		uint32_t slot = code[4 + 2 * i];

		if (slot <= last || !slot_ok(program, program->operations[code[1]], slot,
					     code[5 + 2 * i]))
			return 0;
		last = slot;
	}
	return sieve_def_complete(program, program->operations[code[1]], code) ? 4 + 2 * code[3] : 0;
}

static int check_code(struct loader *loader, struct roost_error *err)
{
	struct sieve_program *program = loader->program;
	uint32_t at, length, last = SIEVE_CODE_CODES;

	for (at = 0; at < program->code_count; at += length) {
		length = instruction(program, at);
		if (length == 0)
			return corrupt(err, "its code");
		loader->starts[at] = true;
		last = program->code[at];
	}
	if (last != SIEVE_CODE_END)
		return corrupt(err, "its code has no end");
	for (at = 0; at < program->code_count; at += length) {
		length = instruction(program, at);
		if (program->code[at] >= SIEVE_CODE_JUMP && program->code[at] <= SIEVE_CODE_JUMP_FALSE &&
		    (program->code[at + 1] >= program->code_count ||
		     !loader->starts[program->code[at + 1]]))
			return corrupt(err, "a jump in its code");
	}
	for (uint32_t i = 0; i < program->unit_count; i++) {
		const struct sieve_unit *unit = &program->units[i];

		if (!is_type(program, unit->name, SIEVE_ITEM_STRING) ||
		    unit->start >= program->code_count || !loader->starts[unit->start] ||
		    unit->first_variable > program->variable_count ||
		    unit->variables > program->variable_count - unit->first_variable)
			return corrupt(err, "its scripts");
	}
	return 0;
}

int sieve_program_load(const struct sieve_instance *instance, struct sieve_text data,
		       struct sieve_program **result, struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("sieve program");
	struct sieve_program *program = roost_arena_new(arena, struct sieve_program);
	struct loader loader = { .instance = instance, .program = program, .left = data.len };

	program->arena = arena;
	program->data = sieve_text_dup(arena, data);
	loader.at = program->data.data;
	if (take_all(&loader, err) < 0 || check_items(program, err) < 0 || resolve(&loader, err) < 0)
		goto fail;
	loader.starts = roost_arena_zalloc(arena, program->code_count + 1);
	if (check_code(&loader, err) < 0)
		goto fail;
	program->prepared = roost_arena_zalloc(arena, program->code_count * sizeof(void *));
	*result = program;
	return 0;
fail:
	roost_arena_free(arena);
	return -1;
}

void sieve_program_free(struct sieve_program *program)
{
	if (program != NULL)
		roost_arena_free(program->arena);
}
