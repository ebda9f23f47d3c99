/* delivery - one message through one script or several. */
#include <stdlib.h>
#include "sieve/delivery.h"
#include "sieve/run.h"

struct sieve_delivery *sieve_delivery_create(const struct sieve_instance *instance,
					     const struct sieve_host *host, struct sieve_text message,
					     const struct sieve_envelope *envelope)
{
	struct sieve_delivery *delivery = calloc(1, sizeof(*delivery));

	if (delivery == NULL)
		abort();
	delivery->instance = instance;
	delivery->host = host;
	delivery->envelope = envelope;
	delivery->message = sieve_message_create(message);
	sieve_result_init(&delivery->result, instance);
	return delivery;
}

void sieve_delivery_free(struct sieve_delivery *delivery)
{
	if (delivery == NULL)
		return;
	sieve_result_free(&delivery->result);
	sieve_message_free(delivery->message);
	free(delivery);
}

int sieve_delivery_run(struct sieve_delivery *delivery, const struct sieve_program *program,
		       struct sieve_diag *diag)
{
	struct sieve_result *result = &delivery->result;
	size_t actions = result->actions.count, marks = result->marks.count;
	struct sieve_run run;
	bool ok;

	result->keep_cancelled = false;
	sieve_run_init(&run, delivery->instance, program, delivery->host, delivery->message,
		       delivery->envelope, result, diag);
	run.trace = delivery->trace;
	ok = sieve_run(&run);
	delivery->cpu = sieve_run_cpu(&run);
	sieve_run_free(&run);
	if (ok)
		return sieve_result_keeps(result);
	/* What earlier scripts asked for stays; the message is kept as it came. */
	result->actions.count = actions;
	result->marks.count = marks;
	result->keep_cancelled = false;
	sieve_message_restore(delivery->message);
	return -1;
}

bool sieve_delivery_finish(struct sieve_delivery *delivery, struct sieve_diag *diag, bool *kept)
{
	*kept = false;
	return sieve_result_execute(&delivery->result, delivery->host, delivery->envelope,
				    delivery->message, diag, kept);
}

void sieve_delivery_trace(struct sieve_delivery *delivery, const struct sieve_trace *trace)
{
	delivery->trace = trace;
}

uint64_t sieve_delivery_cpu(const struct sieve_delivery *delivery)
{
	return delivery->cpu;
}
