/* The worker's side: one recipient's message into his mailbox, and the one reply for him. */
#include <roost/mailbox.h>
#include "modules/lmtp/lmtp.h"

/* Kept between deliveries to the same user: opening his mailboxes costs more than one message. */
static struct roost_user *kept_user;

void lmtp_user_gone(void)
{
	roost_user_unref(kept_user);
	kept_user = NULL;
}

void lmtp_shutdown(struct roost_session *session, const char *why)
{
	(void)session;
	(void)why;	/* a delivery is over before anybody can ask */
}

static int open_user(struct roost_session *session, struct roost_error *err)
{
	struct roost_user *user;

	if (roost_user_open(session, &user, err) < 0)
		return -1;
	lmtp_user_gone();
	kept_user = user;
	return 0;
}

/* The mailbox of the detail when it is wanted and can be had; R-LM-5. */
static int begin_detail(const struct lmtp_settings *set, const char *name,
			struct roost_saving **saving, struct roost_error *err)
{
	if (roost_save_begin(kept_user, name, saving, err) == 0)
		return 0;
	if (err->kind != ROOST_ERR_NOTFOUND || !set->lda_mailbox_autocreate)
		return -1;
	if (roost_mailbox_create(kept_user, name, err) < 0 && err->kind != ROOST_ERR_EXISTS)
		return -1;
	if (set->lda_mailbox_autosubscribe &&
	    roost_mailbox_subscribe(kept_user, name, true, err) < 0)
		return -1;
	return roost_save_begin(kept_user, name, saving, err);
}

static int begin(const struct lmtp_settings *set, const struct lmtp_job *job, const char **mailbox,
		 struct roost_saving **saving, struct roost_error *err)
{
	if (set->lmtp_save_to_detail_mailbox && job->detail[0] != '\0') {
		*mailbox = job->detail;
		if (begin_detail(set, job->detail, saving, err) == 0)
			return 0;
		/* A detail that names no mailbox is the sender's mistake, not a reason to refuse. */
		if (err->kind == ROOST_ERR_TEMP || err->kind == ROOST_ERR_NOSPACE)
			return -1;
	}
	*mailbox = "INBOX";
	return roost_save_begin(kept_user, "INBOX", saving, err);
}

static int save(struct roost_session *session, const struct lmtp_settings *set,
		const struct lmtp_job *job, struct roost_arena *arena,
		const struct lmtp_message *message, struct roost_error *err)
{
	static const struct roost_save_options options;	/* now, no flags */
	struct roost_saving *saving;
	struct roost_set uids;
	const char *mailbox;
	uint32_t uidvalidity;

	if (open_user(session, err) < 0 || begin(set, job, &mailbox, &saving, err) < 0)
		return -1;
	if (roost_save_add(saving, message->input, &options, NULL, err) < 0) {
		roost_save_abort(saving);
		return -1;
	}
	if (roost_save_commit(saving, arena, &uidvalidity, &uids, err) < 0)
		return -1;
	roost_log(roost_session_log(session), ROOST_LOG_INFO, "%s",
		  lmtp_log_line(arena, set, message, job,
				roost_arena_printf(arena, "saved mail to %s", mailbox)));
	return 0;
}

static const char *failure(struct roost_arena *arena, const struct lmtp_job *job,
			   const struct roost_error *err)
{
	const char *code = "451 4.3.0", *text = "Temporary internal error";

	switch (err->kind) {
	case ROOST_ERR_OVERQUOTA:
		code = "552 5.2.2";
		text = err->text;
		break;
	case ROOST_ERR_TOOBIG:
		code = "552 5.2.3";
		text = err->text;
		break;
	case ROOST_ERR_NOSPACE:
		code = "452 4.3.1";
		text = "Not enough disk space";
		break;
	default:
		break;
	}
	return roost_arena_printf(arena, "%s <%.512s> %s", code, job->address, text);
}

/* What to answer. */
static const char *deliver(struct roost_session *session, struct roost_arena *arena,
			   const struct lmtp_job *job, int spool)
{
	struct lmtp_message message;
	struct roost_error err = { 0 };
	const void *settings;
	int saved;

	if (roost_settings_get(roost_session_scope(session), &lmtp_settings_schema, &settings,
			       &err) < 0 ||
	    lmtp_message_open(spool, job, settings, arena, &message, &err) < 0)
		goto failed;
	saved = save(session, settings, job, arena, &message, &err);
	roost_input_unref(message.input);
	if (saved == 0)
		return roost_arena_printf(arena, "250 2.0.0 <%.512s> %s Saved", job->address,
					  job->session);
failed:
	roost_log(roost_session_log(session), ROOST_LOG_ERROR, "delivery to <%s> failed: %s",
		  job->address, roost_error_log(&err));
	return failure(arena, job, &err);
}

void lmtp_serve(struct roost_session *session)
{
	struct roost_arena *arena = roost_arena_create("lmtp delivery");
	struct lmtp_job job;
	size_t len, fd_count;
	const void *message = roost_session_message(session, &len);
	const int *fds = roost_session_fds(session, &fd_count);
	const char *reply = "451 4.3.0 Temporary internal error";

	if (fd_count != 1 || !lmtp_job_get(message, len, arena, &job))
		roost_log(roost_session_log(session), ROOST_LOG_ERROR,
			  "the front sent a delivery that cannot be read");
	else
		reply = deliver(session, arena, &job, fds[0]);
	roost_session_reply(session, reply, strlen(reply));
	roost_arena_free(arena);
	roost_session_end(session, "");
}
