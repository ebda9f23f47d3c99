/* Runs a Sieve program, wherever it came from, over a message; nothing is stored or sent. */
#ifndef TESTS_FUZZ_SIEVE_COMMON_H
#define TESTS_FUZZ_SIEVE_COMMON_H

#include "fuzz.h"
#include "sieve/compile.h"
#include "sieve/run.h"

static const char sieve_fuzz_message[] =
	"From: Ann <ann+list@example.com>\r\nTo: me@example.org\r\nSubject: =?utf-8?q?=C3=BC?=\r\n"
	"Date: Mon, 20 Jul 2009 21:44:43 +0300\r\nContent-Type: multipart/mixed; boundary=X\r\n\r\n"
	"--X\r\nContent-Type: text/html\r\n\r\n<b>a&amp;b</b>\r\n--X--\r\n";

static inline struct sieve_instance *sieve_fuzz_instance(void)
{
	struct sieve_instance *instance = sieve_instance_create();

	sieve_instance_offer_all(instance);
	sieve_instance_set(instance, "sieve_max_cpu_time", "1");
	return instance;
}

static inline void sieve_fuzz_run(const struct sieve_instance *instance,
				  struct sieve_program *program, struct sieve_text text)
{
	static const struct sieve_host host = { 0 };
	static const struct sieve_envelope envelope = {
		.from = "ann@example.com", .to = "me@example.org", .orig_to = "me@example.org", .auth = "me" };
	struct sieve_message *message = sieve_message_create(text);
	struct sieve_result result;
	struct sieve_diag diag;
	struct sieve_run run;

	sieve_diag_init(&diag);
	sieve_result_init(&result, instance);
	sieve_run_init(&run, instance, program, &host, message, &envelope, &result, &diag);
	sieve_run(&run);
	sieve_run_free(&run);
	sieve_result_free(&result);
	sieve_message_free(message);
	sieve_diag_free(&diag);
}

#endif
