/*
 * tool_keywords - keywords in file names of a Maildir: letters a to z, named by lines "0 $Junk" of
 * dovecot-keywords. Who names one holds dovecot-keywords.lock, which becomes the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <roost/str.h>
#include "sieve/tool_keywords.h"

#define FILE_NAME "dovecot-keywords"

enum { WAIT_MS = 2000, PAUSE_MS = 20 };

struct names { char *of[TOOL_LETTERS]; };

static void free_names(struct names *names)
{
	for (int i = 0; i < TOOL_LETTERS; i++)
		free(names->of[i]);
	*names = (struct names){ 0 };
}

static void read_names(const char *path, struct names *names)
{
	FILE *file = fopen(path, "re");
	char line[1024];

	free_names(names);
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		char *end;
		unsigned long number = strtoul(line, &end, 10);

		line[strcspn(line, "\r\n")] = '\0';
		if (end == line || *end != ' ' || end[1] == '\0' || number >= TOOL_LETTERS)
			continue;
		free(names->of[number]);
		names->of[number] = strdup(end + 1);
	}
	if (file != NULL)
		fclose(file);
}

static int find_letter(const struct names *names, const char *keyword)
{
	for (int i = 0; i < TOOL_LETTERS; i++) {
		if (names->of[i] != NULL && strcasecmp(names->of[i], keyword) == 0)
			return i;
	}
	return -1;
}

static bool all_known(const struct names *names, const char *const *flags)
{
	for (; *flags != NULL; flags++) {
		if (**flags != '\\' && find_letter(names, *flags) < 0)
			return false;
	}
	return true;
}

/* False: there are no letters left for some. */
static bool name_letters(struct names *names, const char *const *flags)
{
	bool all = true;

	for (; *flags != NULL; flags++) {
		int letter = 0;

		if (**flags == '\\' || find_letter(names, *flags) >= 0)
			continue;
		while (letter < TOOL_LETTERS && names->of[letter] != NULL)
			letter++;
		if (letter < TOOL_LETTERS)
			names->of[letter] = strdup(*flags);
		else
			all = false;
	}
	return all;
}

static int write_names(int fd, const struct names *names)
{
	struct roost_str text = ROOST_STR_INIT;
	ssize_t written;
	int result;

	for (int i = 0; i < TOOL_LETTERS; i++) {
		if (names->of[i] != NULL)
			roost_str_printf(&text, "%d %s\n", i, names->of[i]);
	}
	written = write(fd, roost_str_text(&text), text.len);
	result = written == (ssize_t)text.len && fsync(fd) == 0 ? 0 : -1;
	roost_str_free(&text);
	return result;
}

/* The descriptor of the lock; -1: others hold it, or it cannot be made. */
static int take_lock(const char *lock)
{
	static const struct timespec pause = { 0, PAUSE_MS * 1000000L };
	int fd;

	for (int waited = 0; waited <= WAIT_MS; waited += PAUSE_MS) {
		fd = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd >= 0 || errno != EEXIST)
			return fd;
		nanosleep(&pause, NULL);
	}
	return -1;
}

/* Others may have named letters meanwhile, so the file is read again under its lock. */
static void add_names(const char *path, struct names *names, const char *const *flags)
{
	struct roost_str lock = ROOST_STR_INIT;
	int fd;

	roost_str_printf(&lock, "%s.lock", path);
	fd = take_lock(lock.data);
	if (fd >= 0) {
		read_names(path, names);
		if (!name_letters(names, flags))
			fprintf(stderr, "%s: no letters left for some keywords\n", path);
		if (write_names(fd, names) < 0 || rename(lock.data, path) < 0) {
			fprintf(stderr, "%s: %s; keywords stay out\n", path, strerror(errno));
			unlink(lock.data);
			read_names(path, names);
		}
		close(fd);
	} else {
		fprintf(stderr, "%s: %s; keywords stay out\n", lock.data, strerror(errno));
	}
	roost_str_free(&lock);
}

void tool_keyword_letters(const char *folder, const char *const *flags, char letters[TOOL_LETTERS + 1])
{
	struct roost_str path = ROOST_STR_INIT;
	bool wanted[TOOL_LETTERS] = { false };
	struct names names = { 0 };

	roost_str_printf(&path, "%s/" FILE_NAME, folder);
	read_names(path.data, &names);
	if (!all_known(&names, flags))
		add_names(path.data, &names, flags);
	for (; *flags != NULL; flags++) {
		int letter = **flags != '\\' ? find_letter(&names, *flags) : -1;

		if (letter >= 0)
			wanted[letter] = true;
	}
	for (int i = 0; i < TOOL_LETTERS; i++) {
		*letters = (char)('a' + i);
		letters += wanted[i];
	}
	*letters = '\0';
	free_names(&names);
	roost_str_free(&path);
}
