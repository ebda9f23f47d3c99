/* Snapshots and scopes: filters, user fields, blocks, typed structs (R-CFG-7, 8, 13, R-PDB-8, R-VAR-5). */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <roost/arena.h>
#include <roost/str.h>
#include "core/conf/scope.h"
#include "core/conf/value.h"
#include "tests/unit/unit.h"

static uint32_t filter(struct conf_builder *builder, const char *protocol, bool negate,
		       const char *local, const char *remote, const char *name)
{
	struct conf_filter filter = { .protocol = protocol, .protocol_not = negate,
				      .local_name = name };

	if (local != NULL)
		assert_int_equal(conf_net_parse(local, &filter.local), 0);
	if (remote != NULL)
		assert_int_equal(conf_net_parse(remote, &filter.remote), 0);
	return conf_builder_filter(builder, &filter);
}

static struct roost_scope *make(void)
{
	struct conf_builder *builder = conf_builder_create(CONF_ROLE_MAIL);
	uint32_t narrow = filter(builder, "imap", false, NULL, "10.1.0.0/16", NULL);
	uint32_t remote = filter(builder, NULL, false, NULL, "10.0.0.0/8", NULL);
	uint32_t six = filter(builder, NULL, false, "2001:db8::/33", NULL, NULL);
	uint32_t sni = filter(builder, NULL, false, NULL, NULL, "*.a.example b.example");
	uint32_t imap = filter(builder, "imap", false, NULL, NULL, NULL);
	uint32_t other = filter(builder, "imap", true, NULL, NULL, NULL);
	struct roost_scope *scope;
	struct roost_error err;
	int fd;

	conf_builder_set(builder, "mail_max_userip_connections", "10", ROOST_SET_UINT, 0, "", 0);
	conf_builder_set(builder, "mail_max_userip_connections", "20", ROOST_SET_UINT, imap, "c", 4);
	conf_builder_set(builder, "mail_max_userip_connections", "30", ROOST_SET_UINT, remote, "c", 5);
	conf_builder_set(builder, "mail_max_userip_connections", "40", ROOST_SET_UINT, narrow, "c", 6);
	conf_builder_set(builder, "login_greeting", "hi", ROOST_SET_STRING, 0, "", 0);
	conf_builder_set(builder, "login_greeting", "sni", ROOST_SET_STRING, sni, "c", 7);
	conf_builder_set(builder, "login_greeting", "six", ROOST_SET_STRING, six, "c", 8);
	conf_builder_set(builder, "login_greeting", "not imap", ROOST_SET_STRING, other, "c", 8);
	conf_builder_set(builder, "mail_location", "maildir:~/%d/%n",
			 ROOST_SET_STRING | CONF_ENTRY_EXPANDED, 0, "c", 9);
	conf_builder_set(builder, "mail_temp_dir", "/tmp", ROOST_SET_PATH, 0, "", 0);
	conf_builder_set(builder, "mail_home", "~/x", ROOST_SET_PATH, 0, "", 0);
	conf_builder_set(builder, "mail_uid", "", ROOST_SET_STRING, 0, "", 0);
	conf_builder_set(builder, "imap_idle_notify_interval", "2 mins", ROOST_SET_TIME, 0, "", 0);
	conf_builder_set(builder, "lock_method", "flock", ROOST_SET_ENUM, 0, "", 0);
	conf_builder_set(builder, "plugin/quota_rule", "*:storage=%%1G",
			 ROOST_SET_STRING | CONF_ENTRY_EXPANDED, 0, "c", 10);
	conf_builder_set(builder, "plugin/quota_rule3", "c", ROOST_SET_STRING, 0, "c", 11);
	conf_builder_set(builder, "plugin/quota_rule10", "z", ROOST_SET_STRING, 0, "c", 12);
	conf_builder_set(builder, "plugin/quota_ruler", "no", ROOST_SET_STRING, 0, "c", 13);
	conf_builder_block(builder, "passdb", "1", "c", 14);
	conf_builder_block(builder, "passdb", "2", "c", 15);
	conf_builder_block(builder, "namespace", "inbox", "c", 16);
	conf_builder_block(builder, "namespace/inbox/mailbox", "Sent Messages", "c", 17);
	conf_builder_set(builder, "passdb/1/driver", "pam", ROOST_SET_STRING, 0, "c", 14);
	conf_builder_set(builder, "passdb/2/driver", "sql", ROOST_SET_STRING, 0, "c", 15);
	conf_builder_set(builder, "namespace/inbox/separator", "/", ROOST_SET_STRING, 0, "c", 16);
	conf_builder_set(builder, "namespace/inbox/mailbox/Sent Messages/auto", "create",
			 ROOST_SET_STRING, 0, "c", 17);
	conf_builder_set(builder, "default_vsz_limit", "256M", ROOST_SET_SIZE, 0, "", 0);
	if (conf_builder_seal(builder, &fd, &err) < 0)
		fail_msg("%s", roost_error_log(&err));
	conf_builder_free(builder);
	if (conf_scope_load(fd, "imap", NULL, &scope, &err) < 0)
		fail_msg("%s", roost_error_log(&err));
	close(fd);
	return scope;
}

