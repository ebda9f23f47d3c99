/*
 * LIST and LSUB: names of mailboxes. RFC 9051 section 6.3.9 (RFC 5258 LIST-EXTENDED, RFC 5819
 * LIST-STATUS, RFC 6154 SPECIAL-USE, RFC 3348 CHILDREN); LSUB from RFC 3501.
 */
#include <string.h>
#include <roost/vec.h>
#include "modules/imap/session.h"

#define SELECT_SUBSCRIBED 1u
#define SELECT_RECURSIVE 2u
#define SELECT_SPECIAL_USE 4u
#define RETURN_SUBSCRIBED 8u

struct list {
	struct imap_session *imap;
	struct roost_arena *arena;
	uint32_t options;
	bool extended, lsub;
	struct imap_status_items *status;	/* RETURN (STATUS (...)), or NULL */
	ROOST_VEC(const char *) names;		/* those whose STATUS is wanted */
};

static void put_attribute(struct roost_str *out, bool *any, const char *name)
{
	if (*any)
		roost_str_byte(out, ' ');
	*any = true;
	roost_str_puts(out, name);
}

static void put_attributes(const struct list *list, const struct roost_list_entry *entry)
{
	struct roost_str *out = imap_out(list->imap);
	static const struct { uint32_t flag; const char *name; } table[] = {
		{ ROOST_LIST_NOINFERIORS, "\\Noinferiors" },
		{ ROOST_LIST_HASCHILDREN, "\\HasChildren" },
		{ ROOST_LIST_HASNOCHILDREN, "\\HasNoChildren" },
		{ ROOST_LIST_MARKED, "\\Marked" }, { ROOST_LIST_UNMARKED, "\\UnMarked" },
	};
	bool any = false;

	/* \NonExistent means \Noselect too; clients of old know only the latter. */
	if ((entry->flags & ROOST_LIST_NONEXISTENT) != 0)
		put_attribute(out, &any, list->extended ? "\\NonExistent" : "\\Noselect");
	else if ((entry->flags & ROOST_LIST_NOSELECT) != 0)
		put_attribute(out, &any, "\\Noselect");
	for (size_t i = 0; i < ROOST_COUNT(table); i++) {
		if ((entry->flags & table[i].flag) != 0)
			put_attribute(out, &any, table[i].name);
	}
	if ((entry->flags & ROOST_LIST_SUBSCRIBED) != 0 &&
	    (list->options & (SELECT_SUBSCRIBED | RETURN_SUBSCRIBED)) != 0)
		put_attribute(out, &any, "\\Subscribed");
	if (entry->special_use[0] != '\0')
		put_attribute(out, &any, entry->special_use);
}

static void put_separator_and_name(const struct list *list, const struct roost_list_entry *entry)
{
	struct roost_str *out = imap_out(list->imap);

	if (entry->separator == '\0') {
		roost_str_puts(out, ") NIL ");
	} else {
		roost_str_puts(out, ") ");
		imap_put_string(out, &entry->separator, 1);
		roost_str_byte(out, ' ');
	}
	imap_put_mailbox(out, list->imap, entry->name);
}

static bool found(void *context, const struct roost_list_entry *entry)
{
	struct list *list = context;
	struct roost_str *out = imap_out(list->imap);

	if ((list->options & SELECT_SPECIAL_USE) != 0 && entry->special_use[0] == '\0')
		return true;
	roost_str_puts(out, "* LIST (");
	put_attributes(list, entry);
	put_separator_and_name(list, entry);
	if ((list->options & SELECT_RECURSIVE) != 0 &&
	    (entry->flags & ROOST_LIST_CHILD_SUBSCRIBED) != 0)
		roost_str_puts(out, " (\"CHILDINFO\" (\"SUBSCRIBED\"))");
	roost_str_append(out, "\r\n", 2);
	if (list->status != NULL &&
	    (entry->flags & (ROOST_LIST_NOSELECT | ROOST_LIST_NONEXISTENT)) == 0)
		roost_vec_push(&list->names, roost_arena_strdup(list->arena, entry->name));
	return true;
}

