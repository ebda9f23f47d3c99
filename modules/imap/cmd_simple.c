/* CAPABILITY, NOOP, CHECK, LOGOUT, ID, ENABLE, NAMESPACE: commands that need no mailbox. */
#include <string.h>
#include "modules/imap/session.h"

static bool no_arguments(struct imap_command *cmd)
{
	if (cmd->args->type == IMAP_ARG_END)
		return true;
	imap_reply_bad(cmd, "Unexpected arguments.");
	return false;
}

void imap_cmd_capability(struct imap_session *imap, struct imap_command *cmd)
{
	if (!no_arguments(cmd))
		return;
	roost_str_puts(imap_out(imap), "* CAPABILITY ");
	imap_capability_session(imap_out(imap), imap);
	roost_str_puts(imap_out(imap), "\r\n");
	imap_reply_ok(cmd, "Capability completed.");
}

/* CHECK too: what it asks for has been done already, mailboxes are always in good order. */
void imap_cmd_noop(struct imap_session *imap, struct imap_command *cmd)
{
	if (no_arguments(cmd))
		imap_reply_ok(cmd, "%s completed.", cmd->name[0] == 'C' ? "Check" : "NOOP");
}

void imap_cmd_logout(struct imap_session *imap, struct imap_command *cmd)
{
	if (!no_arguments(cmd))
		return;
	roost_str_puts(imap_out(imap), "* BYE Logging out\r\n");
	imap_reply_ok(cmd, "Logout completed.");
	imap_leave(imap, "Disconnected: Logged out");
}

void imap_cmd_id(struct imap_session *imap, struct imap_command *cmd)
{
	const char *error = imap_id(cmd->args, imap->set, roost_session_log(imap->session),
				    imap_out(imap), NULL);

	if (error != NULL)
		imap_reply_bad(cmd, "%s", error);
	else
		imap_reply_ok(cmd, "ID completed.");
}

/* RFC 5161: what is unknown is passed over, what was on already is not listed. */
void imap_cmd_enable(struct imap_session *imap, struct imap_command *cmd)
{
	static const struct { const char *name; uint32_t flags; } features[] = {
		{ "CONDSTORE", IMAP_ENABLED_CONDSTORE },
		{ "QRESYNC", IMAP_ENABLED_QRESYNC | IMAP_ENABLED_CONDSTORE },
	};
	struct roost_str *out = imap_out(imap);
	const struct imap_arg *arg = cmd->args;
	uint32_t enabled = imap->enabled;

	for (; arg->type == IMAP_ARG_ATOM; arg++)
		;
	if (arg->type != IMAP_ARG_END || arg == cmd->args) {
		imap_reply_bad(cmd, "Invalid arguments.");
		return;
	}
	roost_str_puts(out, "* ENABLED");
	for (arg = cmd->args; arg->type != IMAP_ARG_END; arg++) {
		for (size_t i = 0; i < ROOST_COUNT(features); i++) {
			if (!imap_arg_is(arg, features[i].name) ||
			    (enabled & features[i].flags) == features[i].flags)
				continue;
			enabled |= features[i].flags;
			roost_str_byte(out, ' ');
			roost_str_puts(out, features[i].name);
		}
	}
	roost_str_puts(out, "\r\n");
	if ((enabled & IMAP_ENABLED_CONDSTORE) != 0)
		imap_condstore_enable(imap);
	imap->enabled |= enabled;
	imap_reply_ok(cmd, "Enabled.");
}

static void put_namespaces(struct imap_session *imap, uint32_t type)
{
	struct roost_str *out = imap_out(imap);
	const struct roost_namespace *const *list;
	size_t count = roost_user_namespaces(imap->user, &list);
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		char separator[2] = { list[i]->separator, '\0' };

		if (list[i]->type != type || list[i]->hidden)
			continue;
		roost_str_puts(out, any ? "(" : "((");
		any = true;
		imap_put_mailbox_string(out, imap, list[i]->prefix);
		roost_str_byte(out, ' ');
		imap_put_string(out, separator, 1);
		roost_str_byte(out, ')');
	}
	roost_str_puts(out, any ? ")" : "NIL");
}

/* RFC 2342: private, other users', shared. */
void imap_cmd_namespace(struct imap_session *imap, struct imap_command *cmd)
{
	struct roost_str *out = imap_out(imap);

	if (!no_arguments(cmd))
		return;
	roost_str_puts(out, "* NAMESPACE ");
	put_namespaces(imap, ROOST_NAMESPACE_PRIVATE);
	roost_str_byte(out, ' ');
	put_namespaces(imap, ROOST_NAMESPACE_SHARED);
	roost_str_byte(out, ' ');
	put_namespaces(imap, ROOST_NAMESPACE_PUBLIC);
	roost_str_puts(out, "\r\n");
	imap_reply_ok(cmd, "Namespace completed.");
}
