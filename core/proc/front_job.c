/* Lookups of users, and jobs handed to workers of them (LMTP recipients). */
#include <stdlib.h>
#include "core/base/memory.h"
#include "core/proc/front.h"
#include "core/proc/handover.h"

typedef void lookup_done(struct roost_front *front, uint64_t id,
			 const struct roost_auth_reply *reply);
typedef void job_done(struct roost_front *front, uint64_t id, bool failed, const char *reply,
		      size_t len);

/* One recipient: looked up, then perhaps given a job. */
struct lookup {
	struct lookup *next;
	struct roost_front *front;	/* NULL: the connection is gone, nobody is told */
	uint64_t id;			/* the module's */
	struct roost_link *auth;	/* whom auth_id was put to; NULL: gone */
	uint32_t auth_id, auth_peer;	/* auth_id 0: answered */
	uint64_t request;		/* 0: no job */
	bool approved;
	unsigned char cookie[ROOST_COOKIE_SIZE];
	lookup_done *done;
	job_done *job_done;
};

static struct lookup *lookups;

static void free_lookup(struct lookup *lookup)
{
	struct lookup **link = &lookups;

	while (*link != lookup)
		link = &(*link)->next;
	*link = lookup->next;
	free(lookup);
}

static void drop_cookie(const struct lookup *lookup)
{
	struct roost_str out = ROOST_STR_INIT;

	if (!lookup->approved || lookup->auth == NULL)
		return;
	roost_wire_put_u32(&out, ROOST_AUTHLINK_DROP);
	roost_wire_put_bytes(&out, lookup->cookie, sizeof(lookup->cookie));
	roost_link_send(lookup->auth, out.data, out.len, NULL, 0);
	roost_str_free(&out);
}

static void answer_lookup(struct lookup *lookup, const struct roost_authlink_reply *reply)
{
	static const char *const none[] = { NULL };
	struct roost_auth_reply told = {
		.result = ROOST_AUTH_TEMP, .user = "", .reason = "", .data = "", .fields = none,
	};
	struct roost_front *front = lookup->front;

	lookup->auth_id = 0;
	if (reply != NULL) {
		told.result = (enum roost_auth_result)reply->result;
		told.user = reply->user;
		told.reason = reply->reason;
		told.fields = reply->fields;
		memcpy(lookup->cookie, reply->cookie, sizeof(lookup->cookie));
		lookup->approved = reply->result == ROOST_AUTH_OK;
		lookup->auth_peer = roost_link_peer(lookup->auth)->id;
	}
	if (front == NULL) {
		drop_cookie(lookup);
		free_lookup(lookup);
		return;
	}
	lookup->done(front, lookup->id, &told);
}

/* Telling a module may free any lookup of its connection: each search begins anew. */
static struct lookup *find_unsent(const struct roost_front *front)
{
	struct lookup *lookup = lookups;

	while (lookup != NULL && (lookup->front != front || lookup->auth_id != UINT32_MAX))
		lookup = lookup->next;
	return lookup;
}

static void fail_unsent(void *context)
{
	struct roost_front *front = context;
	struct lookup *lookup;

	while (!front->dead && (lookup = find_unsent(front)) != NULL)
		answer_lookup(lookup, NULL);
}

void roost_front_lookup(struct roost_front *front, const char *user, uint64_t id,
	void (*done)(struct roost_front *front, uint64_t id, const struct roost_auth_reply *reply))
{
	struct lookup *lookup = mem_zalloc(sizeof(*lookup));
	struct roost_str out = ROOST_STR_INIT;

	lookup->front = front;
	lookup->id = id;
	lookup->done = done;
	lookup->auth_id = front_next_id();
	lookup->auth = front_auth_link;
	lookup->next = lookups;
	lookups = lookup;
	roost_wire_put_u32(&out, ROOST_AUTHLINK_LOOKUP);
	roost_wire_put_u32(&out, lookup->auth_id);
	roost_authlink_put_facts(&out, &front->facts);
	roost_wire_put_text(&out, user);
	if (front_auth_link == NULL ||
	    !roost_link_send(front_auth_link, out.data, out.len, NULL, 0)) {
		lookup->auth_id = UINT32_MAX;	/* never one of front_next_id's in practice */
		roost_loop_defer(fail_unsent, front);
	}
	roost_str_free(&out);
}

bool front_job_reply(struct roost_link *link, const struct roost_authlink_reply *reply)
{
	struct lookup *lookup = lookups;

	while (lookup != NULL && (lookup->auth_id != reply->id || lookup->auth != link))
		lookup = lookup->next;
	if (lookup == NULL)
		return false;
	answer_lookup(lookup, reply);
	return true;
}

