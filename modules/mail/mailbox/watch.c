/* Waking a session when something outside changes its mailbox: the store's directories and the index. */
#include <errno.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "modules/mail/mailbox/mailbox.h"

#define STORE_EVENTS (IN_CREATE | IN_DELETE | IN_MOVE | IN_CLOSE_WRITE | IN_DELETE_SELF | \
		      IN_MOVE_SELF | IN_ONLYDIR)
#define FILE_EVENTS (IN_MODIFY | IN_DELETE_SELF | IN_MOVE_SELF)
/* The index appends to its log; the cache beside it is written with it or tells nothing new. */
#define INDEX_EVENTS (IN_MODIFY | IN_MOVED_TO | IN_ONLYDIR)

/* Directories of messages within a mailbox's own; those that are not there are not missed. */
static const char *const inside[] = { "", "/new", "/cur" };

static bool add_store(int fd, const struct folder *folder)
{
	if (folder->directory != folder->path)
		return inotify_add_watch(fd, folder->path, FILE_EVENTS) >= 0;
	for (size_t i = 0; i < ROOST_COUNT(inside); i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s%s", folder->path, inside[i]);
		if (inotify_add_watch(fd, path, STORE_EVENTS) < 0 && errno != ENOENT)
			return false;
	}
	return true;
}

int roost_mailbox_watch_fd(struct roost_mailbox *box, struct roost_error *err)
{
	(void)err;	/* polling is what the limits of inotify leave */
	if (box->watch >= 0)
		return box->watch;
	box->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (box->watch < 0)
		return -1;
	if (inotify_add_watch(box->watch, box->folder->index_path, INDEX_EVENTS) < 0 ||
	    !add_store(box->watch, box->folder)) {
		close(box->watch);
		box->watch = -1;
	}
	return box->watch;
}

void watch_drain(struct roost_mailbox *box)
{
	char events[4096];

	while (box->watch >= 0 && read(box->watch, events, sizeof(events)) > 0)
		;
}
