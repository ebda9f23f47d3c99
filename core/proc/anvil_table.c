/* anvil's sessions: found by id, in their order of waiting, and counted by who comes from where. */
#include <stdlib.h>
#include <roost/map.h>
#include "core/base/memory.h"
#include "core/proc/anvil.h"

struct anvil_session *anvil_sessions;
static struct anvil_session *waiting, *waiting_last;
static size_t waiting_count;
static struct anvil_session **buckets;
static size_t bucket_count, session_count;
static struct roost_map *counts;	/* "service TAB address TAB user" to a number */

/* Ids are given in order, so they spread by themselves. */
static struct anvil_session **bucket_of(uint64_t id)
{
	return &buckets[id & (bucket_count - 1)];
}

static void grow(void)
{
	free(buckets);
	bucket_count = bucket_count == 0 ? 256 : bucket_count * 2;
	buckets = mem_zalloc(bucket_count * sizeof(struct anvil_session *));
	for (struct anvil_session *session = anvil_sessions; session != NULL;
	     session = session->next) {
		session->bucket_next = *bucket_of(session->id);
		*bucket_of(session->id) = session;
	}
}

void anvil_table_add(struct anvil_session *session)
{
	if (session_count >= bucket_count)
		grow();
	session_count++;
	session->bucket_next = *bucket_of(session->id);
	*bucket_of(session->id) = session;
	session->next = anvil_sessions;
	if (anvil_sessions != NULL)
		anvil_sessions->prev = session;
	anvil_sessions = session;
	session->waiting_prev = waiting_last;
	if (waiting_last != NULL)
		waiting_last->waiting_next = session;
	else
		waiting = session;
	waiting_last = session;
	waiting_count++;
}

static bool is_waiting(const struct anvil_session *session)
{
	return session->waiting_prev != NULL || waiting == session;
}

void anvil_table_served(struct anvil_session *session)
{
	if (!is_waiting(session))
		return;
	if (session->waiting_prev != NULL)
		session->waiting_prev->waiting_next = session->waiting_next;
	else
		waiting = session->waiting_next;
	if (session->waiting_next != NULL)
		session->waiting_next->waiting_prev = session->waiting_prev;
	else
		waiting_last = session->waiting_prev;
	session->waiting_next = session->waiting_prev = NULL;
	waiting_count--;
}

static char *count_key(const struct anvil_session *session)
{
	return roost_arena_printf(session->arena, "%s\t%s\t%s", session->service, session->rip,
				  session->user);
}

static void set_count(const char *key, uintptr_t count)
{
	if (count == 0)
		roost_map_remove(counts, key);
	else
		roost_map_set(counts, key, (void *)count);
}

bool anvil_table_count(struct anvil_session *session, uint64_t limit)
{
	const char *key = count_key(session);
	uintptr_t count;

	if (counts == NULL)
		counts = roost_map_create();
	count = (uintptr_t)roost_map_get(counts, key);
	if (limit != 0 && count >= limit)
		return false;
	set_count(key, count + 1);
	session->counted = true;
	return true;
}

void anvil_table_remove(struct anvil_session *session)
{
	struct anvil_session **link = bucket_of(session->id);

	while (*link != session)
		link = &(*link)->bucket_next;
	*link = session->bucket_next;
	session_count--;
	anvil_table_served(session);
	if (session->prev != NULL)
		session->prev->next = session->next;
	else
		anvil_sessions = session->next;
	if (session->next != NULL)
		session->next->prev = session->prev;
	if (session->counted) {
		const char *key = count_key(session);

		set_count(key, (uintptr_t)roost_map_get(counts, key) - 1);
	}
}

struct anvil_session *anvil_table_find(uint64_t id)
{
	struct anvil_session *session = bucket_count == 0 ? NULL : *bucket_of(id);

	while (session != NULL && session->id != id)
		session = session->bucket_next;
	return session;
}

struct anvil_session *anvil_table_waiting(void)
{
	return waiting;
}

size_t anvil_table_waiting_count(void)
{
	return waiting_count;
}
