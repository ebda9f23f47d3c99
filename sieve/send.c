/* send - forwards messages and refuses them. RFC 5228 section 4.2, RFC 5429. */
#include <time.h>
#include <unistd.h>
#include <roost/date.h>
#include <roost/word.h>
#include "sieve/extensions.h"
#include "sieve/lists.h"
#include "sieve/send.h"

const char *sieve_user_address(const struct sieve_instance *instance,
			       const struct sieve_envelope *envelope)
{
	const char *email = sieve_setting(instance, "sieve_user_email");

	return email != NULL ? email + strspn(email, " \t") : envelope->to;
}

const char *sieve_postmaster(const struct sieve_instance *instance)
{
	const char *address = sieve_setting(instance, "postmaster_address");

	return address != NULL ? address : "postmaster@localhost";
}

const char *sieve_envelope_from(struct roost_arena *arena, const struct sieve_instance *instance,
				const struct sieve_envelope *envelope, const char *setting,
				const char *fallback)
{
	const char *value = sieve_setting(instance, setting), *address;
	struct sieve_text text;

	if (envelope->from == NULL || envelope->from[0] == '\0')
		return "";
	text = sieve_text_of(value != NULL ? value : fallback);
	while (text.len > 0 && strchr(" \t", text.data[0]) != NULL)
		text.data++, text.len--;
	while (text.len > 0 && strchr(" \t", text.data[text.len - 1]) != NULL)
		text.len--;
	if (sieve_text_is(text, "sender"))
		return envelope->from;
	if (sieve_text_is(text, "recipient"))
		return envelope->to;
	if (sieve_text_is(text, "orig_recipient"))
		return envelope->orig_to != NULL ? envelope->orig_to : envelope->to;
	if (sieve_text_is(text, "user_email"))
		return sieve_user_address(instance, envelope);
	if (sieve_text_is(text, "postmaster"))
		return sieve_postmaster(instance);
	if (sieve_text_is(text, "<>"))
		return "";
	address = sieve_address_normal(arena, text);
	return address != NULL ? address : envelope->from;
}

void sieve_send_begin(struct roost_str *out, const char *hostname)
{
	static unsigned serial;
	char date[ROOST_DATE_SIZE];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	roost_date_write(date, (int64_t)now.tv_sec * 1000000, 0);
	roost_str_printf(out, "X-Sieve: roost Sieve\r\nMessage-ID: <roost-sieve-%lld-%ld-%u@%s>\r\n"
			 "Date: %s\r\n", (long long)now.tv_sec, now.tv_nsec, serial++, hostname, date);
}

static bool is_field(const struct roost_header_field *field, const char *name)
{
	return roost_text_is(field->name, name);
}

/* Already forwarded by us: this would go round and round. */
static bool is_loop(struct sieve_text message, const char *user)
{
	struct roost_header walk = roost_header_walk(message.data, message.len);
	struct roost_header_field field;

	while (roost_header_next_named(&walk, "X-Sieve-Redirected-From", &field)) {
		if (roost_text_is(roost_text_trim(field.value), user))
			return true;
	}
	return false;
}

/* One copy for each line of target. */
static int send_each(const struct sieve_host *host, const char *from, const char *target,
		     struct sieve_text message, const struct sieve_dsn *dsn, struct roost_error *err)
{
	struct roost_str to = ROOST_STR_INIT;
	int sent = 0;

	for (const char *at = target; *at != '\0' && sent == 0;) {
		size_t len = strcspn(at, "\n");
		struct sieve_mail mail = { .from = from, .message = message, .dsn = *dsn };

		roost_str_truncate(&to, 0);
		roost_str_append(&to, at, len);
		mail.to = to.data;
		if (len > 0)
			sent = host->send(host->context, &mail, err);
		at += len + (at[len] == '\n');
	}
	roost_str_free(&to);
	return sent;
}

/* The same message to the same address within the period is not forwarded again. */
static char *forward_id(struct sieve_result *result, const struct sieve_action *action)
{
	static const char *const names[] = { "Message-ID", "Resent-Message-ID", "Resent-From",
					     "Resent-To", "List-Id" };
	struct roost_str id = ROOST_STR_INIT;
	char *text = NULL;

	roost_str_printf(&id, "redirect\n%s", action->target);
	for (size_t i = 0; i < ROOST_COUNT(names); i++) {
		struct roost_text value = roost_header_find(action->message.data, action->message.len,
							    names[i]);

		roost_str_printf(&id, "\n%.*s", (int)value.len, value.data != NULL ? value.data : "");
		if (i == 0 && value.len == 0)
			break;
		if (i + 1 == ROOST_COUNT(names))
			text = roost_arena_strdup(result->arena, id.data);
	}
	roost_str_free(&id);
	return text;
}

