/* sieve2 - the callbacks of libsieve in front of this engine. */
#include <stdlib.h>
#include "sieve/compile.h"
#include "sieve/delivery.h"
#include "sieve/extensions.h"
#include "sieve/sieve2.h"

struct value { int number; const char *string; const char *const *list; };

struct sieve2_context {
	struct roost_arena *arena;
	struct sieve_instance *instance;
	struct roost_map *values;
	sieve2_callback_func callbacks[SIEVE2_VALUE_LAST];
	void *user_data;
	int failed;			/* of a callback */
};

/* --- contexts and values --- */

int sieve2_alloc(sieve2_context_t **context)
{
	struct roost_arena *arena;

	if (context == NULL)
		return SIEVE2_ERROR_BADARGS;
	arena = roost_arena_create("sieve2");
	*context = roost_arena_new(arena, struct sieve2_context);
	(*context)->arena = arena;
	(*context)->values = roost_map_create();
	(*context)->instance = sieve_instance_create();
	return SIEVE2_OK;
}

int sieve2_free(sieve2_context_t **context)
{
	if (context == NULL || *context == NULL)
		return SIEVE2_ERROR_BADARGS;
	sieve_instance_free((*context)->instance);
	roost_map_free((*context)->values);
	roost_arena_free((*context)->arena);
	*context = NULL;
	return SIEVE2_OK;
}

int sieve2_callbacks(sieve2_context_t *context, sieve2_callback_t *callbacks)
{
	if (context == NULL || callbacks == NULL)
		return SIEVE2_ERROR_BADARGS;
	for (; callbacks->value != SIEVE2_VALUE_FIRST; callbacks++) {
		if (callbacks->value < SIEVE2_VALUE_FIRST || callbacks->value >= SIEVE2_VALUE_LAST)
			return SIEVE2_ERROR_UNSUPPORTED;
		context->callbacks[callbacks->value] = callbacks->func;
	}
	return SIEVE2_OK;
}

static struct value *new_value(sieve2_context_t *context, const char *name)
{
	struct value *value = roost_arena_new(context->arena, struct value);

	value->number = -1;
	roost_map_set(context->values, name, value);
	return value;
}

static void forget_values(sieve2_context_t *context)
{
	roost_map_free(context->values);
	context->values = roost_map_create();
}

int sieve2_setvalue_int(sieve2_context_t *context, const char * const name, int value)
{
	if (context == NULL || name == NULL)
		return SIEVE2_ERROR_BADARGS;
	new_value(context, name)->number = value;
	return SIEVE2_OK;
}

int sieve2_setvalue_string(sieve2_context_t *context, const char * const name,
			   const char * const value)
{
	if (context == NULL || name == NULL)
		return SIEVE2_ERROR_BADARGS;
	new_value(context, name)->string = roost_arena_strdup(context->arena, value);
	return SIEVE2_OK;
}

int sieve2_setvalue_stringlist(sieve2_context_t *context, const char * const name,
			       const char * const *value)
{
	const char **copy;
	size_t count = 0;

	if (context == NULL || name == NULL || value == NULL)
		return SIEVE2_ERROR_BADARGS;
	while (value[count] != NULL)
		count++;
	copy = roost_arena_zalloc(context->arena, (count + 1) * sizeof(*copy));
	for (size_t i = 0; i < count; i++)
		copy[i] = roost_arena_strdup(context->arena, value[i]);
	new_value(context, name)->list = copy;
	return SIEVE2_OK;
}

static const struct value *find_value(sieve2_context_t *context, const char *name)
{
	return context != NULL && name != NULL ? roost_map_get(context->values, name) : NULL;
}

int sieve2_getvalue_int(sieve2_context_t *context, const char * const name)
{
	const struct value *value = find_value(context, name);

	return value != NULL ? value->number : -1;
}

const char *sieve2_getvalue_string(sieve2_context_t *context, const char * const name)
{
	const struct value *value = find_value(context, name);

	return value != NULL ? value->string : NULL;
}

