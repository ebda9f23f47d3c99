/*
 * One user's mail through the toolkit, command by command, for tests of storage drivers:
 *	drive HOME SETTING=VALUE...
 * Each line of stdin is a command with words between blanks; each answer is a line "OK ..." or
 * "NO KIND text". "save" and "fetch" bring bytes behind their line.
 *
 *	list | create NAME | delete NAME | rename NAME NAME | subscribe NAME | subscriptions
 *	status NAME | open NAME | close | sync | scan | view | store UIDS + | - | = FLAGS [KEYWORD...]
 *	expunge [UIDS]					without UIDS those that are \Deleted
 *	save NAME FLAGS DATE LENGTH [KEYWORD...]	then the bytes: OK UIDVALIDITY UID
 *	batch NAME COUNT WORD				COUNT messages in one transaction: OK UIDVALIDITY UIDS
 *	fetch UID | date UID | size UID | guid UID | copy UIDS NAME | move UIDS NAME
 *
 * FLAGS are letters A F D S T (answered, flagged, deleted, seen, draft) or "-".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/conf/scope.h"
#include "core/conf/snapshot.h"
#include "core/module/module.h"
#include "tests/storage/drive.h"

extern const struct roost_module maildir_LTX_roost_module, postcard_LTX_roost_module,
	onefile_LTX_roost_module;

static const char letters[] = "AFDST";	/* bit by bit as ROOST_FLAG_* */

uint32_t drive_flags(const char *text)
{
	uint32_t flags = 0;

	for (; *text != '\0'; text++) {
		const char *at = strchr(letters, *text);

		if (at != NULL)
			flags |= 1u << (at - letters);
	}
	return flags;
}

void drive_put_flags(uint32_t flags)
{
	for (size_t i = 0; i < sizeof(letters) - 1; i++) {
		if ((flags & (1u << i)) != 0)
			putchar(letters[i]);
	}
}

struct roost_set drive_set(struct drive *drive, char *text)
{
	struct roost_range *ranges = roost_arena_zalloc(drive->arena,
							(strlen(text) + 1) * sizeof(*ranges));
	size_t count = 0;
	char *word;

	while ((word = strsep(&text, ",")) != NULL) {
		char *end;

		ranges[count].first = ranges[count].last = (uint32_t)strtoul(word, &end, 10);
		if (*end == ':')
			ranges[count].last = (uint32_t)strtoul(end + 1, NULL, 10);
		count++;
	}
	return (struct roost_set){ ranges, count };
}

void drive_put_set(const struct roost_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		printf("%s%u:%u", i == 0 ? "" : ",", set->ranges[i].first, set->ranges[i].last);
	printf("\n");
}

int drive_done(int result)
{
	if (result == 0)
		printf("OK\n");
	return result;
}

static void put_error(const struct roost_error *err)
{
	static const char *const kinds[] = {
		"NONE", "TEMP", "NOTFOUND", "EXISTS", "INVALID", "NOPERM", "OVERQUOTA", "LIMIT", "INUSE",
		"CORRUPT", "UNSUPPORTED", "EXPUNGED", "NOSPACE", "CONFIG", "CLOSED", "TOOBIG",
	};

	printf("NO %s %s\n", (size_t)err->kind < ROOST_COUNT(kinds) ? kinds[err->kind] : "?",
	       roost_error_log(err));
}

static const struct drive_command *find(const struct drive_command *commands, const char *name)
{
	while (commands->name != NULL && strcmp(commands->name, name) != 0)
		commands++;
	return commands->name == NULL ? NULL : commands;
}

static void run(struct drive *drive)
{
	const struct drive_command *command = find(drive_mailbox_commands, drive->words[0]);
	struct roost_error err = { 0 };

	if (command == NULL)
		command = find(drive_message_commands, drive->words[0]);
	if (command == NULL || drive->count < command->words ||
	    (command->needs_box && drive->box == NULL))
		printf("NO NONE what?\n");
	else if (command->run(drive, &err) < 0)
		put_error(&err);
}

static void split(struct drive *drive, char *line)
{
	char *word;

	drive->count = 0;
	while ((word = strsep(&line, " \n")) != NULL &&
	       drive->count < (int)ROOST_COUNT(drive->words) - 1) {
		if (*word != '\0')
			drive->words[drive->count++] = word;
	}
	drive->words[drive->count] = NULL;
}

/* What is held then is not looked at for leaks. */
static void fail(const char *why)
{
	fprintf(stderr, "%s\n", why);
	_exit(2);
}

static void add_modules(void)
{
	static const struct roost_module *const modules[] = {
		&maildir_LTX_roost_module, &postcard_LTX_roost_module, &onefile_LTX_roost_module };
	struct roost_str problems = ROOST_STR_INIT;

	for (size_t i = 0; i < ROOST_COUNT(modules); i++) {
		if (modules_add(modules[i], &problems) < 0)
			fail(roost_str_text(&problems));
	}
}

static struct roost_scope *make_scope(char **settings, const char *home)
{
	struct conf_builder *builder = conf_builder_create(CONF_ROLE_MAIL);
	struct roost_scope *scope;
	struct roost_error err = { 0 };
	int fd;

	for (; *settings != NULL; settings++) {
		char *value = strchr(*settings, '=');

		if (value == NULL)
			fail("SETTING=VALUE, please");
		*value = '\0';
		conf_builder_set(builder, *settings, value + 1, ROOST_SET_STRING, 0, "test", 1);
	}
	if (conf_builder_seal(builder, &fd, &err) < 0 ||
	    conf_scope_load(fd, "imap", "imap", &scope, &err) < 0)
		fail(roost_error_log(&err));
	conf_builder_free(builder);
	roost_scope_set_variable(scope, "user", "ann");
	roost_scope_set_variable(scope, "home", home);
	return scope;
}

int main(int argc, char **argv)
{
	struct roost_user_options options = { .name = "ann" };
	struct roost_error err = { 0 };
	struct drive drive = { 0 };
	struct roost_scope *scope;
	char *line = NULL;
	size_t size = 0;

	if (argc < 3)
		fail("usage: drive HOME SETTING=VALUE...");
	add_modules();
	options.home = argv[1];
	scope = make_scope(argv + 2, argv[1]);
	options.scope = scope;
	if (roost_user_create(&options, &drive.user, &err) < 0)
		fail(roost_error_log(&err));
	drive.arena = roost_arena_create("command");
	while (getline(&line, &size, stdin) > 0) {
		split(&drive, line);
		if (drive.count > 0)
			run(&drive);
		fflush(stdout);
		roost_arena_reset(drive.arena);
	}
	free(line);
	roost_mailbox_close(drive.box);
	roost_user_unref(drive.user);
	roost_scope_free(scope);
	roost_arena_free(drive.arena);
	return 0;
}
