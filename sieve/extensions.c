/* extensions - the list of them, in the order in which they are announced. */
#include "sieve/extensions.h"

const struct sieve_extension *const sieve_extensions[] = {
	&sieve_core, &sieve_ext_match, &sieve_ext_fileinto, &sieve_ext_envelope,
	&sieve_ext_encoded, &sieve_ext_subaddress, &sieve_ext_numeric, &sieve_ext_unicode,
	&sieve_ext_relational, &sieve_ext_regex, &sieve_ext_flags, &sieve_ext_copy,
	&sieve_ext_variables, &sieve_ext_mailbox, NULL
};
