/* ext_mime - parts of a message: loops over them, their fields, their text. RFC 5703. */
#include <roost/utf8.h>
#include <roost/word.h>
#include "sieve/extensions.h"
#include "sieve/mime_fields.h"
#include "sieve/part_text.h"

enum { MAX_LOOPS = 4 };

/* --- fields of parts --- */

static uint32_t current_part(const struct sieve_run *run)
{
	return run->loops.count > 0 ? run->loops.items[run->loops.count - 1].part : 0;
}

struct sieve_field **sieve_mime_fields(struct sieve_run *run, const struct sieve_args *args,
				       struct sieve_text name, size_t *count)
{
	const struct roost_mime *mime = sieve_message_mime(run->message);
	ROOST_VEC(struct sieve_field *) found = { 0 };
	uint32_t part = current_part(run) < mime->count ? current_part(run) : 0;
	uint32_t end = sieve_arg_has(args, SIEVE_SLOT_ANYCHILD) ? mime->parts[part].next : part + 1;
	char *wanted = roost_arena_strndup(run->arena, name.data, name.len);
	struct sieve_field **result;

	for (; part < end; part++) {
		const struct roost_mime_span *span = &mime->parts[part].header;
		struct roost_header walk = roost_header_walk(run->message->data.data + span->offset,
							     span->size);
		struct roost_header_field field;

		while (roost_header_next_named(&walk, wanted, &field)) {
			struct sieve_field *item = roost_arena_new(run->arena, struct sieve_field);

			*item = (struct sieve_field){ .name = field.name.data,
				.name_len = field.name.len, .raw = field.value };
			roost_vec_push(&found, item);
		}
	}
	*count = found.count;
	result = roost_arena_alloc(run->arena, (found.count + 1) * sizeof(*result));
	if (found.count > 0)
		memcpy(result, found.items, found.count * sizeof(*result));
	roost_vec_free(&found);
	return result;
}

static int match_params(struct sieve_run *run, const struct sieve_args *args,
			struct sieve_matcher *matcher, struct roost_text params)
{
	uint32_t count = sieve_arg_count(args, SIEVE_SLOT_LIST);

	for (uint32_t i = 0; i < count; i++) {
		const char *value = roost_param_get(run->arena, params,
			sieve_arg_list(run, args, SIEVE_SLOT_LIST, i).data);

		if (value != NULL && sieve_match_value(matcher, sieve_text_of(value)) != 0)
			return 1;
	}
	return 0;
}

int sieve_mime_match(struct sieve_run *run, const struct sieve_args *args,
		     struct sieve_matcher *matcher, struct sieve_field *field)
{
	uint64_t option = sieve_arg_number(args, SIEVE_SLOT_MIMEOPT, 0);
	struct roost_text params, first, type, subtype;

	if (option == 0 && !sieve_arg_has(args, SIEVE_SLOT_LIST))
		return sieve_match_value(matcher, sieve_field_value(run->message, field));
	first = roost_param_begin(field->raw, &params);
	if (option == 0)
		return match_params(run, args, matcher, params);
	if (!roost_media_type(first, &type, &subtype)) {
		type = first;
		subtype = (struct roost_text){ "", 0 };
	}
	if (option == SIEVE_MIME_TYPE)
		first = type;
	else if (option == SIEVE_MIME_SUBTYPE)
		first = subtype;
	return sieve_match_value(matcher, (struct sieve_text){ first.data, first.len });
}

static int check_option(struct sieve_check *check, struct sieve_use *use, struct sieve_bound *bound)
{
	if (sieve_use_find(use, SIEVE_SLOT_MIMEOPT) == NULL || sieve_use_find(use, SIEVE_SLOT_LIST) == NULL)
		return 0;
	sieve_check_error(check, bound->at, "encountered duplicate MIME-OPTION argument (:%s) for the %s",
			  bound->tag->name, sieve_use_name(check, use));
	return -1;
}

#define NEEDS_MIME .needs = SIEVE_SLOT_MIME, .needs_name = "mime"
#define OPTION(tag, number) \
	{ .name = tag, .commands = "header", .slot = SIEVE_SLOT_MIMEOPT, .value = number, \
	  .exclusive = "MIME-OPTION", .check = check_option, NEEDS_MIME }

static const struct sieve_tag mime_tags[] = {
	{ .name = "mime", .commands = "header address exists", .slot = SIEVE_SLOT_MIME },
	{ .name = "anychild", .commands = "header address exists", .slot = SIEVE_SLOT_ANYCHILD,
	  NEEDS_MIME },
	OPTION("type", SIEVE_MIME_TYPE), OPTION("subtype", SIEVE_MIME_SUBTYPE),
	OPTION("contenttype", SIEVE_MIME_CONTENTTYPE),
	{ .name = "param", .commands = "header", .slot = SIEVE_SLOT_LIST, .type = SIEVE_LIST,
	  .exclusive = "MIME-OPTION", .check = check_option, NEEDS_MIME },
	{ 0 }
};

const struct sieve_extension sieve_ext_mime = { .name = "mime", .tags = mime_tags };

/* --- loops --- */

static int check_loop(struct sieve_check *check, struct sieve_use *use)
{
	unsigned depth = 1;

	for (const struct sieve_use *outer = use->parent; outer != NULL; outer = outer->parent)
		depth += outer->def->control == SIEVE_LOOP;
	if (depth <= MAX_LOOPS)
		return 0;
	sieve_check_error(check, use->at, "the nested foreverypart commands exceed the limit of %d",
			  MAX_LOOPS);
	return -1;
}

