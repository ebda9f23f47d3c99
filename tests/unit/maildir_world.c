/* See maildir_world.h. */
#include <dirent.h>
#include <ftw.h>
#include <unistd.h>
#include "tests/unit/maildir_world.h"

extern const struct roost_module maildir_LTX_roost_module;

const struct roost_storage_ops *ops;
struct roost_user user;
struct maildir_settings settings;
struct roost_arena *arena;
char root[64];
struct roost_mailbox box, other;
struct roost_error err;

/* --- the host --- */

void roost_scan_found_details(struct roost_scan *scan, const char *key,
			      const struct roost_found *details)
{
	roost_vec_push(&scan->found, (struct message){
		details->uid, roost_arena_strdup(arena, key), *details });
}

void roost_scan_uidvalidity(struct roost_scan *scan, uint32_t uidvalidity, uint32_t uidnext)
{
	scan->uidvalidity = uidvalidity;
	scan->uidnext = uidnext;
}

int keyword(struct roost_mailbox *in, const char *name)
{
	for (int i = 0; i < 64; i++) {
		if (in->keywords[i] == NULL)
			in->keywords[i] = roost_arena_strdup(arena, name);
		if (strcmp(in->keywords[i], name) == 0)
			return i;
	}
	return -1;
}

int roost_scan_keyword(struct roost_scan *scan, const char *name) { return keyword(scan->box, name); }
const char *roost_mailbox_keyword(const struct roost_mailbox *b, unsigned n)
{
	return n < 64 ? b->keywords[n] : NULL;
}
const char *roost_mailbox_path(const struct roost_mailbox *b) { return b->path; }
const char *roost_mailbox_control_path(const struct roost_mailbox *b) { return b->path; }
int roost_mailbox_dirfd(const struct roost_mailbox *b) { return b->dir; }
struct roost_user *roost_mailbox_user(const struct roost_mailbox *b) { return &user; }
uint32_t roost_mailbox_uidvalidity(const struct roost_mailbox *b) { return b->uidvalidity; }
uint32_t roost_mailbox_uidnext(const struct roost_mailbox *b) { return b->uidnext; }
void *roost_storage_state(const struct roost_mailbox *b) { return b->state; }
const struct roost_scope *roost_user_scope(const struct roost_user *u) { return NULL; }
const struct roost_log_scope *roost_user_log(const struct roost_user *u) { return NULL; }
const char *roost_scope_value(const struct roost_scope *scope, const char *name) { return NULL; }

const char *roost_storage_option(const struct roost_user *u, const char *r, const char *key)
{
	return strcmp(key, "LAYOUT") == 0 ? u->layout : NULL;
}

uint32_t roost_mailbox_key_next(const struct roost_mailbox *b, uint32_t after, const char **key)
{
	for (size_t i = 0; i < b->known_count; i++) {
		if (b->known[i].uid > after) {
			*key = b->known[i].key;
			return b->known[i].uid;
		}
	}
	return 0;
}

bool roost_scan_knows(const struct roost_scan *scan, const char *key)
{
	for (size_t i = 0; i < scan->box->known_count; i++) {
		if (strcmp(scan->box->known[i].key, key) == 0)
			return true;
	}
	return false;
}

int roost_settings_get(const struct roost_scope *scope, const struct roost_settings *schema,
		       const void **out, struct roost_error *e)
{
	*out = &settings;
	return 0;
}

/* --- helpers --- */
void open_box(struct roost_mailbox *b, const char *name)
{
	const char *path;

	assert_int_equal(ops->path(&user, root, name, arena, &path, &err), 0);
	memset(b, 0, sizeof(*b));
	snprintf(b->path, sizeof(b->path), "%s", path);
	b->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(b->dir >= 0);
	b->uidvalidity = 77;
	b->uidnext = 1;
	assert_int_equal(ops->mailbox_open(b, &b->state, &err), 0);
}

