/*
 * Compiles and runs scripts of realistic rules. Argument: how many rules. Measured with callgrind:
 * --toggle-collect=sieve_compile or =sieve_run; the message is read before.
 */
#include <stdlib.h>
#include "sieve/compile.h"
#include "sieve/run.h"

static const char message[] =
	"Return-Path: <news@shop.example.com>\r\nReceived: from mx.example.org (mx.example.org [192.0.2.1])\r\n"
	"\tby mail.example.org with ESMTPS id 4F2; Mon, 20 Jul 2009 21:44:43 +0300\r\n"
	"From: \"The Shop\" <news@shop.example.com>\r\nTo: Ann Other <ann+shop@example.org>\r\n"
	"Cc: list@lists.example.net\r\nSubject: =?utf-8?q?Your_order_from_caf=C3=A9_Luna?=\r\n"
	"Date: Mon, 20 Jul 2009 21:44:43 +0300\r\nMessage-ID: <20090720.1@shop.example.com>\r\n"
	"List-Id: Shop news <news.shop.example.com>\r\nX-Spam-Score: 1.2\r\nMIME-Version: 1.0\r\n"
	"Content-Type: text/plain; charset=utf-8\r\n\r\nDear Ann,\r\n\r\nyour order is on its way.\r\n";

/* None of them holds but the last: all are looked at. */
static void append_rule(struct roost_str *script, unsigned n)
{
	switch (n % 5) {
	case 0:
		roost_str_printf(script, "if address :is \"from\" [\"user%u@example.com\", \"other%u@example.net\"] "
				 "{ fileinto \"People.%u\"; stop; }\n", n, n, n);
		break;
	case 1:
		roost_str_printf(script, "if header :contains \"subject\" [\"topic%u\", \"invoice %u\"] "
				 "{ fileinto \"Topics.%u\"; stop; }\n", n, n, n);
		break;
	case 2:
		roost_str_printf(script, "if header :matches \"list-id\" \"*<list%u.example.net>*\" "
				 "{ fileinto \"Lists.${1}.%u\"; stop; }\n", n, n);
		break;
	case 3:
		roost_str_printf(script, "if allof (address :domain \"from\" \"host%u.example.com\", "
				 "not exists \"x-rule-%u\") { addflag \"$rule%u\"; keep; stop; }\n", n, n, n);
		break;
	default:
		roost_str_printf(script, "if anyof (header :is \"x-rule\" \"%u\", address :localpart [\"to\", \"cc\"] "
				 "\"ann+%u\") { discard; stop; }\n", n, n);
	}
}

int main(int argc, char **argv)
{
	static const struct sieve_envelope envelope = { .from = "news@shop.example.com",
		.to = "ann+shop@example.org", .orig_to = "ann+shop@example.org" };
	static const struct sieve_host host = { 0 };
	unsigned rules = argc > 1 ? (unsigned)atoi(argv[1]) : 20;
	struct sieve_instance *instance = sieve_instance_create();
	struct roost_str script = ROOST_STR_INIT, bytes = ROOST_STR_INIT;
	struct sieve_program *program;
	struct roost_error err;
	struct sieve_diag diag;

	roost_str_puts(&script, "require [\"fileinto\", \"imap4flags\", \"variables\"];\n");
	for (unsigned i = 0; i < rules; i++)
		append_rule(&script, i);
	roost_str_puts(&script, "keep;\n");
	sieve_diag_init(&diag);
	if (!sieve_compile(instance, NULL, "bench", SIEVE_MAIN, sieve_text_of_str(&script), &diag, &bytes) ||
	    sieve_program_load(instance, sieve_text_of_str(&bytes), &program, &err) < 0)
		return 1;
	for (int pass = 0; pass < 2; pass++) {
		struct sieve_message *mail = sieve_message_create(SIEVE_TEXT(message));
		struct sieve_result result;
		struct sieve_run run;

		sieve_result_init(&result, instance);
		sieve_run_init(&run, instance, program, &host, mail, &envelope, &result, &diag);
		if (!sieve_run(&run) || result.actions.count != 1)
			return 1;
		sieve_run_free(&run);
		sieve_result_free(&result);
		sieve_message_free(mail);
	}
	sieve_program_free(program);
	sieve_diag_free(&diag);
	roost_str_free(&bytes);
	roost_str_free(&script);
	sieve_instance_free(instance);
	return 0;
}
