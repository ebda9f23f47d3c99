/* mailbox blocks of a namespace: SPECIAL-USE (RFC 6154) and mailboxes that are there for everybody. R-NS-2. */
#include "modules/mail/mailbox/mailbox.h"

/* Block names are as users see them, relative to the prefix. */
static const char *storage_name(const struct space *space, struct roost_arena *arena,
				const char *name)
{
	char *text = roost_arena_strdup(arena, name);

	if (roost_name_is_inbox(text))
		return "INBOX";
	for (char *at = text; *at != '\0'; at++) {
		if (*at == space->shown.separator)
			*at = '/';
	}
	return text;
}

int specials_load(struct space *space, const struct roost_scope *scope, struct roost_error *err)
{
	const char *const *names = roost_scope_blocks(scope, "mailbox");
	struct roost_arena *arena = space->user->arena;
	struct special *specials;
	size_t count = 0;

	while (names[count] != NULL)
		count++;
	specials = roost_arena_zalloc(arena, (count + 1) * sizeof(*specials));
	for (size_t i = 0; i < count; i++) {
		const void *settings;
		const struct special_settings *set;

		if (roost_settings_get(roost_scope_block(scope, "mailbox", names[i]),
				       &special_settings_schema, &settings, err) < 0)
			return -1;
		set = settings;
		specials[i] = (struct special){ storage_name(space, arena, names[i]),
						set->special_use, set->automatic };
	}
	space->specials = specials;
	space->special_count = count;
	return 0;
}

const struct special *space_special(const struct space *space, const char *storage)
{
	for (size_t i = 0; i < space->special_count; i++) {
		if (strcmp(space->specials[i].storage, storage) == 0)
			return &space->specials[i];
	}
	return NULL;
}
