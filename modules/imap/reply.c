/* Tagged replies: the end of a command. One table from kinds of errors to codes of RFC 5530 (R-IM-7). */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "modules/imap/session.h"

const char *imap_error_code(const struct roost_error *err)
{
	static const struct { enum roost_error_kind kind; const char *code; } codes[] = {
		{ ROOST_ERR_TEMP, "UNAVAILABLE" }, { ROOST_ERR_NOTFOUND, "NONEXISTENT" },
		{ ROOST_ERR_EXISTS, "ALREADYEXISTS" }, { ROOST_ERR_INVALID, "CANNOT" },
		{ ROOST_ERR_NOPERM, "NOPERM" }, { ROOST_ERR_OVERQUOTA, "OVERQUOTA" },
		{ ROOST_ERR_LIMIT, "LIMIT" }, { ROOST_ERR_INUSE, "INUSE" },
		{ ROOST_ERR_CORRUPT, "CORRUPTION" }, { ROOST_ERR_UNSUPPORTED, "CANNOT" },
		{ ROOST_ERR_EXPUNGED, "EXPUNGEISSUED" }, { ROOST_ERR_NOSPACE, "OVERQUOTA" },
		{ ROOST_ERR_CONFIG, "SERVERBUG" }, { ROOST_ERR_TOOBIG, "TOOBIG" },
	};

	for (size_t i = 0; i < ROOST_COUNT(codes); i++) {
		if (codes[i].kind == err->kind)
			return codes[i].code;
	}
	return NULL;
}

/* Whether the administrator, not the client, can do something about it. */
static bool is_ours(const struct roost_error *err)
{
	switch (err->kind) {
	case ROOST_ERR_TEMP:
	case ROOST_ERR_CONFIG:
	case ROOST_ERR_CORRUPT:
	case ROOST_ERR_NOSPACE:
		return true;
	default:
		return err->detail[0] != '\0';
	}
}

/* The time ties what the user reports to the line in the log. */
static void put_internal(struct roost_str *out)
{
	time_t now = (time_t)(roost_loop_time() / ROOST_SEC);
	struct tm local;
	char stamp[32];

	localtime_r(&now, &local);
	strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", &local);
	roost_str_printf(out, "[SERVERBUG] Internal error occurred. Refer to server log for more "
			 "information. [%s]", stamp);
}

static void put_words(const struct imap_session *imap, const struct roost_error *err,
		      const char *code, struct roost_str *out)
{
	if (is_ours(err))
		roost_log(roost_session_log(imap->session), ROOST_LOG_ERROR, "%s",
			  roost_error_log(err));
	if ((err->kind == ROOST_ERR_TEMP && err->detail[0] != '\0') ||
	    err->kind == ROOST_ERR_CONFIG) {
		put_internal(out);
		return;
	}
	if (code != NULL)
		roost_str_printf(out, "[%s] ", code);
	imap_put_text(out, err->text);
}

void imap_error_words(const struct imap_session *imap, const struct roost_error *err,
		      struct roost_str *out)
{
	put_words(imap, err, imap_error_code(err), out);
}

static struct roost_str *begin(struct imap_command *cmd)
{
	struct roost_str *out = imap_out(imap_of(cmd));

	roost_str_puts(out, cmd->tag == NULL ? "*" : cmd->tag);
	roost_str_byte(out, ' ');
	return out;
}

static void end(struct imap_command *cmd, struct roost_str *out)
{
	roost_str_append(out, "\r\n", 2);
	imap_command_done(cmd);
}

/* What changed meanwhile is told before the tagged line. A mailbox that fails is no command's fault. */
static void sync_first(struct imap_command *cmd)
{
	struct imap_session *imap = imap_of(cmd);
	uint32_t flags = cmd->def == NULL ? IMAP_CMD_NO_SYNC : cmd->def->flags;
	struct roost_error err;

	if (imap->box == NULL || imap->leaving || (flags & IMAP_CMD_NO_SYNC) != 0)
		return;
	if ((imap->workarounds & IMAP_WORKAROUND_DELAY_NEWMAIL) != 0 &&
	    (flags & IMAP_CMD_NEWS) == 0)
		return;
	if (imap_sync(imap, (flags & IMAP_CMD_KEEP_EXPUNGED) != 0 && !cmd->uid ?
		      ROOST_SYNC_KEEP_EXPUNGED : 0, cmd->uid, &err) < 0)
		imap_box_failed(imap, &err);
}

void imap_reply_ok(struct imap_command *cmd, const char *format, ...)
{
	struct roost_str *out;
	va_list args;

	sync_first(cmd);
	imap_of(cmd)->bad_commands = 0;
	out = begin(cmd);
	roost_str_append(out, "OK ", 3);
	va_start(args, format);
	roost_str_vprintf(out, format, args);
	va_end(args);
	end(cmd, out);
}

void imap_reply_no(struct imap_command *cmd, const char *code, const char *format, ...)
{
	struct roost_str *out;
	va_list args;

	sync_first(cmd);
	out = begin(cmd);
	roost_str_append(out, "NO ", 3);
	if (code != NULL)
		roost_str_printf(out, "[%s] ", code);
	va_start(args, format);
	roost_str_vprintf(out, format, args);
	va_end(args);
	end(cmd, out);
}

static void reply_err(struct imap_command *cmd, const struct roost_error *err, const char *code)
{
	struct roost_str *out;

	sync_first(cmd);
	out = begin(cmd);
	roost_str_append(out, "NO ", 3);
	put_words(imap_of(cmd), err, code, out);
	end(cmd, out);
}

void imap_reply_err(struct imap_command *cmd, const struct roost_error *err)
{
	reply_err(cmd, err, imap_error_code(err));
}

void imap_reply_err_target(struct imap_command *cmd, const struct roost_error *err)
{
	reply_err(cmd, err, err->kind == ROOST_ERR_NOTFOUND ? "TRYCREATE" : imap_error_code(err));
}

void imap_reply_err_select(struct imap_command *cmd, const struct roost_error *err)
{
	reply_err(cmd, err, err->kind == ROOST_ERR_NOTFOUND ? NULL : imap_error_code(err));
}

void imap_reply_bad(struct imap_command *cmd, const char *format, ...)
{
	struct imap_session *imap = imap_of(cmd);
	struct roost_str *out = begin(cmd);
	va_list args;

	roost_str_puts(out, "BAD ");
	if (cmd->name != NULL)
		roost_str_printf(out, "Error in IMAP command %s%s: ", cmd->uid ? "UID " : "",
				 cmd->name);
	va_start(args, format);
	roost_str_vprintf(out, format, args);
	va_end(args);
	imap->bad_commands++;
	end(cmd, out);
}
