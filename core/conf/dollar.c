/* "$name" in values: another setting's value so far. R-CFG-12. */
#include <string.h>
#include <roost/str.h>
#include "core/conf/judge.h"

static bool name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		c == '_';
}

static void put_variable(struct conf_store *store, struct roost_str *out, const char *word,
			 size_t len, uint32_t context, struct conf_place at)
{
	char *name = roost_arena_strndup(store->arena, word + 1, len - 1);
	struct conf_slot *slot = NULL;
	const struct conf_value *value;
	size_t i = 0;

	while (name_byte(name[i]))
		i++;
	if (name[i] == '\0' && i > 0)
		slot = conf_store_slot(store, name);
	if (slot == NULL) {
		conf_error(store->problems, at, "Unknown variable: $%s", name);
		return;
	}
	value = conf_slot_in(store, slot, context);
	if (value != NULL && value->how == CONF_WRITTEN_FILE && value->text == NULL)
		return;
	roost_str_puts(out, value == NULL ? conf_slot_fallback(store, slot) : value->text);
}

const char *conf_dollar(struct conf_store *store, const char *text, uint32_t context,
			struct conf_place at)
{
	struct roost_str out = ROOST_STR_INIT;
	const char *result;

	if (strchr(text, '$') == NULL)
		return text;
	while (*text != '\0') {
		size_t blanks = strspn(text, " \t"), len;

		roost_str_append(&out, text, blanks);
		text += blanks;
		len = strcspn(text, " \t");
		/* A word that only has a "$" in it, or is one, is text: "%$:" */
		if (text[0] == '$' && len > 1)
			put_variable(store, &out, text, len, context, at);
		else
			roost_str_append(&out, text, len);
		text += len;
	}
	/* "$mail_plugins quota" of an empty list is "quota". */
	text = roost_str_text(&out);
	text += strspn(text, " \t");
	result = roost_arena_strdup(store->arena, text);
	roost_str_free(&out);
	return result;
}
