/* What the parts of the driving program share. */
#ifndef TESTS_STORAGE_DRIVE_H
#define TESTS_STORAGE_DRIVE_H

#include <roost/mailbox.h>

/* One line of stdin, and what it works on. */
struct drive {
	struct roost_user *user;
	struct roost_mailbox *box;	/* the open one, or NULL */
	struct roost_arena *arena;	/* until the next line */
	char *words[80];		/* ends with NULL */
	int count;
};

struct drive_command {
	const char *name;
	int words;			/* at least, with its own */
	bool needs_box;
	int (*run)(struct drive *drive, struct roost_error *err);
};
/* Both end with name NULL. */
extern const struct drive_command drive_mailbox_commands[], drive_message_commands[];

/* Flags as letters, "-" for none. */
uint32_t drive_flags(const char *text);
void drive_put_flags(uint32_t flags);
/* "3", "3:5", "1,3:5"; in the arena. */
struct roost_set drive_set(struct drive *drive, char *text);
/* The same as text, and an LF. */
void drive_put_set(const struct roost_set *set);
/* "OK" when result is 0; hands result on. */
int drive_done(int result);

#endif
