/* view - values of fields that many tests share; a table by what the tests ask for. */
#include "sieve/view.h"

enum { SETS = 16, WAYS = 4 };

struct entry {
	uint32_t operation, names, part, comparator;
	struct sieve_view *view;	/* NULL: empty */
};

struct set { struct entry entries[WAYS]; uint32_t next; };

/* A newcomer takes the place of the oldest of its set: all can be made again. */
struct sieve_views {
	const struct sieve_message *message;
	uint32_t version;		/* of the message */
	struct set sets[SETS];
};

static struct sieve_views *views_of(struct sieve_run *run)
{
	struct sieve_views *views = run->views;

	if (views == NULL)
		run->views = views = roost_arena_new(run->arena, struct sieve_views);
	else if (views->message != run->message || views->version != run->message->version)
		memset(views->sets, 0, sizeof(views->sets));
	views->message = run->message;
	views->version = run->message->version;
	return views;
}

static struct sieve_view *make(struct sieve_run *run, const struct sieve_args *args,
			       const struct sieve_comparator *compare, sieve_gather_fn *gather)
{
	struct sieve_view *view = roost_arena_new(run->arena, struct sieve_view);
	struct sieve_gather gathered = { .run = run };

	gather(&gathered, args);
	view->count = (uint32_t)gathered.texts.count;
	view->values = roost_arena_alloc(run->arena, (view->count + 1) * sizeof(*view->values));
	for (uint32_t i = 0; i < view->count; i++) {
		struct sieve_value *value = &view->values[i];

		value->text = value->prepared = gathered.texts.items[i];
		if (compare->prepare == NULL)
			continue;
		roost_str_truncate(&run->scratch, 0);
		compare->prepare(&run->scratch, value->text.data, value->text.len);
		if (sieve_run_room(run, run->scratch.len) < 0) {
			view->count = i;
			break;
		}
		value->prepared = sieve_text_dup(run->arena, sieve_text_of_str(&run->scratch));
	}
	roost_vec_free(&gathered.texts);
	return view;
}

const struct sieve_view *sieve_view_of(const struct sieve_matcher *matcher,
				       const struct sieve_args *args, sieve_gather_fn *gather)
{
	struct entry wanted = {
		.operation = args->code[1], .names = matcher->names, .part = matcher->part,
		.comparator = matcher->comparator_number,
	};
	uint32_t hash = (wanted.names * 7 + wanted.part * 3 + wanted.comparator + wanted.operation * 5) *
		0x9e3779b1u;
	struct set *set;

	if (!matcher->shared)
		return NULL;
	set = &views_of(matcher->run)->sets[hash >> 28];
	for (struct entry *each = set->entries; each < set->entries + WAYS; each++) {
		if (each->names == wanted.names && each->operation == wanted.operation &&
		    each->part == wanted.part && each->comparator == wanted.comparator)
			return each->view;
	}
	if (sieve_program_constants(args->program, wanted.names) == NULL)
		return NULL;
	wanted.view = make(matcher->run, args, matcher->comparator, gather);
	set->entries[set->next++ % WAYS] = wanted;
	return wanted.view;
}