static int run_loop(struct sieve_run *run, const struct sieve_args *args)
{
	const struct roost_mime *mime = sieve_message_mime(run->message);
	size_t depth = run->loops.count;
	struct sieve_part_loop loop = { .call = run->pc, .end = mime->count };

	if (depth > 0 && run->loops.items[depth - 1].call == run->pc) {
		struct sieve_part_loop *current = &run->loops.items[depth - 1];

		if (++current->part < current->end && current->end <= mime->count)
			return 1;
		run->loops.count--;
		return 0;
	}
	if (depth >= MAX_LOOPS)
		return sieve_run_error(run, "the nested foreverypart commands exceed the limit of %d",
				       MAX_LOOPS);
	if (depth > 0) {
		uint32_t part = current_part(run);

		loop.part = part + 1;
		loop.end = part < mime->count ? mime->parts[part].next : 0;
		if (loop.part >= loop.end)
			return 0;
	}
	roost_vec_push(&run->loops, loop);
	return 1;
}

static int check_break(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *name = sieve_use_find(use, SIEVE_SLOT_NAME);
	uint64_t levels = 0;

	for (struct sieve_use *outer = use->parent; outer != NULL; outer = outer->parent) {
		struct sieve_text wanted, own;

		if (outer->def->control != SIEVE_LOOP)
			continue;
		levels++;
		if (name != NULL && !(sieve_bound_constant(name, &wanted) &&
		    sieve_bound_constant(sieve_use_find(outer, SIEVE_SLOT_NAME), &own) &&
		    sieve_text_equal(wanted, own)))
			continue;
		use->tests = outer;
		sieve_use_bind(check, use, SIEVE_SLOT_TARGET, SIEVE_NUMBER)->number = levels;
		return 0;
	}
	sieve_check_error(check, use->at, name != NULL ?
			  "the break command is in no foreverypart loop of this name" :
			  "the break command is in no foreverypart loop");
	return -1;
}

static int run_break(struct sieve_run *run, const struct sieve_args *args)
{
	uint64_t levels = sieve_arg_number(args, SIEVE_SLOT_TARGET, 1);

	run->loops.count -= levels < run->loops.count ? levels : run->loops.count;
	return 0;
}

static const struct sieve_def loop_defs[] = {
	{ .name = "foreverypart", .is_command = true, .block = SIEVE_BLOCK, .control = SIEVE_LOOP,
	  .check = check_loop, .run = run_loop },
	{ .name = "break", .is_command = true, .control = SIEVE_BREAK, .check = check_break,
	  .run = run_break },
	{ 0 }
};

static const struct sieve_tag loop_tags[] = {
	{ .name = "name", .commands = "foreverypart break", .slot = SIEVE_SLOT_NAME,
	  .type = SIEVE_STRING, .constant = true },
	{ 0 }
};

const struct sieve_extension sieve_ext_foreverypart = { .name = "foreverypart", .defs = loop_defs,
							 .tags = loop_tags };

/* --- extracttext --- */

static int check_extracttext(struct sieve_check *check, struct sieve_use *use)
{
	const struct sieve_use *outer = use->parent;

	while (outer != NULL && outer->def->control != SIEVE_LOOP)
		outer = outer->parent;
	if (outer == NULL) {
		sieve_check_error(check, use->at,
				  "the extracttext command is not placed inside a foreverypart loop");
		return -1;
	}
	return sieve_check_target(check, use);
}

static int need_variables(struct sieve_check *check, struct sieve_position at)
{
	if (sieve_check_required(check, "variables") && sieve_check_required(check, "foreverypart"))
		return 0;
	return sieve_check_require(check, "variables", at, true) < 0 ||
		sieve_check_require(check, "foreverypart", at, true) < 0 ? -1 : 0;
}

static int run_extracttext(struct sieve_run *run, const struct sieve_args *args)
{
	const struct roost_mime *mime = sieve_message_mime(run->message);
	uint32_t part = current_part(run);
	uint64_t first = sieve_arg_number(args, SIEVE_SLOT_FIRST, UINT64_MAX);
	struct roost_str out = ROOST_STR_INIT;
	struct sieve_text text;
	size_t cut = 0;

	if (part < mime->count)
		sieve_part_text(&out, run->message, &mime->parts[part]);
	for (uint64_t i = 0; i < first && cut < out.len; i++) {
		uint32_t code;
		size_t step = roost_utf8_decode(out.data + cut, out.len - cut, &code);

		cut += step > 0 ? step : 1;
	}
	roost_str_truncate(&out, cut);
	text = sieve_modify(run, sieve_text_of_str(&out),
			    (unsigned)sieve_arg_number(args, SIEVE_SLOT_MODIFIER, 0));
	sieve_variable_set(run, sieve_run_variable(run, args, SIEVE_SLOT_TARGET), text);
	roost_str_free(&out);
	return 0;
}

static const struct sieve_def extracttext_defs[] = {
	{ .name = "extracttext", .is_command = true, .required = 1,
	  .params = { { SIEVE_STRING, "variable name" } }, .check = check_extracttext,
	  .run = run_extracttext },
	{ 0 }
};

static const struct sieve_tag extracttext_tags[] = {
	{ .name = "first", .commands = "extracttext", .slot = SIEVE_SLOT_FIRST, .type = SIEVE_NUMBER },
	{ 0 }
};

const struct sieve_extension sieve_ext_extracttext = { .name = "extracttext",
	.defs = extracttext_defs, .tags = extracttext_tags, .require = need_variables };
