/*
 * Damage: logs cut at every byte, every bit of log and snapshot turned over, every write failing once,
 * power lost after every step. No message is invented, nothing that was synced is lost.
 */
#include "unit.h"
#include "tests/unit/index_store.h"
#include "modules/mail/index/private.h"

#define COMMITS 64
#define UIDS 64

/* What the workload did: by commit number, 1 the first. */
struct model {
	struct {
		size_t step;		/* of the trace, when it had succeeded */
		bool durable;
	} commits[COMMITS];
	unsigned count;			/* commits that were tried */
	unsigned added[UIDS], expunged[UIDS];	/* by which commit; 0: never */
	bool unsure[UIDS];		/* the commit failed, and so perhaps did taking it back */
	uint32_t uidvalidity;
};

static uint32_t the_uidvalidity(void *context)
{
	(void)context;
	return 77;
}

static struct index *try_open(struct memory_store *store, struct roost_error *err)
{
	static const struct index_options options = { .label = "damage", .new_uidvalidity = the_uidvalidity };
	struct index *index;

	return index_open(&store->base, &options, &index, err) < 0 ? NULL : index;
}

static void one_add(struct model *model, struct index_change *change, unsigned number)
{
	uint32_t uid = index_next_uid(change);
	char key[40];
	struct index_mail mail = { .key = key, .size = uid, .vsize = uid };

	if (uid >= UIDS)
		return;
	snprintf(key, sizeof(key), "key-%u-%u", uid, number);
	index_add(change, uid, &mail, uid & 3, uid);
	model->added[uid] = number;
	model->unsure[uid] = false;
}

/* A change that is different each time, and depends on nothing but number and what is there. */
static void gather(struct model *model, struct index *index, struct index_change *change,
		   unsigned number)
{
	struct index_columns columns = index_columns(index);
	uint32_t uid = columns.count == 0 ? 0 : columns.uid[number % columns.count];

	if (number % 5 == 3 && uid != 0) {
		index_expunge(change, uid);
		model->expunged[uid] = number;
		model->unsure[uid] = false;
	} else if (number % 5 == 1 && uid != 0) {
		index_set_flags(change, uid, number & 31, number, false);
	} else {
		one_add(model, change, number);
		one_add(model, change, number);
	}
}

/* One transaction; a failure is remembered, and leaves memory as the files are. */
static bool one_commit(struct model *model, struct memory_store *store, struct index *index,
		       bool compact)
{
	unsigned number = ++model->count;
	bool durable = number % 2 == 0;
	struct index_change *change;
	struct roost_error err;
	bool good;

	if (index_lock(index, &err) < 0)
		return false;
	change = index_begin(index);
	gather(model, index, change, number);
	good = index_commit(change, durable, &err) == 0;
	if (good && compact)
		index_compact(index, NULL);
	index_unlock(index);
	for (uint32_t uid = 0; uid < UIDS && !good; uid++) {
		if (model->added[uid] != number && model->expunged[uid] != number)
			continue;
		if (store->fail_until > store->fail_at)
			model->unsure[uid] = true;
		else if (model->added[uid] == number)
			model->added[uid] = 0;
		else
			model->expunged[uid] = 0;
	}
	model->commits[number].step = store->trace.count;
	model->commits[number].durable = good && durable;
	return good;
}

static void workload(struct model *model, struct memory_store *store, unsigned commits,
		     unsigned compact_every)
{
	struct roost_error err;
	struct index *index = try_open(store, &err);

	memset(model, 0, sizeof(*model));
	if (index == NULL)
		return;
	model->uidvalidity = index_header(index)->uidvalidity;
	for (unsigned i = 1; i <= commits; i++)
		one_commit(model, store, index, compact_every != 0 && i % compact_every == 0);
	index_close(index);
}

/* Every message there was added by the workload, under its own key. */
static void check_nothing_invented(const struct model *model, struct index *index)
{
	struct index_columns columns = index_columns(index);
	uint32_t last = 0;

	for (uint32_t i = 0; i < columns.count; i++) {
		uint32_t uid = columns.uid[i];
		struct index_mail mail;
		struct roost_error err;
		char key[40];

		assert_true(uid > last && uid < UIDS && model->added[uid] != 0);
		last = uid;
		if (index_mail(index, i, &mail, &err) < 0) {
			assert_int_equal(err.kind, ROOST_ERR_CORRUPT);
			continue;
		}
		snprintf(key, sizeof(key), "key-%u-%u", uid, model->added[uid]);
		assert_string_equal(mail.key, key);
		assert_true(mail.size == uid);
	}
	assert_true(index_header(index)->uidnext > last);
	assert_int_equal(index_header(index)->messages, columns.count);
}

