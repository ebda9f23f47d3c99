/*
 * The LMTP front as a conversation: a made-up host answers lookups and deliveries. RFC 2033; R-LM-2.
 * "ann", "bob" and "cat" exist, looking up "slow" fails; a delivery to "full@x" is over quota.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "modules/lmtp/lmtp.h"
#include "tests/unit/unit.h"

/* --- the host --- */
struct roost_front {
	struct lmtp_front state;
	struct roost_facts facts;
	struct roost_str in, out;
	size_t in_start;
	bool tls_available, starttls, closed, fail_spool, lose_jobs;
	int lookups_dropped;
	struct roost_str delivered;	/* what the last job's spool held */
	struct roost_str jobs;		/* "address|detail|session;" of each */
};

static struct roost_front *front;
static struct lmtp_settings settings;
const struct roost_settings lmtp_settings_schema = { "lmtp", sizeof(struct lmtp_settings), NULL, 0 };

void *roost_front_state(struct roost_front *f) { return &f->state; }
const struct roost_facts *roost_front_facts(const struct roost_front *f) { return &f->facts; }
const struct roost_scope *roost_front_scope(const struct roost_front *f) { return NULL; }
const struct roost_log_scope *roost_front_log(const struct roost_front *f) { return NULL; }
struct roost_str *roost_front_output(struct roost_front *f) { return &f->out; }
bool roost_front_tls_available(const struct roost_front *f) { return f->tls_available; }
void roost_front_starttls(struct roost_front *f) { f->starttls = true; }
void roost_front_close(struct roost_front *f, const char *reason) { f->closed = true; }
void roost_front_lookup_drop(struct roost_front *f) { f->lookups_dropped++; }

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

void roost_front_lookup(struct roost_front *f, const char *user, uint64_t id,
	void (*done)(struct roost_front *, uint64_t, const struct roost_auth_reply *))
{
	struct roost_auth_reply reply = { .result = ROOST_AUTH_NO_USER };

	if (strncmp(user, "slow", 4) == 0)
		reply.result = ROOST_AUTH_TEMP;
	else if (strncmp(user, "ann", 3) == 0 || strncmp(user, "bob", 3) == 0 ||
		 strncmp(user, "cat", 3) == 0 || strncmp(user, "full", 4) == 0)
		reply.result = ROOST_AUTH_OK;
	done(f, id, &reply);
}

int roost_front_spool(struct roost_front *f, uint64_t expected, int *fd, struct roost_error *err)
{
	if (f->fail_spool)
		return roost_fail(err, ROOST_ERR_NOSPACE, "no space");
	*fd = memfd_create("spool", MFD_CLOEXEC);
	return 0;
}

void roost_front_job(struct roost_front *f, uint64_t id, const int *fds, size_t fd_count,
	const void *message, size_t len,
	void (*done)(struct roost_front *, uint64_t, bool, const char *, size_t))
{
	struct roost_arena *arena = roost_arena_create("job");
	struct lmtp_job job;
	char reply[256];
	ssize_t got;

	assert_int_equal(fd_count, 1);
	assert_true(lmtp_job_get(message, len, arena, &job));
	roost_str_truncate(&f->delivered, 0);
	got = pread(fds[0], roost_str_reserve(&f->delivered, job.size), job.size, 0);
	assert_int_equal(got, job.size);
	f->delivered.len = (size_t)got;
	f->delivered.data[got] = '\0';
	roost_str_printf(&f->jobs, "%s|%s|%s;", job.address, job.detail, job.session);
	if (strncmp(job.address, "full", 4) == 0)
		snprintf(reply, sizeof(reply), "552 5.2.2 <%s> Quota exceeded (mailbox for user is full)",
			 job.address);
	else
		snprintf(reply, sizeof(reply), "250 2.0.0 <%s> %s Saved", job.address, job.session);
	done(f, id, f->lose_jobs, reply, strlen(reply));
	roost_arena_free(arena);
}

