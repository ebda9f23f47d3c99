/* Mailboxes as directories: Maildir++ and LAYOUT=fs. R-MD-1. */
#include "tests/unit/maildir_world.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(maildir_plus_plus),
		TEST(layout_fs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
