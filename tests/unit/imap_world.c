/* A worker's host and a mail toolkit in memory. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include "tests/unit/imap_world.h"
#include "tests/unit/unit.h"

struct roost_conn {
	struct roost_str in, out;
	size_t in_start;
	const struct roost_conn_ops *ops;
	void *context;
	bool paused, eof, fresh;
	uint64_t bytes_in, bytes_out;
};

struct roost_session {
	struct roost_conn conn;
	void *state;
	char tag[32];
	char *ended;
	void (*notice)(struct roost_session *session, const char *mailbox, uint64_t modseq);
};

struct roost_user { int unused; };

struct roost_mailbox {
	struct world_box *box;
	ROOST_VEC(struct world_message) view;
	ROOST_VEC(uint32_t) gone_uids;
	ROOST_VEC(uint32_t) gone_seqs;
	ROOST_VEC(uint32_t) changed;
	struct roost_changes changes;
	unsigned keywords;
	bool readonly;
};

struct roost_saving {
	struct world_box *box;
	ROOST_VEC(struct world_message) messages;
};

struct roost_loop_timer {
	struct roost_loop_timer *next;
	int64_t delay;
	void (*due)(void *context);
	void *context;
	bool dead, armed;
};

struct imap_settings world_settings;
struct roost_error world_save_error;
size_t world_pending;
bool world_stalled;
const struct roost_settings imap_settings_schema = { "imap", sizeof(struct imap_settings), NULL, 0 };

static struct roost_session session;
static struct roost_user user;
static ROOST_VEC(struct world_box *) boxes;
static struct roost_loop_timer *timers;
static ROOST_VEC(struct { void (*call)(void *); void *context; }) deferred;

/* --- the loop --- */

void roost_loop_defer(void (*call)(void *context), void *context)
{
	roost_vec_reserve(&deferred, 1);
	deferred.items[deferred.count].call = call;
	deferred.items[deferred.count++].context = context;
}

static void run_deferred(void)
{
	for (size_t i = 0; i < deferred.count; i++)
		deferred.items[i].call(deferred.items[i].context);
	deferred.count = 0;
}

struct roost_loop_timer *roost_loop_timer(int64_t delay, void (*due)(void *context), void *context)
{
	struct roost_loop_timer *timer = calloc(1, sizeof(*timer));

	*timer = (struct roost_loop_timer){ timers, delay, due, context, false, true };
	timers = timer;
	return timer;
}

void roost_loop_timer_again(struct roost_loop_timer *timer, int64_t delay)
{
	timer->delay = delay;
	timer->armed = true;
}

void roost_loop_timer_free(struct roost_loop_timer *timer)
{
	if (timer != NULL)
		timer->dead = true;
}

void world_tick(int64_t seconds)
{
	for (struct roost_loop_timer *timer = timers; timer != NULL; timer = timer->next) {
		if (timer->dead || !timer->armed || timer->delay > seconds * ROOST_SEC)
			continue;
		timer->armed = false;
		timer->due(timer->context);
	}
	run_deferred();
}

static void free_timers(void)
{
	for (struct roost_loop_timer *timer = timers, *next; timer != NULL; timer = next) {
		next = timer->next;
		assert_true(timer->dead);
		free(timer);
	}
	timers = NULL;
}

/* --- the connection --- */

const char *roost_conn_input(const struct roost_conn *conn, size_t *len)
{
	*len = conn->in.len - conn->in_start;
	return roost_str_text(&conn->in) + conn->in_start;
}

void roost_conn_consume(struct roost_conn *conn, size_t n) { conn->in_start += n; }
bool roost_conn_eof(const struct roost_conn *conn) { return conn->eof; }
struct roost_str *roost_conn_output(struct roost_conn *conn) { return &conn->out; }
uint64_t roost_conn_bytes_in(const struct roost_conn *conn) { return conn->bytes_in; }
uint64_t roost_conn_bytes_out(const struct roost_conn *conn) { return conn->bytes_out; }
void roost_conn_flush(struct roost_conn *conn) { if (!world_stalled) world_pending = conn->out.len; }

size_t roost_conn_pending(const struct roost_conn *conn)
{
	return conn->out.len - world_pending;
}

void roost_conn_pause(struct roost_conn *conn, bool paused)
{
	conn->paused = paused;
}

void roost_conn_set_ops(struct roost_conn *conn, const struct roost_conn_ops *ops, void *context)
{
	conn->ops = ops;
	conn->context = context;
}