/* --- the conversation --- */
static int setup(void **state)
{
	settings = (struct lmtp_settings){
		.login_greeting = "Dovecot ready.", .hostname = "mx.example",
		.recipient_delimiter = "+", .lmtp_add_received_header = true,
		.deliver_log_format = "msgid=%m: %$", .lmtp_max_message_size = 100000,
	};
	front = calloc(1, sizeof(*front));
	front->facts = (struct roost_facts){ .service = "lmtp", .session_id = "SID", .rip = "",
					     .lip = "", .local_name = "", .client_id = "" };
	lmtp_greet(front);
	return 0;
}

static int teardown(void **state)
{
	lmtp_gone(front);
	roost_str_free(&front->in);
	roost_str_free(&front->out);
	roost_str_free(&front->delivered);
	roost_str_free(&front->jobs);
	free(front);
	return 0;
}

static void say_bytes(const char *data, size_t len)
{
	roost_str_append(&front->in, data, len);
	lmtp_input(front);
}

static void say(const char *text)
{
	say_bytes(text, strlen(text));
}

/* All output since the last call. */
static void hear(const char *text)
{
	assert_string_equal(roost_str_text(&front->out), text);
	roost_str_truncate(&front->out, 0);
}

static void begin(const char *recipients)
{
	say("LHLO client\r\nMAIL FROM:<s@x>\r\n");
	say(recipients);
	roost_str_truncate(&front->out, 0);
}

static void greeting_and_lhlo(void **state)
{
	hear("220 mx.example Dovecot ready.\r\n");
	say("LHLO there\r\n");
	hear("250-mx.example\r\n250-8BITMIME\r\n250-CHUNKING\r\n250-ENHANCEDSTATUSCODES\r\n"
	     "250-SIZE 100000\r\n250 PIPELINING\r\n");
	front->tls_available = front->facts.trusted = true;
	settings.lmtp_max_message_size = 0;
	say("lhlo there\n");
	hear("250-mx.example\r\n250-STARTTLS\r\n250-8BITMIME\r\n250-CHUNKING\r\n"
	     "250-ENHANCEDSTATUSCODES\r\n250-SIZE\r\n"
	     "250-XCLIENT ADDR PORT PROTO HELO LOGIN TIMEOUT TTL SESSION\r\n250 PIPELINING\r\n");
}

/* A CR in an address would be one in Return-Path and Received too. */
static void commands_have_no_control_characters(void **state)
{
	say("LHLO client\r\n");
	roost_str_truncate(&front->out, 0);
	say("MAIL FROM:<a\rX-Evil: 1@x>\r\nMAIL FROM:<a\x1b@x>\r\n");
	hear("500 5.5.2 Invalid command syntax\r\n500 5.5.2 Invalid command syntax\r\n");
	say("MAIL FROM:<s@x>\r\nRCPT TO:<ann\r@x>\r\n");
	hear("250 2.1.0 OK\r\n500 5.5.2 Invalid command syntax\r\n");
}

static void replies_are_those_of_the_reference(void **state)
{
	static const struct { const char *line, *reply; } cases[] = {
		{ "HELO x", "500 5.5.1 This is LMTP: use LHLO" },
		{ "MAIL FROM:<a@b>", "503 5.5.0 LHLO needed first" },
		{ "RCPT TO:<ann@x>", "503 5.5.0 MAIL needed first" },
		{ "DATA", "503 5.5.0 MAIL needed first" },
		{ "VRFY ann", "252 2.3.3 Try RCPT instead" },
		{ "NOOP", "250 2.0.0 OK" }, { "RSET", "250 2.0.0 OK" },
		{ "FROB", "500 5.5.2 Invalid command syntax" },
		{ "XCLIENT ADDR=1.2.3.4", "550 5.7.14 You are not from trusted IP" },
		{ "STARTTLS", "502 5.5.1 TLS is not available" },
	};

	hear("220 mx.example Dovecot ready.\r\n");
	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		char want[128];

		front->state.bad_commands = 0;
		say(cases[i].line);
		say("\r\n");
		snprintf(want, sizeof(want), "%s\r\n", cases[i].reply);
		hear(want);
	}
}

