/* Compiled scripts in files: what is believed and what is compiled anew. */
#include <sys/stat.h>
#include <stdlib.h>
#include <unistd.h>
#include "sieve/cache.h"
#include "sieve/program.h"
#include "tests/unit/unit.h"

static const char script[] =
	"require [\"include\", \"variables\", \"fileinto\", \"ihave\"];\r\n"
	"include \"part\"; include :optional \"absent\";\r\n"
	"set \"a\" \"x${1}y\"; if header :matches [\"subject\", \"x-a\"] [\"*a*\", \"b?\"] { fileinto \"${a}\"; }\r\n";

static struct sieve_instance *instance;
static struct sieve_diag diag;
static char path[] = "/tmp/roost-sieve-cache.XXXXXX";
static const char *part_text, *absent_text;

static int load(void *context, enum sieve_location location, const char *name,
		struct roost_str *source, struct roost_error *err)
{
	const char *text = strcmp(name, "part") == 0 ? part_text : absent_text;

	if (text == NULL)
		return roost_fail(err, ROOST_ERR_NOTFOUND, "none");
	roost_str_puts(source, text);
	return 0;
}

static const struct sieve_loader loader = { load, NULL };

static enum sieve_cache_result get(const char *text)
{
	struct sieve_source source = { "script", SIEVE_MAIN, sieve_text_of(text) };
	struct sieve_program *program = NULL;
	struct roost_error err = { 0 };
	enum sieve_cache_result result = sieve_cache_get(instance, &loader, path, &source, &diag,
							 &program, &err);

	assert_int_equal(program == NULL, result == SIEVE_CACHE_FAILED);
	sieve_program_free(program);
	return result;
}

static int setup(void **state)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	instance = sieve_instance_create();
	sieve_diag_init(&diag);
	part_text = "keep;";
	absent_text = NULL;
	return 0;
}

static int teardown(void **state)
{
	unlink(path);
	strcpy(path, "/tmp/roost-sieve-cache.XXXXXX");
	sieve_diag_free(&diag);
	sieve_instance_free(instance);
	return 0;
}

static void read_bytes(struct roost_str *bytes)
{
	struct roost_error err;

	roost_str_truncate(bytes, 0);
	assert_int_equal(sieve_cache_read(path, bytes, &err), 0);
}

/* The file as it is, without looking into it. */
static size_t slurp(char *out, size_t room)
{
	FILE *file = fopen(path, "re");
	size_t len = fread(out, 1, room, file);

	fclose(file);
	return len;
}

static void spit(const char *data, size_t len)
{
	FILE *file = fopen(path, "we");

	assert_int_equal(fwrite(data, 1, len, file), len);
	fclose(file);
}

static void a_second_time_it_is_loaded(void **state)
{
	assert_int_equal(get(script), SIEVE_CACHE_SAVED);
	assert_int_equal(get(script), SIEVE_CACHE_LOADED);
}

static void any_change_compiles_anew(void **state)
{
	get(script);
	assert_int_equal(get("keep;"), SIEVE_CACHE_SAVED);
	assert_int_equal(get(script), SIEVE_CACHE_SAVED);
	part_text = "discard;";
	assert_int_equal(get(script), SIEVE_CACHE_SAVED);
	assert_int_equal(get(script), SIEVE_CACHE_LOADED);
	absent_text = "stop;";
	assert_int_equal(get(script), SIEVE_CACHE_SAVED);
	absent_text = NULL;
	assert_int_equal(get(script), SIEVE_CACHE_SAVED);
	part_text = NULL;
	assert_int_equal(get(script), SIEVE_CACHE_FAILED);
}

static void extensions_and_settings_count(void **state)
{
	get(script);
	sieve_instance_offer(instance, "+editheader", NULL);
	assert_int_equal(get(script), SIEVE_CACHE_SAVED);
	sieve_instance_set(instance, "sieve_max_redirects", "2");
	assert_int_equal(get(script), SIEVE_CACHE_SAVED);
	sieve_instance_set(instance, "sieve_user_email", "me@example.org");
	assert_int_equal(get(script), SIEVE_CACHE_LOADED);
	sieve_instance_offer(instance, "-fileinto", NULL);
	assert_int_equal(get(script), SIEVE_CACHE_FAILED);
}

