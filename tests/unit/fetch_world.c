/* An IMAP session that needs no server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <roost/vec.h>
#include "tests/unit/fetch_world.h"

struct sent {
	struct roost_str before;
	struct roost_input *input;
	uint64_t len;
};

struct roost_conn {
	struct roost_str out;
	ROOST_VEC(struct sent) sent;	/* streams, and what stands before each */
	struct roost_str all;
};

struct fetch_world *fetch_world_create(struct roost_mailbox *box)
{
	struct fetch_world *world = calloc(1, sizeof(*world));

	world->imap.conn = calloc(1, sizeof(*world->imap.conn));
	world->imap.set = &world->settings;
	world->imap.box = box;
	world->imap.command.arena = roost_arena_create("command");
	return world;
}

static void gather(struct roost_conn *conn)
{
	for (size_t i = 0; i < conn->sent.count; i++) {
		struct sent *sent = &conn->sent.items[i];
		struct roost_error err;
		ssize_t got;

		roost_str_append(&conn->all, roost_str_text(&sent->before), sent->before.len);
		got = roost_input_read(sent->input, roost_str_reserve(&conn->all, (size_t)sent->len),
				       (size_t)sent->len, &err);
		if (got != (ssize_t)sent->len)
			abort();
		conn->all.len += (size_t)got;
		roost_input_unref(sent->input);
		roost_str_free(&sent->before);
	}
	conn->sent.count = 0;
	roost_str_append(&conn->all, roost_str_text(&conn->out), conn->out.len);
	roost_str_truncate(&conn->out, 0);
}

void fetch_world_free(struct fetch_world *world)
{
	struct roost_conn *conn = world->imap.conn;

	gather(conn);
	imap_saved_set(&world->imap, &(struct roost_set){ NULL, 0 });
	roost_arena_free(world->imap.command.arena);
	roost_vec_free(&conn->sent);
	roost_str_free(&conn->out);
	roost_str_free(&conn->all);
	free(conn);
	free(world);
}

const char *fetch_world_run(struct fetch_world *world, imap_run *run, bool uid, const char *text,
			   size_t *len)
{
	struct imap_command *cmd = &world->imap.command;
	struct roost_conn *conn = world->imap.conn;
	size_t size = strlen(text);
	const char *error;
	char *copy;

	roost_str_truncate(&conn->all, 0);
	copy = roost_arena_strndup(cmd->arena, text, size);
	cmd->uid = uid;
	cmd->tag = "t";
	cmd->running = true;
	world->resumed = 0;
	error = imap_args_parse(cmd->arena, copy, size, &cmd->args);
	if (error != NULL)
		imap_reply_bad(cmd, "%s", error);
	else
		run(&world->imap, cmd);
	while (cmd->resume != NULL) {
		void (*resume)(struct imap_session *imap, struct imap_command *cmd) = cmd->resume;

		cmd->resume = NULL;
		world->resumed++;
		resume(&world->imap, cmd);
	}
	gather(conn);
	if (len != NULL)
		*len = conn->all.len;
	return roost_str_text(&conn->all);
}

/* --- what sessions and connections do elsewhere --- */

static struct fetch_world *world_of(const struct imap_session *imap)
{
	return (struct fetch_world *)(uintptr_t)imap;
}

static struct imap_session *session_of(struct imap_command *cmd)
{
	return (struct imap_session *)(void *)((char *)cmd - offsetof(struct imap_session, command));
}

static void done(struct imap_command *cmd)
{
	struct roost_arena *arena = cmd->arena;

	world_of(session_of(cmd))->known = session_of(cmd)->known;
	*cmd = (struct imap_command){ .arena = arena };
	roost_arena_reset(arena);
}

#define REPLY(word) \
	do { \
		struct roost_str *out = imap_out(session_of(cmd)); \
		va_list args; \
		roost_str_printf(out, "%s %s", cmd->tag, word); \
		va_start(args, format); \
		roost_str_vprintf(out, format, args); \
		va_end(args); \
		roost_str_puts(out, "\r\n"); \
		done(cmd); \
	} while (0)

void imap_reply_ok(struct imap_command *cmd, const char *format, ...)
{
	REPLY("OK ");
}

void imap_reply_bad(struct imap_command *cmd, const char *format, ...)
{
	REPLY("BAD ");
}

void imap_reply_no(struct imap_command *cmd, const char *code, const char *format, ...)
{
	if (code != NULL) {
		char start[100];

		snprintf(start, sizeof(start), "NO [%s] ", code);
		REPLY(start);
	} else {
		REPLY("NO ");
	}
}

void imap_error_words(const struct imap_session *imap, const struct roost_error *err,
		      struct roost_str *out)
{
	roost_str_printf(out, "[%d] %s", (int)err->kind, err->text);
	(void)imap;
}

void imap_reply_err(struct imap_command *cmd, const struct roost_error *err)
{
	imap_reply_no(cmd, NULL, "kind %d", (int)err->kind);
}

void imap_disconnect(struct imap_session *imap, const char *bye, const char *reason)
{
	(void)reason;
	world_of(imap)->disconnected = true;
	roost_str_printf(imap_out(imap), "* BYE %s\r\n", bye);
	done(&imap->command);
}

bool imap_output_full(const struct imap_session *imap)
{
	return world_of(imap)->full;
}

void imap_command_wait_drained(struct imap_command *cmd,
	void (*resume)(struct imap_session *imap, struct imap_command *cmd))
{
	cmd->resume = resume;
}

void imap_condstore_enable(struct imap_session *imap)
{
	imap->enabled |= IMAP_ENABLED_CONDSTORE;
}

void imap_fetch_flags_line(struct imap_session *imap, uint32_t seq, bool with_uid)
{
	(void)with_uid;
	roost_str_printf(imap_out(imap), "* %u FETCH (FLAGS (", (unsigned)seq);
	imap_put_flags(imap_out(imap), imap, roost_mailbox_mail(imap->box, seq).flags, 0);
	roost_str_puts(imap_out(imap), "))\r\n");
}

struct roost_str *roost_conn_output(struct roost_conn *conn)
{
	return &conn->out;
}

void roost_conn_send_input(struct roost_conn *conn, struct roost_input *input, uint64_t len)
{
	roost_vec_push(&conn->sent, (struct sent){ conn->out, roost_input_ref(input), len });
	conn->out = (struct roost_str)ROOST_STR_INIT;
}

int roost_mailbox_vanished(struct roost_mailbox *box, uint64_t modseq,
			   const struct roost_set *known, struct roost_arena *arena,
			   struct roost_set *vanished, struct roost_error *err)
{
	static const struct roost_range range = { 3, 4 };

	(void)box;
	(void)modseq;
	(void)known;
	(void)arena;
	(void)err;
	*vanished = (struct roost_set){ &range, 1 };
	return 0;
}
