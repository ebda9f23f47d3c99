/*
 * %-variables: the syntax. R-VAR-1..5.
 * A variable is  % [-][0][offset.][-][width] modifiers  then a letter or {long name}; the number
 * may also stand after the modifiers.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <roost/settings.h>
#include "core/conf/expand.h"

/* Conditions nest; deeper than this is nobody's configuration. */
#define EXPAND_DEPTH_MAX 16

static const struct {
	char letter;
	const char *name;
} expand_short[] = {
	{ 'u', "user" }, { 'n', "username" }, { 'd', "domain" }, { 's', "service" }, { 'h', "home" },
	{ 'l', "lip" }, { 'r', "rip" }, { 'a', "lport" }, { 'b', "rport" }, { 'p', "pid" },
	{ 'i', "uid" }, { 'c', "secured" }, { 'k', "cert" }, { 'm', "mech" }, { 'w', "password" },
};

const char *roost_expand_long_name(char letter)
{
	for (size_t i = 0; i < ROOST_COUNT(expand_short); i++) {
		if (expand_short[i].letter == letter)
			return expand_short[i].name;
	}
	return NULL;
}

const char *roost_expand_field(const char *name, const char *prefix,
			       const struct roost_setting_pair *pairs)
{
	size_t skip = strlen(prefix);
	const char *fallback;
	size_t len;

	if (strncmp(name, prefix, skip) != 0)
		return NULL;
	name += skip;
	fallback = strchr(name, ':');
	len = fallback == NULL ? strlen(name) : (size_t)(fallback - name);
	for (; pairs != NULL && pairs->name != NULL; pairs++) {
		if (strncmp(pairs->name, name, len) == 0 && pairs->name[len] == '\0')
			return pairs->value;
	}
	return fallback == NULL ? "" : fallback + 1;
}

/* What everybody knows, whatever the callback knows. */
static const char *expand_builtin(struct expand_run *run, const char *name)
{
	const char *value = NULL;

	if (strcmp(name, "hostname") == 0) {
		if (gethostname(run->scratch, sizeof(run->scratch)) < 0)
			return "localhost";
		run->scratch[sizeof(run->scratch) - 1] = '\0';
		return run->scratch;
	}
	if (strcmp(name, "pid") == 0) {
		snprintf(run->scratch, sizeof(run->scratch), "%ld", (long)getpid());
		return run->scratch;
	}
	if (strncmp(name, "env:", 4) == 0) {
		size_t len = strcspn(name + 4, ":");

		snprintf(run->scratch, sizeof(run->scratch), "%.*s", (int)len, name + 4);
		value = getenv(run->scratch);
		if (value != NULL)
			return value;
		return name[4 + len] == ':' ? name + 4 + len + 1 : "";
	}
	if (strncmp(name, "system:", 7) == 0)
		return expand_system(name + 7, run->scratch, sizeof(run->scratch));
	return NULL;
}

const char *expand_lookup(struct expand_run *run, const char *name)
{
	const char *value = NULL;

	if (run->expand->value != NULL)
		value = run->expand->value(run->expand->context, name);
	if (value == NULL)
		value = expand_builtin(run, name);
	return value;
}

void expand_unknown(struct expand_run *run, struct roost_str *out, const char *name)
{
	roost_str_printf(out, "UNSUPPORTED_VARIABLE_%s", name);
	if (run->failed)
		return;
	run->failed = true;
	roost_fail_detail(run->err, ROOST_ERR_CONFIG, "Unknown variable %%%s%s%s",
			  name[0] != '\0' && name[1] == '\0' ? "" : "{", name,
			  name[0] != '\0' && name[1] == '\0' ? "" : "}");
}

/* The number in front: [-][0][offset.][-]width. Returns where it ends. */
static const char *parse_number(const char *p, struct expand_how *how)
{
	const char *start = p;
	char *end;
	long first = 0;

	if (*p == '-' && (isdigit((unsigned char)p[1]) || p[1] == '.'))
		p++;
	else if (!isdigit((unsigned char)*p) && !(*p == '.' && isdigit((unsigned char)p[1])))
		return start;
	if (isdigit((unsigned char)*p)) {
		how->zero_pad = *p == '0';
		first = strtol(p, &end, 10);
		p = end;
	}
	if (*start == '-')
		first = -first;
	if (*p == '.') {
		how->offset = first;
		how->width = strtol(p + 1, &end, 10);
		/* "%3.016Nu": the zero belongs to the width. */
		how->zero_pad = p[1] == '0' && end > p + 2;
		return end == p + 1 ? p : end;
	}
	/* "%-3u" is three characters; only an offset counts from the end. */
	how->width = first < 0 ? -first : first;
	return p;
}

