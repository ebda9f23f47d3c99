/* The head of a compiled script's bytes; the arrays follow in the order of the counts, bytes last. */
#ifndef SIEVE_PROGRAM_FILE_H
#define SIEVE_PROGRAM_FILE_H

#include "sieve/program.h"

#define SIEVE_PROGRAM_MAGIC 0x31767352u		/* also tells the byte order */

struct sieve_program_file {
	uint32_t magic, version;
	uint32_t items, index, code, units, operations, extensions, bytes;
	uint32_t variables, globals, reserved;
	uint64_t setup;			/* sieve_instance_setup() of the compiler */
	uint64_t checksum;		/* of the head with this one 0, then of each array */
};

/* Sizes of the arrays, in their order. */
enum { SIEVE_PROGRAM_SECTIONS = 7 };

static inline void sieve_program_sizes(const struct sieve_program_file *file, uint64_t sizes[SIEVE_PROGRAM_SECTIONS])
{
	sizes[0] = file->items * (uint64_t)sizeof(struct sieve_item);
	sizes[1] = file->index * (uint64_t)sizeof(uint32_t);
	sizes[2] = file->code * (uint64_t)sizeof(uint32_t);
	sizes[3] = file->units * (uint64_t)sizeof(struct sieve_unit);
	sizes[4] = file->operations * (uint64_t)sizeof(uint32_t);
	sizes[5] = file->extensions * (uint64_t)sizeof(uint32_t);
	sizes[6] = file->bytes;
}

#endif
