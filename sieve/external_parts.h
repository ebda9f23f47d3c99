/* The two ways in which programs of scripts are run: as children, and behind sockets. */
#ifndef SIEVE_EXTERNAL_PARTS_H
#define SIEVE_EXTERNAL_PARTS_H

#include "sieve/exchange.h"
#include "sieve/host.h"

bool sieve_external_is_socket(const char *path);
/* As sieve_host.external. timeout: seconds; 0: none. */
int sieve_external_socket(const char *path, const struct sieve_external *external, uint64_t timeout,
			  struct sieve_text input, struct roost_str *output, struct roost_error *err);

#endif
