/* Help for the tests of the message toolkit. */
#ifndef UNIT_MESSAGE_H
#define UNIT_MESSAGE_H

#include <roost/arena.h>
#include <roost/header.h>
#include "unit.h"

#define TEXT(literal) ((struct roost_text){ (literal), sizeof(literal) - 1 })

static inline struct roost_text text_of(const char *string)
{
	return (struct roost_text){ string, string == NULL ? 0 : strlen(string) };
}

/* Equal, or both not there; says which case of a table it was. */
static inline void assert_case(size_t index, const char *got, const char *expected)
{
	if (got == expected)
		return;
	if (got == NULL || expected == NULL || strcmp(got, expected) != 0)
		fail_msg("case %zu: got \"%s\", expected \"%s\"", index,
			 got == NULL ? "(none)" : got, expected == NULL ? "(none)" : expected);
}

#endif
