/* Rows for people and programs. R-DA-3. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <roost/arena.h>
#include <roost/utf8.h>
#include <roost/vec.h>
#include "core/base/memory.h"
#include "core/main/admin.h"

struct roost_table {
	struct roost_arena *arena;
	const char *format;
	const char **names;
	bool *right;
	size_t columns, printed;
	ROOST_VEC(const char **) rows;	/* of a table: they wait until the widths are known */
};

static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

/* Line ends and TABs would be taken for ours. */
static void put_escaped(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			(void)fputs("\\n", stdout);
		else if (*text == '\t')
			(void)fputs("\\t", stdout);
		else if (*text == '\\')
			(void)fputs("\\\\", stdout);
		else
			(void)putchar(*text);
	}
}

static void put_json(const char *text)
{
	(void)putchar('"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			(void)printf("\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			(void)printf("\\u%04x", (unsigned)(unsigned char)*text);
		else
			(void)putchar(*text);
	}
	(void)putchar('"');
}

static void put_tab(const char *const *values, size_t columns)
{
	for (size_t i = 0; i < columns; i++) {
		if (i > 0)
			(void)putchar('\t');
		put_escaped(values[i]);
	}
	(void)putchar('\n');
}

static void put_flow(const struct roost_table *table, const char *const *values)
{
	for (size_t i = 0; i < table->columns; i++) {
		(void)printf("%s%s=", i == 0 ? "" : " ", table->names[i]);
		put_escaped(values[i]);
	}
	(void)putchar('\n');
}

static void put_pager(const struct roost_table *table, const char *const *values)
{
	for (size_t i = 0; i < table->columns; i++)
		(void)printf("%s: %s\n", table->names[i], values[i]);
	(void)fputs("\f\n", stdout);
}

static void put_object(struct roost_table *table, const char *const *values)
{
	(void)fputs(table->printed == 0 ? "[{" : ",{", stdout);
	for (size_t i = 0; i < table->columns; i++) {
		if (i > 0)
			(void)putchar(',');
		put_json(table->names[i]);
		(void)putchar(':');
		put_json(values[i]);
	}
	(void)putchar('}');
}

struct roost_table *roost_table_create(struct roost_admin *admin, const char *fallback,
				       const char *const *names)
{
	struct roost_arena *arena = roost_arena_create("table");
	struct roost_table *table = roost_arena_zalloc(arena, sizeof(*table));

	table->arena = arena;
	table->format = admin->format == NULL ? fallback : admin->format;
	while (names[table->columns] != NULL)
		table->columns++;
	table->names = roost_arena_zalloc(arena, table->columns * sizeof(*table->names));
	table->right = roost_arena_zalloc(arena, table->columns * sizeof(*table->right));
	for (size_t i = 0; i < table->columns; i++) {
		table->right[i] = names[i][0] == '>';
		table->names[i] = names[i] + table->right[i];
	}
	if (strcmp(table->format, "tab") == 0)
		put_tab(table->names, table->columns);
	return table;
}

void roost_table_row(struct roost_table *table, const char *const *values)
{
	const char **row;

	if (strcmp(table->format, "tab") == 0) {
		put_tab(values, table->columns);
	} else if (strcmp(table->format, "flow") == 0) {
		put_flow(table, values);
	} else if (strcmp(table->format, "pager") == 0) {
		put_pager(table, values);
	} else if (strcmp(table->format, "json") == 0) {
		put_object(table, values);
	} else {
		row = roost_arena_zalloc(table->arena, table->columns * sizeof(*row));
		for (size_t i = 0; i < table->columns; i++)
			row[i] = roost_arena_strdup(table->arena, values[i]);
		roost_vec_push(&table->rows, row);
	}
	table->printed++;
}

static void put_padded(const struct roost_table *table, const char *const *values,
		       const size_t *widths)
{
	for (size_t i = 0; i < table->columns; i++) {
		int pad = (int)(widths[i] - width_of(values[i]));

		if (i > 0)
			(void)putchar(' ');
		if (table->right[i])
			(void)printf("%*s%s", pad, "", values[i]);
		else if (i + 1 < table->columns)
			(void)printf("%s%*s", values[i], pad, "");
		else
			(void)fputs(values[i], stdout);
	}
	(void)putchar('\n');
}

static void put_table(struct roost_table *table)
{
	size_t *widths = roost_arena_zalloc(table->arena, table->columns * sizeof(*widths));

	for (size_t i = 0; i < table->columns; i++) {
		widths[i] = width_of(table->names[i]);
		for (size_t r = 0; r < table->rows.count; r++) {
			size_t width = width_of(table->rows.items[r][i]);

			if (width > widths[i])
				widths[i] = width;
		}
	}
	put_padded(table, table->names, widths);
	for (size_t r = 0; r < table->rows.count; r++)
		put_padded(table, table->rows.items[r], widths);
}

void roost_table_end(struct roost_table *table)
{
	if (strcmp(table->format, "table") == 0)
		put_table(table);
	else if (strcmp(table->format, "json") == 0)
		(void)fputs(table->printed == 0 ? "[]" : "]", stdout);
	roost_vec_free(&table->rows);
	roost_arena_free(table->arena);
}
