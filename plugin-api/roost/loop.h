/* SPDX-License-Identifier: MIT */
/*
 * The event loop: one per process, one thread. Ours (libuv behind it).
 * A handle belongs to whoever made it and is freed by them, also from within its own callback.
 * Callbacks never run before the call that made the handle has returned.
 */
#ifndef ROOST_LOOP_H
#define ROOST_LOOP_H

#include <roost/error.h>

#define ROOST_LOOP_READ 1u
#define ROOST_LOOP_WRITE 2u
#define ROOST_LOOP_HANGUP 4u	/* reported even when not asked for */

#define ROOST_MSEC ((int64_t)1000)
#define ROOST_SEC ((int64_t)1000000)

struct roost_loop_fd;
struct roost_loop_timer;

/* Watch fd, which stays the caller's: free the watch before closing it. */
ROOST_API struct roost_loop_fd *roost_loop_fd(int fd, unsigned events,
		void (*ready)(void *context, unsigned events), void *context);
ROOST_API void roost_loop_fd_events(struct roost_loop_fd *watch, unsigned events);
ROOST_API void roost_loop_fd_free(struct roost_loop_fd *watch);	/* NULL is fine */

/* Once, in delay microseconds; coarse (a few milliseconds, later rather than earlier). */
ROOST_API struct roost_loop_timer *roost_loop_timer(int64_t delay, void (*due)(void *context),
						    void *context);
/* Again, counted from now; also for a timer that is due already. Cheap: called per command. */
ROOST_API void roost_loop_timer_again(struct roost_loop_timer *timer, int64_t delay);
ROOST_API void roost_loop_timer_free(struct roost_loop_timer *timer);	/* NULL is fine */

/* Run call(context) after the current callback, before waiting again. */
ROOST_API void roost_loop_defer(void (*call)(void *context), void *context);

/*
 * Run work in the process's small thread pool, then done in the loop. For slow hashes and the
 * like; work touches nothing but context. Bounded: -1 with ROOST_ERR_LIMIT when the queue is full.
 */
ROOST_API int roost_loop_work(void (*work)(void *context), void (*done)(void *context),
			      void *context, struct roost_error *err);

/* Microseconds since the epoch, and of a steady clock. */
ROOST_API int64_t roost_loop_time(void);
ROOST_API int64_t roost_loop_steady(void);

#endif
