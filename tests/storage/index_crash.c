/*
 * Work for test_index_crash.py: index_crash DIRECTORY write SEED | watch SECONDS | check | make TURNS.
 * write: transactions until it is killed; each durable one is told on stdout, "+uid" or "-uid".
 * watch: reads along, and sees only states that a transaction left. check: prints what is there.
 * make: in each turn several processes open, at the same moment, an index that is not there yet.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "modules/mail/index/index.h"

#define MAKERS 4

static const struct index_options options = { .label = "crash" };

static void die(const char *what, const struct roost_error *err)
{
	fprintf(stderr, "%s: %s\n", what, roost_error_log(err));
	exit(2);
}

/* Two at a time, so that a watcher can tell half a transaction. */
static void add_two(struct index *index)
{
	struct index_change *change = index_begin(index);
	uint32_t uid = index_next_uid(change);
	struct roost_error err;

	for (uint32_t i = 0; i < 2; i++) {
		char key[64];

		snprintf(key, sizeof(key), "key-%u", uid + i);
		index_add(change, uid + i, &(struct index_mail){ .key = key, .vsize = uid + i,
								 .size = 1 }, 0, 0);
	}
	if (index_commit(change, true, &err) < 0)
		die("add", &err);
	printf("+%u\n+%u\n", uid, uid + 1);
}

static void expunge_two(struct index *index, uint32_t position)
{
	struct index_change *change = index_begin(index);
	const uint32_t *uid = index_columns(index).uid + (position & ~1u);
	uint32_t gone[2] = { uid[0], uid[1] };
	struct roost_error err;

	index_expunge(change, gone[0]);
	index_expunge(change, gone[1]);
	if (index_commit(change, true, &err) < 0)
		die("expunge", &err);
	printf("-%u\n-%u\n", gone[0], gone[1]);
}

static void flag_two(struct index *index, uint32_t position, uint32_t flags)
{
	struct index_change *change = index_begin(index);
	const uint32_t *uid = index_columns(index).uid + (position & ~1u);
	struct roost_error err;

	index_set_flags(change, uid[0], flags, flags, false);
	index_set_flags(change, uid[1], flags, flags, false);
	if (index_commit(change, false, &err) < 0)
		die("flags", &err);
}

static void write_on(struct index *index, unsigned seed)
{
	struct roost_error err;

	for (;;) {
		uint32_t count;

		seed = seed * 1664525 + 1013904223;
		if (index_lock(index, &err) < 0)
			die("lock", &err);
		count = index_columns(index).count;
		if (count >= 2 && (seed >> 16) % 4 == 0)
			expunge_two(index, (seed >> 18) % count);
		else if (count >= 2 && (seed >> 16) % 4 == 1)
			flag_two(index, (seed >> 18) % count, (seed >> 24) & 31);
		else
			add_two(index);
		index_unlock(index);
		fflush(stdout);
	}
}

/* Messages come, change and go in pairs of an odd UID and the next. */
static void check_pairs(struct index *index)
{
	struct index_columns columns = index_columns(index);

	for (uint32_t i = 0; i < columns.count; i += 2) {
		if (i + 1 == columns.count || columns.uid[i] % 2 == 0 ||
		    columns.uid[i + 1] != columns.uid[i] + 1 ||
		    columns.flags[i] != columns.flags[i + 1] ||
		    columns.keywords[i] != columns.keywords[i + 1]) {
			fprintf(stderr, "half a transaction at UID %u\n", columns.uid[i]);
			exit(3);
		}
	}
}

static void watch(struct index *index, int seconds)
{
	time_t until = time(NULL) + seconds;
	uint64_t modseq = 0;
	struct roost_error err;

	while (time(NULL) < until) {
		if (index_refresh(index, &err) < 0)
			die("refresh", &err);
		check_pairs(index);
		if (index_header(index)->highestmodseq < modseq) {
			fprintf(stderr, "MODSEQ went back\n");
			exit(4);
		}
		modseq = index_header(index)->highestmodseq;
	}
}

static void check(struct index *index)
{
	struct index_columns columns;
	struct roost_error err;

	if (index_lock(index, &err) < 0)
		die("lock", &err);
	columns = index_columns(index);
	check_pairs(index);
	for (uint32_t i = 0; i < columns.count; i++) {
		struct index_mail mail;

		if (index_mail(index, i, &mail, &err) < 0)
			die("mail", &err);
		printf("%u %s\n", columns.uid[i], mail.key);
	}
	printf("next %u\n", index_header(index)->uidnext);
	index_unlock(index);
}

static struct index *open_index(int dirfd, struct bytes_store **store)
{
	struct roost_error err;
	struct index *index;

	if (bytes_store_open_dir(dirfd, store, &err) < 0 ||
	    index_open(*store, &options, &index, &err) < 0)
		die("open", &err);
	return index;
}

/* As soon as all are there; the mailbox is the same one for all. */
static void make_one(int dirfd, atomic_uint *there, uint32_t uidvalidity[MAKERS], unsigned number)
{
	struct bytes_store *store;
	struct roost_error err;
	struct index *index;

	atomic_fetch_add(there, 1);
	while (atomic_load(there) % MAKERS != 0)
		;
	index = open_index(dirfd, &store);
	if (index_lock(index, &err) < 0)
		die("lock", &err);
	add_two(index);
	index_unlock(index);
	uidvalidity[number] = index_header(index)->uidvalidity;
	index_close(index);
	bytes_store_free(store);
	fflush(NULL);
	_exit(0);
}

static int make_together(int top, int turns)
{
	struct { atomic_uint there; uint32_t uidvalidity[MAKERS]; } *shared =
		mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int failed = shared == MAP_FAILED;

	for (int turn = 0; turn < turns && !failed; turn++) {
		char name[16];
		int dirfd, status;

		snprintf(name, sizeof(name), "%d", turn);
		mkdirat(top, name, 0700);
		dirfd = openat(top, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		for (unsigned i = 0; i < MAKERS; i++)
			if (fork() == 0)
				make_one(dirfd, &shared->there, shared->uidvalidity, i);
		for (unsigned i = 0; i < MAKERS; i++)
			failed |= wait(&status) < 0 || status != 0;
		for (unsigned i = 1; i < MAKERS; i++)
			failed |= shared->uidvalidity[i] != shared->uidvalidity[0];
		close(dirfd);
	}
	return failed;
}

int main(int argc, char **argv)
{
	int dirfd = argc < 3 ? -1 : open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct bytes_store *store;
	struct index *index;

	if (dirfd < 0)
		return 1;
	if (strcmp(argv[2], "make") == 0)
		return make_together(dirfd, argc < 4 ? 1 : atoi(argv[3]));
	index = open_index(dirfd, &store);
	if (strcmp(argv[2], "write") == 0)
		write_on(index, argc < 4 ? 1 : (unsigned)atoi(argv[3]));
	else if (strcmp(argv[2], "watch") == 0)
		watch(index, argc < 4 ? 1 : atoi(argv[3]));
	else
		check(index);
	index_close(index);
	bytes_store_free(store);
	close(dirfd);
	return 0;
}