static void every_flipped_byte_is_seen(void **state)
{
	static char data[65536];
	size_t len;

	get(script);
	len = slurp(data, sizeof(data));
	assert_true(len > 100 && len < sizeof(data));
	for (size_t i = 0; i < len; i++) {
		for (unsigned flip = 0; flip < 3; flip++) {
			char good = data[i];

			data[i] = (char)(good ^ (flip == 0 ? 1 : flip == 1 ? 0x80 : 0xff));
			spit(data, len);
			assert_int_equal(get(script), SIEVE_CACHE_SAVED);
			data[i] = good;
		}
	}
	spit(data, len);
	assert_int_equal(get(script), SIEVE_CACHE_LOADED);
}

static void every_length_is_seen(void **state)
{
	static char data[65536];
	size_t len;

	get(script);
	len = slurp(data, sizeof(data));
	for (size_t i = 0; i < len; i++) {
		spit(data, i);
		assert_int_equal(get(script), SIEVE_CACHE_SAVED);
	}
	memset(data + len, 0, 64);
	spit(data, len + 64);
	assert_int_equal(get(script), SIEVE_CACHE_SAVED);
}

/* A checksum can be made: then the checks behind it have to hold. */
static void sealed_damage_never_runs_wild(void **state)
{
	struct roost_str bytes = ROOST_STR_INIT;

	get(script);
	read_bytes(&bytes);
	for (size_t i = 0; i < bytes.len; i++) {
		struct sieve_program *program = NULL;
		struct roost_error err;
		char good = bytes.data[i];

		bytes.data[i] = (char)(good ^ 0x41);
		sieve_program_seal(bytes.data, bytes.len);
		if (sieve_program_load(instance, sieve_text_of_str(&bytes), &program, &err) == 0)
			sieve_program_free(program);
		bytes.data[i] = good;
	}
	sieve_program_seal(bytes.data, bytes.len);
	roost_str_free(&bytes);
}

static void what_others_can_write_is_not_believed(void **state)
{
	get(script);
	assert_int_equal(chmod(path, 0664), 0);
	assert_int_equal(get(script), SIEVE_CACHE_SAVED);
	assert_int_equal(get(script), SIEVE_CACHE_LOADED);
	assert_int_equal(chmod(path, 0646), 0);
	assert_int_equal(get(script), SIEVE_CACHE_SAVED);
}

static void where_nothing_can_be_saved_it_still_runs(void **state)
{
	struct sieve_source source = { "script", SIEVE_MAIN, sieve_text_of(script) };
	struct sieve_program *program = NULL;
	struct roost_error err = { 0 };

	assert_int_equal(sieve_cache_get(instance, &loader, "/nonexistent/x.svbin", &source, &diag,
					 &program, &err), SIEVE_CACHE_UNSAVED);
	assert_non_null(program);
	assert_true(err.detail[0] != '\0');
	sieve_program_free(program);
}

static void high_use_blocks_until_the_script_changes(void **state)
{
	sieve_instance_set(instance, "sieve_max_cpu_time", "5s");
	get(script);
	sieve_cache_used(instance, path, 1400000);	/* not high */
	sieve_cache_used(instance, path, 3000000);
	assert_int_equal(get(script), SIEVE_CACHE_LOADED);
	sieve_cache_used(instance, path, 3000000);
	assert_int_equal(get(script), SIEVE_CACHE_FAILED);
	assert_int_equal(get("keep;"), SIEVE_CACHE_SAVED);
	assert_int_equal(get("keep;"), SIEVE_CACHE_LOADED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_second_time_it_is_loaded, setup, teardown),
		cmocka_unit_test_setup_teardown(any_change_compiles_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(extensions_and_settings_count, setup, teardown),
		cmocka_unit_test_setup_teardown(every_flipped_byte_is_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(every_length_is_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(sealed_damage_never_runs_wild, setup, teardown),
		cmocka_unit_test_setup_teardown(what_others_can_write_is_not_believed, setup, teardown),
		cmocka_unit_test_setup_teardown(where_nothing_can_be_saved_it_still_runs, setup, teardown),
		cmocka_unit_test_setup_teardown(high_use_blocks_until_the_script_changes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
