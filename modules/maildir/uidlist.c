/*
 * UIDs as other servers keep them: dovecot-uidlist version 3 and 1, courierimapuiddb. R-MD-3.
 * Read at adoption and when somebody else has written it; version 3 is written for their return.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "modules/maildir/maildir.h"

#define FILE_NAME "dovecot-uidlist"
#define REWRITE_AFTER 60	/* seconds; lines of expunged messages do no harm until then */

static bool number(const char **at, uint32_t *value)
{
	char *end;
	unsigned long long wide;

	if (**at < '0' || **at > '9')
		return false;
	wide = strtoull(*at, &end, 10);
	*at = end;
	*value = (uint32_t)wide;
	return wide > 0 && wide <= UINT32_MAX;
}

#define UID_MOST 0xf0000000u

static bool hex_guid(const char *text, size_t len, uint8_t guid[16])
{
	if (len != 32)
		return false;
	for (size_t i = 0; i < 16; i++) {
		unsigned byte;

		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			return false;
		guid[i] = (uint8_t)byte;
	}
	return true;
}

/* "3 V123 N45 Gabc..": the fields in any order; the ones that are not ours are kept. */
static bool header_3(struct maildir_uidlist *list, const char *at)
{
	struct roost_str extra = ROOST_STR_INIT;

	while (*(at += strspn(at, " ")) != '\0') {
		size_t len = strcspn(at, " ");
		const char *digits = at + 1;

		if (*at == 'V')
			number(&digits, &list->uidvalidity);
		else if (*at == 'N')
			number(&digits, &list->uidnext);
		else
			roost_str_printf(&extra, " %.*s", (int)len, at);
		at += len;
	}
	list->extra = roost_arena_strdup(list->arena, roost_str_text(&extra));
	roost_str_free(&extra);
	return list->uidvalidity != 0;
}

/* "1 VALIDITY NEXT": Courier's, and Dovecot's before 1.1. */
static bool header(struct maildir_uidlist *list, const char *line, uint32_t *version)
{
	list->extra = "";
	if (!number(&line, version))
		return false;
	if (*version == 3)
		return header_3(list, line);
	if (*version != 1 || *line++ != ' ' || !number(&line, &list->uidvalidity) || *line++ != ' ')
		return false;
	number(&line, &list->uidnext);
	return true;
}

/* Fields of a version 3 line up to the colon: "W1234 Gabc.. ". */
static void line_fields(struct maildir_uidlist *list, const char *at, const char *end,
			struct maildir_listed *listed)
{
	const char *start = at;

	while (at < end) {
		size_t len = strcspn(at, " ");

		if (*at == 'W')
			listed->vsize = strtoull(at + 1, NULL, 10);
		else if (*at == 'G')
			hex_guid(at + 1, len - 1, listed->guid);
		at += len + strspn(at + len, " ");
	}
	listed->extra = roost_arena_strndup(list->arena, start, (size_t)(end - start));
}

/* The later of two lines for one message counts: it got a new UID. */
static void take_line(struct maildir_uidlist *list, char *line, uint32_t version, uint32_t *last)
{
	struct maildir_listed *listed = roost_arena_new(list->arena, struct maildir_listed);
	const char *at = line, *name;

	if (!number(&at, &listed->uid) || *at++ != ' ' || listed->uid <= *last)
		return;
	name = at;
	if (version == 3) {
		name = *at == ':' ? at - 1 : strstr(at, " :");
		if (name == NULL)
			return;
		line_fields(list, at, name < at ? at : name + 1, listed);
		name += 2;
	} else {
		listed->extra = "";
	}
	*last = listed->uid;
	line[(size_t)(name - line) + maildir_base_len(name)] = '\0';
	if (*name != '\0')
		roost_map_set(list->messages, name, listed);
}

static bool read_file(struct maildir_uidlist *list, const char *path)
{
	FILE *file = fopen(path, "re");
	uint32_t version, last = 0;
	size_t size = 0;
	char *line = NULL;
	ssize_t len;

	if (file == NULL)
		return false;
	len = getline(&line, &size, file);
	if (len > 0)
		line[strcspn(line, "\r\n")] = '\0';
	if (len <= 0 || fstat(fileno(file), &list->stat) < 0 || !header(list, line, &version)) {
		free(line);
		fclose(file);
		return false;
	}
	while (getline(&line, &size, file) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
		take_line(list, line, version, &last);
	}
	free(line);
	fclose(file);
	if (list->uidnext <= last && last < UINT32_MAX)
		list->uidnext = last + 1;
	/* Almost used up: with a new UIDVALIDITY there are enough again. */
	return last <= UID_MOST && list->uidnext <= UID_MOST;
}

bool maildir_uidlist_read(struct maildir *maildir, struct maildir_uidlist *list)
{
	static const char *const names[] = { FILE_NAME, "courierimapuiddb" };
	char path[PATH_MAX];

	memset(list, 0, sizeof(*list));
	list->arena = roost_arena_create("uidlist");
	list->messages = roost_map_create();
	for (size_t i = 0; i < ROOST_COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", roost_mailbox_control_path(maildir->box),
			 names[i]);
		if (!read_file(list, path))
			continue;
		if (i == 0)
			maildir->uidlist_stat = list->stat;
		return true;
	}
	maildir_uidlist_free(list);
	return false;
}

void maildir_uidlist_free(struct maildir_uidlist *list)
{
	roost_map_free(list->messages);
	roost_arena_free(list->arena);
}

