/* view - values of fields that many tests share; a table by what the tests ask for. */
#include "sieve/view.h"

enum { VIEWS = 64 };

struct entry {
	uint32_t operation, names, part, comparator;
	struct sieve_view *view;	/* NULL: empty */
};

/* A newcomer takes the place of what has the same number: all can be made again. */
struct sieve_views {
	const struct sieve_message *message;
	uint32_t version;		/* of the message */
	struct entry entries[VIEWS];
};

static struct sieve_views *views_of(struct sieve_run *run)
{
	struct sieve_views *views = run->views;

	if (views == NULL)
		run->views = views = roost_arena_new(run->arena, struct sieve_views);
	else if (views->message != run->message || views->version != run->message->version)
		memset(views->entries, 0, sizeof(views->entries));
	views->message = run->message;
	views->version = run->message->version;
	return views;
}

static struct sieve_view *make(struct sieve_run *run, const struct sieve_args *args, unsigned comparator,
			       void (*gather)(struct sieve_gather *gather, const struct sieve_args *args))
{
	const struct sieve_comparator *compare = sieve_comparator_at(comparator);
	struct sieve_view *view = roost_arena_new(run->arena, struct sieve_view);
	struct sieve_gather gathered = { .run = run };

	gather(&gathered, args);
	view->count = (uint32_t)gathered.texts.count;
	view->values = roost_arena_alloc(run->arena, (view->count + 1) * sizeof(*view->values));
	for (uint32_t i = 0; i < view->count; i++) {
		struct sieve_value *value = &view->values[i];

		value->text = value->prepared = gathered.texts.items[i];
		if (compare == NULL || compare->prepare == NULL)
			continue;
		roost_str_truncate(&run->scratch, 0);
		compare->prepare(&run->scratch, value->text.data, value->text.len);
		value->prepared = sieve_text_dup(run->arena, sieve_text_of_str(&run->scratch));
	}
	roost_vec_free(&gathered.texts);
	return view;
}

const struct sieve_view *sieve_view_of(struct sieve_run *run, const struct sieve_args *args,
				       void (*gather)(struct sieve_gather *gather,
						      const struct sieve_args *args))
{
	struct entry wanted = {
		.operation = args->code[1], .names = sieve_arg_item(args, SIEVE_SLOT_ARG0),
		.part = (uint32_t)sieve_arg_number(args, SIEVE_SLOT_ADDRESS_PART, 0),
		.comparator = sieve_match_comparator(args),
	};
	struct entry *entry;

	if (sieve_arg_has(args, SIEVE_SLOT_MIME) || sieve_arg_has(args, SIEVE_SLOT_INDEX) ||
	    sieve_arg_constant_items(args, SIEVE_SLOT_ARG0) == NULL)
		return NULL;
	entry = &views_of(run)->entries[(wanted.names * 7 + wanted.part * 3 + wanted.comparator +
					 wanted.operation) % VIEWS];
	if (entry->view != NULL && entry->operation == wanted.operation && entry->names == wanted.names &&
	    entry->part == wanted.part && entry->comparator == wanted.comparator)
		return entry->view;
	wanted.view = make(run, args, wanted.comparator, gather);
	*entry = wanted;
	return wanted.view;
}
