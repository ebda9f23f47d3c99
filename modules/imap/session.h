/* What the session's own files share beyond imap.h. */
#ifndef IMAP_SESSION_H
#define IMAP_SESSION_H

#include "modules/imap/imap.h"

/* There is one command at a time, and it lives in its session. */
static inline struct imap_session *imap_of(struct imap_command *cmd)
{
	return (struct imap_session *)(void *)((char *)cmd - offsetof(struct imap_session, command));
}

/* The tagged reply is out: called by reply.c alone. */
void imap_command_done(struct imap_command *cmd);
/* The selected mailbox cannot be read any more: log it, say so, end the session. */
void imap_box_failed(struct imap_session *imap, const struct roost_error *err);
/* End without a word of our own; reason is for the log. */
void imap_leave(struct imap_session *imap, const char *reason);
/* The selected mailbox's messages marked \Deleted among uids (NULL: all) go for good. */
int imap_expunge(struct imap_session *imap, const struct roost_set *uids, struct roost_error *err);
/* "OK Expunge completed.", with HIGHESTMODSEQ for who has enabled QRESYNC. */
void imap_reply_expunged(struct imap_session *imap, struct imap_command *cmd, const char *what);
/* resync.c: "(CONDSTORE)", "(QRESYNC (...))" behind the mailbox; what is wrong, or NULL. resync: set for QRESYNC. */
struct imap_resync;
const char *imap_select_parameters(struct imap_session *imap, struct imap_command *cmd,
				   const struct imap_arg *arg, struct imap_resync **resync);
/* Tell what has changed, then imap_select_done(). */
void imap_resync(struct imap_session *imap, struct imap_command *cmd, struct imap_resync *resync,
		 const struct roost_mailbox_status *status);
/* cmd_select.c: the tagged OK of SELECT and EXAMINE. */
void imap_select_done(struct imap_session *imap, struct imap_command *cmd);
/* NO for SELECT: its missing mailbox has no code (R-IM-7). */
void imap_reply_err_select(struct imap_command *cmd, const struct roost_error *err);
/* "name separator": of the namespace that name is in. */
char imap_separator(const struct imap_session *imap, const char *name);
/* STATUS items: what is asked for, and the untagged line. */
struct imap_status_items;
const char *imap_status_parse(struct imap_session *imap, struct roost_arena *arena,
			      const struct imap_arg *list, struct imap_status_items **items);
int imap_status_put(struct imap_session *imap, const char *name,
		    const struct imap_status_items *items, struct roost_error *err);
/* logout.c: "Logged out" and the fields of imap_logout_format. */
void imap_logout_line(const struct imap_session *imap, const char *reason, struct roost_str *out);

#endif
