/* The settings of mail users: names and defaults are R-SET-1, R-NS-1. */
#include "modules/mail/mailbox/mailbox.h"

static const struct roost_setting mail_fields[] = {
	{ "mail_location", ROOST_SET_STRING | ROOST_SET_EXPANDED,
	  offsetof(struct mail_settings, location), "",
	  "DRIVER:PATH[:KEY=VALUE...]: where mail is. Empty: looked for in the usual places." },
	{ "mail_fsync", ROOST_SET_ENUM, offsetof(struct mail_settings, fsync),
	  "optimized|always|never",
	  "optimized: messages are durable before the answer, flags within a second." },
	{ "mail_save_crlf", ROOST_SET_BOOL, offsetof(struct mail_settings, save_crlf), "no",
	  "Store messages with CRLF line ends: larger, and a little cheaper to send." },
	{ "mail_max_keyword_length", ROOST_SET_UINT,
	  offsetof(struct mail_settings, max_keyword_length), "50",
	  "Longest keyword in bytes that is made on a client's wish." },
	{ 0 },
};
const struct roost_settings mail_settings_schema = {
	"mail", sizeof(struct mail_settings), mail_fields, ROOST_SCOPE_USER,
};

static const struct roost_setting namespace_fields[] = {
	{ "type", ROOST_SET_ENUM, offsetof(struct space_settings, type),
	  "private|shared|public", "Whose mail it is." },
	{ "list", ROOST_SET_ENUM, offsetof(struct space_settings, list),
	  "yes|no|children", "Whether LIST shows it; children: only when it has mailboxes." },
	{ "separator", ROOST_SET_STRING, offsetof(struct space_settings, separator), "",
	  "Between the levels of a name. Empty: '.' for Maildir++, else '/'." },
	{ "prefix", ROOST_SET_STRING | ROOST_SET_EXPANDED,
	  offsetof(struct space_settings, prefix), "",
	  "What its mailboxes' names begin with; ends with the separator." },
	{ "location", ROOST_SET_STRING | ROOST_SET_EXPANDED,
	  offsetof(struct space_settings, location), "", "As mail_location, which is the default." },
	{ "alias_for", ROOST_SET_STRING | ROOST_SET_EXPANDED,
	  offsetof(struct space_settings, alias_for), NULL,
	  "Prefix of the namespace of which this is another name; it is not listed." },
	{ "inbox", ROOST_SET_BOOL, offsetof(struct space_settings, inbox), "no",
	  "Whether INBOX is in it: in exactly one." },
	{ "hidden", ROOST_SET_BOOL, offsetof(struct space_settings, hidden), "no",
	  "Leave it out of NAMESPACE answers." },
	{ "subscriptions", ROOST_SET_BOOL, offsetof(struct space_settings, subscriptions), "yes",
	  "Keep its own subscriptions; no: they are kept in a parent namespace." },
	{ "ignore_on_failure", ROOST_SET_BOOL,
	  offsetof(struct space_settings, ignore_on_failure), "no",
	  "Go on without it when it cannot be set up." },
	{ "disabled", ROOST_SET_BOOL, offsetof(struct space_settings, disabled), "no",
	  "As if it were not there." },
	{ "order", ROOST_SET_UINT, offsetof(struct space_settings, order), "0",
	  "Position in lists; those of equal order come as in the file." },
	{ 0 },
};
const struct roost_settings space_settings_schema = {
	"namespace", sizeof(struct space_settings), namespace_fields, ROOST_SCOPE_USER,
};

static const struct roost_setting mailbox_fields[] = {
	{ "auto", ROOST_SET_ENUM, offsetof(struct special_settings, automatic),
	  "no|create|subscribe", "Whether it is there for everybody, and subscribed." },
	{ "special_use", ROOST_SET_STRING, offsetof(struct special_settings, special_use), "",
	  "What it is for: \\Sent, \\Trash ... (RFC 6154); several with blanks." },
	{ 0 },
};
const struct roost_settings special_settings_schema = {
	"mailbox", sizeof(struct special_settings), mailbox_fields, ROOST_SCOPE_USER,
};