/* Where the brace opened at p closes; NULL when it does not. */
static const char *brace_end(const char *p)
{
	unsigned int depth = 0;

	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '{')
			depth++;
		else if (*p == '}' && --depth == 0)
			return p;
	}
	return NULL;
}

/* Give a value its modifiers and substring, and put it out. */
static void expand_put(struct expand_run *run, struct roost_str *out, const char *value,
		       const struct expand_how *how, bool escape)
{
	struct roost_str text = ROOST_STR_INIT;

	roost_str_puts(&text, value);
	expand_modify(&text, how);
	if (escape && run->expand->escape != NULL && run->plain == 0)
		run->expand->escape(run->expand->context, out, roost_str_text(&text));
	else
		roost_str_append(out, roost_str_text(&text), text.len);
	roost_str_free(&text);
}

static void expand_long(struct expand_run *run, struct roost_str *out, const char *name,
			const struct expand_how *how)
{
	struct roost_str value = ROOST_STR_INIT;
	const char *plain;

	if (run->names != NULL && !expand_is_special(name)) {
		run->names(run->names_context, name);
		return;
	}
	if (strncmp(name, "if;", 3) == 0) {
		/* Values inside are escaped as they are put out; what surrounds them is ours. */
		if (run->depth >= EXPAND_DEPTH_MAX) {
			expand_unknown(run, out, "if");
			return;
		}
		run->depth++;
		if (expand_condition(run, &value, name + 3) < 0)
			expand_unknown(run, out, name);
		else
			expand_put(run, out, roost_str_text(&value), how, false);
		run->depth--;
	} else if ((plain = expand_lookup(run, name)) != NULL) {
		expand_put(run, out, plain, how, true);
	} else if (expand_is_special(name)) {
		if (expand_digest(run, &value, name) < 0)
			expand_unknown(run, out, name);
		else
			expand_put(run, out, roost_str_text(&value), how, true);
	} else {
		expand_unknown(run, out, name);
	}
	roost_str_free(&value);
}

static void expand_letter(struct expand_run *run, struct roost_str *out, char letter,
			  const struct expand_how *how)
{
	const char name[2] = { letter, '\0' };
	const char *long_name = roost_expand_long_name(letter);
	const char *value;

	if (run->names != NULL) {
		run->names(run->names_context, long_name == NULL ? name : long_name);
		return;
	}
	value = expand_lookup(run, name);
	if (value == NULL && long_name != NULL)
		value = expand_lookup(run, long_name);
	if (value == NULL)
		expand_unknown(run, out, name);
	else
		expand_put(run, out, value, how, true);
}

/* One variable; p is behind the %. Returns what follows it. */
static const char *expand_one(struct expand_run *run, struct roost_str *out, const char *p)
{
	struct expand_how how = { 0 };
	const char *start = p, *end;
	char *name;

	p = parse_number(p, &how);
	while (*p != '\0' && how.modifier_count < EXPAND_MODIFIERS_MAX &&
	       strchr("LUEXRNHMDT", *p) != NULL)
		how.modifiers[how.modifier_count++] = *p++;
	if (p > start && !isdigit((unsigned char)p[-1]))
		p = parse_number(p, &how);
	if (*p == '\0') {
		expand_unknown(run, out, start);
		return p;
	}
	if (*p != '{') {
		expand_letter(run, out, *p, &how);
		return p + 1;
	}
	end = brace_end(p);
	if (end == NULL) {
		expand_unknown(run, out, p + 1);
		return p + strlen(p);
	}
	name = strndup(p + 1, (size_t)(end - p - 1));
	if (name == NULL)
		abort();
	expand_long(run, out, name, &how);
	free(name);
	return end + 1;
}

void expand_text(struct expand_run *run, struct roost_str *out, const char *text)
{
	while (*text != '\0') {
		size_t plain = strcspn(text, "%");

		roost_str_append(out, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		text++;
		if (*text == '%') {
			roost_str_byte(out, '%');
			text++;
		} else {
			text = expand_one(run, out, text);
		}
	}
}

int roost_expand(struct roost_str *out, const char *text, const struct roost_expand *expand,
		 struct roost_error *err)
{
	struct expand_run run = { .expand = expand, .err = err };

	expand_text(&run, out, text);
	return run.failed ? -1 : 0;
}

static const struct roost_expand expand_nothing;

void roost_expand_names(const char *text, void (*name)(void *context, const char *name),
			void *context)
{
	struct expand_run run = {
		.expand = &expand_nothing, .names = name, .names_context = context,
	};
	struct roost_str out = ROOST_STR_INIT;

	expand_text(&run, &out, text);
	roost_str_free(&out);
}
