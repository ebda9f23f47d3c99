/* SPDX-License-Identifier: MIT */
/*
 * %-variables in settings, queries, filters and formats. Ours; the language is R-VAR-1..5:
 * %u and %{user}, modifiers (%Lu), substrings (%2.1u), %{if;a;op;b;yes;no}, %{sha256:user}.
 */
#ifndef ROOST_EXPAND_H
#define ROOST_EXPAND_H

#include <roost/error.h>
#include <roost/str.h>

/* Where values come from, and what happens to them on their way out. */
struct roost_expand {
	/*
	 * The value of a variable; NULL when there is no such variable. name is what stands in the
	 * braces ("user", "passdb:home", "ldap:cn:none"). A single letter is asked for as written
	 * ("u", "$") and, when that gives NULL, by its long name ("user"). Valid until the next call.
	 */
	const char *(*value)(void *context, const char *name);
	/* Append value in the form the target needs (SQL, LDAP); NULL: as it is. */
	void (*escape)(void *context, struct roost_str *out, const char *value);
	void *context;
};

/*
 * Append text with its variables replaced. Values are not expanded again. An unknown variable
 * becomes UNSUPPORTED_VARIABLE_name: out is then still complete, and the result is -1 with
 * ROOST_ERR_CONFIG, detail naming the first of them. hostname, pid, env:NAME and system:NAME are
 * known without the callback, which is asked first.
 */
ROOST_API int roost_expand(struct roost_str *out, const char *text,
			   const struct roost_expand *expand, struct roost_error *err);

/*
 * The value for name out of pairs that end with name NULL, with "passdb:NAME:default" answered
 * from prefix "passdb:": a helper for callbacks. default is "" when absent.
 */
struct roost_setting_pair;
ROOST_API const char *roost_expand_field(const char *name, const char *prefix,
					 const struct roost_setting_pair *pairs);

/* "user" for 'u'; NULL when the letter has no long form of its own. Static. */
ROOST_API const char *roost_expand_long_name(char letter);

/* Call name(context, variable) for each variable that text names, in each branch of its conditions. */
ROOST_API void roost_expand_names(const char *text, void (*name)(void *context, const char *name),
				  void *context);

#endif
