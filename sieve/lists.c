/* lists - external lists by configuration: dictionaries in files of lines, key and value by turns. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "sieve/instance.h"
#include "sieve/lists.h"

enum { MAX_LOOKUP = 1024, CHUNK = 16384 };

struct entries { struct roost_str text; char *at; };

static const char *list_setting(const struct sieve_instance *instance, const char *id, int len,
				const char *name)
{
	char key[200];

	snprintf(key, sizeof(key), "sieve_extlists_list/%.*s/%s", len, id, name);
	return sieve_setting(instance, key);
}

/* The id of the settings of the list; its length in *len; NULL: there is none of this name. */
static const char *find_list(const struct sieve_instance *instance, const char *list, int *len)
{
	const char *ids = sieve_setting(instance, "sieve_extlists_list");

	while (ids != NULL && *ids != '\0') {
		const char *name;

		*len = (int)strcspn(ids, " ,");
		name = list_setting(instance, ids, *len, "name");
		if (name != NULL && strcmp(name, list) == 0)
			return ids;
		ids += *len;
		ids += strspn(ids, " ,");
	}
	return NULL;
}

static int read_file(const char *path, struct roost_str *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	while (fd >= 0 && (got = read(fd, roost_str_reserve(out, CHUNK), CHUNK)) > 0)
		out->len += (size_t)got;
	if (fd >= 0)
		close(fd);
	roost_str_reserve(out, 1)[0] = '\0';
	return got < 0 ? -1 : 0;
}

static int open_list(const struct sieve_instance *instance, const char *id, int len, struct entries *entries,
		     struct roost_error *err)
{
	const char *path = list_setting(instance, id, len, "dict/file/path");

	*entries = (struct entries){ 0 };
	if (path == NULL || read_file(path, &entries->text) < 0)
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
	/* one line end: a value may be empty */
	entries->at = end + (end[0] == '\r' && end[1] == '\n' ? 2 : *end != '\0');
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

static bool too_long(const struct sieve_instance *instance, const char *id, int len, const char *value)
{
	const char *most = list_setting(instance, id, len, "max_lookup_size");

	return strlen(value) > (most != NULL ? strtoul(most, NULL, 10) : MAX_LOOKUP);
}

int sieve_lists_has(const struct sieve_instance *instance, const char *list, const char *value,
		    struct roost_error *err)
{
	struct entries entries;
	const char *key;
	int len, found = 0;
	const char *id = find_list(instance, list, &len);

	if (id == NULL || value == NULL)
		return id != NULL;
	if (too_long(instance, id, len, value))
		return 0;
	if (open_list(instance, id, len, &entries, err) < 0)
		return -1;
	while (found == 0 && (key = next_key(&entries)) != NULL)
		found = strcmp(key, value) == 0;
	roost_str_free(&entries.text);
	return found;
}

int sieve_lists_members(const struct sieve_instance *instance, const char *list, struct roost_str *lines,
			struct roost_error *err)
{
	struct entries entries;
	const char *key;
	int len;
	const char *id = find_list(instance, list, &len);

	if (id == NULL)
		return roost_fail(err, ROOST_ERR_NOTFOUND, "there is no such list");
	if (open_list(instance, id, len, &entries, err) < 0)
		return -1;
	while ((key = next_key(&entries)) != NULL)
		roost_str_printf(lines, "%s\n", key);
	roost_str_free(&entries.text);
	return 0;
}
