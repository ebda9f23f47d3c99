/* diag - collects diagnostics and writes them for people and for programs. */
#include "sieve/diag.h"

static const char *const severities[] = { "error", "warning", "info" };

void sieve_diag_init(struct sieve_diag *diag)
{
	*diag = (struct sieve_diag){ .arena = roost_arena_create("sieve diagnostics") };
}

void sieve_diag_free(struct sieve_diag *diag)
{
	roost_vec_free(&diag->entries);
	roost_arena_free(diag->arena);
	diag->arena = NULL;
}

void sieve_diag_clear(struct sieve_diag *diag)
{
	diag->entries.count = 0;
	diag->errors = 0;
	roost_arena_reset(diag->arena);
}

void sieve_diag_vadd(struct sieve_diag *diag, enum sieve_severity severity,
		     struct sieve_message_at at, const char *format, va_list args)
{
	struct sieve_diag_entry entry = { .severity = severity, .at = at };

	entry.at.script = roost_arena_strdup(diag->arena, at.script);
	entry.text = roost_arena_vprintf(diag->arena, format, args);
	roost_vec_push(&diag->entries, entry);
	if (severity == SIEVE_ERROR)
		diag->errors++;
	if (diag->seen != NULL)
		diag->seen(diag->context, &entry);
}

void sieve_diag_add(struct sieve_diag *diag, enum sieve_severity severity,
		    struct sieve_message_at at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	sieve_diag_vadd(diag, severity, at, format, args);
	va_end(args);
}

void sieve_diag_write(struct roost_str *out, const struct sieve_diag_entry *entry)
{
	if (entry->at.script != NULL)
		roost_str_printf(out, "%s: ", entry->at.script);
	if (entry->at.line != 0)
		roost_str_printf(out, "line %u: ", entry->at.line);
	roost_str_printf(out, "%s: %s.\n", severities[entry->severity], entry->text);
}

static void write_json_string(struct roost_str *out, const char *text)
{
	roost_str_byte(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			roost_str_printf(out, "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			roost_str_printf(out, "\\u%04x", (unsigned char)*text);
		else
			roost_str_byte(out, *text);
	}
	roost_str_byte(out, '"');
}

void sieve_diag_write_json(struct roost_str *out, const struct sieve_diag *diag)
{
	roost_str_byte(out, '[');
	for (size_t i = 0; i < diag->entries.count; i++) {
		const struct sieve_diag_entry *entry = &diag->entries.items[i];

		roost_str_printf(out, "%s\n  {\"severity\": \"%s\", \"script\": ", i > 0 ? "," : "",
				 severities[entry->severity]);
		if (entry->at.script != NULL)
			write_json_string(out, entry->at.script);
		else
			roost_str_puts(out, "null");
		roost_str_printf(out, ", \"line\": %u, \"column\": %u, \"message\": ",
				 entry->at.line, entry->at.column);
		write_json_string(out, entry->text);
		roost_str_byte(out, '}');
	}
	roost_str_puts(out, diag->entries.count > 0 ? "\n]\n" : "]\n");
}