/* RFC 6009 sections 6.1 and 7.1: who asks for reports is to get them. */
static const char *forward_from(struct sieve_result *result, const struct sieve_envelope *envelope,
				const struct sieve_action *action)
{
	bool reports = action->dsn.notify != NULL || action->dsn.ret != NULL || action->dsn.by_mode != 0;
	const char *user = sieve_user_address(result->instance, envelope);

	if (reports && envelope->from != NULL && envelope->from[0] != '\0' && user != NULL)
		return user;
	return sieve_envelope_from(result->arena, result->instance, envelope,
				   "sieve_redirect_envelope_from", "sender");
}

/* To the address, or to all of the list. RFC 6134 section 2.3. */
static int forward(const struct sieve_instance *instance, const struct sieve_host *host, const char *from,
		   const struct sieve_action *action, struct sieve_text message,
		   struct roost_error *err)
{
	struct roost_str members = ROOST_STR_INIT;
	int sent;

	if (!action->expand)
		return send_each(host, from, action->target, message, &action->dsn, err);
	sent = host->list_members != NULL ?
		host->list_members(host->context, action->target, &members, err) :
		sieve_lists_members(instance, action->target, &members, err);
	if (sent == 0)
		sent = send_each(host, from, roost_str_text(&members), message, &action->dsn, err);
	roost_str_free(&members);
	return sent;
}

static int redirect(struct sieve_result *result, const struct sieve_host *host,
		    const struct sieve_envelope *envelope, struct sieve_action *action,
		    struct roost_error *err)
{
	const char *user = sieve_user_address(result->instance, envelope);
	const char *from = forward_from(result, envelope, action);
	struct roost_header walk = roost_header_walk(action->message.data, action->message.len);
	size_t header = roost_header_length(action->message.data, action->message.len);
	struct roost_header_field field;
	struct roost_str out = ROOST_STR_INIT;
	const char *id = forward_id(result, action);
	int sent;
	bool again = id != NULL && host->seen != NULL && host->seen(host->context, sieve_text_of(id));

	if (again || (user != NULL && is_loop(action->message, user))) {
		/* so that the mail is not lost */
		action->cancels = false;
		return 0;
	}
	roost_str_puts(&out, "X-Sieve: roost Sieve\r\n");
	if (user != NULL)
		roost_str_printf(&out, "X-Sieve-Redirected-From: %s\r\n", user);
	while (roost_header_next(&walk, &field)) {
		if (!is_field(&field, "Return-Path"))
			roost_str_append(&out, action->message.data + field.offset,
					 field.end - field.offset);
	}
	roost_str_puts(&out, "\r\n");
	roost_str_append(&out, action->message.data + header, action->message.len - header);
	sent = forward(result->instance, host, from, action, sieve_text_of_str(&out), err);
	if (sent == 0 && id != NULL && host->mark != NULL)
		host->mark(host->context, sieve_text_of(id), sieve_setting_time(result->instance,
			   "sieve_redirect_duplicate_period", 12 * 3600));
	roost_str_free(&out);
	return sent;
}

/* A disposition notification: RFC 5429 section 2.2.1, RFC 8098. */
static int report(struct sieve_result *result, const struct sieve_host *host,
		  const struct sieve_envelope *envelope, const struct sieve_action *action,
		  struct roost_error *err)
{
	const char *recipient = envelope->to;
	struct sieve_mail mail = { .from = "", .to = envelope->from };
	struct roost_header walk = roost_header_walk(action->message.data, action->message.len);
	struct roost_text id = roost_header_find(action->message.data, action->message.len,
						 "Message-ID");
	struct roost_header_field field;
	struct roost_str out = ROOST_STR_INIT;
	char hostname[256] = "localhost", boundary[64];
	int sent;