static void settle(void)
{
	struct roost_conn *conn = &session.conn;

	run_deferred();
	if (!world_stalled && session.ended == NULL && world_pending < conn->out.len) {
		world_pending = conn->out.len;
		conn->ops->drained(conn, conn->context);
	}
	run_deferred();
}

void world_drain(void)
{
	world_stalled = false;
	while (session.ended == NULL && world_pending < session.conn.out.len)
		settle();
}

void world_hang_up(void)
{
	struct roost_error err;

	roost_fail(&err, ROOST_ERR_CLOSED, "Connection closed");
	session.conn.ops->closed(&session.conn, session.conn.context, &err);
	run_deferred();
}

void say_bytes(const char *data, size_t len)
{
	struct roost_conn *conn = &session.conn;

	roost_str_append(&conn->in, data, len);
	conn->bytes_in += len;
	if (!conn->paused)
		conn->ops->input(conn, conn->context);
	settle();
}

void say(const char *text)
{
	say_bytes(text, strlen(text));
}

void hear(const char *text)
{
	assert_string_equal(roost_str_text(&session.conn.out), text);
	roost_str_truncate(&session.conn.out, 0);
	world_pending = 0;
}

struct roost_str *world_output(void) { return &session.conn.out; }
const char *world_log(void) { return session.ended; }
bool world_paused(void) { return session.conn.paused; }

/* --- the host --- */

struct roost_conn *roost_session_conn(struct roost_session *s) { return &s->conn; }
const struct roost_scope *roost_session_scope(const struct roost_session *s) { return NULL; }
const struct roost_log_scope *roost_session_log(const struct roost_session *s) { return NULL; }
const char *roost_session_user(const struct roost_session *s) { return "ann"; }
const char *roost_session_tag(const struct roost_session *s) { return s->tag; }
bool roost_session_preauth(const struct roost_session *s) { return false; }
void roost_session_set_state(struct roost_session *s, void *state) { s->state = state; }
void *roost_session_state(const struct roost_session *s) { return s->state; }
void roost_notice_unwatch(struct roost_session *s, const char *mailbox) { s->notice = NULL; }
const char *roost_scope_value(const struct roost_scope *scope, const char *name) { return "/tmp"; }
const char *roost_scope_variable(const struct roost_scope *scope, const char *name) { return NULL; }

void roost_session_end(struct roost_session *s, const char *reason)
{
	assert_null(s->ended);
	s->ended = strdup(reason);
}

void roost_notice_watch(struct roost_session *s, const char *mailbox,
	void (*changed)(struct roost_session *s, const char *mailbox, uint64_t modseq))
{
	s->notice = changed;
}

void world_wake(void)
{
	if (session.notice != NULL)
		session.notice(&session, "", 0);
	world_tick(1);
	settle();
}

int roost_settings_get(const struct roost_scope *scope, const struct roost_settings *schema,
		       const void **out, struct roost_error *err)
{
	*out = &world_settings;
	return 0;
}

/* --- the toolkit: users and the tree --- */

int roost_user_open(struct roost_session *s, struct roost_user **result, struct roost_error *err)
{
	*result = &user;
	return 0;
}

void roost_user_unref(struct roost_user *u) { }

size_t roost_user_namespaces(const struct roost_user *u, const struct roost_namespace *const **list)
{
	static const struct roost_namespace inbox = {
		.name = "inbox", .prefix = "", .separator = '/', .inbox = true,
	}, shared = { .name = "all", .prefix = "All m\xc3\xbcsli/", .separator = '/',
		      .type = ROOST_NAMESPACE_PUBLIC };
	static const struct roost_namespace *const all[] = { &inbox, &shared };

	*list = all;
	return 2;
}

struct world_box *world_box(const char *name)
{
	for (size_t i = 0; i < boxes.count; i++) {
		if (strcmp(boxes.items[i]->name, name) == 0)
			return boxes.items[i];
	}
	return NULL;
}

static struct world_box *find(const char *name, struct roost_error *err)
{
	struct world_box *box = world_box(strcasecmp(name, "inbox") == 0 ? "INBOX" : name);

	if (box == NULL || !box->exists) {
		roost_fail(err, ROOST_ERR_NOTFOUND, "Mailbox doesn't exist: %s", name);
		return NULL;
	}
	return box;
}

