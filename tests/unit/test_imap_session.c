/* The IMAP session as a conversation over mailboxes in memory. RFC 9051 and extensions; texts R-IM-*. */
#include "tests/unit/imap_world.h"
#include "tests/unit/unit.h"

/* What FETCH and SEARCH are here: enough to see how long answers and late changes behave. */
static unsigned fetch_left;

static void fetch_lines(struct imap_session *imap, struct imap_command *cmd)
{
	for (; fetch_left > 0; fetch_left--) {
		if (imap_output_full(imap)) {
			imap_command_wait_drained(cmd, fetch_lines);
			return;
		}
		roost_str_printf(imap_out(imap), "* 1 FETCH (X %1000u)\r\n", fetch_left);
	}
	imap_reply_ok(cmd, "Fetch completed.");
}

void imap_fetch(struct imap_session *imap, struct imap_command *cmd)
{
	fetch_lines(imap, cmd);
}

void imap_search(struct imap_session *imap, struct imap_command *cmd)
{
	struct roost_set set;

	if (!imap_set_arg(imap, cmd, cmd->args, &set))
		return;
	imap_saved_set(imap, &set);
	roost_str_puts(imap_out(imap), "* SEARCH ");
	imap_put_set(imap_out(imap), &set);
	roost_str_puts(imap_out(imap), "\r\n");
	imap_reply_ok(cmd, "Search completed.");
}


#define CAPABILITIES "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE MULTIAPPEND UNSELECT CHILDREN " \
	"NAMESPACE UIDPLUS LIST-EXTENDED CONDSTORE QRESYNC ESEARCH SEARCHRES LIST-STATUS MOVE STATUS=SIZE " \
	"SPECIAL-USE LITERAL+"

static const char *const no_workarounds[] = { NULL };
static const char *const delay_newmail[] = { "delay-newmail", NULL };

static int setup(void **state)
{
	world_settings = (struct imap_settings){
		.login_greeting = "", .imap_capability = "", .imap_id_log = "",
		.imap_id_send = "name *", .imap_max_line_length = 8192,
		.imap_logout_format = "in=%i out=%o deleted=%{deleted} expunged=%{expunged}",
		.imap_client_workarounds = no_workarounds, .mail_max_keyword_length = 50,
		.imap_idle_notify_interval = 120 * ROOST_SEC,
		.mailbox_idle_check_interval = 30 * ROOST_SEC,
	};
	world_begin("+a");
	hear("* CAPABILITY " CAPABILITIES "\r\na OK Logged in\r\n");
	return 0;
}

static int teardown(void **state)
{
	world_end();
	return 0;
}

static void select_inbox(void)
{
	say("s SELECT INBOX\r\n");
	roost_str_truncate(world_output(), 0);
	world_pending = 0;
}

static void the_login_is_answered(void **state)
{
	say("b CAPABILITY\r\nc NOOP\r\nd CAPABILITY x\r\n");
	hear("* CAPABILITY " CAPABILITIES "\r\nb OK Capability completed.\r\nc OK NOOP completed.\r\n"
	     "d BAD Error in IMAP command CAPABILITY: Unexpected arguments.\r\n");
	world_end();
	world_begin("tag");
	hear("tag OK [CAPABILITY " CAPABILITIES "] Logged in\r\n");
	world_end();
	world_settings.imap_capability = "IMAP4rev1 X";
	world_settings.imap_literal_minus = true;
	world_begin("tag");
	hear("tag OK [CAPABILITY IMAP4rev1 X] Logged in\r\n");
}

static void logout_counts(void **state)
{
	select_inbox();
	say("b STORE 1:2 +FLAGS.SILENT (\\Deleted)\r\nc EXPUNGE\r\nd LOGOUT\r\ne NOOP\r\n");
	hear("b OK Store completed.\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\nc OK Expunge completed.\r\n"
	     "* BYE Logging out\r\nd OK Logout completed.\r\n");
	assert_string_equal(world_log(), "Disconnected: Logged out in=83 out=0 deleted=2 expunged=2");
}

static void a_lost_connection_says_after_what(void **state)
{
	say("b NOOP\r\n");
	world_hang_up();
	assert_memory_equal(world_log(), "Disconnected: Connection closed (NOOP finished ", 47);
}

