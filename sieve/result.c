/* result - collects actions, then does them: stores first, sending after them. RFC 5228 section 2.10. */
#include "sieve/result.h"
#include "sieve/send.h"
#include "sieve/extensions.h"

void sieve_result_init(struct sieve_result *result, const struct sieve_instance *instance)
{
	*result = (struct sieve_result){ .instance = instance,
					 .arena = roost_arena_create("sieve result") };
}

void sieve_result_free(struct sieve_result *result)
{
	roost_vec_free(&result->actions);
	roost_vec_free(&result->marks);
	roost_str_free(&result->internal_flags);
	roost_arena_free(result->arena);
}

void sieve_result_reset(struct sieve_result *result)
{
	result->actions.count = 0;
	result->marks.count = 0;
	result->keep_cancelled = result->keep_done = false;
	roost_str_truncate(&result->internal_flags, 0);
	roost_arena_reset(result->arena);
}

static bool is_store(const struct sieve_action *action)
{
	return action->kind == SIEVE_STORE || action->kind == SIEVE_KEEP;
}

/* Mail of our own, put together in the run. */
static bool is_composed(const struct sieve_action *action)
{
	return action->kind == SIEVE_VACATION || action->kind == SIEVE_NOTIFY || action->kind == SIEVE_REPORT;
}

static bool is_reject(const struct sieve_action *action)
{
	return action->kind == SIEVE_REJECT || action->kind == SIEVE_EREJECT;
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcasecmp(a, b) == 0;
}

static bool same(const struct sieve_action *a, const struct sieve_action *b)
{
	if (is_store(a) && is_store(b))
		return strcmp(a->target, b->target) == 0 && a->message.data == b->message.data &&
			same_text(a->special_use, b->special_use) && same_text(a->mailbox_id, b->mailbox_id);
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case SIEVE_DISCARD:
		return true;
	case SIEVE_REDIRECT:
		return a->expand == b->expand && strcasecmp(a->target, b->target) == 0;
	default:
		return false;
	}
}

static const char *conflict(const struct sieve_action *a, const struct sieve_action *b)
{
	if (is_reject(a) && is_reject(b))
		return "reject actions must not be repeated";
	if (a->kind == SIEVE_VACATION && b->kind == SIEVE_VACATION)
		return "vacation action must not be repeated";
	if ((is_reject(a) && b->kind == SIEVE_VACATION) || (is_reject(b) && a->kind == SIEVE_VACATION))
		return "reject and vacation actions conflict";
	if ((is_reject(a) && (is_store(b) || b->kind == SIEVE_REDIRECT)) ||
	    (is_reject(b) && (is_store(a) || a->kind == SIEVE_REDIRECT)))
		return "reject action conflicts with keeping, storing or redirecting";
	return NULL;
}

/* A later one of the same: its side effects go to the first. */
static void merge(struct sieve_action *first, const struct sieve_action *later)
{
	if (later->kind == SIEVE_KEEP || first->kind == SIEVE_KEEP) {
		first->kind = SIEVE_KEEP;
		first->name = "keep";
	}
	if (later->flags != NULL)
		first->flags = later->flags;
	first->create |= later->create;
	first->copy &= later->copy;
}

static int check_limits(const struct sieve_result *result, const struct sieve_action *action,
			struct roost_error *err)
{
	uint64_t total = sieve_setting_size(result->instance, "sieve_max_actions", 32);
	uint64_t redirects = sieve_setting_size(result->instance, "sieve_max_redirects", 4);
	uint64_t notifies = sieve_setting_size(result->instance, "sieve_notify_max_notifications", 10);
	size_t redirected = 0, notified = 0;

	for (size_t i = 0; i < result->actions.count; i++) {
		redirected += result->actions.items[i]->kind == SIEVE_REDIRECT;
		notified += result->actions.items[i]->kind == SIEVE_NOTIFY;
	}
	if (action->kind == SIEVE_REDIRECT && redirects == 0)
		return roost_fail(err, ROOST_ERR_LIMIT,
				  "local policy prohibits the use of a redirect action");
	if (action->kind == SIEVE_REDIRECT && redirected >= redirects)
		return roost_fail(err, ROOST_ERR_LIMIT,
				  "number of redirect actions exceeds policy limit (%zu > %llu)",
				  redirected + 1, (unsigned long long)redirects);
	if (action->kind == SIEVE_NOTIFY && notifies == 0)
		return roost_fail(err, ROOST_ERR_LIMIT,
				  "local policy prohibits the use of a notify action");
	if (action->kind == SIEVE_NOTIFY && notified >= notifies)
		return roost_fail(err, ROOST_ERR_LIMIT,
				  "number of notify actions exceeds policy limit (%zu > %llu)",
				  notified + 1, (unsigned long long)notifies);
	if (total != 0 && result->actions.count >= total)
		return roost_fail(err, ROOST_ERR_LIMIT,
				  "total number of actions exceeds policy limit (%zu > %llu)",
				  result->actions.count + 1, (unsigned long long)total);
	return 0;
}

