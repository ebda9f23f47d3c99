/* The client protocol, as Postfix and Exim speak it. R-AUP-1, R-AUP-2. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <roost/encode.h>
#include <sodium.h>
#include "modules/auth/lines.h"
#include "modules/auth/request.h"
#include "modules/auth/sockets.h"

struct client {
	struct request_owner owner;	/* first: replies find the client by it */
	struct lines lines;
};

static struct client *client_of(struct lines *lines)
{
	return (struct client *)((char *)lines - offsetof(struct client, lines));
}

static void greet(struct client *client)
{
	static unsigned last;
	struct roost_str *out = roost_conn_output(client->lines.conn);
	unsigned char cookie[16];
	const struct mech *mech;

	roost_str_puts(out, "VERSION\t1\t2\n");
	for (size_t i = 0; (mech = mech_at(i)) != NULL; i++)
		roost_str_printf(out, "MECH\t%s\t%s\n", mech->name, mech->properties);
	randombytes_buf(cookie, sizeof(cookie));
	roost_str_printf(out, "SPID\t%d\nCUID\t%u\nCOOKIE\t", (int)getpid(), ++last);
	roost_hex_encode(out, cookie, sizeof(cookie));
	roost_str_puts(out, "\nDONE\n");
}

static void put_ok(struct roost_str *out, struct roost_auth *auth, const void *data, size_t len)
{
	const char *const *fields = auth_public_fields(auth);

	roost_str_puts(out, "\tuser=");
	roost_tab_escape(out, auth->user);
	if (len > 0) {
		roost_str_puts(out, "\tresp=");
		roost_base64_encode(out, data, len);
	}
	for (; *fields != NULL; fields++)
		line_put(out, *fields);
}

static void put_failure(struct roost_str *out, const struct roost_auth *auth,
			enum roost_auth_result result)
{
	const char *reason = auth_fields_get(&auth->passdb, "reason");

	if (*auth->user != '\0') {
		roost_str_puts(out, "\tuser=");
		roost_tab_escape(out, auth->user);
	}
	if (reason != NULL && result != ROOST_AUTH_FAILED) {
		roost_str_puts(out, "\treason=");
		roost_tab_escape(out, reason);
	}
	if (result == ROOST_AUTH_TEMP)
		roost_str_puts(out, "\tcode=temp_fail\ttemp");
	else if (result == ROOST_AUTH_DENIED)
		roost_str_puts(out, "\tcode=authz_fail\tauthz");
	else if (result == ROOST_AUTH_DISABLED)
		roost_str_puts(out, "\tcode=user_disabled");
	else if (result == ROOST_AUTH_EXPIRED)
		roost_str_puts(out, "\tcode=pass_expired");
	else if (result == ROOST_AUTH_BAD_MECH)
		roost_str_puts(out, "\treason=Unsupported authentication mechanism");
}

static void client_reply(struct request_owner *owner, struct request *request,
			 enum roost_auth_result result, const void *data, size_t len)
{
	struct client *client = (struct client *)owner;
	struct roost_str *out = roost_conn_output(client->lines.conn);

	roost_str_printf(out, "%s\t%u", result == ROOST_AUTH_OK ? "OK" :
			 result == ROOST_AUTH_CONTINUE ? "CONT" : "FAIL", request->id);
	if (result == ROOST_AUTH_CONTINUE) {
		roost_str_byte(out, '\t');
		roost_base64_encode(out, data, len);
	} else if (result == ROOST_AUTH_OK) {
		put_ok(out, request->auth, data, len);
	} else {
		put_failure(out, request->auth, result);
	}
	roost_str_byte(out, '\n');
}

/* AUTH id mechanism words... */
static bool take_auth(struct client *client, char **args)
{
	struct roost_str response = ROOST_STR_INIT;
	struct roost_facts facts;
	const char *encoded;
	uint32_t id;
	bool taken = false;

	if (!line_number(args[0], &id) || args[1] == NULL)
		return false;
	line_facts(args + 2, &facts);
	encoded = line_response(args + 2);
	if (encoded == NULL || roost_base64_decode(&response, encoded, strlen(encoded), NULL) == 0)
		taken = request_begin(&client->owner, id, args[1], &facts, false,
				      encoded == NULL ? NULL : roost_str_text(&response),
				      response.len);
	if (response.len > 0)
		explicit_bzero(response.data, response.len);
	roost_str_free(&response);
	return taken;
}

static bool take_cont(struct client *client, char **args)
{
	struct roost_str response = ROOST_STR_INIT;
	uint32_t id;
	bool taken = false;

	if (!line_number(args[0], &id) || args[1] == NULL)
		return false;
	if (roost_base64_decode(&response, args[1], strlen(args[1]), NULL) == 0)
		taken = request_continue(&client->owner, id, roost_str_text(&response),
					 response.len);
	if (response.len > 0)
		explicit_bzero(response.data, response.len);
	roost_str_free(&response);
	return taken;
}

static bool take_line(struct lines *lines, char **args)
{
	struct client *client = client_of(lines);
	uint32_t id;

	if (strcmp(args[0], "AUTH") == 0)
		return take_auth(client, args + 1);
	if (strcmp(args[0], "CONT") == 0)
		return take_cont(client, args + 1);
	if (strcmp(args[0], "CANCEL") == 0 && line_number(args[1], &id)) {
		request_cancel(&client->owner, id);
		return true;
	}
	if (strcmp(args[0], "VERSION") == 0)
		return args[1] != NULL && strcmp(args[1], "1") == 0;
	return strcmp(args[0], "CPID") == 0;
}

static void gone(struct lines *lines)
{
	struct client *client = client_of(lines);

	request_cancel_all(&client->owner);
	free(client);
}

void client_accepted(int fd)
{
	struct client *client = calloc(1, sizeof(*client));

	if (client == NULL)
		abort();
	client->owner.reply = client_reply;
	client->lines.line = take_line;
	client->lines.gone = gone;
	lines_open(&client->lines, fd);
	greet(client);
}
