/* generate - code of checked commands; tests become jumps, so that nothing is nested at run time. */
#include "sieve/compile.h"

struct jumps { ROOST_VEC(uint32_t) list; };

struct sieve_loop {
	struct sieve_loop *outer;
	const struct sieve_use *use;
	struct jumps ends;
};

static bool generate_block(struct sieve_compile *compile, struct sieve_use *uses);

static void land_all(struct sieve_build *build, struct jumps *jumps)
{
	for (size_t i = 0; i < jumps->list.count; i++)
		sieve_build_land(build, jumps->list.items[i]);
	roost_vec_free(&jumps->list);
}

static uint32_t piece_item(struct sieve_build *build, const struct sieve_piece *piece)
{
	const char *dot;

	switch (piece->type) {
	case SIEVE_ITEM_STRING:
		return sieve_build_string(build, piece->text);
	case SIEVE_ITEM_NAME: {
		uint32_t space, name;

		dot = memchr(piece->text.data, '.', piece->text.len);
		space = sieve_build_string(build, (struct sieve_text){ piece->text.data,
					   (size_t)(dot - piece->text.data) });
		name = sieve_build_string(build, sieve_text_of(dot + 1));
		return sieve_build_item(build, SIEVE_ITEM_NAME, space, name);
	}
	default:
		return sieve_build_item(build, piece->type, piece->number, piece->global);
	}
}

static uint32_t string_item(struct sieve_compile *compile, const struct sieve_string *string)
{
	struct sieve_build *build = &compile->build;
	uint32_t *items;

	if (string->constant)
		return sieve_build_string(build, string->text);
	items = roost_arena_alloc(compile->arena, string->count * sizeof(*items));
	for (uint32_t i = 0; i < string->count; i++)
		items[i] = piece_item(build, &string->pieces[i]);
	return sieve_build_group(build, SIEVE_ITEM_TEMPLATE, items, string->count);
}

static uint32_t bound_item(struct sieve_compile *compile, const struct sieve_bound *bound)
{
	uint32_t *items;

	if (bound->type == SIEVE_NUMBER)
		return sieve_build_number(&compile->build, bound->number);
	if (bound->type == SIEVE_STRING)
		return string_item(compile, &bound->strings[0]);
	items = roost_arena_alloc(compile->arena, (bound->count + 1) * sizeof(*items));
	for (uint32_t i = 0; i < bound->count; i++)
		items[i] = string_item(compile, &bound->strings[i]);
	return sieve_build_group(&compile->build, SIEVE_ITEM_LIST, items, bound->count);
}

/* Without printf: this is done for every command and test. */
static uint32_t call_operation(struct sieve_build *build, const struct sieve_use *use)
{
	char name[128];
	size_t as = strlen(use->as), len = strlen(use->def->name);

	if (as + len + 2 > sizeof(name))
		len = sizeof(name) - as - 2;
	memcpy(name, use->as, as);
	name[as] = '/';
	memcpy(name + as + 1, use->def->name, len);
	name[as + 1 + len] = '\0';
	return sieve_build_operation(build, name);
}

static void generate_call(struct sieve_compile *compile, const struct sieve_use *use)
{
	struct sieve_build *build = &compile->build;
	uint32_t operation = call_operation(build, use), count = 0, items[SIEVE_SLOT_COUNT];

	for (struct sieve_bound *bound = use->bound; bound != NULL; bound = bound->next)
		items[count++] = bound_item(compile, bound);
	sieve_build_code(build, SIEVE_CODE_CALL);
	sieve_build_code(build, operation);
	sieve_build_code(build, use->at.line);
	sieve_build_code(build, count);
	count = 0;
	for (struct sieve_bound *bound = use->bound; bound != NULL; bound = bound->next) {
		sieve_build_code(build, bound->slot);
		sieve_build_code(build, items[count++]);
	}
}

/* Jump when the test's value is when, else fall through. */
static void generate_test(struct sieve_compile *compile, const struct sieve_use *test, bool when,
			  struct jumps *jumps)
{
	struct sieve_build *build = &compile->build;
	enum sieve_control control = test->def->control;
	struct jumps skip = { 0 };