/* What commits up to known left is there; later ones may be. */
static void check_kept(const struct model *model, struct index *index, unsigned known)
{
	for (uint32_t uid = 1; uid < UIDS; uid++) {
		unsigned added = model->added[uid], expunged = model->expunged[uid];
		bool found;

		if (model->unsure[uid])
			continue;
		index_position(index, uid, &found);
		if (added != 0 && added <= known && expunged == 0)
			assert_true(found);
		if (expunged != 0 && expunged <= known)
			assert_false(found);
		if (added != 0 && added <= known)
			assert_true(index_header(index)->uidnext > uid);
	}
	if (known > 0)
		assert_int_equal(index_header(index)->uidvalidity, model->uidvalidity);
}

/* Whatever happened, the index can be written to, and what is written stays. */
static void check_usable(struct memory_store *store, struct index *index)
{
	struct index_change *change;
	struct index_mail mail = { .key = "new", .size = 1 };
	struct roost_error err;
	uint32_t uid, messages;
	bool found;

	if (index_lock(index, &err) < 0)
		fail_msg("%s", roost_error_log(&err));
	change = index_begin(index);
	uid = index_next_uid(change);
	index_add(change, uid, &mail, 0, 0);
	if (index_commit(change, true, &err) < 0)
		fail_msg("%s", roost_error_log(&err));
	messages = index_header(index)->messages;
	index_unlock(index);
	index_close(index);
	index = try_open(store, &err);
	if (index == NULL)
		fail_msg("%s", roost_error_log(&err));
	index_position(index, uid, &found);
	assert_true(found);
	assert_int_equal(index_header(index)->messages, messages);
	index_close(index);
}

static void a_log_cut_at_any_byte_keeps_what_is_before(void **state)
{
	struct memory_store *store = memory_store_create();
	struct model model;
	size_t full;
	char name[32];

	(void)state;
	workload(&model, store, 24, 0);
	full = memory_store_log(store, name)->len;
	for (size_t cut = 0; cut < full; cut++) {
		struct memory_store *copy = memory_store_copy(store);
		struct roost_error err;
		struct index *index;

		roost_str_truncate(memory_store_log(copy, name), cut);
		index = try_open(copy, &err);
		if (index == NULL)
			fail_msg("cut at %zu: %s", cut, roost_error_log(&err));
		check_nothing_invented(&model, index);
		assert_int_equal(index_header(index)->uidvalidity, model.uidvalidity);
		check_usable(copy, index);
		memory_store_free(copy);
	}
	memory_store_free(store);
}

/* All bits of one file, one after the other. */
static void flip_bits(const char *which)
{
	struct memory_store *store = memory_store_create();
	struct model model;
	struct roost_str *file;
	char name[32];

	workload(&model, store, 24, 9);
	file = which == NULL ? memory_store_log(store, name) : memory_store_file(store, which);
	for (size_t bit = 0; bit < file->len * 8; bit++) {
		struct memory_store *copy = memory_store_copy(store);
		struct roost_str *victim = which == NULL ? memory_store_log(copy, name) :
			memory_store_file(copy, which);
		struct roost_error err;
		struct index *index;

		victim->data[bit / 8] ^= (char)(1 << bit % 8);
		index = try_open(copy, &err);
		if (index == NULL)
			fail_msg("bit %zu: %s", bit, roost_error_log(&err));
		check_nothing_invented(&model, index);
		assert_int_equal(index_header(index)->uidvalidity, model.uidvalidity);
		if (bit % 8 == 3)
			check_usable(copy, index);
		else
			index_close(index);
		memory_store_free(copy);
	}
	memory_store_free(store);
}

static void any_bit_of_the_log_may_turn(void **state)
{
	(void)state;
	flip_bits(NULL);
}

static void any_bit_of_the_snapshot_may_turn(void **state)
{
	(void)state;
	flip_bits("snap");
}

