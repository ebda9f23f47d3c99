/*
 * Waiting for changes of the selected mailbox: descriptor of the store (inotify), notices of our own
 * processes through anvil, and where the system cannot tell, a look now and then.
 */
#include <stdio.h>
#include "modules/imap/session.h"

/* Whoever delivers ten messages in a row wakes us ten times: tell the client of them together. */
#define GATHER (50 * ROOST_MSEC)

static void poll_due(void *context);

static int64_t poll_interval(const struct imap_session *imap)
{
	int64_t interval = imap->set->mailbox_idle_check_interval;

	return interval < ROOST_SEC ? ROOST_SEC : interval;
}

static void changed_soon(struct imap_session *imap)
{
	if (imap->watch_timer == NULL)
		imap->watch_timer = roost_loop_timer(GATHER, poll_due, imap);
	else
		roost_loop_timer_again(imap->watch_timer, GATHER);
	/* Until then the descriptor stays readable. */
	if (imap->watch != NULL)
		roost_loop_fd_events(imap->watch, 0);
}

static void poll_due(void *context)
{
	struct imap_session *imap = context;

	if (imap->ended || imap->leaving || imap->changed == NULL)
		return;
	if (imap->watch != NULL)
		roost_loop_fd_events(imap->watch, ROOST_LOOP_READ);
	else
		roost_loop_timer_again(imap->watch_timer, poll_interval(imap));
	imap->changed(imap);
}

static void watch_ready(void *context, unsigned events)
{
	changed_soon(context);
}

static void notice(struct roost_session *session, const char *mailbox, uint64_t modseq)
{
	struct imap_session *imap = roost_session_state(session);

	if (imap != NULL && imap->changed != NULL)
		changed_soon(imap);
}

void imap_watch_start(struct imap_session *imap, void (*changed)(struct imap_session *imap))
{
	struct roost_mailbox_status status;
	struct roost_error err;
	int fd;

	imap->changed = changed;
	fd = roost_mailbox_watch_fd(imap->box, &err);
	if (fd >= 0)
		imap->watch = roost_loop_fd(fd, ROOST_LOOP_READ, watch_ready, imap);
	else
		imap->watch_timer = roost_loop_timer(poll_interval(imap), poll_due, imap);
	if (roost_mailbox_status(imap->box, false, &status, &err) < 0)
		return;
	for (size_t i = 0; i < sizeof(status.guid); i++)
		snprintf(imap->watched + 2 * i, 3, "%02x", status.guid[i]);
	roost_notice_watch(imap->session, imap->watched, notice);
}

void imap_watch_stop(struct imap_session *imap)
{
	if (imap->changed == NULL)
		return;
	imap->changed = NULL;
	roost_loop_fd_free(imap->watch);
	imap->watch = NULL;
	roost_loop_timer_free(imap->watch_timer);
	imap->watch_timer = NULL;
	if (imap->watched[0] != '\0')
		roost_notice_unwatch(imap->session, imap->watched);
	imap->watched[0] = '\0';
}
