/* The folders new and cur: reading them, noticing changes, finding a file that others may move. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "modules/maildir/maildir.h"

#define SETTLED 2000000		/* microseconds: coarser than any file system's clock */
#define FINE 50000		/* where times have fractions: some ticks of the kernel's clock */
#define TRIES 5			/* readings of a folder that changes meanwhile */
#define LEFTOVER 60		/* seconds: a second link to a message is no longer work in progress */

/* In a mailbox only: what we have open may have been deleted, and is being removed by another one. */
int maildir_make_folders(struct maildir *maildir, struct roost_error *err)
{
	static const char *const folders[] = { "tmp", "new", "cur" };
	struct stat parent, there;

	if (fstat(maildir->dir, &parent) < 0)
		return roost_fail_errno(err, "fstat");
	if (stat(roost_mailbox_path(maildir->box), &there) < 0 || there.st_ino != parent.st_ino ||
	    there.st_dev != parent.st_dev)
		return roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist");
	for (size_t i = 0; i < ROOST_COUNT(folders); i++) {
		if (mkdirat(maildir->dir, folders[i], parent.st_mode & 0777) < 0 && errno != EEXIST)
			return roost_fail_errno(err, "mkdir %s/%s", roost_mailbox_path(maildir->box),
						folders[i]);
	}
	return 0;
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* When both folders changed last, and whether their times are as fine as the kernel's clock. */
struct change_time { int64_t newest; bool fine; };

/* One folder's part of the stamp. The inode is in it, as a folder may be put in place whole. */
static int stamp_folder(struct maildir *maildir, const char *folder, uint64_t token[2],
			struct change_time *time, struct roost_error *err)
{
	struct stat st;
	int64_t changed;

	if (fstatat(maildir->dir, folder, &st, 0) < 0 && errno == ENOENT &&
	    maildir_make_folders(maildir, err) < 0)
		return -1;
	if (fstatat(maildir->dir, folder, &st, 0) < 0)
		return roost_fail_errno(err, "stat %s/%s", roost_mailbox_path(maildir->box), folder);
	token[0] = (uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec;
	token[1] = (uint64_t)st.st_ino;
	changed = (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000;
	if (changed > time->newest)
		*time = (struct change_time){ changed, st.st_mtim.tv_nsec % 1000000 != 0 };
	return 0;
}

static int stamp(struct maildir *maildir, uint64_t token[4], struct change_time *time,
		 struct roost_error *err)
{
	*time = (struct change_time){ 0, false };
	return stamp_folder(maildir, "new", token, time, err) < 0 ? -1 :
		stamp_folder(maildir, "cur", token + 2, time, err);
}

int maildir_stamp(struct roost_mailbox *box, uint64_t token[4], bool *settled,
		  struct roost_error *err)
{
	struct maildir *maildir = roost_storage_state(box);
	struct change_time time;

	if (stamp(maildir, token, &time, err) < 0)
		return -1;
	*settled = time.newest + SETTLED < now_us();
	/* Trust that nobody but us changes cur. */
	if (maildir->settings->very_dirty_syncs)
		token[2] = token[3] = 0;
	return 0;
}

static bool is_message(int folder, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_name[0] == '.' || entry->d_name[0] == ':')
		return false;
	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_REG;
	return fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

struct reading {
	struct maildir *maildir;
	uint8_t pass;
	maildir_each *each;
	void *context;
};

static void take_in(struct reading *reading, const char *base, const char *path)
{
	struct maildir *maildir = reading->maildir;
	bool known = maildir_table_find(&maildir->table, base) != NULL;

	maildir_table_put(&maildir->table, base, path, reading->pass);
	if (!known && reading->each != NULL)
		reading->each(reading->context, base, path,
			      maildir_table_find(&maildir->table, base));
}

/* Another message has come under a name that is taken: both are kept, it gets a name of its own. */
static void rename_double(struct reading *reading, const char *path)
{
	struct maildir *maildir = reading->maildir;
	char base[NAME_MAX + 1], fresh[MAILDIR_PATH_MAX];
	const char *info = path + strcspn(path, ":");

	maildir_unique(base, sizeof(base));
	snprintf(fresh, sizeof(fresh), "%.4s%s%s", path, base, info);
	if (renameat(maildir->dir, path, maildir->dir, fresh) < 0)
		return;
	roost_log(roost_user_log(roost_mailbox_user(maildir->box)), ROOST_LOG_WARN,
		  "maildir %s: two messages were called %s; one is %s now",
		  roost_mailbox_path(maildir->box), path, fresh);
	take_in(reading, base, fresh);
}

/*
 * The same base name twice: a file that moved while we read, a link and unlink that somebody is
 * about to end (or never will), or really two messages.
 */
static void found_twice(struct reading *reading, const char *base, const char *path)
{
	struct maildir *maildir = reading->maildir;
	const struct maildir_entry *entry = maildir_table_find(&maildir->table, base);
	char other[MAILDIR_PATH_MAX];
	struct stat first, second;

	maildir_entry_path(&maildir->table, entry, base, other);
	if (fstatat(maildir->dir, path, &second, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (fstatat(maildir->dir, other, &first, AT_SYMLINK_NOFOLLOW) < 0) {
		take_in(reading, base, path);
		return;
	}
	if (first.st_ino != second.st_ino || first.st_dev != second.st_dev) {
		if (reading->each != NULL)
			rename_double(reading, path);
		return;
	}
	take_in(reading, base, path);
	if (first.st_ctim.tv_sec + LEFTOVER < time(NULL) && strcmp(other, path) != 0)
		unlinkat(maildir->dir, other, 0);
}

static void found_file(struct reading *reading, const char *folder, const char *name)
{
	char path[MAILDIR_PATH_MAX], base[NAME_MAX + 1];
	const struct maildir_entry *entry;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	snprintf(base, sizeof(base), "%.*s", (int)maildir_base_len(name), name);
	entry = maildir_table_find(&reading->maildir->table, base);
	if (entry != NULL && entry->pass == reading->pass)
		found_twice(reading, base, path);
	else
		take_in(reading, base, path);
}

static int read_folder(struct reading *reading, const char *folder, struct roost_error *err)
{
	const char *box = roost_mailbox_path(reading->maildir->box);
	int fd = openat(reading->maildir->dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int result = 0;

	if (dir == NULL) {
		roost_fail_errno(err, "open %s/%s", box, folder);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while (errno = 0, (entry = readdir(dir)) != NULL) {
		if (is_message(fd, entry))
			found_file(reading, folder, entry->d_name);
	}
	if (errno != 0)
		result = roost_fail_errno(err, "read %s/%s", box, folder);
	closedir(dir);
	return result;
}

/* new first: what moves to cur meanwhile is then seen twice rather than not at all. */
int maildir_read(struct maildir *maildir, uint8_t pass, maildir_each *each, void *context,
		 struct roost_error *err)
{
	struct reading reading = { maildir, pass, each, context };
	struct change_time time;

	maildir->loaded = false;
	if (pass == 0)
		maildir_table_free(&maildir->table);
	if (stamp(maildir, maildir->seen, &time, err) < 0)
		return -1;
	/* A change in the same tick as the one that the stamp shows would not show. */
	maildir->seen_settled = time.newest + (time.fine ? FINE : SETTLED) < now_us();
	if (read_folder(&reading, "new", err) < 0 || read_folder(&reading, "cur", err) < 0)
		return -1;
	maildir->loaded = true;
	return 0;
}

/* Nothing can have changed since the folders were read. */
static bool still_true(struct maildir *maildir)
{
	struct change_time time;
	uint64_t now[4];

	return maildir->loaded && maildir->seen_settled &&
		stamp(maildir, now, &time, NULL) == 0 &&
		memcmp(now, maildir->seen, sizeof(now)) == 0;
}

/*
 * The usual names, for a process that has not read the folders; first the one that was right the last
 * time, as messages come in rows of like ones. 1: done, 0: none of them, -1: failed.
 */
static int try_usual(struct maildir *maildir, const char *base,
		     int (*attempt)(struct maildir *maildir, const char *path, void *context),
		     void *context)
{
	static const char *const usual[][2] = {
		{ "cur", ":2,S" }, { "new", "" }, { "cur", ":2," } };
	char path[MAILDIR_PATH_MAX];

	for (size_t i = 0; i < ROOST_COUNT(usual); i++) {
		size_t which = (maildir->usual + i) % ROOST_COUNT(usual);

		snprintf(path, sizeof(path), "%s/%s%s", usual[which][0], base, usual[which][1]);
		if (attempt(maildir, path, context) == 0) {
			maildir->usual = which;
			return 1;
		}
		if (errno != ENOENT)
			return -1;
	}
	return 0;
}

/* Keys come from the index: one that could lead out of the folders is damaged. */
static bool is_base(const char *base)
{
	return *base != '\0' && *base != '.' && strpbrk(base, "/:") == NULL &&
		strlen(base) <= NAME_MAX;
}

int maildir_with(struct maildir *maildir, const char *base,
		 int (*attempt)(struct maildir *maildir, const char *path, void *context),
		 void *context, struct roost_error *err)
{
	const char *box = roost_mailbox_path(maildir->box);
	int done = 0;

	if (is_base(base) && !maildir->loaded)
		done = try_usual(maildir, base, attempt, context);
	for (int tries = 0; is_base(base) && done == 0 && tries < TRIES; tries++) {
		const struct maildir_entry *entry = maildir_table_find(&maildir->table, base);
		char path[MAILDIR_PATH_MAX];

		if (entry != NULL) {
			maildir_entry_path(&maildir->table, entry, base, path);
			done = attempt(maildir, path, context) == 0 ? 1 : errno == ENOENT ? 0 : -1;
		} else if (tries >= 2 || still_true(maildir)) {
			break;		/* a second reading is for moves during the first */
		}
		if (done == 0 && maildir_read(maildir, 0, NULL, NULL, err) < 0)
			return -1;
	}
	if (done > 0)
		return 0;
	if (done < 0)
		return roost_fail_errno(err, "%s: message %s", box, base);
	return roost_fail_detail(err, ROOST_ERR_EXPUNGED, "%s: message %s is gone", box, base);
}
