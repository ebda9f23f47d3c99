/*
 * A session in the worker: from its first word to its last. Takes commands in, one at a time, and
 * lets them go on when what they wait for is there. The life of a command: README.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "modules/imap/session.h"

enum {
	OUTPUT_FULL = 64 * 1024,	/* bytes that may wait for a slow client before we do */
	BAD_MAX = 20,
};
#define AUTOLOGOUT (30 * 60 * ROOST_SEC)	/* RFC 9051 section 5.4 */
#define LAST_WORDS (10 * ROOST_SEC)		/* for output to leave after BYE */

/* Of the last session that ended: opening his mailboxes anew costs more than a command. */
static struct roost_user *kept_user;

void imap_user_gone(void)
{
	roost_user_unref(kept_user);
	kept_user = NULL;
}

/* --- the end --- */

static void free_session(void *context)
{
	struct imap_session *imap = context;

	roost_arena_free(imap->command.arena);
	roost_arena_free(imap->arena);
}

static void nothing(struct roost_conn *conn, void *context)
{
}

static void closed_already(struct roost_conn *conn, void *context, const struct roost_error *err)
{
}

static const struct roost_conn_ops no_ops = { .input = nothing, .closed = closed_already };

static void end_session(struct imap_session *imap)
{
	static const struct roost_set none;
	struct roost_str line = ROOST_STR_INIT;

	if (imap->ended)
		return;
	imap->ended = true;
	if (imap->command.def != NULL && imap->command.def->abandon != NULL)
		imap->command.def->abandon(imap, &imap->command);
	imap_logout_line(imap, imap->end_reason, &line);
	imap_unselect(imap);
	imap_saved_set(imap, &none);
	roost_loop_timer_free(imap->timer);
	imap_intake_free(&imap->intake);
	roost_conn_set_ops(imap->conn, &no_ops, NULL);
	roost_session_set_state(imap->session, NULL);
	roost_session_end(imap->session, line.data);
	roost_str_free(&line);
	imap_user_gone();
	kept_user = imap->user;
	/* What was deferred before this still looks at us. */
	roost_loop_defer(free_session, imap);
}

/* Once the last words have left. */
static void end_soon(void *context)
{
	struct imap_session *imap = context;

	if (imap->ended)
		return;
	if (imap->broken || roost_conn_pending(imap->conn) == 0)
		end_session(imap);
	else
		roost_loop_timer_again(imap->timer, LAST_WORDS);
}

/* Callers are deep in commands: the end comes when they have returned. */
void imap_leave(struct imap_session *imap, const char *reason)
{
	if (imap->leaving)
		return;
	imap->leaving = true;
	imap->end_reason = roost_arena_strdup(imap->arena, reason);
	roost_loop_defer(end_soon, imap);
}

void imap_disconnect(struct imap_session *imap, const char *bye, const char *reason)
{
	if (imap->leaving)
		return;
	roost_str_printf(imap_out(imap), "* BYE %s\r\n", bye);
	imap_leave(imap, reason);
}

void imap_shutdown(struct roost_session *session, const char *why)
{
	struct imap_session *imap = roost_session_state(session);
	char reason[256];

	if (imap == NULL)
		return;
	snprintf(reason, sizeof(reason), "Disconnected: %s", why);
	imap_disconnect(imap, why, reason);
}

void imap_box_failed(struct imap_session *imap, const struct roost_error *err)
{
	struct roost_str words = ROOST_STR_INIT;

	if (imap->leaving)
		return;
	imap_error_words(imap, err, &words);
	imap_disconnect(imap, roost_str_text(&words), "Disconnected: Mailbox failed");
	roost_str_free(&words);
}

/* --- commands --- */

void imap_command_done(struct imap_command *cmd)
{
	struct imap_session *imap = imap_of(cmd);
	struct roost_arena *arena = cmd->arena;

	if (cmd->def != NULL && cmd->def->abandon != NULL)
		cmd->def->abandon(imap, cmd);
	imap->last_command = cmd->def == NULL ? NULL : cmd->def->name;
	imap->last_finished = roost_loop_steady();
	imap->known = NULL;
	imap->known_len = 0;
	if (cmd->running)
		imap_intake_reset(&imap->intake);
	else
		imap_intake_skip(&imap->intake);	/* replied before it was whole */
	*cmd = (struct imap_command){ .arena = arena };
	roost_arena_reset(arena);
	if (imap->bad_commands >= BAD_MAX)
		imap_disconnect(imap, "Too many invalid IMAP commands.",
				"Disconnected: Too many invalid commands");
}