void close_box(struct roost_mailbox *b)
{
	if (b->state == NULL)
		return;
	ops->mailbox_close(b, b->state);
	close(b->dir);
	memset(b, 0, sizeof(*b));
}

struct roost_scan scan_box(struct roost_mailbox *b, bool adopt)
{
	struct roost_scan scan = { .box = b };

	assert_int_equal((adopt ? ops->adopt : ops->scan)(b, &scan, &err), 0);
	return scan;
}

/* Make what was found what the index has. */
void learn(struct roost_mailbox *b, struct roost_scan *scan)
{
	b->known = roost_arena_dup(arena, scan->found.items, scan->found.count * sizeof(struct message));
	b->known_count = scan->found.count;
	for (size_t i = 0; i < b->known_count; i++) {
		if (b->known[i].uid == 0)
			b->known[i].uid = b->uidnext;
		if (b->known[i].uid >= b->uidnext)
			b->uidnext = b->known[i].uid + 1;
	}
	roost_vec_free(&scan->found);
}

const char *in(const struct roost_mailbox *b, const char *name)
{
	return roost_arena_printf(arena, "%s/%s", b->path, name);
}

void put(const struct roost_mailbox *b, const char *name, const char *text)
{
	FILE *file = fopen(in(b, name), "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

const char *get(const struct roost_mailbox *b, const char *name)
{
	static char text[4096];
	FILE *file = fopen(in(b, name), "r");

	if (file == NULL)
		return NULL;
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

bool there(const struct roost_mailbox *b, const char *name)
{
	return access(in(b, name), F_OK) == 0;
}

/* Names in a folder, sorted, with blanks. */
const char *names_in(const struct roost_mailbox *b, const char *folder)
{
	struct dirent **list;
	struct roost_str text = ROOST_STR_INIT;
	const char *result;
	int count = scandir(in(b, folder), &list, NULL, alphasort);

	assert_true(count >= 0);
	for (int i = 0; i < count; i++) {
		if (list[i]->d_name[0] != '.')
			roost_str_printf(&text, "%s ", list[i]->d_name);
		free(list[i]);
	}
	free(list);
	result = roost_arena_strdup(arena, roost_str_text(&text));
	roost_str_free(&text);
	return result;
}

struct roost_staged *stage(struct roost_mailbox *b, const char *text,
				  const struct roost_save_options *options)
{
	struct roost_input *input = roost_input_from_memory(text, strlen(text));
	struct roost_staged *staged;

	assert_int_equal(ops->stage(b, input, options, &staged, &err), 0);
	roost_input_unref(input);
	return staged;
}

const char *save(struct roost_mailbox *b, const char *text,
			const struct roost_save_options *options)
{
	struct roost_staged *staged = stage(b, text, options);
	const char *key;

	assert_int_equal(ops->sync(b, &staged, 1, &err), 0);
	assert_int_equal(ops->commit(b, &staged, &b->uidnext, 1, arena, &key, &err), 0);
	b->uidnext++;
	return key;
}

const char *read_key(struct roost_mailbox *b, const char *key)
{
	static char text[4096];
	struct roost_input *input;
	ssize_t got;

	if (ops->open(b, key, &input, &err) < 0)
		return NULL;
	got = roost_input_read(input, text, sizeof(text) - 1, &err);
	assert_true(got >= 0);
	text[got] = '\0';
	roost_input_unref(input);
	return text;
}

int setup(void **state)
{
	ops = maildir_LTX_roost_module.provides[0].ops;
	arena = roost_arena_create("test");
	strcpy(root, "/tmp/roost-maildir-XXXXXX");
	settings = (struct maildir_settings){ .hardlinks = true };
	user.layout = NULL;
	assert_non_null(mkdtemp(root));
	assert_int_equal(ops->create(&user, root, "INBOX", &err), 0);
	open_box(&box, "INBOX");
	return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

int teardown(void **state)
{
	close_box(&box);
	close_box(&other);
	nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	roost_arena_free(arena);
	return 0;
}
