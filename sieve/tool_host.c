/* tool_host - stores into a Maildir (cr.yp.to/proto/maildir.html; folders begin with a dot) and sends. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <roost/name.h>
#include "sieve/external.h"
#include "sieve/tool_host.h"
#include "sieve/tool_keywords.h"

static const char prefix[] = "maildir:";

/* The folder of a mailbox: ".Name.Child", each level in modified UTF-7. NULL: no name for one. */
static char *folder_of(const struct tool_host *host, const char *mailbox)
{
	if (strcasecmp(mailbox, "INBOX") == 0)
		mailbox = host->inbox;
	if (strcasecmp(mailbox, "INBOX") == 0)
		return roost_arena_strdup(host->arena, host->location);
	if (*mailbox == '\0' || *mailbox == '.' || mailbox[strlen(mailbox) - 1] == '.' ||
	    strchr(mailbox, '/') != NULL || strstr(mailbox, "..") != NULL)
		return NULL;
	return roost_arena_printf(host->arena, "%s/.%s", host->location,
				  roost_name_to_utf7(host->arena, mailbox));
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* With the mark that Maildir++ has in all but the first. */
static int make_folder(const struct tool_host *host, const char *path, struct roost_error *err)
{
	static const char *const parts[] = { "", "/tmp", "/new", "/cur" };
	int mark;

	for (size_t i = 0; i < ROOST_COUNT(parts); i++) {
		const char *part = roost_arena_printf(host->arena, "%s%s", path, parts[i]);

		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			return roost_fail(err, ROOST_ERR_TEMP, "%s: %s", part, strerror(errno));
	}
	if (strcmp(path, host->location) == 0)
		return 0;
	mark = open(roost_arena_printf(host->arena, "%s/maildirfolder", path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (mark < 0)
		return roost_fail(err, ROOST_ERR_TEMP, "%s: maildirfolder: %s", path, strerror(errno));
	close(mark);
	return 0;
}

enum { SYSTEM_FLAGS = 5, MAX_INFO = SYSTEM_FLAGS + TOOL_LETTERS + 1 };

/* The letters of the flags, in the order of ASCII: those of keywords come last. */
static void write_info(char info[MAX_INFO], const char *folder, const char *const *flags)
{
	static const char *const names[] = { "\\Draft", "\\Flagged", "\\Answered", "\\Seen", "\\Deleted" };
	size_t len = 0;

	for (size_t i = 0; i < ROOST_COUNT(names); i++) {
		for (const char *const *flag = flags; flag != NULL && *flag != NULL; flag++) {
			if (strcasecmp(*flag, names[i]) == 0 && (len == 0 || info[len - 1] != "DFRST"[i]))
				info[len++] = "DFRST"[i];
		}
	}
	info[len] = '\0';
	if (flags != NULL)
		tool_keyword_letters(folder, flags, info + len);
}

static int write_file(const char *path, struct sieve_text text, struct roost_error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t put = 1;

	while (fd >= 0 && text.len > 0 && (put = write(fd, text.data, text.len)) > 0) {
		text.data += put;
		text.len -= (size_t)put;
	}
	if (fd < 0 || put <= 0 || fsync(fd) < 0 || close(fd) < 0)
		return roost_fail(err, ROOST_ERR_TEMP, "%s: %s", path, strerror(errno));
	return 0;
}

static int host_store(void *context, const struct sieve_store *store, struct roost_error *err)
{
	struct tool_host *host = context;
	struct tool_moves move;
	struct timespec now;
	char info[MAX_INFO], *folder, *name;

	if (host->location == NULL)
		return roost_fail(err, ROOST_ERR_UNSUPPORTED, "no place to store was given (-l)");
	folder = folder_of(host, store->mailbox);
	if (folder == NULL)
		return roost_fail(err, ROOST_ERR_INVALID, "Invalid mailbox name");
	if (!is_folder(folder) && !store->create)
		return roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s", store->mailbox);
	if (make_folder(host, folder, err) < 0)
		return -1;
	clock_gettime(CLOCK_REALTIME, &now);
	write_info(info, folder, store->flags);
	name = roost_arena_printf(host->arena, "%lld.M%ldP%dQ%zu.sieve-test", (long long)now.tv_sec,
				  now.tv_nsec / 1000, (int)getpid(), host->moves.count);
	move.from = roost_arena_printf(host->arena, "%s/tmp/%s", folder, name);
	move.to = info[0] == '\0' ? roost_arena_printf(host->arena, "%s/new/%s", folder, name) :
		roost_arena_printf(host->arena, "%s/cur/%s:2,%s", folder, name, info);
	roost_vec_push(&host->moves, move);
	return write_file(move.from, store->message, err);
}

static int host_commit(void *context, struct roost_error *err)
{
	struct tool_host *host = context;

	for (size_t i = 0; i < host->moves.count; i++) {
		if (rename(host->moves.items[i].from, host->moves.items[i].to) < 0)
			return roost_fail(err, ROOST_ERR_TEMP, "%s: %s", host->moves.items[i].to, strerror(errno));
	}
	host->moves.count = 0;
	return 0;
}

static void host_rollback(void *context)
{
	struct tool_host *host = context;

	for (size_t i = 0; i < host->moves.count; i++)
		unlink(host->moves.items[i].from);
	host->moves.count = 0;
}

static int host_exists(void *context, const char *mailbox)
{
	const struct tool_host *host = context;
	const char *folder = host->location != NULL ? folder_of(host, mailbox) : NULL;

	return folder != NULL && is_folder(folder);
}

/* sendmail is a program as any other that is run for a script. */
static int host_send(void *context, const struct sieve_mail *mail, struct roost_error *err)
{
	struct tool_host *host = context;
	const char *const args[] = { "-i", "-f", *mail->from != '\0' ? mail->from : "<>", "--", mail->to, NULL };
	struct sieve_external sendmail = { .extension = "tool", .program = "sendmail", .args = args,
					   .input = mail->message };

	return sieve_external_run(host->instance, NULL, NULL, &sendmail, NULL, err) == 0 ? 0 : -1;
}

static int host_external(void *context, const struct sieve_external *external, struct roost_str *output,
			 struct roost_error *err)
{
	const struct tool_host *host = context;

	return sieve_external_run(host->instance, NULL, NULL, external, output, err);
}

void tool_host_init(struct tool_host *host, struct sieve_instance *instance, struct roost_arena *arena,
		    const char *location, const char *inbox)
{
	if (location != NULL && strncmp(location, prefix, sizeof(prefix) - 1) == 0)
		location += sizeof(prefix) - 1;
	*host = (struct tool_host){
		.instance = instance, .arena = arena, .location = location, .inbox = inbox,
		.host = { .context = host, .store = host_store, .commit = host_commit,
			  .rollback = host_rollback, .mailbox_exists = host_exists, .send = host_send,
			  .external = host_external },
	};
	sieve_instance_set(instance, "sieve_tool_bin_dir", "/usr/sbin");
	sieve_instance_set(instance, "sieve_tool_input_eol", "lf");
}

void tool_host_free(struct tool_host *host)
{
	host_rollback(host);
	roost_vec_free(&host->moves);
}
