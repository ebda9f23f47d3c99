/* LMTP commands. RFC 2033, 5321, 1870 (SIZE), 3030 (BDAT), 2920 (PIPELINING); replies R-LM-2. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "modules/lmtp/lmtp.h"

static struct lmtp_front *state(struct roost_front *front)
{
	return roost_front_state(front);
}

/* The client's name as Received may have it: a domain or an address literal, "_" let pass. */
static void set_helo(struct lmtp_front *lmtp, const char *name)
{
	const char *others = *name == '[' ? ".-_:[]" : ".-_";
	size_t len = 0;

	for (; *name != '\0' && len + 1 < sizeof(lmtp->helo); name++) {
		bool alnum = (*name >= '0' && *name <= '9') || (*name >= 'a' && *name <= 'z') ||
			(*name >= 'A' && *name <= 'Z');

		if (alnum || strchr(others, *name) != NULL)
			lmtp->helo[len++] = *name;
	}
	lmtp->helo[len] = '\0';
	if (len == 0)
		snprintf(lmtp->helo, sizeof(lmtp->helo), "unknown");
}

static void cmd_lhlo(struct roost_front *front, char *args)
{
	struct lmtp_front *lmtp = state(front);

	if (*args == '\0' || strlen(args) >= sizeof(lmtp->helo)) {
		lmtp_bad(front, "501 5.5.4 LHLO needs the name of the client");
		return;
	}
	lmtp_reset(front);
	set_helo(lmtp, args);
	lmtp->greeted = true;
	lmtp_reply(front, "250-%s", lmtp->host);
	if (roost_front_tls_available(front) && !roost_front_facts(front)->tls)
		lmtp_reply(front, "250-STARTTLS");
	lmtp_reply(front, "250-8BITMIME");
	lmtp_reply(front, "250-CHUNKING");
	lmtp_reply(front, "250-ENHANCEDSTATUSCODES");
	if (lmtp->set->lmtp_max_message_size > 0)
		lmtp_reply(front, "250-SIZE %llu",
			   (unsigned long long)lmtp->set->lmtp_max_message_size);
	else
		lmtp_reply(front, "250-SIZE");
	if (roost_front_facts(front)->trusted)
		lmtp_reply(front, "250-XCLIENT ADDR PORT PROTO HELO LOGIN TIMEOUT TTL SESSION");
	lmtp_reply(front, "250 PIPELINING");
}

/* "FROM:" or "TO:" in front of a path. */
static char *after_word(char *args, const char *word)
{
	size_t len = strlen(word);

	return strncasecmp(args, word, len) == 0 ? args + len : NULL;
}

static bool parse_number(const char *text, uint64_t *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return *end == '\0' && errno == 0;
}

/* One ESMTP parameter of MAIL; false when it has been answered. */
static bool mail_parameter(struct roost_front *front, char *word)
{
	struct lmtp_front *lmtp = state(front);
	uint64_t size, limit = lmtp->set->lmtp_max_message_size;

	if (strncasecmp(word, "SIZE=", 5) == 0) {
		if (!parse_number(word + 5, &size)) {
			lmtp_bad(front, "501 5.5.4 Invalid SIZE parameter");
			return false;
		}
		if (limit > 0 && size > limit) {
			lmtp_reply(front, "552 5.3.4 Message is too large (max %llu bytes)",
				   (unsigned long long)limit);
			return false;
		}
		lmtp->announced = size;
	} else if (strcasecmp(word, "BODY=8BITMIME") == 0) {
		lmtp->body_8bit = true;
	} else if (strcasecmp(word, "BODY=7BIT") != 0) {
		lmtp_bad(front, "555 5.5.4 Unsupported parameters");
		return false;
	}
	return true;
}

static void cmd_mail(struct roost_front *front, char *args)
{
	struct lmtp_front *lmtp = state(front);
	char *path = after_word(args, "FROM:"), *rest, *word;
	const char *sender;

	if (!lmtp->greeted) {
		lmtp_bad(front, "503 5.5.0 LHLO needed first");
		return;
	}
	if (lmtp->sender != NULL) {
		lmtp_bad(front, "503 5.5.0 MAIL already given");
		return;
	}
	if (path == NULL || !lmtp_path_parse(lmtp->transaction, path,
					     lmtp->set->lmtp_client_workarounds, &sender, &rest)) {
		lmtp_bad(front, "501 5.5.4 Invalid FROM path");
		return;
	}
	lmtp->body_8bit = false;
	while ((word = strsep(&rest, " ")) != NULL) {
		if (*word != '\0' && !mail_parameter(front, word))
			return;
	}
	lmtp->sender = roost_arena_strdup(lmtp->transaction, sender);
	lmtp->transactions++;
	lmtp->bad_commands = 0;
	lmtp_reply(front, "250 2.1.0 OK");
}

static void cmd_rcpt(struct roost_front *front, char *args)
{
	struct lmtp_front *lmtp = state(front);
	char *path = after_word(args, "TO:"), *rest;
	const char *address;

	if (lmtp->sender == NULL) {
		lmtp_reply(front, "503 5.5.0 MAIL needed first");
	} else if (path == NULL || !lmtp_path_parse(lmtp->transaction, path,
						    lmtp->set->lmtp_client_workarounds, &address,
						    &rest) || *address == '\0') {
		lmtp_bad(front, "501 5.5.4 Invalid TO path");
	} else if (*rest != '\0') {
		lmtp_bad(front, "555 5.5.4 Unsupported parameters");
	} else {
		lmtp_rcpt(front, address);
	}
}

