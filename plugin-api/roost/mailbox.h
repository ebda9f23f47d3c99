/* SPDX-License-Identifier: MIT */
/*
 * Mailboxes as protocols see them. Toolkit libroost-mail. RFC 9051; ours.
 *
 * Names here are what users see, in UTF-8 with the namespace's separator (IMAP's modified UTF-7 is
 * converted by the protocol, roost/name.h). A mailbox object is one session's view: its sequence
 * numbers stand still until roost_mailbox_sync(). Sets are arrays of ranges in ascending order.
 */
#ifndef ROOST_MAILBOX_H
#define ROOST_MAILBOX_H

#include <roost/storage.h>
#include <roost/user.h>

struct roost_mailbox;

struct roost_range { uint32_t first, last; };	/* inclusive */
struct roost_set { const struct roost_range *ranges; size_t count; };

/* --- the tree --- */
#define ROOST_LIST_NOSELECT 0x01u
#define ROOST_LIST_NONEXISTENT 0x02u	/* only its children, or only its subscription, exist */
#define ROOST_LIST_HASCHILDREN 0x04u
#define ROOST_LIST_HASNOCHILDREN 0x08u
#define ROOST_LIST_SUBSCRIBED 0x10u
#define ROOST_LIST_CHILD_SUBSCRIBED 0x20u /* LSUB's \Noselect parent; CHILDINFO */
#define ROOST_LIST_MARKED 0x40u
#define ROOST_LIST_UNMARKED 0x80u
#define ROOST_LIST_NOINFERIORS 0x100u

struct roost_list_entry {
	const char *name;
	char separator;
	uint32_t flags;
	const char *special_use;	/* "\\Sent \\Archive" or "" */
};
#define ROOST_LIST_ONLY_SUBSCRIBED 1u	/* LSUB, LIST (SUBSCRIBED) */
#define ROOST_LIST_RECURSIVE_MATCH 2u	/* parents of subscribed children too */
#define ROOST_LIST_LSUB 4u		/* RFC 3501 LSUB semantics of '%' */
/*
 * Mailboxes that match one of the patterns ('*', '%'; RFC 9051 section 6.3.9), in order of
 * namespaces and names. found: false stops.
 */
ROOST_API int roost_mailbox_list(struct roost_user *user, const char *const *patterns,
	uint32_t options, bool (*found)(void *context, const struct roost_list_entry *entry),
	void *context, struct roost_error *err);
/* INVALID (bad name), EXISTS, NOPERM, LIMIT. Parents are made as needed. */
ROOST_API int roost_mailbox_create(struct roost_user *user, const char *name,
				   struct roost_error *err);
/* NOTFOUND, NOPERM (INBOX). With children it stays as \Noselect. */
ROOST_API int roost_mailbox_delete(struct roost_user *user, const char *name,
				   struct roost_error *err);
/* Children move along; INBOX: its messages move (RFC 9051 6.3.6). */
ROOST_API int roost_mailbox_rename(struct roost_user *user, const char *from, const char *to,
				   struct roost_error *err);
ROOST_API int roost_mailbox_subscribe(struct roost_user *user, const char *name, bool on,
				      struct roost_error *err);

/* --- one mailbox --- */
#define ROOST_MAILBOX_READONLY 1u	/* EXAMINE: nothing changes, \Recent stays */
#define ROOST_MAILBOX_RECENT 2u		/* take over \Recent (SELECT) */
#define ROOST_MAILBOX_SAVE_ONLY 4u	/* delivery, APPEND: no view is loaded */
#define ROOST_MAILBOX_AUTOCREATE 8u
ROOST_API int roost_mailbox_open(struct roost_user *user, const char *name, uint32_t options,
				 struct roost_mailbox **box, struct roost_error *err);
ROOST_API void roost_mailbox_close(struct roost_mailbox *box);

