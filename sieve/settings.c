/* settings - whose each setting is and which values it takes; what settings mean stands where they are read. */
#include <strings.h>
#include "sieve/instance.h"

enum kind { TEXT, NUMBER, TIME, SWITCH, WORD };

struct setting {
	const char *name;		/* ends with '_' or '/': all that begin so */
	const char *extension;		/* NULL: the engine's */
	enum kind kind;
	const char *words;		/* " one two " */
	bool shared;			/* the engine's too */
};

#define PROGRAMS(name) \
	{ "sieve_" name "_exec_timeout", "vnd.dovecot." name, TIME, NULL }, \
	{ "sieve_" name "_input_eol", "vnd.dovecot." name, WORD, " crlf lf " }, \
	{ "sieve_" name "_", "vnd.dovecot." name, TEXT, NULL }
#define SCORES(name) \
	{ "sieve_" name "_status_type", name, WORD, " score strlen text " }, \
	{ "sieve_" name "_", name, TEXT, NULL }

/* The first that fits counts. */
static const struct setting known[] = {
	{ "sieve_max_cpu_time", NULL, TIME, NULL },
	{ "sieve_max_script_size", NULL, NUMBER, NULL },
	{ "sieve_max_memory", NULL, NUMBER, NULL },
	{ "sieve_max_actions", NULL, NUMBER, NULL },
	{ "sieve_max_redirects", NULL, NUMBER, NULL },
	{ "sieve_resource_usage_timeout", NULL, TIME, NULL },
	{ "sieve_redirect_duplicate_period", NULL, TIME, NULL },
	{ "recipient_delimiter", "subaddress", TEXT, NULL, true },
	{ "sieve_vacation_min_period", "vacation", TIME, NULL },
	{ "sieve_vacation_max_period", "vacation", TIME, NULL },
	{ "sieve_vacation_default_period", "vacation", TIME, NULL },
	{ "sieve_vacation_max_subject_codepoints", "vacation", NUMBER, NULL },
	{ "sieve_vacation_check_recipient", "vacation", SWITCH, NULL },
	{ "sieve_vacation_dont_check_recipient", "vacation", SWITCH, NULL },
	{ "sieve_vacation_send_from_recipient", "vacation", SWITCH, NULL },
	{ "sieve_vacation_use_original_recipient", "vacation", SWITCH, NULL },
	{ "sieve_vacation_to_header_ignore_envelope", "vacation", SWITCH, NULL },
	{ "sieve_vacation_", "vacation", TEXT, NULL },
	{ "sieve_duplicate_default_period", "duplicate", TIME, NULL },
	{ "sieve_duplicate_max_period", "duplicate", TIME, NULL },
	{ "sieve_include_", "include", NUMBER, NULL },
	{ "sieve_variables_", "variables", NUMBER, NULL },
	{ "sieve_editheader_max_header_size", "editheader", NUMBER, NULL },
	{ "sieve_editheader_", "editheader", TEXT, NULL },
	{ "sieve_notify_max_notifications", "enotify", NUMBER, NULL, true },
	{ "sieve_notify_", "enotify", TEXT, NULL, true },
	{ "sieve_env_", "vnd.dovecot.environment", TEXT, NULL },
	{ "sieve_environment/", "vnd.dovecot.environment", TEXT, NULL },
	{ "sieve_report_", "vnd.dovecot.report", TEXT, NULL },
	{ "sieve_extlists_", "extlists", TEXT, NULL },
	SCORES("spamtest"), SCORES("virustest"),
	PROGRAMS("pipe"), PROGRAMS("filter"), PROGRAMS("execute"),
};

static const struct setting *find(const char *name)
{
	for (size_t i = 0; i < ROOST_COUNT(known); i++) {
		size_t len = strlen(known[i].name);
		bool all = strchr("_/", known[i].name[len - 1]) != NULL;

		if (strncmp(name, known[i].name, len) == 0 && (all || name[len] == '\0'))
			return &known[i];
	}
	return NULL;
}

bool sieve_setting_is_of(const char *name, const char *extension)
{
	const struct setting *setting = find(name);
	const char *owner = setting != NULL ? setting->extension : NULL;

	if (owner == NULL || extension == NULL)
		return owner == extension || (extension == NULL && setting->shared);
	/* vacation-seconds and spamtestplus have the settings of what they add to. */
	return strncmp(extension, owner, strlen(owner)) == 0;
}

static bool is_among(const char *words, const char *word, size_t len)
{
	for (const char *at = strchr(words, ' '); len > 0 && at != NULL; at = strchr(at + 1, ' ')) {
		if (strncasecmp(at + 1, word, len) == 0 && at[len + 1] == ' ')
			return true;
	}
	return false;
}

/* One word; of a number its unit, which may be left out. */
static bool fits(const char *value, const char *words, bool number)
{
	size_t digits = number ? strspn(value, "0123456789") : 0, len;
	const char *word = value + digits + strspn(value + digits, " ");

	len = strcspn(word, " \t");
	return (number ? digits > 0 : len > 0) && word[len + strspn(word + len, " \t")] == '\0' &&
		(len == 0 || is_among(words, word, len));
}

const char *sieve_setting_wanted(const char *name, const char *value)
{
	const struct setting *setting = find(name);

	value += strspn(value, " \t");
	if (setting == NULL || *value == '\0')
		return NULL;
	switch (setting->kind) {
	case NUMBER:
		return fits(value, " b k kb m mb g gb ", true) ? NULL : "a number, perhaps with k, M or G";
	case TIME:
		return fits(value, " s sec secs second seconds m min mins minute minutes h hour hours "
			    "d day days w week weeks ", true) ? NULL : "a time such as 30s, 5m, 2h, 7d";
	case SWITCH:
		return fits(value, " yes no true false y n t f 1 0 ", false) ? NULL : "yes or no";
	case WORD:
		return fits(value, setting->words, false) ? NULL : setting->words;
	default:
		return NULL;
	}
}
