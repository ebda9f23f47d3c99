/*
 * The end of DATA: a worker of each recipient gets the same spool, all at once; the replies go out
 * in the order of the RCPTs, exactly one each (RFC 2033 section 4.2).
 */
#include <string.h>
#include <roost/wire.h>
#include "modules/lmtp/lmtp.h"

void lmtp_job_put(struct roost_str *out, const struct lmtp_job *job)
{
	roost_wire_put_text(out, job->sender);
	roost_wire_put_text(out, job->address);
	roost_wire_put_text(out, job->detail);
	roost_wire_put_text(out, job->session);
	roost_wire_put_text(out, job->helo);
	roost_wire_put_text(out, job->client);
	roost_wire_put_u32(out, job->flags);
	roost_wire_put_u64(out, job->size);
}

bool lmtp_job_get(const void *data, size_t len, struct roost_arena *arena, struct lmtp_job *job)
{
	struct roost_wire wire = roost_wire_read(data, len);

	job->sender = roost_wire_text(&wire, arena);
	job->address = roost_wire_text(&wire, arena);
	job->detail = roost_wire_text(&wire, arena);
	job->session = roost_wire_text(&wire, arena);
	job->helo = roost_wire_text(&wire, arena);
	job->client = roost_wire_text(&wire, arena);
	job->flags = roost_wire_u32(&wire);
	job->size = roost_wire_u64(&wire);
	return roost_wire_done(&wire);
}

/* All replies are there: send them and be ready for the next MAIL. */
static void finish(struct roost_front *front)
{
	struct lmtp_front *lmtp = roost_front_state(front);
	struct roost_str *out = roost_front_output(front);

	for (size_t i = 0; i < lmtp->recipients.count; i++) {
		const struct roost_str *reply = &lmtp->recipients.items[i].reply;

		roost_str_append(out, roost_str_text(reply), reply->len);
	}
	lmtp_reset(front);
}

/* A worker is not trusted with our connection: its reply is one line with a known kind of code. */
static bool reply_valid(const char *reply, size_t len)
{
	if (len < 5 || len > 1000 || memchr(reply, '\0', len) != NULL)
		return false;
	if ((reply[0] != '2' && reply[0] != '4' && reply[0] != '5') || reply[3] != ' ')
		return false;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)reply[i] < 0x20)
			return false;
	}
	return true;
}

static struct lmtp_recipient *find_recipient(struct lmtp_front *lmtp, uint64_t id)
{
	for (size_t i = 0; i < lmtp->recipients.count; i++) {
		if (lmtp->recipients.items[i].lookup == id)
			return &lmtp->recipients.items[i];
	}
	return NULL;
}

static void job_done(struct roost_front *front, uint64_t id, bool failed, const char *reply,
		     size_t len)
{
	struct lmtp_front *lmtp = roost_front_state(front);
	struct lmtp_recipient *recipient = find_recipient(lmtp, id);

	if (recipient == NULL || recipient->reply.len > 0)
		return;
	if (failed || !reply_valid(reply, len)) {
		roost_log(roost_front_log(front), ROOST_LOG_ERROR,
			  "delivery to <%s>: no answer from the delivery process; "
			  "the client was told to retry", recipient->address);
		roost_str_printf(&recipient->reply,
				 "451 4.3.0 <%.512s> Temporary internal error\r\n",
				 recipient->address);
	} else {
		roost_str_append(&recipient->reply, reply, len);
		roost_str_puts(&recipient->reply, "\r\n");
	}
	if (--lmtp->outstanding > 0)
		return;
	finish(front);
	lmtp_continue(front);
}

/* One and the same reply for everybody: nothing was handed out. */
static void answer_all(struct roost_front *front, const char *code, const char *text)
{
	struct lmtp_front *lmtp = roost_front_state(front);

	for (size_t i = 0; i < lmtp->recipients.count; i++)
		lmtp_reply(front, "%s <%s> %s", code, lmtp->recipients.items[i].address, text);
	lmtp_reset(front);
}

/* The session id as R-LM-2 has it: the second recipient adds R2, the second mail T2. */
static const char *delivery_session(struct roost_front *front, size_t recipient)
{
	struct lmtp_front *lmtp = roost_front_state(front);
	const char *id = roost_front_facts(front)->session_id;

	if (lmtp->transactions > 1)
		id = roost_arena_printf(lmtp->transaction, "%s:T%u", id, lmtp->transactions);
	if (recipient > 0)
		id = roost_arena_printf(lmtp->transaction, "%s:R%zu", id, recipient + 1);
	return id;
}

static void hand_over(struct roost_front *front, size_t number)
{
	struct lmtp_front *lmtp = roost_front_state(front);
	const struct lmtp_recipient *recipient = &lmtp->recipients.items[number];
	struct roost_str message = ROOST_STR_INIT;
	struct lmtp_job job = {
		.sender = lmtp->sender, .address = recipient->address, .detail = recipient->detail,
		.session = delivery_session(front, number), .helo = lmtp->helo,
		.client = lmtp->client, .size = lmtp->spooled,
		.flags = (lmtp->recipients.count == 1 ? LMTP_JOB_ALONE : 0) |
			(roost_front_facts(front)->tls ? LMTP_JOB_TLS : 0),
	};

	lmtp_job_put(&message, &job);
	roost_front_job(front, recipient->lookup, &lmtp->spool, 1, message.data, message.len,
			job_done);
	roost_str_free(&message);
}

void lmtp_deliver(struct roost_front *front)
{
	struct lmtp_front *lmtp = roost_front_state(front);
	size_t count = lmtp->recipients.count;

	if (lmtp->too_big) {
		answer_all(front, "552 5.3.4", "Message is too large");
		return;
	}
	if (lmtp->spool_failed) {
		answer_all(front, "451 4.3.0", "Temporary internal error");
		return;
	}
	lmtp->waiting = true;
	lmtp->outstanding = count;
	for (size_t i = 0; i < count; i++)
		hand_over(front, i);
}