const char * const *sieve2_getvalue_stringlist(sieve2_context_t *context, const char * const name)
{
	const struct value *value = find_value(context, name);

	return value != NULL ? value->list : NULL;
}

char *sieve2_errstr(const int code)
{
	static char texts[][40] = {
		[SIEVE2_OK] = "no error", [SIEVE2_DONE] = "done",
		[SIEVE2_ERROR_UNSUPPORTED] = "unsupported", [SIEVE2_ERROR_NOT_FINALIZED] = "not finalized",
		[SIEVE2_ERROR_NOMEM] = "out of memory", [SIEVE2_ERROR_EXISTS] = "exists already",
		[SIEVE2_ERROR_PARSE] = "errors in the script", [SIEVE2_ERROR_EXEC] = "execution failed",
		[SIEVE2_ERROR_INTERNAL] = "internal error", [SIEVE2_ERROR_BADARGS] = "bad arguments",
		[SIEVE2_ERROR_GETSCRIPT] = "no script was given", [SIEVE2_ERROR_FAIL] = "a callback failed",
	};
	static char unknown[] = "unknown error";

	return code >= 0 && code < SIEVE2_ERROR_LAST ? texts[code] : unknown;
}

char *sieve2_listextensions(sieve2_context_t *context)
{
	struct roost_str names = ROOST_STR_INIT;
	char *copy;

	if (context == NULL)
		return NULL;
	sieve_instance_list(context->instance, &names);
	copy = roost_arena_strdup(context->arena, roost_str_text(&names));
	roost_str_free(&names);
	return copy;
}

char *sieve2_credits(void)
{
	static char credits[] = "libroost-sieve, the Sieve engine of roost";

	return credits;
}

char *sieve2_license(void)
{
	static char license[] = "GNU Lesser General Public License 2.1; see COPYING of roost";

	return license;
}

/* --- what the program is asked for --- */

static bool call(sieve2_context_t *context, sieve2_values_t value)
{
	if (context->callbacks[value] == NULL)
		return false;
	if (context->callbacks[value](context, context->user_data) != SIEVE2_OK)
		context->failed = SIEVE2_ERROR_FAIL;
	return true;
}

static const char *ask_script(sieve2_context_t *context, const char *path, const char *name)
{
	forget_values(context);
	sieve2_setvalue_string(context, "path", path);
	sieve2_setvalue_string(context, "name", name);
	return call(context, SIEVE2_SCRIPT_GETSCRIPT) ? sieve2_getvalue_string(context, "script") : NULL;
}

static int load_included(void *data, enum sieve_location location, const char *name,
			 struct roost_str *source, struct roost_error *err)
{
	const char *text = ask_script(data, location == SIEVE_GLOBAL ? ":global" : ":personal", name);

	if (text == NULL)
		return roost_fail(err, ROOST_ERR_NOTFOUND, "there is no such script");
	roost_str_puts(source, text);
	return 0;
}

/* All lines end with CRLF; returns whether the field was there. */
static void append_header(sieve2_context_t *context, struct roost_str *out, const char *name)
{
	const char * const *values;

	forget_values(context);
	sieve2_setvalue_string(context, "header", name);
	call(context, SIEVE2_MESSAGE_GETHEADER);
	values = sieve2_getvalue_stringlist(context, "body");
	while (values != NULL && *values != NULL)
		roost_str_printf(out, "%s: %s\r\n", name, *values++);
}

/* Programs that give one header at a time are asked for every name that the script mentions. */
static void append_mentioned(sieve2_context_t *context, const struct sieve_program *program,
			     struct roost_str *out)
{
	struct roost_map *asked = roost_map_create();

	for (uint32_t i = 0; i < program->item_count; i++) {
		struct sieve_text name = sieve_program_string(program, i);
		char *key;

		if (program->items[i].type != SIEVE_ITEM_STRING || name.len > 100 ||
		    !sieve_field_name_valid(name))
			continue;
		key = roost_arena_strndup(context->arena, name.data, name.len);
		for (char *c = key; *c != '\0'; c++)
			*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
		if (roost_map_set(asked, key, context) == NULL)
			append_header(context, out, name.data);
	}
	roost_map_free(asked);
}

