/* SEARCH arguments: what is accepted runs, finds messages that exist, and NOT finds the others. */
#include <string.h>
#include "modules/imap/search_args.h"
#include "tests/unit/fetch_world.h"
#include "fuzz.h"

static struct roost_set run(struct roost_arena *arena, struct roost_mailbox *box,
			    const struct roost_search_key *key)
{
	struct roost_search *search;
	struct roost_error err;
	struct roost_set set;

	FUZZ_CHECK(roost_search_begin(box, key, 0, &search, &err) == 0);
	FUZZ_CHECK(roost_search_step(search, 0));
	set = roost_search_found(search);
	if (set.count > 0)
		set.ranges = roost_arena_dup(arena, set.ranges, set.count * sizeof(*set.ranges));
	FUZZ_CHECK(roost_search_end(search, &err) == 0);
	return set;
}

/* A message is found by the keys or by their negation, and not by both. */
static void check_negation(struct fetch_world *world, char *text)
{
	struct roost_arena *arena = roost_arena_create("fuzz");
	const struct imap_arg *args;
	struct search_args search;
	struct roost_set found, others;

	if (imap_args_parse(arena, text, strlen(text), &args) == NULL &&
	    search_args_parse(&world->imap, arena, args, &search) == NULL) {
		found = run(arena, world->imap.box, search.key);
		search.key->negated = true;
		others = run(arena, world->imap.box, search.key);
		for (uint32_t seq = 1; seq <= world->imap.box->count; seq++)
			FUZZ_CHECK(roost_set_contains(&found, seq) !=
				   roost_set_contains(&others, seq));
		FUZZ_CHECK(roost_set_count(&found) + roost_set_count(&others) ==
			   world->imap.box->count);
	}
	roost_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct roost_mailbox *box = world_create();
	struct fetch_world *world = fetch_world_create(box);
	char *text = calloc(1, size + 1);
	const char *out;

	memcpy(text, data, size);
	world_add(box, "From: a@b\nSubject: =?utf-8?q?=C3=A4?= x\nDate: 1 Feb 1994 10:00:00 +0100\n\n"
		  "body \xe4 text\n", ROOST_FLAG_SEEN);
	world_add(box, "Content-Type: text/plain; charset=koi8-r\n"
		  "Content-Transfer-Encoding: base64\n\n8NLJ18XU\n", ROOST_FLAG_RECENT);
	world_add(box, "", ROOST_FLAG_FLAGGED)->mail.keywords = 1;
	box->keywords[0] = "k";
	out = fetch_world_run(world, imap_search, size % 2 == 0, text, NULL);
	FUZZ_CHECK(strncmp(out, "* ", 2) == 0 || strncmp(out, "t ", 2) == 0);
	check_negation(world, text);
	fetch_world_free(world);
	world_free(box);
	free(text);
	return 0;
}
