/* What compiler and interpreter have to say about a script: errors, warnings, notes. */
#ifndef SIEVE_DIAG_H
#define SIEVE_DIAG_H

#include <stdarg.h>
#include <roost/arena.h>
#include <roost/str.h>
#include <roost/vec.h>

enum sieve_severity { SIEVE_ERROR, SIEVE_WARNING, SIEVE_INFO };

struct sieve_message_at {
	const char *script;	/* name without ".sieve"; NULL: of no script */
	uint32_t line, column;	/* from 1; 0: of no line */
};

struct sieve_diag_entry {
	enum sieve_severity severity;
	struct sieve_message_at at;
	const char *text;	/* no full stop at its end */
};

/* Texts live in arena. seen is told of each entry as it comes, when set. */
struct sieve_diag {
	struct roost_arena *arena;
	ROOST_VEC(struct sieve_diag_entry) entries;
	uint32_t errors;
	void (*seen)(void *context, const struct sieve_diag_entry *entry);
	void *context;
};

ROOST_API void sieve_diag_init(struct sieve_diag *diag);
ROOST_API void sieve_diag_free(struct sieve_diag *diag);
ROOST_API void sieve_diag_clear(struct sieve_diag *diag);

void sieve_diag_add(struct sieve_diag *diag, enum sieve_severity severity,
		    struct sieve_message_at at, const char *format, ...) ROOST_PRINTF(4, 5);
void sieve_diag_vadd(struct sieve_diag *diag, enum sieve_severity severity,
		     struct sieve_message_at at, const char *format, va_list args)
	ROOST_PRINTF(4, 0);

/* "NAME: line N: error: TEXT." with a line end. */
ROOST_API void sieve_diag_write(struct roost_str *out, const struct sieve_diag_entry *entry);
/* All entries as a JSON array of objects: severity, script, line, column, message. */
ROOST_API void sieve_diag_write_json(struct roost_str *out, const struct sieve_diag *diag);

#endif
