/*
 * fetch COUNT ARGUMENTS: one FETCH or SEARCH over a mailbox of so many messages, twice; the second
 * time within measured(), for callgrind: --toggle-collect=measured. The toolkit and the index are
 * real, the session and the storage driver are those of the unit tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "modules/imap/imap.h"
#include "tests/unit/fetch_world.h"
#include "tests/unit/store_world.h"

#define LINE "The quick brown fox jumps over the lazy dog, and does so once more.\n"

static void fill(struct world *world, unsigned count)
{
	struct roost_str text = ROOST_STR_INIT;

	for (unsigned i = 0; i < count; i++) {
		roost_str_truncate(&text, 0);
		roost_str_printf(&text, "From: Ann <a%u@example.org>\nTo: b@example.org\n"
				 "Subject: message number %u\nDate: Tue, 01 Feb 2022 10:00:00 +0000\n"
				 "Message-ID: <%u@bench>\n\n", i, i, i);
		for (unsigned line = 0; line < 100; line++)
			roost_str_puts(&text, LINE);
		world_save(world, "INBOX", roost_str_text(&text), i % 2 == 0 ? ROOST_FLAG_SEEN : 0);
	}
	roost_str_free(&text);
}

/* Not inlined: callgrind knows it by its name. */
__attribute__((noinline)) size_t measured(struct fetch_world *session, imap_run *run,
					  const char *arguments);
size_t measured(struct fetch_world *session, imap_run *run, const char *arguments)
{
	size_t len;

	(void)fetch_world_run(session, run, false, arguments, &len);
	return len;
}

int main(int argc, char **argv)
{
	struct fetch_world *session;
	struct world world;
	imap_run *run;
	size_t len;

	if (argc != 3) {
		fprintf(stderr, "usage: fetch COUNT \"1:* (FLAGS)\"|\"SEARCH-KEYS\"\n");
		return 64;
	}
	run = strncmp(argv[2], "1:* ", 4) == 0 ? imap_fetch : imap_search;
	world_open(&world, NULL);
	fill(&world, (unsigned)strtoul(argv[1], NULL, 10));
	session = fetch_world_create(world_select(&world, "INBOX", 0));
	(void)fetch_world_run(session, run, false, argv[2], &len);
	printf("%zu bytes of output\n", measured(session, run, argv[2]));
	return 0;
}
