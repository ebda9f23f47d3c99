/* %-variables: R-VAR-1..5. The values of hashes and substrings are those of existing 2.3 servers. */
#include <roost/expand.h>
#include <roost/settings.h>
#include "tests/unit/unit.h"

static const char *value(void *context, const char *name)
{
	static const struct roost_setting_pair fields[] = { { "home", "/h" }, { NULL, NULL } };
	static const char *const known[][2] = {
		{ "user", "Alice@Example.org" }, { "username", "Alice" }, { "domain", "Example.org" },
		{ "uid", "8" }, { "dots", "a.b.c" }, { "quote", "a\"b'c\\d" }, { "blank", "x \t" },
		{ "rip", "" }, { "m", "<id@x>" },
	};

	for (size_t i = 0; i < ROOST_COUNT(known); i++) {
		if (strcmp(known[i][0], name) == 0)
			return known[i][1];
	}
	return roost_expand_field(name, "passdb:", fields);
}

static void each_form(void **state)
{
	static const struct { const char *text, *result; } forms[] = {
		{ "plain", "plain" }, { "95%%", "95%" }, { "%u|%n|%d|%i", "Alice@Example.org|Alice|Example.org|8" },
		{ "%{user}", "Alice@Example.org" }, { "%m", "<id@x>" },
		{ "%Lu %Un", "alice@example.org ALICE" }, { "%L{user}", "alice@example.org" },
		{ "%LU{user}", "ALICE@EXAMPLE.ORG" }, { "%RUn", "ECILA" },
		{ "%Nu", "dc930d3b" }, { "%256Nu", "3b" }, { "%2.256Nu", "3b" }, { "%3.16Nu", "00b" },
		{ "%016Nu", "b" }, { "%Hu", "249f67" }, { "%256Hu", "67" }, { "%N{username}", "dc2fe078" },
		{ "%Mu", "6e8fb51cdc930d3b6842886b92f5ba37" }, { "%D{dots}", "a,dc=b,dc=c" },
		{ "%E{quote}", "a\\\"b\\'c\\\\d" }, { "%T{blank}|", "x|" }, { "%Xi", "8" },
		{ "%08Xi", "00000008" }, { "%04i", "0008" },
		{ "%2u", "Al" }, { "%2.1u", "i" }, { "%-2.2u", "rg" }, { "%0.-2u", "Alice@Example.o" },
		{ "%2Lu", "al" }, { "%L2u", "al" }, { "%-3u", "Ali" }, { "%20u", "Alice@Example.org" },
		{ "%020u", "000Alice@Example.org" }, { "%02u", "Alice@Example.org" },
		{ "%100.2u", "" }, { "%-100.2u", "Al" }, { "%0u", "Alice@Example.org" },
		{ "%.2u", "Al" }, { "%3.-2u", "ce@Example.o" }, { "%-5.-2u", "e.o" },
		{ "%{md5:user}", "6e8fb51cdc930d3b6842886b92f5ba37" },
		{ "%{sha256:user}", "cfd44c4f8b695cedf265b5c47e945f7d4bfc6adc3a0d3eadd8136726d968d3a0" },
		{ "%{md5;rounds=2:user}", "e21782c65ab4c930107cd3240c6e4b6b" },
		{ "%{md5;rounds=3,salt=ab:user}", "6d5e1a4f36776505ca52415c40404c4e" },
		{ "%{md5;truncate=32:user}", "6e8fb51c" }, { "%{md5;truncate=12:user}", "06e8" },
		{ "%{sha1;truncate=7:user}", "42" }, { "%{sha512;truncate=8,format=base64:user}", "yg==" },
		{ "%{md5;format=base64:user}", "bo+1HNyTDTtoQohrkvW6Nw==" },
		{ "%{md5;format=hexuc:user}", "6E8FB51CDC930D3B6842886B92F5BA37" },
		{ "%{pkcs5;rounds=10,salt=abc,truncate=32:user}", "425af627" },
		{ "%{if;%n;eq;Alice;yes;no}", "yes" }, { "%{if;%n;eq;x;yes;no}", "no" },
		{ "%{if;5;>;40;yes;no}", "no" }, { "%{if;2;<=;2;yes;no}", "yes" }, { "%{if;1;==;1;a}", "a" },
		{ "%{if;%{if;1;==;1;a;b};eq;a;nest%n;no}", "nestAlice" },
		{ "%{if;%u;*;A*@*;glob;no}", "glob" }, { "%{if;%u;!*;A*@*;glob;no}", "no" },
		{ "%{if;%u;~;^A.*org$;re;no}", "re" }, { "%{if;%u;!~;^A.*org$;re;no}", "no" },
		{ "%{if;%{rip};eq;;empty;n}", "empty" }, { "%{if;a;eq;a;x\\:y\\;z\\%u;n}", "x:y;z%u" },
		{ "%L{if;1;==;1;A%u;n}", "aalice@example.org" },
		{ "%{passdb:home}|%{passdb:nix}|%{passdb:nix:dflt}", "/h||dflt" },
	};

	for (size_t i = 0; i < ROOST_COUNT(forms); i++) {
		struct roost_expand expand = { .value = value };
		struct roost_str out = ROOST_STR_INIT;
		struct roost_error err = { 0 };

		if (roost_expand(&out, forms[i].text, &expand, &err) < 0)
			fail_msg("%s: %s", forms[i].text, roost_error_log(&err));
		assert_string_equal(roost_str_text(&out), forms[i].result);
		roost_str_free(&out);
	}
}

