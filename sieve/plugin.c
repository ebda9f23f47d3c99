/* plugin - extensions that modules bring: their tables in the engine's form. */
#include <roost/sieve.h>
#include "sieve/extensions.h"
#include "sieve/plugin.h"

enum { MAX_TAGS = 4, MAX_PARAMS = 4, MAX_OPERATIONS = 32 };

struct roost_sieve_call {
	struct sieve_run *run;
	const struct sieve_args *args;
	const struct roost_sieve_operation *operation;
	struct sieve_matcher *matcher;	/* NULL: the operation does not match */
};

/* --- what a call can ask --- */

static enum sieve_slot argument_slot(uint32_t argument)
{
	return argument < MAX_PARAMS ? (enum sieve_slot)(SIEVE_SLOT_ARG0 + argument) : SIEVE_SLOT_NONE;
}

static enum sieve_slot tag_slot(const struct roost_sieve_operation *operation, uint32_t tag)
{
	bool string = tag < MAX_TAGS && operation->tags[tag].type == ROOST_SIEVE_STRING;

	return tag >= MAX_TAGS ? SIEVE_SLOT_NONE :
		(enum sieve_slot)((string ? SIEVE_SLOT_TEXT0 : SIEVE_SLOT_NUMBER0) + tag);
}

static const char *give(struct sieve_text text, size_t *len)
{
	if (len != NULL)
		*len = text.len;
	return text.data;
}

static uint64_t get_number(struct roost_sieve_call *call, uint32_t argument)
{
	return sieve_arg_number(call->args, argument_slot(argument), 0);
}

static bool is_list(const struct roost_sieve_call *call, uint32_t argument)
{
	return argument < MAX_PARAMS && call->operation->params[argument].type == ROOST_SIEVE_LIST;
}

static uint32_t get_count(struct roost_sieve_call *call, uint32_t argument)
{
	if (!sieve_arg_has(call->args, argument_slot(argument)))
		return 0;
	return is_list(call, argument) ? sieve_arg_count(call->args, argument_slot(argument)) : 1;
}

static const char *get_string(struct roost_sieve_call *call, uint32_t argument, uint32_t at, size_t *len)
{
	if (at >= get_count(call, argument) ||
	    call->operation->params[argument].type == ROOST_SIEVE_NUMBER)
		return NULL;
	return give(is_list(call, argument) ?
		    sieve_arg_list(call->run, call->args, argument_slot(argument), at) :
		    sieve_arg_string(call->run, call->args, argument_slot(argument)), len);
}

static bool has_tag(struct roost_sieve_call *call, uint32_t tag)
{
	return sieve_arg_has(call->args, tag_slot(call->operation, tag));
}

static uint64_t tag_number(struct roost_sieve_call *call, uint32_t tag)
{
	return tag < MAX_TAGS && call->operation->tags[tag].type != ROOST_SIEVE_STRING ?
		sieve_arg_number(call->args, tag_slot(call->operation, tag), 0) : 0;
}

static const char *tag_string(struct roost_sieve_call *call, uint32_t tag, size_t *len)
{
	if (tag >= MAX_TAGS || call->operation->tags[tag].type != ROOST_SIEVE_STRING)
		return NULL;
	return give(sieve_arg_string(call->run, call->args, tag_slot(call->operation, tag)), len);
}

static const char *get_message(struct roost_sieve_call *call, size_t *len)
{
	return give(sieve_message_text(call->run->message), len);
}

static const char *get_header(struct roost_sieve_call *call, const char *name, uint32_t nth, size_t *len)
{
	struct sieve_field *field;
	size_t position = 0;

	do {
		field = sieve_message_field(call->run->message, sieve_text_of(name), &position);
	} while (field != NULL && nth-- > 0);
	return field != NULL ? give(sieve_field_value(call->run->message, field), len) : NULL;
}

static const char *get_sender(struct roost_sieve_call *call)
{
	return call->run->envelope->from;
}

static const char *get_recipient(struct roost_sieve_call *call)
{
	return call->run->envelope->to;
}

static bool match_value(struct roost_sieve_call *call, const char *text, size_t len)
{
	return call->matcher != NULL &&
		sieve_match_value(call->matcher, (struct sieve_text){ text, len }) != 0;
}

static void warn(struct roost_sieve_call *call, const char *text)
{
	sieve_run_warning(call->run, "%s", text);
}

static const struct roost_sieve_engine engine = {
	.number = get_number, .count = get_count, .string = get_string, .has_tag = has_tag,
	.tag_number = tag_number, .tag_string = tag_string, .message = get_message,
	.header = get_header, .sender = get_sender, .recipient = get_recipient,
	.value = match_value, .warn = warn,
};