static void append_message(sieve2_context_t *context, const struct sieve_program *program,
			   struct roost_str *out)
{
	const char *text;

	forget_values(context);
	if (call(context, SIEVE2_MESSAGE_GETALLHEADERS)) {
		text = sieve2_getvalue_string(context, "allheaders");
		roost_str_puts(out, text != NULL ? text : "");
		while (out->len > 0 && strchr("\r\n", out->data[out->len - 1]) != NULL)
			roost_str_truncate(out, out->len - 1);
		if (out->len > 0)
			roost_str_puts(out, "\r\n");
	} else if (context->callbacks[SIEVE2_MESSAGE_GETHEADER] != NULL) {
		append_mentioned(context, program, out);
	}
	roost_str_puts(out, "\r\n");
	forget_values(context);
	call(context, SIEVE2_MESSAGE_GETBODY);
	text = sieve2_getvalue_string(context, "body");
	roost_str_puts(out, text != NULL ? text : "");
}

static void ask_envelope(sieve2_context_t *context, struct sieve_envelope *envelope)
{
	const char *from, *to;

	forget_values(context);
	call(context, SIEVE2_MESSAGE_GETENVELOPE);
	from = sieve2_getvalue_string(context, "from");
	to = sieve2_getvalue_string(context, "to");
	envelope->from = from != NULL ? from : "";
	envelope->to = envelope->orig_to = to;
}

/* --- what the program is told --- */

static void set_flags(sieve2_context_t *context, const char *const *flags)
{
	if (flags != NULL)
		sieve2_setvalue_stringlist(context, "imapflags", flags);
}

static void tell_vacation(sieve2_context_t *context, const struct sieve_action *action)
{
	if (action->target == NULL)	/* no answer is due */
		return;
	sieve2_setvalue_string(context, "address", action->target);
	sieve2_setvalue_string(context, "message", action->text);
	sieve2_setvalue_string(context, "subject", action->subject);
	sieve2_setvalue_string(context, "fromaddr", action->from_header);
	sieve2_setvalue_string(context, "hash", action->mark);
	sieve2_setvalue_int(context, "days", (int)(action->mark_seconds / 86400));
	sieve2_setvalue_int(context, "mime", action->mime);
	call(context, SIEVE2_ACTION_VACATION);
}

static void tell(sieve2_context_t *context, const struct sieve_action *action)
{
	forget_values(context);
	switch (action->kind) {
	case SIEVE_STORE:
		sieve2_setvalue_string(context, "mailbox", action->target);
		set_flags(context, action->flags);
		call(context, SIEVE2_ACTION_FILEINTO);
		break;
	case SIEVE_KEEP:
		set_flags(context, action->flags);
		call(context, SIEVE2_ACTION_KEEP);
		break;
	case SIEVE_REDIRECT:
		sieve2_setvalue_string(context, "address", action->target);
		call(context, SIEVE2_ACTION_REDIRECT);
		break;
	case SIEVE_DISCARD:
		call(context, SIEVE2_ACTION_DISCARD);
		break;
	case SIEVE_REJECT:
	case SIEVE_EREJECT:
		sieve2_setvalue_string(context, "message", action->text);
		call(context, SIEVE2_ACTION_REJECT);
		break;
	case SIEVE_VACATION:
		tell_vacation(context, action);
		break;
	case SIEVE_NOTIFY:
		sieve2_setvalue_string(context, "method", action->text);
		sieve2_setvalue_string(context, "message", action->subject);
		call(context, SIEVE2_ACTION_NOTIFY);
		break;
	default:			/* programs of this interface know no others */
		break;
	}
}

static void tell_all(sieve2_context_t *context, const struct sieve_result *result)
{
	for (size_t i = 0; i < result->actions.count && context->failed == 0; i++)
		tell(context, result->actions.items[i]);
	if (result->keep_cancelled || context->failed != 0)
		return;
	forget_values(context);
	if (result->internal_flags.len > 0)
		set_flags(context, sieve_flags_array(context->arena, result->internal_flags.data));
	call(context, SIEVE2_ACTION_KEEP);
}

