/* ext_programs - programs of the administrator: vnd.dovecot.pipe, vnd.dovecot.filter, vnd.dovecot.execute. */
#include "sieve/extensions.h"

enum { MAX_NAME = 128, MAX_ARGUMENT = 1024, MAX_ARGUMENTS = 32 };

static bool has_control(struct sieve_text text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.data[i] < ' ' || text.data[i] == 127)
			return true;
	}
	return false;
}

static bool name_ok(struct sieve_text name)
{
	return name.len > 0 && name.len <= MAX_NAME && !has_control(name) &&
		memchr(name.data, '/', name.len) == NULL && !sieve_text_is(name, ".") &&
		!sieve_text_is(name, "..");
}

static bool argument_ok(struct sieve_text argument)
{
	return argument.len <= MAX_ARGUMENT && !has_control(argument);
}

static int check_program(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *args = sieve_use_find(use, SIEVE_SLOT_ARG1);
	const char *command = sieve_use_name(check, use);
	struct sieve_text text;

	if (sieve_bound_constant(sieve_use_find(use, SIEVE_SLOT_ARG0), &text) && !name_ok(text)) {
		sieve_check_error(check, use->at, "the %s: invalid program name '%.80s'", command,
				  text.data);
		return -1;
	}
	if (args != NULL && args->count > MAX_ARGUMENTS) {
		sieve_check_error(check, args->at, "the %s: more than %d program arguments", command,
				  MAX_ARGUMENTS);
		return -1;
	}
	for (uint32_t i = 0; args != NULL && i < args->count; i++) {
		if (!args->strings[i].constant || argument_ok(args->strings[i].text))
			continue;
		sieve_check_error(check, args->at, "the %s: invalid program argument '%.80s'", command,
				  args->strings[i].text.data);
		return -1;
	}
	return 0;
}

/* Name and arguments as they are now; -1 with the error reported. */
static int evaluate(struct sieve_run *run, const struct sieve_args *args,
		    struct sieve_external *external)
{
	struct sieve_text name = sieve_arg_string(run, args, SIEVE_SLOT_ARG0);
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_ARG1);
	const char **list = roost_arena_zalloc(run->arena, ((size_t)count + 1) * sizeof(*list));

	if (!name_ok(name))
		return sieve_run_error(run, "invalid program name '%.80s'", name.data);
	if (count > MAX_ARGUMENTS)
		return sieve_run_error(run, "more than %d program arguments", MAX_ARGUMENTS);
	for (uint32_t i = 0; i < count; i++) {
		struct sieve_text text = sieve_arg_list(run, args, SIEVE_SLOT_ARG1, i);

		if (!argument_ok(text))
			return sieve_run_error(run, "invalid program argument '%.80s'", text.data);
		list[i] = text.data;
	}
	external->program = name.data;
	external->args = list;
	external->sender = run->envelope->from;
	external->recipient = run->envelope->to;
	external->orig_recipient = run->envelope->orig_to;
	return 0;
}

/* 1: content, 0: not (a command that is not ends the script), -1: reported. */
static int call(struct sieve_run *run, const struct sieve_args *args,
		const struct sieve_external *external, struct roost_str *output)
{
	struct roost_error err = { 0 };
	int result = run->host->external != NULL ?
		run->host->external(run->host->context, external, output, &err) :
		roost_fail(&err, ROOST_ERR_UNSUPPORTED, "no programs are run here");

	if (result == 0)
		return 1;
	if (result > 0 && !sieve_arg_is_command(args)) {
		sieve_run_warning(run, "program '%s': %s", external->program, err.text);
		return 0;
	}
	return sieve_run_error(run, "failed to execute program '%s' for the %s command: %s",
			       external->program, external->extension, err.text);
}

static int run_pipe(struct sieve_run *run, const struct sieve_args *args)
{
	bool copy = sieve_arg_has(args, SIEVE_SLOT_COPY);
	struct sieve_action action = { .kind = SIEVE_PIPE, .name = "pipe", .copy = copy,
				       .try = sieve_arg_has(args, SIEVE_SLOT_TRY) };
	struct sieve_external external = { .extension = "pipe" };

	if (evaluate(run, args, &external) < 0)
		return -1;
	action.target = external.program;
	action.args = external.args;
	return sieve_run_act(run, &action, !copy);
}

