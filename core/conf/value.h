/*
 * Settings' values as text: read, judged and printed in the form of R-CFG-13. Core/base alone.
 */
#ifndef CORE_CONF_VALUE_H
#define CORE_CONF_VALUE_H

#include <roost/error.h>
#include <roost/settings.h>
#include <roost/str.h>

/* All give ROOST_ERR_CONFIG with a text fit for the administrator. */
int conf_value_bool(const char *text, bool *value, struct roost_error *err);
int conf_value_uint(const char *text, uint64_t *value, struct roost_error *err);
int conf_value_octal(const char *text, uint32_t *value, struct roost_error *err);
int conf_value_size(const char *text, uint64_t *bytes, struct roost_error *err);
int conf_value_time(const char *text, int64_t *microseconds, struct roost_error *err);
/* words: "first|second|third". */
int conf_value_enum(const char *text, const char *words, uint32_t *index, struct roost_error *err);

/* Judge text as type (enum roost_setting_type); words only for enums. */
int conf_value_check(uint32_t type, const char *text, const char *words, struct roost_error *err);
/* As roostconf prints it: "3 secs", "1 G", "0600". Text that is not of the type is printed as it is. */
void conf_value_print(struct roost_str *out, uint32_t type, const char *text);

#endif
