/* The Maildir driver: names of message files, what lies in new and cur, the state of one mailbox. */
#ifndef MODULES_MAILDIR_H
#define MODULES_MAILDIR_H

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <roost/map.h>
#include <roost/storage.h>
#include <roost/user.h>

struct maildir_settings {
	bool stat_dirs, hardlinks, very_dirty_syncs, broken_sizes, empty_new;
	int64_t temp_scan_interval;	/* microseconds; 0: never */
};
extern const struct roost_settings maildir_settings_schema;

/* --- names (name.c) --- */
/* What stands behind ":2," as bits: D F P R S T, then a to z. */
#define MAILDIR_D 0x01u		/* draft */
#define MAILDIR_F 0x02u		/* flagged */
#define MAILDIR_P 0x04u		/* passed: the keyword $Forwarded */
#define MAILDIR_R 0x08u		/* replied */
#define MAILDIR_S 0x10u		/* seen */
#define MAILDIR_T 0x20u		/* trashed */
#define MAILDIR_LETTER(n) (0x40u << (n))
#define MAILDIR_LETTERS 26
#define MAILDIR_PATH_MAX (NAME_MAX + 8)
#define MAILDIR_FORWARDED "$Forwarded"

/* The fields in a base name. 0: not there. */
struct maildir_fields {
	uint64_t size, vsize;
	uint32_t uidvalidity, uid;
	bool has_size, has_vsize;
};

/* Length of the base name: what stays when flags change. */
size_t maildir_base_len(const char *name);
/* A base name of a message, without fields yet, that no other has. */
void maildir_unique(char *base, size_t size);
struct maildir_fields maildir_fields(const char *base, size_t len);
/* Bits of the info part; false when it says more than these bits. */
bool maildir_info_parse(const char *info, uint32_t *bits);
/* "cur/BASE:2,LETTERS"; old: an info with more than bits, whose rest is kept, or NULL. */
void maildir_path(char path[MAILDIR_PATH_MAX], const char *base, uint32_t bits, const char *old);
/* System flags to bits and back. */
uint32_t maildir_bits(uint32_t flags);
uint32_t maildir_flags(uint32_t bits);

/* --- where each message is (table.c) --- */
#define MAILDIR_IN_CUR 1u
#define MAILDIR_IN_NEW 2u
#define MAILDIR_ODD 4u		/* the whole name is in table->odd */

struct maildir_entry {
	uint64_t hash;		/* of the base name */
	uint32_t bits;
	uint8_t where;		/* 0: no entry */
	uint8_t pass;		/* that found it */
};
/* 16 bytes a message instead of its name, which base and bits give back. */
struct maildir_table {
	struct maildir_entry *entries;
	size_t count, capacity;
	struct roost_map *odd;	/* base to path, where the path is not as we would write it */
};
void maildir_table_free(struct maildir_table *table);
struct maildir_entry *maildir_table_find(const struct maildir_table *table, const char *base);
void maildir_table_remove(struct maildir_table *table, const char *base);
/* Put down that base is at path; where and bits come from it. */
void maildir_table_put(struct maildir_table *table, const char *base, const char *path,
		       uint8_t pass);
void maildir_entry_path(const struct maildir_table *table, const struct maildir_entry *entry,
			const char *base, char path[MAILDIR_PATH_MAX]);

/* --- one mailbox --- */
struct maildir {
	struct roost_mailbox *box;
	const struct maildir_settings *settings;
	bool sync;			/* mail_fsync is not "never" */
	bool sync_flags;		/* mail_fsync is "always" */
	int dir;
	unsigned open_staged;		/* files that wait for their flush */
	struct maildir_table table;
	bool loaded;			/* table shows what was there at seen */
	size_t usual;			/* which of the usual names was right the last time */
	uint64_t seen[4];
	bool seen_settled;
	/* dovecot-keywords (keywords.c) */
	char *keywords[MAILDIR_LETTERS];
	struct stat keywords_stat;
	/* dovecot-uidlist (uidlist.c) */
	struct stat uidlist_stat;	/* as we left or last read it */
	bool uidlist_stale, uidlist_shrunk;
};

int maildir_stamp(struct roost_mailbox *box, uint64_t token[4], bool *settled,
		  struct roost_error *err);
/* Make new, cur and tmp where they are missing. */
int maildir_make_folders(struct maildir *maildir, struct roost_error *err);
/* Like its parent: permissions for files, group; *group (gid_t)-1: as it comes. */
void maildir_file_mode(int dir, mode_t *mode, gid_t *group);
void maildir_file_group(int fd, mode_t mode, gid_t group);

/* Read new and cur into the table, which pass 0 empties; each: called for every message that was not
 * in it. May be NULL. */
typedef void maildir_each(void *context, const char *base, const char *path,
			  const struct maildir_entry *entry);
int maildir_read(struct maildir *maildir, uint8_t pass, maildir_each *each, void *context,
		 struct roost_error *err);
/*
 * Do something with the file of a message wherever it is now: attempt(path) returns 0, or -1 with
 * errno. After ENOENT the folders are read and it is tried again. EXPUNGED: the message is gone.
 */
