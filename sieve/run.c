/* run - the interpreter: one loop over the code, frames for included scripts. */
#include <stdlib.h>
#include <time.h>
#include <roost/date.h>
#include <roost/utf8.h>
#include "sieve/trace.h"

enum { MAX_MEMORY = 100 << 20 };

static uint64_t cpu_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void sieve_run_init(struct sieve_run *run, const struct sieve_instance *instance,
		    const struct sieve_program *program, const struct sieve_host *host,
		    struct sieve_message *message, const struct sieve_envelope *envelope,
		    struct sieve_result *result, struct sieve_diag *diag)
{
	struct timespec now;

	*run = (struct sieve_run){
		.instance = instance, .program = program, .host = host, .message = message,
		.envelope = envelope, .result = result, .diag = diag,
		.arena = roost_arena_create("sieve run"),
	};
	clock_gettime(CLOCK_REALTIME, &now);
	run->now = host->now != NULL ? host->now(host->context) :
		(int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
	run->message_memory = roost_arena_size(message->arena);
	run->memory_limit = sieve_setting_size(instance, "sieve_max_memory", MAX_MEMORY);
	/* Edited copies of a large message are no attack. */
	if (run->memory_limit > 0)
		run->memory_limit += 2 * message->original.len;
	run->variables = roost_arena_zalloc(run->arena, (program->variable_count + 1) *
					    sizeof(struct roost_str));
	run->globals = roost_arena_zalloc(run->arena, (program->global_count + 1) *
					  sizeof(struct roost_str));
	run->units_run = roost_arena_zalloc(run->arena, program->unit_count);
	run->cpu_limit = sieve_setting_time(instance, "sieve_max_cpu_time", 30) * 1000000;
	run->cpu_start = cpu_now();
	run->next = program->units[0].start;
	run->units_run[0] = true;
}

uint64_t sieve_run_cpu(const struct sieve_run *run)
{
	return cpu_now() - run->cpu_start;
}

void sieve_run_free(struct sieve_run *run)
{
	for (uint32_t i = 0; i <= run->program->variable_count; i++)
		roost_str_free(&run->variables[i]);
	for (uint32_t i = 0; i <= run->program->global_count; i++)
		roost_str_free(&run->globals[i]);
	roost_vec_free(&run->frames);
	roost_vec_free(&run->loops);
	roost_str_free(&run->scratch);
	roost_map_free(run->lists);
	roost_arena_free(run->arena);
}

struct sieve_message_at sieve_run_at(const struct sieve_run *run)
{
	const struct sieve_unit *unit = &run->program->units[run->unit];

