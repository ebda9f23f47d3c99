/* Settings' values as text. R-CFG-13. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include "core/conf/known.h"
#include "core/conf/value.h"

#define SECOND INT64_C(1000000)

int conf_value_bool(const char *text, bool *value, struct roost_error *err)
{
	if (strcasecmp(text, "yes") == 0 || strcasecmp(text, "y") == 0 || strcmp(text, "1") == 0)
		*value = true;
	else if (strcasecmp(text, "no") == 0)
		*value = false;
	else
		return roost_fail(err, ROOST_ERR_CONFIG,
				  "Invalid boolean value: %.100s (use yes or no)", text);
	return 0;
}

/* Leading digits; -1 when there are none or too many. */
static int parse_digits(const char **text, unsigned int base, uint64_t *value)
{
	const char *p = *text;
	uint64_t number = 0;

	for (; *p >= '0' && *p < (char)('0' + base); p++) {
		if (__builtin_mul_overflow(number, base, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*p - '0'), &number))
			return -1;
	}
	if (p == *text)
		return -1;
	*text = p;
	*value = number;
	return 0;
}

int conf_value_uint(const char *text, uint64_t *value, struct roost_error *err)
{
	const char *p = text;
	uint64_t number;

	if (parse_digits(&p, 10, &number) < 0 || *p != '\0')
		return roost_fail(err, ROOST_ERR_CONFIG, "Invalid number: %.100s", text);
	*value = number;
	return 0;
}

int conf_value_octal(const char *text, uint32_t *value, struct roost_error *err)
{
	const char *p = text;
	uint64_t number;

	if (parse_digits(&p, 8, &number) < 0 || *p != '\0' || number > UINT32_MAX)
		return roost_fail(err, ROOST_ERR_CONFIG, "Invalid octal number: %.100s", text);
	*value = (uint32_t)number;
	return 0;
}

int conf_value_size(const char *text, uint64_t *bytes, struct roost_error *err)
{
	static const char units[] = "bkmgt";
	const char *p = text, *unit;
	uint64_t number;
	unsigned int shift;

	if (strcasecmp(text, "unlimited") == 0) {
		*bytes = UINT64_MAX;
		return 0;
	}
	if (parse_digits(&p, 10, &number) < 0)
		return roost_fail(err, ROOST_ERR_CONFIG, "Invalid size: %.100s", text);
	while (isspace((unsigned char)*p))
		p++;
	if (*p != '\0') {
		unit = strchr(units, tolower((unsigned char)*p));
		if (unit == NULL)
			return roost_fail(err, ROOST_ERR_CONFIG, "Invalid size: %.100s", text);
		shift = (unsigned int)(unit - units) * 10;
		p++;
		/* "10 MB", "10 MiB" */
		if (shift > 0 && tolower((unsigned char)*p) == 'i')
			p++;
		if (shift > 0 && tolower((unsigned char)*p) == 'b')
			p++;
		if (*p != '\0')
			return roost_fail(err, ROOST_ERR_CONFIG, "Invalid size: %.100s", text);
		if (__builtin_mul_overflow(number, UINT64_C(1) << shift, &number))
			return roost_fail(err, ROOST_ERR_CONFIG, "Size is too large: %.100s", text);
	}
	*bytes = number;
	return 0;
}

static const struct {
	const char *name;	/* what the unit must begin; "m" alone would be two of them */
	size_t least;
	int64_t each;
} time_units[] = {
	{ "milliseconds", 3, 1000 }, { "msecs", 2, 1000 }, { "seconds", 1, SECOND },
	{ "minutes", 1, 60 * SECOND }, { "hours", 1, 3600 * SECOND }, { "days", 1, 86400 * SECOND },
	{ "weeks", 1, 7 * 86400 * SECOND },
};

static int64_t time_unit(const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < ROOST_COUNT(time_units); i++) {
		if (len >= time_units[i].least && strncasecmp(text, time_units[i].name, len) == 0)
			return time_units[i].each;
	}
	/* The plural that prints, and what people write. */
	if (strcasecmp(text, "secs") == 0 || strcasecmp(text, "sec") == 0)
		return SECOND;
	if (strcasecmp(text, "mins") == 0)
		return 60 * SECOND;
	return 0;
}

