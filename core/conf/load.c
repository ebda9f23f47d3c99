/* Reading as root, judging as nobody. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "core/base/paths.h"
#include "core/conf/expect.h"
#include "core/conf/judge.h"
#include "core/conf/load.h"
#include "core/conf/obsolete.h"
#include "core/proc/privileges.h"

struct conf_tree *conf_load_tree(const struct conf_load_options *options)
{
	struct conf_tree *tree = conf_tree_create(options->path);

	conf_tree_read(tree);
	for (size_t i = 0; i < options->override_count; i++)
		conf_tree_override(tree, options->overrides[i]);
	conf_replace_obsolete(tree);
	conf_tree_read_externals(tree);
	return tree;
}

static _Noreturn void end_with(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 89);
}

/* Modules' code runs here: it gets nobody's rights, and what was read. */
static void become_nobody(void)
{
	struct passwd *nobody = getpwnam("nobody");
	struct proc_ids ids = { .uid = 65534, .gid = 65534, .chroot = "" };
	struct roost_error err;

	if (nobody != NULL) {
		ids.uid = nobody->pw_uid;
		ids.gid = nobody->pw_gid;
	}
	if (privileges_drop(&ids, true, false, &err) == 0)
		return;
	(void)fprintf(stderr, "roost-config: %s\n", roost_error_log(&err));
	exit(77);
}

void conf_load_drop(void)
{
	pid_t child;

	if (geteuid() != 0)
		return;
	(void)fflush(NULL);
	child = fork();
	if (child < 0) {
		(void)fprintf(stderr, "roost-config: fork: %m\n");
		exit(71);
	}
	if (child > 0)
		end_with(child);
	become_nobody();
}

/* Whether the daemon would use it. */
static bool used(struct conf_store *store, const struct conf_slot *slot)
{
	return strncmp(slot->path, "ssl_", 4) != 0 ||
		strcmp(conf_store_get(store, "ssl", NULL), "no") != 0;
}

static void check_files(struct conf_store *store)
{
	size_t position = 0;
	const char *path;
	void *item;

	while (roost_map_next(store->slots, &position, &path, &item)) {
		const struct conf_slot *slot = item;

		for (size_t i = 0; i < slot->values.count; i++) {
			const struct conf_value *value = &slot->values.items[i];

			if (value->trouble != NULL && used(store, slot))
				conf_error(store->problems, value->at, "%s: Can't open file %s: %s",
					   path, value->written, value->trouble);
		}
	}
}

static void check_externals(struct conf_tree *tree)
{
	for (size_t i = 0; i < tree->externals.count; i++) {
		const struct conf_external *external = &tree->externals.items[i];

		if (external->content == NULL)
			conf_error(&tree->problems, (struct conf_place){ "", 0 },
				   "Can't open file %s: %s", external->path, external->trouble);
	}
}

struct conf_wanted *conf_load_judge(struct conf_tree *tree,
				    const struct conf_load_options *options)
{
	struct conf_store *store = conf_store_create(tree);
	struct conf_wanted *wanted = conf_wanted_create(store, paths_modules());

	conf_judge(store);
	conf_expect(store);
	return wanted;
}

void conf_load_modules(struct conf_wanted *wanted, const struct conf_load_options *options)
{
	conf_wanted_find(wanted);
	conf_wanted_check_settings(wanted);
	if (!options->starting)
		return;
	check_files(wanted->store);
	check_externals(wanted->store->tree);
}