static void unknown_variables_are_named(void **state)
{
	static const struct { const char *text, *result, *detail; } forms[] = {
		{ "a%qb", "aUNSUPPORTED_VARIABLE_qb", "Unknown variable %q" },
		{ "%{nosuch}/%q", "UNSUPPORTED_VARIABLE_nosuch/UNSUPPORTED_VARIABLE_q",
		  "Unknown variable %{nosuch}" },
		{ "x%", "xUNSUPPORTED_VARIABLE_", NULL }, { "%{user", "UNSUPPORTED_VARIABLE_user", NULL },
		{ "%{if;1;foo;y;a;n}", "UNSUPPORTED_VARIABLE_if;1;foo;y;a;n", NULL },
		{ "%{md5;rounds=0:user}", "UNSUPPORTED_VARIABLE_md5;rounds=0:user", NULL },
		{ "%{md5:nix}", "UNSUPPORTED_VARIABLE_md5:nix", NULL },
	};

	for (size_t i = 0; i < ROOST_COUNT(forms); i++) {
		struct roost_expand expand = { .value = value };
		struct roost_str out = ROOST_STR_INIT;
		struct roost_error err = { 0 };

		assert_int_equal(roost_expand(&out, forms[i].text, &expand, &err), -1);
		assert_int_equal(err.kind, ROOST_ERR_CONFIG);
		assert_string_equal(roost_str_text(&out), forms[i].result);
		if (forms[i].detail != NULL)
			assert_string_equal(roost_error_log(&err), forms[i].detail);
		roost_str_free(&out);
	}
}

static void put_quoted(void *context, struct roost_str *out, const char *text)
{
	roost_str_printf(out, "<%s>", text);
}

static void values_are_escaped_once_and_operands_are_not(void **state)
{
	struct roost_expand expand = { .value = value, .escape = put_quoted };
	struct roost_str out = ROOST_STR_INIT;

	assert_int_equal(roost_expand(&out, "%n %{if;%n;eq;Alice;%d;no} %Ln", &expand, NULL), 0);
	assert_string_equal(out.data, "<Alice> <Example.org> <alice>");
	roost_str_free(&out);
}

static void conditions_do_not_nest_for_ever(void **state)
{
	struct roost_expand expand = { .value = value };
	struct roost_str text = ROOST_STR_INIT, out = ROOST_STR_INIT;

	for (int i = 0; i < 1000; i++)
		roost_str_puts(&text, "%{if;1;==;1;");
	for (int i = 0; i < 1000; i++)
		roost_str_puts(&text, ";x}");
	assert_int_equal(roost_expand(&out, text.data, &expand, NULL), -1);
	roost_str_free(&text);
	roost_str_free(&out);
}

static void collect(void *context, const char *name)
{
	roost_str_printf(context, "%s ", name);
}

static void names_come_from_every_branch(void **state)
{
	struct roost_str names = ROOST_STR_INIT;

	roost_expand_names("%Lu %{if;%n;eq;%d;%{a};%{b}} %{md5;rounds=2:rip} 100%% %q", collect,
			   &names);
	assert_string_equal(names.data, "user username domain a b rip q ");
	roost_str_free(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form),
		cmocka_unit_test(unknown_variables_are_named),
		cmocka_unit_test(values_are_escaped_once_and_operands_are_not),
		cmocka_unit_test(conditions_do_not_nest_for_ever),
		cmocka_unit_test(names_come_from_every_branch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
