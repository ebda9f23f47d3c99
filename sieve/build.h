/* Puts a program together and writes it as bytes. */
#ifndef SIEVE_BUILD_H
#define SIEVE_BUILD_H

#include <roost/vec.h>
#include "sieve/program.h"

enum { SIEVE_SHARED_NUMBERS = 64 };

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
	struct sieve_shared *shared;	/* constants that are in the pool already */
	uint32_t shared_count, shared_mask;
	ROOST_VEC(uint32_t) lists;	/* by item: the list of it alone; 0: none yet */
	uint32_t numbers[SIEVE_SHARED_NUMBERS];	/* items of small ones; 0: none yet */
	uint32_t *operation_numbers;	/* of the instance's operations, + 1; 0: not in use yet */
};

/* operations: how many the instance has; source: bytes of the script, by which tables are made. */
void sieve_build_init(struct sieve_build *build, uint32_t operations, size_t source);
void sieve_build_free(struct sieve_build *build);

static inline uint32_t sieve_build_item(struct sieve_build *build, enum sieve_item_type type,
					uint32_t a, uint32_t b)
{
	roost_vec_push(&build->items, (struct sieve_item){ type, a, b });
	return (uint32_t)build->items.count - 1;
}

/* Equal constants are one item. */
uint32_t sieve_build_number(struct sieve_build *build, uint64_t number);
uint32_t sieve_build_string(struct sieve_build *build, struct sieve_text text);
/* LIST or TEMPLATE. */
uint32_t sieve_build_group(struct sieve_build *build, enum sieve_item_type type,
			   const uint32_t *items, uint32_t count);
/* What is hardly ever equal to another is not looked for. */
uint32_t sieve_build_new_string(struct sieve_build *build, struct sieve_text text);
uint32_t sieve_build_new_group(struct sieve_build *build, enum sieve_item_type type,
			       const uint32_t *items, uint32_t count);

void sieve_build_add_operation(struct sieve_build *build, uint32_t operation, const char *as,
			       const char *name);
/* operation: its number in the instance; as, name: "test", "header". */
static inline uint32_t sieve_build_operation(struct sieve_build *build, uint32_t operation, const char *as,
					     const char *name)
{
	if (build->operation_numbers[operation] == 0)
		sieve_build_add_operation(build, operation, as, name);
	return build->operation_numbers[operation] - 1;
}

void sieve_build_extension(struct sieve_build *build, const char *name);
/* Room for count words of code at its end; those that are written are then to be added to its count. */
static inline uint32_t *sieve_build_room(struct sieve_build *build, size_t count)
{
	roost_vec_reserve(&build->code, count);
	return build->code.items + build->code.count;
}

static inline void sieve_build_code(struct sieve_build *build, uint32_t word)
{
	roost_vec_push(&build->code, word);
}

/*
 * A jump whose target is not known yet. Those to the same place are a chain that begins with 0 and is
 * kept in the words for their targets until sieve_build_land lets all of them go to here.
 */
static inline void sieve_build_jump(struct sieve_build *build, enum sieve_code code, uint32_t *chain)
{
	uint32_t *to = sieve_build_room(build, 2);

	to[0] = code;
	to[1] = *chain;
	*chain = (uint32_t)build->code.count + 1;
	build->code.count += 2;
}

static inline void sieve_build_jump_back(struct sieve_build *build, uint32_t target)
{
	sieve_build_jump(build, SIEVE_CODE_JUMP, &target);
}

void sieve_build_land(struct sieve_build *build, uint32_t chain);

void sieve_build_write(struct roost_str *out, const struct sieve_build *build);

#endif