static void a_status_for_each_recipient(void **state)
{
	begin("");
	say("RCPT TO:<ann@x>\r\n");
	hear("250 2.1.5 OK\r\n");
	say("RCPT TO:<nobody@x>\r\n");
	hear("550 5.1.1 <nobody@x> User doesn't exist: nobody@x\r\n");
	say("RCPT TO:<slow@x>\r\n");
	hear("451 4.3.0 <slow@x> Temporary internal error\r\n");
	say("RCPT TO:<full@x>\r\nRCPT TO:<bob+Lists@x>\r\nDATA\r\n");
	hear("250 2.1.5 OK\r\n250 2.1.5 OK\r\n354 OK\r\n");
	say("Subject: x\r\n\r\nhello\r\n.\r\n");
	hear("250 2.0.0 <ann@x> SID Saved\r\n"
	     "552 5.2.2 <full@x> Quota exceeded (mailbox for user is full)\r\n"
	     "250 2.0.0 <bob+Lists@x> SID:R3 Saved\r\n");
	assert_string_equal(front->jobs.data,
			    "ann@x||SID;full@x||SID:R2;bob+Lists@x|Lists|SID:R3;");
	/* The second mail is told apart, and the first one's recipients are gone. */
	say("DATA\r\n");
	hear("503 5.5.0 MAIL needed first\r\n");
	say("MAIL FROM:<>\r\nRCPT TO:<ann@x>\r\nDATA\r\nx\r\n.\r\n");
	hear("250 2.1.0 OK\r\n250 2.1.5 OK\r\n354 OK\r\n250 2.0.0 <ann@x> SID:T2 Saved\r\n");
}

static void a_lost_delivery_is_a_temporary_failure(void **state)
{
	front->lose_jobs = true;
	begin("RCPT TO:<ann@x>\r\n");
	say("DATA\r\nx\r\n.\r\n");
	hear("354 OK\r\n451 4.3.0 <ann@x> Temporary internal error\r\n");
}

