/* tester_host - mailboxes and sent mail of a test file, in memory. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "sieve/external.h"
#include "sieve/tester.h"

bool tester_has_mailbox(const struct tester *tester, const char *name)
{
	if (strcasecmp(name, "INBOX") == 0)
		return true;
	for (size_t i = 0; i < tester->mailboxes.count; i++) {
		if (strcmp(tester->mailboxes.items[i], name) == 0)
			return true;
	}
	return false;
}

static bool name_ok(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < 1000 && name[0] != '.' && name[len - 1] != '.' &&
		strstr(name, "..") == NULL && strchr(name, '/') == NULL;
}

/* A leaf that is to be saved rather than read. */
static bool has_attachment(struct sieve_text text)
{
	struct sieve_message *message = sieve_message_create(text);
	const struct roost_mime *mime = sieve_message_mime(message);
	bool found = false;

	for (uint32_t i = 0; i < mime->count && !found; i++) {
		const struct roost_mime_part *part = &mime->parts[i];
		struct roost_text disposition = part->fields[ROOST_MIME_DISPOSITION];

		if ((part->flags & ROOST_MIME_MULTIPART) == 0)
			found = disposition.len >= 10 && strncasecmp(disposition.data, "attachment", 10) == 0;
	}
	sieve_message_free(message);
	return found;
}

/* The generation 2.4 marks messages on delivery; SIEVE_TESTSUITE_GENERATION=2.3 turns it off. */
static void mark_attachment(struct roost_str *flags, struct sieve_text message)
{
	const char *generation = getenv("SIEVE_TESTSUITE_GENERATION");

	if (generation != NULL && strcmp(generation, "2.3") == 0)
		return;
	roost_str_printf(flags, "%s%s", flags->len > 0 ? " " : "",
			 has_attachment(message) ? "$HasAttachment" : "$HasNoAttachment");
}

static int host_store(void *context, const struct sieve_store *store, struct roost_error *err)
{
	struct tester *tester = context;
	struct roost_str flags = ROOST_STR_INIT;
	const char *mailbox = store->mailbox;
	struct tester_mail mail = { 0 };

	/* Special uses are not known here; ids are names. */
	if (store->mailbox_id != NULL && tester_has_mailbox(tester, store->mailbox_id))
		mailbox = store->mailbox_id;
	if (!name_ok(mailbox))
		return roost_fail(err, ROOST_ERR_INVALID, "Invalid mailbox name");
	if (!tester_has_mailbox(tester, mailbox)) {
		if (!store->create)
			return roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s", mailbox);
		roost_vec_push(&tester->mailboxes, roost_arena_strdup(tester->arena, mailbox));
	}
	for (const char *const *flag = store->flags; flag != NULL && *flag != NULL; flag++)
		roost_str_printf(&flags, "%s%s", flags.len > 0 ? " " : "", *flag);
	mark_attachment(&flags, store->message);
	mail.mailbox = roost_arena_strdup(tester->arena, mailbox);
	mail.flags = roost_arena_strdup(tester->arena, roost_str_text(&flags));
	mail.text = sieve_text_dup(tester->arena, store->message);
	roost_str_free(&flags);
	roost_vec_push(&tester->stored, mail);
	return 0;
}

static int host_commit(void *context, struct roost_error *err)
{
	struct tester *tester = context;

	for (size_t i = 0; i < tester->stored.count; i++)
		tester->stored.items[i].committed = true;
	return 0;
}

static void host_rollback(void *context)
{
	struct tester *tester = context;

	while (tester->stored.count > 0 &&
	       !tester->stored.items[tester->stored.count - 1].committed)
		tester->stored.count--;
}

static int host_exists(void *context, const char *mailbox)
{
	return tester_has_mailbox(context, mailbox);
}

static int host_send(void *context, const struct sieve_mail *mail, struct roost_error *err)
{
	struct tester *tester = context;
	struct tester_mail sent = {
		.from = roost_arena_strdup(tester->arena, mail->from),
		.to = roost_arena_strdup(tester->arena, mail->to),
		.text = sieve_text_dup(tester->arena, mail->message),
		.dsn = mail->dsn,
	};

	sent.dsn.notify = roost_arena_strdup(tester->arena, mail->dsn.notify);
	sent.dsn.ret = roost_arena_strdup(tester->arena, mail->dsn.ret);
	roost_vec_push(&tester->sent, sent);
	return 0;
}

/* Mailboxes have their names as ids here. */
static int host_mailbox_by_id(void *context, const char *id)
{
	return tester_has_mailbox(context, id);
}

static int host_external(void *context, const struct sieve_external *external,
			 struct roost_str *output, struct roost_error *err)
{
	const struct tester *tester = context;

	return sieve_external_run(tester->instance, tester_user(), tester->work, external, output, err);
}

static bool host_environment(void *context, const char *item, struct roost_str *value)
{
	char host[256] = "localhost";

	gethostname(host, sizeof(host) - 1);
	if (strcmp(item, "location") == 0)
		roost_str_puts(value, "MS");
	else if (strcmp(item, "phase") == 0)
		roost_str_puts(value, "post");
	else if (strcmp(item, "host") == 0)
		roost_str_puts(value, host);
	else if (strcmp(item, "domain") == 0)
		roost_str_puts(value, strchr(host, '.') != NULL ? strchr(host, '.') + 1 : "localdomain");
	else if (strcmp(item, "vnd.dovecot.username") == 0)
		roost_str_puts(value, tester_user());
	else if (strcmp(item, "vnd.dovecot.default-mailbox") == 0)
		roost_str_puts(value, "INBOX");
	else
		return false;
	return true;
}

/* Names of annotations ignore case: RFC 5464 section 3.2. */
char *tester_metadata_key(struct roost_arena *arena, const char *mailbox, const char *name)
{
	char *lower = roost_arena_strdup(arena, name);

	for (char *c = lower; *c != '\0'; c++)
		*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
	return roost_arena_printf(arena, "%s\n%s", mailbox != NULL ? mailbox : "", lower);
}

static bool host_metadata(void *context, const char *mailbox, const char *name,
			  struct roost_str *value)
{
	struct tester *tester = context;
	const char *found = roost_map_get(tester->metadata,
					  tester_metadata_key(tester->arena, mailbox, name));

	if (found != NULL)
		roost_str_puts(value, found);
	return found != NULL;
}

void tester_host_init(struct tester *tester)
{
	tester->host = (struct sieve_host){
		.context = tester, .store = host_store, .commit = host_commit,
		.rollback = host_rollback, .mailbox_exists = host_exists, .send = host_send,
		.environment = host_environment, .metadata = host_metadata,
		.mailbox_by_id = host_mailbox_by_id, .external = host_external,
	};
}

int tester_read_file(const char *path, struct roost_str *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return -1;
	do {
		got = read(fd, roost_str_reserve(out, 16384), 16384);
		if (got > 0)
			out->len += (size_t)got;
	} while (got > 0);
	close(fd);
	roost_str_reserve(out, 1)[0] = '\0';
	return got < 0 ? -1 : 0;
}
