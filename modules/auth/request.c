/* A conversation's life: its steps, its answer, the delay of a bad one. R-PDB-12. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "modules/auth/request.h"

/* A conversation with more steps than any mechanism has is a mistake or an attack. */
#define STEPS_MAX 10
/* Of one front or client; fronts serve hundreds of connections, each with one at most. */
#define REQUESTS_MAX 10000

static const struct mech *find_mech(const char *name)
{
	const struct mech *mech;

	for (size_t i = 0; (mech = mech_at(i)) != NULL; i++) {
		if (strcasecmp(mech->name, name) == 0)
			return mech;
	}
	return NULL;
}

static struct request *find(const struct request_owner *owner, uint32_t id)
{
	struct request *request = owner->requests;

	while (request != NULL && request->id != id)
		request = request->next;
	return request;
}

static void unlink_request(struct request *request)
{
	struct request **link = &request->owner->requests;

	while (*link != request)
		link = &(*link)->next;
	*link = request->next;
	request->owner->count--;
}

/* A chain that runs frees its auth itself when it ends. */
static void free_request(struct request *request)
{
	roost_loop_timer_free(request->delay);
	if (request->auth != NULL && request->auth->done != NULL)
		auth_abandon(request->auth);
	else
		auth_free(request->auth);
	free(request);
}

static void end(struct request *request, enum roost_auth_result result)
{
	unlink_request(request);
	request->owner->reply(request->owner, request, result, "", 0);
	free_request(request);
}

static void delay_over(void *context)
{
	struct request *request = context;

	end(request, request->result);
}

static void fail(struct request *request, enum roost_auth_result result)
{
	bool now = auth_settings->failure_delay == 0 || result == ROOST_AUTH_TEMP ||
		auth_fields_get(&request->auth->passdb, "nodelay") != NULL;

	request->result = result;
	request->waiting = false;
	request->delay = roost_loop_timer(now ? 0 : auth_settings->failure_delay, delay_over,
					  request);
}

static void verified(struct roost_auth *auth, enum roost_auth_result result, void *context)
{
	auth_wipe_password(auth);
	if (result == ROOST_AUTH_OK)
		end(context, result);
	else
		fail(context, result);
}

void request_verify(struct request *request, const char *user, const char *target,
		    const char *password, size_t len)
{
	struct roost_auth *auth = request->auth;
	struct roost_error err;

	if (auth_set_user(auth, user, target, &err) < 0) {
		roost_log(&auth->log, ROOST_LOG_INFO, "%s", roost_error_log(&err));
		fail(request, ROOST_AUTH_FAILED);
		return;
	}
	/* Authorization as somebody else is what master users are for. */
	if (*target != '\0' && auth->target != NULL && *auth_settings->master_separator == '\0') {
		roost_log(&auth->log, ROOST_LOG_INFO, "may not act as %s", auth->target);
		fail(request, ROOST_AUTH_DENIED);
		return;
	}
	auth_set_password(auth, password, len);
	auth_ask_passdbs(auth, verified, request);
}

void request_challenge(struct request *request, const char *text)
{
	request->waiting = true;
	request->owner->reply(request->owner, request, ROOST_AUTH_CONTINUE, text, strlen(text));
}

void request_bad(struct request *request, const char *why)
{
	if (auth_settings->verbose)
		roost_log(&request->auth->log, ROOST_LOG_INFO, "%s", why);
	fail(request, ROOST_AUTH_FAILED);
}

bool request_begin(struct request_owner *owner, uint32_t id, const char *mechanism,
		   const struct roost_facts *facts, bool check_secured, const char *response,
		   size_t len)
{
	struct request *request;

	if (find(owner, id) != NULL)
		return false;
	request = calloc(1, sizeof(*request));
	if (request == NULL)
		abort();
	request->owner = owner;
	request->id = id;
	request->next = owner->requests;
	owner->requests = request;
	owner->count++;
	request->auth = auth_create(facts, mechanism);
	request->mech = find_mech(mechanism);
	if (owner->count > REQUESTS_MAX)
		end(request, ROOST_AUTH_TEMP);
	else if (request->mech == NULL)
		end(request, ROOST_AUTH_BAD_MECH);
	else if (check_secured && request->mech->plaintext && auth_settings->disable_plaintext &&
		 !facts->secured && !facts->trusted)
		end(request, ROOST_AUTH_NEED_TLS);
	else
		request->mech->step(request, response, len);
	return true;
}

bool request_continue(struct request_owner *owner, uint32_t id, const char *response, size_t len)
{
	struct request *request = find(owner, id);

	if (request == NULL || !request->waiting)
		return false;
	request->waiting = false;
	if (++request->steps > STEPS_MAX)
		request_bad(request, "too many steps");
	else
		request->mech->step(request, response, len);
	return true;
}

void request_cancel(struct request_owner *owner, uint32_t id)
{
	struct request *request = find(owner, id);

	if (request == NULL)
		return;
	unlink_request(request);
	free_request(request);
}

void request_cancel_all(struct request_owner *owner)
{
	while (owner->requests != NULL)
		request_cancel(owner, owner->requests->id);
}

const char *request_user(const struct request *request)
{
	return request->auth->user;
}