struct roost_mailbox_status {
	uint32_t messages, recent, unseen, deleted;
	uint32_t uidvalidity, uidnext;
	uint32_t first_unseen;		/* sequence number, 0: none */
	uint64_t highestmodseq;
	uint64_t size;			/* sum of sizes with CRLF */
	uint8_t guid[16];
	bool readonly;
};
/* From the view, or of a mailbox that is not open (STATUS); size costs more: only when wanted. */
ROOST_API int roost_mailbox_status(struct roost_mailbox *box, bool want_size,
				   struct roost_mailbox_status *status, struct roost_error *err);
ROOST_API int roost_mailbox_status_of(struct roost_user *user, const char *name, bool want_size,
				      struct roost_mailbox_status *status,
				      struct roost_error *err);

/* --- the view --- */
struct roost_mail {
	uint32_t uid, flags;		/* ROOST_FLAG_* with RECENT as this session owns it */
	uint64_t keywords, modseq;
};
ROOST_API uint32_t roost_mailbox_count(const struct roost_mailbox *box);
/* By sequence number 1..count. */
ROOST_API struct roost_mail roost_mailbox_mail(const struct roost_mailbox *box, uint32_t seq);
/* Sequence number of uid, 0 when not in the view; and of the first UID not below it (count + 1: none). */
ROOST_API uint32_t roost_mailbox_seq(const struct roost_mailbox *box, uint32_t uid);
ROOST_API uint32_t roost_mailbox_seq_from(const struct roost_mailbox *box, uint32_t uid);
/* Number of a keyword; create: makes it. -1: unknown, or 64 are taken. */
ROOST_API int roost_mailbox_keyword_number(struct roost_mailbox *box, const char *name,
					   bool create);
/* Bits of keywords, names ends with NULL; new ones are made: all, or none when not all fit (LIMIT). */
ROOST_API int roost_mailbox_keywords(struct roost_mailbox *box, const char *const *names,
				     uint64_t *bits, struct roost_error *err);

/* What happened since the last sync, in the order in which a session reports it. */
struct roost_changes {
	/* Gone from the view, ascending UIDs, with the sequence number each had before any of them left. */
	const uint32_t *expunged_uids, *expunged_seqs;
	size_t expunged;
	/* Sequence numbers (after the expunges) whose flags or modseq changed, ascending. */
	const uint32_t *changed;
	size_t changed_count;
	uint32_t count_before, count;	/* count > count_before - expunged: new mail (EXISTS) */
	uint32_t recent;
	bool keywords_changed;		/* new FLAGS and PERMANENTFLAGS are due */
	uint64_t highestmodseq;
};
#define ROOST_SYNC_KEEP_EXPUNGED 1u	/* FETCH, STORE, SEARCH: sequence numbers stand still */
#define ROOST_SYNC_SCAN 2u		/* look at the store even when its stamp seems unchanged */
/* Valid until the next call with box. */
ROOST_API int roost_mailbox_sync(struct roost_mailbox *box, uint32_t options,
				 const struct roost_changes **changes, struct roost_error *err);
/* UIDs expunged after modseq (QRESYNC); known: limits the answer to a set, or NULL. In arena. */
ROOST_API int roost_mailbox_vanished(struct roost_mailbox *box, uint64_t modseq,
				     const struct roost_set *known, struct roost_arena *arena,
				     struct roost_set *vanished, struct roost_error *err);
/* Wake fd: readable when something outside may have changed the mailbox; -1: poll. Borrowed. */
ROOST_API int roost_mailbox_watch_fd(struct roost_mailbox *box, struct roost_error *err);

/* --- changing messages --- */
enum roost_store_mode { ROOST_STORE_SET = 0, ROOST_STORE_ADD = 1, ROOST_STORE_REMOVE = 2 };
struct roost_store {
	uint32_t mode, flags;
	uint64_t keywords;
	uint64_t unchangedsince;	/* UINT64_MAX: no condition (RFC 7162) */
};
/*
 * uids: those to change; unknown ones are passed over. The view shows the result at once, the next
 * sync reports it (a session may leave out what it caused by comparing). failed: UIDs refused by unchangedsince; in arena, may be NULL.
 */
