/* instance - the registry of extensions and the settings of one engine. */
#include <stdlib.h>
#include <roost/log.h>
#include <roost/sieve.h>
#include "sieve/extensions.h"
#include "sieve/hash.h"
#include "sieve/instance.h"
#include "sieve/plugin.h"
#include "sieve/program.h"

static void add_def(struct sieve_instance *instance, const struct sieve_def *def)
{
	struct sieve_word *word = sieve_words_add(&instance->words, def->name);
	struct sieve_meaning *meaning = roost_arena_new(instance->arena, struct sieve_meaning);
	struct sieve_meaning **end = &word->meanings;

	meaning->def = def;
	meaning->extension = (uint32_t)instance->extensions.count - 1;
	if (def->is_command)
		meaning->command = ++instance->operation_count;
	if (def->is_test)
		meaning->test = ++instance->operation_count;
	while (*end != NULL)
		end = &(*end)->next;
	*end = meaning;
}

static void add_tag(struct sieve_instance *instance, const struct sieve_tag *tag)
{
	struct sieve_word *word = sieve_words_add(&instance->words, tag->name);
	struct sieve_tag_meaning *meaning = roost_arena_new(instance->arena, struct sieve_tag_meaning);
	struct sieve_tag_meaning **end = &word->tags;

	meaning->tag = tag;
	meaning->extension = (uint32_t)instance->extensions.count - 1;
	while (*end != NULL)
		end = &(*end)->next;
	*end = meaning;
}

void sieve_instance_add(struct sieve_instance *instance, const struct sieve_extension *extension)
{
	roost_vec_push(&instance->extensions, extension);
	for (const struct sieve_def *def = extension->defs; def != NULL && def->name != NULL; def++)
		add_def(instance, def);
	for (const struct sieve_tag *tag = extension->tags; tag != NULL && tag->name != NULL; tag++)
		add_tag(instance, tag);
}

/* A module with a wrong table stays out: its scripts learn that nobody offers its extension. */
static void add_modules(struct sieve_instance *instance)
{
	const struct roost_sieve_ops *ops;
	struct roost_error err;

	for (size_t i = 0; (ops = roost_module_ops_at(ROOST_KIND_SIEVE, i)) != NULL; i++) {
		if (sieve_instance_add_plugin(instance, ops, &err) < 0)
			roost_log(NULL, ROOST_LOG_ERROR, "%s", err.text);
	}
}

struct sieve_instance *sieve_instance_create(void)
{
	struct roost_arena *arena = roost_arena_create("sieve instance");
	struct sieve_instance *instance = roost_arena_new(arena, struct sieve_instance);

	instance->arena = arena;
	instance->words.arena = arena;
	instance->settings = roost_map_create();
	for (size_t i = 0; sieve_extensions[i] != NULL; i++)
		sieve_instance_add(instance, sieve_extensions[i]);
	add_modules(instance);
	instance->variables = sieve_instance_find(instance, "variables");
	instance->encoded = sieve_instance_find(instance, "encoded-character");
	sieve_instance_offer(instance, NULL, NULL);
	return instance;
}

void sieve_instance_free(struct sieve_instance *instance)
{
	size_t position = 0;
	const char *key;
	void *value;

	while (roost_map_next(instance->settings, &position, &key, &value))
		free(value);
	roost_map_free(instance->settings);
	roost_vec_free(&instance->extensions);
	roost_arena_free(instance->arena);
}

int sieve_instance_find(const struct sieve_instance *instance, const char *name)
{
	for (size_t i = 0; i < instance->extensions.count; i++) {
		const char *known = instance->extensions.items[i]->name;

		if (known != NULL && strcmp(known, name) == 0)
			return (int)i;
	}
	return -1;
}

bool sieve_instance_offers(const struct sieve_instance *instance, const char *name)
{
	int number = sieve_instance_find(instance, name);

	return number >= 0 && instance->offered[number];
}

static void offer_default(struct sieve_instance *instance, bool all)
{
	for (size_t i = 0; i < instance->extensions.count; i++)
		instance->offered[i] = all || !instance->extensions.items[i]->off;
}

void sieve_instance_offer_all(struct sieve_instance *instance)
{
	offer_default(instance, true);
}