/*
 * RFC 2033 section 4.2: DATA without a recipient that was taken fails with 503. These answers are
 * no mistakes of a client that pipelines: they follow from a refusal it had not seen yet.
 */
static bool transaction_ready(struct roost_front *front)
{
	struct lmtp_front *lmtp = state(front);

	if (lmtp->sender == NULL)
		lmtp_reply(front, "503 5.5.0 MAIL needed first");
	else if (lmtp->recipients.count == 0)
		lmtp_reply(front, "503 5.5.0 No valid recipients");
	else
		return true;
	return false;
}

static void cmd_data(struct roost_front *front, char *args)
{
	if (*args != '\0')
		lmtp_bad(front, "501 5.5.4 DATA takes no parameters");
	else if (state(front)->chunked)
		lmtp_bad(front, "503 5.5.0 DATA cannot follow BDAT");
	else if (transaction_ready(front))
		lmtp_data_begin(front);
}

static void cmd_bdat(struct roost_front *front, char *args)
{
	char *last = strchr(args, ' ');
	uint64_t size;

	if (last != NULL)
		*last++ = '\0';
	if (!parse_number(args, &size) || (last != NULL && strcasecmp(last, "LAST") != 0)) {
		/* How many bytes follow is unknown: they must not be read as commands. */
		lmtp_reply(front, "501 5.5.4 Invalid chunk size");
		lmtp_leave(front, "Invalid BDAT");
		return;
	}
	lmtp_bdat_begin(front, size, last != NULL);
}

static void cmd_rset(struct roost_front *front, char *args)
{
	(void)args;
	lmtp_reset(front);
	lmtp_reply(front, "250 2.0.0 OK");
}

static void cmd_noop(struct roost_front *front, char *args)
{
	(void)args;
	lmtp_reply(front, "250 2.0.0 OK");
}

static void cmd_vrfy(struct roost_front *front, char *args)
{
	(void)args;
	lmtp_reply(front, "252 2.3.3 Try RCPT instead");
}

static void cmd_quit(struct roost_front *front, char *args)
{
	(void)args;
	lmtp_reply(front, "221 2.0.0 Bye");
	lmtp_leave(front, "Logged out");
}

static void cmd_starttls(struct roost_front *front, char *args)
{
	struct lmtp_front *lmtp = state(front);

	(void)args;
	if (!roost_front_tls_available(front)) {
		lmtp_bad(front, "502 5.5.1 TLS is not available");
		return;
	}
	if (roost_front_facts(front)->tls) {
		lmtp_bad(front, "443 5.5.1 TLS is already active");
		return;
	}
	lmtp_reset(front);
	lmtp->greeted = false;
	lmtp_reply(front, "220 2.0.0 Begin TLS negotiation now.");
	roost_front_starttls(front);
}

/* A proxy that we trust says for whom it speaks. */
static void cmd_xclient(struct roost_front *front, char *args)
{
	struct lmtp_front *lmtp = state(front);
	char *word;

	if (!roost_front_facts(front)->trusted) {
		lmtp_bad(front, "550 5.7.14 You are not from trusted IP");
		return;
	}
	while ((word = strsep(&args, " ")) != NULL) {
		if (strncasecmp(word, "ADDR=", 5) == 0)
			snprintf(lmtp->client, sizeof(lmtp->client), "%s",
				 strncasecmp(word + 5, "IPV6:", 5) == 0 ? word + 10 : word + 5);
		else if (strncasecmp(word, "HELO=", 5) == 0)
			set_helo(lmtp, word + 5);
	}
	lmtp_reset(front);
	lmtp_reply(front, "220 %s %s", lmtp->host, lmtp->set->login_greeting);
}

static void cmd_helo(struct roost_front *front, char *args)
{
	(void)args;
	lmtp_bad(front, "500 5.5.1 This is LMTP: use LHLO");
}

static const struct {
	const char *name;
	void (*run)(struct roost_front *front, char *args);
} commands[] = {
	{ "LHLO", cmd_lhlo }, { "MAIL", cmd_mail }, { "RCPT", cmd_rcpt }, { "DATA", cmd_data },
	{ "BDAT", cmd_bdat }, { "RSET", cmd_rset }, { "NOOP", cmd_noop }, { "VRFY", cmd_vrfy },
	{ "QUIT", cmd_quit }, { "STARTTLS", cmd_starttls }, { "XCLIENT", cmd_xclient },
	{ "HELO", cmd_helo }, { "EHLO", cmd_helo },
};

void lmtp_command(struct roost_front *front, char *line)
{
	size_t len = strcspn(line, " ");
	char *args = line + len;

	args += strspn(args, " ");
	for (size_t i = strlen(args); i > 0 && args[i - 1] == ' '; i--)
		args[i - 1] = '\0';
	for (size_t i = 0; i < ROOST_COUNT(commands); i++) {
		if (strlen(commands[i].name) == len &&
		    strncasecmp(line, commands[i].name, len) == 0) {
			state(front)->last_command = commands[i].name;
			commands[i].run(front, args);
			return;
		}
	}
	lmtp_bad(front, "500 5.5.2 Invalid command syntax");
}
