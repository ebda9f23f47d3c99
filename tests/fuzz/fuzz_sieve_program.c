/* The loader of compiled scripts; what it takes must be safe to run. Checksum and version are put right. */
#include <string.h>
#include "sieve_common.h"
#include "sieve/program_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct sieve_instance *instance = sieve_fuzz_instance();
	struct sieve_program *program;
	struct roost_error err;
	char *copy = malloc(len + 1);

	memcpy(copy, data, len);
	if (len >= sizeof(struct sieve_program_file)) {
		struct sieve_program_file *head = (struct sieve_program_file *)(void *)copy;

		head->magic = SIEVE_PROGRAM_MAGIC;
		head->version = SIEVE_PROGRAM_VERSION;
		sieve_program_seal(copy, len);
	}
	if (sieve_program_load(instance, (struct sieve_text){ copy, len }, &program, &err) == 0) {
		sieve_fuzz_run(instance, program, SIEVE_TEXT(sieve_fuzz_message));
		sieve_program_free(program);
	}
	free(copy);
	sieve_instance_free(instance);
	return 0;
}