int roost_mailbox_create(struct roost_user *u, const char *name, struct roost_error *err)
{
	struct world_box *box;

	if (strstr(name, "..") != NULL)
		return roost_fail(err, ROOST_ERR_INVALID, "Invalid mailbox name: Contains '..' part");
	if (world_box(name) != NULL)
		return roost_fail(err, ROOST_ERR_EXISTS, "Mailbox already exists");
	box = calloc(1, sizeof(*box));
	snprintf(box->name, sizeof(box->name), "%s", name);
	box->exists = true;
	box->uidnext = 1;
	box->modseq = 1;
	roost_vec_push(&boxes, box);
	return 0;
}

int roost_mailbox_delete(struct roost_user *u, const char *name, struct roost_error *err)
{
	struct world_box *box = find(name, err);

	if (box == NULL)
		return -1;
	box->exists = false;
	return 0;
}

int roost_mailbox_rename(struct roost_user *u, const char *from, const char *to,
			 struct roost_error *err)
{
	struct world_box *box = find(from, err);

	if (box == NULL)
		return -1;
	snprintf(box->name, sizeof(box->name), "%s", to);
	return 0;
}

int roost_mailbox_subscribe(struct roost_user *u, const char *name, bool on,
			    struct roost_error *err)
{
	struct world_box *box = find(name, err);

	if (box == NULL)
		return -1;
	box->subscribed = on;
	return 0;
}

bool roost_name_matches(const char *name, const char *pattern, char separator, bool *parent);

int roost_mailbox_list(struct roost_user *u, const char *const *patterns, uint32_t options,
	bool (*found)(void *context, const struct roost_list_entry *entry), void *context,
	struct roost_error *err)
{
	for (size_t i = 0; i < boxes.count; i++) {
		const struct world_box *box = boxes.items[i];
		const struct roost_list_entry entry = {
			.name = box->name, .separator = '/', .flags = ROOST_LIST_HASNOCHILDREN |
				(box->subscribed ? ROOST_LIST_SUBSCRIBED : 0u),
			.special_use = strcmp(box->name, "Trash") == 0 ? "\\Trash" : "",
		};
		bool match = false;

		for (const char *const *pattern = patterns; *pattern != NULL; pattern++)
			match |= roost_name_matches(box->name, *pattern, '/', NULL);
		if (match && box->exists &&
		    (box->subscribed || (options & ROOST_LIST_ONLY_SUBSCRIBED) == 0))
			found(context, &entry);
	}
	return 0;
}

/* --- one mailbox --- */

static void add_message(struct world_box *box, const struct world_message *message)
{
	struct world_message copy = *message;

	copy.uid = box->uidnext++;
	copy.modseq = ++box->modseq;
	roost_vec_push(&box->messages, copy);
}

void world_deliver(const char *mailbox, const char *text)
{
	struct world_message message = { .flags = ROOST_FLAG_RECENT };

	roost_str_puts(&message.text, text);
	add_message(world_box(mailbox), &message);
}

void world_set_flags(struct world_box *box, uint32_t uid, uint32_t flags)
{
	for (size_t i = 0; i < box->messages.count; i++) {
		if (box->messages.items[i].uid == uid) {
			box->messages.items[i].flags = flags;
			box->messages.items[i].modseq = ++box->modseq;
		}
	}
}

void world_remove(struct world_box *box, uint32_t uid)
{
	size_t kept = 0;

	for (size_t i = 0; i < box->messages.count; i++) {
		if (box->messages.items[i].uid == uid)
			roost_str_free(&box->messages.items[i].text);
		else
			box->messages.items[kept++] = box->messages.items[i];
	}
	box->messages.count = kept;
	box->modseq++;
}

static void copy_view(struct roost_mailbox *box)
{
	box->view.count = 0;
	for (size_t i = 0; i < box->box->messages.count; i++)
		roost_vec_push(&box->view, box->box->messages.items[i]);
	box->keywords = 0;
	while (box->box->keywords[box->keywords] != NULL)
		box->keywords++;
}

int roost_mailbox_open(struct roost_user *u, const char *name, uint32_t options,
		       struct roost_mailbox **result, struct roost_error *err)
{
	struct world_box *source = find(name, err);
	struct roost_mailbox *box;

	if (source == NULL)
		return -1;
	box = calloc(1, sizeof(*box));
	box->box = source;
	box->readonly = (options & ROOST_MAILBOX_READONLY) != 0;
	copy_view(box);
	*result = box;
	return 0;
}

