/*
 * Inside of the mailbox toolkit.
 *
 *	user -> spaces (namespaces) -> root (what a mail_location leads to)
 *	folder: one mailbox in this process: directory, index, driver's and layers' state
 *	struct roost_mailbox: one session's view of a folder; each folder has one without a view of
 *	its own, which the driver and the layers see
 */
#ifndef MAIL_MAILBOX_MAILBOX_H
#define MAIL_MAILBOX_MAILBOX_H

#include <roost/layer.h>
#include <roost/loop.h>
#include <roost/map.h>
#include <roost/name.h>
#include <roost/mime.h>
#include <roost/set.h>
#include <roost/vec.h>
#include "modules/mail/index/index.h"

#define INDEX_DIR "roost.index"		/* in a mailbox's directory, or beneath INDEX= */

/* --- settings (settings.c) --- */
struct mail_settings {
	const char *location;
	uint32_t fsync;			/* enum index_fsync */
	bool save_crlf;
	uint64_t max_keyword_length;
};
enum { SPACE_LIST_YES, SPACE_LIST_NO, SPACE_LIST_CHILDREN };
struct space_settings {
	uint32_t type, list;
	const char *separator, *prefix, *location, *alias_for;
	bool inbox, hidden, subscriptions, ignore_on_failure, disabled;
	uint64_t order;
};
enum { AUTO_NO, AUTO_CREATE, AUTO_SUBSCRIBE };
struct special_settings {
	uint32_t automatic;
	const char *special_use;
};
extern const struct roost_settings mail_settings_schema, space_settings_schema,
	special_settings_schema;

/* --- locations (location.c); R-LOC-1..2 --- */
struct location {
	const char *driver, *root;
	const struct roost_setting_pair *options;	/* ends with name NULL */
	const char *instead;		/* a warning about an option without effect, or NULL */
};
int location_parse(struct roost_arena *arena, const char *text, const char *home,
		   struct location *location, struct roost_error *err);
/* What is there, when nothing was configured. CONFIG names what was tried. */
int location_detect(struct roost_arena *arena, const char *user, const char *home,
		    struct location *location, struct roost_error *err);
const char *location_option(const struct location *location, const char *key);
/* Whether levels are separated by '.' on disk (Maildir++), and so by default for users. */
bool location_dotted(const struct location *location);

/* What a location leads to; namespaces with the same one share it. */
struct root {
	struct location location;
	struct roost_storage_ops ops;	/* the driver's, with the default layout filled in */
	int fd;				/* -1: not opened yet */
	void *state;			/* user_open's */
	bool opened;
};

/* --- namespaces (space.c); R-NS-* --- */
struct special {			/* a mailbox block; special.c */
	const char *storage, *use;
	uint32_t automatic;
};
struct space {
	struct roost_namespace shown;
	struct roost_user *user;
	struct root *root;
	const struct special *specials;
	size_t special_count;
	uint64_t order;
	bool alias;			/* of another namespace: works, but is not listed */
};
int spaces_load(struct roost_user *user, struct roost_error *err);
/* The namespace of a name as users see it, and its storage name in arena. NOTFOUND, INVALID. */
int space_resolve(struct roost_user *user, const char *name, struct roost_arena *arena,
		  struct space **space, const char **storage, struct roost_error *err);
/* The other way; NULL when the name cannot be shown with this separator. In arena. */
const char *space_show(const struct space *space, const char *storage, struct roost_arena *arena);
/* Make ready what mailboxes need: the root's directory (create: made), the driver's user state. */
int root_open(struct roost_user *user, struct root *root, bool create, struct roost_error *err);
void root_close(struct roost_user *user, struct root *root);
/* mkdir -p, 0700 or as the parent within the mail. */
int make_directories(const char *path, struct roost_error *err);
/* Open a directory; beneath root no symlink is followed that is not root's or ours. */
int open_directory(const struct root *root, const char *path, int *fd, struct roost_error *err);

const struct special *space_special(const struct space *space, const char *storage);
int specials_load(struct space *space, const struct roost_scope *scope, struct roost_error *err);