static void selecting(void **state)
{
	say("b SELECT nope\r\n");
	hear("b NO Mailbox doesn't exist: nope\r\n");
	say("b FETCH 1 FLAGS\r\nb STORE 1 FLAGS x\r\nb UNSELECT\r\n");
	hear("b BAD No mailbox selected.\r\nb BAD No mailbox selected.\r\nb BAD No mailbox selected.\r\n");
	say("c SELECT inbox\r\n");
	hear("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n"
	     "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags permitted.\r\n"
	     "* 3 EXISTS\r\n* 1 RECENT\r\n* OK [UNSEEN 2] First unseen.\r\n* OK [UIDVALIDITY 77] UIDs valid\r\n"
	     "* OK [UIDNEXT 5] Predicted next UID\r\n* OK [HIGHESTMODSEQ 8] Highest\r\n"
	     "c OK [READ-WRITE] Select completed.\r\n");
	say("d EXAMINE Trash (CONDSTORE)\r\n");
	hear("* OK [CLOSED] Previous mailbox closed.\r\n* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n"
	     "* OK [PERMANENTFLAGS ()] Read-only mailbox.\r\n* 0 EXISTS\r\n* 0 RECENT\r\n"
	     "* OK [UIDVALIDITY 77] UIDs valid\r\n* OK [UIDNEXT 1] Predicted next UID\r\n"
	     "* OK [HIGHESTMODSEQ 1] Highest\r\nd OK [READ-ONLY] Examine completed.\r\n");
	say("e STORE 1 FLAGS ()\r\nf UID STORE 1:* FLAGS ()\r\ng EXPUNGE\r\nh UNSELECT\r\ni CLOSE\r\n");
	hear("e BAD Error in IMAP command STORE: Invalid messageset\r\nf NO Mailbox is read-only.\r\n"
	     "g NO Mailbox is read-only.\r\nh OK Unselect completed.\r\ni BAD No mailbox selected.\r\n");
	/* A failed SELECT leaves nothing selected. */
	select_inbox();
	say("j SELECT nope\r\nk CHECK\r\n");
	hear("* OK [CLOSED] Previous mailbox closed.\r\nj NO Mailbox doesn't exist: nope\r\n"
	     "k BAD No mailbox selected.\r\n");
	say("l SELECT\r\nm SELECT INBOX (FOO)\r\nn SELECT (INBOX)\r\n");
	hear("l BAD Error in IMAP command SELECT: Invalid arguments.\r\n"
	     "m BAD Error in IMAP command SELECT: Unknown parameter.\r\n"
	     "n BAD Error in IMAP command SELECT: Invalid arguments.\r\n");
}

static void closing_expunges_in_silence(void **state)
{
	select_inbox();
	say("b STORE 2 +FLAGS.SILENT \\Deleted\r\nc CLOSE\r\nd STATUS INBOX (MESSAGES)\r\n");
	hear("b OK Store completed.\r\nc OK Close completed.\r\n* STATUS INBOX (MESSAGES 2)\r\n"
	     "d OK Status completed.\r\n");
	say("e EXAMINE INBOX\r\n");
	world_set_flags(world_box("INBOX"), 1, ROOST_FLAG_DELETED);
	roost_str_truncate(world_output(), 0);
	say("f CLOSE\r\ng STATUS INBOX (MESSAGES DELETED UNSEEN SIZE UIDNEXT UIDVALIDITY RECENT MESSAGES)\r\n");
	hear("f OK Close completed.\r\n* STATUS INBOX (MESSAGES 2 DELETED 1 UNSEEN 2 SIZE 39 UIDNEXT 5 "
	     "UIDVALIDITY 77 RECENT 1)\r\ng OK Status completed.\r\n");
}

static void storing_flags(void **state)
{
	select_inbox();
	say("b STORE 1:2 +FLAGS (\\Flagged $Todo)\r\n");
	hear("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Todo)\r\n"
	     "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Todo \\*)] Flags permitted.\r\n"
	     "* 1 FETCH (FLAGS (\\Flagged \\Seen $Todo))\r\n* 2 FETCH (FLAGS (\\Flagged $Todo))\r\n"
	     "b OK Store completed.\r\n");
	say("c UID STORE 2:4 -FLAGS ($Todo $Unknown)\r\n");
	hear("* 2 FETCH (UID 2 FLAGS (\\Flagged))\r\n* 3 FETCH (UID 4 FLAGS (\\Recent))\r\nc OK Store completed.\r\n");
	/* The result counts, and what others did meanwhile is told in spite of SILENT. */
	world_set_flags(world_box("INBOX"), 4, ROOST_FLAG_ANSWERED);
	say("d STORE 1 FLAGS.SILENT \\Draft \\Seen\r\n");
	hear("* 0 RECENT\r\n* 3 FETCH (FLAGS (\\Answered))\r\nd OK Store completed.\r\n");
}