	return (struct sieve_message_at){ sieve_program_string(run->program, unit->name).data,
					  run->line, 0 };
}

int sieve_run_error(struct sieve_run *run, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	sieve_diag_vadd(run->diag, SIEVE_ERROR, sieve_run_at(run), format, args);
	va_end(args);
	run->failed = true;
	return -1;
}

void sieve_run_warning(struct sieve_run *run, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	sieve_diag_vadd(run->diag, SIEVE_WARNING, sieve_run_at(run), format, args);
	va_end(args);
}

int sieve_run_act(struct sieve_run *run, struct sieve_action *action, bool cancels)
{
	struct roost_error err = { 0 };

	if (sieve_traces(run, SIEVE_TRACE_ACTIONS))
		sieve_trace(run, "action %s%s%s", action->name, action->target != NULL ? " " : "",
			    action->target != NULL ? action->target : "");
	action->at = sieve_run_at(run);
	if (action->message.data == NULL)
		action->message = sieve_message_text(run->message);
	if (sieve_result_add(run->result, action, cancels, &err) < 0)
		return sieve_run_error(run, "%s", err.text);
	return 0;
}

/* --- included scripts --- */

void sieve_run_enter(struct sieve_run *run, uint32_t number)
{
	const struct sieve_unit *unit = &run->program->units[number];
	struct sieve_frame frame = { .return_to = run->next, .unit = run->unit,
				     .loops = run->loops.count, .match_count = run->match_count };

	memcpy(frame.matches, run->matches, sizeof(frame.matches));
	roost_vec_push(&run->frames, frame);
	for (uint32_t i = 0; i < unit->variables; i++)
		roost_str_truncate(&run->variables[unit->first_variable + i], 0);
	run->match_count = 0;
	run->units_run[number] = true;
	run->unit = number;
	run->next = unit->start;
}

void sieve_run_leave(struct sieve_run *run)
{
	struct sieve_frame *frame;

	if (run->frames.count == 0) {
		run->stopped = true;
		return;
	}
	frame = &run->frames.items[--run->frames.count];
	run->next = frame->return_to;
	run->unit = frame->unit;
	run->loops.count = frame->loops;
	run->match_count = frame->match_count;
	memcpy(run->matches, frame->matches, sizeof(run->matches));
}

/* --- the loop --- */

/*
 * What a script evaluates, what it makes of the message and what it asks for live until its end: loops and
 * includes could fill the machine.
 */
int sieve_run_room(struct sieve_run *run, uint64_t bytes)
{
	uint64_t message = roost_arena_size(run->message->arena);
	uint64_t used = roost_arena_size(run->arena) + roost_arena_size(run->result->arena) +
		(message > run->message_memory ? message - run->message_memory : 0);

	if (run->memory_limit == 0 || (bytes <= run->memory_limit && used <= run->memory_limit - bytes))
		return 0;
	return run->failed ? -1 : sieve_run_error(run, "execution exceeded the limit of memory");
}

static int check_time(struct sieve_run *run)
{
	if (run->cpu_limit == 0 || cpu_now() - run->cpu_start < run->cpu_limit)
		return 0;
	if (run->timed_out)
		return -1;
	run->timed_out = true;
	return sieve_run_error(run, "execution exceeded the limit of CPU time");
}

int sieve_run_spend(struct sieve_run *run, uint64_t work)
{
	run->work += work;
	if (run->work < SIEVE_WORK)
		return 0;
	run->work = 0;
	return check_time(run) < 0 ? -1 : sieve_run_room(run, 0);
}

static void step(struct sieve_run *run)
{
	const uint32_t *code = run->program->code + run->pc;

	switch ((enum sieve_code)code[0]) {
	case SIEVE_CODE_END:
		sieve_run_leave(run);
		break;
	case SIEVE_CODE_JUMP:
		run->next = code[1];
		break;
	case SIEVE_CODE_JUMP_TRUE:
		run->next = run->truth ? code[1] : run->pc + 2;
		break;
	case SIEVE_CODE_JUMP_FALSE:
		run->next = run->truth ? run->pc + 2 : code[1];
		break;
	default: {
		struct sieve_args args = { run->program, code };
		int result;

		run->line = code[2];
		run->next = run->pc + 4 + 2 * code[3];
		if (run->trace != NULL)
			sieve_trace_command(run, &args);
		result = run->program->operations[code[1]]->run(run, &args);
		if (run->trace != NULL)
			sieve_trace_test(run, &args, result);
		run->truth = result > 0;
		if (result < 0)
			run->failed = true;
	}
	}
}

bool sieve_run(struct sieve_run *run)
{
	while (!run->stopped && !run->failed) {
		run->pc = run->next;
		step(run);
		if (sieve_run_spend(run, SIEVE_STEP_WORK) < 0)
			break;
	}
	return !run->failed;
}

/* --- arguments --- */

uint32_t sieve_arg_item(const struct sieve_args *args, enum sieve_slot slot)
{
	for (uint32_t i = 0; i < args->code[3]; i++) {
		if (args->code[4 + 2 * i] == (uint32_t)slot)
			return args->code[5 + 2 * i];
	}
	return 0;
}

bool sieve_arg_has(const struct sieve_args *args, enum sieve_slot slot)
{
	return sieve_arg_item(args, slot) != 0;
}

uint64_t sieve_arg_number(const struct sieve_args *args, enum sieve_slot slot, uint64_t fallback)
{
	uint32_t item = sieve_arg_item(args, slot);

	return item != 0 ? sieve_program_number(args->program, item) : fallback;
}

static void append_piece(struct sieve_run *run, const struct sieve_item *item, struct roost_str *out)
{
	const struct sieve_program *program = run->program;

	switch ((enum sieve_item_type)item->type) {
	case SIEVE_ITEM_STRING:
		roost_str_append(out, program->bytes + item->a, item->b);
		break;
	case SIEVE_ITEM_VARIABLE: {
		const struct roost_str *value = item->b != 0 ? &run->globals[item->a] :
			&run->variables[item->a];

		roost_str_append(out, roost_str_text(value), value->len);
		break;
	}
	case SIEVE_ITEM_MATCH:
		if (item->a < run->match_count)
			roost_str_append(out, run->matches[item->a].data, run->matches[item->a].len);
		break;
	default: {
		const char *space = sieve_program_string(program, item->a).data;
		const char *name = sieve_program_string(program, item->b).data;

		for (size_t i = 0; i < run->instance->extensions.count; i++) {
			const struct sieve_namespace *each = run->instance->extensions.items[i]->namespaces;

			for (; each != NULL && each->name != NULL; each++) {
				if (strcmp(each->name, space) == 0 && each->get != NULL)
					each->get(run, name, out);
			}
		}
	}
	}
}

static struct sieve_text evaluate(struct sieve_run *run, uint32_t number)
{
	const struct sieve_program *program = run->program;
	const struct sieve_item *item = &program->items[number];
	struct roost_str out = ROOST_STR_INIT;
	struct sieve_text text;

