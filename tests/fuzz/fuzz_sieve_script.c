/* Lexer, parser, checker, generator; what compiles must load, and is run. */
#include "sieve_common.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct sieve_instance *instance = sieve_fuzz_instance();
	struct sieve_text source = { (const char *)data, len };
	struct roost_str bytes = ROOST_STR_INIT;
	struct sieve_program *program;
	struct roost_error err;
	struct sieve_diag diag;

	sieve_diag_init(&diag);
	if (sieve_compile(instance, NULL, "fuzz", SIEVE_MAIN, source, &diag, &bytes)) {
		FUZZ_CHECK(sieve_program_load(instance, sieve_text_of_str(&bytes), &program, &err) == 0);
		sieve_fuzz_run(instance, program, SIEVE_TEXT(sieve_fuzz_message));
		sieve_program_free(program);
	}
	sieve_diag_free(&diag);
	roost_str_free(&bytes);
	sieve_instance_free(instance);
	return 0;
}
