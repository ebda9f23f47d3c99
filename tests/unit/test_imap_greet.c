/* The IMAP front as a conversation, with a made-up host: ann's password is "pw". R-IM-1, R-PDB-12, 13. */
#include "modules/imap/imap.h"
#include "tests/unit/unit.h"

struct roost_front {
	struct imap_front state;
	struct roost_facts facts;
	struct roost_str in, out;
	size_t in_start;
	bool tls_available, needs_tls, starttls, closed;
	char asked[256], tag[32];	/* what auth was asked, the NULs as '|' */
	char id[256];
	int cancelled;
};

static struct roost_front *front;
static struct imap_settings settings;
static const char *mechanisms[] = { "PLAIN", "LOGIN", NULL };
const struct roost_settings imap_settings_schema = { "imap", sizeof(struct imap_settings), NULL, 0 };

void *roost_front_state(struct roost_front *f) { return &f->state; }
const struct roost_facts *roost_front_facts(const struct roost_front *f) { return &f->facts; }
const struct roost_scope *roost_front_scope(const struct roost_front *f) { return NULL; }
const struct roost_log_scope *roost_front_log(const struct roost_front *f) { return NULL; }
struct roost_str *roost_front_output(struct roost_front *f) { return &f->out; }
bool roost_front_tls_available(const struct roost_front *f) { return f->tls_available; }
bool roost_front_needs_tls(const struct roost_front *f) { return f->needs_tls; }
void roost_front_starttls(struct roost_front *f) { f->starttls = true; }
void roost_front_close(struct roost_front *f, const char *reason) { f->closed = true; }
void roost_front_auth_cancel(struct roost_front *f) { f->cancelled++; }

const char *const *roost_front_mechanisms(const struct roost_front *f)
{
	return f->needs_tls ? mechanisms + 2 : mechanisms;
}

void roost_front_set_client_id(struct roost_front *f, const char *id)
{
	snprintf(f->id, sizeof(f->id), "%s", id);
}

int roost_settings_get(const struct roost_scope *scope, const struct roost_settings *schema,
		       const void **out, struct roost_error *err)
{
	*out = &settings;
	return 0;
}

const char *roost_front_input(const struct roost_front *f, size_t *len)
{
	*len = f->in.len - f->in_start;
	return roost_str_text(&f->in) + f->in_start;
}

void roost_front_consume(struct roost_front *f, size_t n)
{
	f->in_start += n;
}

static void note(struct roost_front *f, const char *what, const void *data, size_t len)
{
	size_t at = strlen(f->asked);

	at += (size_t)snprintf(f->asked + at, sizeof(f->asked) - at, "%s ", what);
	for (size_t i = 0; i < len && at < sizeof(f->asked) - 2; i++)
		f->asked[at++] = ((const char *)data)[i] == '\0' ? '|' : ((const char *)data)[i];
	f->asked[at] = '\0';
}

void roost_front_auth(struct roost_front *f, const char *mechanism, const void *response,
		      size_t len, const char *tag)
{
	f->asked[0] = '\0';
	note(f, mechanism, response, len);
	if (response == NULL)
		strcat(f->asked, "none");
	snprintf(f->tag, sizeof(f->tag), "%s", tag);
}

void roost_front_auth_continue(struct roost_front *f, const void *response, size_t len)
{
	note(f, ";", response, len);
}

/* --- the conversation --- */
static int setup(void **state)
{
	settings = (struct imap_settings){
		.login_greeting = "Dovecot ready.", .imap_capability = "", .imap_id_log = "",
		.imap_id_send = "name *", .imap_max_line_length = 65536,
	};
	front = calloc(1, sizeof(*front));
	front->facts = (struct roost_facts){ .service = "imap", .session_id = "SID", .rip = "",
					     .lip = "", .local_name = "", .client_id = "" };
	imap_greet(front);
	roost_str_truncate(&front->out, 0);
	return 0;
}

