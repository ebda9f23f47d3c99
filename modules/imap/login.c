/* LOGIN and AUTHENTICATE. RFC 9051 sections 6.2.2 and 6.2.3, RFC 4959 (SASL-IR); words R-PDB-12, 13. */
#include <string.h>
#include <strings.h>
#include <roost/encode.h>
#include "modules/imap/imap.h"

#define NEED_TLS_TEXT "NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure " \
	"(SSL/TLS) connections."
#define EXPOSED_TEXT "* BAD [ALERT] Plaintext authentication not allowed without SSL/TLS, but " \
	"your client did it anyway. If anyone was listening, the password was exposed.\r\n"

static struct imap_front *state(struct roost_front *front)
{
	return roost_front_state(front);
}

/* The tag as the worker gets it: "+" in front says that the client has seen our capabilities. */
static void begin(struct roost_front *front, const char *mechanism, const void *response,
		  size_t len)
{
	struct imap_front *imap = state(front);

	imap->authenticating = true;
	roost_front_auth(front, mechanism, response, len,
			 roost_arena_printf(imap->arena, "%s%s", imap->asked_capability ? "+" : "",
					    imap->tag));
}

void imap_front_login(struct roost_front *front, const struct imap_arg *args)
{
	struct imap_front *imap = state(front);
	const struct imap_arg *user = &args[0], *password = &args[1];
	char *response;
	size_t len;

	if (imap_args_count(args) != 2 || imap_arg_astring(user) == NULL ||
	    imap_arg_astring(password) == NULL) {
		imap_front_bad(front, "Error in IMAP command LOGIN: Invalid arguments.");
		return;
	}
	if (roost_front_needs_tls(front)) {
		roost_str_puts(roost_front_output(front), EXPOSED_TEXT);
		imap_front_reply(front, NEED_TLS_TEXT);
		return;
	}
	/* RFC 4616: authorization identity (none), NUL, name, NUL, password. */
	len = user->len + password->len + 2;
	response = roost_arena_zalloc(imap->arena, len + 1);
	memcpy(response + 1, user->text, user->len);
	memcpy(response + user->len + 2, password->text, password->len);
	begin(front, "PLAIN", response, len);
}

static bool offered(struct roost_front *front, const char *mechanism)
{
	for (const char *const *list = roost_front_mechanisms(front); *list != NULL; list++) {
		if (strcasecmp(*list, mechanism) == 0)
			return true;
	}
	return false;
}

static bool is_plaintext(const char *mechanism)
{
	return strcasecmp(mechanism, "PLAIN") == 0 || strcasecmp(mechanism, "LOGIN") == 0;
}

void imap_front_authenticate(struct roost_front *front, const struct imap_arg *args)
{
	const char *mechanism = imap_arg_atom(&args[0]), *initial = NULL;
	struct roost_str raw = ROOST_STR_INIT;

	if (mechanism != NULL && args[1].type != IMAP_ARG_END) {
		initial = imap_arg_atom(&args[1]);
		if (initial == NULL || args[2].type != IMAP_ARG_END)
			mechanism = NULL;
	}
	if (mechanism == NULL) {
		imap_front_bad(front, "Error in IMAP command AUTHENTICATE: Invalid arguments.");
		return;
	}
	if (!offered(front, mechanism)) {
		if (is_plaintext(mechanism) && roost_front_needs_tls(front)) {
			if (initial != NULL)
				roost_str_puts(roost_front_output(front), EXPOSED_TEXT);
			imap_front_reply(front, NEED_TLS_TEXT);
		} else {
			imap_front_reply(front, "NO Unsupported authentication mechanism.");
		}
		return;
	}
	if (initial != NULL && strcmp(initial, "=") != 0 &&
	    roost_base64_decode(&raw, initial, strlen(initial), NULL) < 0) {
		imap_front_bad(front, "Invalid base64 data in initial response.");
		return;
	}
	begin(front, mechanism, initial == NULL ? NULL : roost_str_text(&raw), raw.len);
	if (raw.data != NULL)
		explicit_bzero(raw.data, raw.len);
	roost_str_free(&raw);
}

void imap_front_sasl_line(struct roost_front *front, char *line, size_t len)
{
	struct imap_front *imap = state(front);
	struct roost_str raw = ROOST_STR_INIT;

	imap->sasl = false;
	if (strcmp(line, "*") == 0) {
		roost_front_auth_cancel(front);
		imap_front_reply(front, "BAD Authentication aborted by client.");
	} else if (roost_base64_decode(&raw, line, len, NULL) < 0) {
		roost_front_auth_cancel(front);
		imap_front_bad(front, "Invalid base64 data in continued response.");
	} else {
		imap->authenticating = true;
		roost_front_auth_continue(front, roost_str_text(&raw), raw.len);
		if (raw.data != NULL)
			explicit_bzero(raw.data, raw.len);
	}
	roost_str_free(&raw);
}

static void challenge(struct roost_front *front, const struct roost_auth_reply *reply)
{
	struct roost_str *out = roost_front_output(front);

	roost_str_puts(out, "+ ");
	roost_base64_encode(out, reply->data, reply->len);
	roost_str_puts(out, "\r\n");
	state(front)->authenticating = false;
	state(front)->sasl = true;
}

void imap_front_auth_reply(struct roost_front *front, const struct roost_auth_reply *reply)
{
	static const struct { const char *code, *text; } words[] = {
		[ROOST_AUTH_FAILED] = { "AUTHENTICATIONFAILED", "Authentication failed." },
		[ROOST_AUTH_NO_USER] = { "AUTHENTICATIONFAILED", "Authentication failed." },
		[ROOST_AUTH_TEMP] = { "UNAVAILABLE", "Internal error occurred. Refer to server log "
				      "for more information." },
		[ROOST_AUTH_DENIED] = { "AUTHORIZATIONFAILED", "Authorization failed." },
		[ROOST_AUTH_DISABLED] = { "CONTACTADMIN", "Account is disabled." },
		[ROOST_AUTH_EXPIRED] = { "EXPIRED", "Password expired." },
		[ROOST_AUTH_LIMIT] = { "LIMIT", "Maximum number of connections from user+IP "
				       "exceeded (mail_max_userip_connections)." },
	};
	size_t result = reply->result;

	switch (reply->result) {
	case ROOST_AUTH_OK:
		return;		/* the worker answers, with the tag */
	case ROOST_AUTH_CONTINUE:
		challenge(front, reply);
		return;
	case ROOST_AUTH_NEED_TLS:
		roost_str_puts(roost_front_output(front), EXPOSED_TEXT);
		imap_front_reply(front, NEED_TLS_TEXT);
		return;
	case ROOST_AUTH_BAD_MECH:
		imap_front_reply(front, "NO Unsupported authentication mechanism.");
		return;
	default:
		break;
	}
	if (result >= ROOST_COUNT(words) || words[result].code == NULL)
		result = ROOST_AUTH_TEMP;
	imap_front_reply(front, "NO [%s] %s", words[result].code,
			 reply->reason[0] == '\0' ? words[result].text : reply->reason);
}