	if (item->type == SIEVE_ITEM_STRING)
		return sieve_program_string(program, number);
	for (uint32_t i = 0; i < item->b; i++) {
		append_piece(run, &program->items[program->index[item->a + i]], &out);
		if (sieve_run_room(run, out.len) < 0)
			break;
	}
	text = sieve_text_dup(run->arena, sieve_text_of_str(&out));
	roost_str_free(&out);
	return text;
}

struct sieve_text sieve_arg_string(struct sieve_run *run, const struct sieve_args *args,
				   enum sieve_slot slot)
{
	uint32_t item = sieve_arg_item(args, slot);

	return item != 0 ? evaluate(run, item) : (struct sieve_text){ NULL, 0 };
}

uint32_t sieve_arg_count(const struct sieve_args *args, enum sieve_slot slot)
{
	uint32_t item = sieve_arg_item(args, slot);

	return item != 0 ? args->program->items[item].b : 0;
}

struct sieve_text sieve_arg_list(struct sieve_run *run, const struct sieve_args *args,
				 enum sieve_slot slot, uint32_t at)
{
	const struct sieve_item *list = &args->program->items[sieve_arg_item(args, slot)];

	return evaluate(run, args->program->index[list->a + at]);
}

bool sieve_arg_is_command(const struct sieve_args *args)
{
	uint32_t name = args->program->operation_names[args->code[1]];

	return strncmp(sieve_program_string(args->program, name).data, "command/", 8) == 0;
}

bool sieve_arg_item_constant(const struct sieve_args *args, enum sieve_slot slot, uint32_t at)
{
	const struct sieve_program *program = args->program;
	const struct sieve_item *list = &program->items[sieve_arg_item(args, slot)];

	return program->items[program->index[list->a + at]].type == SIEVE_ITEM_STRING;
}

/* --- variables --- */

struct roost_str *sieve_run_variable(struct sieve_run *run, const struct sieve_args *args,
				     enum sieve_slot slot)
{
	uint64_t number = sieve_arg_number(args, slot, 0);
	uint64_t index = number >> 1;

	if ((number & 1) != 0)
		return &run->globals[index < run->program->global_count ? index : 0];
	return &run->variables[index < run->program->variable_count ? index : 0];
}

uint64_t sieve_variable_limit(const struct sieve_instance *instance)
{
	uint64_t limit = sieve_setting_size(instance, "sieve_variables_max_value_size",
		sieve_setting_size(instance, "sieve_variables_max_variable_size", 4096));

	return limit < 4000 ? 4000 : limit;
}

void sieve_variable_set(struct sieve_run *run, struct roost_str *variable, struct sieve_text value)
{
	size_t len = roost_utf8_cut(value.data, value.len, sieve_variable_limit(run->instance));
	/* value may be a part of the variable itself */
	struct sieve_text copy = sieve_text_dup(run->arena, (struct sieve_text){ value.data, len });

	roost_str_truncate(variable, 0);
	roost_str_append(variable, copy.data, len);
}
