/*
 * index COUNT: an index of so many messages in a temporary directory, then CPU time and memory of what
 * a server does with it. "index COUNT DIRECTORY open|append|look" does one thing, for strace.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "modules/mail/index/index.h"

static struct roost_error err;

static double cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, roost_error_log(&err));
	exit(1);
}

static struct index *open_index(struct bytes_store *store)
{
	static const struct index_options options = { .label = "bench" };
	struct index *index;

	if (index_open(store, &options, &index, &err) < 0)
		die("open");
	return index;
}

static void append(struct index *index, uint32_t count)
{
	struct index_change *change;

	if (index_lock(index, &err) < 0)
		die("lock");
	change = index_begin(index);
	while (count-- > 0) {
		uint32_t uid = index_next_uid(change);
		char key[80];

		snprintf(key, sizeof(key), "1700000000.M%06uP1234.mail.example,S=8000,W=8200,U=1-%u",
			 uid % 1000000, uid);
		index_add(change, uid, &(struct index_mail){ .key = key, .size = 8000,
			.vsize = 8200, .internaldate = 1, .savedate = 1 }, 0, 0);
	}
	if (index_commit(change, false, &err) < 0)
		die("commit");
	index_unlock(index);
}

static void look(struct index *index)
{
	struct index_mail mail;

	if (index_columns(index).count > 0 && index_mail(index, 0, &mail, &err) < 0)
		die("mail");
}

static void one_thing(struct bytes_store *store, const char *what)
{
	struct index *index = open_index(store);

	if (strcmp(what, "append") == 0)
		append(index, 1);
	else if (strcmp(what, "look") == 0)
		look(index);
	index_close(index);
}

static double refresh_us(struct index *index)
{
	double start = cpu_us();

	for (int i = 0; i < 10000; i++)
		index_refresh(index, &err);
	return (cpu_us() - start) / 10000;
}

/* Each column in the order of RESULTS.md. */
static void measure(struct bytes_store *store, uint32_t count)
{
	size_t before = mallinfo2().uordblks, hot, cold;
	double opened = 0, start = cpu_us(), added, cold_time;
	struct index *index;

	for (int i = 0; i < 20; i++) {
		index = open_index(store);
		if (i == 0)
			start = cpu_us();
		if (i < 19)
			index_close(index);
	}
	opened = (cpu_us() - start) / 19;
	hot = mallinfo2().uordblks - before;
	start = cpu_us();
	look(index);
	cold_time = cpu_us() - start;
	cold = mallinfo2().uordblks - before;
	index_close(index);
	index = open_index(store);
	start = cpu_us();
	for (int i = 0; i < 200; i++)
		append(index, 1);
	added = (cpu_us() - start) / 200;
	printf("%" PRIu32 " messages: open %.0f us, cold data %.0f us, one append %.1f us, "
	       "refresh %.2f us, %.1f and %.1f bytes a message\n", count, opened, cold_time, added,
	       refresh_us(index), (double)hot / count, (double)cold / count);
	index_close(index);
}

int main(int argc, char **argv)
{
	char top[] = "/tmp/roost-bench-XXXXXX";
	const char *path = argc > 2 ? argv[2] : mkdtemp(top);
	uint32_t count = argc < 2 ? 0 : (uint32_t)strtoul(argv[1], NULL, 10);
	int dirfd = path == NULL ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct roost_arena *arena = roost_arena_create("bench");
	struct bytes_store *store;
	const char *const *names;

	if (dirfd < 0 || count == 0 || bytes_store_open_dir(dirfd, &store, &err) < 0)
		return 1;
	if (argc > 3) {
		one_thing(store, argv[3]);
	} else {
		struct index *index = open_index(store);

		append(index, count);		/* compacted at once: it is longer than 64 KB */
		index_close(index);
		measure(store, count);
	}
	if (argc <= 2 && bytes_list(store, arena, &names, &err) == 0) {
		for (; *names != NULL; names++)
			bytes_remove(store, *names, &err);
		rmdir(top);
	}
	bytes_store_free(store);
	roost_arena_free(arena);
	close(dirfd);
	return 0;
}