ROOST_API int roost_mailbox_store(struct roost_mailbox *box, const struct roost_set *uids,
				  const struct roost_store *store, struct roost_arena *arena,
				  struct roost_set *failed, struct roost_error *err);
/* Expunge the \Deleted ones among uids (NULL: all); any: whether \Deleted or not (MOVE, admin). */
ROOST_API int roost_mailbox_expunge(struct roost_mailbox *box, const struct roost_set *uids,
				    bool any, struct roost_error *err);
/* COPYUID: the sources that were there, and their new UIDs in the same order; both in arena. */
struct roost_copied { uint32_t uidvalidity; struct roost_set from, to; };
/*
 * All or nothing: EXPUNGED when one that the view shows is gone. uids that the view does not have
 * are passed over when unknown. NOTFOUND: no such target (TRYCREATE).
 */
ROOST_API int roost_mailbox_copy(struct roost_mailbox *box, const struct roost_set *uids,
				 const char *target, bool move, struct roost_arena *arena,
				 struct roost_copied *copied, struct roost_error *err);

/* --- saving --- */
struct roost_saving;
/* Open a target; several messages may be added before commit makes all visible, or none. */
ROOST_API int roost_save_begin(struct roost_user *user, const char *mailbox,
			       struct roost_saving **saving, struct roost_error *err);
/* keywords: names, ends with NULL, may be NULL. options->keywords is ignored. */
ROOST_API int roost_save_add(struct roost_saving *saving, struct roost_input *message,
			     const struct roost_save_options *options,
			     const char *const *keywords, struct roost_error *err);
/* Durable and visible; uids in arena. Frees saving, also on failure. */
ROOST_API int roost_save_commit(struct roost_saving *saving, struct roost_arena *arena,
				uint32_t *uidvalidity, struct roost_set *uids,
				struct roost_error *err);
ROOST_API void roost_save_abort(struct roost_saving *saving);	/* NULL is fine */

/* --- reading messages --- */
/* Lazily opened; everything answers from the cache when it can. One may be open at a time per mailbox. */
struct roost_message;
ROOST_API int roost_message_open(struct roost_mailbox *box, uint32_t uid,
				 struct roost_message **message, struct roost_error *err);
ROOST_API void roost_message_close(struct roost_message *message);
ROOST_API int roost_message_internaldate(struct roost_message *message, int64_t *date,
					 struct roost_error *err);
ROOST_API int roost_message_savedate(struct roost_message *message, int64_t *date,
				     struct roost_error *err);
ROOST_API int roost_message_size(struct roost_message *message, uint64_t *vsize,
				 struct roost_error *err);
ROOST_API int roost_message_guid(struct roost_message *message, uint8_t guid[16],
				 struct roost_error *err);
/* IMAP text, with the parentheses. Borrowed until close. */
ROOST_API int roost_message_envelope(struct roost_message *message, const char **text,
				     size_t *len, struct roost_error *err);
ROOST_API int roost_message_structure(struct roost_message *message, bool extended,
				      const char **text, size_t *len, struct roost_error *err);
/* The serialised part tree, <roost/mime.h>. */
ROOST_API int roost_message_parts(struct roost_message *message, const void **tree, size_t *len,
				  struct roost_error *err);
/* The stored bytes, as they are on disk (LF or CRLF), at position 0. Borrowed until close. */
ROOST_API int roost_message_input(struct roost_message *message, struct roost_input **input,
				  struct roost_error *err);
/* The raw header block in the stored form, read (and cached) apart from the body. */
ROOST_API int roost_message_header(struct roost_message *message, const char **text,
				   size_t *len, struct roost_error *err);

#endif
