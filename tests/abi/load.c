/* Load modules as a server does, and print what they are: load DIRECTORY NAME... */
#include <stdio.h>
#include <stdlib.h>
#include "core/module/module.h"

static void print(const struct module *module)
{
	const struct roost_module *descriptor = module->descriptor;

	printf("%s %s %u.%u", descriptor->name, descriptor->version, descriptor->abi_major,
	       descriptor->abi_minor);
	for (const struct roost_provide *provide = descriptor->provides;
	     provide != NULL && provide->kind != ROOST_KIND_NONE; provide++)
		printf(" %s:%s", module_kind_name(provide->kind), *(const char *const *)provide->ops);
	printf("\n");
}

int main(int argc, char **argv)
{
	struct roost_str problems = ROOST_STR_INIT;
	struct module_name *names = calloc((size_t)argc, sizeof(*names));
	int result;

	if (argc < 3 || names == NULL)
		return 2;
	for (int i = 2; i < argc; i++)
		names[i - 2].name = argv[i];
	result = modules_load(argv[1], names, (size_t)argc - 2, &problems);
	if (result == 0)
		result = modules_init(&problems);
	for (size_t i = 0; module_at(i) != NULL; i++)
		print(module_at(i));
	fputs(roost_str_text(&problems), stderr);
	roost_str_free(&problems);
	free(names);
	return result == 0 ? 0 : 1;
}
