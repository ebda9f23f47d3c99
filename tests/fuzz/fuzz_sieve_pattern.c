/* Globs and regular expressions: the pattern is what stands before the first LF, the text the rest. */
#include "fuzz.h"
#include <string.h>
#include <roost/error.h>
#include "sieve/glob.h"
#include "sieve/regex.h"

static void check_spans(const struct sieve_span *spans, unsigned count, size_t len)
{
	for (unsigned i = 0; i < count; i++) {
		if (spans[i].start > len || spans[i].len > len - spans[i].start)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *pattern = (const char *)data, *lf = len > 0 ? memchr(data, '\n', len) : NULL;
	size_t pattern_len = lf != NULL ? (size_t)(lf - pattern) : len;
	const char *text = lf != NULL ? lf + 1 : "";
	size_t text_len = lf != NULL ? len - pattern_len - 1 : 0;
	struct roost_arena *arena = roost_arena_create("fuzz");
	struct sieve_span spans[SIEVE_CAPTURES];
	struct sieve_regex *regex;
	struct roost_error err;
	unsigned count;

	if (sieve_glob_match(sieve_glob_create(arena, pattern, pattern_len), text, text_len, spans, &count))
		check_spans(spans, count, text_len);
	for (int fold = 0; fold < 2; fold++) {
		if (sieve_regex_create(arena, pattern, pattern_len, fold, &regex, &err) == 0 &&
		    sieve_regex_match(regex, text, text_len, spans, &count, &err) > 0)
			check_spans(spans, count, text_len);
	}
	roost_arena_free(arena);
	return 0;
}
