/* Workers as anvil knows them: whom they serve, which are free, which are ordered. */
#include <stdlib.h>
#include <roost/log.h>
#include "core/base/memory.h"
#include "core/proc/anvil.h"
#include "core/proc/child.h"

#define IDLE_MAX (60 * ROOST_SEC)

struct worker *anvil_workers;

struct order {
	struct order *next;
	uint32_t ticket;
	char *service, *chroot;
	struct proc_ids ids;
	char *user;
};

static struct order *orders;
static uint32_t last_ticket;

static struct order *take_order(uint32_t ticket)
{
	for (struct order **link = &orders; *link != NULL; link = &(*link)->next) {
		struct order *order = *link;

		if (order->ticket != ticket)
			continue;
		*link = order->next;
		return order;
	}
	return NULL;
}

static void free_order(struct order *order)
{
	free(order->service);
	free(order->chroot);
	free(order->user);
	free(order);
}

/* Those who wait for it may take another, or order anew. */
static void forget_ticket(uint32_t ticket)
{
	for (struct anvil_session *session = anvil_table_waiting(); session != NULL;
	     session = session->waiting_next) {
		if (session->ticket == ticket)
			session->ticket = 0;
	}
}

void anvil_worker_retire(struct worker *worker)
{
	uint32_t type = HANDOVER_RETIRE;

	worker->retiring = true;
	roost_link_send(worker->link, &type, sizeof(type), NULL, 0);
}

struct worker *anvil_worker_create(struct roost_link *link, uint32_t ticket)
{
	const struct roost_peer *peer = roost_link_peer(link);
	struct order *order = take_order(ticket);
	struct worker *worker = mem_zalloc(sizeof(*worker));

	worker->link = link;
	worker->service = peer->service;
	worker->idle_since = roost_loop_steady();
	worker->ids.uid = peer->uid;
	worker->ids.gid = peer->gid;
	worker->ids.chroot = "";
	worker->ordered = order != NULL;
	if (worker->ordered) {
		worker->ids = order->ids;
		worker->ids.chroot = mem_strdup(order->chroot);
		free_order(order);
	}
	worker->next = anvil_workers;
	anvil_workers = worker;
	/* Known to an earlier anvil: its groups are not, so it gets no new user. */
	if (worker->ordered)
		forget_ticket(ticket);
	else
		anvil_worker_retire(worker);
	return worker;
}

/*
 * A user whose worker crashed gets his next one later each time, so that crashing it again and again
 * is no way to find out where things lie in its memory.
 */
#define CRASH_DELAY ROOST_SEC
#define CRASH_DELAY_MAX (60 * ROOST_SEC)
#define CRASH_FORGET (600 * ROOST_SEC)

struct crash {
	struct crash *next;
	char *user;
	int64_t at, delay;
};

static struct crash *crashes;

/* Forgets the old ones on the way. */
static struct crash *find_crash(const char *user)
{
	int64_t now = roost_loop_steady();
	struct crash **link = &crashes, *found = NULL;

	while (*link != NULL) {
		struct crash *crash = *link;

		if (now - crash->at > CRASH_FORGET) {
			*link = crash->next;
			free(crash->user);
			free(crash);
			continue;
		}
		if (strcmp(crash->user, user) == 0)
			found = crash;
		link = &crash->next;
	}
	return found;
}

static void remember_crash(const char *user)
{
	struct crash *crash = find_crash(user);

	if (crash == NULL) {
		crash = mem_zalloc(sizeof(*crash));
		crash->user = mem_strdup(user);
		crash->next = crashes;
		crashes = crash;
	}
	crash->delay = crash->delay == 0 ? CRASH_DELAY : crash->delay * 2;
	if (crash->delay > CRASH_DELAY_MAX)
		crash->delay = CRASH_DELAY_MAX;
	crash->at = roost_loop_steady();
}

int64_t anvil_delayed_until(const char *user)
{
	const struct crash *crash = crashes == NULL ? NULL : find_crash(user);

	return crash == NULL ? 0 : crash->at + crash->delay;
}

static void unlink_worker(struct worker *worker)
{
	struct worker **link = &anvil_workers;

	while (*link != worker)
		link = &(*link)->next;
	*link = worker->next;
}

