/* ID: who the client says it is, and who we are. RFC 2971; imap_id_send, imap_id_log. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/utsname.h>
#include "config.h"
#include "modules/imap/imap.h"

enum { PAIRS_MAX = 30, NAME_MAX_LENGTH = 30, VALUE_MAX_LENGTH = 1024 };	/* RFC 2971 section 3.3 */

/* The value that "*" stands for in imap_id_send; NULL: we have none. */
static const char *own_value(const char *name, const struct utsname *host)
{
	if (strcasecmp(name, "name") == 0)
		return "roost";
	if (strcasecmp(name, "version") == 0)
		return PACKAGE_VERSION;
	if (strcasecmp(name, "os") == 0)
		return host->sysname;
	if (strcasecmp(name, "os-version") == 0)
		return host->release;
	return NULL;
}

/* imap_id_send: pairs of words; a value of "*" is our own, and a lone "*" as name is all we know. */
static void put_ours(struct roost_str *out, const char *setting)
{
	struct utsname host;
	char text[1024], *at = text, *name, *value;
	bool first = true;

	if (uname(&host) < 0)
		memset(&host, 0, sizeof(host));
	snprintf(text, sizeof(text), "%s", setting);
	roost_str_puts(out, "* ID ");
	while ((name = strsep(&at, " ")) != NULL) {
		const char *own;

		if (*name == '\0' || (value = strsep(&at, " ")) == NULL)
			continue;
		own = strcmp(value, "*") == 0 ? own_value(name, &host) : value;
		roost_str_byte(out, first ? '(' : ' ');
		first = false;
		imap_put_string(out, name, strlen(name));
		roost_str_byte(out, ' ');
		imap_put_nstring(out, own);
	}
	roost_str_puts(out, first ? "NIL\r\n" : ")\r\n");
}

static bool wanted(const char *list, const char *name)
{
	size_t len = strlen(name);

	if (strcmp(list, "*") == 0)
		return true;
	for (const char *at = list; *at != '\0'; at += strspn(at, " ")) {
		size_t word = strcspn(at, " ");

		if (word == len && strncasecmp(at, name, len) == 0)
			return true;
		at += word;
	}
	return false;
}

static const char *check(const struct imap_arg *list)
{
	size_t count = 0;

	for (; list->type != IMAP_ARG_END; list++, count++) {
		if ((count % 2 == 0 ? imap_arg_string(list) : imap_arg_nstring(list)) == NULL)
			return "Invalid ID parameters";
		if (list->len > (count % 2 == 0 ? NAME_MAX_LENGTH : VALUE_MAX_LENGTH))
			return "ID parameter is too long";
	}
	if (count % 2 != 0)
		return "Invalid ID parameters";
	return count > 2 * PAIRS_MAX ? "Too many ID parameters" : NULL;
}

const char *imap_id(const struct imap_arg *args, const struct imap_settings *set,
		    const struct roost_log_scope *log, struct roost_str *out,
		    struct roost_str *client)
{
	static const struct imap_arg none = { .type = IMAP_ARG_END };
	const struct imap_arg *list = args->type == IMAP_ARG_NIL ? &none : args->list;
	struct roost_str line = ROOST_STR_INIT;
	const char *error;

	if (list == NULL || args[1].type != IMAP_ARG_END)
		return "Invalid ID parameters";
	if ((error = check(list)) != NULL)
		return error;
	for (; list->type != IMAP_ARG_END; list += 2) {
		if (client != NULL) {
			roost_str_puts(client, client->len > 0 ? " " : "");
			imap_put_string(client, list[0].text, list[0].len);
			roost_str_byte(client, ' ');
			imap_put_nstring(client, list[1].type == IMAP_ARG_NIL ? NULL : list[1].text);
		}
		if (wanted(set->imap_id_log, list[0].text))
			roost_str_printf(&line, "%s%s=%s", line.len > 0 ? ", " : "", list[0].text,
					 imap_arg_nstring(&list[1]));
	}
	if (line.len > 0)
		roost_log(log, ROOST_LOG_INFO, "ID sent: %s", line.data);
	roost_str_free(&line);
	put_ours(out, set->imap_id_send);
	return NULL;
}
