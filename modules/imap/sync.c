/* What changed in the selected mailbox, told in the order that RFC 9051 section 7.4 asks for; RFC 7162. */
#include <string.h>
#include "modules/imap/session.h"

static void put_line(struct roost_str *out, uint32_t number, const char *word)
{
	roost_str_append(out, "* ", 2);
	roost_str_number(out, number);
	roost_str_byte(out, ' ');
	roost_str_puts(out, word);
	roost_str_append(out, "\r\n", 2);
}

void imap_put_flags_lines(struct imap_session *imap)
{
	static const char system_flags[] = "\\Answered \\Flagged \\Deleted \\Seen \\Draft";
	struct roost_str *out = imap_out(imap), names = ROOST_STR_INIT;
	const char *name;
	unsigned number = 0;

	for (; number < 64 && (name = roost_mailbox_keyword(imap->box, number)) != NULL; number++) {
		roost_str_byte(&names, ' ');
		roost_str_puts(&names, name);
	}
	roost_str_printf(out, "* FLAGS (%s%s)\r\n", system_flags, roost_str_text(&names));
	if (imap->readonly)
		roost_str_puts(out, "* OK [PERMANENTFLAGS ()] Read-only mailbox.\r\n");
	else
		roost_str_printf(out, "* OK [PERMANENTFLAGS (%s%s%s)] Flags permitted.\r\n",
				 system_flags, roost_str_text(&names), number < 64 ? " \\*" : "");
	roost_str_free(&names);
	imap->known_keywords = number;
}

void imap_put_new_keywords(struct imap_session *imap)
{
	if (imap->known_keywords < 64 &&
	    roost_mailbox_keyword(imap->box, imap->known_keywords) != NULL)
		imap_put_flags_lines(imap);
}

void imap_fetch_flags_line(struct imap_session *imap, uint32_t seq, bool with_uid)
{
	struct roost_mail mail = roost_mailbox_mail(imap->box, seq);
	struct roost_str *out = imap_out(imap);

	roost_str_append(out, "* ", 2);
	roost_str_number(out, seq);
	roost_str_puts(out, " FETCH (");
	if (with_uid || (imap->enabled & IMAP_ENABLED_QRESYNC) != 0) {
		roost_str_puts(out, "UID ");
		roost_str_number(out, mail.uid);
		roost_str_byte(out, ' ');
	}
	if ((imap->enabled & IMAP_ENABLED_CONDSTORE) != 0) {
		roost_str_puts(out, "MODSEQ (");
		roost_str_number(out, mail.modseq);
		roost_str_puts(out, ") ");
	}
	roost_str_puts(out, "FLAGS (");
	imap_put_flags(out, imap, mail.flags, mail.keywords);
	roost_str_puts(out, "))\r\n");
}

bool imap_flags_known(const struct imap_known_flags *known, const struct roost_mail *mail)
{
	return known->uid == mail->uid && known->keywords == mail->keywords &&
	       ((known->flags ^ mail->flags) & ~ROOST_FLAG_RECENT) == 0;
}

/* The command said so itself: SILENT, or its own FETCH lines. A new MODSEQ is still news. */
static bool is_known(const struct imap_session *imap, uint32_t seq)
{
	struct roost_mail mail;
	size_t low = 0, high = imap->known_len;

	if (high == 0)
		return false;
	mail = roost_mailbox_mail(imap->box, seq);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (imap->known[middle].uid < mail.uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < imap->known_len && imap_flags_known(&imap->known[low], &mail);
}

static void put_silent_modseq(struct imap_session *imap, uint32_t seq, bool with_uid)
{
	struct roost_mail mail = roost_mailbox_mail(imap->box, seq);
	struct roost_str *out = imap_out(imap);

	roost_str_append(out, "* ", 2);
	roost_str_number(out, seq);
	roost_str_puts(out, " FETCH (");
	if (with_uid || (imap->enabled & IMAP_ENABLED_QRESYNC) != 0) {
		roost_str_puts(out, "UID ");
		roost_str_number(out, mail.uid);
		roost_str_byte(out, ' ');
	}
	roost_str_puts(out, "MODSEQ (");
	roost_str_number(out, mail.modseq);
	roost_str_puts(out, "))\r\n");
}

/* Each number is what it is after the lines before it. */
static void put_expunges(struct imap_session *imap, const struct roost_changes *changes)
{
	struct roost_str *out = imap_out(imap);

	if ((imap->enabled & IMAP_ENABLED_QRESYNC) != 0) {
		roost_str_puts(out, "* VANISHED ");
		for (size_t i = 0; i < changes->expunged;) {
			size_t last = i;

			while (last + 1 < changes->expunged && changes->expunged_uids[last + 1] ==
			       changes->expunged_uids[last] + 1)
				last++;
			if (i > 0)
				roost_str_byte(out, ',');
			roost_str_number(out, changes->expunged_uids[i]);
			if (last > i) {
				roost_str_byte(out, ':');
				roost_str_number(out, changes->expunged_uids[last]);
			}
			i = last + 1;
		}
		roost_str_append(out, "\r\n", 2);
	} else {
		for (size_t i = 0; i < changes->expunged; i++)
			put_line(out, changes->expunged_seqs[i] - (uint32_t)i, "EXPUNGE");
	}
}

static void put_flag_changes(struct imap_session *imap, const struct roost_changes *changes,
			     bool with_uid)
{
	for (size_t i = 0; i < changes->changed_count; i++) {
		uint32_t seq = changes->changed[i];

		/* New mail has flags that nobody knows yet: no news either. */
		if (seq > imap->known_count)
			break;
		if (!is_known(imap, seq))
			imap_fetch_flags_line(imap, seq, with_uid);
		else if ((imap->enabled & IMAP_ENABLED_CONDSTORE) != 0 && imap->known_silent)
			put_silent_modseq(imap, seq, with_uid);
	}
}

int imap_sync(struct imap_session *imap, uint32_t options, bool with_uid, struct roost_error *err)
{
	const struct roost_changes *changes;
	struct roost_str *out;

	if (roost_mailbox_sync(imap->box, options, &changes, err) < 0)
		return -1;
	out = imap_out(imap);
	if (changes->expunged > 0) {
		put_expunges(imap, changes);
		imap->known_count -= (uint32_t)changes->expunged;
	}
	if (changes->count > imap->known_count)
		put_line(out, changes->count, "EXISTS");
	if (changes->recent != imap->known_recent)
		put_line(out, changes->recent, "RECENT");
	if (changes->keywords_changed)
		imap_put_new_keywords(imap);
	put_flag_changes(imap, changes, with_uid);
	imap->known_count = changes->count;
	imap->known_recent = changes->recent;
	return 0;
}

void imap_condstore_enable(struct imap_session *imap)
{
	struct roost_mailbox_status status;
	struct roost_error err;

	if ((imap->enabled & IMAP_ENABLED_CONDSTORE) != 0)
		return;
	imap->enabled |= IMAP_ENABLED_CONDSTORE;
	if (imap->box != NULL && roost_mailbox_status(imap->box, false, &status, &err) == 0)
		roost_str_printf(imap_out(imap), "* OK [HIGHESTMODSEQ %llu] Highest\r\n",
				 (unsigned long long)status.highestmodseq);
}