static void tell_errors(sieve2_context_t *context, const struct sieve_diag *diag,
			sieve2_values_t value)
{
	for (size_t i = 0; i < diag->entries.count; i++) {
		const struct sieve_diag_entry *entry = &diag->entries.items[i];

		forget_values(context);
		sieve2_setvalue_int(context, "lineno", (int)entry->at.line);
		sieve2_setvalue_string(context, "message", entry->text);
		sieve2_setvalue_int(context, "level", (int)entry->severity);
		call(context, entry->severity == SIEVE_ERROR ? value : SIEVE2_DEBUG_TRACE);
	}
}

/* --- the two things to do --- */

static int compile(sieve2_context_t *context, struct sieve_program **program)
{
	const struct sieve_loader loader = { load_included, context };
	struct roost_str bytes = ROOST_STR_INIT;
	struct roost_error err;
	struct sieve_diag diag;
	const char *script = ask_script(context, "", "");
	int result = SIEVE2_ERROR_PARSE;

	if (script == NULL)
		return SIEVE2_ERROR_GETSCRIPT;
	sieve_diag_init(&diag);
	if (sieve_compile(context->instance, &loader, "script", SIEVE_MAIN, sieve_text_of(script), &diag,
			  &bytes))
		result = sieve_program_load(context->instance, sieve_text_of_str(&bytes), program, &err) == 0 ?
			SIEVE2_OK : SIEVE2_ERROR_INTERNAL;
	tell_errors(context, &diag, SIEVE2_ERRCALL_PARSE);
	sieve_diag_free(&diag);
	roost_str_free(&bytes);
	return result;
}

static int begin(sieve2_context_t *context, void *user_data)
{
	if (context == NULL)
		return SIEVE2_ERROR_BADARGS;
	context->user_data = user_data;
	context->failed = 0;
	return context->callbacks[SIEVE2_SCRIPT_GETSCRIPT] != NULL ? SIEVE2_OK : SIEVE2_ERROR_GETSCRIPT;
}

int sieve2_validate(sieve2_context_t *context, void *user_data)
{
	struct sieve_program *program = NULL;
	int result = begin(context, user_data);

	if (result == SIEVE2_OK)
		result = compile(context, &program);
	sieve_program_free(program);
	return result;
}

static int run(sieve2_context_t *context, const struct sieve_program *program)
{
	static const struct sieve_host host = { 0 };
	struct roost_str message = ROOST_STR_INIT;
	struct sieve_envelope envelope = { 0 };
	struct sieve_delivery *delivery;
	struct sieve_diag diag;
	int result = SIEVE2_OK;

	append_message(context, program, &message);
	ask_envelope(context, &envelope);
	delivery = sieve_delivery_create(context->instance, &host, sieve_text_of_str(&message), &envelope);
	forget_values(context);
	if (call(context, SIEVE2_MESSAGE_GETSIZE) && sieve2_getvalue_int(context, "size") >= 0)
		delivery->message->claimed_size = (uint64_t)sieve2_getvalue_int(context, "size");
	sieve_diag_init(&diag);
	if (context->failed == 0 && sieve_delivery_run(delivery, program, &diag) < 0)
		result = SIEVE2_ERROR_EXEC;
	tell_errors(context, &diag, SIEVE2_ERRCALL_RUNTIME);
	tell_all(context, &delivery->result);
	sieve_diag_free(&diag);
	sieve_delivery_free(delivery);
	roost_str_free(&message);
	return context->failed != 0 ? context->failed : result;
}

int sieve2_execute(sieve2_context_t *context, void *user_data)
{
	struct sieve_program *program = NULL;
	int result = begin(context, user_data);

	if (result == SIEVE2_OK)
		result = compile(context, &program);
	if (result == SIEVE2_OK)
		result = run(context, program);
	sieve_program_free(program);
	return result;
}