static void bad_store_arguments(void **state)
{
	static const struct { const char *command, *reply; } cases[] = {
		{ "STORE 4 FLAGS ()", "b BAD Error in IMAP command STORE: Invalid messageset\r\n" },
		{ "STORE 0 FLAGS ()", "b BAD Error in IMAP command STORE: Invalid messageset\r\n" },
		{ "STORE 1, FLAGS ()", "b BAD Error in IMAP command STORE: Invalid messageset\r\n" },
		{ "STORE \"1\" FLAGS ()", "b BAD Error in IMAP command STORE: Invalid messageset\r\n" },
		{ "STORE 1", "b BAD Error in IMAP command STORE: Invalid item.\r\n" },
		{ "STORE 1 FLAG (x)", "b BAD Error in IMAP command STORE: Invalid item.\r\n" },
		{ "STORE 1 FLAGS", "b BAD Error in IMAP command STORE: Missing flags.\r\n" },
		{ "STORE 1 FLAGS (\\Recent)", "b BAD Error in IMAP command STORE: Invalid system flag.\r\n" },
		{ "STORE 1 FLAGS (a) b", "b BAD Error in IMAP command STORE: Invalid flags list.\r\n" },
		{ "STORE 1 FLAGS (\"a\")", "b BAD Error in IMAP command STORE: Flags list contains non-atoms.\r\n" },
		{ "STORE 1 FLAGS (a])", "b BAD Error in IMAP command STORE: Invalid keyword name.\r\n" },
		{ "UID STORE 99 FLAGS ()", "b OK Store completed.\r\n" },
		{ "STORE 1 (UNCHANGEDSINCE x) FLAGS ()", "b BAD Error in IMAP command STORE: Invalid STORE modifiers.\r\n" },
	};

	select_inbox();
	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		say("b ");
		say(cases[i].command);
		say("\r\n");
		hear(cases[i].reply);
	}
}

static void conditional_store(void **state)
{
	select_inbox();
	say("b UID STORE 1,2,4 (UNCHANGEDSINCE 7) +FLAGS.SILENT (\\Deleted)\r\n");
	hear("* OK [HIGHESTMODSEQ 8] Highest\r\n"
	     "* 1 FETCH (UID 1 MODSEQ (9))\r\n* 3 FETCH (UID 4 MODSEQ (10))\r\n"
	     "b OK [MODIFIED 2] Conditional store failed.\r\n");
	say("c STORE 2 FLAGS (\\Seen)\r\n");
	hear("* 2 FETCH (MODSEQ (8) FLAGS (\\Seen))\r\nc OK Store completed.\r\n");
}

static void changes_are_told_when_they_may(void **state)
{
	struct world_box *inbox = world_box("INBOX");

	select_inbox();
	world_remove(inbox, 1);
	world_deliver("INBOX", "new");
	world_set_flags(inbox, 4, ROOST_FLAG_SEEN);
	fetch_left = 0;
	/* Sequence numbers stand still for FETCH, STORE and SEARCH. */
	say("b FETCH 1 X\r\n");
	hear("* 4 EXISTS\r\n* 3 FETCH (FLAGS (\\Seen))\r\nb OK Fetch completed.\r\n");
	say("c SEARCH 1:3\r\n");
	hear("* SEARCH 1:4\r\nc OK Search completed.\r\n");
	say("d UID FETCH 1 X\r\n");
	hear("* 1 EXPUNGE\r\nd OK Fetch completed.\r\n");
	world_remove(inbox, 2);
	world_remove(inbox, 5);
	say("e NOOP\r\n");
	hear("* 1 EXPUNGE\r\n* 2 EXPUNGE\r\n* 0 RECENT\r\ne OK NOOP completed.\r\n");
}