void roost_mailbox_close(struct roost_mailbox *box)
{
	roost_vec_free(&box->view);
	roost_vec_free(&box->gone_uids);
	roost_vec_free(&box->gone_seqs);
	roost_vec_free(&box->changed);
	free(box);
}

static void fill_status(const struct world_box *box, struct roost_mailbox_status *status)
{
	*status = (struct roost_mailbox_status){
		.messages = (uint32_t)box->messages.count, .uidvalidity = 77,
		.uidnext = box->uidnext, .highestmodseq = box->modseq,
	};
	for (size_t i = 0; i < box->messages.count; i++) {
		uint32_t flags = box->messages.items[i].flags;

		status->size += box->messages.items[i].text.len;
		status->recent += (flags & ROOST_FLAG_RECENT) != 0;
		status->unseen += (flags & ROOST_FLAG_SEEN) == 0;
		status->deleted += (flags & ROOST_FLAG_DELETED) != 0;
		if (status->first_unseen == 0 && (flags & ROOST_FLAG_SEEN) == 0)
			status->first_unseen = (uint32_t)i + 1;
	}
}

int roost_mailbox_status(struct roost_mailbox *box, bool want_size,
			 struct roost_mailbox_status *status, struct roost_error *err)
{
	fill_status(box->box, status);
	status->readonly = box->readonly;
	return 0;
}

int roost_mailbox_status_of(struct roost_user *u, const char *name, bool want_size,
			    struct roost_mailbox_status *status, struct roost_error *err)
{
	struct world_box *box = find(name, err);

	if (box == NULL)
		return -1;
	fill_status(box, status);
	return 0;
}

uint32_t roost_mailbox_count(const struct roost_mailbox *box) { return (uint32_t)box->view.count; }

struct roost_mail roost_mailbox_mail(const struct roost_mailbox *box, uint32_t seq)
{
	const struct world_message *message = &box->view.items[seq - 1];

	assert_true(seq >= 1 && seq <= box->view.count);
	return (struct roost_mail){ message->uid, message->flags, message->keywords,
				    message->modseq };
}

uint32_t roost_mailbox_seq_from(const struct roost_mailbox *box, uint32_t uid)
{
	uint32_t seq = 1;

	while (seq <= box->view.count && box->view.items[seq - 1].uid < uid)
		seq++;
	return seq;
}

int roost_mailbox_keyword_number(struct roost_mailbox *box, const char *name, bool create)
{
	int number = 0;

	while (number < 64 && box->box->keywords[number] != NULL &&
	       strcasecmp(box->box->keywords[number], name) != 0)
		number++;
	if (number == 64 || (box->box->keywords[number] == NULL && !create))
		return -1;
	if (box->box->keywords[number] == NULL)
		box->box->keywords[number] = strdup(name);
	return number;
}

int roost_mailbox_keywords(struct roost_mailbox *box, const char *const *names, uint64_t *bits,
			   struct roost_error *err)
{
	for (*bits = 0; *names != NULL; names++) {
		int number = roost_mailbox_keyword_number(box, *names, true);

		if (number < 0)
			return roost_fail(err, ROOST_ERR_LIMIT, "Too many keywords in this mailbox");
		*bits |= (uint64_t)1 << number;
	}
	return 0;
}

const char *roost_mailbox_keyword(const struct roost_mailbox *box, unsigned number)
{
	return number < 64 ? box->box->keywords[number] : NULL;
}

static const struct world_message *now(const struct world_box *box, uint32_t uid)
{
	for (size_t i = 0; i < box->messages.count; i++) {
		if (box->messages.items[i].uid == uid)
			return &box->messages.items[i];
	}
	return NULL;
}

