/* %-variables: %{if;a;op;b;yes;no}. R-VAR-4. */
#include <fnmatch.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include "core/conf/expand.h"

enum { IF_LEFT, IF_OP, IF_RIGHT, IF_YES, IF_NO, IF_PARTS };

/* Cut at each ';' that is neither escaped nor within braces; the last part keeps the rest. */
static unsigned int condition_split(char *text, char *parts[IF_PARTS])
{
	unsigned int count = 0, depth = 0;

	parts[count++] = text;
	for (char *p = text; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '{')
			depth++;
		else if (*p == '}' && depth > 0)
			depth--;
		else if (*p == ';' && depth == 0 && count < IF_PARTS) {
			*p = '\0';
			parts[count++] = p + 1;
		}
	}
	return count;
}

/* "\:", "\;" and "\%" stand for themselves; the last must not start a variable. */
static char *condition_unescape(const char *text)
{
	char *out = malloc(strlen(text) * 2 + 1), *to = out;

	if (out == NULL)
		abort();
	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0' && strchr(":;", text[1]) != NULL) {
			*to++ = *++text;
		} else if (*text == '\\' && text[1] == '%') {
			*to++ = '%';
			*to++ = *++text;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
	return out;
}

static int match_number(const char *op, const char *left, const char *right)
{
	long long a = strtoll(left, NULL, 10), b = strtoll(right, NULL, 10);

	if (strcmp(op, "==") == 0)
		return a == b;
	if (strcmp(op, "!=") == 0)
		return a != b;
	if (strcmp(op, "<") == 0)
		return a < b;
	if (strcmp(op, "<=") == 0)
		return a <= b;
	if (strcmp(op, ">") == 0)
		return a > b;
	if (strcmp(op, ">=") == 0)
		return a >= b;
	return -1;
}

static int match_text(const char *op, const char *left, const char *right)
{
	int order = strcmp(left, right);

	if (strcmp(op, "eq") == 0)
		return order == 0;
	if (strcmp(op, "ne") == 0)
		return order != 0;
	if (strcmp(op, "lt") == 0)
		return order < 0;
	if (strcmp(op, "le") == 0)
		return order <= 0;
	if (strcmp(op, "gt") == 0)
		return order > 0;
	if (strcmp(op, "ge") == 0)
		return order >= 0;
	return -1;
}

static int match_pattern(const char *op, const char *left, const char *right)
{
	bool negate = *op == '!';
	regex_t regex;
	int found;

	op += negate;
	if (strcmp(op, "*") == 0)
		return (fnmatch(right, left, 0) == 0) != negate;
	if (strcmp(op, "~") != 0 || regcomp(&regex, right, REG_EXTENDED | REG_NOSUB) != 0)
		return -1;
	found = regexec(&regex, left, 0, NULL, 0) == 0;
	regfree(&regex);
	return found != negate;
}

static int condition_true(const char *op, const char *left, const char *right)
{
	int result = match_number(op, left, right);

	if (result < 0)
		result = match_text(op, left, right);
	return result < 0 ? match_pattern(op, left, right) : result;
}

static void condition_part(struct expand_run *run, struct roost_str *out, const char *part)
{
	char *text = condition_unescape(part);

	expand_text(run, out, text);
	free(text);
}

int expand_condition(struct expand_run *run, struct roost_str *out, const char *rest)
{
	struct roost_str left = ROOST_STR_INIT, right = ROOST_STR_INIT;
	char *copy = strdup(rest), *parts[IF_PARTS];
	int result = -1;
	unsigned int count;

	if (copy == NULL)
		abort();
	count = condition_split(copy, parts);
	if (count < IF_NO)
		goto done;
	run->plain++;
	condition_part(run, &left, parts[IF_LEFT]);
	condition_part(run, &right, parts[IF_RIGHT]);
	run->plain--;
	result = condition_true(parts[IF_OP], roost_str_text(&left), roost_str_text(&right));
	if (run->names != NULL) {
		for (unsigned int i = IF_YES; i < count; i++)
			condition_part(run, out, parts[i]);
		result = 0;
	} else if (result == 1) {
		condition_part(run, out, parts[IF_YES]);
	} else if (result == 0 && count > IF_NO) {
		condition_part(run, out, parts[IF_NO]);
	}
done:
	free(copy);
	roost_str_free(&left);
	roost_str_free(&right);
	return result < 0 ? -1 : 0;
}
