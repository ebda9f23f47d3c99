/* Before login, in the front: greeting, lines and literals, the commands of the non-authenticated state. */
#include <stdio.h>
#include <string.h>
#include "modules/imap/imap.h"

enum {
	TEXT_MAX = 16 * 1024,	/* of a command with its literals; SASL tokens are the longest */
	BAD_MAX = 10,		/* a stranger's mistakes before we hang up */
};

static struct imap_front *state(struct roost_front *front)
{
	return roost_front_state(front);
}

void imap_front_reply(struct roost_front *front, const char *format, ...)
{
	struct imap_front *imap = state(front);
	struct roost_str *out = roost_front_output(front);
	va_list args;

	roost_str_puts(out, imap->tag == NULL ? "*" : imap->tag);
	roost_str_byte(out, ' ');
	va_start(args, format);
	roost_str_vprintf(out, format, args);
	va_end(args);
	roost_str_puts(out, "\r\n");
	imap->tag = NULL;
	imap->sasl = imap->authenticating = false;
	roost_arena_reset(imap->arena);
}

void imap_front_bad(struct roost_front *front, const char *format, ...)
{
	struct imap_front *imap = state(front);
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	imap_front_reply(front, "BAD %s", text);
	if (++imap->bad_commands >= BAD_MAX) {
		roost_str_puts(roost_front_output(front),
			       "* BYE Too many invalid IMAP commands.\r\n");
		imap->leaving = true;
		roost_front_close(front, "Disconnected: Too many invalid commands");
	}
}

void imap_greet(struct roost_front *front)
{
	struct imap_front *imap = state(front);
	struct roost_str *out = roost_front_output(front);
	const void *settings;
	struct roost_error err;

	imap->arena = roost_arena_create_secret("imap login");
	imap->intake.limit = TEXT_MAX;
	if (roost_settings_get(roost_front_scope(front), &imap_settings_schema, &settings,
			       &err) < 0) {
		roost_log(roost_front_log(front), ROOST_LOG_ERROR, "%s", roost_error_log(&err));
		roost_str_puts(out, "* BYE [UNAVAILABLE] Temporary internal error.\r\n");
		imap->leaving = true;
		roost_front_close(front, "Configuration error");
		return;
	}
	imap->set = settings;
	roost_str_puts(out, "* OK [CAPABILITY ");
	imap_capability_front(out, front, imap->set);
	roost_str_puts(out, "] ");
	imap_put_text(out, imap->set->login_greeting);
	roost_str_puts(out, "\r\n");
}

void imap_front_gone(struct roost_front *front)
{
	struct imap_front *imap = state(front);

	imap_intake_free(&imap->intake);
	roost_arena_free(imap->arena);
	imap->arena = NULL;
}

void imap_front_bye(struct roost_front *front, const char *why)
{
	struct imap_front *imap = state(front);

	if (!imap->leaving)
		roost_str_printf(roost_front_output(front), "* BYE %s\r\n", why);
	imap->leaving = true;
}

/* --- commands --- */

static void cmd_capability(struct roost_front *front, const struct imap_arg *args)
{
	struct roost_str *out = roost_front_output(front);

	state(front)->asked_capability = true;
	roost_str_puts(out, "* CAPABILITY ");
	imap_capability_front(out, front, state(front)->set);
	roost_str_puts(out, "\r\n");
	imap_front_reply(front, "OK Pre-login capabilities listed, post-login capabilities have "
			 "more.");
}

static void cmd_noop(struct roost_front *front, const struct imap_arg *args)
{
	imap_front_reply(front, "OK NOOP completed.");
}

static void cmd_logout(struct roost_front *front, const struct imap_arg *args)
{
	roost_str_puts(roost_front_output(front), "* BYE Logging out\r\n");
	imap_front_reply(front, "OK Logout completed.");
	state(front)->leaving = true;
	roost_front_close(front, "Aborted login by logging out");
}

static void cmd_starttls(struct roost_front *front, const struct imap_arg *args)
{
	if (roost_front_facts(front)->tls) {
		imap_front_bad(front, "TLS is already active.");
	} else if (!roost_front_tls_available(front)) {
		imap_front_bad(front, "TLS support isn't enabled.");
	} else {
		imap_front_reply(front, "OK Begin TLS negotiation now.");
		state(front)->securing = true;
		state(front)->asked_capability = false;
		roost_front_starttls(front);
	}
}

static void cmd_id(struct roost_front *front, const struct imap_arg *args)
{
	struct imap_front *imap = state(front);
	struct roost_str client = ROOST_STR_INIT;
	const char *error = imap_id(args, imap->set, roost_front_log(front),
				    roost_front_output(front),
				    imap->set->imap_id_retain ? &client : NULL);

	if (error != NULL) {
		imap_front_bad(front, "%s", error);
	} else {
		if (client.len > 0)
			roost_front_set_client_id(front, client.data);
		imap_front_reply(front, "OK ID completed.");
	}
	roost_str_free(&client);
}

