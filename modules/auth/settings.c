/* Settings of the auth process. */
#include "modules/auth/auth.h"

#define FIELD(name) offsetof(struct auth_settings, name)

static const struct roost_setting fields[] = {
	{ "auth_mechanisms", ROOST_SET_LIST, FIELD(mechanisms), "plain",
	  "SASL mechanisms in the order they are offered: plain, login." },
	{ "auth_default_realm", ROOST_SET_STRING, FIELD(default_realm), "",
	  "Domain of user names that came without one." },
	{ "auth_username_chars", ROOST_SET_STRING, FIELD(username_chars),
	  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@",
	  "Characters that user names may have; empty: all." },
	{ "auth_username_translation", ROOST_SET_STRING, FIELD(username_translation), "",
	  "Pairs of characters: the first is replaced by the second in user names." },
	{ "auth_username_format", ROOST_SET_STRING, FIELD(username_format), "%Lu",
	  "What a user name becomes before databases are asked; %Lu is lower case, %n drops the "
	  "domain." },
	{ "auth_master_user_separator", ROOST_SET_STRING, FIELD(master_separator), "",
	  "Character between the user and the master user who logs in as him." },
	{ "auth_failure_delay", ROOST_SET_TIME, FIELD(failure_delay), "2 secs",
	  "How long the answer to a failed authentication waits." },
	{ "auth_verbose", ROOST_SET_BOOL, FIELD(verbose), "no",
	  "Log failed authentications and why they failed." },
	{ "auth_debug", ROOST_SET_BOOL, FIELD(debug), "no",
	  "Log what each database answers, without passwords." },
	{ "disable_plaintext_auth", ROOST_SET_BOOL, FIELD(disable_plaintext), "yes",
	  "Refuse passwords in plain text unless the connection is secured." },
	{ "first_valid_uid", ROOST_SET_UINT, FIELD(first_uid), "500",
	  "Users with a lower uid are refused." },
	{ "last_valid_uid", ROOST_SET_UINT, FIELD(last_uid), "0",
	  "Users with a higher uid are refused; 0: no limit." },
	{ "first_valid_gid", ROOST_SET_UINT, FIELD(first_gid), "1",
	  "Users with a lower primary gid are refused." },
	{ "last_valid_gid", ROOST_SET_UINT, FIELD(last_gid), "0",
	  "Users with a higher primary gid are refused; 0: no limit." },
	{ 0 },
};

const struct roost_settings auth_settings_schema = {
	"auth", sizeof(struct auth_settings), fields, ROOST_SCOPE_PROCESS,
};

const struct auth_settings *auth_settings;
