/* The configuration language: what was read without errors prints, and reads as the same again. */
#include <string.h>
#include <roost/str.h>
#include "core/conf/judge.h"
#include "core/conf/print.h"
#include "fuzz.h"

/* Other files and host names are no matter of the text. */
static bool looks_outside(const uint8_t *data, size_t size)
{
	static const char *const words[] = { "<", "!include", "remote", "local " };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (memmem(data, size, words[i], strlen(words[i])) != NULL)
			return true;
	}
	return memmem(data, size, "local\t", 6) != NULL;
}

/* The printed form; NULL when there were errors. */
static char *read_and_print(const char *text, size_t len)
{
	struct conf_tree *tree = conf_tree_create("fuzz.conf");
	struct roost_str out = ROOST_STR_INIT;
	struct conf_store *store;
	struct conf_print print = {
		.which = CONF_PRINT_WRITTEN, .secrets = true, .expand = true, .out = &out,
	};

	conf_tree_read_text(tree, text, len);
	store = conf_store_create(tree);
	conf_judge(store);
	if (tree->problems.errors == 0) {
		print.store = store;
		roost_str_puts(&out, "# as printed\n");
		conf_print_all(&print);
	}
	conf_store_free(store);
	conf_tree_free(tree);
	return out.data;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *first, *second;

	if (looks_outside(data, size))
		return 0;
	first = read_and_print((const char *)data, size);
	if (first == NULL)
		return 0;
	second = read_and_print(first, strlen(first));
	FUZZ_CHECK(second != NULL);
	FUZZ_CHECK(strcmp(first, second) == 0);
	free(first);
	free(second);
	return 0;
}
