/* FETCH: what was parsed - ENVELOPE, BODY, BODYSTRUCTURE, as the cache keeps them. RFC 9051 section 7.5.2. */
#include "modules/imap/fetch.h"

static int put_text(struct fetch *fetch, const struct fetch_item *item, const char *text, size_t len)
{
	fetch_put_label(fetch, item);
	roost_str_append(imap_out(fetch->imap), text, len);
	return 0;
}

int fetch_put_envelope(struct fetch *fetch, const struct fetch_item *item, struct roost_error *err)
{
	const char *text;
	size_t len;

	if (roost_message_envelope(fetch->message, &text, &len, err) < 0)
		return -1;
	return put_text(fetch, item, text, len);
}

int fetch_put_structure(struct fetch *fetch, const struct fetch_item *item, struct roost_error *err)
{
	const char *text;
	size_t len;

	if (roost_message_structure(fetch->message, false, &text, &len, err) < 0)
		return -1;
	return put_text(fetch, item, text, len);
}

int fetch_put_structure_extended(struct fetch *fetch, const struct fetch_item *item,
				 struct roost_error *err)
{
	const char *text;
	size_t len;

	if (roost_message_structure(fetch->message, true, &text, &len, err) < 0)
		return -1;
	return put_text(fetch, item, text, len);
}
