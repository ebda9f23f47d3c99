/* What settings say together: variables, namespaces, TLS. R-VAR-1, R-NS-1, R-TL-1, R-SASL-1. */
#include <string.h>
#include <roost/expand.h>
#include "core/conf/expect.h"
#include "core/conf/variable.h"

/* ---- variables */

struct check {
	struct conf_store *store;
	const struct conf_slot *slot;
	const struct conf_value *value;
};

static void check_variable(void *context, const char *name)
{
	const struct check *check = context;
	const char *known = name[0] != '\0' && name[1] == '\0' ? roost_expand_long_name(name[0]) : name;

	if (known == NULL || !variable_known(known))
		conf_error(check->store->problems, check->value->at, "%s: Unknown variable %%%s%s%s",
			   check->slot->path, name[1] == '\0' ? "" : "{", name,
			   name[1] == '\0' ? "" : "}");
}

/* Of our own settings; those of plugins may have variables of the module's. */
static void check_variables(struct conf_store *store, const struct conf_slot *slot)
{
	if (slot->setting == NULL || !(slot->setting->type & ROOST_SET_EXPANDED) ||
	    strncmp(slot->path, "plugin/", 7) == 0)
		return;
	for (size_t i = 0; i < slot->values.count; i++) {
		struct check check = { store, slot, &slot->values.items[i] };

		if (check.value->text != NULL)
			roost_expand_names(check.value->text, check_variable, &check);
	}
}

/* ---- "the global setting came too late" */

static void check_late(struct conf_store *store, const struct conf_slot *slot)
{
	const struct conf_value *global = NULL;

	for (size_t i = 0; i < slot->values.count; i++) {
		if (slot->values.items[i].context == 0)
			global = &slot->values.items[i];
	}
	if (global == NULL || global->at.line == 0)
		return;
	for (size_t i = 0; i < slot->values.count; i++) {
		const struct conf_value *other = &slot->values.items[i];

		if (other->context != 0 && other->order < global->order) {
			conf_warning(store->problems, global->at, "Global setting %s won't change "
				     "the setting inside an earlier filter at %s line %u (if this is "
				     "intentional, avoid this warning by moving the global setting "
				     "before %s line %u)", slot->path, other->at.file,
				     other->at.line, other->at.file, other->at.line);
			return;
		}
	}
}

/* ---- namespaces */

static const char *field(struct conf_store *store, const struct conf_store_block *block,
			 const char *key)
{
	return conf_store_get(store, roost_arena_printf(store->arena, "%s/%s", block->path, key),
			      NULL);
}

static bool yes(const char *value)
{
	return strcasecmp(value, "yes") == 0 || strcasecmp(value, "y") == 0 ||
		strcmp(value, "1") == 0;
}

static void check_prefix(struct conf_store *store, const struct conf_store_block *block)
{
	const char *prefix = field(store, block, "prefix");
	const char *separator = field(store, block, "separator");
	size_t len = strlen(prefix);

	if (strlen(separator) > 1)
		conf_error(store->problems, block->at, "namespace %s: separator is longer than one "
			   "character: %s", block->name, separator);
	else if (len > 0 && separator[0] != '\0' && prefix[len - 1] != separator[0])
		conf_error(store->problems, block->at, "namespace %s: prefix \"%s\" has to end with "
			   "the separator \"%s\"", block->name, prefix, separator);
}

static void check_namespaces(struct conf_store *store)
{
	const struct conf_store_block *inbox = NULL, *first = NULL;

	for (size_t i = 0; i < store->blocks.count; i++) {
		const struct conf_store_block *block = store->blocks.items[i];

		/* Those of filters are there only for some. */
		if (strcmp(block->type->word, "namespace") != 0 || block->context != 0 ||
		    yes(field(store, block, "disabled")))
			continue;
		check_prefix(store, block);
		first = first == NULL ? block : first;
		if (!yes(field(store, block, "inbox")))
			continue;
		if (inbox != NULL)
			conf_error(store->problems, block->at, "namespace %s: inbox = yes is also "
				   "in namespace %s (%s:%u); only one may have it", block->name,
				   inbox->name, inbox->at.file, inbox->at.line);
		inbox = block;
	}
	if (first != NULL && inbox == NULL)
		conf_error(store->problems, first->at, "namespace %s: no namespace has inbox = yes",
			   first->name);
}

/* ---- TLS */

static void check_tls(struct conf_store *store)
{
	const struct conf_slot *slot = conf_store_slot(store, "ssl");
	bool off = strcmp(conf_store_get(store, "ssl", NULL), "no") == 0;

	for (size_t i = 0; i < slot->values.count; i++) {
		const struct conf_value *value = &slot->values.items[i];

		if (value->text == NULL || strcmp(value->text, "required") != 0)
			continue;
		if (off && value->context != 0)
			conf_warning(store->problems, value->at, "SSL is disabled because global "
				     "ssl=no, ignoring ssl=required for subsection");
	}
}

/* ---- SASL mechanisms */

static void check_mechanism(struct conf_store *store, const struct conf_value *value,
			    const char *name)
{
	static const char *const offered[] = { "plain", "login" };
	static const char *const known[] = {
		"cram-md5", "digest-md5", "scram-sha-1", "scram-sha-256", "apop", "ntlm", "rpa",
		"gssapi", "gss-spnego", "otp", "skey", "anonymous", "external", "oauthbearer",
		"xoauth2", "dovecot-token",
	};

	for (size_t i = 0; i < ROOST_COUNT(offered); i++) {
		if (strcasecmp(offered[i], name) == 0)
			return;
	}
	for (size_t i = 0; i < ROOST_COUNT(known); i++) {
		if (strcasecmp(known[i], name) != 0)
			continue;
		conf_warning(store->problems, value->at, "auth_mechanisms: %s is not available; "
			     "going on without it", name);
		return;
	}
	conf_error(store->problems, value->at, "auth_mechanisms: Unknown mechanism: %s", name);
}

static void check_mechanisms(struct conf_store *store)
{
	const struct conf_slot *slot = conf_store_slot(store, "auth_mechanisms");

	for (size_t i = 0; i < slot->values.count; i++) {
		const char *text = slot->values.items[i].text;

		for (; text != NULL && *(text += strspn(text, " ,\t")) != '\0';
		     text += strcspn(text, " ,\t"))
			check_mechanism(store, &slot->values.items[i],
				roost_arena_strndup(store->arena, text, strcspn(text, " ,\t")));
	}
}

void conf_expect(struct conf_store *store)
{
	size_t position = 0;
	const char *path;
	void *slot;

	while (roost_map_next(store->slots, &position, &path, &slot)) {
		check_variables(store, slot);
		check_late(store, slot);
	}
	check_namespaces(store);
	check_tls(store);
	check_mechanisms(store);
}
