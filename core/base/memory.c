/* Heap memory that is there or ends the process. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/base/memory.h"

_Noreturn static void out_of_memory(void)
{
	static const char text[] = "Fatal: out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)ignored;
	_exit(83);	/* told apart from our other exit codes by the master's log line */
}

void *mem_alloc(size_t size)
{
	void *memory = malloc(size == 0 ? 1 : size);

	if (memory == NULL)
		out_of_memory();
	return memory;
}

void *mem_zalloc(size_t size)
{
	void *memory = calloc(1, size == 0 ? 1 : size);

	if (memory == NULL)
		out_of_memory();
	return memory;
}

void *mem_realloc(void *old, size_t size)
{
	void *memory = realloc(old, size == 0 ? 1 : size);

	if (memory == NULL)
		out_of_memory();
	return memory;
}

char *mem_strdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(mem_alloc(size), text, size);
}
