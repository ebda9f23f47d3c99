/* The loader of compiled scripts; what it takes must be safe to run. */
#include "sieve_common.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct sieve_instance *instance = sieve_fuzz_instance();
	struct sieve_program *program;
	struct roost_error err;

	if (sieve_program_load(instance, (struct sieve_text){ (const char *)data, len }, &program,
			       &err) == 0) {
		sieve_fuzz_run(instance, program, SIEVE_TEXT(sieve_fuzz_message));
		sieve_program_free(program);
	}
	sieve_instance_free(instance);
	return 0;
}
