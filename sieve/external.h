/* Runs the programs that scripts name, for hosts: in the folders that the administrator chose. */
#ifndef SIEVE_EXTERNAL_H
#define SIEVE_EXTERNAL_H

#include "sieve/host.h"
#include "sieve/sieve.h"

/*
 * As sieve_host.external, with the settings sieve_EXTENSION_socket_dir (looked at first; relative to
 * base_dir), _bin_dir, _exec_timeout (10 s) and _input_eol (crlf). user and home are for the
 * program's environment; NULL: not set. Blocks until the
 * program ends, reads too little, or its time is over.
 */
ROOST_API int sieve_external_run(const struct sieve_instance *instance, const char *user,
				 const char *home, const struct sieve_external *external,
				 struct roost_str *output, struct roost_error *err);

#endif