int roost_mailbox_sync(struct roost_mailbox *box, uint32_t options,
		       const struct roost_changes **changes, struct roost_error *err)
{
	unsigned keywords = box->keywords;
	size_t kept = 0, before = box->view.count;
	uint32_t last = before == 0 ? 0 : box->view.items[before - 1].uid, recent = 0;

	box->gone_uids.count = box->gone_seqs.count = box->changed.count = 0;
	for (size_t i = 0; i < before; i++) {
		const struct world_message *message = now(box->box, box->view.items[i].uid);

		if (message == NULL && (options & ROOST_SYNC_KEEP_EXPUNGED) == 0) {
			roost_vec_push(&box->gone_uids, box->view.items[i].uid);
			roost_vec_push(&box->gone_seqs, (uint32_t)i + 1);
			continue;
		}
		if (message != NULL && message->modseq != box->view.items[i].modseq)
			roost_vec_push(&box->changed, (uint32_t)kept + 1);
		box->view.items[kept++] = message == NULL ? box->view.items[i] : *message;
	}
	box->view.count = kept;
	for (size_t i = 0; i < box->box->messages.count; i++) {
		if (box->box->messages.items[i].uid > last)
			roost_vec_push(&box->view, box->box->messages.items[i]);
	}
	for (size_t i = 0; i < box->view.count; i++)
		recent += (box->view.items[i].flags & ROOST_FLAG_RECENT) != 0;
	while (box->box->keywords[box->keywords] != NULL)
		box->keywords++;
	box->changes = (struct roost_changes){
		.expunged_uids = box->gone_uids.items, .expunged_seqs = box->gone_seqs.items,
		.expunged = box->gone_uids.count, .changed = box->changed.items,
		.changed_count = box->changed.count, .count_before = (uint32_t)before,
		.count = (uint32_t)box->view.count, .recent = recent,
		.keywords_changed = keywords != box->keywords, .highestmodseq = box->box->modseq,
	};
	*changes = &box->changes;
	return 0;
}

static bool in_set(const struct roost_set *set, uint32_t uid)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->ranges[i].first <= uid && uid <= set->ranges[i].last)
			return true;
	}
	return false;
}

int roost_mailbox_vanished(struct roost_mailbox *box, uint64_t modseq,
			   const struct roost_set *known, struct roost_arena *arena,
			   struct roost_set *vanished, struct roost_error *err)
{
	static const struct roost_range three = { 3, 3 };

	*vanished = (struct roost_set){ &three, known == NULL || in_set(known, 3) };
	return 0;
}

int roost_mailbox_watch_fd(struct roost_mailbox *box, struct roost_error *err)
{
	return -1;
}

int roost_mailbox_store(struct roost_mailbox *box, const struct roost_set *uids,
			const struct roost_store *store, struct roost_arena *arena,
			struct roost_set *failed, struct roost_error *err)
{
	struct roost_range *refused = roost_arena_alloc(arena, 100 * sizeof(*refused));

	*failed = (struct roost_set){ refused, 0 };
	for (size_t i = 0; i < box->box->messages.count; i++) {
		struct world_message *message = &box->box->messages.items[i];
		uint32_t flags = store->flags, recent = message->flags & ROOST_FLAG_RECENT;

		if (!in_set(uids, message->uid))
			continue;
		if (message->modseq > store->unchangedsince) {
			refused[failed->count++] = (struct roost_range){ message->uid, message->uid };
			continue;
		}
		if (store->mode == ROOST_STORE_ADD) {
			flags |= message->flags;
			message->keywords |= store->keywords;
		} else if (store->mode == ROOST_STORE_REMOVE) {
			flags = message->flags & ~flags;
			message->keywords &= ~store->keywords;
		} else {
			message->keywords = store->keywords;
		}
		message->flags = flags | recent;
		message->modseq = ++box->box->modseq;
		for (size_t j = 0; j < box->view.count; j++) {
			if (box->view.items[j].uid == message->uid) {
				box->view.items[j].flags = message->flags;
				box->view.items[j].keywords = message->keywords;
			}
		}
	}
	return 0;
}

int roost_mailbox_expunge(struct roost_mailbox *box, const struct roost_set *uids, bool any,
			  struct roost_error *err)
{
	for (size_t i = box->box->messages.count; i-- > 0;) {
		const struct world_message *message = &box->box->messages.items[i];

		if ((uids == NULL || in_set(uids, message->uid)) &&
		    (any || (message->flags & ROOST_FLAG_DELETED) != 0))
			world_remove(box->box, message->uid);
	}
	return 0;
}

int roost_mailbox_copy(struct roost_mailbox *box, const struct roost_set *uids, const char *target,
		       bool move, struct roost_arena *arena, struct roost_copied *copied,
		       struct roost_error *err)
{
	struct world_box *to = find(target, err);
	struct roost_range *from = roost_arena_alloc(arena, 100 * sizeof(*from));
	struct roost_range *new = roost_arena_alloc(arena, 100 * sizeof(*new));
	size_t count = 0;

