/* maildir - storage driver: a directory per mailbox, a file per message, flags in its name. R-MD-*. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "modules/maildir/maildir.h"

#define FIELD(name, type, member, fallback, doc) \
	{ name, type, offsetof(struct maildir_settings, member), fallback, doc }
static const struct roost_setting fields[] = {
	FIELD("maildir_stat_dirs", ROOST_SET_BOOL, stat_dirs, "no",
	      "Look into each directory whether it is a mailbox before it is listed."),
	FIELD("maildir_copy_with_hardlinks", ROOST_SET_BOOL, hardlinks, "yes",
	      "Copy messages by a second link to the file where that is possible."),
	FIELD("maildir_very_dirty_syncs", ROOST_SET_BOOL, very_dirty_syncs, "no",
	      "Take it that no other program changes cur: only new is looked at for changes."),
	FIELD("maildir_broken_filename_sizes", ROOST_SET_BOOL, broken_sizes, "no",
	      "Pay no heed to the sizes in file names."),
	FIELD("maildir_empty_new", ROOST_SET_BOOL, empty_new, "no",
	      "Move messages from new to cur as soon as they are seen, not when their flags change."),
	FIELD("mail_temp_scan_interval", ROOST_SET_TIME, temp_scan_interval, "1 weeks",
	      "How often tmp is searched for leftovers older than 36 hours; 0: never."),
	{ 0 },
};
const struct roost_settings maildir_settings_schema = {
	"maildir", sizeof(struct maildir_settings), fields, ROOST_SCOPE_USER,
};

static int mailbox_open(struct roost_mailbox *box, void **state, struct roost_error *err)
{
	const struct roost_scope *scope = roost_user_scope(roost_mailbox_user(box));
	const char *fsync = roost_scope_value(scope, "mail_fsync");
	struct maildir *maildir;
	const void *settings;

	if (roost_settings_get(scope, &maildir_settings_schema, &settings, err) < 0)
		return -1;
	maildir = calloc(1, sizeof(*maildir));
	if (maildir == NULL)
		abort();
	maildir->box = box;
	maildir->settings = settings;
	maildir->sync = fsync == NULL || strcmp(fsync, "never") != 0;
	maildir->sync_flags = fsync != NULL && strcmp(fsync, "always") == 0;
	maildir->dir = roost_mailbox_dirfd(box);
	maildir_clean_tmp(maildir);
	*state = maildir;
	return 0;
}

static void mailbox_close(struct roost_mailbox *box, void *state)
{
	struct maildir *maildir = state;

	(void)box;
	maildir_table_free(&maildir->table);
	maildir_keywords_free(maildir);
	free(maildir);
}

static const struct roost_storage_ops maildir = {
	.name = "maildir", .settings = &maildir_settings_schema,
	.features = ROOST_STORAGE_KEEPS_FLAGS | ROOST_STORAGE_KEEPS_UID | ROOST_STORAGE_FOREIGN,
	.scan = maildir_scan, .open = maildir_open, .remove = maildir_remove,
	.stamp = maildir_stamp, .stage = maildir_stage, .sync = maildir_sync,
	.commit = maildir_commit, .abort = maildir_abort, .flags = maildir_set_flags,
	.copy_from = maildir_copy_from,
	.list = maildir_list, .create = maildir_create, .destroy = maildir_destroy,
	.rename = maildir_rename, .path = maildir_find_path,
	.mailbox_open = mailbox_open, .mailbox_close = mailbox_close,
	.adopt = maildir_adopt, .export_state = maildir_export,
};

ROOST_MODULE(maildir, .version = "1.0",
	     .settings = ROOST_SETTINGS(&maildir_settings_schema),
	     .provides = ROOST_PROVIDES(ROOST_STORAGE(&maildir)));