	if (test->value >= 0) {
		if (test->value == when)
			roost_vec_push(&jumps->list, sieve_build_jump(build, SIEVE_CODE_JUMP));
		return;
	}
	switch (control) {
	case SIEVE_NOT:
		generate_test(compile, test->tests, !when, jumps);
		return;
	case SIEVE_ALLOF:
	case SIEVE_ANYOF:
		for (const struct sieve_use *part = test->tests; part != NULL; part = part->next) {
			if (when == (control == SIEVE_ANYOF) || part->next == NULL)
				generate_test(compile, part, when, jumps);
			else
				generate_test(compile, part, !when, &skip);
		}
		land_all(build, &skip);
		return;
	default:
		generate_call(compile, test);
		roost_vec_push(&jumps->list, sieve_build_jump(build, when ? SIEVE_CODE_JUMP_TRUE :
							      SIEVE_CODE_JUMP_FALSE));
	}
}

/* if with what follows of its chain; *uses is moved to its last link. */
static bool generate_if(struct sieve_compile *compile, struct sieve_use **uses)
{
	struct sieve_build *build = &compile->build;
	struct jumps ends = { 0 };
	bool ok = true;

	for (struct sieve_use *use = *uses;; use = use->next) {
		struct jumps next = { 0 };
		bool more = use->next != NULL && (use->next->def->control == SIEVE_ELSIF ||
						  use->next->def->control == SIEVE_ELSE);

		if (use->def->control != SIEVE_ELSE)
			generate_test(compile, use->tests, false, &next);
		ok = generate_block(compile, use->block) && ok;
		if (more)
			roost_vec_push(&ends.list, sieve_build_jump(build, SIEVE_CODE_JUMP));
		land_all(build, &next);
		*uses = use;
		if (!more)
			break;
	}
	land_all(build, &ends);
	return ok;
}

static bool generate_loop(struct sieve_compile *compile, const struct sieve_use *use)
{
	struct sieve_build *build = &compile->build;
	struct sieve_loop loop = { .outer = compile->loop, .use = use };
	uint32_t start = (uint32_t)build->code.count;
	bool ok;

	compile->loop = &loop;
	generate_call(compile, use);
	roost_vec_push(&loop.ends.list, sieve_build_jump(build, SIEVE_CODE_JUMP_FALSE));
	ok = generate_block(compile, use->block);
	build->code.items[sieve_build_jump(build, SIEVE_CODE_JUMP)] = start;
	land_all(build, &loop.ends);
	compile->loop = loop.outer;
	return ok;
}

/* The operation is called before and, marked with LAST, after the block; it may skip all. */
static bool generate_wrapped(struct sieve_compile *compile, const struct sieve_use *use)
{
	struct sieve_build *build = &compile->build;
	struct sieve_use after = *use;
	struct sieve_bound mark = { .slot = SIEVE_SLOT_LAST, .type = SIEVE_NUMBER, .number = 1 };
	struct sieve_bound first = *use->bound;
	uint32_t end;
	bool ok;

	generate_call(compile, use);
	end = sieve_build_jump(build, SIEVE_CODE_JUMP_FALSE);
	ok = generate_block(compile, use->block);
	first.next = &mark;
	after.bound = &first;
	generate_call(compile, &after);
	sieve_build_land(build, end);
	return ok;
}

/* break: to the end of the loop that it was bound to. */
static void generate_break(struct sieve_compile *compile, const struct sieve_use *use)
{
	struct sieve_loop *loop = compile->loop;

	while (loop != NULL && loop->use != use->tests)
		loop = loop->outer;
	generate_call(compile, use);
	if (loop != NULL)
		roost_vec_push(&loop->ends.list, sieve_build_jump(&compile->build, SIEVE_CODE_JUMP));
}

static bool generate_block(struct sieve_compile *compile, struct sieve_use *uses)
{
	bool ok = true;

	for (; uses != NULL; uses = uses->next) {
		switch (uses->def->control) {
		case SIEVE_REQUIRE:
			break;
		case SIEVE_IF:
			ok = generate_if(compile, &uses) && ok;
			break;
		case SIEVE_LOOP:
			ok = generate_loop(compile, uses) && ok;
			break;
		case SIEVE_WRAPPED:
			ok = generate_wrapped(compile, uses) && ok;
			break;
		case SIEVE_BREAK:
			generate_break(compile, uses);
			break;
		case SIEVE_INCLUDE:
			ok = sieve_compile_included(compile, uses) && ok;
			generate_call(compile, uses);
			break;
		case SIEVE_CONSTANT:
			break;
		default:
			generate_call(compile, uses);
		}
	}
	return ok;
}

bool sieve_generate(struct sieve_compile *compile, struct sieve_use *uses)
{
	bool ok = generate_block(compile, uses);

	sieve_build_code(&compile->build, SIEVE_CODE_END);
	return ok;
}
