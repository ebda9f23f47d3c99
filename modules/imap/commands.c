/* The table of commands after login. What comes before it: greet.c. */
#include <stdlib.h>
#include <string.h>
#include "modules/imap/imap.h"

enum {
	SELECTED = IMAP_CMD_SELECTED,
	UID = IMAP_CMD_SELECTED | IMAP_CMD_UID,
	KEEP = IMAP_CMD_KEEP_EXPUNGED,
	NO_SYNC = IMAP_CMD_NO_SYNC,
	NEWS = IMAP_CMD_NEWS,
};

/* Sorted by name. */
static const struct imap_command_def commands[] = {
	{ "APPEND", 0, imap_cmd_append, imap_append_literal, imap_append_abandon },
	{ "CAPABILITY", NO_SYNC, imap_cmd_capability, NULL, NULL },
	{ "CHECK", SELECTED | NEWS, imap_cmd_noop, NULL, NULL },
	{ "CLOSE", SELECTED, imap_cmd_close, NULL, NULL },
	{ "COPY", UID, imap_cmd_copy, NULL, NULL },
	{ "CREATE", 0, imap_cmd_create, NULL, NULL },
	{ "DELETE", 0, imap_cmd_delete, NULL, NULL },
	{ "ENABLE", NO_SYNC, imap_cmd_enable, NULL, NULL },
	{ "EXAMINE", 0, imap_cmd_examine, NULL, NULL },
	{ "EXPUNGE", UID | NEWS, imap_cmd_expunge, NULL, NULL },
	{ "FETCH", UID | KEEP, imap_fetch, NULL, NULL },
	{ "ID", NO_SYNC, imap_cmd_id, NULL, NULL },
	{ "IDLE", NEWS, imap_cmd_idle, NULL, imap_idle_abandon },
	{ "LIST", 0, imap_cmd_list, NULL, NULL },
	{ "LOGOUT", NO_SYNC, imap_cmd_logout, NULL, NULL },
	{ "LSUB", 0, imap_cmd_lsub, NULL, NULL },
	{ "MOVE", UID | NEWS, imap_cmd_move, NULL, NULL },
	{ "NAMESPACE", 0, imap_cmd_namespace, NULL, NULL },
	{ "NOOP", NEWS, imap_cmd_noop, NULL, NULL },
	{ "RENAME", 0, imap_cmd_rename, NULL, NULL },
	{ "SEARCH", UID | KEEP, imap_search, NULL, NULL },
	{ "SELECT", 0, imap_cmd_select, NULL, NULL },
	{ "STATUS", 0, imap_cmd_status, NULL, NULL },
	{ "STORE", UID | KEEP, imap_cmd_store, NULL, NULL },
	{ "SUBSCRIBE", 0, imap_cmd_subscribe, NULL, NULL },
	{ "UNSELECT", SELECTED | NO_SYNC, imap_cmd_unselect, NULL, NULL },
	{ "UNSUBSCRIBE", 0, imap_cmd_unsubscribe, NULL, NULL },
};

static int compare(const void *name, const void *def)
{
	return strcmp(name, ((const struct imap_command_def *)def)->name);
}

const struct imap_command_def *imap_command_find(const char *name)
{
	return bsearch(name, commands, ROOST_COUNT(commands), sizeof(commands[0]), compare);
}
