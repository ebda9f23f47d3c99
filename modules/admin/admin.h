/* Commands that ask the running server. */
#ifndef MODULES_ADMIN_ADMIN_H
#define MODULES_ADMIN_ADMIN_H

#include <stdio.h>
#include <roost/arena.h>
#include <roost/command.h>

extern const struct roost_command admin_who, admin_kick, admin_user, admin_auth_test,
	admin_auth_lookup;

/* ask.c: a conversation in lines of words parted by TABs, as all our sockets speak. */
struct ask {
	FILE *in, *out;
	char *line;
	size_t size;
	char *words[256];	/* of the last line, unescaped; ends with NULL */
};

/* The exit code is said already when it is not 0. */
int ask_open(struct roost_admin *admin, struct ask *ask, const char *socket);
void ask_close(struct ask *ask);
/* Words are escaped; ends with NULL. */
void ask_say(struct ask *ask, ...) __attribute__((sentinel));
/* Read the next line into words; false at the end. */
bool ask_read(struct ask *ask);
/* "name=value" among words from the first on: the value. */
const char *ask_value(const struct ask *ask, size_t first, const char *name);

/* Has '*' or '?', as masks of users have. */
bool is_mask(const char *text);
/* Address or network, as "10.0.0.0/8". */
bool is_network(const char *text);

#endif
