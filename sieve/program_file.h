/* The head of a compiled script's bytes; the arrays follow in the order of the counts, bytes last. */
#ifndef SIEVE_PROGRAM_FILE_H
#define SIEVE_PROGRAM_FILE_H

#include <stdint.h>

#define SIEVE_PROGRAM_MAGIC 0x31767352u		/* also tells the byte order */

struct sieve_program_file {
	uint32_t magic, version;
	uint32_t items, index, code, units, operations, extensions, bytes;
	uint32_t variables, globals, reserved;
	uint64_t setup;			/* sieve_instance_setup() of the compiler */
	uint64_t checksum;		/* of all bytes, with this one 0 */
};

#endif
