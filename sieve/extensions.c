/* extensions - the list of them, in the order in which they are announced. */
#include "sieve/extensions.h"

const struct sieve_extension *const sieve_extensions[] = {
	&sieve_core, &sieve_ext_match, &sieve_ext_fileinto, &sieve_ext_reject, &sieve_ext_envelope,
	&sieve_ext_encoded, &sieve_ext_subaddress, &sieve_ext_numeric, &sieve_ext_unicode,
	&sieve_ext_relational, &sieve_ext_regex, &sieve_ext_flags, &sieve_ext_copy,
	&sieve_ext_include, &sieve_ext_variables, &sieve_ext_body, &sieve_ext_environment,
	&sieve_ext_mailbox, &sieve_ext_date, &sieve_ext_index, &sieve_ext_ihave,
	&sieve_ext_duplicate, &sieve_ext_vacation, &sieve_ext_vacation_seconds,
	&sieve_ext_mime, &sieve_ext_foreverypart, &sieve_ext_extracttext, &sieve_ext_enotify,
	&sieve_ext_spamtest, &sieve_ext_spamtestplus, &sieve_ext_virustest, &sieve_ext_debug,
	&sieve_ext_mboxmetadata, &sieve_ext_servermetadata, &sieve_ext_special_use,
	&sieve_ext_vnd_environment, &sieve_ext_report,
	&sieve_ext_ereject, &sieve_ext_editheader, &sieve_ext_fcc, &sieve_ext_mailboxid,
	&sieve_ext_lists, &sieve_ext_envelope_dsn, &sieve_ext_envelope_deliverby,
	&sieve_ext_redirect_dsn, &sieve_ext_redirect_deliverby, &sieve_ext_imapsieve,
	&sieve_ext_replace, &sieve_ext_enclose, &sieve_ext_pipe, &sieve_ext_filter,
	&sieve_ext_execute, &sieve_ext_vnd_config, NULL
};
