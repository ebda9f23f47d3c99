/* imap - read mailboxes over the network. RFC 9051, 3501 and the table in extensions.md; R-IM-*. */
#include "modules/imap/imap.h"

#define FIELD(name) offsetof(struct imap_settings, name)

static const struct roost_setting fields[] = {
	{ "login_greeting", ROOST_SET_STRING, FIELD(login_greeting), "Dovecot ready.",
	  "Text of the greeting." },
	{ "imap_capability", ROOST_SET_STRING, FIELD(imap_capability), "",
	  "What CAPABILITY lists after login: \"A B\" replaces the list, \"+A -B\" adds and removes." },
	{ "imap_client_workarounds", ROOST_SET_LIST, FIELD(imap_client_workarounds), "",
	  "delay-newmail, tb-extra-mailbox-sep, tb-lsub-flags: what some clients need." },
	{ "imap_max_line_length", ROOST_SET_SIZE, FIELD(imap_max_line_length), "64k",
	  "Longest command with its literals, except messages; long sets of UIDs count." },
	{ "imap_idle_notify_interval", ROOST_SET_TIME, FIELD(imap_idle_notify_interval), "2 mins",
	  "How often \"Still here\" is sent to a client in IDLE, so that the line does not look dead." },
	{ "imap_logout_format", ROOST_SET_STRING, FIELD(imap_logout_format),
	  "in=%i out=%o deleted=%{deleted} expunged=%{expunged} trashed=%{trashed} "
	  "hdr_count=%{fetch_hdr_count} hdr_bytes=%{fetch_hdr_bytes} body_count=%{fetch_body_count} "
	  "body_bytes=%{fetch_body_bytes}",
	  "What the line at the end of a session says: %i and %o bytes, the rest by name." },
	{ "imap_id_send", ROOST_SET_STRING, FIELD(imap_id_send), "name *",
	  "Pairs of name and value that ID answers; * is our own name, version, os, os-version." },
	{ "imap_id_log", ROOST_SET_STRING, FIELD(imap_id_log), "",
	  "Parameters of a client's ID that are logged; * for all." },
	{ "imap_id_retain", ROOST_SET_BOOL, FIELD(imap_id_retain), "no",
	  "Keep the client's ID as %{client_id}." },
	{ "imap_hibernate_timeout", ROOST_SET_TIME, FIELD(imap_hibernate_timeout), "30 secs",
	  "A session that is quiet for so long waits in the holder." },
	{ "imap_metadata", ROOST_SET_BOOL, FIELD(imap_metadata), "no",
	  "METADATA (RFC 5464). Accepted, without effect so far." },
	{ "imap_literal_minus", ROOST_SET_BOOL, FIELD(imap_literal_minus), "no",
	  "LITERAL- instead of LITERAL+: unasked literals of at most 4096 bytes." },
	{ "imap_fetch_failure", ROOST_SET_ENUM, FIELD(imap_fetch_failure),
	  "disconnect-immediately|disconnect-after|no-after",
	  "What happens when a message cannot be read: end the session at once or after the "
	  "command, or answer NO." },
	{ "imap_urlauth_host", ROOST_SET_STRING, FIELD(imap_urlauth_host), "",
	  "Host name in URLAUTH URLs. Accepted, without effect so far." },
	{ "imap_urlauth_port", ROOST_SET_UINT, FIELD(imap_urlauth_port), "143",
	  "Port in URLAUTH URLs. Accepted, without effect so far." },
	{ "mail_max_keyword_length", ROOST_SET_UINT, FIELD(mail_max_keyword_length), "50",
	  "Longest keyword that a client may make, in bytes." },
	{ "mailbox_idle_check_interval", ROOST_SET_TIME, FIELD(mailbox_idle_check_interval),
	  "30 secs", "How often a mailbox is looked at in IDLE where the system cannot tell of changes." },
	{ 0 },
};

const struct roost_settings imap_settings_schema = {
	"imap", sizeof(struct imap_settings), fields, ROOST_SCOPE_CONNECTION,
};

static const struct roost_protocol_ops imap = {
	.name = "imap", .front_service = "imap-login", .worker_service = "imap",
	.port = 143, .tls_port = 993,
	.front_state_size = sizeof(struct imap_front),
	.greet = imap_greet, .input = imap_front_input, .auth_reply = imap_front_auth_reply,
	.bye = imap_front_bye, .gone = imap_front_gone,
	.serve = imap_serve, .shutdown = imap_shutdown, .user_gone = imap_user_gone,
};

ROOST_MODULE(imap, .version = "1.0", .provides = ROOST_PROVIDES(ROOST_PROTOCOL(&imap)),
	     .settings = ROOST_SETTINGS(&imap_settings_schema));