static int stat_list(const struct maildir *maildir, struct stat *st)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/" FILE_NAME, roost_mailbox_control_path(maildir->box));
	return stat(path, st);
}

bool maildir_uidlist_foreign(const struct maildir *maildir)
{
	struct stat st;

	return stat_list(maildir, &st) == 0 &&
		(st.st_ino != maildir->uidlist_stat.st_ino ||
		 st.st_mtim.tv_sec != maildir->uidlist_stat.st_mtim.tv_sec ||
		 st.st_mtim.tv_nsec != maildir->uidlist_stat.st_mtim.tv_nsec);
}

static int write_text(int fd, const struct roost_str *text, struct roost_error *err)
{
	for (size_t at = 0; at < text->len;) {
		ssize_t done = write(fd, text->data + at, text->len - at);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return roost_fail_errno(err, "write " FILE_NAME);
		at += (size_t)done;
	}
	return 0;
}

/* Lines for messages above a UID; fields that others wrote for them are kept. */
static void put_lines(struct maildir *maildir, uint32_t after, const struct maildir_uidlist *old,
		      struct roost_str *text)
{
	uint32_t uid = after;
	const char *key;

	while ((uid = roost_mailbox_key_next(maildir->box, uid, &key)) != 0) {
		const struct maildir_listed *listed = old == NULL ? NULL :
			roost_map_get(old->messages, key);

		roost_str_number(text, uid);
		roost_str_printf(text, " %s:%s\n", listed == NULL ? "" : listed->extra, key);
	}
}

static int rewrite(struct maildir *maildir, struct maildir_dotlock *lock, struct roost_error *err)
{
	uint32_t validity = roost_mailbox_uidvalidity(maildir->box);
	struct roost_str text = ROOST_STR_INIT;
	struct maildir_uidlist old;
	bool kept = maildir_uidlist_read(maildir, &old);
	int result;

	roost_str_printf(&text, "3 V%lu N%lu%s\n", (unsigned long)validity,
			 (unsigned long)roost_mailbox_uidnext(maildir->box), kept ? old.extra : "");
	put_lines(maildir, 0, kept ? &old : NULL, &text);
	if (kept)
		maildir_uidlist_free(&old);
	result = write_text(lock->fd, &text, err);
	roost_str_free(&text);
	if (result == 0 && maildir->sync && fdatasync(lock->fd) < 0)
		result = roost_fail_errno(err, "fdatasync %s", lock->lock);
	if (result < 0 || fstat(lock->fd, &maildir->uidlist_stat) < 0 ||
	    maildir_dotlock_replace(lock, err) < 0)
		return -1;
	maildir->uidlist_shrunk = false;
	return 0;
}

/* UID of the last line, 0: the file has another header or an unclear end, and is written anew. */
static uint32_t last_listed(struct maildir *maildir, int fd, uint64_t size)
{
	char head[64], tail[2048], *line;
	ssize_t got = pread(fd, head, sizeof(head) - 1, 0);
	uint64_t from = size > sizeof(tail) - 1 ? size - (sizeof(tail) - 1) : 0;
	char want[32];
	const char *at;
	uint32_t uid;

	head[got < 0 ? 0 : got] = '\0';
	snprintf(want, sizeof(want), "3 V%lu ",
		 (unsigned long)roost_mailbox_uidvalidity(maildir->box));
	if (strncmp(head, want, strlen(want)) != 0)
		return 0;
	got = pread(fd, tail, sizeof(tail) - 1, (off_t)from);
	if (got < 2 || tail[got - 1] != '\n')
		return 0;
	tail[got - 1] = '\0';
	line = strrchr(tail, '\n');
	if (line == NULL)
		return 0;
	at = line + 1;
	return number(&at, &uid) && *at == ' ' ? uid : 0;
}

/* New messages are appended, as the list's readers expect. false: it has to be written anew. */
static bool append(struct maildir *maildir, const char *path)
{
	struct roost_str text = ROOST_STR_INIT;
	int fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	struct roost_error err;
	struct stat st;
	uint32_t last;
	bool done = false;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && (last = last_listed(maildir, fd, (uint64_t)st.st_size)) != 0) {
		put_lines(maildir, last, NULL, &text);
		done = write_text(fd, &text, &err) == 0;
		if (!done && ftruncate(fd, st.st_size) < 0)
			unlink(path);
	}
	if (done)
		fstat(fd, &maildir->uidlist_stat);
	roost_str_free(&text);
	close(fd);
	return done;
}

static bool needs_rewrite(const struct maildir *maildir)
{
	struct stat st;

	return maildir_uidlist_foreign(maildir) && maildir->uidlist_stat.st_ino != 0 ? true :
		maildir->uidlist_shrunk && (stat_list(maildir, &st) < 0 ||
					    st.st_mtime + REWRITE_AFTER < time(NULL));
}

int maildir_export(struct roost_mailbox *box, struct roost_error *err)
{
	struct maildir *maildir = roost_storage_state(box);
	struct maildir_dotlock lock;
	int result = 0;

	if (!maildir->uidlist_stale && !needs_rewrite(maildir))
		return 0;
	if (maildir_dotlock(&lock, maildir, FILE_NAME, err) < 0)
		return -1;
	if (needs_rewrite(maildir) || !append(maildir, lock.path))
		result = rewrite(maildir, &lock, err);
	maildir_dotlock_abort(&lock);
	if (result == 0)
		maildir->uidlist_stale = false;
	return result;
}