/* \Noselect is a parent that matched '%' in the place of its subscribed child (RFC 3501 6.3.9). */
static bool found_lsub(void *context, const struct roost_list_entry *entry)
{
	struct list *list = context;
	uint32_t dead = ROOST_LIST_NOSELECT | ROOST_LIST_NONEXISTENT;
	bool noselect = (entry->flags & ROOST_LIST_SUBSCRIBED) == 0;

	if ((list->imap->workarounds & IMAP_WORKAROUND_TB_LSUB_FLAGS) != 0)
		noselect |= (entry->flags & dead) != 0;
	roost_str_puts(imap_out(list->imap), noselect ? "* LSUB (\\Noselect" : "* LSUB (");
	put_separator_and_name(list, entry);
	roost_str_append(imap_out(list->imap), "\r\n", 2);
	return true;
}

/* Reference and pattern together, in UTF-8; NULL: the reply is out. */
static const char *full_pattern(struct imap_session *imap, struct imap_command *cmd,
				const char *reference, const struct imap_arg *arg)
{
	struct roost_error err;
	const char *pattern;

	if (imap_arg_astring(arg) == NULL) {
		imap_reply_bad(cmd, "Invalid arguments.");
		return NULL;
	}
	if (imap_mailbox_name(imap, cmd->arena, arg, &pattern, &err) < 0) {
		imap_reply_err(cmd, &err);
		return NULL;
	}
	/* A pattern that begins with the separator is a whole name already. */
	return *reference == '\0' ? pattern :
		roost_arena_printf(cmd->arena, "%s%s", reference, pattern);
}

/* What is wrong, or NULL. */
static const char *selection_options(struct list *list, const struct imap_arg *arg)
{
	bool base = false;

	for (; arg->type != IMAP_ARG_END; arg++) {
		if (imap_arg_is(arg, "SUBSCRIBED"))
			list->options |= SELECT_SUBSCRIBED;
		else if (imap_arg_is(arg, "RECURSIVEMATCH"))
			list->options |= SELECT_RECURSIVE;
		else if (imap_arg_is(arg, "SPECIAL-USE"))
			list->options |= SELECT_SPECIAL_USE;
		else if (!imap_arg_is(arg, "REMOTE"))	/* none of ours is */
			return "Unknown select options.";
		base = base || (list->options & (SELECT_SUBSCRIBED | SELECT_SPECIAL_USE)) != 0;
	}
	return (list->options & SELECT_RECURSIVE) != 0 && !base ?
		"RECURSIVEMATCH must not be the only selection." : NULL;
}

static const char *return_options(struct list *list, const struct imap_arg *arg)
{
	for (; arg->type != IMAP_ARG_END; arg++) {
		if (imap_arg_is(arg, "SUBSCRIBED")) {
			list->options |= RETURN_SUBSCRIBED;
		} else if (imap_arg_is(arg, "STATUS")) {
			const char *error = imap_status_parse(list->imap, list->arena, ++arg,
							      &list->status);

			if (error != NULL)
				return error;
		} else if (!imap_arg_is(arg, "CHILDREN") && !imap_arg_is(arg, "SPECIAL-USE")) {
			return "Unknown return options.";	/* these two are always there */
		}
	}
	return NULL;
}

/* [(selection)] reference pattern|(patterns) [RETURN (options)]; *arg: reference. What is wrong, or NULL. */
static const char *parse(struct list *list, const struct imap_arg **arg)
{
	const struct imap_arg *at = *arg;
	const char *error;

	if (at->type == IMAP_ARG_LIST) {
		list->extended = true;
		if ((error = selection_options(list, at->list)) != NULL)
			return error;
		at++;
	}
	if (imap_arg_astring(at) == NULL || at[1].type == IMAP_ARG_END)
		return "Invalid arguments.";
	*arg = at;
	list->extended |= at[1].type == IMAP_ARG_LIST;
	at += 2;
	if (at->type == IMAP_ARG_END)
		return NULL;
	list->extended = true;
	if (!imap_arg_is(at, "RETURN") || at[1].type != IMAP_ARG_LIST ||
	    at[2].type != IMAP_ARG_END)
		return "Invalid arguments.";
	return return_options(list, at[1].list);
}