static void delayed_new_mail(void **state)
{
	world_end();
	world_settings.imap_client_workarounds = delay_newmail;
	world_begin("a");
	select_inbox();
	world_deliver("INBOX", "new");
	fetch_left = 0;
	say("b FETCH 1 X\r\nc LIST \"\" x\r\nd NOOP\r\n");
	hear("b OK Fetch completed.\r\nc OK List completed.\r\n* 4 EXISTS\r\n* 2 RECENT\r\nd OK NOOP completed.\r\n");
}

static void sets_and_what_they_mean(void **state)
{
	static const struct { const char *command, *reply; } cases[] = {
		{ "SEARCH 1:3", "* SEARCH 1:4\r\nb OK Search completed.\r\n" },
		{ "SEARCH *", "* SEARCH 4\r\nb OK Search completed.\r\n" },
		{ "SEARCH *:2,1", "* SEARCH 1:4\r\nb OK Search completed.\r\n" },
		{ "SEARCH 1,3", "* SEARCH 1,4\r\nb OK Search completed.\r\n" },
		{ "UID SEARCH 9:*", "* SEARCH 4:9\r\nb OK Search completed.\r\n" },
		{ "UID SEARCH 1,1,2,5:3", "* SEARCH 1:5\r\nb OK Search completed.\r\n" },
		{ "SEARCH $", "* SEARCH 1:5\r\nb OK Search completed.\r\n" },
		{ "SEARCH 1:4", "b BAD Error in IMAP command SEARCH: Invalid messageset\r\n" },
		{ "UID SEARCH 0", "b BAD Error in IMAP command UID SEARCH: Invalid messageset\r\n" },
		{ "UID SEARCH 4294967296", "b BAD Error in IMAP command UID SEARCH: Invalid messageset\r\n" },
	};

	select_inbox();
	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		say("b ");
		say(cases[i].command);
		say("\r\n");
		hear(cases[i].reply);
	}
	say("c SELECT Trash\r\n");
	roost_str_truncate(world_output(), 0);
	say("d SEARCH *\r\ne UID SEARCH *\r\nf SEARCH $\r\n");
	hear("d BAD Error in IMAP command SEARCH: Invalid messageset\r\n* SEARCH \r\ne OK Search completed.\r\n"
	     "* SEARCH \r\nf OK Search completed.\r\n");
}

static void copying_and_moving(void **state)
{
	say("b COPY 1 Trash\r\n");
	hear("b BAD No mailbox selected.\r\n");
	select_inbox();
	say("c COPY 1,3 Trash\r\n");
	hear("c OK [COPYUID 77 1,4 1,2] Copy completed.\r\n");
	say("d UID COPY 99 Trash\r\n");
	hear("d OK No messages found.\r\n");
	say("e COPY 1 nope\r\nf COPY 1\r\ng COPY 9 Trash\r\n");
	hear("e NO [TRYCREATE] Mailbox doesn't exist: nope\r\n"
	     "f BAD Error in IMAP command COPY: Invalid arguments.\r\n"
	     "g BAD Error in IMAP command COPY: Invalid messageset\r\n");
	say("h UID MOVE 2:4 Trash\r\n");
	hear("* OK [COPYUID 77 2,4 3,4] Moved UIDs.\r\n* 2 EXPUNGE\r\n* 2 EXPUNGE\r\n* 0 RECENT\r\n"
	     "h OK Move completed.\r\n");
	roost_fail(&world_save_error, ROOST_ERR_OVERQUOTA, "Quota exceeded (mailbox for user is full)");
	say("i MOVE 1 Trash\r\n");
	hear("i NO [OVERQUOTA] Quota exceeded (mailbox for user is full)\r\n");
	say("j EXAMINE INBOX\r\n");
	roost_str_truncate(world_output(), 0);
	say("k MOVE 1 Trash\r\n");
	hear("k NO Mailbox is read-only.\r\n");
}

static void expunging(void **state)
{
	select_inbox();
	say("b STORE 1:3 +FLAGS.SILENT (\\Deleted)\r\nc UID EXPUNGE 2:3\r\n");
	hear("b OK Store completed.\r\n* 2 EXPUNGE\r\nc OK Expunge completed.\r\n");
	say("d EXPUNGE 1\r\ne UID EXPUNGE\r\nf EXPUNGE\r\n");
	hear("d BAD Error in IMAP command EXPUNGE: Unexpected arguments.\r\n"
	     "e BAD Error in IMAP command UID EXPUNGE: Invalid arguments.\r\n"
	     "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 0 RECENT\r\nf OK Expunge completed.\r\n");
}