/* What arrives between DATA and its end, and what is stored; given in one piece and byte by byte. */
static void only_crlf_dot_crlf_ends_data(void **state)
{
	static const struct { const char *sent, *stored; } cases[] = {
		{ "a\r\n.\r\n", "a\r\n" }, { ".\r\n", "" }, { "..\r\n.\r\n", ".\r\n" },
		{ "..a\r\n...\r\n.\r\n", ".a\r\n..\r\n" }, { "a\n.\nb\r\n.\r\n", "a\n.\nb\r\n" },
		{ "a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n" }, { "a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n" },
		{ "a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n" }, { "a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n" },
		{ "a\r\n.\r\r\n.\r\n", "a\r\n\r\r\n" }, { "\r\r\n.\r\n", "\r\r\n" },
		{ ".a\r\n.\r\n", "a\r\n" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		for (int bytewise = 0; bytewise < 2; bytewise++) {
			front->state.bad_commands = 0;
			begin("RCPT TO:<ann@x>\r\n");
			say("DATA\r\n");
			for (const char *at = cases[i].sent; bytewise && *at != '\0'; at++)
				say_bytes(at, 1);
			if (!bytewise)
				say(cases[i].sent);
			assert_int_equal(front->state.state, LMTP_COMMANDS);
			assert_int_equal(front->delivered.len, strlen(cases[i].stored));
			assert_memory_equal(roost_str_text(&front->delivered), cases[i].stored,
					    strlen(cases[i].stored));
		}
	}
}

static void pipelined_commands_after_data_are_commands(void **state)
{
	begin("RCPT TO:<ann@x>\r\n");
	say("DATA\r\nx\r\n.\r\nNOOP\r\nQUIT\r\nNOOP\r\n");
	hear("354 OK\r\n250 2.0.0 <ann@x> SID Saved\r\n250 2.0.0 OK\r\n221 2.0.0 Bye\r\n");
	assert_true(front->closed);
}

static void too_large_is_552_for_everybody(void **state)
{
	char *block = malloc(60001);

	memset(block, 'x', 60000);
	block[60000] = '\0';
	say("LHLO c\r\nMAIL FROM:<s@x> SIZE=100001\r\n");
	roost_str_truncate(&front->out, 0);
	say("MAIL FROM:<s@x> SIZE=1000 BODY=8BITMIME\r\nRCPT TO:<ann@x>\r\nRCPT TO:<bob@x>\r\nDATA\r\n");
	hear("250 2.1.0 OK\r\n250 2.1.5 OK\r\n250 2.1.5 OK\r\n354 OK\r\n");
	say(block);
	say(block);
	say("\r\n.\r\n");
	hear("552 5.3.4 <ann@x> Message is too large\r\n552 5.3.4 <bob@x> Message is too large\r\n");
	assert_int_equal(front->jobs.len, 0);
	say("MAIL FROM:<s@x> SIZE=100001\r\n");
	hear("552 5.3.4 Message is too large (max 100000 bytes)\r\n");
	free(block);
}

static void bdat_takes_bytes_as_they_are(void **state)
{
	begin("RCPT TO:<ann@x>\r\n");
	say("BDAT 5\r\n.\r\n.\r");
	hear("250 2.0.0 5 octets received\r\n");
	say("BDAT 1 LAST\r\n\nNOOP\r\n");
	hear("250 2.0.0 <ann@x> SID Saved\r\n250 2.0.0 OK\r\n");
	assert_string_equal(front->delivered.data, ".\r\n.\r\n");
	say("BDAT 4 LAST\r\nDATANOOP\r\n");
	hear("503 5.5.0 MAIL needed first\r\n250 2.0.0 OK\r\n");
	begin("RCPT TO:<ann@x>\r\n");
	say("BDAT 2\r\nxxDATA\r\n");
	hear("250 2.0.0 2 octets received\r\n503 5.5.0 DATA cannot follow BDAT\r\n");
	say("BDAT 99999999999999999999\r\n");
	assert_true(front->closed);
}

static void a_full_spool_is_temporary(void **state)
{
	front->fail_spool = true;
	begin("RCPT TO:<ann@x>\r\n");
	say("DATA\r\nBDAT 3\r\nabc");
	hear("451 4.3.0 Temporary internal error\r\n503 5.5.0 MAIL needed first\r\n");
}

static void mistakes_are_limited(void **state)
{
	for (int i = 0; i < 11; i++) {
		assert_false(front->closed);
		say("WHAT\r\n");
	}
	assert_true(front->closed);
	assert_non_null(strstr(front->out.data, "421 4.7.0 mx.example Too many invalid commands.\r\n"));
}

/* What follows a refusal in one pipeline is no mistake, however much it is. */
static void refused_transactions_are_no_mistakes(void **state)
{
	say("LHLO c\r\nMAIL FROM:<s@x> SIZE=100001\r\n");
	for (int i = 0; i < 50; i++)
		say("RCPT TO:<ann@x>\r\n");
	say("DATA\r\nBDAT 2 LAST\r\nxx");
	for (int i = 0; i < 20; i++)
		say("MAIL FROM:<s@x>\r\nRCPT TO:<nobody@x>\r\nDATA\r\nBDAT 2 LAST\r\nxxRSET\r\n");
	assert_false(front->closed);
	/* Others count up to the next transaction. */
	for (int i = 0; i < 20; i++)
		say("MAIL FROM:<s@x>\r\nWHAT\r\nRSET\r\n");
	assert_false(front->closed);
	roost_str_truncate(&front->out, 0);
	say("MAIL FROM:<a b@c>\r\n");
	hear("501 5.5.4 Invalid FROM path\r\n");
}

static void the_clients_name_fits_received(void **state)
{
	static const struct { const char *said, *kept; } cases[] = {
		{ "mx-1.my_host.example", "mx-1.my_host.example" }, { "[192.0.2.1]", "[192.0.2.1]" },
		{ "[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]" }, { "evil)\t(x", "evilx" },
		{ "a b;[c", "abc" }, { "()", "unknown" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		say("LHLO ");
		say(cases[i].said);
		say("\r\n");
		assert_string_equal(front->state.helo, cases[i].kept);
	}
}

static void lines_are_limited(void **state)
{
	char *line = malloc(5001);

	memset(line, 'x', 5000);
	line[5000] = '\0';
	say(line);
	assert_true(front->closed);
	free(line);
}

static void nul_bytes_are_no_command(void **state)
{
	hear("220 mx.example Dovecot ready.\r\n");
	say_bytes("NOOP\0\r\n", 7);
	hear("500 5.5.2 Invalid command syntax\r\n");
}

static void starttls_forgets_the_transaction(void **state)
{
	front->tls_available = true;
	begin("RCPT TO:<ann@x>\r\n");
	say("STARTTLS\r\n");
	hear("220 2.0.0 Begin TLS negotiation now.\r\n");
	assert_true(front->starttls);
	say("MAIL FROM:<a@b>\r\n");
	hear("503 5.5.0 LHLO needed first\r\n");
}

static void paths(void **state)
{
	static const char *const lax[] = { "whitespace-before-path", "mailbox-for-path", NULL };
	static const struct { const char *text; bool lax; const char *address, *rest; } cases[] = {
		{ "<a@b>", false, "a@b", "" }, { "<a@b> SIZE=1", false, "a@b", "SIZE=1" },
		{ "<>", false, "", "" }, { "<\"a>b\"@c>", false, "\"a>b\"@c", "" },
		{ "<\"a\\\"b\"@c>", false, "\"a\\\"b\"@c", "" }, { "<\"a.b\"@c>", false, "a.b@c", "" },
		{ "<\"a\\b\"@c>", false, "ab@c", "" }, { "<\"a@b\"@c>", false, "\"a@b\"@c", "" },
		{ "<\".a\"@c>", false, "\".a\"@c", "" }, { "<\"\"@c>", false, "\"\"@c", "" },
		{ "<\"a\"b@c>", false, NULL, NULL }, { "<a b@c>", false, NULL, NULL },
		{ "<a\"b\"@c>", false, NULL, NULL }, { "<a..b.@c>", false, "a..b.@c", "" },
		{ "<a@b c>", false, NULL, NULL }, { "<a@[IPv6:::1]>", false, "a@[IPv6:::1]", "" }, { "<@r1,@r2:a@b>", false, "a@b", "" },
		{ "<a@b", false, NULL, NULL }, { "a@b", false, NULL, NULL },
		{ " <a@b>", false, NULL, NULL }, { " <a@b>", true, "a@b", "" },
		{ "a@b X=1", true, "a@b", "X=1" }, { "", true, NULL, NULL }, { "\"a", true, NULL, NULL },
	};
	struct roost_arena *arena = roost_arena_create("test");

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		char *text = roost_arena_strdup(arena, cases[i].text), *rest;
		const char *address;
		bool fine = lmtp_path_parse(arena, text, cases[i].lax ? lax : NULL, &address, &rest);

		assert_int_equal(fine, cases[i].address != NULL);
		if (fine) {
			assert_string_equal(address, cases[i].address);
			assert_string_equal(rest, cases[i].rest);
		}
	}
	roost_arena_free(arena);
}

static void details_are_split_off(void **state)
{
	static const struct { const char *address, *delimiters, *user, *detail; } cases[] = {
		{ "a@b", "+", "a@b", "" }, { "a+x@b", "+", "a@b", "x" }, { "a+x+y@b", "+", "a@b", "x+y" },
		{ "a-x@b", "+-", "a@b", "x" }, { "a+x", "+", "a", "x" }, { "+x@b", "+", "+x@b", "" },
		{ "a@b+c", "+", "a@b+c", "" }, { "a+@b", "+", "a@b", "" }, { "a+x@b", "", "a+x@b", "" },
		{ "\"a b+x\"@c", "+", "\"a b+x\"@c", "" },
	};
	struct roost_arena *arena = roost_arena_create("test");

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		const char *user, *detail;

		lmtp_address_split(arena, cases[i].address, cases[i].delimiters, &user, &detail);
		assert_string_equal(user, cases[i].user);
		assert_string_equal(detail, cases[i].detail);
	}
	roost_arena_free(arena);
}