static void the_most_specific_filter_wins(void **state)
{
	static const struct { const char *protocol, *lip, *rip, *name, *limit, *greeting; } cases[] = {
		{ "pop3", "127.0.0.1", "127.0.0.1", "", "10", "not imap" },
		{ "imap", "127.0.0.1", "127.0.0.1", "", "20", "hi" },
		{ "pop3", "127.0.0.1", "10.9.9.9", "", "30", "not imap" },
		{ "imap", "127.0.0.1", "::ffff:10.1.2.3", "", "40", "hi" },
		{ "imap", "2001:db8:7fff::1", "::1", "", "20", "six" },
		{ "imap", "2001:db8:8000::1", "::1", "MX.a.Example", "20", "sni" },
		{ "imap", "::1", "::1", "b.example", "20", "sni" },
	};
	struct roost_scope *process = make();

	assert_string_equal(roost_scope_value(process, "login_greeting"), "hi");
	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_setting_pair facts[] = {
			{ "protocol", cases[i].protocol }, { "lip", cases[i].lip },
			{ "rip", cases[i].rip }, { "local_name", cases[i].name }, { NULL, NULL },
		};
		struct roost_scope *scope = roost_scope_connection(process, facts);

		assert_string_equal(roost_scope_value(scope, "mail_max_userip_connections"),
				    cases[i].limit);
		assert_string_equal(roost_scope_value(scope, "login_greeting"), cases[i].greeting);
		assert_string_equal(roost_scope_variable(scope, "real_rip"), cases[i].rip);
		roost_scope_free(scope);
	}
	assert_null(roost_scope_value(process, "nosuch"));
	roost_scope_free(process);
}

static void user_fields_override_and_are_not_expanded(void **state)
{
	static const struct roost_setting_pair fields[] = {
		{ "home", "/home/ann" }, { "uid", "1000" }, { "quota_rule2", "Trash:storage=10%" },
		{ "mail_max_userip_connections", "3" }, { "namespace/inbox/separator", "." },
		{ "namespace/shared/prefix", "S/" }, { "color", "red" }, { NULL, NULL },
	};
	struct roost_scope *process = make();
	struct roost_scope *user = roost_scope_user(process, "ann@example.org", fields);

	assert_string_equal(roost_scope_value(user, "mail_location"), "maildir:~/example.org/ann");
	assert_string_equal(roost_scope_value(user, "plugin/quota_rule"), "*:storage=%1G");
	assert_string_equal(roost_scope_value(user, "plugin/quota_rule2"), "Trash:storage=10%");
	assert_string_equal(roost_scope_value(user, "mail_max_userip_connections"), "3");
	assert_string_equal(roost_scope_value(user, "mail_uid"), "1000");
	assert_string_equal(roost_scope_value(user, "plugin/color"), "red");
	assert_string_equal(roost_scope_variable(user, "domain_first"), "example.org");
	assert_string_equal(roost_scope_variable(user, "userdb:color"), "red");
	assert_string_equal(roost_scope_variable(user, "session"), "");
	assert_null(roost_scope_variable(user, "nosuch"));
	assert_string_equal(roost_scope_value(roost_scope_block(user, "namespace", "inbox"),
					      "separator"), ".");
	assert_string_equal(roost_scope_blocks(user, "namespace")[1], "shared");
	assert_string_equal(roost_scope_value(roost_scope_block(user, "namespace", "shared"),
					      "prefix"), "S/");
	roost_scope_override(process, "mail_max_userip_connections", "99");
	roost_scope_free(user);
	user = roost_scope_user(process, "ann", fields);
	assert_string_equal(roost_scope_value(user, "mail_max_userip_connections"), "99");
	assert_string_equal(roost_scope_variable(user, "domain"), "");
	roost_scope_free(user);
	roost_scope_free(process);
}