void anvil_worker_gone(struct worker *worker)
{
	unlink_worker(worker);
	/* Who ends as he should ends his sessions first. */
	if (worker->user != NULL)
		remember_crash(worker->user);
	worker->sessions++;		/* so that releasing does not offer it to anyone */
	for (struct anvil_session *session = anvil_sessions, *next; session != NULL;
	     session = next) {
		next = session->next;
		if (session->worker == worker)
			anvil_session_ended(session, ROOST_AUTH_TEMP, "");
	}
	for (size_t i = 0; i < worker->watched.count; i++)
		free(worker->watched.items[i]);
	roost_vec_free(&worker->watched);
	if (worker->ids.chroot[0] != '\0')
		free((char *)(uintptr_t)worker->ids.chroot);
	free(worker->user);
	free(worker->last_user);
	free(worker);
}

static bool fits(const struct worker *worker, const struct anvil_session *session)
{
	return !worker->retiring && strcmp(worker->service, session->service) == 0 &&
	       proc_ids_equal(&worker->ids, &session->ids);
}

static bool was_last(const struct worker *worker, const struct anvil_session *session)
{
	return worker->last_user != NULL && strcmp(worker->last_user, session->user) == 0;
}

/* His own, else the free one that he had last, else any free one. */
struct worker *anvil_worker_for(const struct anvil_session *session)
{
	struct worker *idle = NULL;

	for (struct worker *worker = anvil_workers; worker != NULL; worker = worker->next) {
		if (!fits(worker, session))
			continue;
		if (worker->user != NULL && strcmp(worker->user, session->user) == 0)
			return worker;
		if (worker->user == NULL && (idle == NULL || was_last(worker, session)))
			idle = worker;
	}
	return idle;
}

/* One order for a user is enough: his other sessions go to the same worker. */
static uint32_t ordered_already(const struct anvil_session *session)
{
	for (struct order *order = orders; order != NULL; order = order->next) {
		if (strcmp(order->user, session->user) == 0 &&
		    strcmp(order->service, session->service) == 0)
			return order->ticket;
	}
	return 0;
}

uint32_t anvil_order_worker(const struct anvil_session *session)
{
	uint32_t ticket = ordered_already(session);
	struct roost_str out = ROOST_STR_INIT;
	struct order *order;

	if (ticket != 0)
		return ticket;
	order = mem_zalloc(sizeof(*order));
	order->ticket = ++last_ticket;
	order->service = mem_strdup(session->service);
	order->user = mem_strdup(session->user);
	order->ids = session->ids;
	order->chroot = mem_strdup(session->ids.chroot);
	order->ids.chroot = order->chroot;
	order->next = orders;
	orders = order;
	roost_wire_put_u32(&out, CONTROL_WORKER);
	roost_wire_put_u32(&out, order->ticket);
	roost_wire_put_text(&out, order->service);
	control_put_ids(&out, &order->ids);
	proc_tell(out.data, out.len);
	roost_str_free(&out);
	return order->ticket;
}

/* Ask an idle worker to make room, so that the next try succeeds. */
static void make_room(const char *service)
{
	for (struct worker *worker = anvil_workers; worker != NULL; worker = worker->next) {
		if (worker->sessions > 0 || worker->retiring ||
		    strcmp(worker->service, service) != 0)
			continue;
		anvil_worker_retire(worker);
		return;
	}
}

/* Those who wait for one that can be had later go on waiting; they order again on the next round. */
void anvil_worker_refused(uint32_t ticket, enum control_refusal why)
{
	struct order *order = take_order(ticket);

	if (order == NULL)
		return;
	if (why == CONTROL_REFUSED_LIMIT)
		make_room(order->service);
	for (struct anvil_session *session = anvil_table_waiting(), *next; session != NULL;
	     session = next) {
		next = session->waiting_next;
		if (session->ticket == ticket && why == CONTROL_REFUSED_NEVER)
			anvil_session_ended(session, ROOST_AUTH_TEMP, "Internal error occurred");
	}
	forget_ticket(ticket);
	free_order(order);
}

void anvil_worker_release(struct worker *worker)
{
	if (--worker->sessions > 0)
		return;
	free(worker->last_user);
	worker->last_user = worker->user;
	worker->user = NULL;
	worker->idle_since = roost_loop_steady();
	anvil_look_in(IDLE_MAX);
}

void anvil_workers_retire(void)
{
	int64_t now = roost_loop_steady();

	for (struct worker *worker = anvil_workers; worker != NULL; worker = worker->next) {
		/* Kept warm: a login costs a third of one that has to fork. */
		if (worker->sessions == 0 && !worker->retiring &&
		    now - worker->idle_since >= IDLE_MAX) {
			anvil_worker_retire(worker);
		} else if (worker->sessions == 0 && !worker->retiring) {
			anvil_look_in(worker->idle_since + IDLE_MAX - now);
		}
	}
}