/* --- the default layout (layout.c) --- */
void layout_fill(struct roost_storage_ops *ops);
int remove_tree(int dirfd, const char *name, struct roost_error *err);

/* --- users (user.c) --- */
#define USER_MAGIC 0x72657375u
struct roost_user {
	uint32_t magic;
	unsigned references;
	struct roost_arena *arena;
	const char *name, *home;
	const char *const *fields;		/* of a session's user */
	struct roost_user *next;		/* of those that sessions opened */
	const struct roost_scope *scope;
	struct roost_scope *owned_scope;	/* made for a session's user */
	struct roost_log_scope log;
	const struct mail_settings *set;
	ROOST_VEC(struct space *) spaces;
	const struct roost_namespace **shown;	/* the same, for roost_user_namespaces */
	ROOST_VEC(struct root *) roots;
	struct space *inbox;
	struct folder *folders;			/* open ones, latest used first */
	struct roost_loop_timer *flush;		/* index records that wait to be synced */
	bool flush_due;
};

/* --- views and folders --- */
#define MAILBOX_MAGIC 0x786f626du
struct roost_mailbox {
	uint32_t magic, options;
	struct folder *folder;
	struct roost_mailbox *next;		/* of the folder's views */
	bool viewed;				/* the rest is filled in */
	/* The view: sequence number - 1 is the position. flags with VIEW_CHANGED. */
	ROOST_VEC(struct roost_mail) mails;
	uint64_t version;			/* of the index, when last compared; 0: never */
	uint32_t uidvalidity;
	unsigned keyword_count;
	bool changed, pending;			/* marks are set; expunges were held back */
	/* Answers of the last sync. */
	struct roost_changes changes;
	ROOST_VEC(uint32_t) gone_uids;
	ROOST_VEC(uint32_t) gone_seqs;
	ROOST_VEC(uint32_t) changed_seqs;
	int watch;				/* inotify; -1: none */
	struct roost_message *message;		/* kept for reuse; message.c */
};
#define VIEW_CHANGED 0x80u			/* changed by this session, not reported yet */

struct learned {
	uint32_t uid;
	struct index_mail mail;		/* without a key */
};

struct folder {
	struct roost_mailbox box;		/* without a view */
	struct roost_mailbox *views;
	struct folder *next;
	struct roost_user *user;
	struct space *space;
	struct roost_arena *arena;
	const char *name, *storage, *path;
	const char *directory;			/* path, or where it is when it is a file */
	const char *index_path, *control_path;
	bool index_apart;			/* not in the mailbox's own directory */
	unsigned references;
	int dirfd;
	uint64_t device, inode;			/* of dirfd: the path may lead elsewhere one day */
	struct bytes_store *store;
	struct index *index;
	void *state;				/* the driver's */
	struct roost_layer **layers;		/* in order, ends with NULL */
	struct saving_step *saving;		/* what roost_next_save ends with; save.c */
	bool readonly;				/* the file system or the rights are */
	bool stale;				/* renamed or deleted by us: not for new sessions */
	bool scan_wanted;			/* the store and the index were seen to differ */
	bool dirty;				/* written, not synced */
	bool opened;				/* the driver's mailbox_open succeeded */
	bool changed;				/* something was written since it was opened */
	ROOST_VEC(struct learned) learned;	/* to be told to the index; message.c */
};

/* open.c */
int folder_open(struct roost_user *user, const char *name, bool create, struct folder **folder,
		struct roost_error *err);
/* Whether its path still leads to what is open. */
bool folder_still_there(const struct folder *folder);
void folder_unref(struct folder *folder);
/* Close those nobody holds; storage NULL: all. The others are not given to new sessions. */
void folders_forget(struct roost_user *user, const struct space *space, const char *storage);
const struct roost_storage_ops *folder_ops(const struct folder *folder);
/* Written to the index: synced within a second (mail_fsync = optimized). */
void folder_written(struct folder *folder);
/* The same, and sessions that have it selected are told: messages or flags are others now. */
void folder_changed(struct folder *folder);

