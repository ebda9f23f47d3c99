/* cache - compiled scripts in files: which of them to believe. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "sieve/cache.h"
#include "sieve/compile.h"
#include "sieve/hash.h"

enum { MAX_FILE = 64 << 20, HIGH_CPU = 1500000, DEFAULT_CPU = 30, FORGET = 3600 };

/* Behind the program: what it has cost. Damaged: the file is not taken. */
struct usage { uint64_t cpu; int64_t since; uint64_t check; };

static uint64_t usage_check(const struct usage *usage)
{
	return sieve_hash(1, (struct sieve_text){ (const char *)usage, offsetof(struct usage, check) });
}

/* --- files --- */

static int write_all(int fd, struct sieve_text bytes)
{
	while (bytes.len > 0) {
		ssize_t put = write(fd, bytes.data, bytes.len);

		if (put < 0 && errno != EINTR)
			return -1;
		if (put > 0) {
			bytes.data += put;
			bytes.len -= (size_t)put;
		}
	}
	return 0;
}

int sieve_cache_save(const char *path, struct sieve_text bytes, struct roost_error *err)
{
	struct usage usage = { .cpu = 0 };
	struct roost_str name = ROOST_STR_INIT;
	int fd, result = 0;

	usage.check = usage_check(&usage);
	roost_str_printf(&name, "%s.XXXXXX", path);
	fd = mkostemp(name.data, O_CLOEXEC);
	if (fd < 0 || fchmod(fd, 0644) < 0 || write_all(fd, bytes) < 0 ||
	    write_all(fd, (struct sieve_text){ (const char *)&usage, sizeof(usage) }) < 0 ||
	    rename(name.data, path) < 0)
		result = roost_fail_errno(err, "save %s", path);
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && result < 0)
		unlink(name.data);
	roost_str_free(&name);
	return result;
}

static int read_fd(int fd, const char *path, struct roost_str *bytes, struct roost_error *err)
{
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st) < 0)
		return roost_fail_errno(err, "stat %s", path);
	if (!S_ISREG(st.st_mode) || (st.st_uid != geteuid() && st.st_uid != 0) ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return roost_fail(err, ROOST_ERR_NOPERM, "others can write the compiled script");
	if (st.st_size > MAX_FILE)
		return roost_fail(err, ROOST_ERR_CORRUPT, "compiled script is damaged: its size");
	do {
		got = read(fd, roost_str_reserve(bytes, 65536), 65536);
		if (got > 0)
			bytes->len += (size_t)got;
	} while (got > 0 && bytes->len <= MAX_FILE);
	return got < 0 ? roost_fail_errno(err, "read %s", path) : 0;
}

/* The file with its last part taken off. */
static int read_file(const char *path, struct roost_str *bytes, struct usage *usage,
		     struct roost_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), result;

	if (fd < 0)
		return roost_fail_errno(err, "open %s", path);
	result = read_fd(fd, path, bytes, err);
	close(fd);
	if (result < 0)
		return -1;
	if (bytes->len < sizeof(*usage))
		return roost_fail(err, ROOST_ERR_CORRUPT, "compiled script is damaged: its size");
	memcpy(usage, bytes->data + bytes->len - sizeof(*usage), sizeof(*usage));
	if (usage->check != usage_check(usage))
		return roost_fail(err, ROOST_ERR_CORRUPT, "compiled script is damaged: its use");
	roost_str_truncate(bytes, bytes->len - sizeof(*usage));
	return 0;
}

int sieve_cache_read(const char *path, struct roost_str *bytes, struct roost_error *err)
{
	struct usage usage;

	return read_file(path, bytes, &usage, err);
}

/* --- what they hold --- */

static bool same_source(const struct sieve_unit *unit, struct sieve_text text)
{
	return !unit->missing && sieve_unit_identity(unit) == sieve_hash(0, text);
}

static bool included_is_same(const struct sieve_program *program, const struct sieve_unit *unit,
			     const struct sieve_loader *loader)
{
	const char *name = sieve_program_string(program, unit->name).data;
	struct roost_str text = ROOST_STR_INIT;
	struct roost_error err = { 0 };
	int result = loader == NULL ? roost_fail(&err, ROOST_ERR_NOTFOUND, "%s", "") :
		loader->load(loader->context, (enum sieve_location)unit->location, name, &text, &err);
	bool same = result < 0 ? unit->missing && err.kind == ROOST_ERR_NOTFOUND :
		same_source(unit, sieve_text_of_str(&text));

	roost_str_free(&text);
	return same;
}