static void the_tree(void **state)
{
	say("b CREATE a/b\r\nc CREATE a/b\r\nd CREATE c/\r\ne CREATE a/../b\r\nf CREATE &bad\r\ng CREATE\r\n");
	hear("b OK Create completed.\r\nc NO [ALREADYEXISTS] Mailbox already exists\r\nd OK Create completed.\r\n"
	     "e NO [CANNOT] Invalid mailbox name: Contains '..' part\r\n"
	     "f NO [CANNOT] Mailbox name is not valid modified UTF-7\r\n"
	     "g BAD Error in IMAP command CREATE: Invalid arguments.\r\n");
	assert_non_null(world_box("c"));
}

static void subscriptions_and_lists(void **state)
{
	say("b CREATE M&APw-ll\r\nc SUBSCRIBE M&APw-ll\r\nd SUBSCRIBE nope\r\n");
	hear("b OK Create completed.\r\nc OK Subscribe completed.\r\n"
	     "d NO [NONEXISTENT] Mailbox doesn't exist: nope\r\n");
	say("e LIST \"\" *\r\n");
	hear("* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasNoChildren \\Trash) \"/\" Trash\r\n"
	     "* LIST (\\HasNoChildren) \"/\" M&APw-ll\r\ne OK List completed.\r\n");
	say("f LSUB \"\" %\r\ng LIST (SUBSCRIBED) \"\" (INBOX M%)\r\n");
	hear("* LSUB () \"/\" M&APw-ll\r\nf OK Lsub completed.\r\n"
	     "* LIST (\\HasNoChildren \\Subscribed) \"/\" M&APw-ll\r\ng OK List completed.\r\n");
	say("h LIST \"\" \"\"\r\ni LIST \"\" % RETURN (SPECIAL-USE SUBSCRIBED STATUS (MESSAGES))\r\n");
	hear("* LIST (\\Noselect) \"/\" \"\"\r\nh OK List completed.\r\n"
	     "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\HasNoChildren \\Trash) \"/\" Trash\r\n"
	     "* LIST (\\HasNoChildren \\Subscribed) \"/\" M&APw-ll\r\n* STATUS INBOX (MESSAGES 3)\r\n"
	     "* STATUS Trash (MESSAGES 0)\r\n* STATUS M&APw-ll (MESSAGES 0)\r\ni OK List completed.\r\n");
	say("j LIST (SPECIAL-USE) \"\" *\r\nk LIST (RECURSIVEMATCH) \"\" *\r\nl LIST (FOO) \"\" *\r\n"
	    "m LIST \"\"\r\nn LIST \"\" * RETURN (FOO)\r\no LIST \"\" * RETURN (STATUS)\r\n");
	hear("* LIST (\\HasNoChildren \\Trash) \"/\" Trash\r\nj OK List completed.\r\n"
	     "k BAD Error in IMAP command LIST: RECURSIVEMATCH must not be the only selection.\r\n"
	     "l BAD Error in IMAP command LIST: Unknown select options.\r\n"
	     "m BAD Error in IMAP command LIST: Invalid arguments.\r\n"
	     "n BAD Error in IMAP command LIST: Unknown return options.\r\n"
	     "o BAD Error in IMAP command LIST: Status items must be list.\r\n");
	say("p UNSUBSCRIBE M&APw-ll\r\nq LSUB \"\" *\r\nr NAMESPACE\r\n");
	hear("p OK Unsubscribe completed.\r\nq OK Lsub completed.\r\n"
	     "* NAMESPACE ((\"\" \"/\")) NIL ((\"All m&APw-sli/\" \"/\"))\r\nr OK Namespace completed.\r\n");
}

static void deleting_what_is_selected(void **state)
{
	say("b SELECT Trash\r\n");
	roost_str_truncate(world_output(), 0);
	say("c DELETE Trash\r\nd CHECK\r\ne DELETE Trash\r\nf RENAME nope x\r\n");
	hear("* OK [CLOSED] Previous mailbox closed.\r\nc OK Delete completed.\r\nd BAD No mailbox selected.\r\n"
	     "e NO [NONEXISTENT] Mailbox doesn't exist: Trash\r\nf NO [NONEXISTENT] Mailbox doesn't exist: nope\r\n");
}

