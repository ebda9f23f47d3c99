/* The extensions of this library, and what their files share. */
#ifndef SIEVE_EXTENSIONS_H
#define SIEVE_EXTENSIONS_H

#include "sieve/check.h"
#include "sieve/run.h"

/* All but the test language; ends with NULL. */
extern const struct sieve_extension *const sieve_extensions[];

extern const struct sieve_extension sieve_core, sieve_ext_match, sieve_ext_fileinto,
	sieve_ext_envelope, sieve_ext_subaddress, sieve_ext_relational, sieve_ext_numeric,
	sieve_ext_unicode, sieve_ext_encoded, sieve_ext_variables, sieve_ext_flags, sieve_ext_copy,
	sieve_ext_body, sieve_ext_reject, sieve_ext_ereject, sieve_ext_vacation,
	sieve_ext_vacation_seconds, sieve_ext_date, sieve_ext_index, sieve_ext_regex,
	sieve_ext_ihave, sieve_ext_include, sieve_ext_environment, sieve_ext_mailbox,
	sieve_ext_duplicate, sieve_ext_editheader;

/* Fields of the names in ARG0, of all names one sequence; :index and :last are obeyed. */
struct sieve_field **sieve_fields_named(struct sieve_run *run, const struct sieve_args *args,
					enum sieve_slot names, size_t *count);
/* The same of one name. */
struct sieve_field **sieve_fields_of(struct sieve_run *run, const struct sieve_args *args,
				     struct sieve_text name, size_t *count);
/* The wanted part of an address; false: it does not exist. local is unquoted. */
bool sieve_address_part(struct sieve_run *run, unsigned part, const char *local,
			const char *domain, struct sieve_text *text);
/* "a@b", "Name <a@b>": the normalised address, NULL when it is none. */
const char *sieve_address_normal(struct roost_arena *arena, struct sieve_text text);
/* The array that actions take; NULL-terminated. */
const char *const *sieve_flags_array(struct roost_arena *arena, const char *flags);
/* The flags a keep or fileinto gets; NULL: none. */
const char *const *sieve_action_flags(struct sieve_run *run, const struct sieve_args *args);
/* Compile-time check of a constant mailbox name in ARG0. */
int sieve_check_mailbox(struct sieve_check *check, struct sieve_use *use);

#endif
