/* SPDX-License-Identifier: MIT */
/* postcard - storage driver: a directory per mailbox, a file per message. */
#include <dirent.h>
#include <errno.h>
#include <unistd.h>
#include <roost/storage.h>

/* Report what is there; the index assigns UIDs and notices what has gone. */
static int postcard_scan(struct roost_mailbox *box, struct roost_scan *scan,
			 struct roost_error *err)
{
	const char *path = roost_mailbox_path(box);
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (dir == NULL)
		return roost_fail_errno(err, "opendir %s", path);
	while ((entry = readdir(dir)) != NULL) {
		/* Directories are the index and mailboxes beneath this one. */
		if (entry->d_name[0] != '.' && entry->d_type != DT_DIR)
			roost_scan_found(scan, entry->d_name);
	}
	closedir(dir);
	return 0;
}

static int postcard_open(struct roost_mailbox *box, const char *key,
			 struct roost_input **message, struct roost_error *err)
{
	if (roost_input_open_at(roost_mailbox_dirfd(box), key, message, err) == 0)
		return 0;
	/* A file that has gone is a message that was expunged elsewhere. */
	if (err->kind == ROOST_ERR_NOTFOUND)
		err->kind = ROOST_ERR_EXPUNGED;
	return -1;
}

static int postcard_save(struct roost_mailbox *box, struct roost_input *message,
			 const char **key, struct roost_error *err)
{
	return roost_input_save_at(roost_mailbox_dirfd(box), message, key, err);
}

static int postcard_remove(struct roost_mailbox *box, const char *const *keys, size_t count,
			   struct roost_error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (unlinkat(roost_mailbox_dirfd(box), keys[i], 0) < 0 && errno != ENOENT)
			return roost_fail_errno(err, "unlink %s", keys[i]);
	}
	return 0;
}

static const struct roost_storage_ops postcard = {
	.name = "postcard", .scan = postcard_scan, .open = postcard_open,
	.save = postcard_save, .remove = postcard_remove,
};

ROOST_MODULE(postcard, .version = "1.0",
	     .provides = ROOST_PROVIDES(ROOST_STORAGE(&postcard)));
