/* Coarse one-shot timers. */
#include <stdlib.h>
#include "core/base/memory.h"
#include "core/loop/loop.h"
#include "core/loop/uv.h"

struct roost_loop_timer {
	uv_timer_t timer;	/* first: uv_close gives it back */
	void (*due)(void *context);
	void *context;
	int64_t at;		/* steady time when it is due; 0: it was */
};

static void arm(struct roost_loop_timer *timer, int64_t delay);

static void timer_due(uv_timer_t *handle)
{
	struct roost_loop_timer *timer = (struct roost_loop_timer *)handle;
	int64_t left = timer->at - roost_loop_steady();

	/* It was put off while it ran: see roost_loop_timer_again. */
	if (left > ROOST_MSEC) {
		arm(timer, left);
		return;
	}
	timer->at = 0;
	timer->due(timer->context);
}

static void arm(struct roost_loop_timer *timer, int64_t delay)
{
	uint64_t msec = delay <= 0 ? 0 : (uint64_t)((delay + ROOST_MSEC - 1) / ROOST_MSEC);

	uv_update_time(loop_uv());
	uv_timer_start(&timer->timer, timer_due, msec, 0);
}

struct roost_loop_timer *roost_loop_timer(int64_t delay, void (*due)(void *context),
					  void *context)
{
	struct roost_loop_timer *timer = mem_zalloc(sizeof(*timer));

	timer->due = due;
	timer->context = context;
	uv_timer_init(loop_uv(), &timer->timer);
	timer->at = roost_loop_steady() + delay;
	arm(timer, delay);
	return timer;
}

void roost_loop_timer_again(struct roost_loop_timer *timer, int64_t delay)
{
	int64_t at = roost_loop_steady() + delay;
	bool running = timer->at != 0 && uv_is_active((uv_handle_t *)&timer->timer);
	bool later = running && at >= timer->at;

	/* Putting off is what inactivity timers do per command: the running one finds out. */
	timer->at = at;
	if (!later)
		arm(timer, delay);
}

void roost_loop_timer_free(struct roost_loop_timer *timer)
{
	if (timer != NULL)
		uv_close((uv_handle_t *)&timer->timer, (uv_close_cb)free);
}