int conf_value_time(const char *text, int64_t *microseconds, struct roost_error *err)
{
	const char *p = text;
	uint64_t number;
	int64_t unit, result;

	/* In words, for the idle_kill of services that never end. */
	if (strcasecmp(text, "infinite") == 0 || strcasecmp(text, "never") == 0) {
		*microseconds = INT64_MAX;
		return 0;
	}
	if (parse_digits(&p, 10, &number) < 0 || number > INT64_MAX)
		return roost_fail(err, ROOST_ERR_CONFIG, "Invalid time interval: %.100s", text);
	while (isspace((unsigned char)*p))
		p++;
	if (*p == '\0') {
		if (number == 0) {
			*microseconds = 0;
			return 0;
		}
		return roost_fail(err, ROOST_ERR_CONFIG, "Time interval '%.100s' is missing units "
				  "(add e.g. 's' for seconds)", text);
	}
	unit = time_unit(p);
	if (unit == 0)
		return roost_fail(err, ROOST_ERR_CONFIG, "Invalid time interval: %.100s", text);
	if (__builtin_mul_overflow((int64_t)number, unit, &result))
		result = INT64_MAX;
	*microseconds = result;
	return 0;
}

int conf_value_enum(const char *text, const char *words, uint32_t *index, struct roost_error *err)
{
	size_t len = strlen(text);
	uint32_t count = 0;

	for (const char *p = words;; p += strcspn(p, "|") + 1, count++) {
		size_t word = strcspn(p, "|");

		if (word == len && strncmp(p, text, len) == 0) {
			*index = count;
			return 0;
		}
		if (p[word] == '\0')
			break;
	}
	return roost_fail(err, ROOST_ERR_CONFIG, "Invalid value: %.100s (use one of: %s)", text, words);
}

int conf_value_check(uint32_t type, const char *text, const char *words, struct roost_error *err)
{
	uint64_t number;
	uint32_t small;
	int64_t time;
	bool flag;

	switch (type & 0xff) {
	case ROOST_SET_BOOL: return conf_value_bool(text, &flag, err);
	case ROOST_SET_UINT:
		if (conf_value_uint(text, &number, err) < 0)
			return -1;
		return type & CONF_SET_PORT && number > UINT16_MAX ?
			roost_fail(err, ROOST_ERR_CONFIG, "Invalid port: %.100s (at most 65535)",
				   text) : 0;
	case ROOST_SET_OCTAL: return conf_value_octal(text, &small, err);
	case ROOST_SET_SIZE: return conf_value_size(text, &number, err);
	case ROOST_SET_TIME: return conf_value_time(text, &time, err);
	case ROOST_SET_ENUM: return conf_value_enum(text, words, &small, err);
	default: return 0;
	}
}

static void print_size(struct roost_str *out, const char *text)
{
	static const char units[] = "BkMGT";
	unsigned int unit = 0;
	uint64_t bytes;

	if (conf_value_size(text, &bytes, NULL) < 0) {
		roost_str_puts(out, text);
		return;
	}
	while (bytes > 0 && unit < 4 && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	roost_str_number(out, bytes);
	if (bytes > 0)
		roost_str_printf(out, " %c", units[unit]);
}

static void print_time(struct roost_str *out, const char *text)
{
	static const struct { int64_t each; const char *name; } units[] = {
		{ 7 * 86400 * SECOND, "weeks" }, { 86400 * SECOND, "days" },
		{ 3600 * SECOND, "hours" }, { 60 * SECOND, "mins" }, { SECOND, "secs" },
		{ 1000, "msecs" },
	};
	int64_t time;

	if (conf_value_time(text, &time, NULL) < 0) {
		roost_str_puts(out, text);
		return;
	}
	if (time == INT64_MAX) {
		roost_str_puts(out, "infinite");
		return;
	}
	for (size_t i = 0; i < ROOST_COUNT(units) && time > 0; i++) {
		if (time % units[i].each == 0) {
			roost_str_printf(out, "%" PRId64 " %s", time / units[i].each, units[i].name);
			return;
		}
	}
	roost_str_puts(out, "0");
}

void conf_value_print(struct roost_str *out, uint32_t type, const char *text)
{
	uint32_t octal;
	bool flag;

	switch (type & 0xff) {
	case ROOST_SET_BOOL:
		roost_str_puts(out, conf_value_bool(text, &flag, NULL) < 0 ? text :
			       flag ? "yes" : "no");
		break;
	case ROOST_SET_OCTAL:
		if (conf_value_octal(text, &octal, NULL) < 0)
			roost_str_puts(out, text);
		else
			roost_str_printf(out, "0%o", octal);
		break;
	case ROOST_SET_SIZE:
		print_size(out, text);
		break;
	case ROOST_SET_TIME:
		print_time(out, text);
		break;
	default:
		roost_str_puts(out, text);
		break;
	}
}
