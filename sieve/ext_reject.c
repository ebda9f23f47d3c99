/* ext_reject - refusing a message. RFC 5429. */
#include "sieve/extensions.h"

static int reject(struct sieve_run *run, const struct sieve_args *args,
		  enum sieve_action_kind kind, const char *name)
{
	struct sieve_action action = { .kind = kind, .name = name };

	action.text = sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data;
	return sieve_run_act(run, &action, true);
}

static int run_reject(struct sieve_run *run, const struct sieve_args *args)
{
	return reject(run, args, SIEVE_REJECT, "reject");
}

static int run_ereject(struct sieve_run *run, const struct sieve_args *args)
{
	return reject(run, args, SIEVE_EREJECT, "ereject");
}

#define COMMAND(command, function) \
	{ .name = command, .is_command = true, .action = true, .required = 1, \
	  .params = { { SIEVE_STRING, "reason" } }, .run = function }

static const struct sieve_def reject_defs[] = { COMMAND("reject", run_reject), { 0 } };
static const struct sieve_def ereject_defs[] = { COMMAND("ereject", run_ereject), { 0 } };

const struct sieve_extension sieve_ext_reject = { .name = "reject", .defs = reject_defs };
const struct sieve_extension sieve_ext_ereject = { .name = "ereject", .defs = ereject_defs,
						   .off = true };