	if (to == NULL)
		return -1;
	if (world_save_error.kind != ROOST_ERR_NONE) {
		*err = world_save_error;
		return -1;
	}
	for (size_t i = 0; i < box->box->messages.count; i++) {
		struct world_message message = box->box->messages.items[i];

		if (!in_set(uids, message.uid))
			continue;
		from[count] = (struct roost_range){ message.uid, message.uid };
		new[count] = (struct roost_range){ to->uidnext, to->uidnext };
		count++;
		message.text = (struct roost_str)ROOST_STR_INIT;
		add_message(to, &message);
	}
	*copied = (struct roost_copied){ 77, { from, count }, { new, count } };
	return move ? roost_mailbox_expunge(box, uids, true, err) : 0;
}

/* --- saving --- */

int roost_save_begin(struct roost_user *u, const char *mailbox, struct roost_saving **saving,
		     struct roost_error *err)
{
	struct world_box *box = find(mailbox, err);

	if (box == NULL)
		return -1;
	*saving = calloc(1, sizeof(**saving));
	(*saving)->box = box;
	return 0;
}

int roost_save_add(struct roost_saving *saving, struct roost_input *message,
		   const struct roost_save_options *options, const char *const *keywords,
		   struct roost_error *err)
{
	struct world_message new = { .flags = options->flags, .date = options->internaldate };
	uint64_t size;

	if (world_save_error.kind != ROOST_ERR_NONE) {
		*err = world_save_error;
		return -1;
	}
	assert_int_equal(roost_input_size(message, &size, err), 0);
	assert_int_equal(roost_input_read(message, roost_str_reserve(&new.text, size), size, err), size);
	new.text.len = size;
	new.text.data[size] = '\0';
	roost_vec_push(&saving->messages, new);
	return 0;
}

static void free_saving(struct roost_saving *saving)
{
	roost_vec_free(&saving->messages);
	free(saving);
}

int roost_save_commit(struct roost_saving *saving, struct roost_arena *arena,
		      uint32_t *uidvalidity, struct roost_set *uids, struct roost_error *err)
{
	struct roost_range *range = roost_arena_alloc(arena, sizeof(*range));

	range->first = saving->box->uidnext;
	for (size_t i = 0; i < saving->messages.count; i++)
		add_message(saving->box, &saving->messages.items[i]);
	range->last = saving->box->uidnext - 1;
	*uidvalidity = 77;
	*uids = (struct roost_set){ range, 1 };
	free_saving(saving);
	return 0;
}

void roost_save_abort(struct roost_saving *saving)
{
	if (saving == NULL)
		return;
	for (size_t i = 0; i < saving->messages.count; i++)
		roost_str_free(&saving->messages.items[i].text);
	free_saving(saving);
}

/* --- its life --- */

void world_begin(const char *tag)
{
	struct roost_error err;

	memset(&session, 0, sizeof(session));
	snprintf(session.tag, sizeof(session.tag), "%s", tag);
	world_pending = 0;
	world_stalled = false;
	world_save_error.kind = ROOST_ERR_NONE;
	roost_mailbox_create(&user, "INBOX", &err);
	roost_mailbox_create(&user, "Trash", &err);
	world_deliver("INBOX", "Subject: 1\r\n\r\none\r\n");
	world_deliver("INBOX", "Subject: 2\r\n\r\ntwo\r\n");
	world_deliver("INBOX", "Subject: 3\r\n\r\nthree\r\n");
	world_deliver("INBOX", "Subject: 4\r\n\r\nfour\r\n");
	world_remove(world_box("INBOX"), 3);
	world_set_flags(world_box("INBOX"), 1, ROOST_FLAG_SEEN);
	world_set_flags(world_box("INBOX"), 2, 0);
	imap_serve(&session);
}

void world_end(void)
{
	if (session.ended == NULL)
		world_hang_up();
	assert_non_null(session.ended);
	assert_null(session.state);
	imap_user_gone();
	for (size_t i = 0; i < boxes.count; i++) {
		while (boxes.items[i]->messages.count > 0)
			world_remove(boxes.items[i], boxes.items[i]->messages.items[0].uid);
		roost_vec_free(&boxes.items[i]->messages);
		for (int j = 0; j < 64; j++)
			free(boxes.items[i]->keywords[j]);
		free(boxes.items[i]);
	}
	roost_vec_free(&boxes);
	roost_vec_free(&deferred);
	free_timers();
	roost_str_free(&session.conn.in);
	roost_str_free(&session.conn.out);
	free(session.ended);
}
