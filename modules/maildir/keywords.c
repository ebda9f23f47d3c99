/* Keywords in file names: letters a to z, named by lines "0 $Junk" of dovecot-keywords. R-MD-2. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include "modules/maildir/maildir.h"

#define FILE_NAME "dovecot-keywords"

void maildir_keywords_free(struct maildir *maildir)
{
	for (size_t i = 0; i < MAILDIR_LETTERS; i++) {
		free(maildir->keywords[i]);
		maildir->keywords[i] = NULL;
	}
	memset(&maildir->keywords_stat, 0, sizeof(maildir->keywords_stat));
}

static bool same(const struct stat *left, const struct stat *right)
{
	return left->st_ino == right->st_ino && left->st_size == right->st_size &&
		left->st_mtim.tv_sec == right->st_mtim.tv_sec &&
		left->st_mtim.tv_nsec == right->st_mtim.tv_nsec;
}

static void take_line(struct maildir *maildir, char *line)
{
	char *end;
	unsigned long number = strtoul(line, &end, 10);

	line[strcspn(line, "\r\n")] = '\0';
	if (end == line || *end != ' ' || end[1] == '\0' || number >= MAILDIR_LETTERS)
		return;
	free(maildir->keywords[number]);
	maildir->keywords[number] = strdup(end + 1);
}

void maildir_keywords_load(struct maildir *maildir)
{
	char path[PATH_MAX], line[1024];
	struct stat st;
	FILE *file;

	snprintf(path, sizeof(path), "%s/" FILE_NAME, roost_mailbox_control_path(maildir->box));
	if (stat(path, &st) < 0) {
		if (errno == ENOENT)
			maildir_keywords_free(maildir);
		return;
	}
	if (same(&st, &maildir->keywords_stat) || (file = fopen(path, "re")) == NULL)
		return;
	maildir_keywords_free(maildir);
	while (fgets(line, sizeof(line), file) != NULL)
		take_line(maildir, line);
	fstat(fileno(file), &maildir->keywords_stat);
	fclose(file);
}

int maildir_keyword_letter(const struct maildir *maildir, const char *name)
{
	for (int i = 0; i < MAILDIR_LETTERS; i++) {
		if (maildir->keywords[i] != NULL && strcasecmp(maildir->keywords[i], name) == 0)
			return i;
	}
	return -1;
}

static int write_names(const struct maildir *maildir, int fd, struct roost_error *err)
{
	struct roost_str text = ROOST_STR_INIT;
	ssize_t written;

	for (int i = 0; i < MAILDIR_LETTERS; i++) {
		if (maildir->keywords[i] != NULL)
			roost_str_printf(&text, "%d %s\n", i, maildir->keywords[i]);
	}
	written = write(fd, roost_str_text(&text), text.len);
	if (written >= 0 && (size_t)written < text.len)
		errno = ENOSPC;
	if (written != (ssize_t)text.len || (maildir->sync && fdatasync(fd) < 0)) {
		roost_str_free(&text);
		return roost_fail_errno(err, "write " FILE_NAME);
	}
	roost_str_free(&text);
	return 0;
}

/* Others may have named letters meanwhile, so the file is read again under its lock. */
static int make_letter(struct maildir *maildir, const char *name, struct roost_error *err)
{
	struct maildir_dotlock lock;
	int letter;

	if (maildir_dotlock(&lock, maildir, FILE_NAME, err) < 0)
		return -1;
	maildir_keywords_load(maildir);
	letter = maildir_keyword_letter(maildir, name);
	for (int i = 0; letter < 0 && i < MAILDIR_LETTERS; i++) {
		if (maildir->keywords[i] != NULL)
			continue;
		maildir->keywords[i] = strdup(name);
		if (write_names(maildir, lock.fd, err) < 0 ||
		    fstat(lock.fd, &maildir->keywords_stat) < 0 ||
		    maildir_dotlock_replace(&lock, err) < 0) {
			free(maildir->keywords[i]);
			maildir->keywords[i] = NULL;
			memset(&maildir->keywords_stat, 0, sizeof(maildir->keywords_stat));
			maildir_dotlock_abort(&lock);
			return -1;
		}
		return i;
	}
	maildir_dotlock_abort(&lock);
	return letter;
}

static bool letters_left(const struct maildir *maildir)
{
	for (int i = 0; i < MAILDIR_LETTERS; i++) {
		if (maildir->keywords[i] == NULL)
			return true;
	}
	return false;
}

/* A keyword that gets no letter lives in the index alone: scans say that the names hide it. */
uint32_t maildir_keyword_bits(struct maildir *maildir, uint64_t keywords)
{
	uint32_t bits = 0;

	for (; keywords != 0; keywords &= keywords - 1) {
		const char *name = roost_mailbox_keyword(maildir->box,
							 (unsigned)__builtin_ctzll(keywords));
		struct roost_error err;
		int letter;

		if (name == NULL)
			continue;
		if (strcasecmp(name, MAILDIR_FORWARDED) == 0)
			bits |= MAILDIR_P;
		letter = maildir_keyword_letter(maildir, name);
		if (letter < 0 && letters_left(maildir) &&
		    (letter = make_letter(maildir, name, &err)) < 0)
			roost_log(roost_user_log(roost_mailbox_user(maildir->box)), ROOST_LOG_WARN,
				  "maildir %s: keyword %s stays out of file names: %s",
				  roost_mailbox_path(maildir->box), name, roost_error_log(&err));
		if (letter >= 0)
			bits |= MAILDIR_LETTER(letter);
	}
	return bits;
}

uint32_t maildir_keyword_mask(const struct maildir *maildir)
{
	uint32_t mask = MAILDIR_D | MAILDIR_F | MAILDIR_P | MAILDIR_R | MAILDIR_S | MAILDIR_T;

	for (int i = 0; i < MAILDIR_LETTERS; i++) {
		if (maildir->keywords[i] != NULL)
			mask |= MAILDIR_LETTER(i);
	}
	return mask;
}