int maildir_with(struct maildir *maildir, const char *base,
		 int (*attempt)(struct maildir *maildir, const char *path, void *context),
		 void *context, struct roost_error *err);

int maildir_scan(struct roost_mailbox *box, struct roost_scan *scan, struct roost_error *err);
int maildir_adopt(struct roost_mailbox *box, struct roost_scan *scan, struct roost_error *err);

/* --- saving (save.c) --- */
int maildir_stage(struct roost_mailbox *box, struct roost_input *message,
		  const struct roost_save_options *options, struct roost_staged **staged,
		  struct roost_error *err);
int maildir_sync(struct roost_mailbox *box, struct roost_staged **staged, size_t count,
		 struct roost_error *err);
int maildir_commit(struct roost_mailbox *box, struct roost_staged **staged, const uint32_t *uids,
		   size_t count, struct roost_arena *arena, const char **keys,
		   struct roost_error *err);
void maildir_abort(struct roost_mailbox *box, struct roost_staged *staged);
int maildir_copy_from(struct roost_mailbox *box, struct roost_mailbox *source, const char *key,
		      const struct roost_save_options *options, struct roost_staged **staged,
		      struct roost_error *err);
int maildir_sync_folder(struct maildir *maildir, const char *folder, struct roost_error *err);

/* --- existing messages (message.c) --- */
int maildir_open(struct roost_mailbox *box, const char *key, struct roost_input **message,
		 struct roost_error *err);
int maildir_remove(struct roost_mailbox *box, const char *const *keys, size_t count,
		   struct roost_error *err);
int maildir_set_flags(struct roost_mailbox *box, struct roost_flag_change *changes, size_t count,
		      struct roost_arena *arena, struct roost_error *err);

/* --- keyword letters (keywords.c) --- */
/* Read dovecot-keywords where it has changed. A missing or broken one has no names. */
void maildir_keywords_load(struct maildir *maildir);
/* Number of the letter, or -1. */
int maildir_keyword_letter(const struct maildir *maildir, const char *name);
/* Bits for keyword numbers; letters are made for new names while there are any. */
uint32_t maildir_keyword_bits(struct maildir *maildir, uint64_t keywords);
/* All bits that stand for a keyword whose name is known. */
uint32_t maildir_keyword_mask(const struct maildir *maildir);
void maildir_keywords_free(struct maildir *maildir);

/* --- UIDs of other software (uidlist.c) --- */
struct maildir_listed { uint32_t uid; uint64_t vsize; uint8_t guid[16]; const char *extra; };
struct maildir_uidlist {
	struct roost_arena *arena;
	struct roost_map *messages;	/* base to struct maildir_listed */
	uint32_t uidvalidity, uidnext;
	const char *extra;		/* of the header: what is neither V nor N */
	struct stat stat;
};
/* dovecot-uidlist, else courierimapuiddb. false: there is none that can be read. */
bool maildir_uidlist_read(struct maildir *maildir, struct maildir_uidlist *list);
void maildir_uidlist_free(struct maildir_uidlist *list);
/* The list is there and not as we left it. */
bool maildir_uidlist_foreign(const struct maildir *maildir);
int maildir_export(struct roost_mailbox *box, struct roost_error *err);

/* --- files replaced under a dotlock (dotlock.c) --- */
struct maildir_dotlock { char path[PATH_MAX], lock[PATH_MAX]; int fd; };
/* lock->fd: the new file, which is the lock. Waits a while for others: INUSE. */
int maildir_dotlock(struct maildir_dotlock *lock, const struct maildir *maildir, const char *name,
		    struct roost_error *err);
int maildir_dotlock_replace(struct maildir_dotlock *lock, struct roost_error *err);
void maildir_dotlock_abort(struct maildir_dotlock *lock);

/* --- leftovers (tmp.c) --- */
void maildir_clean_tmp(struct maildir *maildir);

/* --- mailboxes (tree.c, path.c) --- */
int maildir_list(struct roost_user *user, const char *root,
		 bool (*found)(void *context, const char *name, bool selectable), void *context,
		 struct roost_error *err);
int maildir_create(struct roost_user *user, const char *root, const char *name,
		   struct roost_error *err);
int maildir_destroy(struct roost_user *user, const char *root, const char *name,
		    struct roost_error *err);
int maildir_rename(struct roost_user *user, const char *root, const char *from, const char *to,
		   struct roost_error *err);
int maildir_find_path(struct roost_user *user, const char *root, const char *name,
		      struct roost_arena *arena, const char **path, struct roost_error *err);

/* How names become directories. */
struct maildir_layout { const char *root, *inbox; bool fs, utf8, stat_dirs; };
struct maildir_layout maildir_layout(const struct roost_user *user, const char *root);
/* The directory that belongs to a name, whether it is there or not. INVALID: none can. */
int maildir_name_path(const struct maildir_layout *layout, const char *name,
		      struct roost_arena *arena, const char **path, struct roost_error *err);
/* The way back, from the path beneath root; NULL: not a name of ours. */
const char *maildir_path_name(const struct maildir_layout *layout, const char *path,
			      struct roost_arena *arena);

#endif
