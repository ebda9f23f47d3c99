/* diag - collects diagnostics and writes them for people and for programs. */
#include <roost/utf8.h>
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

/* One line, whatever a script has in its strings. */
static void write_line(struct roost_str *out, const char *text)
{
	for (; *text != '\0'; text++)
		roost_str_byte(out, (unsigned char)*text < ' ' || *text == 127 ? ' ' : *text);
}

void sieve_diag_write(struct roost_str *out, const struct sieve_diag_entry *entry)
{
	if (entry->at.script != NULL)
		roost_str_printf(out, "%s: ", entry->at.script);
	if (entry->at.line != 0)
		roost_str_printf(out, "line %u: ", entry->at.line);
	roost_str_printf(out, "%s: ", severities[entry->severity]);
	write_line(out, entry->text);
	roost_str_puts(out, ".\n");
}

static void write_json_string(struct roost_str *out, const char *text)
{
	size_t len = strlen(text), step;

	roost_str_byte(out, '"');
	for (size_t at = 0; at < len; at += step) {
		uint32_t code;

		step = roost_utf8_decode(text + at, len - at, &code);
		if (step == 0)		/* no UTF-8: the replacement character */
			code = 0xfffd;
		if (code == '"' || code == '\\')
			roost_str_printf(out, "\\%c", (char)code);
		else if (code < ' ' || step == 0)
			roost_str_printf(out, "\\u%04x", code);
		else
			roost_str_append(out, text + at, step);
		step = step > 0 ? step : 1;
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