/* What is the matter with it here and now; NULL: nothing. */
static const char *refusal(const struct imap_session *imap, const struct imap_command *cmd)
{
	if (cmd->uid ? (cmd->def->flags & (IMAP_CMD_UID | IMAP_CMD_UID_ONLY)) == 0 :
		       (cmd->def->flags & IMAP_CMD_UID_ONLY) != 0)
		return "Unknown command.";
	if ((cmd->def->flags & IMAP_CMD_SELECTED) != 0 && imap->box == NULL)
		return "No mailbox selected.";
	return NULL;
}

/* Tag and name of what is in text, which is changed; false: the BAD is out. rest: what follows. */
static bool identify(struct imap_session *imap, char *text, size_t len, char **rest)
{
	struct imap_command *cmd = &imap->command;
	char *end = text + len;

	if (!imap_command_split(text, len, &cmd->tag, &cmd->name, rest)) {
		cmd->name = NULL;
		imap_reply_bad(cmd, "Error in IMAP command received by server.");
		return false;
	}
	if (strcmp(cmd->name, "UID") == 0) {
		char *word = *rest;
		size_t word_len = strcspn(word, " ");

		cmd->uid = true;
		for (char *c = word; c < word + word_len; c++) {
			if (*c >= 'a' && *c <= 'z')
				*c = (char)(*c - 'a' + 'A');
		}
		*rest = word + word_len < end ? word + word_len + 1 : end;
		word[word_len] = '\0';
		cmd->name = word;
	}
	cmd->def = imap_command_find(cmd->name);
	if (cmd->def == NULL) {
		cmd->uid = false;
		cmd->name = NULL;
		imap_reply_bad(cmd, "Error in IMAP command received by server.");
		return false;
	}
	return true;
}

/* A whole command, or the last piece of one that took literals itself. */
static void run_command(struct imap_session *imap)
{
	struct imap_command *cmd = &imap->command;
	char *text = imap->intake.text.data, *rest = text;
	size_t len = imap->intake.text.len;
	const char *error;

	cmd->running = true;
	if (cmd->def == NULL && !identify(imap, text, len, &rest))
		return;
	error = imap_args_parse(cmd->arena, rest, (size_t)(text + len - rest), &cmd->args);
	if (error != NULL) {
		imap_reply_bad(cmd, "%s", error);
	} else if ((error = refusal(imap, cmd)) != NULL) {
		cmd->name = NULL;
		imap_reply_bad(cmd, "%s", error);
	} else {
		cmd->def->run(imap, cmd);
	}
}

/* Reply to a command that is not whole yet; what belongs to it is skipped. */
static void refuse(struct imap_session *imap, const char *text)
{
	struct imap_command *cmd = &imap->command;
	char *copy = roost_arena_dup(cmd->arena, roost_str_text(&imap->intake.text),
				     imap->intake.text.len + 1), *rest;

	if (cmd->tag == NULL &&
	    !imap_command_split(copy, imap->intake.text.len, &cmd->tag, &cmd->name, &rest))
		cmd->tag = NULL;
	cmd->name = NULL;
	if (cmd->def != NULL && cmd->def->abandon != NULL)
		cmd->def->abandon(imap, cmd);
	cmd->def = NULL;
	imap_reply_bad(cmd, "%s", text);
}

/* Which command it is whose literal is announced, if it takes literals itself; by its first bytes. */
static const struct imap_command_def *literal_taker(const struct roost_str *text)
{
	const struct imap_command_def *def;
	const char *tag, *name;
	char start[128], *rest;
	size_t len = text->len < sizeof(start) ? text->len : sizeof(start) - 1;

	memcpy(start, text->data, len);
	start[len] = '\0';
	if (!imap_command_split(start, len, &tag, &name, &rest))
		return NULL;
	def = imap_command_find(name);
	return def != NULL && def->literal != NULL ? def : NULL;
}

/* Whether the command has taken the literal, or has been refused. Others wait until they are whole. */
static bool command_takes_literal(struct imap_session *imap)
{
	struct imap_command *cmd = &imap->command;
	bool first = cmd->def == NULL;
	size_t len = imap->intake.announced_at;
	char *copy, *rest;
	const char *error;

	if (first && (cmd->def = literal_taker(&imap->intake.text)) == NULL)
		return false;
	copy = rest = roost_arena_alloc(cmd->arena, len + 1);
	memcpy(copy, imap->intake.text.data, len);
	copy[len] = '\0';
	if (first)
		(void)imap_command_split(copy, len, &cmd->tag, &cmd->name, &rest);
	error = imap_args_parse(cmd->arena, rest, (size_t)(copy + len - rest), &cmd->args);
	if (error != NULL) {
		refuse(imap, error);
		return true;
	}
	if (cmd->def->literal(imap, cmd))
		return true;
	if (first) {
		/* It is an argument after all: the whole will be split again. */
		cmd->tag = cmd->name = NULL;
		cmd->def = NULL;
	}
	return false;
}

