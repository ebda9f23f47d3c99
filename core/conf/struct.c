/* From the table to a module's settings struct. */
#include <string.h>
#include <roost/str.h>
#include <roost/vec.h>
#include "core/conf/scope_private.h"
#include "core/conf/value.h"

/* "~/x" in the user's home; elsewhere "~" stays, for there is none. */
static void put_home(const struct roost_scope *scope, struct roost_str *out, const char *path)
{
	const char *home = roost_scope_variable(scope, "home");

	if (path[0] == '~' && (path[1] == '/' || path[1] == '\0') && home != NULL && *home != '\0') {
		roost_str_puts(out, home);
		path++;
	}
	roost_str_puts(out, path);
}

/* The text of a value as this scope sees it. In the arena. */
static int value_text(const struct roost_scope *scope, const char *name,
		      const struct scope_raw *raw, uint32_t type, const char **text,
		      struct roost_error *err)
{
	bool path = (type & 0xff) == ROOST_SET_PATH;
	bool expanded = (type & ROOST_SET_EXPANDED) != 0 || path ||
		(raw->flags & CONF_ENTRY_EXPANDED) != 0;
	struct roost_str out = ROOST_STR_INIT, whole = ROOST_STR_INIT;
	int result = 0;

	*text = raw->value;
	if (raw->given)
		expanded = false;
	if ((!expanded || strchr(raw->value, '%') == NULL) && !(path && raw->value[0] == '~'))
		return 0;
	if (expanded)
		result = roost_scope_expand(scope, &out, raw->value, err);
	else
		roost_str_puts(&out, raw->value);
	if (path)
		put_home(scope, &whole, roost_str_text(&out));
	else
		roost_str_puts(&whole, roost_str_text(&out));
	*text = roost_arena_strdup(scope->arena, roost_str_text(&whole));
	roost_str_free(&out);
	roost_str_free(&whole);
	return result < 0 ? roost_fail_prefix(err, "%s", name) : 0;
}

const char *roost_scope_value(const struct roost_scope *scope, const char *name)
{
	struct roost_scope *owner = (struct roost_scope *)scope;
	struct scope_raw raw;
	const char *text;

	if (owner->texts != NULL && (text = roost_map_get(owner->texts, name)) != NULL)
		return text;
	if (!scope_find(scope, name, &raw))
		return NULL;
	/* An unknown variable leaves its name in the text, which is what an operator can find. */
	value_text(scope, name, &raw, raw.flags & CONF_ENTRY_TYPE, &text, NULL);
	if (owner->texts == NULL)
		owner->texts = roost_map_create();
	roost_map_set(owner->texts, name, (void *)text);
	return text;
}

static const char *const *make_list(const struct roost_scope *scope, const char *text)
{
	static const char blanks[] = " \t\r\n,";
	size_t count = 0, capacity = strlen(text) / 2 + 2;
	const char **list = roost_arena_zalloc(scope->arena, capacity * sizeof(*list));

	for (text += strspn(text, blanks); *text != '\0'; text += strspn(text, blanks)) {
		size_t len = strcspn(text, blanks);

		list[count++] = roost_arena_strndup(scope->arena, text, len);
		text += len;
	}
	return list;
}

/* What stands in the struct when nobody wrote anything. */
static const char *field_fallback(const struct roost_scope *scope,
				  const struct roost_setting *field)
{
	if (field->fallback == NULL)
		return NULL;
	if ((field->type & 0xff) == ROOST_SET_ENUM)
		return roost_arena_strndup(scope->arena, field->fallback,
					   strcspn(field->fallback, "|"));
	return field->fallback;
}

static int store(const struct roost_scope *scope, const struct roost_setting *field,
		 const char *text, void *to, struct roost_error *err)
{
	switch (field->type & 0xff) {
	case ROOST_SET_BOOL:
		return conf_value_bool(text, to, err);
	case ROOST_SET_UINT:
		return conf_value_uint(text, to, err);
	case ROOST_SET_OCTAL:
		return conf_value_octal(text, to, err);
	case ROOST_SET_SIZE:
		return conf_value_size(text, to, err);
	case ROOST_SET_TIME:
		return conf_value_time(text, to, err);
	case ROOST_SET_ENUM:
		return conf_value_enum(text, field->fallback, to, err);
	case ROOST_SET_LIST:
		*(const char *const **)to = make_list(scope, text);
		return 0;
	default:
		*(const char **)to = text;
		return 0;
	}
}

static int fill_field(const struct roost_scope *scope, const struct roost_setting *field,
		      char *settings, struct roost_error *err)
{
	uint32_t type = field->type & 0xff;
	void *to = settings + field->offset;
	struct scope_raw raw = { .file = "" };
	const char *text;

	if (field->type & ROOST_SET_FAMILY) {
		*(const struct roost_setting_pair **)to = scope_family(scope, field->name);
		return 0;
	}
	if (!scope_find(scope, field->name, &raw))
		raw.value = field_fallback(scope, field);
	/* Unset is 0, "" or an empty list; only strings can tell it from being empty. */
	if (raw.value == NULL || (*raw.value == '\0' && type != ROOST_SET_STRING &&
				  type != ROOST_SET_PATH && type != ROOST_SET_LIST)) {
		if (type == ROOST_SET_STRING || type == ROOST_SET_PATH)
			*(const char **)to = "";
		else if (type == ROOST_SET_LIST)
			*(const char *const **)to = make_list(scope, "");
		return 0;
	}
	if (value_text(scope, field->name, &raw, field->type, &text, err) < 0)
		return -1;
	if (store(scope, field, text, to, err) < 0) {
		struct roost_error cause = *err;

		return roost_fail_detail(err, ROOST_ERR_CONFIG, "%s: %s", field->name,
					 roost_error_log(&cause));
	}
	return 0;
}

int roost_settings_get(const struct roost_scope *scope, const struct roost_settings *schema,
		       const void **settings, struct roost_error *err)
{
	struct roost_scope *owner = (struct roost_scope *)scope;
	struct scope_struct *made;
	struct roost_error local;
	void *filled;

	if (err == NULL)
		err = &local;
	for (made = scope->structs; made != NULL; made = made->next) {
		if (made->schema == schema) {
			*settings = made->settings;
			return 0;
		}
	}
	filled = roost_arena_zalloc(scope->arena, schema->size);
	for (const struct roost_setting *field = schema->fields; field->name != NULL; field++) {
		if (fill_field(scope, field, filled, err) < 0)
			return -1;
	}
	made = roost_arena_new(scope->arena, struct scope_struct);
	made->schema = schema;
	made->settings = filled;
	made->next = owner->structs;
	owner->structs = made;
	*settings = filled;
	return 0;
}
