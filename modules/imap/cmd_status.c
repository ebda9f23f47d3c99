/* STATUS: numbers of a mailbox that need not be selected. RFC 9051 section 6.3.11, RFC 8438 (SIZE). */
#include <string.h>
#include <strings.h>
#include "modules/imap/session.h"

enum item { MESSAGES, RECENT, UIDNEXT, UIDVALIDITY, UNSEEN, DELETED, SIZE, HIGHESTMODSEQ, ITEMS };

static const char *const item_names[ITEMS] = {
	"MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "DELETED", "SIZE",
	"HIGHESTMODSEQ",
};

struct imap_status_items {
	size_t count;
	enum item list[ITEMS];	/* in the order asked for, each once */
	bool size;
};

static bool add_item(struct imap_status_items *items, const struct imap_arg *arg)
{
	for (size_t i = 0; i < ITEMS; i++) {
		if (!imap_arg_is(arg, item_names[i]))
			continue;
		for (size_t j = 0; j < items->count; j++) {
			if (items->list[j] == i)
				return true;
		}
		items->list[items->count++] = (enum item)i;
		items->size |= i == SIZE;
		return true;
	}
	return false;
}

const char *imap_status_parse(struct imap_session *imap, struct roost_arena *arena,
			      const struct imap_arg *list, struct imap_status_items **items)
{
	*items = roost_arena_new(arena, struct imap_status_items);
	if (list->type != IMAP_ARG_LIST)
		return "Status items must be list.";
	for (const struct imap_arg *arg = list->list; arg->type != IMAP_ARG_END; arg++) {
		if (!add_item(*items, arg))
			return "Invalid status item.";
		if (imap_arg_is(arg, "HIGHESTMODSEQ"))
			imap_condstore_enable(imap);
	}
	return (*items)->count == 0 ? "Empty status list." : NULL;
}

static uint64_t value(const struct roost_mailbox_status *status, enum item item)
{
	switch (item) {
	case MESSAGES:		return status->messages;
	case RECENT:		return status->recent;
	case UIDNEXT:		return status->uidnext;
	case UIDVALIDITY:	return status->uidvalidity;
	case UNSEEN:		return status->unseen;
	case DELETED:		return status->deleted;
	case SIZE:		return status->size;
	default:		return status->highestmodseq;
	}
}

int imap_status_put(struct imap_session *imap, const char *name,
		    const struct imap_status_items *items, struct roost_error *err)
{
	struct roost_mailbox_status status;
	struct roost_str *out;

	if (roost_mailbox_status_of(imap->user, name, items->size, &status, err) < 0)
		return -1;
	out = imap_out(imap);
	roost_str_puts(out, "* STATUS ");
	imap_put_mailbox(out, imap, name);
	for (size_t i = 0; i < items->count; i++) {
		roost_str_puts(out, i == 0 ? " (" : " ");
		roost_str_puts(out, item_names[items->list[i]]);
		roost_str_byte(out, ' ');
		roost_str_number(out, value(&status, items->list[i]));
	}
	roost_str_puts(out, ")\r\n");
	return 0;
}

void imap_cmd_status(struct imap_session *imap, struct imap_command *cmd)
{
	struct imap_status_items *items;
	struct roost_error err;
	const char *name, *error;

	if (imap_args_count(cmd->args) != 2) {
		imap_reply_bad(cmd, "Invalid arguments.");
	} else if ((error = imap_status_parse(imap, cmd->arena, &cmd->args[1], &items)) != NULL) {
		imap_reply_bad(cmd, "%s", error);
	} else if ((name = imap_mailbox_arg(imap, cmd, &cmd->args[0])) != NULL) {
		if (imap_status_put(imap, name, items, &err) < 0)
			imap_reply_err_select(cmd, &err);
		else
			imap_reply_ok(cmd, "Status completed.");
	}
}
