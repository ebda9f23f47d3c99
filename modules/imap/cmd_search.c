/* SEARCH and UID SEARCH: SEARCH and ESEARCH responses, "$". RFC 9051 section 6.4.4, RFC 4731, 5182, 7162. */
#include <string.h>
#include "modules/imap/search_args.h"

enum { STEP_BUDGET = 100 * 1000 };	/* microseconds before other sessions get their turn */

struct searching {
	struct search_args args;
	struct roost_search *search;	/* NULL: ended */
};

/* With the command's arena, when the session ends before the search does. */
static void end_search(void *context)
{
	struct searching *searching = context;

	if (searching->search != NULL)
		(void)roost_search_end(searching->search, NULL);
}

/* --- the answers --- */

static void put_modseq(struct roost_str *out, const struct searching *searching)
{
	uint64_t modseq = roost_search_modseq(searching->search);

	if (!searching->args.modseq || modseq == 0)
		return;
	roost_str_puts(out, searching->args.extended ? " MODSEQ " : " (MODSEQ ");
	roost_str_number(out, modseq);
	if (!searching->args.extended)
		roost_str_byte(out, ')');
}

static void put_search(struct roost_str *out, const struct searching *searching,
		       const struct roost_set *found)
{
	roost_str_puts(out, "* SEARCH");
	for (size_t i = 0; i < found->count; i++) {
		uint32_t last = found->ranges[i].last;

		for (uint32_t number = found->ranges[i].first; number <= last; number++) {
			roost_str_byte(out, ' ');
			roost_str_number(out, number);
			if (number == UINT32_MAX)
				break;
		}
	}
	put_modseq(out, searching);
	roost_str_append(out, "\r\n", 2);
}

static void put_option(struct roost_str *out, const char *name, uint64_t number)
{
	roost_str_puts(out, name);
	roost_str_number(out, number);
}

static void put_esearch(struct roost_str *out, const struct imap_command *cmd,
			const struct roost_set *found)
{
	const struct searching *searching = cmd->state;
	uint32_t returns = searching->args.returns;

	roost_str_puts(out, "* ESEARCH (TAG ");
	imap_put_string(out, cmd->tag, strlen(cmd->tag));
	roost_str_puts(out, cmd->uid ? ") UID" : ")");
	if (found->count > 0) {
		if ((returns & SEARCH_RETURN_MIN) != 0)
			put_option(out, " MIN ", found->ranges[0].first);
		if ((returns & SEARCH_RETURN_MAX) != 0)
			put_option(out, " MAX ", found->ranges[found->count - 1].last);
		if ((returns & SEARCH_RETURN_ALL) != 0) {
			roost_str_puts(out, " ALL ");
			imap_put_set(out, found);
		}
	}
	if ((returns & SEARCH_RETURN_COUNT) != 0)
		put_option(out, " COUNT ", imap_set_size(found));
	put_modseq(out, searching);
	roost_str_append(out, "\r\n", 2);
}

static void answer(struct imap_session *imap, struct imap_command *cmd)
{
	struct searching *searching = cmd->state;
	struct roost_set seqs = roost_search_found(searching->search), uids, *found = &seqs;

	if (cmd->uid || (searching->args.returns & SEARCH_RETURN_SAVE) != 0)
		roost_set_to_uids(cmd->arena, imap->box, &seqs, &uids);
	if (cmd->uid)
		found = &uids;
	if ((searching->args.returns & SEARCH_RETURN_SAVE) != 0)
		imap_saved_set(imap, &uids);
	if (!searching->args.extended)
		put_search(imap_out(imap), searching, found);
	else if (searching->args.returns != SEARCH_RETURN_SAVE)
		put_esearch(imap_out(imap), cmd, found);
}

/* RFC 5182 section 2.1: a search that ends with NO leaves nothing saved. */
static void forget_saved(struct imap_session *imap, const struct searching *searching)
{
	if ((searching->args.returns & SEARCH_RETURN_SAVE) != 0)
		imap_saved_set(imap, &(struct roost_set){ NULL, 0 });
}

static void go_on(struct imap_session *imap, struct imap_command *cmd)
{
	struct searching *searching = cmd->state;
	struct roost_search *search = searching->search;
	struct roost_error err;

	if (!roost_search_step(search, STEP_BUDGET)) {
		imap_command_wait_drained(cmd, go_on);
		return;
	}
	answer(imap, cmd);
	searching->search = NULL;
	if (roost_search_end(search, &err) < 0) {
		forget_saved(imap, searching);
		imap_reply_err(cmd, &err);
		return;
	}
	imap_reply_ok(cmd, "Search completed.");
}

/* --- the command --- */

/* When only ends are wanted, what lies between them need not be looked at. */
static uint32_t wanted_ends(const struct search_args *args)
{
	uint32_t ends = 0;

	if ((args->returns & (SEARCH_RETURN_ALL | SEARCH_RETURN_COUNT)) != 0)
		return 0;
	ends |= (args->returns & SEARCH_RETURN_MIN) != 0 ? ROOST_SEARCH_MIN : 0;
	ends |= (args->returns & SEARCH_RETURN_MAX) != 0 ? ROOST_SEARCH_MAX : 0;
	return ends;
}

void imap_search(struct imap_session *imap, struct imap_command *cmd)
{
	struct searching *searching = roost_arena_new(cmd->arena, struct searching);
	const char *error = search_args_parse(imap, cmd->arena, cmd->args, &searching->args);
	struct roost_error err;

	if (error != NULL) {
		imap_reply_bad(cmd, "%s", error);
		return;
	}
	/* IMAP4rev2 knows no SEARCH response: RFC 9051 section 6.4.4. */
	if (!searching->args.extended && (imap->enabled & IMAP_ENABLED_REV2) != 0) {
		searching->args.extended = true;
		searching->args.returns = SEARCH_RETURN_ALL;
	}
	if (searching->args.bad_charset) {
		forget_saved(imap, searching);
		imap_reply_no(cmd, "BADCHARSET (US-ASCII UTF-8)", "Unknown charset");
		return;
	}
	if (roost_search_begin(imap->box, searching->args.key, wanted_ends(&searching->args),
			       &searching->search, &err) < 0) {
		forget_saved(imap, searching);
		imap_reply_err(cmd, &err);
		return;
	}
	if (searching->args.modseq)
		imap_condstore_enable(imap);
	cmd->state = searching;
	roost_arena_cleanup(cmd->arena, end_search, searching);
	go_on(imap, cmd);
}