void sieve_instance_list(const struct sieve_instance *instance, struct roost_str *out)
{
	for (size_t i = 0; i < instance->extensions.count; i++) {
		const char *name = instance->extensions.items[i]->name;

		if (name != NULL && instance->offered[i])
			roost_str_printf(out, "%s%s", out->len > 0 ? " " : "", name);
	}
}

void sieve_instance_imap(struct sieve_instance *instance)
{
	static const char *const by_envelope[] = { "envelope", "envelope-dsn", "envelope-deliverby",
						   "reject", "ereject", "vacation", "vacation-seconds" };

	for (size_t i = 0; i < ROOST_COUNT(by_envelope); i++)
		instance->offered[sieve_instance_find(instance, by_envelope[i])] = false;
	instance->offered[sieve_instance_find(instance, "imapsieve")] = true;
}

int sieve_instance_offer(struct sieve_instance *instance, const char *names,
			 struct roost_error *err)
{
	const char *blanks = " \t,";
	int result = 0;

	offer_default(instance, false);
	if (names == NULL)
		return 0;
	names += strspn(names, blanks);
	if (*names != '+' && *names != '-')
		memset(instance->offered, 0, sizeof(instance->offered));
	for (; *names != '\0'; names += strspn(names, blanks)) {
		bool offer = *names != '-';
		size_t len;
		char name[64];
		int number;

		names += *names == '+' || *names == '-';
		len = strcspn(names, blanks);
		snprintf(name, sizeof(name), "%.*s", (int)len, names);
		number = sieve_instance_find(instance, name);
		if (number < 0)
			result = roost_fail(err, ROOST_ERR_INVALID, "unknown Sieve extension '%s'", name);
		else
			instance->offered[number] = offer;
		names += len;
	}
	return result;
}

uint64_t sieve_instance_setup(const struct sieve_instance *instance)
{
	static const char *const settings[] = {
		"sieve_max_redirects", "sieve_global_extensions", "sieve_implicit_extensions",
		"sieve_include_max_includes", "sieve_include_max_nesting_depth", "sieve_max_script_size",
		"sieve_editheader_max_header_size",
	};
	uint64_t hash = SIEVE_PROGRAM_VERSION;

	for (size_t i = 0; i < instance->extensions.count; i++) {
		const struct sieve_extension *extension = instance->extensions.items[i];

		if (extension->name != NULL && instance->offered[i])
			hash = sieve_hash(hash + extension->version, sieve_text_of(extension->name));
	}
	for (size_t i = 0; i < ROOST_COUNT(settings); i++) {
		const char *value = sieve_setting(instance, settings[i]);

		hash = sieve_hash(hash, sieve_text_of(value != NULL ? value : ""));
	}
	return hash;
}

const struct sieve_def *sieve_instance_operation(const struct sieve_instance *instance,
						 const char *name)
{
	const char *slash = strchr(name, '/');
	bool test = strncmp(name, "test/", 5) == 0;
	const struct sieve_word *word;

	if (slash == NULL || (!test && strncmp(name, "command/", 8) != 0))
		return NULL;
	word = sieve_words_find(&instance->words, sieve_text_of(slash + 1));
	for (const struct sieve_meaning *each = word != NULL ? word->meanings : NULL; each != NULL;
	     each = each->next) {
		if ((test ? each->test : each->command) != 0)
			return each->def;
	}
	return NULL;
}

void sieve_instance_set(struct sieve_instance *instance, const char *name, const char *value)
{
	char *old = value != NULL ? roost_map_set(instance->settings, name, strdup(value)) :
		roost_map_remove(instance->settings, name);

	free(old);
}

const char *sieve_setting(const struct sieve_instance *instance, const char *name)
{
	const char *value = roost_map_get(instance->settings, name);

	return value != NULL && value[strspn(value, " \t")] != '\0' ? value : NULL;
}

uint64_t sieve_setting_size(const struct sieve_instance *instance, const char *name,
			    uint64_t fallback)
{
	const char *value = sieve_setting(instance, name);
	uint64_t number;
	char *end;

	if (value == NULL)
		return fallback;
	number = strtoull(value, &end, 10);
	if (end == value)
		return fallback;
	end += strspn(end, " ");
	switch (*end | 32) {
	case 'k': return number << 10;
	case 'm': return number << 20;
	case 'g': return number << 30;
	default: return number;
	}
}

