/* See store_world.h. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/conf/scope.h"
#include "core/conf/snapshot.h"
#include "core/module/module.h"
#include "modules/mail/mailbox/mailbox.h"
#include "tests/unit/unit.h"
#include "tests/unit/store_world.h"

struct watcher watcher;
struct card_calls card_calls;

/* --- the driver: as short as one can be --- */

static int card_scan(struct roost_mailbox *box, struct roost_scan *scan, struct roost_error *err)
{
	DIR *dir = opendir(roost_mailbox_path(box));
	struct dirent **entries;
	int count;

	card_calls.scans++;
	if (dir == NULL)
		return roost_fail_errno(err, "opendir %s", roost_mailbox_path(box));
	closedir(dir);
	count = scandir(roost_mailbox_path(box), &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.')
			roost_scan_found(scan, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return 0;
}

static int card_open(struct roost_mailbox *box, const char *key, struct roost_input **message,
		     struct roost_error *err)
{
	card_calls.opens++;
	return roost_input_open_at(roost_mailbox_dirfd(box), key, message, err);
}

static int card_save(struct roost_mailbox *box, struct roost_input *message, const char **key,
		     struct roost_error *err)
{
	card_calls.saves++;
	return roost_input_save_at(roost_mailbox_dirfd(box), message, key, err);
}

static int card_remove(struct roost_mailbox *box, const char *const *keys, size_t count,
		       struct roost_error *err)
{
	for (size_t i = 0; i < count; i++) {
		card_calls.removes++;
		if (unlinkat(roost_mailbox_dirfd(box), keys[i], 0) < 0 && errno != ENOENT)
			return roost_fail_errno(err, "unlink %s", keys[i]);
	}
	return 0;
}

static const struct roost_storage_ops card = {
	.name = "card", .scan = card_scan, .open = card_open, .save = card_save,
	.remove = card_remove,
};

/* --- the layers --- */

static int watch_save(struct roost_layer *self, struct roost_input **message,
		      struct roost_save_options *options, struct roost_error *err)
{
	watcher.saves++;
	watcher.vsize = options->vsize;
	if (watcher.refuse)
		return roost_fail(err, ROOST_ERR_OVERQUOTA, "Mailbox is full");
	return roost_next_save(self, message, options, err);
}

static int watch_remove(struct roost_layer *self, const struct roost_set *uids,
			struct roost_error *err)
{
	if (watcher.keep)
		return roost_fail(err, ROOST_ERR_NOPERM, "Nothing goes from here");
	return roost_next_remove(self, uids, err);
}

static void watch_changed(struct roost_layer *self, const struct roost_layer_changes *changes)
{
	(void)self;
	watcher.added += (unsigned)changes->added_count;
	watcher.expunged += (unsigned)changes->expunged_count;
	watcher.flagged += (unsigned)changes->flagged_count;
	watcher.bytes += changes->added_bytes - changes->expunged_bytes;
}

static void watch_user(struct roost_user *user)
{
	(void)user;
	watcher.users++;
}

static const struct roost_layer_ops watch = {
	.name = "watch", .position = ROOST_LAYER_ACCOUNT, .save = watch_save,
	.remove = watch_remove, .changed = watch_changed, .user_begin = watch_user,
};

static struct roost_input *changed_case(struct roost_input *from, int (*change)(int))
{
	struct roost_str text = ROOST_STR_INIT;
	const unsigned char *data;
	struct roost_error err;
	size_t len;

	while (roost_input_more(from, &data, &len, &err) > 0) {
		for (size_t i = 0; i < len; i++)
			roost_str_byte(&text, (char)change(data[i]));
		roost_input_skip(from, len);
	}
	roost_input_unref(from);
	return roost_input_take_str(&text);
}

static int shout_save(struct roost_layer *self, struct roost_input **message,
		      struct roost_save_options *options, struct roost_error *err)
{
	if (watcher.shout)
		*message = changed_case(*message, toupper);
	return roost_next_save(self, message, options, err);
}

static int shout_open(struct roost_layer *self, const char *key, struct roost_input **message,
		      struct roost_error *err)
{
	if (roost_next_open(self, key, message, err) < 0)
		return -1;
	if (watcher.shout)
		*message = changed_case(*message, tolower);
	return 0;
}

static const struct roost_layer_ops shout = {
	.name = "shout", .position = ROOST_LAYER_CONTENT, .save = shout_save, .open = shout_open,
};

static const struct roost_provide provides[] = {
	ROOST_LAYER(&shout), ROOST_LAYER(&watch), ROOST_STORAGE(&card), { 0, 0, 0, NULL },
};
static const struct roost_module world_module = {
	.magic = ROOST_MODULE_MAGIC, .size = sizeof(struct roost_module),
	.abi_major = ROOST_ABI_MAJOR, .abi_minor = ROOST_ABI_MINOR, .name = "world",
	.version = "1.0", .provides = provides,
};

/* --- the user --- */

static void add_block(struct conf_builder *builder, const char *name)
{
	static const char space[] = "namespace/", mailbox[] = "/mailbox/";
	const char *end, *inner;
	char path[128], inside[128];

	if (strncmp(name, space, strlen(space)) != 0)
		return;
	end = strchr(name + strlen(space), '/');
	snprintf(path, sizeof(path), "%.*s", (int)(end - name - (int)strlen(space)),
		 name + strlen(space));
	conf_builder_block(builder, "namespace", path, "test", 1);
	inner = strstr(end, mailbox);
	if (inner == NULL)
		return;
	snprintf(path, sizeof(path), "%.*s/mailbox", (int)(end - name), name);
	inner += strlen(mailbox);
	end = strchr(inner, '/');
	snprintf(inside, sizeof(inside), "%.*s", (int)(end - inner), inner);
	conf_builder_block(builder, path, inside, "test", 1);
}

int world_user(struct world *world, struct roost_user **user, struct roost_error *err)
{
	struct roost_user_options options = { "ann", world->home, world->scope, NULL };

	return roost_user_create(&options, user, err);
}

void world_prepare(struct world *world, const char *const *settings)
{
	struct conf_builder *builder = conf_builder_create(CONF_ROLE_MAIL);
	struct roost_str problems = ROOST_STR_INIT;
	struct roost_error err = { 0 };
	int fd;

	memset(world, 0, sizeof(*world));
	memset(&watcher, 0, sizeof(watcher));
	memset(&card_calls, 0, sizeof(card_calls));
	if (module_find("world") == NULL && modules_add(&world_module, &problems) < 0)
		fail_msg("%s", roost_str_text(&problems));
	strcpy(world->home, "/tmp/roost-test-XXXXXX");
	assert_non_null(mkdtemp(world->home));
	if (settings == NULL || strcmp(settings[0] == NULL ? "" : settings[0], "mail_location") != 0)
		conf_builder_set(builder, "mail_location", "card:~/mail", ROOST_SET_STRING, 0, "", 0);
	for (; settings != NULL && *settings != NULL; settings += 2) {
		add_block(builder, settings[0]);
		conf_builder_set(builder, settings[0], settings[1], ROOST_SET_STRING, 0, "test", 1);
	}
	world_ok(conf_builder_seal(builder, &fd, &err));
	conf_builder_free(builder);
	world_ok(conf_scope_load(fd, "imap", "imap", &world->scope, &err));
	roost_scope_set_variable(world->scope, "user", "ann");
	roost_scope_set_variable(world->scope, "home", world->home);
}

void world_open(struct world *world, const char *const *settings)
{
	struct roost_error err = { 0 };

	world_prepare(world, settings);
	world_ok(world_user(world, &world->user, &err));
}

void world_again(struct world *world)
{
	struct roost_error err = { 0 };

	roost_user_unref(world->user);
	world_ok(world_user(world, &world->user, &err));
}

void world_close(struct world *world)
{
	struct roost_error err;

	roost_user_unref(world->user);
	roost_scope_free(world->scope);
	remove_tree(AT_FDCWD, world->home, &err);
}

const char *world_path(const struct world *world, const char *inner)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", world->home, inner);
	return path;
}

void world_put(const struct world *world, const char *inner, const char *text)
{
	const char *path = world_path(world, inner);
	char parent[512];
	struct roost_error err;
	FILE *file;

	snprintf(parent, sizeof(parent), "%.*s", (int)(strrchr(path, '/') - path), path);
	world_ok(make_directories(parent, &err));
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

uint32_t world_save(struct world *world, const char *mailbox, const char *text, uint32_t flags)
{
	struct roost_arena *arena = roost_arena_create("test");
	struct roost_input *input = roost_input_from_memory(text, strlen(text));
	struct roost_save_options options = { .flags = flags };
	struct roost_saving *saving;
	struct roost_error err = { 0 };
	struct roost_set uids;
	uint32_t uidvalidity, uid;

	world_ok(roost_save_begin(world->user, mailbox, &saving, &err));
	world_ok(roost_save_add(saving, input, &options, NULL, &err));
	world_ok(roost_save_commit(saving, arena, &uidvalidity, &uids, &err));
	assert_int_equal(uids.count, 1);
	uid = uids.ranges[0].first;
	roost_input_unref(input);
	roost_arena_free(arena);
	return uid;
}

struct roost_mailbox *world_select(struct world *world, const char *mailbox, uint32_t options)
{
	struct roost_mailbox *box;
	struct roost_error err = { 0 };

	world_ok(roost_mailbox_open(world->user, mailbox, options, &box, &err));
	return box;
}

const char *world_changes(struct roost_mailbox *box, uint32_t options)
{
	static char text[512];
	const struct roost_changes *changes;
	struct roost_error err = { 0 };
	char *at = text;

	text[0] = '\0';
	world_ok(roost_mailbox_sync(box, options, &changes, &err));
	for (size_t i = 0; i < changes->expunged; i++)
		at += sprintf(at, "%s%u(%u)", i == 0 ? "expunged " : ",",
			      changes->expunged_uids[i], changes->expunged_seqs[i]);
	for (size_t i = 0; i < changes->changed_count; i++)
		at += sprintf(at, "%s%u", i == 0 ? " changed " : ",", changes->changed[i]);
	if (changes->count != changes->count_before - changes->expunged)
		at += sprintf(at, " exists %u recent %u", changes->count, changes->recent);
	if (changes->keywords_changed)
		at += sprintf(at, " keywords");
	assert_int_equal(changes->count, roost_mailbox_count(box));
	return text[0] == ' ' ? text + 1 : text;
}

const char *world_view(struct roost_mailbox *box)
{
	static char text[4096];
	char *at = text;

	text[0] = '\0';
	for (uint32_t seq = 1; seq <= roost_mailbox_count(box); seq++) {
		static const char letters[] = "AFDSTR";
		struct roost_mail mail = roost_mailbox_mail(box, seq);

		at += sprintf(at, "%s%u", seq == 1 ? "" : " ", mail.uid);
		for (unsigned i = 0; letters[i] != '\0'; i++) {
			if ((mail.flags & (1u << i)) != 0)
				*at++ = letters[i];
		}
		*at = '\0';
		if (mail.keywords != 0)
			at += sprintf(at, "+%llx", (unsigned long long)mail.keywords);
	}
	return text;
}
