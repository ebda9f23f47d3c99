/* tester_lists - external lists of a test file: dictionaries in files of lines, key and value by turns. */
#include <stdlib.h>
#include "sieve/tester.h"

struct entries { struct roost_str text; char *at; };

static const char *list_setting(const struct tester *tester, const char *id, int len,
				const char *name)
{
	char key[200];

	snprintf(key, sizeof(key), "sieve_extlists_list/%.*s/%s", len, id, name);
	return sieve_setting(tester->instance, key);
}

/* The id of the settings of the list; its length in *len; NULL: there is none of this name. */
static const char *find_list(const struct tester *tester, const char *list, int *len)
{
	const char *ids = sieve_setting(tester->instance, "sieve_extlists_list");

	while (ids != NULL && *ids != '\0') {
		const char *name;

		*len = (int)strcspn(ids, " ,");
		name = list_setting(tester, ids, *len, "name");
		if (name != NULL && strcmp(name, list) == 0)
			return ids;
		ids += *len;
		ids += strspn(ids, " ,");
	}
	return NULL;
}

static int open_list(const struct tester *tester, const char *id, int len, struct entries *entries,
		     struct roost_error *err)
{
	const char *path = list_setting(tester, id, len, "dict/file/path");

	*entries = (struct entries){ 0 };
	if (path == NULL || tester_read_file(path, &entries->text) < 0)
		return roost_fail(err, ROOST_ERR_TEMP, "its dictionary cannot be read");
	entries->at = entries->text.data;
	return 0;
}

static char *next_line(struct entries *entries)
{
	char *line = entries->at, *end;

	if (line == NULL || *line == '\0')
		return NULL;
	end = line + strcspn(line, "\r\n");
	entries->at = end + strspn(end, "\r\n");
	*end = '\0';
	return line;
}

/* The last part of the next key: what is looked up. */
static const char *next_key(struct entries *entries)
{
	const char *key = next_line(entries), *slash = key != NULL ? strrchr(key, '/') : NULL;

	next_line(entries);
	return slash != NULL ? slash + 1 : key;
}

static bool too_long(const struct tester *tester, const char *id, int len, const char *value)
{
	const char *most = list_setting(tester, id, len, "max_lookup_size");

	return strlen(value) > (most != NULL ? strtoul(most, NULL, 10) : 1024);
}

int tester_list_has(void *context, const char *list, const char *value, struct roost_error *err)
{
	const struct tester *tester = context;
	struct entries entries;
	const char *key;
	int len, found = 0;
	const char *id = find_list(tester, list, &len);

	if (id == NULL || value == NULL)
		return id != NULL;
	if (too_long(tester, id, len, value))
		return 0;
	if (open_list(tester, id, len, &entries, err) < 0)
		return -1;
	while (found == 0 && (key = next_key(&entries)) != NULL)
		found = strcmp(key, value) == 0;
	roost_str_free(&entries.text);
	return found;
}

int tester_list_members(void *context, const char *list, struct roost_str *lines,
			struct roost_error *err)
{
	const struct tester *tester = context;
	struct entries entries;
	const char *key;
	int len;
	const char *id = find_list(tester, list, &len);

	if (id == NULL)
		return roost_fail(err, ROOST_ERR_NOTFOUND, "there is no such list");
	if (open_list(tester, id, len, &entries, err) < 0)
		return -1;
	while ((key = next_key(&entries)) != NULL)
		roost_str_printf(lines, "%s\n", key);
	roost_str_free(&entries.text);
	return 0;
}
