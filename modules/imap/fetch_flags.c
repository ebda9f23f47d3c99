/* FETCH: what the index knows - UID, FLAGS, MODSEQ, dates, sizes. RFC 9051 section 7.5.2, RFC 7162. */
#include <roost/date.h>
#include "modules/imap/fetch.h"

int fetch_put_uid(struct fetch *fetch, const struct fetch_item *item, struct roost_error *err)
{
	(void)err;
	fetch_put_label(fetch, item);
	roost_str_number(imap_out(fetch->imap), fetch->mail.uid);
	return 0;
}

int fetch_put_flags(struct fetch *fetch, const struct fetch_item *item, struct roost_error *err)
{
	struct roost_str *out = imap_out(fetch->imap);

	(void)err;
	fetch_put_label(fetch, item);
	roost_str_byte(out, '(');
	imap_put_flags(out, fetch->imap, fetch->mail.flags, fetch->mail.keywords);
	roost_str_byte(out, ')');
	return 0;
}

int fetch_put_modseq(struct fetch *fetch, const struct fetch_item *item, struct roost_error *err)
{
	struct roost_str *out = imap_out(fetch->imap);

	(void)err;
	fetch_put_label(fetch, item);
	roost_str_byte(out, '(');
	roost_str_number(out, fetch->mail.modseq);
	roost_str_byte(out, ')');
	return 0;
}

static void put_date(struct fetch *fetch, const struct fetch_item *item, int64_t date)
{
	struct roost_str *out = imap_out(fetch->imap);
	char text[ROOST_DATE_SIZE];

	fetch_put_label(fetch, item);
	roost_date_write_internal(text, date, roost_date_local_zone(date));
	roost_str_byte(out, '"');
	roost_str_puts(out, text);
	roost_str_byte(out, '"');
}

int fetch_put_internaldate(struct fetch *fetch, const struct fetch_item *item,
			   struct roost_error *err)
{
	int64_t date;

	if (roost_message_internaldate(fetch->message, &date, err) < 0)
		return -1;
	put_date(fetch, item, date);
	return 0;
}

/* RFC 8514. */
int fetch_put_savedate(struct fetch *fetch, const struct fetch_item *item, struct roost_error *err)
{
	int64_t date;

	if (roost_message_savedate(fetch->message, &date, err) < 0)
		return -1;
	put_date(fetch, item, date);
	return 0;
}

int fetch_put_size(struct fetch *fetch, const struct fetch_item *item, struct roost_error *err)
{
	uint64_t size;

	if (roost_message_size(fetch->message, &size, err) < 0)
		return -1;
	fetch_put_label(fetch, item);
	roost_str_number(imap_out(fetch->imap), size);
	return 0;
}