/* scan.c: the store and the index. Refresh the index; look at the store when its stamp says so. */
#define FOLDER_SCAN 1u				/* in any case */
void folder_index_failed(struct folder *folder, struct roost_error *err);
int folder_refresh(struct folder *folder, unsigned options, struct roost_error *err);
/* The index was made just now, or a boot may have taken its newest records: to be scanned before use. */
bool folder_unscanned(const struct folder *folder);
/*
 * Our own changes move the stamp. Before: true when it is the one of the last scan. After, with
 * that answer: the new one goes into change, unsettled.
 */
bool stamp_current(struct folder *folder);
void stamp_moved(struct folder *folder, bool current, struct index_change *change);

/* sync.c */
int view_sync(struct roost_mailbox *box, bool keep_expunged, struct roost_error *err);
void view_free(struct roost_mailbox *box);
void watch_drain(struct roost_mailbox *box);

/* store.c: flags. Bits of keywords, new ones made: all, or none, with err LIMIT or INVALID. names: may be NULL. */
int folder_keywords(struct folder *folder, const char *const *names, uint64_t *bits,
		    struct roost_error *err);
/* Tell the driver of flags that the index marks as pending; under the lock. changes, keys: in arena. */
void mirror_flags(struct folder *folder, const uint32_t *uids, struct roost_flag_change *changes,
		  size_t count, struct roost_arena *arena);

/* layer.c */
void layers_attach(struct folder *folder);
void layers_detach(struct folder *folder);
void layers_changed(struct folder *folder, const struct roost_layer_changes *changes);
void layers_user(struct roost_user *user, bool begin);
bool layers_save_wanted(const struct folder *folder);	/* one has save */
bool layers_same_content(const struct folder *a, const struct folder *b);
int layers_save(struct folder *folder, struct roost_input **message,
		struct roost_save_options *options, struct roost_error *err);
int layers_open(struct folder *folder, const char *key, struct roost_input **message,
		struct roost_error *err);
int layers_remove(struct folder *folder, const struct roost_set *uids, struct roost_error *err);
/* The chains' ends. */
int save_end(struct folder *folder, struct roost_input **message,
	     struct roost_save_options *options, struct roost_error *err);
int remove_end(struct folder *folder, const struct roost_set *uids, struct roost_error *err);

/* parse.c: what the cache keeps of one message */
struct parsed {
	struct index_cached pieces[4];
	size_t count;
	uint64_t size, vsize;
};
struct parse;
struct parse *parse_begin(struct roost_arena *arena);
void parse_push(struct parse *parse, const void *data, size_t len);
void parse_end(struct parse *parse, struct parsed *parsed);	/* all of it in arena */
/* The bytes of input from here on (a reference is taken), parsed as they are read. */
struct roost_input *parse_tee(struct parse *parse, struct roost_input *input);
/* NULL: not among them. */
const struct index_cached *parsed_piece(const struct parsed *parsed, enum index_cache_kind kind);

/* message.c */
void message_learn_flush(struct folder *folder);
void message_free(struct roost_message *message);
/* INTERNALDATE of a message whose driver tells none. */
int64_t message_file_date(struct roost_input *input);

/* save.c */
struct saving_step;
int saving_begin(struct folder *folder, struct roost_saving **saving, struct roost_error *err);
/* A copy of a message of source, its stored bytes not moved when the driver can. EXPUNGED. */
int saving_add_copy(struct roost_saving *saving, struct roost_mailbox *source, uint32_t uid,
		    struct roost_error *err);

/* expunge.c: those among uids that are \Deleted, or any; each once. */
int folder_expunge(struct folder *folder, const struct roost_set *uids, bool any,
		   struct roost_error *err);

/* subscribe.c: the names of a namespace, in arena, ends with NULL. */
int subscriptions_read(struct space *space, struct roost_arena *arena, const char *const **names,
		       struct roost_error *err);
/* The namespace whose file holds this name. */
struct space *subscriptions_space(struct roost_user *user, struct space *space);

/* What a set was built to be, in arena; the builder is empty afterwards. */
struct roost_set set_take(roost_set_builder *builder, struct roost_arena *arena);

#endif
