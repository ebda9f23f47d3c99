/* Runs compiled scripts: no recursion, counted CPU time, actions collected only. */
#ifndef SIEVE_RUN_H
#define SIEVE_RUN_H

#include <roost/vec.h>
#include "sieve/diag.h"
#include "sieve/glob.h"
#include "sieve/host.h"
#include "sieve/instance.h"
#include "sieve/match.h"
#include "sieve/message.h"
#include "sieve/program.h"
#include "sieve/result.h"

struct sieve_frame {
	uint32_t return_to;
	uint32_t unit;
	size_t loops;
	struct sieve_text matches[SIEVE_CAPTURES];	/* of the caller */
	uint32_t match_count;
};

struct sieve_part_loop { uint32_t call; uint32_t part, end; const char *name; };

struct sieve_run {
	const struct sieve_instance *instance;
	const struct sieve_program *program;
	const struct sieve_host *host;
	struct sieve_message *message;
	const struct sieve_envelope *envelope;
	struct sieve_result *result;
	struct sieve_diag *diag;
	struct roost_arena *arena;	/* until the run ends */
	const struct sieve_trace *trace;	/* NULL: nobody wants to know */
	void *tester;			/* the test language's state; NULL outside of it */

	uint32_t pc, next, line;
	bool truth, stopped, failed;
	struct roost_str *variables, *globals;
	struct sieve_text matches[SIEVE_CAPTURES];
	uint32_t match_count;
	ROOST_VEC(struct sieve_frame) frames;
	ROOST_VEC(struct sieve_part_loop) loops;
	bool *units_run;
	uint32_t unit;
	int64_t now;			/* microseconds; the same for the whole run */
	uint64_t cpu_start, cpu_limit;	/* microseconds; limit 0: none */
	uint64_t work;			/* since the clock was looked at */
	bool timed_out;
	uint64_t memory_limit;		/* bytes that it may use beside the message; 0: none */
	uint64_t message_memory;	/* what the message used when it began */
	bool tester_ended;		/* by test_fail */
	struct sieve_matcher matcher;
	struct roost_str scratch;	/* of the matcher */
	struct sieve_views *views;	/* view.c; NULL: none yet */
	struct roost_map *lists;	/* ext_lists.c; NULL: none yet */
};

/* Arguments of one CALL. */
struct sieve_args { const struct sieve_program *program; const uint32_t *code; };

void sieve_run_init(struct sieve_run *run, const struct sieve_instance *instance,
		    const struct sieve_program *program, const struct sieve_host *host,
		    struct sieve_message *message, const struct sieve_envelope *envelope,
		    struct sieve_result *result, struct sieve_diag *diag);
/* True: to the end without error; what it asked for is in the result. */
bool sieve_run(struct sieve_run *run);
/* CPU time since it began, in microseconds. */
uint64_t sieve_run_cpu(const struct sieve_run *run);
void sieve_run_free(struct sieve_run *run);

/* Report an error that ends the script. Always -1. */
int sieve_run_error(struct sieve_run *run, const char *format, ...) ROOST_PRINTF(2, 3);
/* Whether this much more memory may be used; before large texts are put together. -1 with the error reported. */
int sieve_run_room(struct sieve_run *run, uint64_t bytes);
/* Work was done; the clock and the memory are looked at after each SIEVE_WORK of it. -1: over a limit, reported. */
enum { SIEVE_WORK = 4096, SIEVE_STEP_WORK = SIEVE_WORK / 64 };
int sieve_run_spend(struct sieve_run *run, uint64_t work);
void sieve_run_warning(struct sieve_run *run, const char *format, ...) ROOST_PRINTF(2, 3);
struct sieve_message_at sieve_run_at(const struct sieve_run *run);
/* Adds an action; -1 with the error reported. */
int sieve_run_act(struct sieve_run *run, struct sieve_action *action, bool cancels);
void sieve_run_enter(struct sieve_run *run, uint32_t unit);
void sieve_run_leave(struct sieve_run *run);

/* --- arguments; strings are evaluated, and live until the run ends --- */
/* Its item in the pool; 0 when it is not given. */
uint32_t sieve_arg_item(const struct sieve_args *args, enum sieve_slot slot);
bool sieve_arg_has(const struct sieve_args *args, enum sieve_slot slot);
uint64_t sieve_arg_number(const struct sieve_args *args, enum sieve_slot slot, uint64_t fallback);
/* data NULL when it is not given. */
struct sieve_text sieve_arg_string(struct sieve_run *run, const struct sieve_args *args,
				   enum sieve_slot slot);
uint32_t sieve_arg_count(const struct sieve_args *args, enum sieve_slot slot);
struct sieve_text sieve_arg_list(struct sieve_run *run, const struct sieve_args *args,
				 enum sieve_slot slot, uint32_t at);
/* What is both a command and a test: which of them this call is. */
bool sieve_arg_is_command(const struct sieve_args *args);
/* Whether one string of a list is. */
bool sieve_arg_item_constant(const struct sieve_args *args, enum sieve_slot slot, uint32_t at);

/* --- variables --- */
struct roost_str *sieve_run_variable(struct sieve_run *run, const struct sieve_args *args,
				     enum sieve_slot slot);
/* Bytes that a value may have. */
uint64_t sieve_variable_limit(const struct sieve_instance *instance);
void sieve_variable_set(struct sieve_run *run, struct roost_str *variable, struct sieve_text value);

enum { SIEVE_PART_ALL = 0, SIEVE_PART_LOCAL, SIEVE_PART_DOMAIN, SIEVE_PART_USER, SIEVE_PART_DETAIL };

#endif
