/* Asking the server's sockets. */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <roost/encode.h>
#include <roost/str.h>
#include "modules/admin/admin.h"

int ask_open(struct roost_admin *admin, struct ask *ask, const char *socket)
{
	struct roost_error err;
	int fd, other;

	memset(ask, 0, sizeof(*ask));
	if (roost_admin_connect(admin, socket, &fd, &err) < 0)
		return roost_admin_fatal(admin, err.kind == ROOST_ERR_NOPERM ? ROOST_EXIT_NOPERM :
					 ROOST_EXIT_TEMP, "%s", roost_error_log(&err));
	other = dup(fd);
	ask->in = fdopen(fd, "r");
	ask->out = other < 0 ? NULL : fdopen(other, "w");
	if (ask->in == NULL || ask->out == NULL)
		return roost_admin_fatal(admin, ROOST_EXIT_TEMP, "no memory for a connection");
	return 0;
}

void ask_close(struct ask *ask)
{
	(void)fclose(ask->in);
	(void)fclose(ask->out);
	free(ask->line);
}

void ask_say(struct ask *ask, ...)
{
	struct roost_str out = ROOST_STR_INIT;
	const char *word;
	va_list args;

	va_start(args, ask);
	while ((word = va_arg(args, const char *)) != NULL) {
		if (out.len > 0)
			roost_str_byte(&out, '\t');
		roost_tab_escape(&out, word);
	}
	va_end(args);
	roost_str_byte(&out, '\n');
	(void)fwrite(out.data, 1, out.len, ask->out);
	(void)fflush(ask->out);
	explicit_bzero(out.data, out.len);
	roost_str_free(&out);
}

bool ask_read(struct ask *ask)
{
	ssize_t len = getline(&ask->line, &ask->size, ask->in);
	char *rest = ask->line;
	size_t count = 0;

	if (len <= 0)
		return false;
	if (ask->line[len - 1] == '\n')
		ask->line[len - 1] = '\0';
	while (rest != NULL && count < ROOST_COUNT(ask->words) - 1)
		ask->words[count++] = roost_tab_unescape(strsep(&rest, "\t"));
	ask->words[count] = NULL;
	return true;
}

const char *ask_value(const struct ask *ask, size_t first, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = first; ask->words[i] != NULL; i++) {
		if (strncmp(ask->words[i], name, len) == 0 && ask->words[i][len] == '=')
			return ask->words[i] + len + 1;
	}
	return NULL;
}

bool is_mask(const char *text)
{
	return strpbrk(text, "*?") != NULL;
}

bool is_network(const char *text)
{
	size_t len = strcspn(text, "/");
	unsigned char address[16];
	char copy[64];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return inet_pton(AF_INET, copy, address) == 1 || inet_pton(AF_INET6, copy, address) == 1;
}
