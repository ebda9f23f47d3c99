/* SPDX-License-Identifier: MIT */
/*
 * Storage drivers: they store and return messages under keys of their choosing. UIDs, flags, MODSEQ,
 * cached structure and history belong to the index. Stable from 1.0. Ours.
 *
 * Short form: scan, open, save, remove. Full form: stage, sync, commit, abort instead of save, and
 * whatever else of the rest pays. All calls are made in a worker of one user and may block on disk.
 */
#ifndef ROOST_STORAGE_H
#define ROOST_STORAGE_H

#include <roost/arena.h>
#include <roost/input.h>
#include <roost/log.h>
#include <roost/module.h>

struct roost_mailbox;		/* <roost/mailbox.h> has what others do with it */
struct roost_user;
struct roost_scan;
struct roost_staged;		/* one message written, not visible; the driver's state behind it */

/* System flags, in index and drivers alike. RFC 9051 section 2.3.2. */
#define ROOST_FLAG_ANSWERED 0x01u
#define ROOST_FLAG_FLAGGED 0x02u
#define ROOST_FLAG_DELETED 0x04u
#define ROOST_FLAG_SEEN 0x08u
#define ROOST_FLAG_DRAFT 0x10u
#define ROOST_FLAG_RECENT 0x20u		/* never stored by STORE; the first session to select owns it */

/* What a message brings along when it is saved. Zeroes mean "choose". */
struct roost_save_options {
	int64_t internaldate;		/* microseconds since the epoch; 0: now */
	uint32_t flags;
	uint64_t keywords;		/* bits as the mailbox's keyword table numbers them */
	uint32_t uid;			/* 0: next; else (sync) this one */
	uint8_t guid[16];		/* zeroes: make one */
	uint64_t vsize;			/* size with CRLF; 0: unknown */
};

/* A flag change to be mirrored by drivers that keep flags themselves. */
struct roost_flag_change {
	const char *key;
	uint32_t flags;			/* the new set */
	uint64_t keywords;
	const char *new_key;		/* set by the driver (in the arena given) when the key changes */
};

struct roost_found {			/* what scan knows beyond the key; zeroes: unknown */
	uint32_t uid, uidvalidity;	/* travels with the message; trusted only when it fits and is unique */
	uint32_t flags;
	uint64_t keywords;
	bool has_flags;			/* flags and keywords are the driver's truth */
	int64_t internaldate;
	uint64_t size, vsize;
	uint8_t guid[16];
	bool recent;
	uint64_t keywords_hidden;	/* with has_flags: those the store cannot show; the index keeps them */
};

struct roost_storage_ops {
	const char *name;		/* mail_location = NAME:path */
	const struct roost_settings *settings;	/* user scope; may be NULL */
	uint32_t features;		/* ROOST_STORAGE_* */

	/* --- the short form --- */
	/* Report each message that is there with roost_scan_found(). New ones get UIDs in the order in
	 * which they are reported, those that bring a fitting UID before the others. */
	int (*scan)(struct roost_mailbox *box, struct roost_scan *scan, struct roost_error *err);
	/* EXPUNGED when nothing is there under key (any more). */
	int (*open)(struct roost_mailbox *box, const char *key, struct roost_input **message,
		    struct roost_error *err);
	/* Durable and visible on return. Called under the index lock. key: borrowed from message. */
	int (*save)(struct roost_mailbox *box, struct roost_input *message, const char **key,
		    struct roost_error *err);
	/* Missing ones are fine. */
	int (*remove)(struct roost_mailbox *box, const char *const *keys, size_t count,
		      struct roost_error *err);

	/* --- the full form --- */
	/* Cheap "has it changed": equal tokens mean no change since. settled = false when the next
	 * change might not show (an mtime under 2 s old). Where staging moves it, each save is followed
	 * by a scan. NULL: always scanned. */
	int (*stamp)(struct roost_mailbox *box, uint64_t token[4], bool *settled,
		     struct roost_error *err);
	/* Write the message, invisible. *staged is the driver's memory: a successful commit frees it,
	 * after anything else it is aborted. */
	int (*stage)(struct roost_mailbox *box, struct roost_input *message,
		     const struct roost_save_options *options, struct roost_staged **staged,
		     struct roost_error *err);
	/* Make all of them durable: where group commit happens. */
	int (*sync)(struct roost_mailbox *box, struct roost_staged **staged, size_t count,
		    struct roost_error *err);
	/* Visible and durable, with these UIDs, all or none; called under the index lock. keys: in
	 * arena. */
	int (*commit)(struct roost_mailbox *box, struct roost_staged **staged,
		      const uint32_t *uids, size_t count, struct roost_arena *arena,
		      const char **keys, struct roost_error *err);
	/* Undo stage; nothing stays. */
	void (*abort)(struct roost_mailbox *box, struct roost_staged *staged);
	/* Mirror flag changes in what other programs see. */
	int (*flags)(struct roost_mailbox *box, struct roost_flag_change *changes, size_t count,
		     struct roost_arena *arena, struct roost_error *err);
	/* Stage a copy of source's message without moving its bytes (hard link, reference). source has
	 * the same driver. UNSUPPORTED: the host opens and stages instead. */
	int (*copy_from)(struct roost_mailbox *box, struct roost_mailbox *source, const char *key,
			 const struct roost_save_options *options, struct roost_staged **staged,
			 struct roost_error *err);

