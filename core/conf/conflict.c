/*
 * Two filters that may both match one connection, neither within the other, and different values
 * for one setting: nobody could say which holds. Found here, and not when a client comes. R-CFG-8.
 */
#include <fnmatch.h>
#include <string.h>
#include "core/conf/judge.h"

/* How what two conditions allow relates. */
enum relation { APART, SAME, INSIDE, AROUND, CROSSING };

static enum relation relate_nets(const struct conf_net *a, const struct conf_net *b)
{
	if (a->family == 0 || b->family == 0)
		return a->family == b->family ? SAME : a->family == 0 ? AROUND : INSIDE;
	if (a->family != b->family)
		return APART;
	if (a->bits == b->bits)
		return conf_net_contains(a, b) ? SAME : APART;
	if (a->bits < b->bits)
		return conf_net_contains(a, b) ? AROUND : APART;
	return conf_net_contains(b, a) ? INSIDE : APART;
}

static enum relation relate_protocols(const struct conf_filter *a, const struct conf_filter *b)
{
	bool equal;

	if (a->protocol == NULL || b->protocol == NULL)
		return a->protocol == b->protocol ? SAME : a->protocol == NULL ? AROUND : INSIDE;
	equal = strcmp(a->protocol, b->protocol) == 0;
	if (a->protocol_not == b->protocol_not)
		return equal ? SAME : a->protocol_not ? CROSSING : APART;
	if (equal)
		return APART;
	return a->protocol_not ? AROUND : INSIDE;
}

/* Patterns of names: a name that is a word may be within a pattern; two patterns by their tails. */
static enum relation relate_words(const char *a, const char *b)
{
	bool glob_a = strpbrk(a, "*?") != NULL, glob_b = strpbrk(b, "*?") != NULL;

	if (strcasecmp(a, b) == 0)
		return SAME;
	if (glob_a && fnmatch(a, b, FNM_CASEFOLD) == 0)
		return AROUND;
	if (glob_b && fnmatch(b, a, FNM_CASEFOLD) == 0)
		return INSIDE;
	return glob_a && glob_b && (strpbrk(a + 1, "*?") != NULL || strpbrk(b + 1, "*?") != NULL) ?
		CROSSING : APART;
}

/* Lists of names are one within the other only when they are the same. */
static enum relation relate_names(const char *a, const char *b)
{
	char left[512], right[512];
	char *rest_a = left, *word_a;

	if (a == NULL || b == NULL)
		return a == b ? SAME : a == NULL ? AROUND : INSIDE;
	if (strchr(a, ' ') == NULL && strchr(b, ' ') == NULL)
		return relate_words(a, b);
	if (strcasecmp(a, b) == 0)
		return SAME;
	strncpy(left, a, sizeof(left) - 1);
	left[sizeof(left) - 1] = '\0';
	while ((word_a = strsep(&rest_a, " ")) != NULL) {
		char *rest_b = right, *word_b;

		strncpy(right, b, sizeof(right) - 1);
		right[sizeof(right) - 1] = '\0';
		while ((word_b = strsep(&rest_b, " ")) != NULL) {
			if (*word_a != '\0' && *word_b != '\0' &&
			    relate_words(word_a, word_b) != APART)
				return CROSSING;
		}
	}
	return APART;
}

/* Of filters that have both conditions. */
static enum relation both(enum relation first, enum relation second)
{
	if (first == APART || second == APART)
		return APART;
	if (first == SAME || first == second)
		return second;
	return second == SAME ? first : CROSSING;
}

static bool crossing(const struct conf_filter *a, const struct conf_filter *b)
{
	enum relation relation = relate_nets(&a->local, &b->local);

	relation = both(relation, relate_nets(&a->remote, &b->remote));
	relation = both(relation, relate_names(a->local_name, b->local_name));
	relation = both(relation, relate_protocols(a, b));
	return relation == CROSSING;
}

/* The block that has both conditions decides between them. */
static bool decided(const struct conf_store *store, const struct conf_slot *slot,
		    const struct conf_filter *a, const struct conf_filter *b)
{
	for (size_t i = 0; i < slot->values.count; i++) {
		const struct conf_filter *c = &store->contexts.items[slot->values.items[i].context].filter;
		const struct conf_filter overlap = {
			.protocol = a->protocol != NULL && !a->protocol_not ? a->protocol : b->protocol,
			.protocol_not = a->protocol != NULL && !a->protocol_not ? false :
				b->protocol_not,
			.local_name = a->local_name != NULL ? a->local_name : b->local_name,
			.local = a->local.bits >= b->local.bits ? a->local : b->local,
			.remote = a->remote.bits >= b->remote.bits ? a->remote : b->remote,
		};

		if (c != a && c != b && relate_nets(&c->local, &overlap.local) == SAME &&
		    relate_nets(&c->remote, &overlap.remote) == SAME &&
		    relate_names(c->local_name, overlap.local_name) == SAME &&
		    relate_protocols(c, &overlap) == SAME)
			return true;
	}
	return false;
}

static void compare(struct conf_store *store, const struct conf_slot *slot,
		    const struct conf_value *a, const struct conf_value *b)
{
	const struct conf_context *left = &store->contexts.items[a->context];
	const struct conf_context *right = &store->contexts.items[b->context];

	if (a->text == NULL || b->text == NULL || strcmp(a->text, b->text) == 0 ||
	    !crossing(&left->filter, &right->filter) ||
	    decided(store, slot, &left->filter, &right->filter))
		return;
	conf_error(store->problems, b->at, "Conflict in setting %s found from filter at %s:%u",
		   slot->path, left->at.file, left->at.line);
}

void conf_find_conflicts(struct conf_store *store)
{
	size_t position = 0;
	const char *path;
	void *item;

	while (roost_map_next(store->slots, &position, &path, &item)) {
		const struct conf_slot *slot = item;

		for (size_t i = 0; i < slot->values.count; i++) {
			for (size_t j = i + 1; j < slot->values.count; j++)
				compare(store, slot, &slot->values.items[i],
					&slot->values.items[j]);
		}
	}
}
