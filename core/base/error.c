/* Error kinds, public texts and private details. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <roost/error.h>
#include <roost/utf8.h>

/* What a client reads when the cause is only for the log. */
static const char *general_text(enum roost_error_kind kind)
{
	switch (kind) {
	case ROOST_ERR_NOTFOUND:	return "Not found";
	case ROOST_ERR_EXISTS:		return "Already exists";
	case ROOST_ERR_INVALID:		return "Invalid argument";
	case ROOST_ERR_NOPERM:		return "Permission denied";
	case ROOST_ERR_OVERQUOTA:	return "Quota exceeded (mailbox for user is full)";
	case ROOST_ERR_LIMIT:		return "Limit reached";
	case ROOST_ERR_INUSE:		return "In use";
	case ROOST_ERR_CORRUPT:		return "Stored data is damaged";
	case ROOST_ERR_UNSUPPORTED:	return "Not supported";
	case ROOST_ERR_EXPUNGED:	return "Message was expunged";
	case ROOST_ERR_NOSPACE:		return "Not enough disk space";
	case ROOST_ERR_CLOSED:		return "Connection closed";
	case ROOST_ERR_TOOBIG:		return "Message is too large";
	default:
		return "Internal error occurred. Refer to server log for more information.";
	}
}

static void format_cut(char *out, size_t size, const char *format, va_list args)
{
	int len = vsnprintf(out, size, format, args);

	if (len >= 0 && (size_t)len >= size)
		out[roost_utf8_cut(out, size - 1, size - 1)] = '\0';
}

int roost_fail(struct roost_error *err, enum roost_error_kind kind, const char *format, ...)
{
	va_list args;

	if (err == NULL)
		return -1;
	err->kind = kind;
	err->detail[0] = '\0';
	va_start(args, format);
	format_cut(err->text, sizeof(err->text), format, args);
	va_end(args);
	return -1;
}

int roost_fail_detail(struct roost_error *err, enum roost_error_kind kind,
		      const char *format, ...)
{
	va_list args;

	if (err == NULL)
		return -1;
	err->kind = kind;
	snprintf(err->text, sizeof(err->text), "%s", general_text(kind));
	va_start(args, format);
	format_cut(err->detail, sizeof(err->detail), format, args);
	va_end(args);
	return -1;
}

static enum roost_error_kind kind_from_errno(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:	return ROOST_ERR_NOTFOUND;
	case EACCES:
	case EPERM:
	case EROFS:	return ROOST_ERR_NOPERM;
	case EEXIST:	return ROOST_ERR_EXISTS;
	case ENOSPC:
	case EDQUOT:	return ROOST_ERR_NOSPACE;
	case EPIPE:
	case ECONNRESET: return ROOST_ERR_CLOSED;
	default:	return ROOST_ERR_TEMP;
	}
}

int roost_fail_errno(struct roost_error *err, const char *format, ...)
{
	int number = errno;
	va_list args;
	size_t len;

	if (err == NULL)
		return -1;
	err->kind = kind_from_errno(number);
	snprintf(err->text, sizeof(err->text), "%s", general_text(err->kind));
	va_start(args, format);
	format_cut(err->detail, sizeof(err->detail), format, args);
	va_end(args);
	len = strlen(err->detail);
	snprintf(err->detail + len, sizeof(err->detail) - len, ": %s", strerror(number));
	errno = number;
	return -1;
}

int roost_fail_prefix(struct roost_error *err, const char *format, ...)
{
	char old[sizeof(err->detail)];
	va_list args;
	size_t len;

	if (err == NULL)
		return -1;
	memcpy(old, roost_error_log(err), strlen(roost_error_log(err)) + 1);
	va_start(args, format);
	format_cut(err->detail, sizeof(err->detail), format, args);
	va_end(args);
	len = strlen(err->detail);
	if (len + 3 < sizeof(err->detail))
		snprintf(err->detail + len, sizeof(err->detail) - len, ": %.*s",
			 (int)(sizeof(err->detail) - len - 3), old);
	return -1;
}

const char *roost_error_log(const struct roost_error *err)
{
	return err->detail[0] != '\0' ? err->detail : err->text;
}