static int teardown(void **state)
{
	imap_front_gone(front);
	roost_str_free(&front->in);
	roost_str_free(&front->out);
	free(front);
	return 0;
}

static void say(const char *text)
{
	roost_str_puts(&front->in, text);
	imap_front_input(front);
}

static void hear(const char *text)
{
	assert_string_equal(roost_str_text(&front->out), text);
	roost_str_truncate(&front->out, 0);
}

static void answer(enum roost_auth_result result, const char *reason, const char *data)
{
	static const char *const no_fields[] = { NULL };
	const struct roost_auth_reply reply = {
		.result = result, .user = "", .reason = reason, .data = data, .len = strlen(data),
		.fields = no_fields,
	};

	imap_front_auth_reply(front, &reply);
	imap_front_input(front);
}

static void capabilities(void **state)
{
	static const struct {
		const char *setting, *want;
		bool tls_available, needs_tls;
	} cases[] = {
		{ "", "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN AUTH=LOGIN",
		  false, false },
		{ "", "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS "
		  "AUTH=PLAIN AUTH=LOGIN", true, false },
		{ "", "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS "
		  "LOGINDISABLED", true, true },
		{ "+X Y", "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE X Y LITERAL+ AUTH=PLAIN "
		  "AUTH=LOGIN", false, false },
		{ "-IDLE +X", "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE X LITERAL+ AUTH=PLAIN "
		  "AUTH=LOGIN", false, false },
		{ "A B", "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN "
		  "AUTH=LOGIN", false, false },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		char want[512];

		settings.imap_capability = cases[i].setting;
		front->tls_available = cases[i].tls_available;
		front->needs_tls = cases[i].needs_tls;
		imap_front_gone(front);
		memset(&front->state, 0, sizeof(front->state));
		imap_greet(front);
		snprintf(want, sizeof(want), "* OK [CAPABILITY %s] Dovecot ready.\r\n", cases[i].want);
		hear(want);
		say("a capability\r\n");
		snprintf(want, sizeof(want), "* CAPABILITY %s\r\na OK Pre-login capabilities listed, "
			 "post-login capabilities have more.\r\n", cases[i].want);
		hear(want);
	}
}

