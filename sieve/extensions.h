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
	sieve_ext_duplicate, sieve_ext_editheader, sieve_ext_mime, sieve_ext_foreverypart,
	sieve_ext_extracttext, sieve_ext_enotify, sieve_ext_spamtest, sieve_ext_spamtestplus,
	sieve_ext_virustest, sieve_ext_debug, sieve_ext_mboxmetadata,
	sieve_ext_servermetadata, sieve_ext_special_use, sieve_ext_vnd_environment,
	sieve_ext_report, sieve_ext_fcc, sieve_ext_mailboxid, sieve_ext_lists,
	sieve_ext_envelope_dsn, sieve_ext_envelope_deliverby, sieve_ext_redirect_dsn,
	sieve_ext_redirect_deliverby, sieve_ext_imapsieve, sieve_ext_replace, sieve_ext_enclose,
	sieve_ext_pipe, sieve_ext_filter, sieve_ext_execute, sieve_ext_vnd_config;

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
/* "NAME: address" as a line of a message that is being written; nothing when text is no address. */
void sieve_append_address(struct roost_str *out, struct roost_arena *arena, const char *name,
			  struct sieve_text text);
/* An address with its phrase, which is encoded when it has to be. column: where it begins in its line. */
void sieve_write_address(struct roost_str *out, size_t column, const struct roost_address *address);
/* At most this many characters, the last an ellipsis when some were cut. */
void sieve_cut_characters(struct roost_str *text, uint64_t most);
/* ARG0 names a variable that is set: bound as TARGET. -1 and an error. */
int sieve_check_target(struct sieve_check *check, struct sieve_use *use);
/* Modifiers of the same precedence exclude each other. */
int sieve_check_modifier(struct sieve_check *check, struct sieve_use *use,
			 struct sieve_bound *bound);
/* Modifiers of set, applied. */
struct sieve_text sieve_modify(struct sieve_run *run, struct sieve_text text, unsigned modifiers);
/* The array that actions take; NULL-terminated. */
const char *const *sieve_flags_array(struct roost_arena *arena, const char *flags);
/* The flags a keep or fileinto gets; NULL: none. */
const char *const *sieve_action_flags(struct sieve_run *run, const struct sieve_args *args);
/* Constant flags of special use, as a tag's parameter or an argument. */
int sieve_check_special_use(struct sieve_check *check, struct sieve_use *use,
			    struct sieve_bound *flags);
/* Where :fcc asks for a copy; *store NULL: it does not. -1 with the error reported. */
int sieve_run_fcc(struct sieve_run *run, const struct sieve_args *args,
		  const struct sieve_store **store);
/* Tags of redirect-dsn and redirect-deliverby. -1 with the error reported. */
int sieve_check_dsn(struct sieve_check *check, struct sieve_use *use);
int sieve_run_dsn(struct sieve_run *run, const struct sieve_args *args, struct sieve_dsn *dsn);
/* Envelope parts of RFC 6009; NULL: the message came without it. */
bool sieve_envelope_part_known(const struct sieve_check *check, struct sieve_text name);
const char *sieve_envelope_part(struct sieve_run *run, const struct sieve_args *args,
				struct sieve_text name);
/* Lists by name. value NULL: whether there is such a list. -1 with the error reported. */
int sieve_list_has(struct sieve_run *run, struct sieve_text list, const char *value);
int sieve_check_list_keys(struct sieve_check *check, const struct sieve_use *use,
			  const struct sieve_bound *keys);
/* The list that redirect :list names; NULL with the error reported. */
const char *sieve_redirect_list(struct sieve_run *run, struct sieve_text name);
/* "year", "iso8601" ... of a time in a zone (minutes east of UTC). */
char *sieve_date_part(struct roost_arena *arena, const char *part, int64_t time, int zone);
bool sieve_zone_parse(const char *text, int *zone);
int sieve_check_zone(struct sieve_check *check, struct sieve_use *use, struct sieve_bound *bound);
/* The parameter of :index: fields are counted from 1. */
int sieve_check_index(struct sieve_check *check, struct sieve_use *use, struct sieve_bound *bound);
/* Whether its Auto-Submitted says that the message is of a program. RFC 3834 section 5. */
bool sieve_auto_submitted(struct sieve_run *run);
/* Names of fields, those of ARG0: what can never match is warned of. */
void sieve_check_field_names(struct sieve_check *check, const struct sieve_bound *names);
int sieve_check_header_names(struct sieve_check *check, struct sieve_use *use);
/* Compile-time check of a constant mailbox name in ARG0. */
int sieve_check_mailbox(struct sieve_check *check, struct sieve_use *use);

#endif
