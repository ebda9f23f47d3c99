/* One setting with its value, so that what is printed reads back as the same. R-DCF-4, R-CFG-13. */
#include <string.h>
#include "core/conf/print.h"
#include "core/conf/value.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* A quote that opens and does not close makes text of the rest of the line. */
static bool has_open_quote(const char *text)
{
	char open = '\0';

	for (; *text != '\0'; text++) {
		if (open != '\0' && *text == '\\' && text[1] != '\0')
			text++;
		else if (open == '\0' && (*text == '"' || *text == '\''))
			open = *text;
		else if (*text == open)
			open = '\0';
	}
	return open != '\0';
}

static bool needs_quotes(const char *text, enum conf_written how)
{
	size_t len = strlen(text);

	if (len == 0)
		return false;
	if (is_blank(text[0]) || is_blank(text[len - 1]) || strpbrk(text, "#\n\r") != NULL ||
	    text[len - 1] == '\\' || text[0] == '<' || has_open_quote(text))
		return true;
	/* What would be taken for quotes around it all, or for another setting's name. */
	if (len > 1 && (text[0] == '"' || text[0] == '\'') && text[len - 1] == text[0])
		return true;
	return how == CONF_WRITTEN_QUOTED && (text[0] == '$' || strstr(text, " $") != NULL);
}

static void put_text(struct roost_str *out, const char *text, enum conf_written how)
{
	if (!needs_quotes(text, how)) {
		roost_str_puts(out, text);
		return;
	}
	roost_str_byte(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			roost_str_byte(out, '\\');
		roost_str_byte(out, *text);
	}
	roost_str_byte(out, '"');
}

/* "$mail_plugins quota" of mail_plugins itself says nothing once it stands alone. */
static bool names_itself(const struct conf_slot *slot, const char *written)
{
	size_t len = strlen(slot->key);

	for (const char *p = strchr(written, '$'); p != NULL; p = strchr(p + 1, '$')) {
		if (strncmp(p + 1, slot->key, len) == 0 && (p[len + 1] == '\0' || is_blank(p[len + 1])))
			return true;
	}
	return false;
}

static const char *shown_text(const struct conf_print *print, const struct conf_slot *slot,
			      const struct conf_value *value)
{
	if (value == NULL || print->which == CONF_PRINT_DEFAULTS)
		return print->expand ? conf_slot_fallback(print->store, slot) : slot->fallback;
	if (print->expand || value->written == NULL || value->how == CONF_WRITTEN_QUOTED ||
	    names_itself(slot, value->written))
		return value->text;
	return value->written;
}

static void put_value(const struct conf_print *print, const struct conf_slot *slot,
		      const struct conf_value *value)
{
	uint32_t type = slot->setting == NULL ? ROOST_SET_STRING : slot->setting->type;
	bool file = value != NULL && value->how == CONF_WRITTEN_FILE &&
		(!print->expand || value->text == NULL) && print->which != CONF_PRINT_DEFAULTS;
	const char *text = shown_text(print, slot, value);
	struct roost_str form = ROOST_STR_INIT;

	if (text == NULL)
		text = "";
	if (type & ROOST_SET_SECRET && !print->secrets && *text != '\0') {
		roost_str_puts(print->out, "# hidden, use -P to show it");
		return;
	}
	if (file) {
		roost_str_printf(print->out, "<%s", value->written);
		return;
	}
	conf_value_print(&form, type, text);
	if (print->flat || print->bare)
		roost_str_puts(print->out, roost_str_text(&form));
	else
		put_text(print->out, roost_str_text(&form), value == NULL ? CONF_WRITTEN_PLAIN :
			 value->how);
	roost_str_free(&form);
}

void conf_print_setting(const struct conf_print *print, const struct conf_slot *slot,
			const struct conf_value *value, unsigned depth)
{
	if (!print->bare) {
		for (unsigned i = 0; i < depth && !print->flat; i++)
			roost_str_puts(print->out, "  ");
		roost_str_printf(print->out, print->flat ? "%s=" : "%s = ",
				 print->flat ? slot->path : slot->key);
	}
	put_value(print, slot, value);
	roost_str_byte(print->out, '\n');
}