	gethostname(hostname, sizeof(hostname) - 1);
	snprintf(boundary, sizeof(boundary), "roost-%lld-%d", (long long)time(NULL), (int)getpid());
	sieve_send_begin(&out, hostname);
	roost_str_printf(&out, "From: Mail Delivery Subsystem <%s>\r\nTo: <%s>\r\n"
			 "MIME-Version: 1.0\r\nContent-Type: multipart/report;"
			 " report-type=disposition-notification;\r\n\tboundary=\"%s\"\r\n"
			 "Subject: Automatically rejected mail\r\n"
			 "Auto-Submitted: auto-replied (rejected)\r\nPrecedence: bulk\r\n\r\n"
			 "This is a MIME-encapsulated message\r\n\r\n--%s\r\n"
			 "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: inline\r\n"
			 "Content-Transfer-Encoding: 8bit\r\n\r\n"
			 "Your message to <%s> was automatically rejected:\r\n%s\r\n\r\n",
			 sieve_postmaster(result->instance), envelope->from, boundary, boundary,
			 recipient, action->text);
	roost_str_printf(&out, "--%s\r\nContent-Type: message/disposition-notification\r\n\r\n"
			 "Reporting-UA: %s; roost Sieve\r\nFinal-Recipient: rfc822; %s\r\n",
			 boundary, hostname, recipient);
	if (envelope->orig_to != NULL)
		roost_str_printf(&out, "Original-Recipient: rfc822; %s\r\n", envelope->orig_to);
	if (id.data != NULL)
		roost_str_printf(&out, "Original-Message-ID: %.*s\r\n", (int)id.len, id.data);
	roost_str_printf(&out, "Disposition: automatic-action/MDN-sent-automatically; deleted\r\n\r\n"
			 "--%s\r\nContent-Type: message/rfc822\r\n\r\n", boundary);
	while (roost_header_next(&walk, &field)) {
		if (field.name.len > 0 && !is_field(&field, "Content-Type") &&
		    !is_field(&field, "Content-Transfer-Encoding"))
			roost_str_append(&out, action->message.data + field.offset,
					 field.end - field.offset);
	}
	roost_str_printf(&out, "\r\n\r\n--%s--\r\n", boundary);
	mail.message = sieve_text_of_str(&out);
	sent = host->send(host->context, &mail, err);
	roost_str_free(&out);
	return sent;
}

static bool is_user(const struct sieve_instance *instance, const struct sieve_envelope *envelope,
		    const char *address)
{
	const char *email = sieve_user_address(instance, envelope);

	return strcasecmp(address, envelope->to) == 0 || (email != NULL && strcasecmp(address, email) == 0) ||
		(envelope->orig_to != NULL && strcasecmp(address, envelope->orig_to) == 0);
}

static int refuse(struct sieve_result *result, const struct sieve_host *host,
		  const struct sieve_envelope *envelope, struct sieve_action *action,
		  struct roost_error *err)
{
	if (envelope->from == NULL || envelope->from[0] == '\0' || envelope->to == NULL ||
	    envelope->to[0] == '\0')
		return 0;
	if (host->reject != NULL)
		return host->reject(host->context, action->text, err);
	/* A report to oneself would be refused again. */
	if (is_user(result->instance, envelope, envelope->from))
		return 0;
	return report(result, host, envelope, action, err);
}

/* A copy of what was sent. RFC 8580: it goes beside the mail, whose failure it is not. */
static void keep_copy(const struct sieve_host *host, const struct sieve_action *action)
{
	struct sieve_store store = *action->fcc;
	struct roost_error err;

	store.message = action->message;
	if (host->store == NULL || host->store(host->context, &store, &err) < 0)
		return;
	if (host->commit != NULL && host->commit(host->context, &err) < 0 && host->rollback != NULL)
		host->rollback(host->context);
}

static int send_message(struct sieve_result *result, const struct sieve_host *host,
			struct sieve_action *action, struct roost_error *err)
{
	if (action->target == NULL)	/* it was decided not to answer */
		return 0;
	if (send_each(host, action->from, action->target, action->message, &action->dsn, err) < 0)
		return -1;
	if (action->mark != NULL && host->mark != NULL)
		host->mark(host->context, sieve_text_of(action->mark), action->mark_seconds);
	if (action->fcc != NULL)
		keep_copy(host, action);
	return 0;
}

static int pipe_message(const struct sieve_host *host, const struct sieve_envelope *envelope,
			const struct sieve_action *action, struct roost_error *err)
{
	struct sieve_external external = {
		.extension = "pipe", .program = action->target, .args = action->args,
		.input = action->message, .sender = envelope->from, .recipient = envelope->to,
		.orig_recipient = envelope->orig_to,
	};

	if (host->external == NULL)
		return roost_fail(err, ROOST_ERR_UNSUPPORTED, "no programs are run here");
	return host->external(host->context, &external, NULL, err) == 0 ? 0 : -1;
}

int sieve_send(struct sieve_result *result, const struct sieve_host *host,
	       const struct sieve_envelope *envelope, struct sieve_action *action,
	       struct roost_error *err)
{
	if (action->kind == SIEVE_PIPE)
		return pipe_message(host, envelope, action, err);
	if (host->send == NULL)
		return roost_fail(err, ROOST_ERR_UNSUPPORTED, "no mail can be sent here");
	switch (action->kind) {
	case SIEVE_REDIRECT:
		return redirect(result, host, envelope, action, err);
	case SIEVE_REJECT:
	case SIEVE_EREJECT:
		return refuse(result, host, envelope, action, err);
	default:
		return send_message(result, host, action, err);
	}
}