static struct lookup *find_asked(const struct roost_link *auth)
{
	struct lookup *lookup = lookups;

	while (lookup != NULL && (lookup->auth != auth || lookup->auth_id == 0))
		lookup = lookup->next;
	return lookup;
}

void front_job_auth_lost(struct roost_link *link)
{
	struct lookup *lookup;

	while ((lookup = find_asked(link)) != NULL)
		answer_lookup(lookup, NULL);
	for (lookup = lookups; lookup != NULL; lookup = lookup->next) {
		if (lookup->auth == link)
			lookup->auth = NULL;
	}
}

static struct lookup *find_lookup(const struct roost_front *front, uint64_t id)
{
	struct lookup *lookup = lookups;

	while (lookup != NULL && (lookup->front != front || lookup->id != id))
		lookup = lookup->next;
	return lookup;
}

static void finish_job(struct lookup *lookup, bool failed, const char *reply, size_t len)
{
	struct roost_front *front = lookup->front;
	job_done *done = lookup->job_done;
	uint64_t id = lookup->id;

	free_lookup(lookup);
	if (front == NULL)
		return;
	done(front, id, failed, reply, len);
	if (!front->dead && front->farewell != NULL && !front_job_pending(front))
		front_bye(front, front->farewell);
}

bool front_job_pending(const struct roost_front *front)
{
	for (const struct lookup *lookup = lookups; lookup != NULL; lookup = lookup->next) {
		if (lookup->front == front && lookup->request != 0)
			return true;
	}
	return false;
}

static struct lookup *find_unsent_job(const struct roost_front *front)
{
	struct lookup *lookup = lookups;

	while (lookup != NULL && (lookup->front != front || lookup->request != UINT64_MAX))
		lookup = lookup->next;
	return lookup;
}

static void fail_unsent_jobs(void *context)
{
	struct roost_front *front = context;
	struct lookup *lookup;

	while (!front->dead && (lookup = find_unsent_job(front)) != NULL)
		finish_job(lookup, true, "", 0);
}

void roost_front_job(struct roost_front *front, uint64_t lookup_id, const int *fds,
	size_t fd_count, const void *message, size_t len,
	void (*done)(struct roost_front *front, uint64_t id, bool failed, const char *reply,
		     size_t len))
{
	struct lookup *lookup = find_lookup(front, lookup_id);
	struct handover handover = { .job = true, .auth = lookup->auth_peer,
				     .facts = front->facts, .tag = "", .input = message, .input_len = len };
	struct roost_str out = ROOST_STR_INIT;

	lookup->job_done = done;
	lookup->request = front_next_request();
	memcpy(handover.cookie, lookup->cookie, sizeof(handover.cookie));
	roost_wire_put_u32(&out, HANDOVER_GIVE);
	roost_wire_put_u64(&out, lookup->request);
	handover_put(&out, &handover);
	if (!lookup->approved || front_anvil_link == NULL || len > HANDOVER_INPUT_MAX ||
	    !roost_link_send(front_anvil_link, out.data, out.len, fds, fd_count)) {
		lookup->request = UINT64_MAX;
		roost_loop_defer(fail_unsent_jobs, front);
	}
	lookup->approved = false;	/* the cookie is used */
	roost_str_free(&out);
}

static struct lookup *find_request(uint64_t request)
{
	struct lookup *lookup = lookups;

	while (lookup != NULL && lookup->request != request)
		lookup = lookup->next;
	return lookup;
}

void front_job_done(uint64_t request, bool failed, const char *reply, size_t len)
{
	struct lookup *lookup = find_request(request);

	if (lookup != NULL)
		finish_job(lookup, failed, reply, len);
}

static struct lookup *find_job(void)
{
	struct lookup *lookup = lookups;

	while (lookup != NULL && (lookup->request == 0 || lookup->request == UINT64_MAX))
		lookup = lookup->next;
	return lookup;
}

void front_job_anvil_lost(void)
{
	struct lookup *lookup;

	while ((lookup = find_job()) != NULL)
		finish_job(lookup, true, "", 0);
}

/* Answered lookups without a job go; what is under way goes on untold. */
void roost_front_lookup_drop(struct roost_front *front)
{
	for (struct lookup *lookup = lookups, *next; lookup != NULL; lookup = next) {
		next = lookup->next;
		if (lookup->front != front)
			continue;
		lookup->front = NULL;
		if ((lookup->auth_id == 0 || lookup->auth_id == UINT32_MAX) &&
		    (lookup->request == 0 || lookup->request == UINT64_MAX)) {
			drop_cookie(lookup);
			free_lookup(lookup);
		}
	}
}
