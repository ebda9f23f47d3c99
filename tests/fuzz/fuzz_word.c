/* Encoded words, parameters, subjects: always clean text, and what we encode reads back. */
#include <string.h>
#include <roost/charset.h>
#include <roost/subject.h>
#include <roost/utf8.h>
#include <roost/word.h>
#include "fuzz.h"

static void check_line(const struct roost_str *line)
{
	const char *text = roost_str_text(line);

	FUZZ_CHECK(roost_utf8_valid(text, line->len));
	FUZZ_CHECK(memchr(text, '\0', line->len) == NULL);
	FUZZ_CHECK(memchr(text, '\n', line->len) == NULL);
}

static void encode_and_back(const struct roost_str *line)
{
	struct roost_str coded = ROOST_STR_INIT, back = ROOST_STR_INIT;
	struct roost_text text = { roost_str_text(line), line->len };

	/* A lone CR is no text; trimming takes the spaces of the ends. */
	text = roost_text_trim(text);
	if (memchr(text.data, '\r', text.len) != NULL)
		return;
	roost_word_encode(&coded, text, 9);
	roost_word_decode(&back, (struct roost_text){ roost_str_text(&coded), coded.len });
	FUZZ_CHECK(back.len == text.len && memcmp(roost_str_text(&back), text.data, text.len) == 0);
	roost_str_free(&coded);
	roost_str_free(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct roost_arena *arena = roost_arena_create("fuzz");
	struct roost_text value = { (const char *)data, size }, params;
	struct roost_str line = ROOST_STR_INIT, other = ROOST_STR_INIT;
	const char *name;

	roost_word_decode(&line, value);
	check_line(&line);
	encode_and_back(&line);
	roost_subject_base(&other, value, NULL);
	check_line(&other);
	roost_text_fold(&other, roost_str_text(&line), line.len);
	roost_param_begin(value, &params);
	name = roost_param_get(arena, params, "name");
	FUZZ_CHECK(name == NULL || roost_utf8_valid(name, strlen(name)));
	roost_str_free(&line);
	roost_str_free(&other);
	roost_arena_free(arena);
	return 0;
}