static void appending(void **state)
{
	const struct world_box *trash = world_box("Trash");

	say("b APPEND Trash (\\Seen $x) \"17-Jul-1996 02:44:25 -0700\" {5}\r\n");
	hear("+ OK\r\n");
	say("hello\r\n");
	hear("b OK [APPENDUID 77 1] Append completed.\r\n");
	assert_string_equal(trash->messages.items[0].text.data, "hello");
	assert_int_equal(trash->messages.items[0].flags, ROOST_FLAG_SEEN);
	assert_int_equal(trash->messages.items[0].date, INT64_C(837596665000000));
	/* Several at once, the mailbox as a literal too, in any pieces. */
	for (const char *at = "c APPEND {5+}\r\nTrash {1+}\r\na (\\Draft) {2+}\r\nbb {3+}\r\nccc\r\nd NOOP\r\n";
	     *at != '\0'; at++)
		say_bytes(at, 1);
	hear("c OK [APPENDUID 77 2:4] Append completed.\r\nd OK NOOP completed.\r\n");
	assert_string_equal(trash->messages.items[3].text.data, "ccc");
	assert_int_equal(trash->messages.items[2].flags, ROOST_FLAG_DRAFT);
}

static void refused_appends_lose_nothing_of_what_follows(void **state)
{
	say("b APPEND nope {5+}\r\nhello\r\nc NOOP\r\n");
	hear("b NO [TRYCREATE] Mailbox doesn't exist: nope\r\nc OK NOOP completed.\r\n");
	say("d APPEND nope {5}\r\ne NOOP\r\n");
	hear("d NO [TRYCREATE] Mailbox doesn't exist: nope\r\ne OK NOOP completed.\r\n");
	say("f APPEND INBOX (\\Foo) {5+}\r\nhello {3+}\r\nabc\r\ng APPEND INBOX\r\nh APPEND INBOX \"x\"\r\n");
	hear("f BAD Error in IMAP command APPEND: Invalid system flag.\r\n"
	     "g BAD Error in IMAP command APPEND: Missing message.\r\n"
	     "h BAD Error in IMAP command APPEND: Missing message.\r\n");
	say("i APPEND INBOX \"x\" {1+}\r\na\r\nj APPEND INBOX {0+}\r\n\r\nk APPEND INBOX ~{1+}\r\nx\r\n");
	hear("i BAD Error in IMAP command APPEND: Invalid internal date.\r\n"
	     "j NO Can't save a zero byte message.\r\n"
	     "k BAD Error in IMAP command APPEND: Binary literals are not supported here.\r\n");
	say("l APPEND INBOX {1+}\r\na {0+}\r\n\r\nm APPEND INBOX {1+}\r\na junk\r\nn APPEND INBOX {1+}\r\na (\r\n");
	hear("l NO Can't save a zero byte message.\r\nm BAD Error in IMAP command APPEND: Invalid arguments.\r\n"
	     "n BAD Error in IMAP command APPEND: Missing ')'\r\n");
	roost_fail(&world_save_error, ROOST_ERR_OVERQUOTA, "Quota exceeded (mailbox for user is full)");
	say("o APPEND INBOX {5+}\r\nhello {3+}\r\nabc\r\np NOOP\r\n");
	hear("o NO [OVERQUOTA] Quota exceeded (mailbox for user is full)\r\np OK NOOP completed.\r\n");
	assert_int_equal(world_box("INBOX")->messages.count, 3);
}

static void large_messages_go_through_a_file(void **state)
{
	char *block = malloc(100001);

	memset(block, 'x', 100000);
	block[100000] = '\0';
	say("b APPEND Trash {300000}\r\n");
	hear("+ OK\r\n");
	for (int i = 0; i < 3; i++)
		say(block);
	say("\r\n");
	hear("b OK [APPENDUID 77 1] Append completed.\r\n");
	assert_int_equal(world_box("Trash")->messages.items[0].text.len, 300000);
	/* Hung up in the middle: nothing is there. */
	say("c APPEND Trash {300000+}\r\n");
	say(block);
	world_hang_up();
	assert_int_equal(world_box("Trash")->messages.count, 1);
	free(block);
}

static void append_to_the_selected_mailbox(void **state)
{
	select_inbox();
	say("b APPEND INBOX {3+}\r\nabc\r\n");
	hear("* 4 EXISTS\r\nb OK [APPENDUID 77 5] Append completed.\r\n");
}

