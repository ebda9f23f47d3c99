/* Mail that scripts cause: forwards, refusals, replies. */
#ifndef SIEVE_SEND_H
#define SIEVE_SEND_H

#include "sieve/result.h"

/* Do a sending action. */
int sieve_send(struct sieve_result *result, const struct sieve_host *host,
	       const struct sieve_envelope *envelope, struct sieve_action *action,
	       struct roost_error *err);

/* Who the script's user is: sieve_user_email, else the final recipient. */
const char *sieve_user_address(const struct sieve_instance *instance,
			       const struct sieve_envelope *envelope);
const char *sieve_postmaster(const struct sieve_instance *instance);
/*
 * The envelope sender that a setting like sieve_redirect_envelope_from asks for. A null sender
 * stays null.
 */
const char *sieve_envelope_from(struct roost_arena *arena, const struct sieve_instance *instance,
				const struct sieve_envelope *envelope, const char *setting,
				const char *fallback);
/* Date, Message-ID and the other fields that each message of ours begins with. */
void sieve_send_begin(struct roost_str *out, const char *hostname);

#endif
