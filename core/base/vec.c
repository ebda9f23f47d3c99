/* The one function behind ROOST_VEC. */
#include <roost/vec.h>
#include "core/base/memory.h"

void roost_vec_grow(void **items, size_t *capacity, size_t count, size_t extra, size_t item_size)
{
	size_t wanted = *capacity < 8 ? 8 : *capacity * 2;
	size_t bytes;

	if (wanted < count + extra)
		wanted = count + extra;
	if (__builtin_mul_overflow(wanted, item_size, &bytes))
		bytes = SIZE_MAX;	/* not to be had: ends the process */
	*items = mem_realloc(*items, bytes);
	*capacity = wanted;
}
