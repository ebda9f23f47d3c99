/* Listing mailboxes: what is there, what is subscribed, who has children. RFC 9051 6.3.9, RFC 5258. */
#include <strings.h>
#include "modules/mail/mailbox/mailbox.h"

struct node {
	const char *name;		/* as shown */
	struct space *space;
	uint32_t flags;
	const char *special;
	bool there;			/* stored, or made when it is opened */
};

struct tree {
	struct roost_user *user;
	struct roost_arena *arena;
	struct space *space;		/* being read */
	struct roost_map *by_name;	/* to node */
	ROOST_VEC(struct node *) nodes;
};

static struct node *add_node(struct tree *tree, const char *name, struct space *space)
{
	struct node *node = roost_map_get(tree->by_name, name);

	if (node != NULL)
		return node;
	node = roost_arena_new(tree->arena, struct node);
	node->name = name;
	node->space = space;
	node->flags = ROOST_LIST_NOSELECT | ROOST_LIST_NONEXISTENT;
	node->special = "";
	roost_map_set(tree->by_name, name, node);
	roost_vec_push(&tree->nodes, node);
	return node;
}

static void set_there(struct node *node, bool selectable)
{
	node->there = true;
	node->flags &= ~ROOST_LIST_NONEXISTENT;
	if (selectable)
		node->flags &= ~ROOST_LIST_NOSELECT;
}

static bool found_stored(void *context, const char *storage, bool selectable)
{
	struct tree *tree = context;
	const char *name = space_show(tree->space, storage, tree->arena);

	if (name != NULL)
		set_there(add_node(tree, name, tree->space), selectable);
	return true;
}

static void add_specials(struct tree *tree, struct space *space)
{
	for (size_t i = 0; i < space->special_count; i++) {
		const struct special *special = &space->specials[i];
		const char *name = space_show(space, special->storage, tree->arena);
		struct node *node;

		if (name == NULL)
			continue;
		if (special->automatic == AUTO_NO && roost_map_get(tree->by_name, name) == NULL)
			continue;
		node = add_node(tree, name, space);
		node->special = special->use;
		/* Not made yet: shown as it will be. */
		if (special->automatic == AUTO_SUBSCRIBE && !node->there)
			node->flags |= ROOST_LIST_SUBSCRIBED;
		if (special->automatic != AUTO_NO)
			set_there(node, true);
	}
}

static int read_space(struct tree *tree, struct space *space, struct roost_error *err)
{
	struct root *root = space->root;

	tree->space = space;
	if (root_open(space->user, root, false, err) < 0) {
		if (err->kind != ROOST_ERR_NOTFOUND)
			return -1;
	} else if (root->ops.list(space->user, root->location.root, found_stored, tree, err) < 0) {
		return -1;
	}
	if (space->shown.inbox)
		set_there(add_node(tree, "INBOX", space), true);
	add_specials(tree, space);
	return 0;
}

static int read_subscriptions(struct tree *tree, struct space *space, struct roost_error *err)
{
	const char *const *names;

	if (!space->shown.subscriptions)
		return 0;
	if (subscriptions_read(space, tree->arena, &names, err) < 0)
		return -1;
	for (; *names != NULL; names++) {
		const char *name = space_show(space, *names, tree->arena);

		if (name != NULL)
			add_node(tree, name, space)->flags |= ROOST_LIST_SUBSCRIBED;
	}
	return 0;
}

/* --- order --- */

/* The separator before all else, so that children follow their parent; INBOX before its peers. */
static int compare_names(const struct node *a, const struct node *b)
{
	char separator = a->space->shown.separator;
	const char *left = a->name, *right = b->name;

	while (*left != '\0' && *left == *right) {
		left++;
		right++;
	}
	if (*left == *right)
		return 0;
	if (*left == '\0' || *right == '\0')
		return *left == '\0' ? -1 : 1;
	if (*left == separator || *right == separator)
		return *left == separator ? -1 : 1;
	return (unsigned char)*left < (unsigned char)*right ? -1 : 1;
}

static size_t space_number(const struct node *node)
{
	const struct roost_user *user = node->space->user;
	size_t i = 0;

	while (user->spaces.items[i] != node->space)
		i++;
	return i;
}

static bool is_inbox(const struct node *node)
{
	return strncmp(node->name, "INBOX", 5) == 0 &&
	       (node->name[5] == '\0' || node->name[5] == node->space->shown.separator);
}

static int by_order(const void *left, const void *right)
{
	const struct node *a = *(const struct node *const *)left;
	const struct node *b = *(const struct node *const *)right;

	if (a->space != b->space)
		return space_number(a) < space_number(b) ? -1 : 1;
	if (is_inbox(a) != is_inbox(b))
		return is_inbox(a) ? -1 : 1;
	return compare_names(a, b);
}

/* --- relations --- */

/* Levels between that nothing is at, also those of a prefix. */
static void add_parents(struct tree *tree)
{
	size_t count = tree->nodes.count;

	for (size_t i = 0; i < count; i++) {
		struct node *node = tree->nodes.items[i];
		char separator = node->space->shown.separator;

		for (const char *at = strchr(node->name, separator); at != NULL;
		     at = strchr(at + 1, separator)) {
			if (at == node->name)
				continue;
			add_node(tree, roost_arena_strndup(tree->arena, node->name,
							   (size_t)(at - node->name)), node->space);
		}
	}
}

/* A prefix that has no mailboxes is a node all the same. */
static void add_prefix(struct tree *tree, struct space *space)
{
	size_t len = strlen(space->shown.prefix);

	if (len < 2 || space->shown.list_children)
		return;
	add_node(tree, roost_arena_strndup(tree->arena, space->shown.prefix, len - 1), space);
}