static int run_filter(struct sieve_run *run, const struct sieve_args *args)
{
	/* a byte more than is allowed tells that it is too much */
	struct sieve_external external = { .extension = "filter", .input = sieve_message_text(run->message),
		.most = run->memory_limit > 0 ? run->memory_limit + 1 : SIZE_MAX };
	struct roost_str output = ROOST_STR_INIT;
	int result;

	if (evaluate(run, args, &external) < 0)
		return -1;
	result = call(run, args, &external, &output);
	if (result > 0 && sieve_run_room(run, output.len) < 0)
		result = -1;
	else if (result > 0 && output.len > 0)
		sieve_message_replace(run->message, sieve_text_of_str(&output));
	roost_str_free(&output);
	return result;
}

static int run_execute(struct sieve_run *run, const struct sieve_args *args)
{
	struct sieve_external external = { .extension = "execute",
		.most = sieve_variable_limit(run->instance) };
	struct roost_str output = ROOST_STR_INIT;
	bool wanted = sieve_arg_has(args, SIEVE_SLOT_OUTPUT);
	int result;

	if (evaluate(run, args, &external) < 0)
		return -1;
	external.input = sieve_arg_has(args, SIEVE_SLOT_PIPE) ? sieve_message_text(run->message) :
		sieve_arg_string(run, args, SIEVE_SLOT_INPUT);
	result = call(run, args, &external, wanted ? &output : NULL);
	if (result > 0 && wanted)
		sieve_variable_set(run, sieve_run_variable(run, args, SIEVE_SLOT_OUTPUT),
				   sieve_text_of_str(&output));
	roost_str_free(&output);
	return result;
}

static int check_output(struct sieve_check *check, struct sieve_use *use, struct sieve_bound *bound)
{
	struct sieve_text name = bound->strings[0].text;
	int number;

	if (!sieve_is_identifier(name)) {
		sieve_check_error(check, bound->at, "the :output tag for the %s: '%s' is no valid "
				  "variable name", sieve_use_name(check, use), name.data);
		return -1;
	}
	number = sieve_check_variable(check, name, bound->at);
	bound->number = (uint64_t)number;
	return number < 0 ? -1 : 0;
}

#define PARAMS .required = 1, .check = check_program, \
	.params = { { SIEVE_STRING, "program-name" }, { SIEVE_LIST, "arguments" } }
#define INPUT_CLASS .commands = "execute", .exclusive = "INPUT"

static const struct sieve_def pipe_defs[] = {
	{ .name = "pipe", .is_command = true, .action = true, .run = run_pipe, PARAMS },
	{ 0 }
};

static const struct sieve_tag pipe_tags[] = {
	{ .name = "try", .commands = "pipe", .slot = SIEVE_SLOT_TRY },
	{ .name = "copy", .commands = "pipe", .slot = SIEVE_SLOT_COPY, .with = "copy" },
	{ 0 }
};

static const struct sieve_def filter_defs[] = {
	{ .name = "filter", .is_command = true, .is_test = true, .run = run_filter, PARAMS },
	{ 0 }
};

static const struct sieve_def execute_defs[] = {
	{ .name = "execute", .is_command = true, .is_test = true, .run = run_execute, PARAMS },
	{ 0 }
};

static int check_input(struct sieve_check *check, struct sieve_use *use, struct sieve_bound *bound)
{
	if (sieve_use_find(use, SIEVE_SLOT_PIPE) == NULL || sieve_use_find(use, SIEVE_SLOT_INPUT) == NULL)
		return 0;
	sieve_check_error(check, bound->at, "encountered duplicate INPUT argument (:%s) for the %s",
			  bound->tag->name, sieve_use_name(check, use));
	return -1;
}

static const struct sieve_tag execute_tags[] = {
	{ .name = "pipe", .slot = SIEVE_SLOT_PIPE, .check = check_input, INPUT_CLASS },
	{ .name = "input", .slot = SIEVE_SLOT_INPUT, .type = SIEVE_STRING, .check = check_input,
	  INPUT_CLASS },
	{ .name = "output", .commands = "execute", .slot = SIEVE_SLOT_OUTPUT, .type = SIEVE_STRING,
	  .value = 1, .constant = true, .with = "variables", .check = check_output },
	{ 0 }
};

const struct sieve_extension sieve_ext_pipe = { .name = "vnd.dovecot.pipe", .defs = pipe_defs,
						.tags = pipe_tags, .off = true };
const struct sieve_extension sieve_ext_filter = { .name = "vnd.dovecot.filter",
						  .defs = filter_defs, .off = true };
const struct sieve_extension sieve_ext_execute = { .name = "vnd.dovecot.execute",
						   .defs = execute_defs, .tags = execute_tags,
						   .off = true };