static void trace_headers_stand_first(void **state)
{
	static const char text[] = "Return-Path: <old@x>\r\nSubject: hi\r\n there\r\nreturn-path: x\r\n"
		"Message-ID: <1@x>\r\n\r\nReturn-Path: stays\r\n";
	struct lmtp_job job = { "s@x", "ann@x", "", "SID", "client", "192.0.2.1", LMTP_JOB_ALONE, 99 };
	struct roost_arena *arena = roost_arena_create("test");
	int spool = memfd_create("spool", MFD_CLOEXEC);
	struct lmtp_message message;
	struct roost_error err;
	char stored[2000];
	ssize_t got;

	assert_int_equal(write(spool, text, sizeof(text) - 1), sizeof(text) - 1);
	assert_int_equal(lmtp_message_open(spool, &job, &settings, arena, &message, &err), 0);
	got = roost_input_read(message.input, stored, sizeof(stored) - 1, &err);
	assert_true(got > 0);
	stored[got] = '\0';
	assert_ptr_equal(strstr(stored, "Return-Path: <s@x>\r\nDelivered-To: ann@x\r\n"
				"Received: from client ([192.0.2.1])\r\n\tby "), stored);
	assert_non_null(strstr(stored, " with LMTP\r\n\tid SID\r\n\t(envelope-from <s@x>)\r\n\tfor <ann@x>; "));
	assert_non_null(strstr(stored, "\r\nSubject: hi\r\n there\r\nMessage-ID: <1@x>\r\n\r\nReturn-Path: stays\r\n"));
	assert_null(strstr(stored, "old@x"));
	assert_string_equal(message.message_id, "<1@x>");
	assert_string_equal(message.subject, "hi there");
	assert_string_equal(lmtp_log_line(arena, &settings, &message, &job, "saved mail to INBOX"),
			    "msgid=<1@x>: saved mail to INBOX");
	settings.deliver_log_format = "%s %p %e %{to_envelope} 100%% %q";
	assert_string_equal(lmtp_log_line(arena, &settings, &message, &job, ""),
			    "hi there 99 s@x ann@x 100% %q");
	roost_input_unref(message.input);

	/* No header at all, and only a body. */
	assert_int_equal(ftruncate(spool, 0), 0);
	settings.lmtp_add_received_header = false;
	settings.lmtp_hdr_delivery_address = LMTP_ADDRESS_NONE;
	assert_int_equal(lmtp_message_open(spool, &job, &settings, arena, &message, &err), 0);
	got = roost_input_read(message.input, stored, sizeof(stored), &err);
	assert_int_equal(got, 20);
	roost_input_unref(message.input);
	close(spool);
	roost_arena_free(arena);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(greeting_and_lhlo),
		TEST(commands_have_no_control_characters),
		TEST(replies_are_those_of_the_reference),
		TEST(a_status_for_each_recipient),
		TEST(a_lost_delivery_is_a_temporary_failure),
		TEST(only_crlf_dot_crlf_ends_data),
		TEST(pipelined_commands_after_data_are_commands),
		TEST(too_large_is_552_for_everybody),
		TEST(bdat_takes_bytes_as_they_are),
		TEST(a_full_spool_is_temporary),
		TEST(mistakes_are_limited),
		TEST(refused_transactions_are_no_mistakes),
		TEST(the_clients_name_fits_received),
		TEST(lines_are_limited),
		TEST(nul_bytes_are_no_command),
		TEST(starttls_forgets_the_transaction),
		TEST(paths),
		TEST(details_are_split_off),
		TEST(trace_headers_stand_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
