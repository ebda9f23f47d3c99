/*
 * Lists of RFC 6134 that the settings name: sieve_extlists_list = IDS, sieve_extlists_list/ID/name, /max_lookup_size,
 * /dict/file/path. For hosts that have no lists of their own; meanings as in struct sieve_host.
 */
#ifndef SIEVE_LISTS_H
#define SIEVE_LISTS_H

#include <roost/error.h>
#include <roost/str.h>
#include "sieve/sieve.h"

int sieve_lists_has(const struct sieve_instance *instance, const char *list, const char *value,
		    struct roost_error *err);
int sieve_lists_members(const struct sieve_instance *instance, const char *list, struct roost_str *lines,
			struct roost_error *err);

#endif
