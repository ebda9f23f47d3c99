/* From userdb fields to what a worker becomes. R-PDB-8. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include "modules/auth/auth.h"

static bool number(const char *text, uint32_t *value)
{
	unsigned long parsed;
	char *end;

	errno = 0;
	parsed = strtoul(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || parsed >= UINT32_MAX || *text == '-')
		return false;
	*value = (uint32_t)parsed;
	return true;
}

static int user_id(const char *text, uint32_t *uid, struct roost_error *err)
{
	const struct passwd *entry;

	if (number(text, uid))
		return 0;
	entry = getpwnam(text);
	if (entry == NULL)
		return roost_fail_detail(err, ROOST_ERR_CONFIG, "there is no system user %s", text);
	*uid = entry->pw_uid;
	return 0;
}

static int group_id(const char *text, uint32_t *gid, struct roost_error *err)
{
	const struct group *entry;

	if (number(text, gid))
		return 0;
	entry = getgrnam(text);
	if (entry == NULL)
		return roost_fail_detail(err, ROOST_ERR_CONFIG, "there is no system group %s",
					 text);
	*gid = entry->gr_gid;
	return 0;
}

static int check_range(const char *what, uint32_t id, uint64_t first, uint64_t last,
		       struct roost_error *err)
{
	/* Whatever the limits say: nobody's mail is served as root. */
	if (id == 0 && strcmp(what, "uid") == 0)
		return roost_fail_detail(err, ROOST_ERR_CONFIG, "uid 0 is never served");
	if (id < first || (last != 0 && id > last))
		return roost_fail_detail(err, ROOST_ERR_CONFIG,
			"%s %u is outside first_valid_%s = %llu and last_valid_%s = %llu", what,
			id, what, (unsigned long long)first, what, (unsigned long long)last);
	return 0;
}

/* The field, or the setting that stands for it where it is missing. */
static const char *value_of(struct roost_auth *auth, const struct roost_scope *scope,
			    const char *field, const char *setting)
{
	const char *value = auth_fields_get(&auth->userdb, field);

	if (value == NULL && scope != NULL)
		value = roost_scope_value(scope, setting);
	return value == NULL ? "" : roost_arena_strdup(auth->arena, value);
}

static int find_groups(struct roost_auth *auth, struct auth_identity *identity,
		       struct roost_error *err)
{
	const char *user = auth_fields_get(&auth->userdb, "system_groups_user");
	gid_t groups[ROOST_COUNT(identity->groups)];
	int count = ROOST_COUNT(groups);

	if (user == NULL)
		return 0;
	if (getgrouplist(user, identity->gid, groups, &count) < 0)
		return roost_fail_detail(err, ROOST_ERR_CONFIG, "%s is in more than %zu groups",
					 user, ROOST_COUNT(groups));
	for (int i = 0; i < count; i++)
		identity->groups[identity->group_count++] = groups[i];
	return 0;
}

static int find_ids(struct roost_auth *auth, const struct roost_scope *scope,
		    struct auth_identity *identity, struct roost_error *err)
{
	const char *uid = value_of(auth, scope, "uid", "mail_uid");
	const char *gid = value_of(auth, scope, "gid", "mail_gid");

	if (*uid == '\0' || *gid == '\0')
		return roost_fail_detail(err, ROOST_ERR_CONFIG,
			"userdb gave no %s, and mail_%s is not set", *uid == '\0' ? "uid" : "gid",
			*uid == '\0' ? "uid" : "gid");
	if (user_id(uid, &identity->uid, err) < 0 || group_id(gid, &identity->gid, err) < 0)
		return -1;
	if (check_range("uid", identity->uid, auth_settings->first_uid, auth_settings->last_uid,
			err) < 0)
		return -1;
	return check_range("gid", identity->gid, auth_settings->first_gid,
			   auth_settings->last_gid, err);
}

int auth_identity(struct roost_auth *auth, struct auth_identity *identity,
		  struct roost_error *err)
{
	struct roost_scope *scope = roost_scope_process() == NULL ? NULL :
		roost_scope_user(roost_scope_process(), auth->user, NULL);
	const char **list;
	size_t count = 0;
	int result;

	memset(identity, 0, sizeof(*identity));
	result = find_ids(auth, scope, identity, err);
	identity->home = value_of(auth, scope, "home", "mail_home");
	identity->chroot = value_of(auth, scope, "chroot", "mail_chroot");
	roost_scope_free(scope);
	if (result < 0 || find_groups(auth, identity, err) < 0)
		return -1;
	auth_fields_set(auth->arena, &auth->userdb, "uid",
			roost_arena_printf(auth->arena, "%u", identity->uid));
	auth_fields_set(auth->arena, &auth->userdb, "gid",
			roost_arena_printf(auth->arena, "%u", identity->gid));
	if (*identity->home != '\0')
		auth_fields_set(auth->arena, &auth->userdb, "home", identity->home);
	if (auth->master_user != NULL)
		auth_fields_set(auth->arena, &auth->userdb, "master_user", auth->master_user);
	list = roost_arena_zalloc(auth->arena, (auth->userdb.count + 1) * sizeof(*list));
	for (size_t i = 0; i < auth->userdb.count; i++) {
		const struct auth_field *field = &auth->userdb.items[i];

		list[count++] = roost_arena_printf(auth->arena, "%s=%s", field->name, field->value);
	}
	identity->fields = list;
	return 0;
}
