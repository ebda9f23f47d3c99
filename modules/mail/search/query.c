/* The tree of search keys: built by protocols, then simplified and sorted by what its keys cost. */
#include <string.h>
#include <strings.h>
#include <roost/date.h>
#include <roost/structure.h>
#include "query.h"

struct preparing {
	struct roost_arena *arena;
	struct roost_mailbox *box;
	struct query *query;
	ROOST_VEC(struct match_pattern *) bodies;
};

struct roost_search_key *roost_search_key_new(struct roost_arena *arena,
					      enum roost_search_kind kind)
{
	struct roost_search_key *key = roost_arena_new(arena, struct roost_search_key);

	key->kind = kind;
	key->from = INT64_MIN;
	key->before = INT64_MAX;
	return key;
}

void roost_search_key_add(struct roost_search_key *parent, struct roost_search_key *key)
{
	if (parent->last == NULL)
		parent->first = key;
	else
		parent->last->next = key;
	parent->last = key;
}

/* When a day begins here, in microseconds. */
static int64_t local_midnight(int64_t day)
{
	const int64_t minute = 60 * INT64_C(1000000);
	int64_t time;

	if (day < -1000000 || day > 4000000)
		return day < 0 ? INT64_MIN : INT64_MAX;
	time = day * 24 * 60 * minute;
	/* The zone of UTC's midnight may be another than that of ours, where clocks change. */
	time -= roost_date_local_zone(time) * minute;
	return day * 24 * 60 * minute - roost_date_local_zone(time) * minute;
}

static void prepare_dates(struct query_key *key, const struct roost_search_key *asked)
{
	key->from_day = asked->from;
	key->before_day = asked->before;
	key->from = local_midnight(asked->from);
	key->before = local_midnight(asked->before);
}

/* ENVELOPE strings answer these; other fields are looked for in the header block. */
static int envelope_string(const char *name)
{
	if (strcasecmp(name, "Subject") == 0)
		return ROOST_ENVELOPE_SUBJECT;
	if (strcasecmp(name, "Message-ID") == 0)
		return ROOST_ENVELOPE_MESSAGE_ID;
	if (strcasecmp(name, "In-Reply-To") == 0)
		return ROOST_ENVELOPE_IN_REPLY_TO;
	return -1;
}

static int envelope_list(const char *name)
{
	if (strcasecmp(name, "From") == 0)
		return ROOST_ENVELOPE_FROM;
	if (strcasecmp(name, "To") == 0)
		return ROOST_ENVELOPE_TO;
	return strcasecmp(name, "Cc") == 0 ? ROOST_ENVELOPE_CC : ROOST_ENVELOPE_BCC;
}

static void prepare_text(struct preparing *preparing, struct query_key *key,
			 const struct roost_search_key *asked)
{
	key->name = asked->name;
	key->pattern.folded = match_fold(preparing->arena, asked->text);
	key->pattern.body_only = key->kind == ROOST_SEARCH_BODY;
	if (key->pattern.folded.len > preparing->query->longest)
		preparing->query->longest = key->pattern.folded.len;
	switch (key->kind) {
	case ROOST_SEARCH_ADDRESS:
		key->field = envelope_list(key->name);
		key->level = QUERY_ENVELOPE;
		break;
	case ROOST_SEARCH_HEADER:
		key->field = envelope_string(key->name);
		key->level = key->field < 0 ? QUERY_HEADER : QUERY_ENVELOPE;
		break;
	default:
		key->level = QUERY_BODY;
		roost_vec_push(&preparing->bodies, &key->pattern);
	}
}

/* One flag that is unset, rather than one that is not set: so that AND can join them. */
static void flip_flag(struct query_key *key)
{
	uint32_t flags = key->flags;

	if (!key->negated || __builtin_popcount(flags) + __builtin_popcount(key->unset) != 1)
		return;
	key->flags = key->unset;
	key->unset = flags;
	key->negated = false;
}

/* True and false are AND and OR of nothing. */
static void make_constant(struct query_key *key, bool value)
{
	key->kind = value ? ROOST_SEARCH_AND : ROOST_SEARCH_OR;
	key->negated = false;
}

static void prepare_keyword(struct preparing *preparing, struct query_key *key, const char *name)
{
	int number = roost_mailbox_keyword_number(preparing->box, name, false);

	if (number < 0)
		make_constant(key, key->negated);
	else
		key->keyword = UINT64_C(1) << number;
}

static void prepare_leaf(struct preparing *preparing, struct query_key *key,
			 const struct roost_search_key *asked)
{
	switch (key->kind) {
	case ROOST_SEARCH_ALL:
		make_constant(key, !key->negated);
		break;
	case ROOST_SEARCH_SEQ:
		key->set = asked->set;
		break;
	case ROOST_SEARCH_UID:
		key->kind = ROOST_SEARCH_SEQ;
		roost_set_to_seqs(preparing->arena, preparing->box, &asked->set, &key->set);
		break;
	case ROOST_SEARCH_FLAGS:
		key->flags = asked->flags;
		key->unset = asked->unset;
		flip_flag(key);
		break;
	case ROOST_SEARCH_KEYWORD:
		prepare_keyword(preparing, key, asked->name);
		break;
	case ROOST_SEARCH_SIZE:
	case ROOST_SEARCH_MODSEQ:
		key->from = asked->from;
		key->before = asked->before;
		key->level = key->kind == ROOST_SEARCH_SIZE ? QUERY_COLUMN : QUERY_INDEX;
		break;
	case ROOST_SEARCH_INTERNALDATE:
	case ROOST_SEARCH_SENTDATE:
		prepare_dates(key, asked);
		key->level = key->kind == ROOST_SEARCH_SENTDATE ? QUERY_ENVELOPE : QUERY_COLUMN;
		break;
	default:
		if (asked->text.len == 0 && (key->kind == ROOST_SEARCH_BODY ||
					     key->kind == ROOST_SEARCH_TEXT))
			make_constant(key, !key->negated);
		else
			prepare_text(preparing, key, asked);
	}
}

