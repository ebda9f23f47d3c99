/* One LMTP connection in the front: greeting, lines, transactions, the end. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "modules/lmtp/lmtp.h"

enum { LINE_MAX_LENGTH = 4096 };	/* RFC 5321 asks for 512 and 1000; addresses and ESMTP need more */

static const char *client_name(struct roost_front *front)
{
	const char *rip = roost_front_facts(front)->rip;

	return rip[0] == '\0' ? "local" : rip;
}

void lmtp_greet(struct roost_front *front)
{
	struct lmtp_front *lmtp = roost_front_state(front);
	const struct roost_facts *facts = roost_front_facts(front);
	const void *settings;
	struct roost_error err;

	lmtp->spool = -1;
	lmtp->last_command = "";
	lmtp->transaction = roost_arena_create("lmtp transaction");
	if (roost_settings_get(roost_front_scope(front), &lmtp_settings_schema, &settings,
			       &err) < 0) {
		roost_log(roost_front_log(front), ROOST_LOG_ERROR, "%s", roost_error_log(&err));
		roost_str_puts(roost_front_output(front), "421 4.3.0 Temporary internal error\r\n");
		lmtp_leave(front, "Configuration error");
		return;
	}
	lmtp->set = settings;
	snprintf(lmtp->client, sizeof(lmtp->client), "%s", facts->rip);
	if (lmtp->set->hostname[0] != '\0')
		snprintf(lmtp->host, sizeof(lmtp->host), "%s", lmtp->set->hostname);
	else if (gethostname(lmtp->host, sizeof(lmtp->host) - 1) < 0)
		snprintf(lmtp->host, sizeof(lmtp->host), "localhost");
	roost_log(roost_front_log(front), ROOST_LOG_INFO, "Connect from %s", client_name(front));
	lmtp_reply(front, "220 %s %s", lmtp->host, lmtp->set->login_greeting);
}

void lmtp_reset(struct roost_front *front)
{
	struct lmtp_front *lmtp = roost_front_state(front);

	for (size_t i = 0; i < lmtp->recipients.count; i++)
		roost_str_free(&lmtp->recipients.items[i].reply);
	lmtp->recipients.count = 0;
	if (lmtp->sender != NULL)
		roost_front_lookup_drop(front);
	lmtp->sender = NULL;
	if (lmtp->spool >= 0)
		close(lmtp->spool);
	lmtp->spool = -1;
	lmtp->spooled = lmtp->announced = 0;
	lmtp->too_big = lmtp->spool_failed = lmtp->chunked = false;
	roost_arena_reset(lmtp->transaction);
}

void lmtp_leave(struct roost_front *front, const char *why)
{
	struct lmtp_front *lmtp = roost_front_state(front);

	lmtp->leaving = true;
	lmtp->why_leaving = why;
	roost_front_close(front, why);
}

/* How far the transaction is. */
static const char *state_name(const struct lmtp_front *lmtp)
{
	if (!lmtp->greeted)
		return "GREETING";
	if (lmtp->state != LMTP_COMMANDS || lmtp->chunked || lmtp->outstanding > 0)
		return "DATA";
	if (lmtp->recipients.count > 0 || lmtp->waiting)
		return "RCPT TO";
	return lmtp->sender != NULL ? "MAIL FROM" : "READY";
}

void lmtp_gone(struct roost_front *front)
{
	struct lmtp_front *lmtp = roost_front_state(front);

	if (lmtp->transaction == NULL)
		return;		/* never greeted: its TLS handshake failed */
	if (lmtp->set != NULL)
		roost_log(roost_front_log(front), ROOST_LOG_INFO,
			  "Disconnect from %s: %s (state=%s)", client_name(front),
			  lmtp->why_leaving == NULL ? "Connection closed" : lmtp->why_leaving,
			  state_name(lmtp));
	lmtp_reset(front);
	roost_vec_free(&lmtp->recipients);
	roost_arena_free(lmtp->transaction);
}

void lmtp_bye(struct roost_front *front, const char *why)
{
	struct lmtp_front *lmtp = roost_front_state(front);

	if (!lmtp->leaving)
		lmtp_reply(front, "421 4.3.2 %s", why);
	if (!lmtp->leaving)
		lmtp->why_leaving = roost_arena_strdup(lmtp->transaction, why);
	lmtp->leaving = true;
	roost_front_lookup_drop(front);		/* a late answer would stand behind the 421 */
}

/* What would end up in headers and replies as it is: no command has control characters (RFC 5321 4.1.2). */
static bool has_controls(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

/* One command line, if a whole one is there. */
static bool line_input(struct roost_front *front)
{
	size_t len, line_len;
	const char *input = roost_front_input(front, &len);
	const char *newline = memchr(input, '\n', len);
	char line[LINE_MAX_LENGTH];

	if (newline == NULL && len < LINE_MAX_LENGTH)
		return false;
	if (newline == NULL || (size_t)(newline - input) >= LINE_MAX_LENGTH) {
		/* The rest of the line would be read as commands. */
		lmtp_reply(front, "500 5.5.2 Line too long");
		lmtp_leave(front, "Line too long");
		return false;
	}
	line_len = (size_t)(newline - input);
	memcpy(line, input, line_len);
	roost_front_consume(front, line_len + 1);
	if (line_len > 0 && line[line_len - 1] == '\r')
		line_len--;
	line[line_len] = '\0';
	if (has_controls(line, line_len))
		lmtp_bad(front, "500 5.5.2 Invalid command syntax");
	else
		lmtp_command(front, line);
	return true;
}

void lmtp_input(struct roost_front *front)
{
	struct lmtp_front *lmtp = roost_front_state(front);
	bool more = true;

	while (more && !lmtp->waiting && !lmtp->leaving) {
		switch (lmtp->state) {
		case LMTP_DATA:
			more = lmtp_data_input(front);
			break;
		case LMTP_BDAT:
			more = lmtp_bdat_input(front);
			break;
		default:
			more = line_input(front);
			break;
		}
	}
}

void lmtp_continue(struct roost_front *front)
{
	struct lmtp_front *lmtp = roost_front_state(front);

	lmtp->waiting = false;
	lmtp_input(front);
}
