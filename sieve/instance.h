/* One Sieve engine: which extensions it knows and offers, and its settings. */
#ifndef SIEVE_INSTANCE_H
#define SIEVE_INSTANCE_H

#include <roost/error.h>
#include <roost/map.h>
#include <roost/vec.h>
#include "sieve/def.h"
#include "sieve/sieve.h"
#include "sieve/words.h"

enum { SIEVE_MAX_EXTENSIONS = 128 };

struct sieve_instance {
	struct roost_arena *arena;
	ROOST_VEC(const struct sieve_extension *) extensions;
	bool offered[SIEVE_MAX_EXTENSIONS];
	struct sieve_words words;
	uint32_t operation_count;
	int variables, encoded;		/* numbers of the extensions that strings depend on */
	struct roost_map *settings;	/* values are in the heap */
};

/* Add a table; it outlives the instance. */
void sieve_instance_add(struct sieve_instance *instance, const struct sieve_extension *extension);
/* Number of an extension, -1 when unknown. */
int sieve_instance_find(const struct sieve_instance *instance, const char *name);
/* Stands for all that compiling depends on beside the text: engine, extensions offered, settings. */
uint64_t sieve_instance_setup(const struct sieve_instance *instance);
/* By "command/keep" or "test/header"; NULL when unknown. */
const struct sieve_def *sieve_instance_operation(const struct sieve_instance *instance,
						 const char *name);

/* --- settings.c --- */
/* Whether a setting is one of this extension; NULL: of the engine, as are all that nobody knows. */
bool sieve_setting_is_of(const char *name, const char *extension);
/* What the setting takes, when this value is none of it; NULL: the value is fine. */
const char *sieve_setting_wanted(const char *name, const char *value);

/* NULL when not set or empty. */
const char *sieve_setting(const struct sieve_instance *instance, const char *name);
/* A number with an optional size (k, M, G); fallback when not set or no number. */
uint64_t sieve_setting_size(const struct sieve_instance *instance, const char *name,
			    uint64_t fallback);
/* Seconds: a number with an optional unit s, m, h, d, w (or "secs", "mins" ...). */
uint64_t sieve_setting_time(const struct sieve_instance *instance, const char *name,
			    uint64_t fallback);
bool sieve_setting_bool(const struct sieve_instance *instance, const char *name, bool fallback);

/* What a slot of this operation holds; -1: it has no such slot. */
int sieve_def_slot_type(const struct sieve_def *def, uint32_t slot);
/* Whether a CALL has the arguments that the operation may rely on. */
bool sieve_def_complete(const struct sieve_program *program, const struct sieve_def *def,
			const uint32_t *code);

#endif
