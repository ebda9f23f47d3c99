/*
 * APPEND: messages come in as literals, of any size, several in one command. RFC 9051 section 6.3.12,
 * RFC 3502 (MULTIAPPEND), APPENDUID of RFC 4315. Nothing is visible before all of it is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <roost/date.h>
#include "modules/imap/session.h"

enum { IN_MEMORY = 128 * 1024 };	/* larger messages are spooled to a file */

struct append {
	struct roost_saving *saving;
	/* the message that comes in */
	struct roost_save_options options;
	const char *const *keywords;
	uint64_t left;
	struct roost_str memory;
	int spool;			/* -1: in memory */
	unsigned messages;
	bool failed;
	struct roost_error err;		/* the first one; what follows is read and forgotten */
};

static void drop_spool(struct append *append)
{
	roost_str_free(&append->memory);
	if (append->spool >= 0)
		close(append->spool);
	append->spool = -1;
}

void imap_append_abandon(struct imap_session *imap, struct imap_command *cmd)
{
	struct append *append = cmd->state;

	if (append == NULL)
		return;
	drop_spool(append);
	roost_save_abort(append->saving);
	append->saving = NULL;
	cmd->state = NULL;
}

/* Undo everything, with the reply that tells why. */
static void fail(struct imap_session *imap, struct imap_command *cmd,
		 const struct roost_error *err)
{
	struct roost_error copy = *err;

	imap_append_abandon(imap, cmd);
	imap_reply_err_target(cmd, &copy);
}

/* [(flags)] ["date"]; what is wrong, or NULL. */
static const char *parse_options(struct imap_session *imap, struct imap_command *cmd,
				 const struct imap_arg *arg)
{
	static const char *const no_keywords[] = { NULL };
	struct append *append = cmd->state;
	const char *error, *date;
	int zone;

	append->options = (struct roost_save_options){ 0 };
	append->keywords = no_keywords;
	if (arg->type == IMAP_ARG_LIST) {
		const struct imap_arg list[] = { *arg, { .type = IMAP_ARG_END } };

		error = imap_flags_parse(imap, cmd->arena, list, &append->options.flags,
					 &append->keywords);
		if (error != NULL)
			return error;
		arg++;
	}
	if ((date = imap_arg_string(arg)) != NULL) {
		if (!roost_date_parse_internal((struct roost_text){ date, arg->len },
					       &append->options.internaldate, &zone))
			return "Invalid internal date.";
		arg++;
	}
	return arg->type == IMAP_ARG_END ? NULL : "Invalid arguments.";
}

/* A nameless file in mail_temp_dir; where that cannot be had, anonymous memory. */
static int open_spool(struct imap_session *imap, struct roost_error *err)
{
	const char *dir = roost_scope_value(roost_session_scope(imap->session), "mail_temp_dir");
	int fd = -1;

	if (dir != NULL && *dir != '\0')
		fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = memfd_create("append", MFD_CLOEXEC);
	if (fd < 0)
		return roost_fail_errno(err, "spool in %s", dir == NULL ? "memory" : dir);
	return fd;
}

static void keep_error(struct append *append, const struct roost_error *err)
{
	if (!append->failed)
		append->err = *err;
	append->failed = true;
	drop_spool(append);
}

static void spool(struct append *append, const char *data, size_t len)
{
	struct roost_error err;

	if (append->failed)
		return;
	if (append->spool < 0) {
		roost_str_append(&append->memory, data, len);
		return;
	}
	while (len > 0) {
		ssize_t done = write(append->spool, data, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0) {
			roost_fail_errno(&err, "write to the spool");
			keep_error(append, &err);
			return;
		}
		data += done;
		len -= (size_t)done;
	}
}

/* One message is whole. */
static void add_message(struct append *append)
{
	struct roost_input *message;
	struct roost_error err;

	append->messages++;
	if (append->failed)
		return;
	if (append->spool >= 0)
		message = roost_input_take_fd(append->spool);
	else
		message = roost_input_take_str(&append->memory);
	append->spool = -1;
	if (roost_save_add(append->saving, message, &append->options, append->keywords, &err) < 0)
		keep_error(append, &err);
	roost_input_unref(message);
}

