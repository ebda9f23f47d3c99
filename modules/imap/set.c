/* Sets of messages in the selected mailbox, by sequence number or UID; "$" of RFC 5182. */
#include <stdlib.h>
#include <string.h>
#include "modules/imap/imap.h"

static uint32_t last_uid(const struct imap_session *imap)
{
	uint32_t count = roost_mailbox_count(imap->box);

	return count == 0 ? 0 : roost_mailbox_mail(imap->box, count).uid;
}

/* Sequence ranges within the view become UID ranges: nothing of the view lies between their ends. */
static void seqs_to_uids(const struct imap_session *imap, struct roost_arena *arena,
			 struct roost_set *set)
{
	struct roost_range *uids = roost_arena_alloc(arena, (set->count + 1) * sizeof(*uids));

	for (size_t i = 0; i < set->count; i++) {
		uids[i].first = roost_mailbox_mail(imap->box, set->ranges[i].first).uid;
		uids[i].last = roost_mailbox_mail(imap->box, set->ranges[i].last).uid;
	}
	set->ranges = uids;
}

const char *imap_set_parse(const struct imap_session *imap, struct roost_arena *arena,
			   const char *text, bool uid, struct roost_set *uids)
{
	uint32_t max = uid ? last_uid(imap) : roost_mailbox_count(imap->box);
	struct roost_set set;
	const char *error;

	if (strcmp(text, "$") == 0) {
		*uids = (struct roost_set){ NULL, imap->saved.count };
		if (uids->count > 0)
			uids->ranges = roost_arena_dup(arena, imap->saved.ranges,
						       uids->count * sizeof(*uids->ranges));
		return NULL;
	}
	if ((error = imap_set_ranges(arena, text, max, &set)) != NULL)
		return error;
	if (!uid) {
		if (set.ranges[set.count - 1].last > max || max == 0)
			return "Invalid messageset";
		seqs_to_uids(imap, arena, &set);
	} else if (set.ranges[0].first == 0) {
		/* '*' of an empty mailbox: no UID at all, and not an error (RFC 9051 section 6.4.9). */
		struct roost_range *copy = roost_arena_dup(arena, set.ranges,
							   set.count * sizeof(*copy));

		copy[0].first = 1;
		set.ranges = copy;
		if (copy[0].last == 0) {
			set.ranges++;
			set.count--;
		}
	}
	*uids = set;
	return NULL;
}

bool imap_set_arg(struct imap_session *imap, struct imap_command *cmd, const struct imap_arg *arg,
		  struct roost_set *uids)
{
	const char *text = imap_arg_atom(arg);
	const char *error = text == NULL ? "Invalid messageset" :
		imap_set_parse(imap, cmd->arena, text, cmd->uid, uids);

	if (error != NULL)
		imap_reply_bad(cmd, "%s", error);
	return error == NULL;
}

void imap_set_seqs(const struct imap_session *imap, struct roost_arena *arena,
		   const struct roost_set *uids, struct roost_set *seqs)
{
	struct roost_range *out = roost_arena_alloc(arena, (uids->count + 1) * sizeof(*out));
	uint32_t count = roost_mailbox_count(imap->box);
	size_t kept = 0;

	for (size_t i = 0; i < uids->count; i++) {
		uint32_t first = roost_mailbox_seq_from(imap->box, uids->ranges[i].first);
		uint32_t last = uids->ranges[i].last == UINT32_MAX ? count :
			roost_mailbox_seq_from(imap->box, uids->ranges[i].last + 1) - 1;

		if (first > last)
			continue;
		if (kept > 0 && out[kept - 1].last + 1 == first)
			out[kept - 1].last = last;
		else
			out[kept++] = (struct roost_range){ first, last };
	}
	*seqs = (struct roost_set){ out, kept };
}

void imap_saved_set(struct imap_session *imap, const struct roost_set *uids)
{
	free((void *)(uintptr_t)imap->saved.ranges);
	imap->saved = (struct roost_set){ NULL, uids->count };
	if (uids->count > 0) {
		struct roost_range *copy = malloc(uids->count * sizeof(*copy));

		if (copy == NULL)
			abort();
		memcpy(copy, uids->ranges, uids->count * sizeof(*copy));
		imap->saved.ranges = copy;
	}
}
