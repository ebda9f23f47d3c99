/* compile - a script and those it includes: parse, check, generate. */
#include "sieve/compile.h"

enum { MAX_INCLUDES = 255, MAX_INCLUDE_DEPTH = 10 };

struct sieve_included { uint32_t unit; bool active; };

struct sieve_build *sieve_compile_build(struct sieve_compile *compile)
{
	return &compile->build;
}

int sieve_compile_global(struct sieve_check *check, struct sieve_text name,
			 struct sieve_position at, struct sieve_piece *piece)
{
	struct sieve_compile *compile = check->compile;
	char key[72];
	void *known;

	snprintf(key, sizeof(key), "%.*s", (int)name.len, name.data);
	for (char *c = key; *c != '\0'; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	known = roost_map_get(compile->globals, key);
	if (known == NULL) {
		known = (void *)(uintptr_t)(++compile->build.globals);
		roost_map_set(compile->globals, key, known);
	}
	*piece = (struct sieve_piece){ .type = SIEVE_ITEM_VARIABLE,
				       .number = (uint32_t)(uintptr_t)known - 1,
				       .global = true };
	return 0;
}

/* Errors of the script itself; the caller adds the line about the stage. */
static const char *compile_unit(struct sieve_compile *compile, const char *name,
				enum sieve_location location, struct sieve_text source, uint32_t unit)
{
	struct sieve_build *build = &compile->build;
	struct sieve_check check = {
		.compile = compile, .instance = compile->instance, .arena = compile->arena,
		.pool = { .arena = compile->arena }, .script = name, .location = location,
		.diag = compile->diag,
	};
	uint32_t errors = compile->diag->errors, first = build->variables;
	struct sieve_node *commands = NULL;
	struct sieve_use *uses;
	uint64_t identity = 0;

	build->units.items[unit].name = sieve_build_string(build, sieve_text_of(name));
	build->units.items[unit].location = location;
	if (!sieve_parse(compile->arena, &compile->instance->words, name, source, compile->diag,
			 &commands, &identity))
		return "parse";
	build->units.items[unit].identity[0] = (uint32_t)identity;
	build->units.items[unit].identity[1] = (uint32_t)(identity >> 32);
	check.variables = roost_map_create();
	check.globals = roost_map_create();
	check.unknown = roost_map_create();
	uses = sieve_check_script(&check, commands);
	for (size_t i = 0; i < compile->instance->extensions.count; i++) {
		if (check.required[i] && compile->instance->extensions.items[i]->name != NULL)
			sieve_build_extension(build, compile->instance->extensions.items[i]->name);
	}
	build->units.items[unit].first_variable = first;
	build->units.items[unit].variables = build->variables - first;
	roost_map_free(check.variables);
	roost_map_free(check.globals);
	roost_map_free(check.unknown);
	if (compile->diag->errors > errors)
		return "validate";
	build->units.items[unit].start = (uint32_t)build->code.count;
	return sieve_generate(compile, uses) ? NULL : "generate code for";
}

static uint32_t add_unit(struct sieve_build *build)
{
	roost_vec_push(&build->units, (struct sieve_unit){ 0 });
	return (uint32_t)build->units.count - 1;
}

/* Where a script of this location is to be had; -1 and an error when it is not. */
static int load(struct sieve_check *check, enum sieve_location location, const char *name,
		struct sieve_position at, bool optional, struct roost_str *source)
{
	const struct sieve_loader *loader = check->compile->loader;
	struct roost_error err = { 0 };

