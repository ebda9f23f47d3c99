/* Password schemes with known vectors, and what is made verifies. R-PWD-1..4. */
#include "modules/auth/hash.h"
#include "tests/unit/unit.h"

static bool verify(const char *stored, const char *fallback, const char *password)
{
	struct roost_arena *arena = roost_arena_create("test");
	struct hash hash;
	bool result = hash_parse(arena, stored, fallback, &hash, NULL) == 0 &&
		hash_verify(&hash, password);

	roost_arena_free(arena);
	return result;
}

static void known_vectors(void **state)
{
	static const char *const vectors[][2] = {
		{ "{PLAIN}secret", "secret" }, { "{plain.b64}c2VjcmV0", "secret" },
		{ "{CLEARTEXT.hex}736563726574", "secret" },
		{ "{SHA1}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "password" },
		{ "{SHA}5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8", "password" },
		{ "{SHA1.hex}5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8", "password" },
		{ "{PLAIN-MD5}5f4dcc3b5aa765d61d8327deb882cf99", "password" },
		{ "{MD5}5f4dcc3b5aa765d61d8327deb882cf99", "password" },
		{ "{LDAP-MD5}X03MO1qnZdYdgyfeuILPmQ==", "password" },
		{ "{SHA256}XohImNooBHFR0OVvjcYpJ3NgPQ1qq73WKhHvch0VQtg=", "password" },
		{ "{SHA256.hex}5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
		  "password" },
		/* made with openssl passwd; bcrypt's own test vector */
		{ "{SHA512-CRYPT}$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnI"
		  "FNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1", "Hello world!" },
		{ "{SHA256-CRYPT}$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
		  "Hello world!" },
		{ "{BLF-CRYPT}$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		  "U*U" },
		/* RFC 6070 */
		{ "{PBKDF2}$1$salt$4096$4b007901b765489abead49d926f721d065a429c1", "password" },
	};

	for (size_t i = 0; i < ROOST_COUNT(vectors); i++) {
		if (!verify(vectors[i][0], "CRYPT", vectors[i][1]))
			fail_msg("%s", vectors[i][0]);
		assert_false(verify(vectors[i][0], "CRYPT", "Password"));
		assert_false(verify(vectors[i][0], "CRYPT", ""));
	}
}

static void schemes_and_fallback(void **state)
{
	struct roost_arena *arena = roost_arena_create("test");
	struct roost_error err;
	struct hash hash;

	assert_true(verify("secret", "PLAIN", "secret"));
	assert_false(verify("*", "CRYPT", "*"));
	assert_false(verify("", "CRYPT", ""));
	assert_int_equal(hash_parse(arena, "{NOSUCH}x", "CRYPT", &hash, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_CONFIG);
	assert_string_equal(roost_error_log(&err), "Unknown password scheme NOSUCH");
	assert_int_equal(hash_parse(arena, "{SHA256}!!", "CRYPT", &hash, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_CORRUPT);
	assert_int_equal(hash_parse(arena, "{PBKDF2}$1$a$1000000000$00", "PLAIN", &hash, &err), 0);
	assert_false(hash_verify(&hash, "x"));
	roost_arena_free(arena);
}

static void what_is_made_verifies(void **state)
{
	struct roost_error err;
	const char *name;

	for (size_t i = 0; (name = hash_scheme_name(i)) != NULL; i++) {
		unsigned rounds = strcmp(name, "PBKDF2") == 0 ? 100 : 0;
		struct roost_str out = ROOST_STR_INIT, again = ROOST_STR_INIT;

		if (hash_create(&out, name, "pass word", rounds, &err) < 0)
			fail_msg("%s: %s", name, roost_error_log(&err));
		if (!verify(out.data, "PLAIN", "pass word") || verify(out.data, "PLAIN", "passw"))
			fail_msg("%s", out.data);
		roost_str_free(&out);
		roost_str_free(&again);
	}
	for (size_t i = 0; i < 2; i++) {
		struct roost_str out = ROOST_STR_INIT;

		assert_int_equal(hash_create(&out, i == 0 ? "ssha256.hex" : "plain.b64", "x", 0,
					     &err), 0);
		assert_true(verify(out.data, "CRYPT", "x"));
		roost_str_free(&out);
	}
	assert_int_equal(hash_create(NULL, "BLF-CRYPT", "x", 3, &err), -1);
	assert_int_equal(err.kind, ROOST_ERR_INVALID);
	assert_int_equal(hash_create(NULL, "NOSUCH", "x", 3, &err), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_vectors), cmocka_unit_test(schemes_and_fallback),
		cmocka_unit_test(what_is_made_verifies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
