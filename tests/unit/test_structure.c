/* ENVELOPE, BODY and BODYSTRUCTURE to the letter: RFC 9051 section 7.5.2. */
#include <roost/structure.h>
#include "message.h"

#define ANN "((NIL NIL \"ann\" \"b.c\"))"
#define ADDRESSES(from) from " " from " " from

static void envelopes(void **state)
{
	static const struct { const char *header, *expected; } cases[] = {
		{ "", "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)" },
		{ "From: ann@b.c\n",
		  "(NIL NIL " ADDRESSES(ANN) " NIL NIL NIL NIL NIL)" },
		{ "From: ann@b.c\nSender: x@y.z\nReply-To:\n",
		  "(NIL NIL " ANN " ((NIL NIL \"x\" \"y.z\")) " ANN " NIL NIL NIL NIL NIL)" },
		{ "Subject: a\r\n b\n", "(NIL \"a b\" NIL NIL NIL NIL NIL NIL NIL NIL)" },
		{ "Subject:\n", "(NIL \"\" NIL NIL NIL NIL NIL NIL NIL NIL)" },
		{ "Subject: \"q\" \\\n",
		  "(NIL \"\\\"q\\\" \\\\\" NIL NIL NIL NIL NIL NIL NIL NIL)" },
		{ "Subject: caf\xc3\xa9\n",
		  "(NIL {5}\r\ncaf\xc3\xa9 NIL NIL NIL NIL NIL NIL NIL NIL)" },
		{ "Subject: =?utf-8?q?a?=\n =?utf-8?q?b?=\nSubject: second\n",
		  "(NIL \"=?utf-8?q?a?= =?utf-8?q?b?=\" NIL NIL NIL NIL NIL NIL NIL NIL)" },
		{ "To: G: ann@b.c;, \"Lee, A\" <@r.s:l@m.n>\n",
		  "(NIL NIL NIL NIL NIL ((NIL NIL \"G\" NIL)(NIL NIL \"ann\" \"b.c\")"
		  "(NIL NIL NIL NIL)(\"Lee, A\" \"@r.s\" \"l\" \"m.n\")) NIL NIL NIL NIL)" },
		{ "Cc: root\nCc: ann@b.c\n",
		  "(NIL NIL NIL NIL NIL NIL ((NIL NIL \"root\" \"MISSING_DOMAIN\")"
		  "(NIL NIL \"ann\" \"b.c\")) NIL NIL NIL)" },
		{ "To: undisclosed-recipients:;\n",
		  "(NIL NIL NIL NIL NIL ((NIL NIL \"undisclosed-recipients\" NIL)"
		  "(NIL NIL NIL NIL)) NIL NIL NIL NIL)" },
		{ "Date: today\nIn-Reply-To: <a@b>\n\t<c@d>\nMessage-ID: <e@f>\n",
		  "(\"today\" NIL NIL NIL NIL NIL NIL NIL \"<a@b>\t<c@d>\" \"<e@f>\")" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_arena *arena = roost_arena_create("test");
		struct roost_str out = ROOST_STR_INIT;
		struct roost_envelope envelope;
		struct roost_error err;

		roost_structure_envelope(&out, cases[i].header, strlen(cases[i].header));
		assert_case(i, out.data, cases[i].expected);
		assert_int_equal(roost_structure_parse_envelope(arena, out.data, out.len, &envelope,
								&err), 0);
		for (size_t len = 0; len < out.len; len++)
			assert_int_equal(roost_structure_parse_envelope(arena, out.data, len,
									&envelope, &err), -1);
		roost_str_free(&out);
		roost_arena_free(arena);
	}
}

static void envelopes_are_read_back(void **state)
{
	static const char text[] = "(\"d\" {3}\r\na\"b ((\"N\" NIL \"l\" \"d\")) NIL NIL "
		"((NIL NIL \"G\" NIL)(NIL \"@r\" \"a\" \"b\")(NIL NIL NIL NIL)) NIL NIL NIL \"\\\"\")";
	struct roost_arena *arena = roost_arena_create("test");
	struct roost_envelope envelope;
	struct roost_address_list *to = &envelope.lists[ROOST_ENVELOPE_TO];
	struct roost_error err;

	assert_int_equal(roost_structure_parse_envelope(arena, text, sizeof(text) - 1, &envelope,
							&err), 0);
	assert_string_equal(envelope.strings[ROOST_ENVELOPE_SUBJECT].data, "a\"b");
	assert_string_equal(envelope.strings[ROOST_ENVELOPE_MESSAGE_ID].data, "\"");
	assert_null(envelope.strings[ROOST_ENVELOPE_IN_REPLY_TO].data);
	assert_string_equal(envelope.lists[ROOST_ENVELOPE_FROM].items[0].name, "N");
	assert_int_equal(to->count, 3);
	assert_int_equal(to->items[0].kind, ROOST_ADDRESS_GROUP);
	assert_string_equal(to->items[0].name, "G");
	assert_string_equal(to->items[1].route, "@r");
	assert_int_equal(to->items[2].kind, ROOST_ADDRESS_GROUP_END);
	roost_arena_free(arena);
}

#define MIXED "Content-Type: multipart/mixed; boundary=x\n\n"
#define PLAIN "\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" "

static void bodies(void **state)
{
	static const struct { const char *message, *body, *extended; } cases[] = {
		{ "", "(" PLAIN "0 0)", "(" PLAIN "0 0 NIL NIL NIL NIL)" },
		{ "A: b\n\na\nb\r\n", "(" PLAIN "6 2)", "(" PLAIN "6 2 NIL NIL NIL NIL)" },
		{ "Content-Type: TEXT/Html; Charset=\"utf-8\"; format=flowed\n"
		  "Content-Transfer-Encoding: (c) Base64\nContent-ID: <i@d>\n"
		  "Content-Description: a \"b\"\nContent-MD5: Q2hlY2s=\n"
		  "Content-Disposition: attachment; filename=\"a b\"; size=3\n"
		  "Content-Language: de, en (c)\nContent-Location: http://x/\n\nx",
		  "(\"TEXT\" \"Html\" (\"Charset\" \"utf-8\" \"format\" \"flowed\") \"<i@d>\" "
		  "\"a \\\"b\\\"\" \"Base64\" 1 0)",
		  "(\"TEXT\" \"Html\" (\"Charset\" \"utf-8\" \"format\" \"flowed\") \"<i@d>\" "
		  "\"a \\\"b\\\"\" \"Base64\" 1 0 \"Q2hlY2s=\" (\"attachment\" (\"filename\" \"a b\" "
		  "\"size\" \"3\")) (\"de\" \"en\") \"http://x/\")" },
		{ "Content-Type: image/png\nContent-Disposition: inline\n\nx",
		  "(\"image\" \"png\" NIL NIL NIL \"7bit\" 1)",
		  "(\"image\" \"png\" NIL NIL NIL \"7bit\" 1 NIL (\"inline\" NIL) NIL NIL)" },
		{ "Content-Type: text/plain\n\nx",
		  "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 0)",
		  "(\"text\" \"plain\" NIL NIL NIL \"7bit\" 1 0 NIL NIL NIL NIL)" },
		{ "Content-Type: a/b; name*0*=utf-8''%C3; name*1=x\n\nx",
		  "(\"a\" \"b\" (\"name*0*\" \"utf-8''%C3\" \"name*1\" \"x\") NIL NIL \"7bit\" 1)",
		  "(\"a\" \"b\" (\"name*0*\" \"utf-8''%C3\" \"name*1\" \"x\") NIL NIL \"7bit\" 1 "
		  "NIL NIL NIL NIL)" },
		{ MIXED "--x\n\na\n--x\n\nb\n--x--\n",
		  "((" PLAIN "1 0)(" PLAIN "1 0) \"mixed\")",
		  "((" PLAIN "1 0 NIL NIL NIL NIL)(" PLAIN "1 0 NIL NIL NIL NIL) \"mixed\" "
		  "(\"boundary\" \"x\") NIL NIL NIL)" },
		{ MIXED "no parts", "((" PLAIN "0 0) \"mixed\")",
		  "((" PLAIN "0 0 NIL NIL NIL NIL) \"mixed\" (\"boundary\" \"x\") NIL NIL NIL)" },
		{ "Content-Type: multipart/mixed\n\n--x\n", "(" PLAIN "5 1)",
		  "(" PLAIN "5 1 NIL NIL NIL NIL)" },
		{ MIXED "--x\nContent-Type: message/rfc822\n\nSubject: s\n\na\nb\n--x--\n",
		  "((\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 18 "
		  "(NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL) (" PLAIN "4 1) 3) \"mixed\")",
		  "((\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 18 "
		  "(NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL) (" PLAIN "4 1 NIL NIL NIL NIL) 3 "
		  "NIL NIL NIL NIL) \"mixed\" (\"boundary\" \"x\") NIL NIL NIL)" },
	};

	for (size_t i = 0; i < ROOST_COUNT(cases); i++) {
		struct roost_arena *arena = roost_arena_create("test");
		struct roost_input *input = roost_input_from_memory(cases[i].message,
								    strlen(cases[i].message));
		struct roost_str out = ROOST_STR_INIT;
		const struct roost_mime *mime;
		struct roost_error err;

		assert_int_equal(roost_mime_parse(arena, input, NULL, &mime, &err), 0);
		roost_structure_body(&out, mime, false);
		assert_case(i, out.data, cases[i].body);
		roost_str_truncate(&out, 0);
		roost_structure_body(&out, mime, true);
		assert_case(i, out.data, cases[i].extended);
		roost_input_unref(input);
		roost_str_free(&out);
		roost_arena_free(arena);
	}
}

static void strings(void **state)
{
	struct roost_str out = ROOST_STR_INIT;

	roost_structure_string(&out, (struct roost_text){ NULL, 0 });
	roost_structure_string(&out, (struct roost_text){ "a\0b", 3 });
	roost_structure_string(&out, TEXT("a\rb"));
	assert_string_equal(out.data, "NIL\"ab\"{3}\r\na\rb");
	roost_str_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(envelopes), cmocka_unit_test(envelopes_are_read_back),
		cmocka_unit_test(bodies), cmocka_unit_test(strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
