/* The event loop: descriptors, deferred calls, signals, slow work; libuv behind it. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uv.h>
#include <roost/vec.h>
#include "core/base/memory.h"
#include "core/loop/loop.h"
#include "core/loop/uv.h"

enum { WORK_QUEUE_MAX = 256 };

struct roost_loop_fd {
	uv_poll_t poll;		/* first: uv_close gives it back */
	void (*ready)(void *context, unsigned events);
	void *context;
	unsigned events;
};

struct deferred {
	void (*call)(void *context);
	void *context;
};

struct work {
	uv_work_t request;	/* first */
	void (*work)(void *context);
	void (*done)(void *context);
	void *context;
};

struct caught_signal {
	uv_signal_t handle;	/* first */
	void (*caught)(int number);
};

static uv_loop_t loop;
static uv_prepare_t before_wait;
static uv_idle_t awake;
static ROOST_VEC(struct deferred) deferred;
static unsigned work_waiting;

uv_loop_t *loop_uv(void)
{
	return &loop;
}

/* The loop does not sleep while this is active. */
static void stay_awake(uv_idle_t *handle)
{
	(void)handle;
}

/*
 * Deferred calls run before each wait, so that they need no wake-up of their own. What they defer
 * in turn runs after a look at the descriptors: nobody starves.
 */
static void run_deferred(uv_prepare_t *handle)
{
	size_t count = deferred.count;

	(void)handle;
	for (size_t i = 0; i < count; i++) {
		struct deferred call = deferred.items[i];

		call.call(call.context);
	}
	deferred.count -= count;
	if (deferred.count > 0) {
		memmove(deferred.items, deferred.items + count,
			deferred.count * sizeof(*deferred.items));
		uv_idle_start(&awake, stay_awake);
	} else {
		uv_idle_stop(&awake);
	}
}

void loop_init(void)
{
	uv_loop_init(&loop);
	uv_prepare_init(&loop, &before_wait);
	uv_prepare_start(&before_wait, run_deferred);
	uv_unref((uv_handle_t *)&before_wait);
	uv_idle_init(&loop, &awake);
	deferred.count = 0;
}

void loop_run(void)
{
	uv_run(&loop, UV_RUN_DEFAULT);
}

void loop_stop(void)
{
	uv_stop(&loop);
}

static void close_handle(uv_handle_t *handle, void *arg)
{
	bool ours = handle == (uv_handle_t *)&before_wait || handle == (uv_handle_t *)&awake;

	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, ours ? NULL : (uv_close_cb)free);
}

void loop_deinit(void)
{
	uv_walk(&loop, close_handle, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	roost_vec_free(&deferred);
}

static void poll_ready(uv_poll_t *poll, int status, int events)
{
	struct roost_loop_fd *watch = (struct roost_loop_fd *)poll;
	unsigned seen = 0;

	if (status < 0 || (events & UV_DISCONNECT) != 0)
		seen |= ROOST_LOOP_HANGUP;
	if ((events & UV_READABLE) != 0)
		seen |= ROOST_LOOP_READ;
	if ((events & UV_WRITABLE) != 0)
		seen |= ROOST_LOOP_WRITE;
	watch->ready(watch->context, seen);
}

struct roost_loop_fd *roost_loop_fd(int fd, unsigned events,
				    void (*ready)(void *context, unsigned events), void *context)
{
	struct roost_loop_fd *watch = mem_zalloc(sizeof(*watch));

	watch->ready = ready;
	watch->context = context;
	if (uv_poll_init(&loop, &watch->poll, fd) != 0) {
		/* Only for what cannot be polled (a plain file): our bug, not an input's. */
		abort();
	}
	roost_loop_fd_events(watch, events);
	return watch;
}

void roost_loop_fd_events(struct roost_loop_fd *watch, unsigned events)
{
	int wanted = 0;

	if (watch->events == (events | ROOST_LOOP_HANGUP))
		return;
	watch->events = events | ROOST_LOOP_HANGUP;
	if ((events & ROOST_LOOP_READ) != 0)
		wanted |= UV_READABLE;
	if ((events & ROOST_LOOP_WRITE) != 0)
		wanted |= UV_WRITABLE;
	/* A half-closed peer would wake a watch that reads nothing over and over. */
	if ((events & ROOST_LOOP_READ) != 0)
		wanted |= UV_DISCONNECT;
	if (wanted == 0)
		uv_poll_stop(&watch->poll);
	else
		uv_poll_start(&watch->poll, wanted, poll_ready);
}

void roost_loop_fd_free(struct roost_loop_fd *watch)
{
	if (watch != NULL)
		uv_close((uv_handle_t *)&watch->poll, (uv_close_cb)free);
}

void roost_loop_defer(void (*call)(void *context), void *context)
{
	roost_vec_push(&deferred, (struct deferred){ call, context });
}

static void do_work(uv_work_t *request)
{
	struct work *work = (struct work *)request;

	work->work(work->context);
}

static void work_done(uv_work_t *request, int status)
{
	struct work *work = (struct work *)request;

	(void)status;
	work_waiting--;
	work->done(work->context);
	free(work);
}

int roost_loop_work(void (*call)(void *context), void (*done)(void *context), void *context,
		    struct roost_error *err)
{
	struct work *work;

	if (work_waiting >= WORK_QUEUE_MAX)
		return roost_fail_detail(err, ROOST_ERR_LIMIT, "%u slow requests are waiting",
					 work_waiting);
	work = mem_zalloc(sizeof(*work));
	work->work = call;
	work->done = done;
	work->context = context;
	work_waiting++;
	uv_queue_work(&loop, &work->request, do_work, work_done);
	return 0;
}

static void signal_caught(uv_signal_t *handle, int number)
{
	((struct caught_signal *)handle)->caught(number);
}

void loop_signal(int number, void (*caught)(int number))
{
	struct caught_signal *caught_signal = mem_zalloc(sizeof(*caught_signal));

	caught_signal->caught = caught;
	uv_signal_init(&loop, &caught_signal->handle);
	uv_signal_start(&caught_signal->handle, signal_caught, number);
	uv_unref((uv_handle_t *)&caught_signal->handle);
}

static int64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);	/* answered without a system call */
	return (int64_t)now.tv_sec * ROOST_SEC + now.tv_nsec / 1000;
}

int64_t roost_loop_time(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t roost_loop_steady(void)
{
	return read_clock(CLOCK_MONOTONIC);
}
