/* One line of a passwd-file. */
#include <string.h>
#include "modules/passwd_file/passwd_file.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1);
	struct passwd_line parsed;

	memcpy(line, data, size);
	line[size] = '\0';
	if (passwd_line_parse(line, &parsed))
		FUZZ_CHECK(*parsed.user != '\0' &&
			   strlen(parsed.user) + strlen(parsed.password) + strlen(parsed.uid) +
			   strlen(parsed.gid) + strlen(parsed.home) + strlen(parsed.extra) <= size);
	free(line);
	return 0;
}
