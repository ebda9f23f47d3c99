/* ext_ihave - asking for extensions, and errors on purpose. RFC 5463. */
#include "sieve/extensions.h"

static int check_ihave(struct sieve_check *check, struct sieve_use *use)
{
	struct sieve_bound *names = sieve_use_find(use, SIEVE_SLOT_ARG0);
	bool before[SIEVE_MAX_EXTENSIONS];

	use->value = 1;
	for (uint32_t i = 0; i < names->count; i++) {
		int number = sieve_instance_find(check->instance, names->strings[i].text.data);

		if (!names->strings[i].constant) {
			sieve_check_error(check, names->at, "the ihave test takes constant names only");
			return -1;
		}
		/* What changes how strings are read is not to be had this way: RFC 5463 section 4. */
		if (number < 0 || !check->instance->offered[number] ||
		    check->instance->extensions.items[number]->bundle)
			use->value = 0;
	}
	memcpy(before, check->required, sizeof(before));
	for (uint32_t i = 0; i < names->count && use->value == 1; i++) {
		if (sieve_check_require(check, names->strings[i].text.data, names->at, true) < 0)
			use->value = 0;
	}
	if (use->value == 0)
		memcpy(check->required, before, sizeof(before));
	return 0;
}

static int run_error(struct sieve_run *run, const struct sieve_args *args)
{
	return sieve_run_error(run, "%s", sieve_arg_string(run, args, SIEVE_SLOT_ARG0).data);
}

static const struct sieve_def defs[] = {
	{ .name = "ihave", .is_test = true, .required = 1, .control = SIEVE_CONSTANT,
	  .params = { { SIEVE_LIST, "capabilities" } }, .check = check_ihave },
	{ .name = "error", .is_command = true, .required = 1,
	  .params = { { SIEVE_STRING, "message" } }, .run = run_error },
	{ 0 }
};

const struct sieve_extension sieve_ext_ihave = { .name = "ihave", .defs = defs };