static void idling(void **state)
{
	select_inbox();
	world_remove(world_box("INBOX"), 2);
	say("b IDLE\r\n");
	hear("+ idling\r\n* 2 EXPUNGE\r\n");
	world_deliver("INBOX", "new");
	world_wake();
	hear("* 3 EXISTS\r\n* 2 RECENT\r\n");
	world_wake();
	hear("");
	world_tick(120);
	hear("* OK Still here\r\n");
	say("DO");
	say("NE\r\nc NOOP\r\n");
	hear("b OK Idle completed.\r\nc OK NOOP completed.\r\n");
	say("d IDLE\r\n");
	hear("+ idling\r\n");
	say("junk\r\n");
	hear("d BAD Expected DONE.\r\n");
	world_tick(3600);
	assert_null(world_log());
}

static void idling_without_a_mailbox(void **state)
{
	say("b IDLE\r\ndone\n");
	hear("+ idling\r\nb OK Idle completed.\r\n");
	say("c IDLE\r\n");
	world_hang_up();
	assert_memory_equal(world_log(), "Disconnected: Connection closed (IDLE running", 45);
}

static void long_output_waits_for_the_client(void **state)
{
	select_inbox();
	world_stalled = true;
	fetch_left = 1000;
	say("b FETCH 1 X\r\nc NOOP\r\n");
	assert_true(fetch_left > 0);
	assert_true(world_output()->len < 80000);
	assert_true(world_paused());
	world_drain();
	assert_int_equal(fetch_left, 0);
	assert_non_null(strstr(world_output()->data, "b OK Fetch completed.\r\nc OK NOOP completed.\r\n"));
	assert_false(world_paused());
}

static void pipelined_commands_wait_too(void **state)
{
	select_inbox();
	world_stalled = true;
	for (int i = 0; i < 3000; i++)
		say("b LIST \"\" *\r\n");
	assert_true(world_output()->len < 70000);
	assert_true(world_paused());
	world_drain();
	assert_false(world_paused());
}

static void a_stalled_fetch_can_be_hung_up(void **state)
{
	select_inbox();
	world_stalled = true;
	fetch_left = 1000;
	say("b FETCH 1 X\r\n");
	world_hang_up();
	assert_memory_equal(world_log(), "Disconnected: Connection closed (FETCH running", 46);
}

static void features_are_enabled_once(void **state)
{
	say("b ENABLE FOO condstore\r\nc ENABLE CONDSTORE\r\nd ENABLE\r\n");
	hear("* ENABLED CONDSTORE\r\nb OK Enabled.\r\n* ENABLED\r\nc OK Enabled.\r\n"
	     "d BAD Error in IMAP command ENABLE: Invalid arguments.\r\n");
}

static void resynchronising(void **state)
{
	say("b SELECT INBOX (QRESYNC (77 1))\r\nc ENABLE QRESYNC\r\nd ENABLE CONDSTORE\r\n");
	hear("b BAD Error in IMAP command SELECT: QRESYNC not enabled.\r\n* ENABLED QRESYNC\r\nc OK Enabled.\r\n"
	     "* ENABLED\r\nd OK Enabled.\r\n");
	say("e SELECT INBOX (QRESYNC (77 4 1:9 (1:3 1:3)))\r\n");
	assert_non_null(strstr(world_output()->data, "* OK [HIGHESTMODSEQ 8] Highest\r\n"
		"* VANISHED (EARLIER) 3\r\n* 1 FETCH (UID 1 MODSEQ (7) FLAGS (\\Seen))\r\n"
		"* 2 FETCH (UID 2 MODSEQ (8) FLAGS ())\r\n* 3 FETCH (UID 4 MODSEQ (5) FLAGS (\\Recent))\r\n"
		"e OK [READ-WRITE] Select completed.\r\n"));
	roost_str_truncate(world_output(), 0);
	say("f SELECT INBOX (QRESYNC (77 7 1,2))\r\n");
	assert_non_null(strstr(world_output()->data, "Highest\r\n* 2 FETCH (UID 2 MODSEQ (8) FLAGS ())\r\n"
		"f OK [READ-WRITE]"));
	roost_str_truncate(world_output(), 0);
	say("g SELECT INBOX (QRESYNC (76 1))\r\n");
	assert_non_null(strstr(world_output()->data, "Highest\r\ng OK [READ-WRITE]"));
	roost_str_truncate(world_output(), 0);
	say("h SELECT INBOX (QRESYNC (77))\r\ni SELECT INBOX (QRESYNC (77 1 *))\r\nj SELECT INBOX (QRESYNC)\r\n");
	hear("h BAD Error in IMAP command SELECT: Invalid QRESYNC parameters.\r\n"
	     "i BAD Error in IMAP command SELECT: Invalid QRESYNC parameters.\r\n"
	     "j BAD Error in IMAP command SELECT: Invalid QRESYNC parameters.\r\n");
	say("k STORE 1:2 +FLAGS.SILENT (\\Deleted)\r\nl EXPUNGE\r\n");
	hear("* 1 FETCH (UID 1 MODSEQ (9))\r\n* 2 FETCH (UID 2 MODSEQ (10))\r\nk OK Store completed.\r\n"
	     "* VANISHED 1:2\r\nl OK [HIGHESTMODSEQ 12] Expunge completed.\r\n");
}