static int run_operation(struct sieve_run *run, const struct sieve_args *args)
{
	const struct sieve_def *def = args->program->operations[args->code[1]];
	struct roost_sieve_call call = { .run = run, .args = args, .operation = def->plugin };
	struct roost_error err = { 0 };
	int result, matched = 0;

	if (call.operation->matches)
		call.matcher = sieve_match_begin(run, args);
	result = call.operation->run(&call, &engine, &err);
	if (call.matcher != NULL)
		matched = sieve_match_end(call.matcher);
	if (result < 0)
		return sieve_run_error(run, "%s %s: %s", def->name, def->is_test ? "test" : "command",
				       err.text);
	return call.matcher != NULL ? matched : result;
}

/* --- tables --- */

static const enum sieve_type types[] = {
	[ROOST_SIEVE_FLAG] = SIEVE_FLAG, [ROOST_SIEVE_NUMBER] = SIEVE_NUMBER,
	[ROOST_SIEVE_STRING] = SIEVE_STRING, [ROOST_SIEVE_LIST] = SIEVE_LIST,
};

static int convert_operation(struct sieve_def *def, const struct roost_sieve_operation *operation)
{
	uint32_t count = 0;

	*def = (struct sieve_def){ .name = operation->name, .is_test = operation->is_test,
				   .is_command = !operation->is_test, .run = run_operation,
				   .required = (uint8_t)operation->required, .plugin = operation,
				   .groups = operation->matches ? SIEVE_GROUP_ALL_MATCH : 0,
				   .keys = operation->matches ? (enum sieve_slot)(SIEVE_SLOT_ARG0 +
					   operation->required - 1) : SIEVE_SLOT_NONE };
	for (; count < MAX_PARAMS && operation->params[count].name != NULL; count++) {
		if (operation->params[count].type < ROOST_SIEVE_NUMBER ||
		    operation->params[count].type > ROOST_SIEVE_LIST)
			return -1;
		def->params[count] = (struct sieve_param){ types[operation->params[count].type],
							   operation->params[count].name };
	}
	if (operation->params[count].name != NULL || operation->required > count || operation->run == NULL)
		return -1;
	return operation->matches && (!operation->is_test || operation->required != count || count == 0 ||
		operation->params[count - 1].type != ROOST_SIEVE_LIST) ? -1 : 0;
}

static int convert_tags(struct sieve_tag *tags, uint32_t *count,
			const struct roost_sieve_operation *operation)
{
	for (uint32_t i = 0; operation->tags[i].name != NULL; i++) {
		if (i == MAX_TAGS || operation->tags[i].type > ROOST_SIEVE_STRING)
			return -1;
		tags[(*count)++] = (struct sieve_tag){ .name = operation->tags[i].name,
			.commands = operation->name, .slot = tag_slot(operation, i),
			.type = types[operation->tags[i].type] };
	}
	return 0;
}

int sieve_instance_add_plugin(struct sieve_instance *instance, const struct roost_sieve_ops *ops,
			      struct roost_error *err)
{
	struct sieve_extension *extension = roost_arena_new(instance->arena, struct sieve_extension);
	struct sieve_def *defs = roost_arena_zalloc(instance->arena,
						    (MAX_OPERATIONS + 1) * sizeof(*defs));
	struct sieve_tag *tags = roost_arena_zalloc(instance->arena,
		(MAX_OPERATIONS * MAX_TAGS + 1) * sizeof(*tags));
	const struct roost_sieve_operation *operation = ops->operations;
	uint32_t tag_count = 0;

	if (sieve_instance_find(instance, ops->name) >= 0 ||
	    instance->extensions.count >= SIEVE_MAX_EXTENSIONS)
		return roost_fail(err, ROOST_ERR_EXISTS, "Sieve extension '%s' cannot be added: there is one "
				  "of this name, or there are too many", ops->name);
	for (uint32_t i = 0; operation != NULL && operation->name != NULL; operation++, i++) {
		if (i == MAX_OPERATIONS || convert_operation(&defs[i], operation) < 0 ||
		    convert_tags(tags, &tag_count, operation) < 0)
			return roost_fail(err, ROOST_ERR_INVALID, "Sieve extension '%s': its operation '%s' is "
					  "declared wrongly", ops->name, operation->name);
	}
	*extension = (struct sieve_extension){ .name = ops->name, .version = ops->version,
		.off = !ops->by_default, .defs = defs, .tags = tags };
	sieve_instance_add(instance, extension);
	instance->offered[instance->extensions.count - 1] = ops->by_default;
	return 0;
}
