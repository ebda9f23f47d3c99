/* Source text to program bytes. */
#ifndef SIEVE_COMPILE_H
#define SIEVE_COMPILE_H

#include <roost/error.h>
#include "sieve/check.h"

/* --- for generate.c --- */
struct sieve_compile {
	const struct sieve_instance *instance;
	const struct sieve_loader *loader;
	struct roost_arena *arena;
	struct sieve_pool pool;		/* of arena */
	struct sieve_diag *diag;
	struct sieve_build build;
	struct roost_map *globals;	/* name -> number + 1 */
	struct roost_map *included;	/* "location/name" -> struct sieve_included */
	unsigned depth;
	/* generate.c: a key that is being prepared; the loops around what is generated */
	struct roost_str scratch;
	struct sieve_loop *loop;
};

/* The code of a checked script. False: an include failed, and it was reported. */
bool sieve_generate(struct sieve_compile *compile, struct sieve_use *uses);
/* Compile an included script now, if that has not been done, and bind its number to use. */
bool sieve_compile_included(struct sieve_compile *compile, struct sieve_use *use);

#endif