static void mistakes_are_limited(void **state)
{
	say("\r\nb\r\n* NOOP\r\nb FROB\r\nb UID NOOP\r\nb UID\r\nb NOOP (\r\nb UID FROB x\r\n");
	hear("* BAD Error in IMAP command received by server.\r\nb BAD Error in IMAP command received by server.\r\n"
	     "* BAD Error in IMAP command received by server.\r\nb BAD Error in IMAP command received by server.\r\n"
	     "b BAD Unknown command.\r\nb BAD Error in IMAP command received by server.\r\n"
	     "b BAD Error in IMAP command NOOP: Missing ')'\r\nb BAD Error in IMAP command received by server.\r\n");
	say("c NOOP\r\n");
	hear("c OK NOOP completed.\r\n");
	for (int i = 0; i < 19; i++)
		say("x\r\n");
	assert_null(world_log());
	say("x\r\nc NOOP\r\n");
	assert_non_null(strstr(world_output()->data, "* BYE Too many invalid IMAP commands.\r\n"));
	assert_null(strstr(world_output()->data, "c OK"));
	assert_memory_equal(world_log(), "Disconnected: Too many invalid commands ", 40);
}

static void long_commands_are_refused(void **state)
{
	for (int i = 0; i < 1000; i++)
		say("0123456789");
	say(" {3+}\r\nabc\r\nb NOOP\r\n");
	hear("* BAD Too long IMAP command.\r\nb OK NOOP completed.\r\n");
	say("c LIST \"\" {9000}\r\nd NOOP\r\ne LIST \"\" {8000}\r\n");
	hear("c BAD Literal is too large.\r\nd OK NOOP completed.\r\n+ OK\r\n");
	for (int i = 0; i < 800; i++)
		say("0123456789");
	say(" {1000+}\r\n");
	hear("e BAD Literal is too large.\r\n");
	for (int i = 0; i < 100; i++)
		say("0123456789");
	say("\r\nf NOOP\r\n");
	hear("f OK NOOP completed.\r\n");
	world_settings.imap_literal_minus = true;
	say("g LIST \"\" {5000+}\r\n");
	hear("g BAD Non-synchronizing literal is too large (RFC 7888).\r\n");
	for (int i = 0; i < 500; i++)
		say("0123456789");
	say("\r\nh APPEND INBOX {5000}\r\n");
	hear("+ OK\r\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_login_is_answered), TEST(logout_counts),
		TEST(a_lost_connection_says_after_what), TEST(selecting),
		TEST(closing_expunges_in_silence), TEST(storing_flags), TEST(bad_store_arguments),
		TEST(conditional_store), TEST(changes_are_told_when_they_may),
		TEST(delayed_new_mail), TEST(sets_and_what_they_mean), TEST(copying_and_moving),
		TEST(expunging), TEST(the_tree), TEST(subscriptions_and_lists),
		TEST(deleting_what_is_selected), TEST(appending),
		TEST(refused_appends_lose_nothing_of_what_follows),
		TEST(large_messages_go_through_a_file), TEST(append_to_the_selected_mailbox),
		TEST(idling), TEST(idling_without_a_mailbox),
		TEST(long_output_waits_for_the_client), TEST(pipelined_commands_wait_too),
		TEST(a_stalled_fetch_can_be_hung_up), TEST(features_are_enabled_once),
		TEST(resynchronising),
		TEST(mistakes_are_limited), TEST(long_commands_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
