/* One line of the auth protocols. R-AUP-1, R-AUP-2. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <roost/encode.h>
#include "modules/auth/lines.h"

bool line_split(char *line, char **args)
{
	size_t count = 0;
	char *field;

	while ((field = strsep(&line, "\t")) != NULL) {
		if (count == LINE_ARGS_MAX)
			return false;
		args[count++] = roost_tab_unescape(field);
	}
	args[count] = NULL;
	return true;
}

bool line_number(const char *text, uint32_t *number)
{
	unsigned long parsed;
	char *end;

	if (text == NULL || *text < '0' || *text > '9')
		return false;
	errno = 0;
	parsed = strtoul(text, &end, 10);
	if (*end != '\0' || errno != 0 || parsed > UINT32_MAX)
		return false;
	*number = (uint32_t)parsed;
	return true;
}

void line_put(struct roost_str *out, const char *field)
{
	roost_str_byte(out, '\t');
	roost_tab_escape(out, field);
}

static bool text_fact(const char *word, const char *name, const char **value)
{
	size_t len = strlen(name);

	if (strncmp(word, name, len) != 0 || word[len] != '=')
		return false;
	*value = word + len + 1;
	return true;
}

void line_facts(char **args, struct roost_facts *facts)
{
	const char *port, *how;
	uint32_t number;

	memset(facts, 0, sizeof(*facts));
	facts->service = facts->session_id = facts->rip = facts->lip = "";
	facts->local_name = facts->client_id = "";
	for (; *args != NULL; args++) {
		if (text_fact(*args, "service", &facts->service) ||
		    text_fact(*args, "session", &facts->session_id) ||
		    text_fact(*args, "rip", &facts->rip) || text_fact(*args, "lip", &facts->lip) ||
		    text_fact(*args, "local_name", &facts->local_name) ||
		    text_fact(*args, "client_id", &facts->client_id))
			continue;
		if (text_fact(*args, "rport", &port) && line_number(port, &number))
			facts->rport = (uint16_t)number;
		else if (text_fact(*args, "lport", &port) && line_number(port, &number))
			facts->lport = (uint16_t)number;
		else if (strcmp(*args, "secured") == 0)
			facts->secured = true;
		else if (text_fact(*args, "secured", &how))
			facts->secured = facts->tls = true;
	}
}

const char *line_response(char **args)
{
	const char *response;

	for (; *args != NULL; args++) {
		if (text_fact(*args, "resp", &response))
			return response;
	}
	return NULL;
}