static bool append_input(struct imap_session *imap, struct imap_command *cmd)
{
	struct append *append = cmd->state;
	size_t len;
	const char *input = roost_conn_input(imap->conn, &len);

	if (len > append->left)
		len = (size_t)append->left;
	spool(append, input, len);
	roost_conn_consume(imap->conn, len);
	append->left -= len;
	if (append->left == 0) {
		add_message(append);
		cmd->input = NULL;	/* the command goes on: another message, or its end */
	}
	return true;
}

/* The literal begins; a failure here is replied to before the client has sent it, if it waits. */
static void begin_message(struct imap_session *imap, struct imap_command *cmd)
{
	struct append *append = cmd->state;
	struct roost_error err;

	append->left = imap->intake.literal;
	if (append->left > IN_MEMORY) {
		append->spool = open_spool(imap, &err);
		if (append->spool < 0) {
			fail(imap, cmd, &err);
			return;
		}
	} else {
		roost_str_reserve(&append->memory, (size_t)append->left);
	}
	if (imap->intake.literal_sync)
		roost_str_puts(imap_out(imap), "+ OK\r\n");
	imap_intake_take(&imap->intake);
	cmd->input = append_input;
}

/* The mailbox comes with the first message. false: the reply is out. */
static bool begin_append(struct imap_session *imap, struct imap_command *cmd)
{
	const char *name = imap_mailbox_arg(imap, cmd, cmd->args);
	struct append *append;
	struct roost_error err;

	if (name == NULL)
		return false;
	append = roost_arena_new(cmd->arena, struct append);
	append->spool = -1;
	if (roost_save_begin(imap->user, name, &append->saving, &err) < 0) {
		imap_reply_err_target(cmd, &err);
		return false;
	}
	cmd->state = append;
	return true;
}

bool imap_append_literal(struct imap_session *imap, struct imap_command *cmd)
{
	bool first = cmd->state == NULL;
	const struct imap_arg *options = cmd->args;
	struct append *append;
	const char *error;

	if (first && cmd->args->type == IMAP_ARG_END)
		return false;		/* it is the mailbox's name */
	if (first) {
		if (!begin_append(imap, cmd))
			return true;
		options++;
	}
	append = cmd->state;
	error = parse_options(imap, cmd, options);
	if (error == NULL && imap->intake.literal8)
		error = "Binary literals are not supported here.";
	if (error != NULL) {
		imap_append_abandon(imap, cmd);
		imap_reply_bad(cmd, "%s", error);
	} else if (append->failed) {
		fail(imap, cmd, &append->err);
	} else if (imap->intake.literal == 0) {
		/* RFC 3502 section 3.1: this is how a client changes its mind. */
		imap_append_abandon(imap, cmd);
		imap_reply_no(cmd, NULL, "Can't save a zero byte message.");
	} else {
		begin_message(imap, cmd);
	}
	return true;
}

static void commit(struct imap_session *imap, struct imap_command *cmd)
{
	struct append *append = cmd->state;
	struct roost_saving *saving = append->saving;
	struct roost_str uids = ROOST_STR_INIT;
	struct roost_set set;
	struct roost_error err;
	uint32_t uidvalidity;

	append->saving = NULL;		/* gone, also when it fails */
	if (roost_save_commit(saving, cmd->arena, &uidvalidity, &set, &err) < 0) {
		fail(imap, cmd, &err);
		return;
	}
	imap->count.append += append->messages;
	imap_put_set(&uids, &set);
	cmd->state = NULL;
	imap_reply_ok(cmd, "[APPENDUID %u %s] Append completed.", uidvalidity,
		      roost_str_text(&uids));
	roost_str_free(&uids);
}

/* Behind the last literal, or there was none. */
void imap_cmd_append(struct imap_session *imap, struct imap_command *cmd)
{
	struct append *append = cmd->state;

	if (append == NULL) {
		imap_reply_bad(cmd, "Missing message.");
	} else if (cmd->args->type != IMAP_ARG_END) {
		imap_append_abandon(imap, cmd);
		imap_reply_bad(cmd, "Invalid arguments.");
	} else if (append->failed) {
		fail(imap, cmd, &append->err);
	} else {
		commit(imap, cmd);
	}
}