static void blocks_are_listed_and_looked_into(void **state)
{
	struct roost_scope *process = make();
	const struct roost_scope *inbox = roost_scope_block(process, "namespace", "inbox");
	const struct roost_scope *sent;

	assert_string_equal(roost_scope_blocks(process, "passdb")[0], "1");
	assert_string_equal(roost_scope_blocks(process, "passdb")[1], "2");
	assert_null(roost_scope_blocks(process, "passdb")[2]);
	assert_null(roost_scope_blocks(process, "userdb")[0]);
	assert_string_equal(roost_scope_value(roost_scope_block(process, "passdb", "2"), "driver"),
			    "sql");
	assert_null(roost_scope_block(process, "passdb", "3"));
	assert_string_equal(roost_scope_blocks(inbox, "mailbox")[0], "Sent Messages");
	sent = roost_scope_block(inbox, "mailbox", "Sent Messages");
	assert_string_equal(roost_scope_value(sent, "auto"), "create");
	/* What the block does not know comes from outside. */
	assert_string_equal(roost_scope_value(sent, "login_greeting"), "hi");
	assert_ptr_equal(sent, roost_scope_block(inbox, "mailbox", "Sent Messages"));
	roost_scope_free(process);
}

struct sample {
	uint64_t connections, vsz;
	int64_t interval;
	uint32_t method, mode;
	bool flag;
	const char *home, *location, *unset;
	const char *const *list;
	const struct roost_setting_pair *rules;
};

static const struct roost_setting fields[] = {
	{ "mail_max_userip_connections", ROOST_SET_UINT, offsetof(struct sample, connections), "10", "" },
	{ "default_vsz_limit", ROOST_SET_SIZE, offsetof(struct sample, vsz), "1M", "" },
	{ "imap_idle_notify_interval", ROOST_SET_TIME, offsetof(struct sample, interval), "1s", "" },
	{ "lock_method", ROOST_SET_ENUM, offsetof(struct sample, method), "fcntl|flock|dotlock", "" },
	{ "sample_mode", ROOST_SET_OCTAL, offsetof(struct sample, mode), "0640", "" },
	{ "sample_flag", ROOST_SET_BOOL, offsetof(struct sample, flag), "yes", "" },
	{ "mail_home", ROOST_SET_PATH, offsetof(struct sample, home), NULL, "" },
	{ "mail_location", ROOST_SET_STRING | ROOST_SET_EXPANDED, offsetof(struct sample, location),
	  NULL, "" },
	{ "sample_unset", ROOST_SET_STRING, offsetof(struct sample, unset), NULL, "" },
	{ "sample_list", ROOST_SET_LIST, offsetof(struct sample, list), "a, b  c", "" },
	{ "plugin/quota_rule", ROOST_SET_STRING | ROOST_SET_FAMILY, offsetof(struct sample, rules),
	  NULL, "" },
	{ 0 },
};
static const struct roost_settings schema = { "sample", sizeof(struct sample), fields,
					      ROOST_SCOPE_USER };