static const struct sieve_store *fcc_dup(struct roost_arena *arena, const struct sieve_store *fcc)
{
	struct sieve_store *copy;

	if (fcc == NULL)
		return NULL;
	copy = roost_arena_dup(arena, fcc, sizeof(*fcc));
	copy->mailbox = roost_arena_strdup(arena, fcc->mailbox);
	copy->special_use = roost_arena_strdup(arena, fcc->special_use);
	copy->mailbox_id = roost_arena_strdup(arena, fcc->mailbox_id);
	copy->flags = roost_arena_strdupv(arena, fcc->flags);
	return copy;
}

int sieve_result_add(struct sieve_result *result, const struct sieve_action *action, bool cancels,
		     struct roost_error *err)
{
	struct sieve_action *copy;

	for (size_t i = 0; i < result->actions.count; i++) {
		struct sieve_action *other = result->actions.items[i];
		const char *why = conflict(other, action);

		if (why != NULL && other->done)
			return 0;
		if (why != NULL)
			return roost_fail(err, ROOST_ERR_INVALID, "%s", why);
		if (same(other, action)) {
			if (!other->done)
				merge(other, action);
			other->cancels |= cancels;
			result->keep_cancelled |= cancels;
			return 0;
		}
	}
	if (check_limits(result, action, err) < 0)
		return -1;
	copy = roost_arena_dup(result->arena, action, sizeof(*action));
	copy->cancels = cancels;
	copy->target = roost_arena_strdup(result->arena, action->target);
	copy->text = roost_arena_strdup(result->arena, action->text);
	copy->from = roost_arena_strdup(result->arena, action->from);
	copy->subject = roost_arena_strdup(result->arena, action->subject);
	copy->from_header = roost_arena_strdup(result->arena, action->from_header);
	copy->mark = roost_arena_strdup(result->arena, action->mark);
	copy->special_use = roost_arena_strdup(result->arena, action->special_use);
	copy->mailbox_id = roost_arena_strdup(result->arena, action->mailbox_id);
	copy->dsn.notify = roost_arena_strdup(result->arena, action->dsn.notify);
	copy->dsn.ret = roost_arena_strdup(result->arena, action->dsn.ret);
	copy->args = roost_arena_strdupv(result->arena, action->args);
	copy->fcc = fcc_dup(result->arena, action->fcc);
	copy->at.script = roost_arena_strdup(result->arena, action->at.script);
	/* A version of the message lives as long as it does, and is known again by its place. */
	if (is_composed(copy))
		copy->message = sieve_text_dup(result->arena, action->message);
	roost_vec_push(&result->actions, copy);
	result->keep_cancelled |= cancels;
	return 0;
}

bool sieve_result_keeps(const struct sieve_result *result)
{
	bool keeps = !result->keep_cancelled;

	for (size_t i = 0; i < result->actions.count; i++)
		keeps |= result->actions.items[i]->kind == SIEVE_KEEP && !result->actions.items[i]->done;
	return keeps;
}

void sieve_result_mark(struct sieve_result *result, const char *id, uint64_t seconds)
{
	struct sieve_mark mark = { roost_arena_strdup(result->arena, id), seconds };

	roost_vec_push(&result->marks, mark);
}

/* --- execution --- */

struct execution {
	struct sieve_result *result;
	const struct sieve_host *host;
	const struct sieve_envelope *envelope;
	struct sieve_diag *diag;
	const struct sieve_message *message;
	bool later;			/* what failed may work later */
};

static int do_store(const struct execution *run, const struct sieve_action *action,
		    const struct sieve_store *what, struct roost_error *err)
{
	const struct sieve_host *host = run->host;

	if (host->keep != NULL && (action == NULL || action->kind == SIEVE_KEEP))
		return host->keep(host->context, what->flags, what->message,
				  what->message.data != run->message->original.data, err);
	if (host->store == NULL)
		return roost_fail(err, ROOST_ERR_UNSUPPORTED, "nothing can be stored here");
	return host->store(host->context, what, err);
}

static int store(struct execution *run, const struct sieve_action *action,
		 const char *const *flags, struct sieve_text message)
{
	struct sieve_store what = {
		.mailbox = action != NULL ? action->target : "INBOX",
		.special_use = action != NULL ? action->special_use : NULL,
		.mailbox_id = action != NULL ? action->mailbox_id : NULL,
		.create = action != NULL && action->create,
		.flags = flags, .message = message,
	};
	struct sieve_message_at at = { 0 };
	struct roost_error err = { 0 };

	if (do_store(run, action, &what, &err) == 0)
		return 0;
	run->later |= err.kind == ROOST_ERR_TEMP;
	sieve_diag_add(run->diag, SIEVE_ERROR, action != NULL ? action->at : at,
		       "failed to store into mailbox '%s': %s", what.mailbox, err.text);
	return -1;
}