	/* Mailboxes. NULL: the host's default, a directory per mailbox under the root. Names are
	 * storage names: UTF-8, '/' between levels, relative to the location; "INBOX" is the inbox.
	 * create: EXISTS; parents as needed. destroy: with all that is in the mailbox's own directory,
	 * the index too; children stay. rename: children move along; EXISTS when to is there. */
	int (*list)(struct roost_user *user, const char *root,
		    bool (*found)(void *context, const char *name, bool selectable),
		    void *context, struct roost_error *err);
	int (*create)(struct roost_user *user, const char *root, const char *name,
		      struct roost_error *err);
	int (*destroy)(struct roost_user *user, const char *root, const char *name,
		       struct roost_error *err);
	int (*rename)(struct roost_user *user, const char *root, const char *from,
		      const char *to, struct roost_error *err);
	/* Directory of a mailbox beneath root, INVALID for a name that has none here, NOTFOUND when
	 * the mailbox is not there; "" is not a name. In arena, set with NOTFOUND too. */
	int (*path)(struct roost_user *user, const char *root, const char *name,
		    struct roost_arena *arena, const char **path, struct roost_error *err);

	/* Per-user state, e.g. a map shared by all mailboxes; roost_storage_user_state(). */
	int (*user_open)(struct roost_user *user, const char *root, void **state,
			 struct roost_error *err);
	void (*user_close)(struct roost_user *user, void *state);
	/* Per-mailbox state; roost_storage_state(). */
	int (*mailbox_open)(struct roost_mailbox *box, void **state, struct roost_error *err);
	void (*mailbox_close)(struct roost_mailbox *box, void *state);

	int (*purge)(struct roost_user *user, const char *root, struct roost_error *err);
	int (*move_alt)(struct roost_mailbox *box, const char *const *keys, size_t count,
			bool back, struct roost_error *err);

	/* State of other software in the mailbox's directory (UIDVALIDITY, UIDs by key, keyword names).
	 * adopt: called in place of the first scan of a mailbox that has no index, reports the messages too.
	 * export_state: at compaction, close and stop. */
	int (*adopt)(struct roost_mailbox *box, struct roost_scan *scan, struct roost_error *err);
	int (*export_state)(struct roost_mailbox *box, struct roost_error *err);
};

#define ROOST_STORAGE_KEEPS_FLAGS 1u	/* the store shows flags to others: mirror them, import theirs */
#define ROOST_STORAGE_KEEPS_UID 2u	/* the UID travels with the message */
#define ROOST_STORAGE_FOREIGN 4u	/* other programs may change the store at any time */

#define ROOST_STORAGE_REVISION 1
#define ROOST_STORAGE(ops) \
	ROOST_PROVIDE_(ROOST_KIND_STORAGE, ROOST_STORAGE_REVISION, struct roost_storage_ops, ops)

/* --- what drivers call --- */
/* A message is there; details may be NULL. */
ROOST_API void roost_scan_found(struct roost_scan *scan, const char *key);
ROOST_API void roost_scan_found_details(struct roost_scan *scan, const char *key,
					const struct roost_found *details);
/* At adoption: the mailbox's UIDVALIDITY and next UID, and the number of a keyword (made when new; -1: 64 are taken). */
ROOST_API void roost_scan_uidvalidity(struct roost_scan *scan, uint32_t uidvalidity,
				      uint32_t uidnext);
ROOST_API int roost_scan_keyword(struct roost_scan *scan, const char *name);
/* Whether the index has this key: then only flags and keywords are news, and a stat can be saved. */
ROOST_API bool roost_scan_knows(const struct roost_scan *scan, const char *key);

ROOST_API const char *roost_mailbox_path(const struct roost_mailbox *box);
ROOST_API int roost_mailbox_dirfd(const struct roost_mailbox *box);
ROOST_API const char *roost_mailbox_name(const struct roost_mailbox *box);
ROOST_API struct roost_user *roost_mailbox_user(const struct roost_mailbox *box);
ROOST_API uint32_t roost_mailbox_uidvalidity(const struct roost_mailbox *box);
ROOST_API uint32_t roost_mailbox_uidnext(const struct roost_mailbox *box);
/* Where control files of other software are: beneath CONTROL= of the location, else the mailbox's own
 * directory. It exists. */
ROOST_API const char *roost_mailbox_control_path(const struct roost_mailbox *box);
/* Keyword names by number; NULL beyond the last. */
ROOST_API const char *roost_mailbox_keyword(const struct roost_mailbox *box, unsigned number);
/* All messages as the index knows them, for export. 0 when there is no more. */
ROOST_API uint32_t roost_mailbox_key_next(const struct roost_mailbox *box, uint32_t after_uid,
					  const char **key);
/* KEY=value of the mail location with this root (LAYOUT, ALT ...); "" for a key without value, NULL when
 * it is not there. */
ROOST_API const char *roost_storage_option(const struct roost_user *user, const char *root,
					   const char *key);
ROOST_API void *roost_storage_state(const struct roost_mailbox *box);
/* user_open's state of the location that holds INBOX, and of the one with this root. */
ROOST_API void *roost_storage_user_state(const struct roost_user *user);
ROOST_API void *roost_storage_root_state(const struct roost_user *user, const char *root);
/* The root that the other ops get for this mailbox. */
ROOST_API const char *roost_mailbox_root(const struct roost_mailbox *box);

#endif