static const struct {
	const char *name;
	bool args;
	void (*run)(struct roost_front *front, const struct imap_arg *args);
} commands[] = {
	{ "CAPABILITY", false, cmd_capability }, { "NOOP", false, cmd_noop },
	{ "LOGOUT", false, cmd_logout }, { "STARTTLS", false, cmd_starttls },
	{ "ID", true, cmd_id }, { "LOGIN", true, imap_front_login },
	{ "AUTHENTICATE", true, imap_front_authenticate },
};

/* A whole command is in the intake. */
static void run_command(struct roost_front *front)
{
	struct imap_front *imap = state(front);
	const struct imap_arg *args;
	const char *tag, *name, *error;
	/* A copy in the arena, which is wiped: the intake's is not. */
	size_t len = imap->intake.text.len;
	char *text = roost_arena_alloc(imap->arena, len + 1), *rest;

	memcpy(text, roost_str_text(&imap->intake.text), len + 1);
	explicit_bzero(imap->intake.text.data, len);
	imap_intake_reset(&imap->intake);
	if (!imap_command_split(text, len, &tag, &name, &rest)) {
		imap_front_bad(front, "Error in IMAP command received by server.");
		return;
	}
	imap->tag = roost_arena_strdup(imap->arena, tag);
	error = imap_args_parse(imap->arena, rest, (size_t)(text + len - rest), &args);
	if (error != NULL) {
		imap_front_bad(front, "Error in IMAP command %s: %s", name, error);
		return;
	}
	for (size_t i = 0; i < ROOST_COUNT(commands); i++) {
		if (strcmp(commands[i].name, name) != 0)
			continue;
		if (!commands[i].args && args->type != IMAP_ARG_END)
			imap_front_bad(front, "Error in IMAP command %s: Unexpected arguments.", name);
		else
			commands[i].run(front, args);
		return;
	}
	imap_front_bad(front, "Error in IMAP command received by server.");
}

/* Answer before the command is whole: with its tag, if it has one. */
static void refuse(struct roost_front *front, const char *reply)
{
	struct imap_front *imap = state(front);
	struct roost_str *text = &imap->intake.text;
	const char *tag, *name;
	char *copy = roost_arena_strndup(imap->arena, roost_str_text(text), text->len), *rest;

	if (imap->sasl)
		roost_front_auth_cancel(front);
	else if (imap_command_split(copy, strlen(copy), &tag, &name, &rest))
		imap->tag = roost_arena_strdup(imap->arena, tag);
	imap_intake_skip(&imap->intake);
	imap_front_bad(front, "%s", reply);
}

static void literal_announced(struct roost_front *front)
{
	struct imap_front *imap = state(front);
	struct imap_intake *intake = &imap->intake;

	if (imap->sasl || intake->literal8 || intake->literal > intake->limit ||
	    intake->text.len + intake->literal > intake->limit ||
	    (!intake->literal_sync && imap->set->imap_literal_minus && intake->literal > 4096)) {
		refuse(front, "Literal is too large or not expected here.");
		return;
	}
	if (intake->literal_sync)
		roost_str_puts(roost_front_output(front), "+ OK\r\n");
	imap_intake_accept(intake);
}

static void sasl_line(struct roost_front *front)
{
	struct imap_front *imap = state(front);
	size_t len = imap->intake.text.len;
	char *line = roost_arena_strndup(imap->arena, roost_str_text(&imap->intake.text), len);

	explicit_bzero(imap->intake.text.data, len);
	imap_intake_reset(&imap->intake);
	imap_front_sasl_line(front, line, len);
}

void imap_front_input(struct roost_front *front)
{
	struct imap_front *imap = state(front);

	if (imap->securing) {
		if (!roost_front_facts(front)->tls)
			return;
		imap->securing = false;
	}
	while (!imap->leaving && !imap->authenticating && !imap->securing) {
		size_t len, used;
		const char *input = roost_front_input(front, &len);
		enum imap_intake_result result;

		if (len == 0)
			return;
		result = imap_intake(&imap->intake, input, len, &used);
		roost_front_consume(front, used);
		switch (result) {
		case IMAP_INTAKE_COMMAND:
			if (imap->sasl)
				sasl_line(front);
			else
				run_command(front);
			break;
		case IMAP_INTAKE_LITERAL:
			literal_announced(front);
			break;
		case IMAP_INTAKE_TOO_LONG:
			refuse(front, "Too long IMAP command.");
			break;
		default:
			break;
		}
	}
}
