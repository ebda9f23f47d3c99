/* What a script asked for, merged and checked for conflicts, then done as one transaction. */
#ifndef SIEVE_RESULT_H
#define SIEVE_RESULT_H

#include <roost/vec.h>
#include "sieve/diag.h"
#include "sieve/host.h"
#include "sieve/instance.h"
#include "sieve/message.h"

enum sieve_action_kind {
	SIEVE_STORE, SIEVE_KEEP, SIEVE_REDIRECT, SIEVE_DISCARD, SIEVE_REJECT, SIEVE_EREJECT,
	SIEVE_VACATION, SIEVE_NOTIFY, SIEVE_REPORT, SIEVE_PIPE,
};

struct sieve_action {
	enum sieve_action_kind kind;
	const char *name;		/* for people and test_result_action */
	struct sieve_message_at at;
	const char *target;		/* mailbox or address; NULL: none */
	const char *special_use, *mailbox_id;
	const char *const *flags;	/* NULL-terminated; NULL: none given */
	bool create, copy;
	struct sieve_text message;	/* as edited when the action was asked for; or to be sent */
	const char *text;		/* reject: the reason */
	const char *from;		/* of what is sent */
	const char *subject, *from_header;	/* vacation, notify: as the script gave them; NULL */
	bool mime;			/* vacation: text is an entity */
	struct sieve_dsn dsn;		/* redirect */
	bool expand;			/* redirect: target names a list */
	const char *const *args;	/* pipe: of the program */
	bool try;			/* pipe: it may fail */
	const struct sieve_store *fcc;	/* where a copy of what is sent goes; NULL: nowhere */
	const char *mark;		/* id to mark as seen on success; NULL */
	uint64_t mark_seconds;
	bool cancels;			/* the implicit keep */
	bool done;
};

struct sieve_mark { const char *id; uint64_t seconds; };

struct sieve_result {
	struct roost_arena *arena;
	const struct sieve_instance *instance;
	ROOST_VEC(struct sieve_action *) actions;
	bool keep_cancelled;
	struct roost_str internal_flags;	/* imap4flags: separated by spaces */
	bool keep_done;
	ROOST_VEC(struct sieve_mark) marks;
};

void sieve_result_init(struct sieve_result *result, const struct sieve_instance *instance);
void sieve_result_free(struct sieve_result *result);
void sieve_result_reset(struct sieve_result *result);

/*
 * Add an action (copied; its texts live in the result's arena). -1 with what is wrong in err:
 * a conflict or a limit. cancels: the implicit keep.
 */
int sieve_result_add(struct sieve_result *result, const struct sieve_action *action, bool cancels,
		     struct roost_error *err);

/* Whether a keep is in effect: explicit, or implicit as nothing has cancelled it. */
bool sieve_result_keeps(const struct sieve_result *result);

/* Remember an id once all has gone well. */
void sieve_result_mark(struct sieve_result *result, const char *id, uint64_t seconds);

/*
 * Do what has not been done. keep_message: the message as it is now, for the implicit keep.
 * False: something failed and is in diag; *kept tells whether the message is safe even so.
 */
bool sieve_result_execute(struct sieve_result *result, const struct sieve_host *host,
			  const struct sieve_envelope *envelope, struct sieve_message *message,
			  struct sieve_diag *diag, bool *kept);

#endif
