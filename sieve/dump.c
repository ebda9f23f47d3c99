/* dump - a compiled script as text. */
#include "sieve/def.h"
#include "sieve/program.h"

static const char *const slot_names[] = {
#define SIEVE_SLOT_NAME(name, text) text,
	SIEVE_SLOTS(SIEVE_SLOT_NAME)
#undef SIEVE_SLOT_NAME
};

static void dump_string(struct roost_str *out, struct sieve_text text)
{
	roost_str_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c == '"' || c == '\\')
			roost_str_printf(out, "\\%c", c);
		else if (c < ' ')
			roost_str_printf(out, "\\x%02x", c);
		else
			roost_str_byte(out, (char)c);
	}
	roost_str_byte(out, '"');
}

/* Nested at most twice: a list of templates of pieces. */
static void dump_item(struct roost_str *out, const struct sieve_program *program, uint32_t number)
{
	const struct sieve_item *item = &program->items[number];

	switch ((enum sieve_item_type)item->type) {
	case SIEVE_ITEM_NUMBER:
		roost_str_number(out, sieve_program_number(program, number));
		break;
	case SIEVE_ITEM_STRING:
		dump_string(out, sieve_program_string(program, number));
		break;
	case SIEVE_ITEM_LIST:
	case SIEVE_ITEM_TEMPLATE:
		roost_str_puts(out, item->type == SIEVE_ITEM_LIST ? "[" : "<");
		for (uint32_t i = 0; i < item->b; i++) {
			roost_str_puts(out, i > 0 ? " " : "");
			dump_item(out, program, program->index[item->a + i]);
		}
		roost_str_puts(out, item->type == SIEVE_ITEM_LIST ? "]" : ">");
		break;
	case SIEVE_ITEM_VARIABLE:
		roost_str_printf(out, "%s%u", item->b != 0 ? "global" : "variable", item->a);
		break;
	case SIEVE_ITEM_MATCH:
		roost_str_printf(out, "match%u", item->a);
		break;
	case SIEVE_ITEM_NAME:
		roost_str_printf(out, "%s.%s", sieve_program_string(program, item->a).data,
				 sieve_program_string(program, item->b).data);
		break;
	default:
		roost_str_puts(out, "none");
	}
}

static uint32_t dump_instruction(struct roost_str *out, const struct sieve_program *program,
				 uint32_t at)
{
	static const char *const names[] = { "end", "jump", "jump-true", "jump-false" };
	const uint32_t *code = program->code + at;

	roost_str_printf(out, "%6u  ", at);
	if (code[0] != SIEVE_CODE_CALL) {
		roost_str_puts(out, names[code[0]]);
		if (code[0] != SIEVE_CODE_END)
			roost_str_printf(out, " %u", code[1]);
		roost_str_byte(out, '\n');
		return code[0] == SIEVE_CODE_END ? 1 : 2;
	}
	roost_str_printf(out, "%s (line %u)", sieve_program_string(program,
			 program->operation_names[code[1]]).data, code[2]);
	for (uint32_t i = 0; i < code[3]; i++) {
		roost_str_printf(out, " %s=", slot_names[code[4 + 2 * i]]);
		dump_item(out, program, code[5 + 2 * i]);
	}
	roost_str_byte(out, '\n');
	return 4 + 2 * code[3];
}

void sieve_program_dump(struct roost_str *out, const struct sieve_program *program)
{
	roost_str_puts(out, "Extensions:");
	for (uint32_t i = 0; i < program->extension_count; i++)
		roost_str_printf(out, " %s", sieve_program_string(program, program->extensions[i]).data);
	roost_str_byte(out, '\n');
	for (uint32_t i = 0; i < program->unit_count; i++)
		roost_str_printf(out, "Script %u: %s, from %u%s\n", i,
				 sieve_program_string(program, program->units[i].name).data,
				 program->units[i].start, program->units[i].missing ? ", missing" : "");
	for (uint32_t at = 0; at < program->code_count;)
		at += dump_instruction(out, program, at);
}