static void login_in_every_spelling(void **state)
{
	static const struct { const char *command, *asked; } cases[] = {
		{ "a LOGIN ann pw\r\n", "PLAIN |ann|pw" }, { "a login \"ann\" \"p\\\"w\"\r\n", "PLAIN |ann|p\"w" },
		{ "a LOGIN {3+}\r\nann {2+}\r\npw\r\n", "PLAIN |ann|pw" },
		{ "a LOGIN \"\" {0+}\r\n\r\n", "PLAIN ||" }, { "a LOGIN nil NIL\r\n", "PLAIN |nil|NIL" },
		{ "a AUTHENTICATE PLAIN AGFubgBwdw==\r\n", "PLAIN |ann|pw" },
		{ "a AUTHENTICATE plain =\r\n", "plain " }, { "a AUTHENTICATE PLAIN\r\n", "PLAIN none" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		say(cases[i].command);
		hear("");
		assert_string_equal(front->asked, cases[i].asked + (*cases[i].asked == '\0'));
		assert_string_equal(front->tag, "a");
		answer(ROOST_AUTH_FAILED, "", "");
		hear("a NO [AUTHENTICATIONFAILED] Authentication failed.\r\n");
	}
	say("a LOGIN {3}\r\n");
	hear("+ OK\r\n");
	say("ann {2}\r\n");
	hear("+ OK\r\n");
	say("pw\r\n");
	assert_string_equal(front->asked, "PLAIN |ann|pw");
}

static void a_sasl_exchange(void **state)
{
	say("a AUTHENTICATE LOGIN\r\n");
	answer(ROOST_AUTH_CONTINUE, "", "Username:");
	hear("+ VXNlcm5hbWU6\r\n");
	say("YW5u\r\n");
	answer(ROOST_AUTH_CONTINUE, "", "");
	hear("+ \r\n");
	say("cHc=\r\n");
	assert_string_equal(front->asked, "LOGIN none; ann; pw");
	answer(ROOST_AUTH_FAILED, "", "");
	hear("a NO [AUTHENTICATIONFAILED] Authentication failed.\r\n");
	say("b AUTHENTICATE PLAIN\r\n");
	answer(ROOST_AUTH_CONTINUE, "", "");
	hear("+ \r\n");
	say("*\r\n");
	hear("b BAD Authentication aborted by client.\r\n");
	assert_int_equal(front->cancelled, 1);
	say("c AUTHENTICATE PLAIN\r\n");
	answer(ROOST_AUTH_CONTINUE, "", "");
	hear("+ \r\n");
	say("no base64!\r\n");
	hear("c BAD Invalid base64 data in continued response.\r\n");
	assert_int_equal(front->cancelled, 2);
	say("d AUTHENTICATE PLAIN =AAA\r\n");
	hear("d BAD Invalid base64 data in initial response.\r\n");
	say("e AUTHENTICATE FOO\r\n");
	hear("e NO Unsupported authentication mechanism.\r\n");
	say("f AUTHENTICATE\r\n");
	hear("f BAD Error in IMAP command AUTHENTICATE: Invalid arguments.\r\n");
}

static void failures_by_kind(void **state)
{
	static const struct { enum roost_auth_result result; const char *reason, *want; } cases[] = {
		{ ROOST_AUTH_FAILED, "", "a NO [AUTHENTICATIONFAILED] Authentication failed.\r\n" },
		{ ROOST_AUTH_TEMP, "", "a NO [UNAVAILABLE] Internal error occurred. Refer to server log for "
		  "more information.\r\n" },
		{ ROOST_AUTH_DENIED, "", "a NO [AUTHORIZATIONFAILED] Authorization failed.\r\n" },
		{ ROOST_AUTH_DISABLED, "Closed", "a NO [CONTACTADMIN] Closed\r\n" },
		{ ROOST_AUTH_EXPIRED, "", "a NO [EXPIRED] Password expired.\r\n" },
		{ ROOST_AUTH_LIMIT, "", "a NO [LIMIT] Maximum number of connections from user+IP exceeded "
		  "(mail_max_userip_connections).\r\n" },
		{ ROOST_AUTH_BAD_MECH, "", "a NO Unsupported authentication mechanism.\r\n" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		say("a LOGIN ann pw\r\n");
		answer(cases[i].result, cases[i].reason, "");
		hear(cases[i].want);
	}
}

static void plaintext_needs_tls(void **state)
{
	front->needs_tls = front->tls_available = true;
	say("a LOGIN ann pw\r\n");
	hear("* BAD [ALERT] Plaintext authentication not allowed without SSL/TLS, but your client did it "
	     "anyway. If anyone was listening, the password was exposed.\r\n"
	     "a NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) "
	     "connections.\r\n");
	say("b AUTHENTICATE PLAIN\r\n");
	hear("b NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) "
	     "connections.\r\n");
	assert_string_equal(front->asked, "");
}

/* R-TL-2: what is sent behind STARTTLS in the clear is no command. */
static void starttls_ends_the_clear(void **state)
{
	say("a STARTTLS\r\n");
	hear("a BAD TLS support isn't enabled.\r\n");
	front->tls_available = true;
	say("a STARTTLS x\r\n");
	hear("a BAD Error in IMAP command STARTTLS: Unexpected arguments.\r\n");
	say("a STARTTLS\r\nb NOOP\r\n");
	hear("a OK Begin TLS negotiation now.\r\n");
	assert_true(front->starttls);
	roost_str_truncate(&front->in, 0);
	front->in_start = 0;
	front->facts.tls = true;
	say("c STARTTLS\r\n");
	hear("c BAD TLS is already active.\r\n");
}

static void what_follows_a_login_is_the_workers(void **state)
{
	size_t len;

	say("a CAPABILITY\r\n");
	roost_str_truncate(&front->out, 0);
	say("b LOGIN ann pw\r\nc SELECT INBOX\r\n");
	answer(ROOST_AUTH_OK, "", "");
	hear("");
	assert_string_equal(front->tag, "+b");
	/* The host hands over at once; our answer() called input again as if it had failed. */
	(void)roost_front_input(front, &len);
}

static void identification(void **state)
{
	settings.imap_id_retain = true;
	say("a ID (\"name\" \"x y\" \"version\" NIL)\r\nb ID NIL\r\n");
	hear("* ID (\"name\" \"roost\")\r\na OK ID completed.\r\n* ID (\"name\" \"roost\")\r\n"
	     "b OK ID completed.\r\n");
	assert_string_equal(front->id, "\"name\" \"x y\" \"version\" NIL");
	settings.imap_id_send = "name other support *";
	say("c ID (\"name\")\r\nd ID\r\ne ID NIL\r\n");
	hear("c BAD Invalid ID parameters\r\nd BAD Invalid ID parameters\r\n"
	     "* ID (\"name\" \"other\" \"support\" NIL)\r\ne OK ID completed.\r\n");
}

static void mistakes_are_limited(void **state)
{
	static const struct { const char *line, *reply; } cases[] = {
		{ "", "* BAD Error in IMAP command received by server.\r\n" },
		{ "a", "* BAD Error in IMAP command received by server.\r\n" },
		{ "a SELECT INBOX", "a BAD Error in IMAP command received by server.\r\n" },
		{ "a LOGIN ann", "a BAD Error in IMAP command LOGIN: Invalid arguments.\r\n" },
		{ "a LOGIN (", "a BAD Error in IMAP command LOGIN: Missing ')'\r\n" },
		{ "a LOGIN {20000}", "a BAD Literal is too large or not expected here.\r\n" },
		{ "a LOGIN ~{2}", "a BAD Literal is too large or not expected here.\r\n" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		say(cases[i].line);
		say("\r\n");
		hear(cases[i].reply);
	}
	say("a LOGIN {20000+}\r\n");
	hear("a BAD Literal is too large or not expected here.\r\n");
	for (int i = 0; i < 2000; i++)
		say("0123456789");
	say("\r\nb NOOP\r\n");
	hear("b OK NOOP completed.\r\n");
	for (int i = 0; i < 2000; i++)
		say("0123456789");
	assert_memory_equal(front->out.data, "* BAD Too long IMAP command.", 28);
	say("\r\nc X\r\nd NOOP\r\n");
	assert_non_null(strstr(front->out.data, "* BYE Too many invalid IMAP commands.\r\n"));
	assert_true(front->closed);
}

static void leaving(void **state)
{
	say("a LOGOUT\r\nb NOOP\r\n");
	hear("* BYE Logging out\r\na OK Logout completed.\r\n");
	assert_true(front->closed);
	imap_front_bye(front, "Server shutting down.");
	hear("");
}

static void the_host_says_goodbye(void **state)
{
	imap_front_bye(front, "Disconnected for inactivity.");
	hear("* BYE Disconnected for inactivity.\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(capabilities, setup, teardown),
		cmocka_unit_test_setup_teardown(login_in_every_spelling, setup, teardown),
		cmocka_unit_test_setup_teardown(a_sasl_exchange, setup, teardown),
		cmocka_unit_test_setup_teardown(failures_by_kind, setup, teardown),
		cmocka_unit_test_setup_teardown(plaintext_needs_tls, setup, teardown),
		cmocka_unit_test_setup_teardown(starttls_ends_the_clear, setup, teardown),
		cmocka_unit_test_setup_teardown(what_follows_a_login_is_the_workers, setup, teardown),
		cmocka_unit_test_setup_teardown(identification, setup, teardown),
		cmocka_unit_test_setup_teardown(mistakes_are_limited, setup, teardown),
		cmocka_unit_test_setup_teardown(leaving, setup, teardown),
		cmocka_unit_test_setup_teardown(the_host_says_goodbye, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
