/* One line. R-PWF-2, R-PWF-3. */
#include <string.h>
#include "modules/passwd_file/passwd_file.h"

/* libpam-pwdfile's forms: "hash[13]" is DES crypt, "hash[34]" is MD5 in hex. */
static void split_length(char *password, const char **scheme)
{
	char *bracket = strchr(password, '[');

	if (password[0] == '{' || bracket == NULL)
		return;
	if (strcmp(bracket, "[13]") == 0)
		*scheme = "DES-CRYPT";
	else if (strcmp(bracket, "[34]") == 0)
		*scheme = "PLAIN-MD5";
	else
		return;
	*bracket = '\0';
}

bool passwd_line_parse(char *line, struct passwd_line *parsed)
{
	char *parts[8], *rest = line;
	size_t len = strlen(line);

	if (len > 0 && line[len - 1] == '\r')
		line[len - 1] = '\0';
	if (line[0] == '#' || line[0] == ':' || line[0] == '\0')
		return false;
	/* The last one may have colons inside. */
	for (size_t i = 0; i < 8; i++) {
		parts[i] = i == 7 || rest == NULL ? rest : strsep(&rest, ":");
		if (parts[i] == NULL)
			parts[i] = line + strlen(line);
	}
	parsed->user = parts[0];
	parsed->password = parts[1];
	parsed->scheme = NULL;
	parsed->uid = parts[2];
	parsed->gid = parts[3];
	parsed->home = parts[5];
	parsed->extra = parts[7];
	split_length(parts[1], &parsed->scheme);
	return true;
}
