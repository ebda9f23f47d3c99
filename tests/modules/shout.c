/* A Sieve extension of a module: a test that matches, one with a tag, and a command that can fail. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <roost/sieve.h>

/* Whether a field is in capitals; :least says how many letters it needs. */
static int run_shouted(struct roost_sieve_call *call, const struct roost_sieve_engine *engine,
		       struct roost_error *err)
{
	uint64_t least = engine->has_tag(call, 0) ? engine->tag_number(call, 0) : 1, letters = 0;
	size_t len = 0;
	const char *text = engine->header(call, engine->string(call, 0, 0, NULL), 0, &len);

	for (size_t i = 0; text != NULL && i < len; i++) {
		if (islower((unsigned char)text[i]))
			return 0;
		letters += isupper((unsigned char)text[i]) != 0;
	}
	return letters >= least;
}

/* Compares the sender's length with the keys. */
static int run_length(struct roost_sieve_call *call, const struct roost_sieve_engine *engine,
		      struct roost_error *err)
{
	char number[24];

	snprintf(number, sizeof(number), "%zu", strlen(engine->sender(call)));
	engine->value(call, number, strlen(number));
	return 0;
}

static int run_refuse(struct roost_sieve_call *call, const struct roost_sieve_engine *engine,
		      struct roost_error *err)
{
	const char *prefix = engine->tag_string(call, 1, NULL);

	if (!engine->has_tag(call, 0)) {
		engine->warn(call, "not refused");
		return 0;
	}
	return roost_fail(err, ROOST_ERR_INVALID, "%s%s", prefix != NULL ? prefix : "",
			  engine->string(call, 0, engine->count(call, 0) - 1, NULL));
}

static const struct roost_sieve_operation operations[] = {
	{ .name = "shouted", .is_test = true, .required = 1, .run = run_shouted,
	  .params = { { "header", ROOST_SIEVE_STRING } }, .tags = { { "least", ROOST_SIEVE_NUMBER } } },
	{ .name = "sender_length", .is_test = true, .matches = true, .required = 1, .run = run_length,
	  .params = { { "key list", ROOST_SIEVE_LIST } } },
	{ .name = "refuse", .required = 1, .run = run_refuse,
	  .params = { { "reasons", ROOST_SIEVE_LIST } },
	  .tags = { { "really", ROOST_SIEVE_FLAG }, { "prefix", ROOST_SIEVE_STRING } } },
	{ 0 }
};

static const struct roost_sieve_ops shout = {
	.name = "vnd.example.shout", .by_default = true, .operations = operations,
};

ROOST_MODULE(shout, .version = "1.0", .provides = ROOST_PROVIDES(ROOST_SIEVE(&shout)));
