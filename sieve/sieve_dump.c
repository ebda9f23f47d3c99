/* sieve-dump - shows a compiled script as text. */
#include <unistd.h>
#include "sieve/cache.h"
#include "sieve/tool.h"

int main(int argc, char **argv)
{
	struct roost_str bytes = ROOST_STR_INIT, text = ROOST_STR_INIT;
	struct sieve_instance *instance;
	struct sieve_program *program;
	struct roost_error err;
	int result = 1;

	if (argc != 2 || argv[1][0] == '\0') {
		fputs("usage: sieve-dump BINARY\n", stderr);
		return TOOL_USAGE;
	}
	instance = sieve_instance_create();
	sieve_instance_offer_all(instance);
	if (sieve_cache_read(argv[1], &bytes, &err) < 0) {
		fprintf(stderr, "%s: %s\n", argv[1], roost_error_log(&err));
	} else {
		if (sieve_program_load(instance, sieve_text_of_str(&bytes), &program, &err) < 0) {
			fprintf(stderr, "%s: %s\n", argv[1], err.text);
		} else {
			sieve_program_dump(&text, program);
			fputs(roost_str_text(&text), stdout);
			sieve_program_free(program);
			result = 0;
		}
	}
	roost_str_free(&bytes);
	roost_str_free(&text);
	sieve_instance_free(instance);
	return result;
}