static bool is_current(const struct sieve_instance *instance, const struct sieve_program *program,
		       const struct sieve_loader *loader, const struct sieve_source *source)
{
	if (program->setup != sieve_instance_setup(instance) || program->units[0].location != (uint32_t)source->location ||
	    !same_source(&program->units[0], source->text))
		return false;
	for (uint32_t i = 1; i < program->unit_count; i++) {
		if (!included_is_same(program, &program->units[i], loader))
			return false;
	}
	return true;
}

static uint64_t max_cpu(const struct sieve_instance *instance)
{
	return sieve_setting_time(instance, "sieve_max_cpu_time", DEFAULT_CPU) * 1000000;
}

static bool is_blocked(const struct sieve_instance *instance, const struct usage *usage)
{
	return max_cpu(instance) != 0 && usage->cpu > max_cpu(instance);
}

/* NULL: there is none to be taken. */
static struct sieve_program *load(const struct sieve_instance *instance,
				  const struct sieve_loader *loader, const char *path,
				  const struct sieve_source *source, struct usage *usage)
{
	struct roost_str bytes = ROOST_STR_INIT;
	struct sieve_program *program = NULL;
	struct roost_error err;

	if (read_file(path, &bytes, usage, &err) == 0 &&
	    sieve_program_load(instance, sieve_text_of_str(&bytes), &program, &err) == 0 &&
	    !is_current(instance, program, loader, source)) {
		sieve_program_free(program);
		program = NULL;
	}
	roost_str_free(&bytes);
	return program;
}

enum sieve_cache_result sieve_cache_get(const struct sieve_instance *instance,
					const struct sieve_loader *loader, const char *path,
					const struct sieve_source *source, struct sieve_diag *diag,
					struct sieve_program **program, struct roost_error *err)
{
	struct roost_str bytes = ROOST_STR_INIT;
	enum sieve_cache_result result = SIEVE_CACHE_FAILED;
	struct usage usage = { .cpu = 0 };

	*program = path != NULL ? load(instance, loader, path, source, &usage) : NULL;
	if (*program != NULL && is_blocked(instance, &usage)) {
		sieve_program_free(*program);
		*program = NULL;
		roost_fail(err, ROOST_ERR_LIMIT, "script '%s' used too much CPU time and is blocked until "
			   "it is changed", source->name);
		return SIEVE_CACHE_FAILED;
	}
	if (*program != NULL)
		return SIEVE_CACHE_LOADED;
	if (sieve_compile(instance, loader, source->name, source->location, source->text, diag, &bytes) &&
	    sieve_program_load(instance, sieve_text_of_str(&bytes), program, err) == 0)
		result = path != NULL && sieve_cache_save(path, sieve_text_of_str(&bytes), err) == 0 ?
			SIEVE_CACHE_SAVED : SIEVE_CACHE_UNSAVED;
	roost_str_free(&bytes);
	return result;
}

void sieve_cache_used(const struct sieve_instance *instance, const char *path, uint64_t cpu)
{
	int64_t forget = (int64_t)sieve_setting_time(instance, "sieve_resource_usage_timeout", FORGET);
	struct roost_str bytes = ROOST_STR_INIT;
	struct usage usage;
	struct roost_error err;
	int64_t now = time(NULL);
	int fd;

	if (cpu < HIGH_CPU || read_file(path, &bytes, &usage, &err) < 0) {
		roost_str_free(&bytes);
		return;
	}
	if (now - usage.since > forget)
		usage = (struct usage){ .since = now };
	usage.cpu += cpu;
	usage.check = usage_check(&usage);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	/* Torn or not written: then the script is compiled anew, which is safe. */
	if (fd >= 0 && pwrite(fd, &usage, sizeof(usage), (off_t)bytes.len) < 0)
		unlink(path);
	if (fd >= 0)
		close(fd);
	roost_str_free(&bytes);
}