/* What is inside an AND or OR while it is gathered: a list for each level. */
struct gathering {
	struct query_key *first[QUERY_LEVELS], **end[QUERY_LEVELS];
	struct query_key *flags, *set;	/* AND: those that others of their kind are merged into */
	bool decided;			/* AND with something false, OR with something true */
};

static bool is_group(const struct query_key *key)
{
	return key->kind == ROOST_SEARCH_AND || key->kind == ROOST_SEARCH_OR;
}

/* In an AND, one key for all flags, and one for all sets. */
static bool merge(struct preparing *preparing, struct gathering *gathering, struct query_key *key)
{
	struct query_key **same = key->kind == ROOST_SEARCH_FLAGS ? &gathering->flags :
				  key->kind == ROOST_SEARCH_SEQ ? &gathering->set : NULL;

	if (same == NULL || key->negated)
		return false;
	if (*same == NULL) {
		*same = key;
		return false;
	}
	(*same)->flags |= key->flags;
	(*same)->unset |= key->unset;
	roost_set_intersect(preparing->arena, &(*same)->set, &key->set, &(*same)->set);
	return true;
}

static void gather(struct preparing *preparing, struct gathering *gathering,
		   enum roost_search_kind kind, struct query_key *key)
{
	struct query_key *inside, *next;

	if (is_group(key) && key->kind == kind) {
		for (inside = key->first; inside != NULL; inside = next) {
			next = inside->next;
			gather(preparing, gathering, kind, inside);
		}
	} else if (is_group(key) && key->first == NULL) {
		gathering->decided = true;
	} else if (kind != ROOST_SEARCH_AND || !merge(preparing, gathering, key)) {
		key->next = NULL;
		*gathering->end[key->level] = key;
		gathering->end[key->level] = &key->next;
	}
}

/* The levels one after the other; a group of one is that one. */
static struct query_key *gathered(struct gathering *gathering, struct query_key *group)
{
	if (gathering->decided) {
		make_constant(group, group->kind != ROOST_SEARCH_AND);
		return group;
	}
	for (int level = QUERY_LEVELS - 1; level >= 0; level--) {
		if (gathering->first[level] == NULL)
			continue;
		*gathering->end[level] = group->first;
		group->first = gathering->first[level];
		group->level = level;
	}
	return group->first != NULL && group->first->next == NULL ? group->first : group;
}

/* NOT goes down to the leaves (De Morgan). */
static struct query_key *prepare(struct preparing *preparing, const struct roost_search_key *asked,
				 bool negate, unsigned depth, struct roost_error *err)
{
	struct query_key *key = roost_arena_new(preparing->arena, struct query_key);
	struct gathering gathering = { .decided = false };

	key->kind = asked->kind;
	key->negated = asked->negated != negate;
	if (asked->kind != ROOST_SEARCH_AND && asked->kind != ROOST_SEARCH_OR) {
		prepare_leaf(preparing, key, asked);
		return key;
	}
	if (depth == 0) {
		roost_fail(err, ROOST_ERR_LIMIT, "Search keys are nested too deep");
		return NULL;
	}
	negate = key->negated;
	make_constant(key, (key->kind == ROOST_SEARCH_AND) != negate);
	for (int level = 0; level < QUERY_LEVELS; level++)
		gathering.end[level] = &gathering.first[level];
	for (asked = asked->first; asked != NULL; asked = asked->next) {
		struct query_key *inside = prepare(preparing, asked, negate, depth - 1, err);

		if (inside == NULL)
			return NULL;
		gather(preparing, &gathering, key->kind, inside);
	}
	return gathered(&gathering, key);
}

static void find_candidates(struct preparing *preparing)
{
	uint32_t count = roost_mailbox_count(preparing->box);
	struct roost_range *all = roost_arena_new(preparing->arena, struct roost_range);
	struct roost_set set = { all, count > 0 };
	const struct query_key *key = preparing->query->root;

	*all = (struct roost_range){ 1, count };
	if (key->kind == ROOST_SEARCH_AND)
		key = key->first;
	for (; key != NULL; key = key->next) {
		if (key->kind == ROOST_SEARCH_SEQ && !key->negated)
			roost_set_intersect(preparing->arena, &set, &key->set, &set);
	}
	preparing->query->candidates = set;
}

static enum query_level deepest(const struct query_key *key)
{
	enum query_level level = key->level;

	for (const struct query_key *inside = key->first; inside != NULL; inside = inside->next) {
		enum query_level one = deepest(inside);

		level = one > level ? one : level;
	}
	return level;
}

int query_prepare(struct roost_arena *arena, struct roost_mailbox *box,
		  const struct roost_search_key *key, struct query *query,
		  struct roost_error *err)
{
	struct preparing preparing = { .arena = arena, .box = box, .query = query };

	query->root = prepare(&preparing, key, false, ROOST_SEARCH_MAX_DEPTH, err);
	query->body_count = preparing.bodies.count;
	if (query->body_count > 0)
		query->bodies = roost_arena_dup(arena, preparing.bodies.items,
			query->body_count * sizeof(*preparing.bodies.items));
	roost_vec_free(&preparing.bodies);
	if (query->root == NULL)
		return -1;
	find_candidates(&preparing);
	query->deepest = deepest(query->root);
	return 0;
}
