/* RCPT: the user behind an address is looked up; the status is his. R-LM-2, R-LM-5. */
#include "modules/lmtp/lmtp.h"

enum { RECIPIENTS_MAX = 1000 };		/* RFC 5321 section 4.5.3.1.8 asks for 100 */

static void refuse(struct roost_front *front, const char *address,
		   const struct roost_auth_reply *reply)
{
	switch (reply->result) {
	case ROOST_AUTH_NO_USER:
	case ROOST_AUTH_FAILED:
	case ROOST_AUTH_DISABLED:
		lmtp_reply(front, "550 5.1.1 <%s> User doesn't exist: %s", address, address);
		break;
	default:
		lmtp_reply(front, "451 4.3.0 <%s> Temporary internal error", address);
		break;
	}
}

static void lookup_done(struct roost_front *front, uint64_t id,
			const struct roost_auth_reply *reply)
{
	struct lmtp_front *lmtp = roost_front_state(front);

	(void)id;
	if (reply->result == ROOST_AUTH_OK) {
		roost_vec_push(&lmtp->recipients, lmtp->pending);
		lmtp_reply(front, "250 2.1.5 OK");
	} else {
		refuse(front, lmtp->pending.address, reply);
	}
	lmtp_continue(front);
}

void lmtp_rcpt(struct roost_front *front, const char *address)
{
	struct lmtp_front *lmtp = roost_front_state(front);
	struct lmtp_recipient *pending = &lmtp->pending;

	if (lmtp->recipients.count >= RECIPIENTS_MAX) {
		lmtp_reply(front, "452 4.5.3 Too many recipients");
		return;
	}
	*pending = (struct lmtp_recipient){ .lookup = ++lmtp->next_lookup };
	pending->address = roost_arena_strdup(lmtp->transaction, address);
	lmtp_address_split(lmtp->transaction, pending->address, lmtp->set->recipient_delimiter,
			   &pending->user, &pending->detail);
	lmtp->waiting = true;
	roost_front_lookup(front, pending->user, pending->lookup, lookup_done);
}
