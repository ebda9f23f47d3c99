/* generate - code of checked commands; tests become jumps, so that nothing is nested at run time. */
#include "sieve/compile.h"
#include "sieve/match.h"

struct sieve_loop {
	struct sieve_loop *outer;
	const struct sieve_use *use;
	uint32_t ends;			/* jumps out of it */
};

static bool generate_block(struct sieve_compile *compile, struct sieve_use *uses);

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

static uint32_t template_item(struct sieve_compile *compile, const struct sieve_string *string)
{
	struct sieve_build *build = &compile->build;
	uint32_t *items;

	items = sieve_pool_alloc(&compile->pool, string->count * sizeof(*items));
	for (uint32_t i = 0; i < string->count; i++)
		items[i] = piece_item(build, &string->pieces[i]);
	return sieve_build_group(build, SIEVE_ITEM_TEMPLATE, items, string->count);
}

static inline uint32_t string_item(struct sieve_compile *compile, const struct sieve_string *string)
{
	return string->constant ? sieve_build_string(&compile->build, string->text) :
		template_item(compile, string);
}

/* Constant keys are stored as their comparator compares them, so that no run has to prepare them. */
static const struct sieve_comparator *key_comparator(const struct sieve_use *use,
						     const struct sieve_bound *bound)
{
	const struct sieve_bound *match, *comparator;

	if ((use->def->groups & SIEVE_GROUP_MATCH) == 0 || bound->slot != use->def->keys)
		return NULL;
	match = sieve_use_find(use, SIEVE_SLOT_MATCH);
	comparator = sieve_use_find(use, SIEVE_SLOT_COMPARATOR);
	if (match != NULL && !sieve_match_prepares((unsigned)match->number - 1))
		return NULL;
	return sieve_comparator_at(comparator != NULL ? (unsigned)comparator->number - 1 :
				   use->def->comparator);
}

static uint32_t key_item(struct sieve_compile *compile, const struct sieve_comparator *comparator,
			 const struct sieve_string *string)
{
	struct roost_str *key = &compile->scratch;

	if (!string->constant)
		return string_item(compile, string);
	key->len = 0;
	comparator->prepare(key, string->text.data, string->text.len);
	return sieve_build_new_string(&compile->build, (struct sieve_text){ key->data, key->len });
}

static uint32_t list_item(struct sieve_compile *compile, const struct sieve_use *use,
			  const struct sieve_bound *bound)
{
	const struct sieve_comparator *comparator = key_comparator(use, bound);
	bool keys = comparator != NULL && comparator->prepare != NULL;
	uint32_t one, *items = &one;

	if (bound->count > 1)
		items = sieve_pool_alloc(&compile->pool, bound->count * sizeof(*items));
	for (uint32_t i = 0; i < bound->count; i++)
		items[i] = keys ? key_item(compile, comparator, &bound->strings[i]) :
			string_item(compile, &bound->strings[i]);
	return keys ? sieve_build_new_group(&compile->build, SIEVE_ITEM_LIST, items, bound->count) :
		sieve_build_group(&compile->build, SIEVE_ITEM_LIST, items, bound->count);
}

static inline uint32_t bound_item(struct sieve_compile *compile, const struct sieve_use *use,
				  const struct sieve_bound *bound)
{
	switch (bound->type) {
	case SIEVE_NUMBER: return sieve_build_number(&compile->build, bound->number);
	case SIEVE_STRING: return string_item(compile, &bound->strings[0]);
	default: return list_item(compile, use, bound);
	}
}

static void generate_call(struct sieve_compile *compile, const struct sieve_use *use)
{
	struct sieve_build *build = &compile->build;
	uint32_t *code = sieve_build_room(build, 4 + 2 * SIEVE_SLOT_COUNT), *to = code + 4;

	for (const struct sieve_bound *bound = use->bound; bound != NULL; bound = bound->next) {
		*to++ = bound->slot;
		*to++ = bound_item(compile, use, bound);
	}
	code[0] = SIEVE_CODE_CALL;
	code[1] = sieve_build_operation(build, use->operation, use->as, use->def->name);
	code[2] = use->at.line;
	code[3] = (uint32_t)(to - code - 4) / 2;
	build->code.count += (size_t)(to - code);
}

/* Jump when the test's value is when, else fall through. */
static void generate_test(struct sieve_compile *compile, const struct sieve_use *test, bool when,
			  uint32_t *jumps)
{
	struct sieve_build *build = &compile->build;
	enum sieve_control control = test->def->control;
	uint32_t skip = 0;

	if (test->value >= 0) {
		if (test->value == when)
			sieve_build_jump(build, SIEVE_CODE_JUMP, jumps);
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
		sieve_build_land(build, skip);
		return;
	default:
		generate_call(compile, test);
		sieve_build_jump(build, when ? SIEVE_CODE_JUMP_TRUE : SIEVE_CODE_JUMP_FALSE, jumps);
	}
}

/* if with what follows of its chain; *uses is moved to its last link. */
static bool generate_if(struct sieve_compile *compile, struct sieve_use **uses)
{
	struct sieve_build *build = &compile->build;
	uint32_t ends = 0;
	bool ok = true;

	for (struct sieve_use *use = *uses;; use = use->next) {
		uint32_t next = 0;
		bool more = use->next != NULL && (use->next->def->control == SIEVE_ELSIF ||
						  use->next->def->control == SIEVE_ELSE);

		if (use->def->control != SIEVE_ELSE)
			generate_test(compile, use->tests, false, &next);
		ok = generate_block(compile, use->block) && ok;
		if (more)
			sieve_build_jump(build, SIEVE_CODE_JUMP, &ends);
		sieve_build_land(build, next);
		*uses = use;
		if (!more)
			break;
	}
	sieve_build_land(build, ends);
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
	sieve_build_jump(build, SIEVE_CODE_JUMP_FALSE, &loop.ends);
	ok = generate_block(compile, use->block);
	sieve_build_jump_back(build, start);
	sieve_build_land(build, loop.ends);
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
	uint32_t end = 0;
	bool ok;

	generate_call(compile, use);
	sieve_build_jump(build, SIEVE_CODE_JUMP_FALSE, &end);
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
		sieve_build_jump(&compile->build, SIEVE_CODE_JUMP, &loop->ends);
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
