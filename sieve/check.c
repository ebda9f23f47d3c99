/* check - finds what each command and test means, and what is wrong with how it is used. */
#include <ctype.h>
#include "sieve/check.h"

static struct sieve_use *check_block(struct sieve_check *check, const struct sieve_node *nodes);
static struct sieve_use *check_test(struct sieve_check *check, const struct sieve_node *node);

static struct sieve_message_at where(const struct sieve_check *check, struct sieve_position at)
{
	return (struct sieve_message_at){ check->script, at.line, at.column };
}

void sieve_check_error(struct sieve_check *check, struct sieve_position at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	sieve_diag_vadd(check->diag, SIEVE_ERROR, where(check, at), format, args);
	va_end(args);
}

void sieve_check_warning(struct sieve_check *check, struct sieve_position at,
			 const char *format, ...)
{
	va_list args;

	va_start(args, format);
	sieve_diag_vadd(check->diag, SIEVE_WARNING, where(check, at), format, args);
	va_end(args);
}

bool sieve_check_required(const struct sieve_check *check, const char *extension)
{
	int number = sieve_instance_find(check->instance, extension);

	return number >= 0 && check->required[number];
}

static bool in_setting(const struct sieve_instance *instance, const char *setting, const char *name)
{
	return sieve_text_in(sieve_text_of(name), sieve_setting(instance, setting));
}

int sieve_check_require(struct sieve_check *check, const char *name, struct sieve_position at,
			bool quietly)
{
	int number = sieve_instance_find(check->instance, name);
	const struct sieve_extension *extension;
	char key[80];

	if (number < 0 || !check->instance->offered[number]) {
		snprintf(key, sizeof(key), "command/%s", name);
		if (quietly)
			return -1;
		if (sieve_instance_operation(check->instance, key) != NULL && number < 0)
			sieve_check_error(check, at, "require command: '%s' is part of the core "
				"language and is not to be required", name);
		else
			sieve_check_error(check, at, "require command: unknown Sieve capability '%s'",
					  name);
		return -1;
	}
	extension = check->instance->extensions.items[number];
	if (check->location != SIEVE_GLOBAL &&
	    in_setting(check->instance, "sieve_global_extensions", name)) {
		if (!quietly)
			sieve_check_error(check, at, "require command: failed to load Sieve capability '%s': "
					  "its use is restricted to global scripts", name);
		return -1;
	}
	if (extension->require != NULL && extension->require(check, at) < 0)
		return -1;
	check->required[number] = true;
	if (extension->implies != NULL)
		sieve_check_require(check, extension->implies, at, true);
	return 0;
}

const char *sieve_use_name(struct sieve_check *check, const struct sieve_use *use)
{
	return roost_arena_printf(check->arena, "%s %s", use->def->name, use->as);
}

struct sieve_bound *sieve_use_find(const struct sieve_use *use, enum sieve_slot slot)
{
	for (struct sieve_bound *bound = use->bound; bound != NULL; bound = bound->next) {
		if (bound->slot == slot)
			return bound;
	}
	return NULL;
}

struct sieve_bound *sieve_use_bind(struct sieve_check *check, struct sieve_use *use,
				   enum sieve_slot slot, enum sieve_type type)
{
	struct sieve_bound **end = &use->bound, *bound;

	while (*end != NULL && (*end)->slot < slot)
		end = &(*end)->next;
	bound = *end;
	if (bound == NULL || bound->slot != slot) {
		bound = sieve_pool_alloc(&check->pool, sizeof(*bound));
		*bound = (struct sieve_bound){ .next = *end, .slot = slot, .type = type, .tag = NULL, .at = { 0 },
						 .number = 0, .strings = NULL, .count = 0 };
		*end = bound;
	}
	bound->type = type;
	return bound;
}

bool sieve_bound_constant(const struct sieve_bound *bound, struct sieve_text *text)
{
	if (bound == NULL || bound->count != 1 || !bound->strings[0].constant)
		return false;
	*text = bound->strings[0].text;
	return true;
}

/* What the name means here: rather of the kind that is wanted; NULL: nothing. */
static const struct sieve_meaning *find_meaning(const struct sieve_check *check,
						const struct sieve_node *node, bool test)
{
	const struct sieve_meaning *each = node->word != NULL ? node->word->meanings : NULL, *found = NULL;

	for (; each != NULL; each = each->next) {
		if (!check->required[each->extension])
			continue;
		if ((test ? each->test : each->command) != 0)
			return each;
		found = each;
	}
	return found;
}

static bool is_command(const struct sieve_check *check, const struct sieve_node *node)
{
	const struct sieve_meaning *meaning = find_meaning(check, node, false);

	return meaning != NULL && meaning->command != 0;
}

