/* passwd_file - passdb and userdb driver "passwd-file": lines of a file like passwd(5). R-PWF-*. */
#include <stdlib.h>
#include <string.h>
#include <roost/map.h>
#include <roost/passdb.h>
#include "modules/passwd_file/passwd_file.h"

/* Files of one block at a time, where the path has variables. */
#define FILES_MAX 64

struct block {
	struct roost_arena *arena;
	const char *scheme, *format, *path;
	struct roost_map *files;	/* path to struct passwd_file */
};

/* "scheme=S username_format=F PATH": the path is the rest, blanks and all. */
static int block_open(const char *args, const void *settings, void **driver,
		      struct roost_error *err)
{
	struct roost_arena *arena = roost_arena_create("passwd-file");
	struct block *block = roost_arena_zalloc(arena, sizeof(*block));

	block->arena = arena;
	block->scheme = "CRYPT";
	block->format = "%u";
	for (args += strspn(args, " \t"); *args != '\0'; args += strspn(args, " \t")) {
		size_t len = strcspn(args, " \t");

		if (strncmp(args, "scheme=", 7) == 0)
			block->scheme = roost_arena_strndup(arena, args + 7, len - 7);
		else if (strncmp(args, "username_format=", 16) == 0)
			block->format = roost_arena_strndup(arena, args + 16, len - 16);
		else
			break;
		args += len;
	}
	if (*args == '\0') {
		roost_arena_free(arena);
		return roost_fail_detail(err, ROOST_ERR_CONFIG, "args name no file");
	}
	block->path = roost_arena_strdup(arena, args);
	block->files = roost_map_create();
	*driver = block;
	return 0;
}

static void drop_files(struct block *block)
{
	size_t position = 0;
	const char *path;
	void *file;

	while (roost_map_next(block->files, &position, &path, &file))
		passwd_file_free(file);
	roost_map_free(block->files);
	block->files = roost_map_create();
}

static void block_close(void *driver)
{
	struct block *block = driver;

	drop_files(block);
	roost_map_free(block->files);
	roost_arena_free(block->arena);
}

static int find_file(const struct block *block, const char *path, struct passwd_file **result,
		     struct roost_error *err)
{
	struct passwd_file *file = roost_map_get(block->files, path);

	if (file == NULL) {
		if (roost_map_count(block->files) >= FILES_MAX)
			drop_files((struct block *)block);
		file = passwd_file_create(path);
		roost_map_set(block->files, path, file);
	}
	*result = file;
	return passwd_file_refresh(file, err);
}

/* The user's line; false when the request was answered: no user, or no file. */
static bool find_line(struct roost_auth *auth, const struct block *block,
		      const struct passwd_line **line)
{
	struct roost_error err;
	const char *path = roost_auth_expand(auth, block->path, NULL, &err), *user;
	struct passwd_file *file;

	if (path == NULL || (user = roost_auth_expand(auth, block->format, NULL, &err)) == NULL ||
	    find_file(block, path, &file, &err) < 0) {
		roost_auth_fail(auth, "%s", roost_error_log(&err));
		return false;
	}
	*line = passwd_file_find(file, user);
	if (*line == NULL) {
		roost_auth_done(auth, ROOST_AUTH_NO_USER);
		return false;
	}
	return true;
}

static void passdb_lookup(struct roost_auth *auth, const void *driver)
{
	const struct block *block = driver;
	const struct passwd_line *line;

	if (!find_line(auth, block, &line))
		return;
	roost_auth_default_scheme(auth, line->scheme != NULL ? line->scheme : block->scheme);
	roost_auth_add_fields(auth, line->extra);
	roost_auth_password(auth, line->password);
}

/* "userdb_quota_rule=..." is ours; what has no such prefix belongs to the passdb. */
static void add_userdb_fields(struct roost_auth *auth, const char *extra)
{
	const char *blanks = " \t";

	for (extra += strspn(extra, blanks); *extra != '\0'; extra += strspn(extra, blanks)) {
		size_t len = strcspn(extra, blanks);

		if (strncmp(extra, "userdb_", 7) == 0)
			roost_auth_add_fields(auth, roost_arena_strndup(roost_auth_arena(auth),
									extra + 7, len - 7));
		extra += len;
	}
}

static void userdb_lookup(struct roost_auth *auth, const void *driver)
{
	const struct passwd_line *line;

	if (!find_line(auth, driver, &line))
		return;
	if (*line->uid != '\0')
		roost_auth_field(auth, "uid", line->uid);
	if (*line->gid != '\0')
		roost_auth_field(auth, "gid", line->gid);
	if (*line->home != '\0')
		roost_auth_field(auth, "home", line->home);
	add_userdb_fields(auth, line->extra);
	roost_auth_done(auth, ROOST_AUTH_OK);
}

static void iterate(const void *driver, bool (*found)(void *context, const char *user),
		    void (*ended)(void *context, const struct roost_error *err), void *context)
{
	const struct block *block = driver;
	const struct passwd_line *line;
	struct passwd_file *file;
	struct roost_error err;
	size_t position = 0;

	if (strchr(block->path, '%') != NULL) {
		roost_fail_detail(&err, ROOST_ERR_UNSUPPORTED,
			"passwd-file: users cannot be listed, for the path %s has variables",
			block->path);
		ended(context, &err);
		return;
	}
	if (find_file(block, block->path, &file, &err) < 0) {
		ended(context, &err);
		return;
	}
	while ((line = passwd_file_next(file, &position)) != NULL && found(context, line->user))
		continue;
	ended(context, NULL);
}

static const struct roost_passdb_ops passdb = {
	.name = "passwd-file", .open = block_open, .lookup = passdb_lookup, .close = block_close,
};
static const struct roost_userdb_ops userdb = {
	.name = "passwd-file", .open = block_open, .lookup = userdb_lookup, .iterate = iterate,
	.close = block_close,
};

ROOST_MODULE(passwd_file, .version = "1.0",
	     .provides = ROOST_PROVIDES(ROOST_PASSDB(&passdb), ROOST_USERDB(&userdb)));
