/*
 * A bytes store in memory that fails on request, and remembers what was done to it, so that a loss
 * of power can be played: what was synced stays, of the rest any part may be missing.
 */
#ifndef TESTS_UNIT_INDEX_STORE_H
#define TESTS_UNIT_INDEX_STORE_H

#include <roost/vec.h>
#include "modules/mail/index/bytes.h"
#include "modules/mail/index/index.h"

struct memory_file {
	struct roost_str data;
	void *locked;			/* by which object */
};

enum memory_step { STEP_WRITE, STEP_TRUNCATE, STEP_SYNC, STEP_NAME, STEP_UNNAME, STEP_SYNC_NAMES };

struct memory_trace {
	enum memory_step step;
	size_t file;
	uint64_t offset;
	struct roost_str data;
	char name[32];
};

struct memory_name { char name[32]; size_t file; };

struct memory_store {
	struct bytes_store base;
	ROOST_VEC(struct memory_file *) files;
	ROOST_VEC(struct memory_name) names;
	ROOST_VEC(struct memory_trace) trace;
	bool tracing;
	unsigned long writes;		/* counted: appends, truncations, syncs, new names */
	unsigned long fail_at;		/* the write that fails; 0: none */
	unsigned long fail_until;	/* and all up to this one */
	enum roost_error_kind fail_kind;
};

struct memory_store *memory_store_create(void);
void memory_store_free(struct memory_store *store);
/* Bytes of a name, NULL when it is not there. */
struct roost_str *memory_store_file(struct memory_store *store, const char *name);
/* The newest log's bytes. */
struct roost_str *memory_store_log(struct memory_store *store, char name[32]);
struct memory_store *memory_store_copy(const struct memory_store *store);
/* What may be left when power fails before step number at; seed chooses, 0: all that was not synced is lost. */
struct memory_store *memory_store_crash(const struct memory_store *store, size_t at,
					uint32_t seed);

#endif