static bool first_mention(struct sieve_check *check, const char *kind, struct sieve_text name)
{
	char key[80];

	snprintf(key, sizeof(key), "%s %.*s", kind, (int)name.len, name.data);
	for (char *c = key; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return roost_map_set(check->unknown, key, check) == NULL;
}

/* Names are case-insensitive and reported once when unknown. */
SIEVE_RARE static void no_such_use(struct sieve_check *check, const struct sieve_node *node, bool known,
				   bool test)
{
	const char *kind = test ? "test" : "command";

	if (known)
		sieve_check_error(check, node->at, "attempted to use %s '%.*s' as %s",
				  test ? "command" : "test", (int)node->name.len, node->name.data, kind);
	else if (first_mention(check, kind, node->name))
		sieve_check_error(check, node->at,
				  "unknown %s '%.*s' (only reported once at first occurrence)",
				  kind, (int)node->name.len, node->name.data);
}

static struct sieve_use *use_create(struct sieve_check *check, const struct sieve_node *node, bool test)
{
	const struct sieve_meaning *meaning = find_meaning(check, node, test);
	uint32_t operation = meaning == NULL ? 0 : test ? meaning->test : meaning->command;
	struct sieve_use *use;

	if (operation == 0) {
		no_such_use(check, node, meaning != NULL, test);
		return NULL;
	}
	use = sieve_pool_alloc(&check->pool, sizeof(*use));
	/* All members stand here: to clear them first would cost more. */
	*use = (struct sieve_use){
		.next = NULL, .def = meaning->def, .at = node->at, .bound = NULL, .tests = NULL, .block = NULL,
		.value = -1, .operation = operation, .parent = check->scope, .check = check,
		.as = test ? "test" : "command",
	};
	return use;
}

/* What is wrong with the tests as such; the error is the last of the own ones. */
SIEVE_RARE static bool bad_subtests(struct sieve_check *check, const struct sieve_use *use,
				    const struct sieve_node *node)
{
	const struct sieve_node *test = node->tests;
	const char *name = sieve_use_name(check, use);

	switch (use->def->subtests) {
	case SIEVE_NO_TESTS:
		if (sieve_check_lacks_colon(check, use, node))	/* reported with the arguments */
			return false;
		if (strcmp(use->as, "command") == 0 && !node->test_list &&
		    use->def->block == SIEVE_NO_BLOCK && is_command(check, test) && !node->has_block)
			sieve_check_error(check, node->at, "missing semicolon ';' after %s", name);
		else if (use->def->block == SIEVE_BLOCK && test != NULL && sieve_text_is(test->name, "if"))
			sieve_check_error(check, node->at, "missing semicolon ';' after %s", name);
		else
			sieve_check_error(check, node->at,
					  "the %s accepts no sub-tests, but tests are specified", name);
		return false;
	case SIEVE_ONE_TEST:
		sieve_check_error(check, node->at, test == NULL ?
				  "the %s requires one sub-test, but none is specified" :
				  "the %s requires one sub-test, but a list of tests is specified", name);
		return test == NULL;
	case SIEVE_TEST_LIST:
		sieve_check_error(check, node->at, test == NULL ?
				  "the %s requires sub-tests, but none are specified" :
				  "the %s requires a list of sub-tests, but a single one is specified", name);
		return test == NULL;
	}
	return true;
}

static inline bool subtests_ok(struct sieve_check *check, const struct sieve_use *use,
			       const struct sieve_node *node)
{
	bool right = use->def->subtests == SIEVE_NO_TESTS ? node->tests == NULL && !node->test_list :
		node->tests != NULL && node->test_list == (use->def->subtests == SIEVE_TEST_LIST);

	return right || bad_subtests(check, use, node);
}

static struct sieve_use *check_subtests(struct sieve_check *check, const struct sieve_node *node)
{
	struct sieve_use *first = NULL, **end = &first;

	for (const struct sieve_node *test = node->tests; test != NULL; test = test->next) {
		struct sieve_use *use = check_test(check, test);

		if (use != NULL) {
			*end = use;
			end = &use->next;
		}
	}
	return first;
}

/* Constant value of a test from that of its parts. */
static int fold(const struct sieve_use *use)
{
	bool unknown = false;
	bool all = use->def->control == SIEVE_ALLOF;

	switch (use->def->control) {
	case SIEVE_TRUE:
		return 1;
	case SIEVE_FALSE:
		return 0;
	case SIEVE_NOT:
		return use->tests == NULL || use->tests->value < 0 ? -1 : !use->tests->value;
	case SIEVE_ALLOF:
	case SIEVE_ANYOF:
		for (const struct sieve_use *test = use->tests; test != NULL; test = test->next) {
			if (test->value < 0)
				unknown = true;
			else if (test->value != all)
				return unknown ? -1 : !all;
		}
		return unknown ? -1 : all;
	default:
		return use->value;
	}
}

static struct sieve_use *check_test(struct sieve_check *check, const struct sieve_node *node)
{
	struct sieve_use *use = use_create(check, node, true);
	const struct sieve_def *def;

	if (use == NULL)
		return NULL;
	def = use->def;
	if (sieve_check_args(check, use, node) == 0 && def->check != NULL)
		def->check(check, use);
	subtests_ok(check, use, node);
	if (def->subtests != SIEVE_NO_TESTS)
		use->tests = check_subtests(check, node);
	use->value = fold(use);
	return use;
}

/* Whether the chain of if, elsif, else is in order; a broken chain is one error. */
static bool chain_ok(struct sieve_check *check, const struct sieve_use *use,
		     const struct sieve_use *previous, bool *broken)
{
	enum sieve_control control = use->def->control;
	bool link = control == SIEVE_ELSIF || control == SIEVE_ELSE;

	if (!link) {
		*broken = false;
		return true;
	}
	if (previous != NULL && (previous->def->control == SIEVE_IF ||
				 previous->def->control == SIEVE_ELSIF))
		return true;
	if (!*broken)
		sieve_check_error(check, use->at, "the %s must follow an if or elsif command",
				  sieve_use_name(check, use));
	*broken = true;
	return false;
}

static void check_body(struct sieve_check *check, struct sieve_use *use,
		       const struct sieve_node *node, bool reported)
{
	if (use->def->block == SIEVE_NO_BLOCK && node->has_block && !reported)
		sieve_check_error(check, node->at, "the %s accepts no command block",
				  sieve_use_name(check, use));
	if (use->def->block == SIEVE_BLOCK && !node->has_block && !reported)
		sieve_check_error(check, node->at, "the %s requires a command block",
				  sieve_use_name(check, use));
}

/* Tests and block of a command; what an ihave among the tests requires holds in the block only. */
static void check_parts(struct sieve_check *check, struct sieve_use *use, const struct sieve_node *node,
			const struct sieve_use *previous)
{
	const struct sieve_def *def = use->def;
	bool link = def->control == SIEVE_ELSIF || def->control == SIEVE_ELSE;
	bool saved[SIEVE_MAX_EXTENSIONS], dead;
	struct sieve_use *outer = check->scope;

	memcpy(saved, check->required, sizeof(saved));
	if (def->subtests != SIEVE_NO_TESTS)
		use->tests = check_subtests(check, node);
	use->value = use->tests != NULL ? use->tests->value : -1;
	dead = (def->control == SIEVE_IF || def->control == SIEVE_ELSIF) && use->value == 0;
	/* What follows a branch that is always taken is as dead as one that never is. */
	if (link && previous != NULL && previous->value == 1) {
		dead = true;
		use->value = 1;
	}
	check->scope = use;
	if (node->has_block && def->block == SIEVE_BLOCK && !dead)
		use->block = check_block(check, node->block);
	check->scope = outer;
	if (def->subtests != SIEVE_NO_TESTS)
		memcpy(check->required, saved, sizeof(saved));
}

static struct sieve_use *check_command(struct sieve_check *check, const struct sieve_node *node,
				       const struct sieve_use *previous, bool *broken)
{
	struct sieve_use *use = use_create(check, node, false);
	const struct sieve_def *def;
	bool tests_ok;

	if (use == NULL) {
		check->commands_began = true;
		*broken = true;
		return NULL;
	}
	def = use->def;
	if (def->control != SIEVE_REQUIRE)
		check->commands_began = true;
	chain_ok(check, use, previous, broken);
	if (sieve_check_args(check, use, node) == 0 && def->check != NULL)
		def->check(check, use);
	tests_ok = subtests_ok(check, use, node);
	check_body(check, use, node, !tests_ok);
	if (def->subtests != SIEVE_NO_TESTS || def->block == SIEVE_BLOCK)
		check_parts(check, use, node, previous);
	return use;
}

static struct sieve_use *check_block(struct sieve_check *check, const struct sieve_node *nodes)
{
	struct sieve_use *first = NULL, **end = &first, *previous = NULL;
	bool broken = false;

	for (; nodes != NULL; nodes = nodes->next) {
		struct sieve_use *use = check_command(check, nodes, previous, &broken);

		previous = use;
		if (use != NULL) {
			*end = use;
			end = &use->next;
		}
	}
	return first;
}

/* Those that the administrator turned on for all scripts. */
static void require_implicit(struct sieve_check *check)
{
	for (size_t i = 0; i < check->instance->extensions.count; i++) {
		const char *name = check->instance->extensions.items[i]->name;

		if (name != NULL && in_setting(check->instance, "sieve_implicit_extensions", name))
			sieve_check_require(check, name, (struct sieve_position){ 0 }, true);
	}
}

struct sieve_use *sieve_check_script(struct sieve_check *check, const struct sieve_node *commands)
{
	/* what has no name is always there */
	for (size_t i = 0; i < check->instance->extensions.count; i++)
		check->required[i] |= check->instance->extensions.items[i]->name == NULL;
	require_implicit(check);
	return check_block(check, commands);
}
