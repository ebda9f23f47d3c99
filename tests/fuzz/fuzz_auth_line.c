/* One line of the auth protocols. */
#include <string.h>
#include "modules/auth/lines.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1), *args[LINE_ARGS_MAX + 1];
	struct roost_facts facts;
	uint32_t number;

	memcpy(line, data, size);
	line[size] = '\0';
	if (line_split(line, args)) {
		line_facts(args, &facts);
		for (char **arg = args; *arg != NULL; arg++)
			line_number(*arg, &number);
		FUZZ_CHECK(strlen(facts.service) <= size && strlen(facts.rip) <= size);
		FUZZ_CHECK(line_response(args) == NULL || strlen(line_response(args)) < size);
	}
	free(line);
	return 0;
}
