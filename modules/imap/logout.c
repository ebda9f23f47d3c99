/* The line that a session leaves in the log: imap_logout_format. R-LG-2, §4 of the settings. */
#include <stdio.h>
#include <string.h>
#include <roost/expand.h>
#include "modules/imap/session.h"

struct values {
	const struct imap_session *imap;
	char number[24];
};

static const char *value(void *context, const char *name)
{
	struct values *values = context;
	const struct imap_session *imap = values->imap;
	const struct { const char *name; uint64_t number; } table[] = {
		{ "i", roost_conn_bytes_in(imap->conn) }, { "input", roost_conn_bytes_in(imap->conn) },
		{ "o", roost_conn_bytes_out(imap->conn) },
		{ "output", roost_conn_bytes_out(imap->conn) },
		{ "deleted", imap->count.deleted }, { "expunged", imap->count.expunged },
		{ "trashed", imap->count.trashed }, { "autoexpunged", imap->count.autoexpunged },
		{ "appended", imap->count.append },
		{ "fetch_hdr_count", imap->count.hdr_count },
		{ "fetch_hdr_bytes", imap->count.hdr_bytes },
		{ "fetch_body_count", imap->count.body_count },
		{ "fetch_body_bytes", imap->count.body_bytes },
	};

	for (size_t i = 0; i < ROOST_COUNT(table); i++) {
		if (strcmp(name, table[i].name) == 0) {
			snprintf(values->number, sizeof(values->number), "%llu",
				 (unsigned long long)table[i].number);
			return values->number;
		}
	}
	return roost_scope_variable(roost_session_scope(imap->session), name);
}

void imap_logout_line(const struct imap_session *imap, const char *reason, struct roost_str *out)
{
	struct values values = { .imap = imap };
	struct roost_expand expand = { .value = value, .context = &values };
	struct roost_error err;

	roost_str_puts(out, reason);
	roost_str_byte(out, ' ');
	/* An unknown variable leaves its own name in the line, which says enough. */
	(void)roost_expand(out, imap->set->imap_logout_format, &expand, &err);
}
