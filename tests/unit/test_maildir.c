/*
 * The Maildir driver under a made-up host, which keeps keys and keywords in arrays. Other programs
 * are played by plain file operations. R-MD-1..5.
 */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <time.h>
#include <unistd.h>
#include <roost/vec.h>
#include "modules/maildir/maildir.h"
#include "tests/unit/unit.h"

extern const struct roost_module maildir_LTX_roost_module;
static const struct roost_storage_ops *ops;

/* --- the host --- */
struct message { uint32_t uid; char *key; struct roost_found found; };

struct roost_mailbox {
	char path[256];
	int dir;
	void *state;
	const char *keywords[64];
	struct message *known;		/* what the index has */
	size_t known_count;
	uint32_t uidvalidity, uidnext;
};
struct roost_scan {
	struct roost_mailbox *box;
	ROOST_VEC(struct message) found;
	uint32_t uidvalidity, uidnext;
};
struct roost_user { const char *layout; };

static struct roost_user user;
static struct maildir_settings settings;
static struct roost_arena *arena;
static char root[64];
static struct roost_mailbox box, other;
static struct roost_error err;

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

static int keyword(struct roost_mailbox *in, const char *name)
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
static void open_box(struct roost_mailbox *b, const char *name)
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

static void close_box(struct roost_mailbox *b)
{
	if (b->state == NULL)
		return;
	ops->mailbox_close(b, b->state);
	close(b->dir);
	memset(b, 0, sizeof(*b));
}

static struct roost_scan scan_box(struct roost_mailbox *b, bool adopt)
{
	struct roost_scan scan = { .box = b };

	assert_int_equal((adopt ? ops->adopt : ops->scan)(b, &scan, &err), 0);
	return scan;
}

/* Make what was found what the index has. */
static void learn(struct roost_mailbox *b, struct roost_scan *scan)
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

static const char *in(const struct roost_mailbox *b, const char *name)
{
	return roost_arena_printf(arena, "%s/%s", b->path, name);
}

