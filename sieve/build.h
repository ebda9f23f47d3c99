/* Puts a program together and writes it as bytes. */
#ifndef SIEVE_BUILD_H
#define SIEVE_BUILD_H

#include <roost/map.h>
#include <roost/vec.h>
#include "sieve/program.h"

struct sieve_build {
	ROOST_VEC(struct sieve_item) items;
	ROOST_VEC(uint32_t) index;
	struct roost_str bytes;
	ROOST_VEC(uint32_t) code;
	ROOST_VEC(struct sieve_unit) units;
	ROOST_VEC(uint32_t) operations;
	ROOST_VEC(uint32_t) extensions;
	uint32_t variables, globals;
	uint64_t setup;
	struct roost_map *strings;	/* short strings that are in the pool already */
	struct roost_map *operation_numbers;
};

void sieve_build_init(struct sieve_build *build);
void sieve_build_free(struct sieve_build *build);

uint32_t sieve_build_number(struct sieve_build *build, uint64_t number);
uint32_t sieve_build_string(struct sieve_build *build, struct sieve_text text);
uint32_t sieve_build_item(struct sieve_build *build, enum sieve_item_type type, uint32_t a, uint32_t b);
/* LIST or TEMPLATE. */
uint32_t sieve_build_group(struct sieve_build *build, enum sieve_item_type type,
			   const uint32_t *items, uint32_t count);

uint32_t sieve_build_operation(struct sieve_build *build, const char *name);
void sieve_build_extension(struct sieve_build *build, const char *name);
void sieve_build_code(struct sieve_build *build, uint32_t word);
/* A jump whose target is not known yet; its word, for sieve_build_land. */
uint32_t sieve_build_jump(struct sieve_build *build, enum sieve_code code);
/* Let the jump go to here. */
void sieve_build_land(struct sieve_build *build, uint32_t jump);

void sieve_build_write(struct roost_str *out, const struct sieve_build *build);

#endif