uint64_t sieve_setting_time(const struct sieve_instance *instance, const char *name,
			    uint64_t fallback)
{
	const char *value = sieve_setting(instance, name);
	uint64_t number;
	char *end;

	if (value == NULL)
		return fallback;
	number = strtoull(value, &end, 10);
	if (end == value)
		return fallback;
	end += strspn(end, " ");
	switch (*end | 32) {
	case 'm': return number * 60;
	case 'h': return number * 3600;
	case 'd': return number * 86400;
	case 'w': return number * 604800;
	default: return number;
	}
}

bool sieve_setting_bool(const struct sieve_instance *instance, const char *name, bool fallback)
{
	const char *value = sieve_setting(instance, name);

	return value != NULL ? strchr("yYtT1", value[strspn(value, " \t")]) != NULL : fallback;
}

static const unsigned char slot_types[SIEVE_SLOT_COUNT] = {
#define T(slot, type) [SIEVE_SLOT_##slot] = SIEVE_##type
	T(MATCH, NUMBER), T(RELATION, NUMBER), T(COMPARATOR, NUMBER), T(ADDRESS_PART, NUMBER),
	T(SIZE, NUMBER), T(COPY, NUMBER), T(CREATE, NUMBER), T(FLAGS, LIST), T(MODIFIER, NUMBER),
	T(INDEX, NUMBER), T(LAST, NUMBER), T(TRANSFORM, NUMBER), T(DAYS, NUMBER),
	T(SECONDS, NUMBER), T(SUBJECT, STRING), T(FROM, STRING), T(ADDRESSES, LIST),
	T(MIME, NUMBER), T(HANDLE, STRING), T(ZONE, STRING), T(ONCE, NUMBER),
	T(OPTIONAL, NUMBER), T(LOCATION, NUMBER), T(HEADER, STRING), T(UNIQUEID, STRING),
	T(ANYCHILD, NUMBER), T(MIMEOPT, NUMBER), T(FIRST, NUMBER), T(NAME, STRING),
	T(IMPORTANCE, STRING), T(OPTIONS, LIST), T(MESSAGE, STRING), T(PERCENT, NUMBER),
	T(SPECIALUSE, STRING), T(SMTP, NUMBER), T(FOLDER, STRING), T(APPEND, NUMBER),
	T(EXTENSION, STRING), T(MAILBOX, STRING), T(TARGET, NUMBER), T(LIST, LIST),
	T(HEADERS_ONLY, NUMBER), T(TRY, NUMBER), T(PIPE, NUMBER), T(INPUT, STRING),
	T(OUTPUT, NUMBER), T(FCC, STRING), T(MAILBOXID, STRING), T(NOTIFY, STRING), T(RET, STRING),
	T(BYRELATIVE, NUMBER), T(BYABSOLUTE, STRING), T(BYMODE, STRING), T(BYTRACE, NUMBER),
	T(HEADERS, LIST), T(EXPAND, NUMBER), T(NUMBER0, NUMBER), T(NUMBER1, NUMBER), T(NUMBER2, NUMBER),
	T(NUMBER3, NUMBER), T(TEXT0, STRING), T(TEXT1, STRING), T(TEXT2, STRING), T(TEXT3, STRING),
#undef T
};

int sieve_def_slot_type(const struct sieve_def *def, uint32_t slot)
{
	if (slot >= SIEVE_SLOT_ARG0 && slot <= SIEVE_SLOT_ARG3) {
		const struct sieve_param *param = &def->params[slot - SIEVE_SLOT_ARG0];

		return param->name != NULL ? (int)param->type : -1;
	}
	return slot < SIEVE_SLOT_COUNT && slot_types[slot] != 0 ? slot_types[slot] : -1;
}

bool sieve_def_complete(const struct sieve_program *program, const struct sieve_def *def,
			const uint32_t *code)
{
	unsigned needed = 0, present = 0;

	for (unsigned i = 0; i < def->required; i++)
		needed |= 1u << (i + def->optional_first);
	for (uint32_t i = 0; i < code[3]; i++) {
		uint32_t slot = code[4 + 2 * i];

		if (slot >= SIEVE_SLOT_ARG0 && slot <= SIEVE_SLOT_ARG3)
			present |= 1u << (slot - SIEVE_SLOT_ARG0);
	}
	return (present & needed) == needed && program->operations[code[1]] == def;
}