	if (loader == NULL)
		roost_fail(&err, ROOST_ERR_NOTFOUND, "there are no scripts to include");
	else if (loader->load(loader->context, location, name, source, &err) == 0)
		return 1;
	if (optional && err.kind == ROOST_ERR_NOTFOUND)
		return 0;
	sieve_check_error(check, at, "failed to include script '%s': %s", name, err.text);
	return -1;
}

int sieve_compile_include(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_text name;
	struct sieve_bound *location = sieve_use_find(use, SIEVE_SLOT_LOCATION);
	struct roost_str source = ROOST_STR_INIT;
	int found;

	sieve_bound_constant(sieve_use_find(use, SIEVE_SLOT_ARG0), &name);
	found = load(check, location != NULL ? (enum sieve_location)location->number : SIEVE_PERSONAL,
		     name.data, use->at, sieve_use_find(use, SIEVE_SLOT_OPTIONAL) != NULL, &source);
	roost_str_free(&source);
	return found < 0 ? -1 : 0;
}

static bool compile_included(struct sieve_compile *compile, const struct sieve_use *use,
			     const char *name, enum sieve_location location, uint32_t unit)
{
	struct sieve_build *build = &compile->build;
	struct roost_str source = ROOST_STR_INIT;
	struct sieve_loop *loops = compile->loop;
	int found = load(use->check, location, name, use->at, true, &source);
	const char *failed = NULL;

	if (found == 0) {
		build->units.items[unit].name = sieve_build_string(build, sieve_text_of(name));
		build->units.items[unit].missing = 1;
		build->units.items[unit].location = location;
		build->units.items[unit].start = (uint32_t)build->code.count;
		sieve_build_code(build, SIEVE_CODE_END);
	} else if (found > 0) {
		compile->depth++;
		compile->loop = NULL;
		failed = compile_unit(compile, name, location, sieve_text_of_str(&source), unit);
		compile->loop = loops;
		compile->depth--;
	}
	roost_str_free(&source);
	if (failed != NULL)
		sieve_check_error(use->check, use->at, "failed to %s included script '%s'", failed, name);
	return found >= 0 && failed == NULL;
}

bool sieve_compile_included(struct sieve_compile *compile, struct sieve_use *use)
{
	struct sieve_build *build = &compile->build;
	struct sieve_bound *bound = sieve_use_find(use, SIEVE_SLOT_LOCATION);
	enum sieve_location location = bound != NULL ? (enum sieve_location)bound->number : SIEVE_PERSONAL;
	struct sieve_included *included;
	struct sieve_text name;
	uint32_t over = 0;
	char *key;
	bool ok = true;

	sieve_bound_constant(sieve_use_find(use, SIEVE_SLOT_ARG0), &name);
	key = roost_arena_printf(compile->arena, "%d/%s", location, name.data);
	included = roost_map_get(compile->included, key);
	if (included != NULL && included->active) {
		sieve_check_error(use->check, use->at, "circular include of script '%s'", name.data);
		return false;
	}
	if (included == NULL) {
		if (compile->depth >= sieve_setting_size(compile->instance,
				"sieve_include_max_nesting_depth", MAX_INCLUDE_DEPTH)) {
			sieve_check_error(use->check, use->at, "includes are nested too deeply");
			return false;
		}
		if (build->units.count > sieve_setting_size(compile->instance,
				"sieve_include_max_includes", MAX_INCLUDES)) {
			sieve_check_error(use->check, use->at, "too many scripts are included");
			return false;
		}
		included = roost_arena_new(compile->arena, struct sieve_included);
		included->unit = add_unit(build);
		included->active = true;
		roost_map_set(compile->included, key, included);
		sieve_build_jump(build, SIEVE_CODE_JUMP, &over);
		ok = compile_included(compile, use, name.data, location, included->unit);
		sieve_build_land(build, over);
		included->active = false;
	}
	bound = sieve_use_bind(use->check, use, SIEVE_SLOT_TARGET, SIEVE_NUMBER);
	bound->number = included->unit;
	return ok;
}

static void final_line(struct sieve_diag *diag, const char *name, const char *failed)
{
	const char *text = strcmp(failed, "parse") == 0 ? "parse failed" :
		strcmp(failed, "validate") == 0 ? "validation failed" : "code generation failed";

	sieve_diag_add(diag, SIEVE_ERROR, (struct sieve_message_at){ .script = name }, "%s", text);
}

bool sieve_compile(const struct sieve_instance *instance, const struct sieve_loader *loader,
		   const char *name, enum sieve_location location, struct sieve_text source,
		   struct sieve_diag *diag, struct roost_str *out)
{
	struct sieve_compile compile = {
		.instance = instance, .loader = loader, .diag = diag,
		.arena = roost_arena_create("sieve compile"),
		.globals = roost_map_create(), .included = roost_map_create(),
	};
	const char *failed;
	uint64_t limit = sieve_setting_size(instance, "sieve_max_script_size", 1 << 20);

	compile.pool.arena = compile.arena;
	sieve_build_init(&compile.build, instance->operation_count, source.len);
	compile.build.setup = sieve_instance_setup(instance);
	if (limit != 0 && source.len > limit) {
		sieve_diag_add(diag, SIEVE_ERROR, (struct sieve_message_at){ .script = name },
			       "script is larger than %llu bytes", (unsigned long long)limit);
		failed = "parse";
	} else {
		failed = compile_unit(&compile, name, location, source, add_unit(&compile.build));
	}
	if (failed == NULL)
		sieve_build_write(out, &compile.build);
	else
		final_line(diag, name, failed);
	sieve_build_free(&compile.build);
	roost_map_free(compile.globals);
	roost_map_free(compile.included);
	roost_str_free(&compile.scratch);
	roost_arena_free(compile.arena);
	return failed == NULL;
}
