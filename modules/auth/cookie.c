/* The table of cookies. DESIGN section 2, hand-over. */
#include <string.h>
#include <sodium.h>
#include <roost/encode.h>
#include <roost/map.h>
#include "modules/auth/cookie.h"

/* By hex; the map keeps the order of insertion, so the oldest come first. */
static struct roost_map *cookies;

static const char *key_of(const void *bytes, char key[2 * ROOST_COOKIE_SIZE + 1])
{
	return sodium_bin2hex(key, 2 * ROOST_COOKIE_SIZE + 1, bytes, ROOST_COOKIE_SIZE);
}

const struct cookie *cookie_create(uint32_t front, bool job, struct roost_auth *auth,
				   const struct auth_identity *identity, int64_t now)
{
	struct cookie *cookie = roost_arena_zalloc(auth->arena, sizeof(*cookie));
	char key[2 * ROOST_COOKIE_SIZE + 1];

	if (cookies == NULL)
		cookies = roost_map_create();
	auth_wipe_password(auth);
	randombytes_buf(cookie->bytes, sizeof(cookie->bytes));
	cookie->front = front;
	cookie->job = job;
	cookie->expires = now + COOKIE_LIFE;
	cookie->auth = auth;
	cookie->service = job ? "lmtp" : auth->facts.service;
	cookie->session_id = auth->facts.session_id;
	cookie->identity = *identity;
	roost_map_set(cookies, key_of(cookie->bytes, key), cookie);
	return cookie;
}

void cookie_free(struct cookie *cookie)
{
	if (cookie != NULL)
		auth_free(cookie->auth);
}

static struct cookie *take(const void *bytes)
{
	char key[2 * ROOST_COOKIE_SIZE + 1];

	return cookies == NULL ? NULL : roost_map_remove(cookies, key_of(bytes, key));
}

static const char *refusal(const struct cookie *cookie, const char *service,
			   const char *session_id, uint32_t uid, int64_t now)
{
	if (now >= cookie->expires)
		return "it has expired";
	if (strcmp(cookie->service, service) != 0)
		return "it is for another service";
	if (strcmp(cookie->session_id, session_id) != 0)
		return "it is for another session";
	if (cookie->identity.uid != uid)
		return "the worker has another uid than the user";
	return NULL;
}

struct cookie *cookie_redeem(const void *bytes, const char *service, const char *session_id,
			     uint32_t uid, int64_t now, const char **why)
{
	struct cookie *cookie = take(bytes);

	*why = cookie == NULL ? "it is not known, or was used before" :
		refusal(cookie, service, session_id, uid, now);
	if (*why == NULL)
		return cookie;
	cookie_free(cookie);
	return NULL;
}

bool cookie_drop(const void *bytes, uint32_t front)
{
	char key[2 * ROOST_COOKIE_SIZE + 1];
	const struct cookie *cookie = cookies == NULL ? NULL :
		roost_map_get(cookies, key_of(bytes, key));

	if (cookie == NULL || cookie->front != front)
		return false;
	cookie_free(take(bytes));
	return true;
}

void cookie_expire(int64_t now, void (*dropped)(const unsigned char *bytes))
{
	size_t position = 0;
	const char *key;
	void *value;

	while (cookies != NULL && roost_map_next(cookies, &position, &key, &value)) {
		struct cookie *cookie = value;

		if (now < cookie->expires)
			return;
		dropped(cookie->bytes);
		cookie_free(take(cookie->bytes));
	}
}

size_t cookie_count(void)
{
	return cookies == NULL ? 0 : roost_map_count(cookies);
}

void cookie_clear(void)
{
	size_t position = 0;
	const char *key;
	void *value;

	while (cookies != NULL && roost_map_next(cookies, &position, &key, &value))
		cookie_free(value);
	roost_map_free(cookies);
	cookies = NULL;
}
