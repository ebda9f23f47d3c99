/* SPDX-License-Identifier: MIT */
/*
 * Errors: a kind that callers act on, a text fit for the client, a detail for the log. Ours.
 * A function that can fail returns 0 or -1 and takes "struct roost_error *err" last. It fills err
 * only when it fails. The caller owns err; it lives on the stack and needs no free.
 */
#ifndef ROOST_ERROR_H
#define ROOST_ERROR_H

#include <stdarg.h>
#include <roost/api.h>

/* Values are never reused; switches over them need a default branch. */
enum roost_error_kind {
	ROOST_ERR_NONE = 0,
	ROOST_ERR_TEMP = 1,		/* ours or the machine's fault: try later */
	ROOST_ERR_NOTFOUND = 2,		/* no such mailbox, user, message */
	ROOST_ERR_EXISTS = 3,
	ROOST_ERR_INVALID = 4,		/* what was asked cannot be meant: bad name, bad syntax */
	ROOST_ERR_NOPERM = 5,
	ROOST_ERR_OVERQUOTA = 6,
	ROOST_ERR_LIMIT = 7,		/* a configured limit was hit */
	ROOST_ERR_INUSE = 8,
	ROOST_ERR_CORRUPT = 9,		/* stored data is damaged */
	ROOST_ERR_UNSUPPORTED = 10,
	ROOST_ERR_EXPUNGED = 11,	/* the message went away meanwhile */
	ROOST_ERR_NOSPACE = 12,		/* disk full or over the disk quota */
	ROOST_ERR_CONFIG = 13,
	ROOST_ERR_CLOSED = 14,		/* the peer is gone */
	ROOST_ERR_TOOBIG = 15,
};

struct roost_error {
	enum roost_error_kind kind;
	char text[256];			/* for the client; cut on a character border */
	char detail[768];		/* for the log; empty when text says it all */
};

/* Set kind and public text. Always returns -1, so that failing is one line. err may be NULL. */
ROOST_API int roost_fail(struct roost_error *err, enum roost_error_kind kind,
			 const char *format, ...) ROOST_PRINTF(3, 4);

/* Set kind, the kind's general public text, and a private detail. Returns -1. */
ROOST_API int roost_fail_detail(struct roost_error *err, enum roost_error_kind kind,
				const char *format, ...) ROOST_PRINTF(3, 4);

/*
 * From errno: ENOENT, EACCES, ENOSPC, EDQUOT choose the kind, the rest is ROOST_ERR_TEMP.
 * Only the detail names the call and the errno; it never reaches a client. Returns -1.
 */
ROOST_API int roost_fail_errno(struct roost_error *err, const char *format, ...)
	ROOST_PRINTF(2, 3);

/* Put "format: " in front of the detail, to say where it happened. Returns -1. */
ROOST_API int roost_fail_prefix(struct roost_error *err, const char *format, ...)
	ROOST_PRINTF(2, 3);

/* What to log: the detail, or the text when there is none. Borrowed from err. */
ROOST_API const char *roost_error_log(const struct roost_error *err);

#endif