static void literal_announced(struct imap_session *imap)
{
	struct imap_intake *intake = &imap->intake;

	if (!intake->literal_sync && imap->set->imap_literal_minus && intake->literal > 4096) {
		refuse(imap, "Non-synchronizing literal is too large (RFC 7888).");
		return;
	}
	if (command_takes_literal(imap))
		return;
	if (intake->literal > intake->limit ||
	    intake->text.len + intake->literal > intake->limit) {
		refuse(imap, "Literal is too large.");
		return;
	}
	if (intake->literal_sync)
		roost_str_puts(imap_out(imap), "+ OK\r\n");
	imap_intake_accept(intake);
}

/* One thing; false when there is nothing (more) to do now. */
static bool step(struct imap_session *imap)
{
	struct imap_command *cmd = &imap->command;
	enum imap_intake_result result;
	size_t len, used;
	const char *input;

	if (cmd->running && cmd->input == NULL)
		return false;
	input = roost_conn_input(imap->conn, &len);
	if (len == 0)
		return false;
	if (cmd->input != NULL)
		return cmd->input(imap, cmd);
	if (imap_output_full(imap)) {
		imap->throttled = true;
		return false;
	}
	result = imap_intake(&imap->intake, input, len, &used);
	roost_conn_consume(imap->conn, used);
	if (result == IMAP_INTAKE_COMMAND)
		run_command(imap);
	else if (result == IMAP_INTAKE_LITERAL)
		literal_announced(imap);
	else if (result == IMAP_INTAKE_TOO_LONG)
		refuse(imap, "Too long IMAP command.");
	return true;
}

static void work(struct imap_session *imap)
{
	if (imap->in_input || imap->ended)
		return;
	imap->in_input = true;
	while (!imap->leaving && step(imap))
		;
	imap->in_input = false;
	roost_conn_pause(imap->conn, imap->throttled || imap->leaving ||
			 (imap->command.running && imap->command.input == NULL));
}

bool imap_output_full(const struct imap_session *imap)
{
	if (roost_conn_pending(imap->conn) < OUTPUT_FULL)
		return false;
	roost_conn_flush(imap->conn);
	return roost_conn_pending(imap->conn) >= OUTPUT_FULL;
}

static void go_on(void *context)
{
	struct imap_session *imap = context;
	struct imap_command *cmd = &imap->command;
	void (*resume)(struct imap_session *, struct imap_command *) = cmd->resume;

	if (imap->ended || imap->leaving)
		return;
	imap->throttled = false;
	imap->last_active = roost_loop_steady();
	if (resume != NULL) {
		cmd->resume = NULL;
		imap->in_input = true;
		resume(imap, cmd);
		imap->in_input = false;
	}
	work(imap);
}

void imap_command_wait_drained(struct imap_command *cmd,
	void (*resume)(struct imap_session *imap, struct imap_command *cmd))
{
	struct imap_session *imap = imap_of(cmd);

	cmd->resume = resume;
	if (roost_conn_pending(imap->conn) == 0)
		roost_loop_defer(go_on, imap);	/* nothing is there that could drain */
}

/* --- the connection --- */

static void conn_input(struct roost_conn *conn, void *context)
{
	struct imap_session *imap = context;

	imap->last_active = roost_loop_steady();
	work(imap);
}

static void conn_drained(struct roost_conn *conn, void *context)
{
	struct imap_session *imap = context;

	if (imap->leaving)
		end_session(imap);
	else
		go_on(imap);
}

/* "Connection closed (UID FETCH finished 0.296 secs ago)": R-LG-2. */
static void conn_closed(struct roost_conn *conn, void *context, const struct roost_error *err)
{
	struct imap_session *imap = context;
	int64_t ago = roost_loop_steady() - imap->last_finished;
	const char *reason = "Disconnected: Connection closed";

	imap->broken = true;
	if (imap->leaving) {
		end_session(imap);
		return;
	}
	if (err->kind != ROOST_ERR_CLOSED)
		reason = roost_arena_printf(imap->arena, "Disconnected: Connection closed: %s",
					    roost_error_log(err));
	else if (imap->command.running)
		reason = roost_arena_printf(imap->arena, "Disconnected: Connection closed "
			"(%s running for %.3f secs)", imap->command.def->name,
			(double)(roost_loop_steady() - imap->last_active) / (double)ROOST_SEC);
	else if (imap->last_command != NULL)
		reason = roost_arena_printf(imap->arena, "Disconnected: Connection closed "
			"(%s finished %.3f secs ago)", imap->last_command,
			(double)ago / (double)ROOST_SEC);
	imap_leave(imap, reason);
}

