/* mailto - reads mailto: URIs; what could forge a message's origin is left out. */
#include <ctype.h>
#include "sieve/extensions.h"
#include "sieve/mailto.h"

static const char *const ignored[] = { "from", "sender", "date", "message-id", "received",
	"return-path", "auto-submitted", "mime-version", "content-type", "content-transfer-encoding",
	"resent-from", "resent-sender", "resent-to", "resent-cc", "resent-bcc", "resent-date",
	"resent-message-id", "x-sieve" };

/* Percent-decoded, NULL when it is not well-formed or has control characters. */
static char *decode(struct roost_arena *arena, const char *at, size_t len)
{
	char *out = roost_arena_alloc(arena, len + 1);
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned code = (unsigned char)at[i];

		if (at[i] == '%') {
			if (i + 2 >= len || sscanf(at + i + 1, "%2x", &code) != 1 ||
			    !isxdigit((unsigned char)at[i + 1]) || !isxdigit((unsigned char)at[i + 2]))
				return NULL;
			i += 2;
		}
		if (code == 0)
			return NULL;
		out[used++] = (char)code;
	}
	out[used] = '\0';
	return out;
}

static bool add_recipients(struct roost_arena *arena, struct sieve_mailto *mailto, const char *list,
			   const char **recipients, unsigned *count)
{
	while (*list != '\0') {
		size_t len = strcspn(list, ",");
		const char *address = sieve_address_normal(arena, (struct sieve_text){ list, len });

		if (address == NULL)
			return false;
		if (mailto->to_count + mailto->cc_count + mailto->bcc_count >= SIEVE_MAILTO_RECIPIENTS)
			mailto->dropped = true;
		else
			recipients[(*count)++] = address;
		list += len + (list[len] == ',');
	}
	return true;
}

static bool add_header(struct roost_arena *arena, struct sieve_mailto *mailto, char *name,
		       char *value)
{
	if (strcasecmp(name, "to") == 0)
		return add_recipients(arena, mailto, value, mailto->to, &mailto->to_count);
	if (strcasecmp(name, "cc") == 0)
		return add_recipients(arena, mailto, value, mailto->cc, &mailto->cc_count);
	if (strcasecmp(name, "bcc") == 0)
		return add_recipients(arena, mailto, value, mailto->bcc, &mailto->bcc_count);
	if (strcasecmp(name, "body") == 0) {
		mailto->body = value;
		return true;
	}
	for (char *c = value; *c != '\0'; c++) {
		if (*c == '\r' || *c == '\n')
			*c = ' ';
	}
	if (strcasecmp(name, "subject") == 0) {
		mailto->subject = value;
		return true;
	}
	for (size_t i = 0; i < ROOST_COUNT(ignored); i++) {
		if (strcasecmp(name, ignored[i]) == 0)
			return true;
	}
	if (!sieve_field_name_valid(sieve_text_of(name)))
		return false;
	if (mailto->header_count == SIEVE_MAILTO_HEADERS) {
		mailto->dropped = true;
		return true;
	}
	mailto->headers[mailto->header_count].name = name;
	mailto->headers[mailto->header_count++].value = value;
	return true;
}

bool sieve_mailto_parse(struct roost_arena *arena, const char *uri, struct sieve_mailto *mailto)
{
	size_t len;
	char *to;

	*mailto = (struct sieve_mailto){ 0 };
	if (strncasecmp(uri, "mailto:", 7) != 0)
		return false;
	uri += 7;
	len = strcspn(uri, "?");
	to = decode(arena, uri, len);
	if (to == NULL || !add_recipients(arena, mailto, to, mailto->to, &mailto->to_count))
		return false;
	uri += len;
	while (*uri != '\0') {
		size_t name_len = strcspn(++uri, "=&"), value_len;
		char *name = decode(arena, uri, name_len), *value;

		if (uri[name_len] != '=' || name == NULL)
			return false;
		uri += name_len + 1;
		value_len = strcspn(uri, "&");
		value = decode(arena, uri, value_len);
		if (value == NULL || !add_header(arena, mailto, name, value))
			return false;
		uri += value_len;
	}
	return true;
}
