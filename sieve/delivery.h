/* The inside of a delivery, for those in the library that look at what was decided. */
#ifndef SIEVE_DELIVERY_H
#define SIEVE_DELIVERY_H

#include "sieve/message.h"
#include "sieve/result.h"

struct sieve_delivery {
	const struct sieve_instance *instance;
	const struct sieve_host *host;
	const struct sieve_envelope *envelope;
	struct sieve_message *message;
	struct sieve_result result;
	uint64_t cpu;
	const struct sieve_trace *trace;
};

#endif