static void any_write_may_fail(void **state)
{
	static const enum roost_error_kind kinds[] = { ROOST_ERR_NOSPACE, ROOST_ERR_TEMP };

	(void)state;
	for (unsigned i = 0; i < 2 * 3; i++) {
		for (unsigned long at = 1;; at++) {
			struct memory_store *store = memory_store_create();
			struct roost_error err;
			struct index *index;
			struct model model;

			store->fail_at = at;
			store->fail_until = at + (i / 2) * (i / 2) * 3;
			store->fail_kind = kinds[i % 2];
			workload(&model, store, 30, 7);
			if (store->writes < at) {
				memory_store_free(store);
				break;
			}
			store->fail_at = 0;
			index = try_open(store, &err);
			if (index == NULL)
				fail_msg("write %lu: %s", at, roost_error_log(&err));
			if (getenv("VERBOSE") != NULL)
				printf("%lu writes from %lu on\n", store->fail_until - at + 1, at);
			check_nothing_invented(&model, index);
			check_kept(&model, index, model.count);
			check_usable(store, index);
			memory_store_free(store);
		}
	}
}

static unsigned durable_before(const struct model *model, size_t step)
{
	unsigned known = 0;

	for (unsigned i = 1; i <= model->count; i++) {
		if (model->commits[i].durable && model->commits[i].step <= step)
			known = i;
	}
	return known;
}

static void power_may_fail_at_any_step(void **state)
{
	struct memory_store *store = memory_store_create();
	uint8_t first[16], boot[16] = { 9 };
	struct model model;

	(void)state;
	memcpy(first, index_boot_id(), 16);
	store->tracing = true;
	workload(&model, store, 40, 11);
	for (size_t step = 0; step <= store->trace.count; step++) {
		for (uint32_t seed = 0; seed < 24; seed++) {
			struct memory_store *left = memory_store_crash(store, step, seed);
			unsigned known = durable_before(&model, step);
			struct roost_error err;
			struct index *index;

			index_set_boot_id(boot);
			index = try_open(left, &err);
			if (index == NULL)
				fail_msg("step %zu seed %u: %s", step, seed, roost_error_log(&err));
			check_nothing_invented(&model, index);
			check_kept(&model, index, known);
			check_usable(left, index);
			index_set_boot_id(first);
			memory_store_free(left);
		}
	}
	memory_store_free(store);
}

static void a_full_disk_still_expunges(void **state)
{
	struct memory_store *store = memory_store_create();
	struct roost_error err;
	struct index_change *change;
	struct index *index;
	struct model model;

	(void)state;
	workload(&model, store, 10, 0);
	index = try_open(store, &err);
	assert_non_null(memory_store_file(store, RESERVE_NAME));
	assert_int_equal(index_lock(index, &err), 0);
	store->fail_kind = ROOST_ERR_NOSPACE;
	store->fail_at = store->fail_until = store->writes + 1;
	change = index_begin(index);
	index_expunge(change, index_columns(index).uid[0]);
	assert_int_equal(index_commit(change, true, &err), 0);
	assert_null(memory_store_file(store, RESERVE_NAME));
	index_unlock(index);
	store->fail_at = 0;
	index_close(index);
	assert_non_null(memory_store_file(store, RESERVE_NAME));
	memory_store_free(store);
}

static void a_lost_snapshot_keeps_uidvalidity_and_uidnext(void **state)
{
	struct memory_store *store = memory_store_create();
	struct roost_error err;
	struct index *index;
	struct model model;
	uint32_t uidnext;

	(void)state;
	workload(&model, store, 20, 8);
	index = try_open(store, &err);
	uidnext = index_header(index)->uidnext;
	index_close(index);
	roost_str_truncate(memory_store_file(store, "snap"), 100);
	index = try_open(store, &err);
	assert_non_null(index);
	assert_true(index_header(index)->fresh);
	assert_true(index_header(index)->unclean);
	assert_int_equal(index_header(index)->uidvalidity, model.uidvalidity);
	assert_int_equal(index_header(index)->uidnext, uidnext);
	check_usable(store, index);
	memory_store_free(store);
}

/* Thousands of damaged indexes are reported by the thousand. */
static int quiet(void **state)
{
	(void)state;
	return freopen("/dev/null", "w", stderr) == NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_cut_at_any_byte_keeps_what_is_before),
		cmocka_unit_test(any_bit_of_the_log_may_turn),
		cmocka_unit_test(any_bit_of_the_snapshot_may_turn),
		cmocka_unit_test(any_write_may_fail),
		cmocka_unit_test(power_may_fail_at_any_step),
		cmocka_unit_test(a_full_disk_still_expunges),
		cmocka_unit_test(a_lost_snapshot_keeps_uidvalidity_and_uidnext),
	};

	cmocka_set_message_output(CM_OUTPUT_STDOUT);
	return cmocka_run_group_tests(tests, quiet, NULL);
}