/* Patterns in UTF-8, ends with NULL; NULL: the reply is out. */
static const char *const *patterns(struct imap_session *imap, struct imap_command *cmd,
				   const struct imap_arg *reference)
{
	const struct imap_arg *arg = &reference[1];
	size_t count = arg->type == IMAP_ARG_LIST ? arg->len : 1;
	const char **result = roost_arena_zalloc(cmd->arena, (count + 1) * sizeof(*result));
	struct roost_error err;
	const char *prefix;

	if (arg->type == IMAP_ARG_LIST)
		arg = arg->list;
	if (imap_mailbox_name(imap, cmd->arena, reference, &prefix, &err) < 0) {
		imap_reply_err(cmd, &err);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		if ((result[i] = full_pattern(imap, cmd, prefix, &arg[i])) == NULL)
			return NULL;
	}
	return result;
}

/* LIST with an empty pattern asks for separator and root of the reference. */
static bool put_root(struct imap_session *imap, const struct imap_arg *reference, const char *word)
{
	struct roost_str *out = imap_out(imap);
	char separator;

	if (reference[1].type == IMAP_ARG_LIST || reference[1].len > 0)
		return false;
	separator = imap_separator(imap, reference->text);
	roost_str_printf(out, "* %s (\\Noselect) ", word);
	imap_put_string(out, &separator, 1);
	roost_str_puts(out, " \"\"\r\n");
	return true;
}

/* A mailbox that went away meanwhile is passed over (RFC 5819 section 2). */
static void put_statuses(struct list *list)
{
	struct roost_error err;

	for (size_t i = 0; i < list->names.count; i++)
		(void)imap_status_put(list->imap, list->names.items[i], list->status, &err);
	roost_vec_free(&list->names);
}

static void run(struct imap_command *cmd, struct list *list, const struct imap_arg *reference)
{
	const char *word = list->lsub ? "LSUB" : "LIST";
	const char *const *names;
	struct roost_error err;
	uint32_t options = 0;

	if (put_root(list->imap, reference, word)) {
		imap_reply_ok(cmd, "%s completed.", list->lsub ? "Lsub" : "List");
		return;
	}
	if ((names = patterns(list->imap, cmd, reference)) == NULL)
		return;
	if (list->lsub)
		options = ROOST_LIST_ONLY_SUBSCRIBED | ROOST_LIST_LSUB;
	else if ((list->options & SELECT_SUBSCRIBED) != 0)
		options = ROOST_LIST_ONLY_SUBSCRIBED;
	if ((list->options & SELECT_RECURSIVE) != 0)
		options |= ROOST_LIST_RECURSIVE_MATCH;
	if (roost_mailbox_list(list->imap->user, names, options,
			       list->lsub ? found_lsub : found, list, &err) < 0) {
		roost_vec_free(&list->names);
		imap_reply_err(cmd, &err);
		return;
	}
	put_statuses(list);
	imap_reply_ok(cmd, "%s completed.", list->lsub ? "Lsub" : "List");
}

void imap_cmd_list(struct imap_session *imap, struct imap_command *cmd)
{
	struct list list = { .imap = imap, .arena = cmd->arena };
	const struct imap_arg *reference = cmd->args;
	const char *error = parse(&list, &reference);

	if (error != NULL)
		imap_reply_bad(cmd, "%s", error);
	else
		run(cmd, &list, reference);
}

void imap_cmd_lsub(struct imap_session *imap, struct imap_command *cmd)
{
	struct list list = { .imap = imap, .arena = cmd->arena, .lsub = true };

	if (imap_args_count(cmd->args) != 2 || imap_arg_astring(&cmd->args[0]) == NULL ||
	    imap_arg_astring(&cmd->args[1]) == NULL)
		imap_reply_bad(cmd, "Invalid arguments.");
	else
		run(cmd, &list, cmd->args);
}
