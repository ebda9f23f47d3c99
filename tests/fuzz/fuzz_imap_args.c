/*
 * IMAP commands from the wire: in whatever pieces they come, the same commands come out; arguments
 * stay within their text; what is parsed prints and parses again to the same.
 */
#include <string.h>
#include "modules/imap/imap.h"
#include "fuzz.h"

enum { LIMIT = 300 };	/* small, so that inputs reach it */

static void check_args(const struct imap_arg *args, const char *text, size_t len, int depth)
{
	FUZZ_CHECK(depth <= IMAP_LIST_DEPTH_MAX);
	for (; args->type != IMAP_ARG_END; args++) {
		uint64_t number;

		if (args->type == IMAP_ARG_LIST) {
			FUZZ_CHECK(args->text == NULL && args->len == imap_args_count(args->list));
			check_args(args->list, text, len, depth + 1);
			continue;
		}
		FUZZ_CHECK(args->text >= text && args->text + args->len <= text + len);
		FUZZ_CHECK(strlen(args->text) == args->len);
		(void)imap_arg_number(args, &number);
	}
}

static void check_set(struct roost_arena *arena, const char *text)
{
	struct roost_set set;

	if (imap_set_ranges(arena, text, 1000, &set) != NULL)
		return;
	FUZZ_CHECK(set.count > 0);
	for (size_t i = 0; i < set.count; i++) {
		FUZZ_CHECK(set.ranges[i].first <= set.ranges[i].last);
		FUZZ_CHECK(i == 0 || set.ranges[i].first > set.ranges[i - 1].last + 1);
	}
}

static void one_command(const struct roost_str *line)
{
	struct roost_arena *arena = roost_arena_create("fuzz");
	char *text = roost_arena_dup(arena, roost_str_text(line), line->len + 1), *rest;
	const char *tag, *name;
	const struct imap_arg *args;

	FUZZ_CHECK(text[line->len] == '\0');
	if (imap_command_split(text, line->len, &tag, &name, &rest)) {
		FUZZ_CHECK(*tag != '\0' && *name != '\0');
		check_set(arena, rest);
		if (imap_args_parse(arena, rest, (size_t)(text + line->len - rest), &args) == NULL)
			check_args(args, text, line->len, 0);
	}
	roost_arena_free(arena);
}

/* Everything that happens, as text. */
static void feed(const uint8_t *data, size_t size, size_t piece, struct roost_str *out)
{
	struct imap_intake intake = { .limit = LIMIT };
	size_t at = 0, end = 0, used;

	while (at < size) {
		if (at == end)
			end = size - end < piece ? size : end + piece;
		switch (imap_intake(&intake, (const char *)data + at, end - at, &used)) {
		case IMAP_INTAKE_COMMAND:
			FUZZ_CHECK(intake.text.len <= LIMIT + 1);
			one_command(&intake.text);
			roost_str_append(out, intake.text.data, intake.text.len);
			roost_str_byte(out, ';');
			imap_intake_reset(&intake);
			break;
		case IMAP_INTAKE_LITERAL:
			if (intake.literal <= LIMIT && intake.text.len + intake.literal <= LIMIT)
				imap_intake_accept(&intake);
			else
				imap_intake_skip(&intake);
			roost_str_byte(out, 'L');
			break;
		case IMAP_INTAKE_TOO_LONG:
			imap_intake_skip(&intake);
			roost_str_byte(out, 'T');
			break;
		default:
			break;
		}
		FUZZ_CHECK(used <= end - at);
		at += used;
	}
	imap_intake_free(&intake);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct roost_str whole = ROOST_STR_INIT, pieces = ROOST_STR_INIT;

	feed(data, size, size == 0 ? 1 : size, &whole);
	feed(data, size, 1, &pieces);
	FUZZ_CHECK(whole.len == pieces.len &&
		   memcmp(roost_str_text(&whole), roost_str_text(&pieces), whole.len) == 0);
	roost_str_free(&whole);
	roost_str_free(&pieces);
	return 0;
}
