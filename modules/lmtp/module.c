/* lmtp - local mail transfer: from the MTA into mailboxes. RFC 2033; R-LM-*. */
#include "modules/lmtp/lmtp.h"

#define FIELD(name) offsetof(struct lmtp_settings, name)

static const struct roost_setting fields[] = {
	{ "login_greeting", ROOST_SET_STRING, FIELD(login_greeting), "Dovecot ready.",
	  "Text of the greeting." },
	{ "hostname", ROOST_SET_STRING, FIELD(hostname), "",
	  "Name of this host in greetings and Received headers; empty: the system's." },
	{ "recipient_delimiter", ROOST_SET_STRING, FIELD(recipient_delimiter), "+",
	  "Characters that part the user name from the detail in an address." },
	{ "lmtp_client_workarounds", ROOST_SET_LIST, FIELD(lmtp_client_workarounds), "",
	  "whitespace-before-path and mailbox-for-path: what broken clients may write." },
	{ "lmtp_hdr_delivery_address", ROOST_SET_ENUM, FIELD(lmtp_hdr_delivery_address),
	  "final|none|original", "Which address Delivered-To names." },
	{ "lmtp_max_message_size", ROOST_SET_SIZE, FIELD(lmtp_max_message_size), "100M",
	  "Largest message that is taken, announced as SIZE; 0: no limit." },
	{ "lmtp_add_received_header", ROOST_SET_BOOL, FIELD(lmtp_add_received_header), "yes",
	  "Add a Received header." },
	{ "lmtp_save_to_detail_mailbox", ROOST_SET_BOOL, FIELD(lmtp_save_to_detail_mailbox), "no",
	  "Save mail for user+detail to the mailbox of that name, if there is one." },
	{ "lmtp_verbose_replies", ROOST_SET_BOOL, FIELD(lmtp_verbose_replies), "no",
	  "Tell the client more of why a recipient failed." },
	{ "lda_mailbox_autocreate", ROOST_SET_BOOL, FIELD(lda_mailbox_autocreate), "no",
	  "Create the mailbox that a delivery names when it is missing." },
	{ "lda_mailbox_autosubscribe", ROOST_SET_BOOL, FIELD(lda_mailbox_autosubscribe), "no",
	  "Subscribe to mailboxes that a delivery has created." },
	{ "deliver_log_format", ROOST_SET_STRING, FIELD(deliver_log_format), "msgid=%m: %$",
	  "Log line of a delivery: %$ what happened, %m Message-ID, %s subject, %f from, %p size." },
	{ 0 },
};

const struct roost_settings lmtp_settings_schema = {
	"lmtp", sizeof(struct lmtp_settings), fields, ROOST_SCOPE_CONNECTION,
};

static const struct roost_protocol_ops lmtp = {
	.name = "lmtp", .front_service = "lmtp", .worker_service = "lmtp", .port = 24,
	.front_state_size = sizeof(struct lmtp_front),
	.greet = lmtp_greet, .input = lmtp_input, .bye = lmtp_bye, .gone = lmtp_gone,
	.serve = lmtp_serve, .shutdown = lmtp_shutdown, .user_gone = lmtp_user_gone,
};

ROOST_MODULE(lmtp, .version = "1.0", .provides = ROOST_PROVIDES(ROOST_PROTOCOL(&lmtp)),
	     .settings = ROOST_SETTINGS(&lmtp_settings_schema));
