/* Existing messages: reading, removing, showing their flags. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <roost/vec.h>
#include "modules/maildir/maildir.h"

#define ROUNDS 3

static int open_path(struct maildir *maildir, const char *path, void *context)
{
	int *fd = context;

	*fd = openat(maildir->dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	return *fd < 0 ? -1 : 0;
}

int maildir_open(struct roost_mailbox *box, const char *key, struct roost_input **message,
		 struct roost_error *err)
{
	struct stat st;
	int fd;

	if (maildir_with(roost_storage_state(box), key, open_path, &fd, err) < 0)
		return -1;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return roost_fail_detail(err, ROOST_ERR_CORRUPT, "%s: %s is not a regular file",
					 roost_mailbox_path(box), key);
	}
	*message = roost_input_take_fd(fd);
	return 0;
}

/* 1: gone now, 0: not where we thought, -1: failed. */
static int unlink_one(struct maildir *maildir, const char *base, struct roost_error *err)
{
	const struct maildir_entry *entry = maildir_table_find(&maildir->table, base);
	char path[MAILDIR_PATH_MAX];

	if (entry == NULL)
		return 0;
	maildir_entry_path(&maildir->table, entry, base, path);
	if (unlinkat(maildir->dir, path, 0) < 0) {
		if (errno == ENOENT)
			return 0;
		return roost_fail_errno(err, "unlink %s/%s", roost_mailbox_path(maildir->box), path);
	}
	maildir_table_remove(&maildir->table, base);
	return 1;
}

/*
 * The folders are read before, and again while some are not found where they should be: many keys
 * may be gone already when a crash is made up for, and each must not cost a reading of its own.
 */
int maildir_remove(struct roost_mailbox *box, const char *const *keys, size_t count,
		   struct roost_error *err)
{
	struct maildir *maildir = roost_storage_state(box);
	ROOST_VEC(const char *) left = { 0 };
	int result = 0;

	maildir->uidlist_shrunk = true;
	for (size_t i = 0; i < count; i++)
		roost_vec_push(&left, keys[i]);
	for (int round = maildir->loaded ? 0 : 1; left.count > 0 && round <= ROUNDS && result == 0; round++) {
		size_t kept = 0;

		if (round > 0 && maildir_read(maildir, 0, NULL, NULL, err) < 0) {
			result = -1;
			break;
		}
		for (size_t i = 0; i < left.count && result == 0; i++) {
			int done = unlink_one(maildir, left.items[i], err);

			if (done < 0)
				result = -1;
			else if (done == 0)
				left.items[kept++] = left.items[i];
		}
		left.count = kept;
		if (round > 0 && maildir->seen_settled)
			break;
	}
	roost_vec_free(&left);
	return result;
}

struct renaming { const char *base; uint32_t bits, mask; char path[MAILDIR_PATH_MAX]; };

/* Letters without a name, and whatever else a name says, stay. Nothing leaves new for nothing. */
static int rename_path(struct maildir *maildir, const char *path, void *context)
{
	struct renaming *renaming = context;
	const char *info = path + 4 + strlen(renaming->base);
	uint32_t old;

	maildir_info_parse(info, &old);
	old &= ~renaming->mask;
	maildir_path(renaming->path, renaming->base, renaming->bits | old, info);
	if (path[0] == 'n' && (renaming->bits | old) == 0)
		snprintf(renaming->path, sizeof(renaming->path), "%s", path);
	/* Only the attempt tells whether the file is still called so. */
	return renameat(maildir->dir, path, maildir->dir, renaming->path);
}

static int set_one(struct maildir *maildir, const struct roost_flag_change *change,
		   struct roost_error *err)
{
	struct renaming renaming = { .base = change->key };

	renaming.bits = maildir_bits(change->flags) | maildir_keyword_bits(maildir, change->keywords);
	renaming.mask = maildir_keyword_mask(maildir);
	if (maildir_with(maildir, change->key, rename_path, &renaming, err) < 0)
		return -1;
	if (maildir->loaded)
		maildir_table_put(&maildir->table, change->key, renaming.path, 0);
	return 0;
}

/* A message that is gone shows no flags, and the next scan says that it is gone. */
int maildir_set_flags(struct roost_mailbox *box, struct roost_flag_change *changes, size_t count,
		      struct roost_arena *arena, struct roost_error *err)
{
	struct maildir *maildir = roost_storage_state(box);
	struct roost_error local;

	(void)arena;
	maildir_keywords_load(maildir);
	for (size_t i = 0; i < count; i++) {
		if (set_one(maildir, &changes[i], &local) == 0 || local.kind == ROOST_ERR_EXPUNGED)
			continue;
		if (err != NULL)
			*err = local;
		return -1;
	}
	return maildir->sync_flags && count > 0 ? maildir_sync_folder(maildir, "cur", err) : 0;
}
