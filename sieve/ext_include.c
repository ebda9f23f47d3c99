/* ext_include - scripts in scripts. RFC 6609. */
#include "sieve/extensions.h"

/* No path, no control characters, no line separators of Unicode. */
static bool script_name_ok(struct sieve_text name)
{
	if (name.len == 0 || name.len > 256)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.data[i];

		if (c < ' ' || c == 127 || c == '/')
			return false;
	}
	return memmem(name.data, name.len, "\xc2\x85", 2) == NULL &&
		memmem(name.data, name.len, "\xe2\x80\xa8", 3) == NULL &&
		memmem(name.data, name.len, "\xe2\x80\xa9", 3) == NULL;
}

static int check_include(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_text name;

	if (!sieve_bound_constant(sieve_use_find(use, SIEVE_SLOT_ARG0), &name)) {
		sieve_check_error(check, use->at, "the include command requires a constant script name");
		return -1;
	}
	if (!script_name_ok(name)) {
		sieve_check_error(check, use->at, "include: invalid script name '%s'", name.data);
		return -1;
	}
	return sieve_compile_include(check, use);
}

static int run_include(struct sieve_run *run, const struct sieve_args *args)
{
	uint64_t unit = sieve_arg_number(args, SIEVE_SLOT_TARGET, 0);

	if (unit == 0 || unit >= run->program->unit_count || run->frames.count > run->program->unit_count)
		return sieve_run_error(run, "compiled script is damaged: its includes");
	if (run->program->units[unit].missing ||
	    (sieve_arg_has(args, SIEVE_SLOT_ONCE) && run->units_run[unit]))
		return 0;
	sieve_run_enter(run, (uint32_t)unit);
	return 0;
}

static int run_return(struct sieve_run *run, const struct sieve_args *args)
{
	sieve_run_leave(run);
	return 0;
}

static int check_global(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *names = sieve_use_find(use, SIEVE_SLOT_ARG0);

	if (!sieve_check_required(check, "variables")) {
		sieve_check_error(check, use->at,
				  "the global command requires the variables extension");
		return -1;
	}
	for (uint32_t i = 0; i < names->count; i++) {
		struct sieve_text name = names->strings[i].text;

		if (!names->strings[i].constant || !sieve_is_identifier(name)) {
			sieve_check_error(check, names->at, "invalid variable name '%s' for the global "
					  "command", name.data);
			return -1;
		}
		if (sieve_check_declare_global(check, name, names->at) < 0)
			return -1;
	}
	return 0;
}

static int run_nothing(struct sieve_run *run, const struct sieve_args *args)
{
	return 0;
}

static const struct sieve_def defs[] = {
	{ .name = "include", .is_command = true, .required = 1, .control = SIEVE_INCLUDE,
	  .params = { { SIEVE_STRING, "value" } }, .check = check_include, .run = run_include },
	{ .name = "return", .is_command = true, .run = run_return },
	{ .name = "global", .is_command = true, .required = 1, .check = check_global,
	  .params = { { SIEVE_LIST, "variable names" } }, .run = run_nothing },
	{ 0 }
};

#define LOCATION_TAG(tag, number) \
	{ .name = tag, .commands = "include", .slot = SIEVE_SLOT_LOCATION, .value = number, \
	  .exclusive = "LOCATION" }

static const struct sieve_tag tags[] = {
	LOCATION_TAG("personal", SIEVE_PERSONAL),
	LOCATION_TAG("global", SIEVE_GLOBAL),
	{ .name = "once", .commands = "include", .slot = SIEVE_SLOT_ONCE },
	{ .name = "optional", .commands = "include", .slot = SIEVE_SLOT_OPTIONAL },
	{ 0 }
};

static int check_global_name(struct sieve_check *check, const char *name, struct sieve_position at,
			     bool set)
{
	if (sieve_is_identifier(sieve_text_of(name)))
		return 0;
	sieve_check_error(check, at, "invalid variable name 'global.%s'", name);
	return -1;
}

static const struct sieve_namespace namespaces[] = {
	{ "global", check_global_name, NULL },
	{ 0 }
};

const struct sieve_extension sieve_ext_include = { .name = "include", .defs = defs, .tags = tags,
						   .namespaces = namespaces };