static void relate(struct tree *tree)
{
	for (size_t i = 0; i < tree->nodes.count; i++) {
		const struct node *node = tree->nodes.items[i];
		char separator = node->space->shown.separator;

		for (const char *at = strchr(node->name, separator); at != NULL;
		     at = strchr(at + 1, separator)) {
			struct node *parent = roost_map_get(tree->by_name,
				roost_arena_strndup(tree->arena, node->name,
						    (size_t)(at - node->name)));

			if (parent == NULL)
				continue;
			if (node->there)
				parent->flags |= ROOST_LIST_HASCHILDREN;
			if ((node->flags & ROOST_LIST_SUBSCRIBED) != 0)
				parent->flags |= ROOST_LIST_CHILD_SUBSCRIBED;
		}
	}
	for (size_t i = 0; i < tree->nodes.count; i++) {
		if ((tree->nodes.items[i]->flags & ROOST_LIST_HASCHILDREN) == 0)
			tree->nodes.items[i]->flags |= ROOST_LIST_HASNOCHILDREN;
	}
}

static bool node_matches(const struct node *node, const char *const *patterns)
{
	for (; *patterns != NULL; patterns++) {
		if (roost_name_matches(node->name, *patterns, node->space->shown.separator, NULL))
			return true;
	}
	return false;
}

/* Subscribed ones beneath it that the patterns leave out. */
static bool hides_subscribed(const struct tree *tree, const struct node *node,
			     const char *const *patterns)
{
	size_t len = strlen(node->name);

	for (size_t i = 0; i < tree->nodes.count; i++) {
		const struct node *other = tree->nodes.items[i];

		if ((other->flags & ROOST_LIST_SUBSCRIBED) != 0 &&
		    strncmp(other->name, node->name, len) == 0 &&
		    other->name[len] == node->space->shown.separator &&
		    !node_matches(other, patterns))
			return true;
	}
	return false;
}

static bool wanted(const struct tree *tree, struct node *node, const char *const *patterns,
		   uint32_t options)
{
	bool subscribed = (node->flags & ROOST_LIST_SUBSCRIBED) != 0;

	if (!node_matches(node, patterns))
		return false;
	if ((options & (ROOST_LIST_ONLY_SUBSCRIBED | ROOST_LIST_LSUB)) == 0)
		return node->there || (node->flags & ROOST_LIST_HASCHILDREN) != 0 ||
		       !node->space->shown.list_children;
	if (subscribed)
		return true;
	if ((node->flags & ROOST_LIST_CHILD_SUBSCRIBED) == 0 ||
	    (options & (ROOST_LIST_RECURSIVE_MATCH | ROOST_LIST_LSUB)) == 0 ||
	    !hides_subscribed(tree, node, patterns))
		return false;
	if ((options & ROOST_LIST_LSUB) != 0)
		node->flags |= ROOST_LIST_NOSELECT;
	return true;
}

/* Only subscribed to, but not there: not in a plain LIST. */
static bool phantom(const struct node *node, uint32_t options)
{
	return !node->there && (options & (ROOST_LIST_ONLY_SUBSCRIBED | ROOST_LIST_LSUB)) == 0 &&
	       (node->flags & (ROOST_LIST_SUBSCRIBED | ROOST_LIST_CHILD_SUBSCRIBED)) != 0 &&
	       (node->flags & ROOST_LIST_HASCHILDREN) == 0;
}

static bool report(struct tree *tree, const char *const *patterns, uint32_t options,
		   bool (*found)(void *context, const struct roost_list_entry *entry),
		   void *context)
{
	for (size_t i = 0; i < tree->nodes.count; i++) {
		struct node *node = tree->nodes.items[i];
		struct roost_list_entry entry;

		if (!node->space->shown.listed || phantom(node, options) ||
		    !wanted(tree, node, patterns, options))
			continue;
		entry = (struct roost_list_entry){
			node->name, node->space->shown.separator, node->flags, node->special,
		};
		if (!found(context, &entry))
			return false;
	}
	return true;
}

/* Namespaces none of whose names can match are not read. */
static bool space_wanted(const struct space *space, const char *const *patterns)
{
	size_t len = strlen(space->shown.prefix);

	if (!space->shown.listed)
		return false;
	if (len == 0 || space->shown.inbox)
		return true;
	for (; *patterns != NULL; patterns++) {
		size_t fixed = strcspn(*patterns, "*%");

		if (strncasecmp(*patterns, space->shown.prefix, fixed < len ? fixed : len) == 0)
			return true;
	}
	return false;
}

int roost_mailbox_list(struct roost_user *user, const char *const *patterns, uint32_t options,
		       bool (*found)(void *context, const struct roost_list_entry *entry),
		       void *context, struct roost_error *err)
{
	struct tree tree = {
		.user = user, .arena = roost_arena_create("mailbox list"),
		.by_name = roost_map_create(),
	};
	int result = 0;

	for (size_t i = 0; i < user->spaces.count && result == 0; i++) {
		if (!space_wanted(user->spaces.items[i], patterns))
			continue;
		result = read_space(&tree, user->spaces.items[i], err);
		if (result == 0)
			result = read_subscriptions(&tree, user->spaces.items[i], err);
		if (result == 0)
			add_prefix(&tree, user->spaces.items[i]);
	}
	if (result == 0) {
		add_parents(&tree);
		relate(&tree);
		if (tree.nodes.count > 0)
			qsort(tree.nodes.items, tree.nodes.count, sizeof(struct node *), by_order);
		(void)report(&tree, patterns, options, found, context);
	}
	roost_vec_free(&tree.nodes);
	roost_map_free(tree.by_name);
	roost_arena_free(tree.arena);
	return result;
}