static void structs_are_typed(void **state)
{
	static const struct roost_setting_pair user_fields[] = {
		{ "home", "/home/ann" }, { "quota_rule2", "b" }, { "sample_mode", "0600" },
		{ NULL, NULL },
	};
	struct roost_scope *process = make();
	struct roost_scope *user = roost_scope_user(process, "ann@example.org", user_fields);
	const struct sample *sample, *again;
	const void *made, *second;
	struct roost_error err;

	if (roost_settings_get(user, &schema, &made, &err) < 0)
		fail_msg("%s", roost_error_log(&err));
	sample = made;
	assert_int_equal(sample->connections, 10);
	assert_int_equal(sample->vsz, 256 << 20);
	assert_int_equal(sample->interval, 120000000);
	assert_int_equal(sample->method, 1);
	assert_int_equal(sample->mode, 0640);
	assert_true(sample->flag);
	assert_string_equal(sample->home, "/home/ann");
	assert_string_equal(sample->location, "maildir:~/example.org/ann");
	assert_string_equal(sample->unset, "");
	assert_string_equal(sample->list[2], "c");
	assert_null(sample->list[3]);
	assert_string_equal(sample->rules[0].value, "*:storage=%1G");
	assert_string_equal(sample->rules[1].name, "plugin/quota_rule2");
	assert_string_equal(sample->rules[2].value, "c");
	assert_string_equal(sample->rules[3].name, "plugin/quota_rule10");
	assert_null(sample->rules[4].name);
	assert_int_equal(roost_settings_get(user, &schema, &second, &err), 0);
	again = second;
	assert_ptr_equal(sample, again);
	roost_scope_free(user);
	roost_scope_free(process);
}

static void bad_user_fields_are_named(void **state)
{
	static const struct roost_setting_pair user_fields[] = {
		{ "imap_idle_notify_interval", "30" }, { NULL, NULL },
	};
	struct roost_scope *process = make();
	struct roost_scope *user = roost_scope_user(process, "ann", user_fields);
	const void *made;
	struct roost_error err;

	assert_int_equal(roost_settings_get(user, &schema, &made, &err), -1);
	assert_string_equal(roost_error_log(&err), "imap_idle_notify_interval: Time interval '30' is "
			    "missing units (add e.g. 's' for seconds)");
	roost_scope_free(user);
	roost_scope_free(process);
}

static void damaged_snapshots_are_refused(void **state)
{
	struct conf_builder *builder = conf_builder_create(CONF_ROLE_PLAIN);
	struct conf_snapshot *snapshot;
	struct roost_error err;
	char bytes[4096];
	ssize_t size;
	int fd;

	conf_builder_set(builder, "a", "1", ROOST_SET_UINT,
			 filter(builder, "imap", false, NULL, NULL, NULL), "f", 1);
	conf_builder_set(builder, "b", "2", ROOST_SET_UINT, 0, "f", 2);
	conf_builder_block(builder, "service", "imap", "f", 3);
	assert_int_equal(conf_builder_seal(builder, &fd, &err), 0);
	conf_builder_free(builder);
	assert_int_equal(conf_snapshot_open(fd, &snapshot, &err), 0);
	assert_int_equal(conf_snapshot_number(snapshot, "b"), 2);
	assert_null(conf_snapshot_get(snapshot, "a", NULL));
	conf_snapshot_free(snapshot);
	size = pread(fd, bytes, sizeof(bytes), 0);
	assert_true(write(fd, "x", 1) < 0);
	close(fd);
	/* Each word of it replaced by a large number, and each length cut: never a crash. */
	for (ssize_t at = 0; at + 4 <= size; at += 4) {
		char copy[sizeof(bytes)];

		memcpy(copy, bytes, sizeof(bytes));
		memset(copy + at, 0xf0, 4);
		fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		assert_int_equal(write(fd, copy, (size_t)size), size);
		fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
		if (conf_snapshot_open(fd, &snapshot, &err) == 0) {
			conf_snapshot_get(snapshot, "a", NULL);
			conf_snapshot_free(snapshot);
		}
		close(fd);
	}
	for (ssize_t len = 1; len < size; len++) {
		fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		assert_int_equal(write(fd, bytes, (size_t)len), len);
		fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
		assert_int_equal(conf_snapshot_open(fd, &snapshot, &err), -1);
		close(fd);
	}
	/* Without seals it could change under the reader. */
	fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_int_equal(write(fd, bytes, (size_t)size), size);
	assert_int_equal(conf_snapshot_open(fd, &snapshot, &err), -1);
	close(fd);
}