const char *const *sieve_flags_array(struct roost_arena *arena, const char *flags)
{
	const char **array;
	size_t count = 0;

	for (const char *p = flags; *p != '\0'; p++)
		count += *p == ' ';
	array = roost_arena_zalloc(arena, (count + 2) * sizeof(*array));
	count = 0;
	while (*flags != '\0') {
		size_t len = strcspn(flags, " ");

		if (len > 0)
			array[count++] = roost_arena_strndup(arena, flags, len);
		flags += len + (flags[len] == ' ');
	}
	return array;
}

static bool execute_stores(struct execution *run)
{
	for (size_t i = 0; i < run->result->actions.count; i++) {
		struct sieve_action *action = run->result->actions.items[i];

		if (!is_store(action) || action->done)
			continue;
		if (store(run, action, action->flags, action->message) < 0)
			return false;
	}
	return true;
}

/* A discard matters only when nothing else cares for the message. */
static int discard(const struct execution *run, struct roost_error *err)
{
	for (size_t i = 0; i < run->result->actions.count; i++) {
		if (is_store(run->result->actions.items[i]) || run->result->keep_done)
			return 0;
	}
	return run->host->discard != NULL ? run->host->discard(run->host->context, err) : 0;
}

static int execute_other(struct execution *run, struct sieve_action *action, struct roost_error *err)
{
	if (action->kind == SIEVE_DISCARD)
		return discard(run, err);
	return sieve_send(run->result, run->host, run->envelope, action, err);
}

static bool execute_sending(struct execution *run)
{
	bool ok = true;

	for (size_t i = 0; i < run->result->actions.count; i++) {
		struct sieve_action *action = run->result->actions.items[i];
		struct roost_error err = { 0 };

		if (action->done)
			continue;
		action->done = true;
		if (is_store(action) || execute_other(run, action, &err) == 0)
			continue;
		if (action->try)
			continue;
		if (action->kind == SIEVE_PIPE)
			sieve_diag_add(run->diag, SIEVE_ERROR, action->at,
				       "failed to pipe message to program '%s': %s", action->target, err.text);
		else
			sieve_diag_add(run->diag, SIEVE_ERROR, action->at,
				       "failed to send %s message: %s", action->name, err.text);
		ok = ok && (action->kind == SIEVE_VACATION || action->kind == SIEVE_NOTIFY);
	}
	return ok;
}

static int keep(struct execution *run, struct sieve_message *message)
{
	const struct roost_str *flags = &run->result->internal_flags;

	return store(run, NULL, flags->len == 0 ? NULL :
		     sieve_flags_array(run->result->arena, flags->data), sieve_message_text(message));
}

/* A forward that was not sent leaves the message to its keep, if nothing else cares for it. */
static bool keep_after_all(struct execution *run, struct sieve_message *message)
{
	const struct sieve_host *host = run->host;
	struct roost_error err = { 0 };

	for (size_t i = 0; i < run->result->actions.count; i++) {
		if (run->result->actions.items[i]->cancels)
			return true;
	}
	if (run->result->keep_done)
		return true;
	run->result->keep_done = keep(run, message) == 0 &&
		(host->commit == NULL || host->commit(host->context, &err) == 0);
	return run->result->keep_done;
}

bool sieve_result_execute(struct sieve_result *result, const struct sieve_host *host,
			  const struct sieve_envelope *envelope, struct sieve_message *message,
			  struct sieve_diag *diag, bool *kept)
{
	struct execution run = { result, host, envelope, diag, message };
	bool keeping = !result->keep_cancelled && !result->keep_done;
	struct roost_error err = { 0 };
	bool ok = execute_stores(&run);

	if (ok && keeping)
		ok = keep(&run, message) == 0;
	if (ok && host->commit != NULL && host->commit(host->context, &err) < 0) {
		run.later |= err.kind == ROOST_ERR_TEMP;
		sieve_diag_add(diag, SIEVE_ERROR, (struct sieve_message_at){ 0 },
			       "failed to finish the delivery: %s", err.text);
		ok = false;
	}
	if (ok) {
		result->keep_done |= keeping;
		ok = execute_sending(&run) && keep_after_all(&run, message);
		*kept = true;
		for (size_t i = 0; ok && i < result->marks.count && host->mark != NULL; i++)
			host->mark(host->context, sieve_text_of(result->marks.items[i].id),
				   result->marks.items[i].seconds);
		if (ok)
			return true;
	} else if (host->rollback != NULL) {
		host->rollback(host->context);
	}
	for (size_t i = 0; i < result->actions.count; i++)
		result->actions.items[i]->done = true;
	/* What was asked for cannot be: the message stays, unchanged; or it comes again, when that may help. */
	*kept = result->keep_done || (!run.later && store(&run, NULL, NULL, message->original) == 0 &&
		(host->commit == NULL || host->commit(host->context, &err) == 0));
	result->keep_done = *kept;
	return false;
}
