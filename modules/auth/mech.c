/* Mechanisms that bring the password itself: PLAIN (RFC 4616) and LOGIN (no RFC; what clients do). */
#include <string.h>
#include <strings.h>
#include "modules/auth/request.h"

#define NAME_MAX_BYTES 1024

static void plain_step(struct request *request, const char *response, size_t len)
{
	const char *user, *password;
	char *copy;

	if (response == NULL) {
		request_challenge(request, "");
		return;
	}
	copy = roost_arena_zalloc(request->auth->arena, len + 1);
	memcpy(copy, response, len);
	user = memchr(copy, '\0', len);
	password = user == NULL ? NULL :
		memchr(user + 1, '\0', len - (size_t)(user + 1 - copy));
	if (password == NULL || strlen(copy) > NAME_MAX_BYTES ||
	    strlen(user + 1) > NAME_MAX_BYTES ||
	    memchr(password + 1, '\0', len - (size_t)(password + 1 - copy)) != NULL) {
		request_bad(request, "invalid PLAIN response");
		return;
	}
	request_verify(request, user + 1, strcmp(copy, user + 1) == 0 ? "" : copy, password + 1,
		       len - (size_t)(password + 1 - copy));
	explicit_bzero(copy, len);
}

static void login_step(struct request *request, const char *response, size_t len)
{
	if (response == NULL) {
		request_challenge(request, "Username:");
	} else if (memchr(response, '\0', len) != NULL) {
		request_bad(request, "invalid LOGIN response");
	} else if (request->login == NULL && len > NAME_MAX_BYTES) {
		request_bad(request, "user name is too long");
	} else if (request->login == NULL) {
		request->login = roost_arena_strndup(request->auth->arena, response, len);
		request_challenge(request, "Password:");
	} else {
		request_verify(request, request->login, "", response, len);
	}
}

static const struct mech mechs[] = {
	{ "PLAIN", "plaintext", true, plain_step },
	{ "LOGIN", "plaintext", true, login_step },
};

const struct mech *mech_at(size_t index)
{
	size_t found = 0;

	for (size_t i = 0; auth_settings->mechanisms[i] != NULL; i++) {
		for (size_t j = 0; j < ROOST_COUNT(mechs); j++) {
			if (strcasecmp(mechs[j].name, auth_settings->mechanisms[i]) == 0 &&
			    found++ == index)
				return &mechs[j];
		}
	}
	return NULL;
}