static void put(const struct roost_mailbox *b, const char *name, const char *text)
{
	FILE *file = fopen(in(b, name), "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static const char *get(const struct roost_mailbox *b, const char *name)
{
	static char text[4096];
	FILE *file = fopen(in(b, name), "r");

	if (file == NULL)
		return NULL;
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

static bool there(const struct roost_mailbox *b, const char *name)
{
	return access(in(b, name), F_OK) == 0;
}

/* Names in a folder, sorted, with blanks. */
static const char *names_in(const struct roost_mailbox *b, const char *folder)
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

static struct roost_staged *stage(struct roost_mailbox *b, const char *text,
				  const struct roost_save_options *options)
{
	struct roost_input *input = roost_input_from_memory(text, strlen(text));
	struct roost_staged *staged;

	assert_int_equal(ops->stage(b, input, options, &staged, &err), 0);
	roost_input_unref(input);
	return staged;
}

static const char *save(struct roost_mailbox *b, const char *text,
			const struct roost_save_options *options)
{
	struct roost_staged *staged = stage(b, text, options);
	const char *key;

	assert_int_equal(ops->sync(b, &staged, 1, &err), 0);
	assert_int_equal(ops->commit(b, &staged, &b->uidnext, 1, arena, &key, &err), 0);
	b->uidnext++;
	return key;
}

static const char *read_key(struct roost_mailbox *b, const char *key)
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

static int setup(void **state)
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

static int teardown(void **state)
{
	close_box(&box);
	close_box(&other);
	nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	roost_arena_free(arena);
	return 0;
}

/* --- names --- */
static void names_are_taken_apart(void **state)
{
	static const struct { const char *name; size_t base; uint64_t size, vsize; uint32_t validity, uid; }
	cases[] = {
		{ "1.M2P3.h,S=10,W=12:2,S", 16 + 1, 10, 12, 0, 0 }, { "x", 1, 0, 0, 0, 0 },
		{ "1.h,U=77-5,S=1:2,", 14, 1, 0, 77, 5 }, { "1.h,S=1x,W=,U=7:2,", 15, 0, 0, 0, 0 },
		{ "1.h,U=0-5,U=4294967296-1", 24, 0, 0, 0, 0 }, { "1.h,S=99999999999999999999", 26, 0, 0, 0, 0 },
		{ "1.h,,S=3,", 9, 3, 0, 0, 0 },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		size_t len = maildir_base_len(cases[i].name);
		struct maildir_fields fields = maildir_fields(cases[i].name, len);

		if (i != 0)
			assert_int_equal(len, cases[i].base);
		assert_int_equal(fields.size, cases[i].size);
		assert_int_equal(fields.vsize, cases[i].vsize);
		assert_int_equal(fields.uidvalidity, cases[i].validity);
		assert_int_equal(fields.uid, cases[i].uid);
	}
}

static void infos_keep_what_is_not_ours(void **state)
{
	static const struct { const char *info; uint32_t bits; bool plain; const char *path; } cases[] = {
		{ ":2,", 0, true, "cur/b:2,F" }, { ":2,DS", MAILDIR_D | MAILDIR_S, true, "cur/b:2,F" },
		{ ":2,SD", MAILDIR_D | MAILDIR_S, false, "cur/b:2,F" },
		{ ":2,SXab", MAILDIR_S | MAILDIR_LETTER(0) | MAILDIR_LETTER(1), false, "cur/b:2,FX" },
		{ ":2,S,tail", MAILDIR_S, false, "cur/b:2,F,tail" },
		{ ":1,S", 0, false, "cur/b:2,F" }, { "", 0, false, "cur/b:2,F" },
		{ ":2,SS", MAILDIR_S, false, "cur/b:2,F" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		char path[MAILDIR_PATH_MAX];
		uint32_t bits;

		assert_int_equal(maildir_info_parse(cases[i].info, &bits), cases[i].plain);
		assert_int_equal(bits, cases[i].bits);
		maildir_path(path, "b", MAILDIR_F, cases[i].info);
		assert_string_equal(path, cases[i].path);
	}
}

static void the_table_finds_what_was_put(void **state)
{
	struct maildir_table table = { 0 };
	char base[32], path[64];

	for (int i = 0; i < 5000; i++) {
		snprintf(base, sizeof(base), "%d.host", i);
		snprintf(path, sizeof(path), i % 7 == 0 ? "cur/%s:2,TS" : i % 2 ? "new/%s" : "cur/%s:2,S", base);
		maildir_table_put(&table, base, path, 0);
	}
	for (int i = 0; i < 5000; i += 3) {
		snprintf(base, sizeof(base), "%d.host", i);
		maildir_table_remove(&table, base);
	}
	for (int i = 0; i < 5000; i++) {
		const struct maildir_entry *entry;
		char found[MAILDIR_PATH_MAX];

		snprintf(base, sizeof(base), "%d.host", i);
		snprintf(path, sizeof(path), i % 7 == 0 ? "cur/%s:2,TS" : i % 2 ? "new/%s" : "cur/%s:2,S", base);
		entry = maildir_table_find(&table, base);
		assert_int_equal(entry != NULL, i % 3 != 0);
		if (entry == NULL)
			continue;
		maildir_entry_path(&table, entry, base, found);
		assert_string_equal(found, path);
	}
	maildir_table_free(&table);
}

/* --- messages --- */
static void a_saved_message_carries_sizes_date_and_uid(void **state)
{
	struct roost_save_options options = { .internaldate = 1000000000123456 };
	const char *key = save(&box, "a: b\n\nx\r\ny\n", &options);
	struct stat st;

	assert_non_null(strstr(key, ",S=11,W=14,U=77-1"));
	assert_string_equal(names_in(&box, "tmp"), "");
	assert_string_equal(names_in(&box, "cur"), "");
	assert_int_equal(stat(in(&box, roost_arena_printf(arena, "new/%s", key)), &st), 0);
	assert_int_equal(st.st_mtime, 1000000000);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_string_equal(read_key(&box, key), "a: b\n\nx\r\ny\n");
	/* Flags and the vsize that the caller knows. */
	options = (struct roost_save_options){ .flags = ROOST_FLAG_SEEN | ROOST_FLAG_DRAFT, .vsize = 99 };
	key = save(&box, "x", &options);
	assert_non_null(strstr(key, ",S=1,W=99,U=77-2"));
	assert_true(there(&box, roost_arena_printf(arena, "cur/%s:2,DS", key)));
}

static void many_are_visible_together_or_not_at_all(void **state)
{
	struct roost_save_options options = { 0 };
	struct roost_staged *staged[3];
	const uint32_t uids[] = { 5, 6, 7 };
	const char *keys[3];

	for (int i = 0; i < 3; i++)
		staged[i] = stage(&box, "x\n", &options);
	assert_string_equal(names_in(&box, "new"), "");
	assert_int_equal(ops->sync(&box, staged, 3, &err), 0);
	/* The last one is lost: none of them appears. */
	unlink(in(&box, roost_arena_printf(arena, "tmp/%s", (const char *)staged[2])));
	assert_int_equal(ops->commit(&box, staged, uids, 3, arena, keys, &err), -1);
	for (int i = 0; i < 3; i++)
		ops->abort(&box, staged[i]);
	assert_string_equal(names_in(&box, "new"), "");
	assert_string_equal(names_in(&box, "tmp"), "");
	for (int i = 0; i < 3; i++)
		staged[i] = stage(&box, "x\n", &options);
	assert_int_equal(ops->sync(&box, staged, 3, &err), 0);
	assert_int_equal(ops->commit(&box, staged, uids, 3, arena, keys, &err), 0);
	for (int i = 0; i < 3; i++)
		assert_string_equal(read_key(&box, keys[i]), "x\n");
	assert_non_null(strstr(keys[2], ",U=77-7"));
}

static void a_scan_tells_what_names_tell(void **state)
{
	struct roost_scan scan;

	put(&box, "dovecot-keywords", "0 $Junk\n1 work\n");
	put(&box, "new/20.M5P1.h", "new\n");
	put(&box, "new/20.M4P1.h,S=4,W=5,U=77-9", "new\n");
	put(&box, "cur/10.h:2,FPRSTabz", "old\n");
	put(&box, "cur/.hidden", "");
	assert_int_equal(mkdir(in(&box, "cur/folder"), 0700), 0);
	keyword(&box, "elsewhere");
	scan = scan_box(&box, false);
	assert_int_equal(scan.found.count, 3);
	assert_string_equal(scan.found.items[0].key, "10.h");
	assert_int_equal(scan.found.items[0].found.flags, ROOST_FLAG_FLAGGED | ROOST_FLAG_ANSWERED |
			 ROOST_FLAG_SEEN | ROOST_FLAG_DELETED);
	assert_string_equal(box.keywords[1], "$Forwarded");
	assert_string_equal(box.keywords[2], "$Junk");
	assert_string_equal(box.keywords[3], "work");
	assert_int_equal(scan.found.items[0].found.keywords, 0xe);
	assert_true((scan.found.items[0].found.keywords_hidden & 0xf) == 1);
	assert_false(scan.found.items[0].found.recent);
	assert_int_equal(scan.found.items[0].found.size, 4);
	assert_true(scan.found.items[0].found.internaldate > 1000000);
	assert_string_equal(scan.found.items[1].key, "20.M4P1.h,S=4,W=5,U=77-9");
	assert_int_equal(scan.found.items[1].uid, 9);
	assert_int_equal(scan.found.items[1].found.vsize, 5);
	assert_true(scan.found.items[1].found.recent);
	assert_string_equal(scan.found.items[2].key, "20.M5P1.h");
	learn(&box, &scan);
	/* What is known costs no stat: the date stays out. */
	scan = scan_box(&box, false);
	assert_int_equal(scan.found.count, 3);
	assert_int_equal(scan.found.items[0].found.internaldate, 0);
	roost_vec_free(&scan.found);
}

static void flags_are_shown_to_others(void **state)
{
	struct roost_save_options options = { 0 };
	const char *key = save(&box, "x\n", &options);
	struct roost_flag_change change = { .key = key };
	const char *name;

	/* Nothing to show: it stays in new. */
	assert_int_equal(ops->flags(&box, &change, 1, arena, &err), 0);
	assert_true(there(&box, roost_arena_printf(arena, "new/%s", key)));
	keyword(&box, "late");
	keyword(&box, "$Forwarded");
	change = (struct roost_flag_change){ .key = key, .flags = ROOST_FLAG_SEEN, .keywords = 3 };
	assert_int_equal(ops->flags(&box, &change, 1, arena, &err), 0);
	assert_null(change.new_key);
	assert_true(there(&box, roost_arena_printf(arena, "cur/%s:2,PSab", key)));
	assert_string_equal(get(&box, "dovecot-keywords"), "0 late\n1 $Forwarded\n");
	assert_false(there(&box, "dovecot-keywords.lock"));
	/* Another program adds a flag of its own and a letter without a name: both stay. */
	name = in(&box, roost_arena_printf(arena, "cur/%s:2,PSab", key));
	assert_int_equal(rename(name, in(&box, roost_arena_printf(arena, "cur/%s:2,PSXabz", key))), 0);
	change.flags = ROOST_FLAG_FLAGGED;
	change.keywords = 0;
	assert_int_equal(ops->flags(&box, &change, 1, arena, &err), 0);
	assert_true(there(&box, roost_arena_printf(arena, "cur/%s:2,FXz", key)));
	assert_string_equal(read_key(&box, key), "x\n");
	/* A message that is gone is no error. */
	change.key = "1.nobody";
	assert_int_equal(ops->flags(&box, &change, 1, arena, &err), 0);
}

static void more_keywords_than_letters(void **state)
{
	struct roost_save_options options = { 0 };
	const char *key = save(&box, "x\n", &options);
	struct roost_flag_change change = { .key = key };
	struct roost_scan scan;

	for (int i = 0; i < 30; i++) {
		keyword(&box, roost_arena_printf(arena, "k%d", i));
		change.keywords |= UINT64_C(1) << i;
	}
	assert_int_equal(ops->flags(&box, &change, 1, arena, &err), 0);
	assert_true(there(&box, roost_arena_printf(arena, "cur/%s:2,abcdefghijklmnopqrstuvwxyz", key)));
	scan = scan_box(&box, false);
	assert_int_equal(scan.found.items[0].found.keywords, (1u << 26) - 1);
	assert_true(scan.found.items[0].found.keywords_hidden == ~(uint64_t)((1u << 26) - 1));
	roost_vec_free(&scan.found);
}

static void files_are_found_where_others_moved_them(void **state)
{
	const char *key;
	struct roost_save_options options = { 0 };
	struct roost_scan scan;

	key = save(&box, "x\n", &options);
	scan = scan_box(&box, false);
	learn(&box, &scan);
	rename(in(&box, roost_arena_printf(arena, "new/%s", key)),
	       in(&box, roost_arena_printf(arena, "cur/%s:2,TF", key)));
	assert_string_equal(read_key(&box, key), "x\n");
	rename(in(&box, roost_arena_printf(arena, "cur/%s:2,TF", key)),
	       in(&box, roost_arena_printf(arena, "cur/%s", key)));
	assert_string_equal(read_key(&box, key), "x\n");
	assert_int_equal(ops->remove(&box, &key, 1, &err), 0);
	assert_string_equal(names_in(&box, "cur"), "");
	assert_null(read_key(&box, key));
	assert_int_equal(err.kind, ROOST_ERR_EXPUNGED);
	assert_int_equal(ops->remove(&box, &key, 1, &err), 0);
	/* A damaged index does not lead out of the mailbox. */
	assert_null(read_key(&box, "../../etc/passwd"));
	assert_int_equal(err.kind, ROOST_ERR_EXPUNGED);
	/* Symbolic links and fifos are no messages. */
	assert_int_equal(symlink("/etc/passwd", in(&box, "cur/9.h:2,")), 0);
	assert_null(read_key(&box, "9.h"));
}

static void doubles_get_names_of_their_own(void **state)
{
	struct roost_scan scan;

	put(&box, "cur/5.h:2,", "one");
	put(&box, "cur/5.h:2,S", "two");
	scan = scan_box(&box, false);
	assert_int_equal(scan.found.count, 2);
	assert_int_not_equal(strcmp(scan.found.items[0].key, scan.found.items[1].key), 0);
	learn(&box, &scan);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(strlen(read_key(&box, box.known[i].key)), 3);
	/* Two links to one message are one message. */
	put(&box, "new/6.h", "three");
	assert_int_equal(link(in(&box, "new/6.h"), in(&box, "cur/6.h:2,S")), 0);
	scan = scan_box(&box, false);
	assert_int_equal(scan.found.count, 3);
	roost_vec_free(&scan.found);
}

static void stamps_notice_deliveries_and_renames(void **state)
{
	uint64_t before[4], after[4];
	bool settled;
	const struct timespec old[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };

	utimensat(box.dir, "new", old, 0);
	utimensat(box.dir, "cur", old, 0);
	assert_int_equal(ops->stamp(&box, before, &settled, &err), 0);
	assert_true(settled);
	put(&box, "new/1.h", "x");
	assert_int_equal(ops->stamp(&box, after, &settled, &err), 0);
	assert_false(settled);
	assert_int_not_equal(memcmp(before, after, sizeof(before)), 0);
	/* A store without its folders gets them back. */
	rename(in(&box, "new"), in(&box, "gone"));
	assert_int_equal(ops->stamp(&box, after, &settled, &err), 0);
	assert_true(there(&box, "new"));
}

static void copies_are_links(void **state)
{
	struct roost_save_options options = { .internaldate = 1000000000000000 };
	struct roost_staged *staged;
	const char *key, *copy;
	struct stat st;
	uint32_t uid = 4;

	assert_int_equal(ops->create(&user, root, "A", &err), 0);
	open_box(&other, "A");
	key = save(&box, "x\n", &options);
	options.flags = ROOST_FLAG_SEEN;
	assert_int_equal(ops->copy_from(&other, &box, key, &options, &staged, &err), 0);
	assert_int_equal(ops->sync(&other, &staged, 1, &err), 0);
	assert_int_equal(ops->commit(&other, &staged, &uid, 1, arena, &copy, &err), 0);
	assert_non_null(strstr(copy, ",S=2,W=3,U=77-4"));
	assert_int_equal(stat(in(&other, roost_arena_printf(arena, "cur/%s:2,S", copy)), &st), 0);
	assert_int_equal(st.st_nlink, 2);
	assert_int_equal(ops->remove(&box, &key, 1, &err), 0);
	assert_string_equal(read_key(&other, copy), "x\n");
	/* What cannot be a link. */
	options.internaldate = 1;
	assert_int_equal(ops->copy_from(&box, &other, copy, &options, &staged, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_UNSUPPORTED);
	assert_int_equal(ops->copy_from(&box, &other, "1.no", &options, &staged, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_EXPUNGED);
	settings.hardlinks = false;
	assert_int_equal(ops->copy_from(&box, &other, copy, &options, &staged, &err), -1);
	assert_string_equal(names_in(&box, "tmp"), "");
}

static void leftovers_in_tmp_go_after_36_hours(void **state)
{
	struct timespec times[2];

	settings.temp_scan_interval = INT64_C(7 * 86400) * 1000000;
	close_box(&box);
	open_box(&box, "INBOX");
	put(&box, "tmp/1.h", "x");
	times[0].tv_sec = times[1].tv_sec = time(NULL) - 8 * 86400;
	times[0].tv_nsec = times[1].tv_nsec = 0;
	utimensat(box.dir, "tmp/1.h", times, 0);
	utimensat(box.dir, "tmp", times, 0);
	maildir_clean_tmp(box.state);
	/* Its ctime is young: somebody may be about to use it. */
	assert_true(there(&box, "tmp/1.h"));
	assert_true(there(&box, "tmp"));
}

/* --- other software --- */
static void adoption_from_uidlist_3(void **state)
{
	struct roost_scan scan;

	put(&box, "dovecot-uidlist", "3 V1234 N105 Gfeed\n"
	    "7 W30 G00112233445566778899aabbccddeeff :100.h:2,S\n9 :300.h,S=2\n8 :999.h\n20 Pold O3 :200.h\n");
	put(&box, "dovecot-keywords", "0 first\n3 fourth\n");
	put(&box, "cur/100.h:2,Sd", "x\n");
	put(&box, "cur/200.h:2,", "x\n");
	put(&box, "new/300.h,S=2", "x\n");
	put(&box, "new/250.h,U=1234-9", "x\n");
	scan = scan_box(&box, true);
	assert_int_equal(scan.uidvalidity, 1234);
	assert_int_equal(scan.uidnext, 105);
	assert_string_equal(box.keywords[0], "first");
	assert_string_equal(box.keywords[1], "fourth");
	assert_int_equal(scan.found.count, 4);
	assert_int_equal(scan.found.items[0].uid, 7);
	assert_int_equal(scan.found.items[0].found.vsize, 30);
	assert_int_equal(scan.found.items[0].found.guid[15], 0xff);
	assert_int_equal(scan.found.items[0].found.keywords, 2);
	assert_int_equal(scan.found.items[1].uid, 20);
	assert_int_equal(scan.found.items[2].uid, 9);	/* doubled: the host decides */
	assert_int_equal(scan.found.items[3].uid, 9);
	roost_vec_free(&scan.found);
}

static void adoption_from_uidlist_1_and_courier(void **state)
{
	static const char *const files[] = { "dovecot-uidlist", "courierimapuiddb" };

	put(&box, "cur/100.h:2,S", "x\n");
	for (size_t i = 0; i < ROOST_COUNT(files); i++) {
		struct roost_scan scan;

		put(&box, files[i], "1 1111 50\n40 100.h:2,\n41 gone.h\n");
		scan = scan_box(&box, true);
		assert_int_equal(scan.uidvalidity, 1111);
		assert_int_equal(scan.uidnext, 50);
		assert_int_equal(scan.found.items[0].uid, 40);
		assert_int_equal(scan.found.items[0].found.uidvalidity, 1111);
		roost_vec_free(&scan.found);
		unlink(in(&box, files[i]));
	}
}

static void broken_lists_are_none(void **state)
{
	static const char *const texts[] = { "", "3 N5\n", "2 5 5\n", "x\n", "3 V0 N1\n", "1 5\n" };

	put(&box, "cur/100.h:2,S", "x\n");
	for (size_t i = 0; i < ROOST_COUNT(texts); i++) {
		struct roost_scan scan;

		put(&box, "dovecot-uidlist", texts[i]);
		scan = scan_box(&box, true);
		assert_int_equal(scan.uidvalidity, 0);
		assert_int_equal(scan.found.count, 1);
		roost_vec_free(&scan.found);
	}
}

static void a_lost_index_costs_no_uids(void **state)
{
	struct roost_scan scan;

	put(&box, "cur/1.h,U=77-4:2,S", "x\n");
	put(&box, "cur/2.h,U=77-6:2,S", "x\n");
	put(&box, "cur/3.h,U=5-9:2,S", "x\n");
	scan = scan_box(&box, true);
	assert_int_equal(scan.uidvalidity, 77);
	assert_int_equal(scan.uidnext, 1007);
	roost_vec_free(&scan.found);
}

static void the_list_is_exported(void **state)
{
	struct roost_scan scan;
	const char *key;
	struct roost_save_options options = { 0 };

	put(&box, "dovecot-uidlist", "3 V77 N3 Gfeed\n2 Pold :1.h\n");
	put(&box, "cur/1.h:2,S", "x\n");
	scan = scan_box(&box, true);
	learn(&box, &scan);
	key = save(&box, "x\n", &options);
	box.known = (struct message[]){ { 2, (char *)"1.h", { 0 } }, { 3, (char *)key, { 0 } } };
	box.known_count = 2;
	assert_int_equal(ops->export_state(&box, &err), 0);
	assert_string_equal(get(&box, "dovecot-uidlist"),
			    roost_arena_printf(arena, "3 V77 N3 Gfeed\n2 Pold :1.h\n3 :%s\n", key));
	/* Another server has written: its fields stay, our messages win. */
	put(&box, "dovecot-uidlist.tmp", "3 V77 N9 Gbeef\n2 Pold :1.h\n8 :7.other\n");
	rename(in(&box, "dovecot-uidlist.tmp"), in(&box, "dovecot-uidlist"));
	put(&box, "new/7.other", "x\n");
	box.uidnext = 4;
	scan = scan_box(&box, false);
	assert_string_equal(scan.found.items[scan.found.count - 1].key, "7.other");
	assert_int_equal(scan.found.items[scan.found.count - 1].uid, 8);
	roost_vec_free(&scan.found);
	box.known = (struct message[]){ { 2, (char *)"1.h", { 0 } }, { 3, (char *)key, { 0 } },
					{ 8, (char *)"7.other", { 0 } } };
	box.known_count = 3;
	box.uidnext = 9;
	/* Appending would do, had the list not another order now. */
	((struct maildir *)box.state)->uidlist_stat.st_ino++;
	assert_int_equal(ops->export_state(&box, &err), 0);
	assert_string_equal(get(&box, "dovecot-uidlist"), roost_arena_printf(arena,
		"3 V77 N9 Gbeef\n2 Pold :1.h\n3 :%s\n8 :7.other\n", key));
	assert_false(there(&box, "dovecot-uidlist.lock"));
	/* Nothing new, nothing written. */
	unlink(in(&box, "dovecot-uidlist"));
	assert_int_equal(ops->export_state(&box, &err), 0);
	assert_false(there(&box, "dovecot-uidlist"));
}

static void a_new_list_is_written_whole(void **state)
{
	struct roost_save_options options = { 0 };
	const char *key = save(&box, "x\n", &options);

	box.known = (struct message[]){ { 1, (char *)key, { 0 } } };
	box.known_count = 1;
	assert_int_equal(ops->export_state(&box, &err), 0);
	assert_string_equal(get(&box, "dovecot-uidlist"),
			    roost_arena_printf(arena, "3 V77 N2\n1 :%s\n", key));
}

/* --- the tree --- */
static bool collect(void *context, const char *name, bool selectable)
{
	roost_str_printf(context, "%s%s ", name, selectable ? "" : "(no)");
	return true;
}

static const char *list(void)
{
	struct roost_str text = ROOST_STR_INIT;
	char *words[64], *rest, *word, *copy;
	size_t count = 0;

	assert_int_equal(ops->list(&user, root, collect, &text, &err), 0);
	rest = copy = roost_arena_strdup(arena, roost_str_text(&text));
	roost_str_free(&text);
	while ((word = strsep(&rest, " ")) != NULL && count < 64) {
		size_t at = count;

		if (*word == '\0')
			continue;
		for (; at > 0 && strcmp(words[at - 1], word) > 0; at--)
			words[at] = words[at - 1];
		words[at] = word;
		count++;
	}
	for (size_t i = 0; i < count; i++)
		roost_str_printf(&text, "%s ", words[i]);
	copy = roost_arena_strdup(arena, roost_str_text(&text));
	roost_str_free(&text);
	return copy;
}

static void create(const char *name)
{
	assert_int_equal(ops->create(&user, root, name, &err), 0);
}

static void maildir_plus_plus(void **state)
{
	const char *path;

	chmod(root, 0750);
	create("A/B");
	create("Entwürfe");
	assert_string_equal(list(), "A/B Entwürfe INBOX ");
	assert_true(there(&box, ".A.B/maildirfolder"));
	assert_true(there(&box, ".Entw&APw-rfe/cur"));
	assert_int_equal(ops->create(&user, root, "A/B", &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_EXISTS);
	assert_int_equal(ops->create(&user, root, "A.B", &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_INVALID);
	assert_int_equal(ops->create(&user, root, "A//B", &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_INVALID);
	assert_int_equal(ops->path(&user, root, "A", arena, &path, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOTFOUND);
	assert_int_equal(ops->path(&user, root, "A/B", arena, &path, &err), 0);
	assert_string_equal(path, in(&box, ".A.B"));
	create("A");
	create("A/B/C");
	create("AB");
	assert_int_equal(ops->rename(&user, root, "A", "X", &err), 0);
	assert_string_equal(list(), "AB Entwürfe INBOX X X/B X/B/C ");
	assert_int_equal(ops->rename(&user, root, "X", "X/B", &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_EXISTS);
	assert_int_equal(ops->rename(&user, root, "X", "X/Y", &err), 0);
	assert_string_equal(list(), "AB Entwürfe INBOX X/Y X/Y/B X/Y/B/C ");
	assert_int_equal(ops->rename(&user, root, "no", "yes", &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOTFOUND);
	assert_int_equal(ops->destroy(&user, root, "X/Y", &err), 0);
	assert_string_equal(list(), "AB Entwürfe INBOX X/Y/B X/Y/B/C ");
	assert_int_equal(ops->destroy(&user, root, "X/Y", &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_NOTFOUND);
	assert_int_equal(ops->destroy(&user, root, "INBOX", &err), -1);
	/* What is no mailbox of ours. */
	mkdir(in(&box, ".bad&name"), 0700);
	mkdir(in(&box, "..DOVECOT-TRASHED"), 0700);
	mkdir(in(&box, ".x..y"), 0700);
	put(&box, ".file", "");
	mkdir(in(&box, ".INBOX"), 0700);
	assert_string_equal(list(), "AB Entwürfe INBOX X/Y/B X/Y/B/C ");
	mkdir(in(&box, ".NoCur"), 0700);
	assert_string_equal(list(), "AB Entwürfe INBOX NoCur X/Y/B X/Y/B/C ");
	settings.stat_dirs = true;
	assert_string_equal(list(), "AB Entwürfe INBOX NoCur(no) X/Y/B X/Y/B/C ");
}

static void layout_fs(void **state)
{
	user.layout = "fs";
	create("A/B.C");
	create("D");
	assert_string_equal(list(), "A(no) A/B.C D INBOX ");
	assert_false(there(&box, "D/maildirfolder"));
	assert_int_equal(ops->create(&user, root, "D/cur", &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_INVALID);
	assert_int_equal(ops->create(&user, root, "D/../../x", &err), -1);
	create("A");
	put(&box, "A/dovecot-uidlist", "x");
	assert_int_equal(ops->destroy(&user, root, "A", &err), 0);
	assert_string_equal(list(), "A(no) A/B.C D INBOX ");
	assert_false(there(&box, "A/dovecot-uidlist"));
	create("A");
	assert_int_equal(ops->rename(&user, root, "A", "A/X", &err), 0);
	assert_string_equal(list(), "A(no) A/X A/X/B.C D INBOX ");
	assert_int_equal(ops->rename(&user, root, "A/X", "D", &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_EXISTS);
	assert_int_equal(ops->rename(&user, root, "D", "E/F/G", &err), 0);
	assert_string_equal(list(), "A(no) A/X A/X/B.C E(no) E/F(no) E/F/G INBOX ");
	assert_int_equal(ops->destroy(&user, root, "E/F/G", &err), 0);
	assert_string_equal(list(), "A(no) A/X A/X/B.C E(no) E/F(no) INBOX ");
}

static void permissions_come_from_above(void **state)
{
	struct stat st;

	chmod(root, 0770);
	create("Shared");
	assert_int_equal(stat(in(&box, ".Shared/new"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0770);
	open_box(&other, "Shared");
	save(&other, "x\n", &(struct roost_save_options){ .flags = ROOST_FLAG_SEEN });
	assert_int_equal(stat(in(&other, roost_arena_printf(arena, "cur/%.*s",
		(int)strcspn(names_in(&other, "cur"), " "), names_in(&other, "cur"))), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_taken_apart),
		cmocka_unit_test(infos_keep_what_is_not_ours),
		cmocka_unit_test(the_table_finds_what_was_put),
		TEST(a_saved_message_carries_sizes_date_and_uid),
		TEST(many_are_visible_together_or_not_at_all),
		TEST(a_scan_tells_what_names_tell),
		TEST(flags_are_shown_to_others),
		TEST(more_keywords_than_letters),
		TEST(files_are_found_where_others_moved_them),
		TEST(doubles_get_names_of_their_own),
		TEST(stamps_notice_deliveries_and_renames),
		TEST(copies_are_links),
		TEST(leftovers_in_tmp_go_after_36_hours),
		TEST(adoption_from_uidlist_3),
		TEST(adoption_from_uidlist_1_and_courier),
		TEST(broken_lists_are_none),
		TEST(a_lost_index_costs_no_uids),
		TEST(the_list_is_exported),
		TEST(a_new_list_is_written_whole),
		TEST(maildir_plus_plus),
		TEST(layout_fs),
		TEST(permissions_come_from_above),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
