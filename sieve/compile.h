/* Source text to program bytes. */
#ifndef SIEVE_COMPILE_H
#define SIEVE_COMPILE_H

#include <roost/error.h>
#include "sieve/check.h"

/* Where included scripts come from. NOTFOUND: there is none of this name. */
struct sieve_loader {
	int (*load)(void *context, enum sieve_location location, const char *name,
		    struct roost_str *source, struct roost_error *err);
	void *context;
};

/*
 * Compile a script and all it includes. name: for diagnostics, without ".sieve". loader may be
 * NULL. The program's bytes are added to out; false: diag has the errors, the last of which says
 * which stage failed.
 */
bool sieve_compile(const struct sieve_instance *instance, const struct sieve_loader *loader,
		   const char *name, enum sieve_location location, struct sieve_text source,
		   struct sieve_diag *diag, struct roost_str *out);

/* --- for generate.c --- */
struct sieve_compile {
	const struct sieve_instance *instance;
	const struct sieve_loader *loader;
	struct roost_arena *arena;
	struct sieve_diag *diag;
	struct sieve_build build;
	struct roost_map *globals;	/* name -> number + 1 */
	struct roost_map *included;	/* "location/name" -> struct sieve_included */
	unsigned depth;
	/* generate.c: the loops around what is generated */
	struct sieve_loop *loop;
};

/* The code of a checked script. False: an include failed, and it was reported. */
bool sieve_generate(struct sieve_compile *compile, struct sieve_use *uses);
/* Compile an included script now, if that has not been done, and bind its number to use. */
bool sieve_compile_included(struct sieve_compile *compile, struct sieve_use *use);

#endif
