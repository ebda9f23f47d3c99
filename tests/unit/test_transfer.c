/* Transfer encodings: RFC 2045 section 6. */
#include <roost/transfer.h>
#include "message.h"

static void names(void **state)
{
	assert_int_equal(roost_transfer_named((struct roost_text){ NULL, 0 }), ROOST_TRANSFER_7BIT);
	assert_int_equal(roost_transfer_named(TEXT("8BIT")), ROOST_TRANSFER_8BIT);
	assert_int_equal(roost_transfer_named(TEXT(" (c) Base64 (d)")), ROOST_TRANSFER_BASE64);
	assert_int_equal(roost_transfer_named(TEXT("x-uue")), ROOST_TRANSFER_UUENCODE);
	assert_int_equal(roost_transfer_named(TEXT("quoted")), ROOST_TRANSFER_UNKNOWN);
	assert_int_equal(roost_transfer_named(TEXT("")), ROOST_TRANSFER_UNKNOWN);
}

static const struct { enum roost_transfer encoding; const char *coded, *plain; } cases[] = {
	{ ROOST_TRANSFER_7BIT, "a=3D\r\n", "a=3D\r\n" },
	{ ROOST_TRANSFER_UNKNOWN, "a=3D", "a=3D" },
	{ ROOST_TRANSFER_QUOTED_PRINTABLE, "a=3Db=c3=A9", "a=b\xc3\xa9" },
	{ ROOST_TRANSFER_QUOTED_PRINTABLE, "so=\r\nft=\nbreak=  \r\ns", "softbreaks" },
	{ ROOST_TRANSFER_QUOTED_PRINTABLE, "trail  \t\r\nx \ny ", "trail\r\nx\ny" },
	{ ROOST_TRANSFER_QUOTED_PRINTABLE, "in  side", "in  side" },
	{ ROOST_TRANSFER_QUOTED_PRINTABLE, "=zz =4x =", "=zz =4x " },
	{ ROOST_TRANSFER_QUOTED_PRINTABLE, "==3D", "==" },
	{ ROOST_TRANSFER_BASE64, "aGVsbG8=", "hello" },
	{ ROOST_TRANSFER_BASE64, "aGVs\r\nbG8", "hello" },
	{ ROOST_TRANSFER_BASE64, "a G!V-s*bG8==", "hello" },
	{ ROOST_TRANSFER_BASE64, "aGk=aGk=", "hihi" },
	{ ROOST_TRANSFER_BASE64, "a", "" },
	{ ROOST_TRANSFER_UUENCODE, "junk\nbegin 644 x\r\n#86)C\r\n`\r\nend\r\njunk\r\n", "abc" },
	{ ROOST_TRANSFER_UUENCODE, "begin 644 x\n#86)C", "abc" },
};

static void decoding(void **state)
{
	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_transfer_decoder decoder = { .encoding = cases[i].encoding };
		struct roost_str whole = ROOST_STR_INIT, bytes = ROOST_STR_INIT;

		roost_transfer_decode_all(cases[i].encoding, &whole, cases[i].coded,
					  strlen(cases[i].coded));
		assert_case(i, roost_str_text(&whole), cases[i].plain);
		for (const char *byte = cases[i].coded; *byte != '\0'; byte++)
			roost_transfer_decode(&decoder, &bytes, byte, 1);
		roost_transfer_finish(&decoder, &bytes);
		assert_case(i, roost_str_text(&bytes), cases[i].plain);
		roost_str_free(&whole);
		roost_str_free(&bytes);
	}
}

static void streams(void **state)
{
	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_input *parent = roost_input_from_memory(cases[i].coded,
								     strlen(cases[i].coded));
		struct roost_input *input = roost_transfer_input(parent, cases[i].encoding);
		struct roost_error err;
		char buffer[100];

		roost_input_unref(parent);
		/* Again from the start gives the same. */
		for (int again = 0; again < 2; again++) {
			ssize_t len = roost_input_read(input, buffer, sizeof(buffer) - 1, &err);

			assert_true(len >= 0);
			buffer[len] = '\0';
			assert_case(i, buffer, cases[i].plain);
			assert_int_equal(roost_input_seek(input, 0, &err), 0);
		}
		roost_input_unref(input);
	}
}

static void encoding(void **state)
{
	static const struct { const char *plain, *coded; } texts[] = {
		{ "a=b\n", "a=3Db\r\n" }, { "a \nb\t", "a=20\r\nb=09" }, { "a\r\nb", "a\r\nb" },
		{ ".\nFrom x\nF", "=2E\r\n=46rom x\r\nF" }, { "\xc3\xa9", "=C3=A9" },
		{ "a\rb", "a=0Db" },
	};
	struct roost_str out = ROOST_STR_INIT;
	char line[100];

	for (size_t i = 0; i < ROOST_COUNT(texts); i++) {
		roost_str_truncate(&out, 0);
		roost_transfer_encode_quoted(&out, texts[i].plain, strlen(texts[i].plain));
		assert_case(i, out.data, texts[i].coded);
	}
	memset(line, 'x', sizeof(line));
	roost_str_truncate(&out, 0);
	roost_transfer_encode_quoted(&out, line, sizeof(line));
	assert_int_equal(strcspn(out.data, "\r"), 76);
	roost_str_truncate(&out, 0);
	roost_transfer_encode_base64(&out, line, sizeof(line));
	assert_int_equal(strcspn(out.data, "\r"), 76);
	roost_str_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names), cmocka_unit_test(decoding), cmocka_unit_test(streams),
		cmocka_unit_test(encoding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
