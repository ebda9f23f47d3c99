/* CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE: the tree of mailboxes. RFC 9051 sections 6.3.4-6.3.8. */
#include <string.h>
#include <roost/name.h>
#include "modules/imap/session.h"

char imap_separator(const struct imap_session *imap, const char *name)
{
	const struct roost_namespace *const *list;
	size_t count = roost_user_namespaces(imap->user, &list), longest = 0;
	char separator = '/';

	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(list[i]->prefix);

		if (len >= longest && strncmp(list[i]->prefix, name, len) == 0) {
			longest = len;
			separator = list[i]->separator;
		}
	}
	return separator;
}

/* The one name that the command has; NULL: the reply is out. */
static const char *only_name(struct imap_session *imap, struct imap_command *cmd)
{
	if (imap_args_count(cmd->args) == 1)
		return imap_mailbox_arg(imap, cmd, cmd->args);
	imap_reply_bad(cmd, "Invalid arguments.");
	return NULL;
}

static void reply(struct imap_command *cmd, int result, const struct roost_error *err,
		  const char *word)
{
	if (result < 0)
		imap_reply_err(cmd, err);
	else
		imap_reply_ok(cmd, "%s completed.", word);
}

/* A separator at the end says "a parent of others": any mailbox can be that here (R-IM-6). */
void imap_cmd_create(struct imap_session *imap, struct imap_command *cmd)
{
	const char *name = only_name(imap, cmd);
	struct roost_error err;
	size_t len;

	if (name == NULL)
		return;
	len = strlen(name);
	if (len > 1 && name[len - 1] == imap_separator(imap, name))
		name = roost_arena_strndup(cmd->arena, name, len - 1);
	reply(cmd, roost_mailbox_create(imap->user, name, &err), &err, "Create");
}

/* Nobody may look at what is gone: the selected mailbox is left first. */
static void leave_mailbox(struct imap_session *imap, const char *name)
{
	if (imap->box != NULL && strcmp(imap->box_name, name) == 0 && !roost_name_is_inbox(name)) {
		imap_unselect(imap);
		roost_str_puts(imap_out(imap), "* OK [CLOSED] Previous mailbox closed.\r\n");
	}
}

void imap_cmd_delete(struct imap_session *imap, struct imap_command *cmd)
{
	const char *name = only_name(imap, cmd);
	struct roost_error err;

	if (name == NULL)
		return;
	leave_mailbox(imap, name);
	reply(cmd, roost_mailbox_delete(imap->user, name, &err), &err, "Delete");
}

void imap_cmd_rename(struct imap_session *imap, struct imap_command *cmd)
{
	const char *from, *to;
	struct roost_error err;

	if (imap_args_count(cmd->args) != 2) {
		imap_reply_bad(cmd, "Invalid arguments.");
		return;
	}
	if ((from = imap_mailbox_arg(imap, cmd, &cmd->args[0])) == NULL ||
	    (to = imap_mailbox_arg(imap, cmd, &cmd->args[1])) == NULL)
		return;
	reply(cmd, roost_mailbox_rename(imap->user, from, to, &err), &err, "Rename");
}

static void subscribe(struct imap_session *imap, struct imap_command *cmd, bool on)
{
	const char *name = only_name(imap, cmd);
	struct roost_error err;

	if (name != NULL)
		reply(cmd, roost_mailbox_subscribe(imap->user, name, on, &err), &err,
		      on ? "Subscribe" : "Unsubscribe");
}

void imap_cmd_subscribe(struct imap_session *imap, struct imap_command *cmd)
{
	subscribe(imap, cmd, true);
}

void imap_cmd_unsubscribe(struct imap_session *imap, struct imap_command *cmd)
{
	subscribe(imap, cmd, false);
}