/* R-CFG-13 */
static void values_are_judged_and_printed(void **state)
{
	static const struct { uint32_t type; const char *text, *printed, *error; } cases[] = {
		{ ROOST_SET_BOOL, "Yes", "yes", NULL }, { ROOST_SET_BOOL, "y", "yes", NULL },
		{ ROOST_SET_BOOL, "1", "yes", NULL }, { ROOST_SET_BOOL, "NO", "no", NULL },
		{ ROOST_SET_BOOL, "true", NULL, "Invalid boolean value: true (use yes or no)" },
		{ ROOST_SET_BOOL, "0", NULL, "Invalid boolean value: 0 (use yes or no)" },
		{ ROOST_SET_BOOL, "n", NULL, "Invalid boolean value: n (use yes or no)" },
		{ ROOST_SET_TIME, "3s", "3 secs", NULL }, { ROOST_SET_TIME, "5 mins", "5 mins", NULL },
		{ ROOST_SET_TIME, "60 secs", "1 mins", NULL }, { ROOST_SET_TIME, "1h", "1 hours", NULL },
		{ ROOST_SET_TIME, "1 day", "1 days", NULL }, { ROOST_SET_TIME, "1 week", "1 weeks", NULL },
		{ ROOST_SET_TIME, "500 ms", "500 msecs", NULL }, { ROOST_SET_TIME, "0", "0", NULL },
		{ ROOST_SET_TIME, "4294967295 secs", "4294967295 secs", NULL },
		{ ROOST_SET_TIME, "30", NULL, "Time interval '30' is missing units (add e.g. 's' for seconds)" },
		{ ROOST_SET_TIME, "3 x", NULL, "Invalid time interval: 3 x" },
		{ ROOST_SET_SIZE, "512", "512 B", NULL }, { ROOST_SET_SIZE, "10k", "10 k", NULL },
		{ ROOST_SET_SIZE, "100 M", "100 M", NULL }, { ROOST_SET_SIZE, "1G", "1 G", NULL },
		{ ROOST_SET_SIZE, "1024kB", "1 M", NULL }, { ROOST_SET_SIZE, "1T", "1 T", NULL },
		{ ROOST_SET_SIZE, "0", "0", NULL }, { ROOST_SET_SIZE, "5 parsecs", NULL, "Invalid size: 5 parsecs" },
		{ ROOST_SET_SIZE, "99999999T", NULL, "Size is too large: 99999999T" },
		{ ROOST_SET_SIZE, "18446744073709551615 B", "18446744073709551615 B", NULL },
		{ ROOST_SET_OCTAL, "0600", "0600", NULL }, { ROOST_SET_OCTAL, "0", "00", NULL },
		{ ROOST_SET_OCTAL, "9", NULL, "Invalid octal number: 9" },
		{ ROOST_SET_UINT, "10", "10", NULL }, { ROOST_SET_UINT, "-1", NULL, "Invalid number: -1" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_str out = ROOST_STR_INIT;
		struct roost_error err = { 0 };
		int result = conf_value_check(cases[i].type, cases[i].text, NULL, &err);

		assert_int_equal(result, cases[i].error == NULL ? 0 : -1);
		if (cases[i].error != NULL)
			assert_string_equal(err.text, cases[i].error);
		conf_value_print(&out, cases[i].type, cases[i].text);
		assert_string_equal(roost_str_text(&out), cases[i].printed == NULL ? cases[i].text :
				    cases[i].printed);
		roost_str_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_specific_filter_wins),
		cmocka_unit_test(user_fields_override_and_are_not_expanded),
		cmocka_unit_test(blocks_are_listed_and_looked_into),
		cmocka_unit_test(structs_are_typed),
		cmocka_unit_test(bad_user_fields_are_named),
		cmocka_unit_test(damaged_snapshots_are_refused),
		cmocka_unit_test(values_are_judged_and_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
