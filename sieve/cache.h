/*
 * Compiled scripts in files: NAME.svbin beside the script, or wherever the caller says. A file is
 * taken when it is undamaged, nobody else could have written it, and it is what compiling now would
 * give: same engine, same extensions and settings, same text of the script and of all it includes.
 */
#ifndef SIEVE_CACHE_H
#define SIEVE_CACHE_H

#include "sieve/sieve.h"

struct sieve_source {
	const char *name;		/* for diagnostics */
	enum sieve_location location;
	struct sieve_text text;
};

enum sieve_cache_result {
	SIEVE_CACHE_FAILED = -1,	/* it does not compile: diag; or it may not be run: err */
	SIEVE_CACHE_LOADED,
	SIEVE_CACHE_SAVED,		/* compiled, and saved for the next time */
	SIEVE_CACHE_UNSAVED,		/* compiled; err says why saving failed */
};

/* path NULL: compile only. The program is the caller's. */
ROOST_API enum sieve_cache_result sieve_cache_get(const struct sieve_instance *instance,
						  const struct sieve_loader *loader, const char *path,
						  const struct sieve_source *source, struct sieve_diag *diag,
						  struct sieve_program **program, struct roost_error *err);
/* Compiled bytes to a file, through a temporary name. */
ROOST_API int sieve_cache_save(const char *path, struct sieve_text bytes, struct roost_error *err);
/* The compiled bytes of a file that can be trusted; what they hold is not judged yet. */
ROOST_API int sieve_cache_read(const char *path, struct roost_str *bytes, struct roost_error *err);

/*
 * Note what a run of the compiled script took, in microseconds of CPU. Runs of over 1.5 s add up
 * within sieve_resource_usage_timeout (1 h); beyond sieve_max_cpu_time the file is blocked until
 * the script changes.
 */
ROOST_API void sieve_cache_used(const struct sieve_instance *instance, const char *path,
				uint64_t cpu);

#endif