static const struct roost_conn_ops conn_ops = {
	.input = conn_input, .drained = conn_drained, .closed = conn_closed,
};

/* IDLE is no inactivity: its lines tell a dead peer. */
static void timer_due(void *context)
{
	struct imap_session *imap = context;
	int64_t quiet = roost_loop_steady() - imap->last_active;

	if (imap->leaving)
		end_session(imap);
	else if (imap->command.running && imap->command.input != NULL)
		roost_loop_timer_again(imap->timer, AUTOLOGOUT);
	else if (quiet < AUTOLOGOUT)
		roost_loop_timer_again(imap->timer, AUTOLOGOUT - quiet);
	else
		imap_disconnect(imap, "Disconnected for inactivity.",
				"Disconnected for inactivity");
}

/* --- the beginning --- */

static uint32_t workarounds(const struct imap_settings *set)
{
	static const struct { const char *name; uint32_t flag; } names[] = {
		{ "delay-newmail", IMAP_WORKAROUND_DELAY_NEWMAIL },
		{ "tb-extra-mailbox-sep", IMAP_WORKAROUND_TB_EXTRA_SEP },
		{ "tb-lsub-flags", IMAP_WORKAROUND_TB_LSUB_FLAGS },
	};
	uint32_t flags = 0;

	for (const char *const *word = set->imap_client_workarounds; *word != NULL; word++) {
		for (size_t i = 0; i < ROOST_COUNT(names); i++)
			flags |= strcasecmp(*word, names[i].name) == 0 ? names[i].flag : 0;
	}
	return flags;
}

/* The tagged OK of the login; a client that has seen our list before login gets the news apart (R-IM-2). */
static void greet(struct imap_session *imap)
{
	struct roost_str *out = imap_out(imap);
	const char *tag = roost_session_tag(imap->session);

	if (roost_session_preauth(imap->session) || *tag == '\0') {
		roost_str_puts(out, "* PREAUTH [CAPABILITY ");
		imap_capability_session(out, imap);
		roost_str_printf(out, "] Logged in as %s\r\n", roost_session_user(imap->session));
	} else if (*tag == '+') {
		roost_str_puts(out, "* CAPABILITY ");
		imap_capability_session(out, imap);
		roost_str_printf(out, "\r\n%s OK Logged in\r\n", tag + 1);
	} else {
		roost_str_printf(out, "%s OK [CAPABILITY ", tag);
		imap_capability_session(out, imap);
		roost_str_puts(out, "] Logged in\r\n");
	}
}

/* Nothing can be served: the login fails with the words of R-PDB-9. */
static void refuse_session(struct roost_session *session, const struct roost_error *err)
{
	const char *tag = roost_session_tag(session);
	struct roost_str *out = roost_conn_output(roost_session_conn(session));

	roost_log(roost_session_log(session), ROOST_LOG_ERROR, "%s", roost_error_log(err));
	tag += *tag == '+';
	if (*tag != '\0')
		roost_str_printf(out, "%s NO [UNAVAILABLE] Internal error occurred. Refer to server "
				 "log for more information.\r\n", tag);
	roost_str_puts(out, "* BYE [UNAVAILABLE] Internal error occurred.\r\n");
	roost_session_end(session, "Disconnected: Initialization failed");
}

void imap_serve(struct roost_session *session)
{
	struct roost_arena *arena;
	struct imap_session *imap;
	struct roost_user *user;
	const void *settings;
	struct roost_error err;

	if (roost_settings_get(roost_session_scope(session), &imap_settings_schema, &settings,
			       &err) < 0 ||
	    roost_user_open(session, &user, &err) < 0) {
		refuse_session(session, &err);
		return;
	}
	arena = roost_arena_create("imap session");
	imap = roost_arena_new(arena, struct imap_session);
	imap->arena = arena;
	imap->session = session;
	imap->conn = roost_session_conn(session);
	imap->set = settings;
	imap->user = user;
	imap->workarounds = workarounds(imap->set);
	imap->intake.limit = imap->set->imap_max_line_length < 8192 ? 8192 :
		(size_t)imap->set->imap_max_line_length;
	imap->command.arena = roost_arena_create("imap command");
	imap->last_active = imap->last_finished = roost_loop_steady();
	imap->timer = roost_loop_timer(AUTOLOGOUT, timer_due, imap);
	roost_session_set_state(session, imap);
	roost_conn_set_ops(imap->conn, &conn_ops, imap);
	greet(imap);
}
