/* The lookup protocol of auth-userdb and auth-master. R-AUP-3, R-AUP-4. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <roost/encode.h>
#include <roost/map.h>
#include <roost/mask.h>
#include "modules/auth/auth.h"
#include "modules/auth/lines.h"
#include "modules/auth/sockets.h"

struct master {
	struct lines lines;
	uid_t peer;
	bool everybody;
	unsigned busy;			/* questions that point here */
	bool gone;
};

struct question {
	struct master *master;
	uint32_t id;
	bool passdb;
};

static struct master *master_of(struct lines *lines)
{
	return (struct master *)((char *)lines - offsetof(struct master, lines));
}

static void done_with(struct master *master)
{
	master->busy--;
	if (master->gone && master->busy == 0)
		free(master);
}

static void put_fields(struct roost_str *out, const char *const *fields)
{
	for (; *fields != NULL; fields++)
		line_put(out, *fields);
}

static void refuse(struct roost_str *out, uint32_t id, const char *reason)
{
	roost_str_printf(out, "FAIL\t%u", id);
	if (reason != NULL) {
		roost_str_puts(out, "\treason=");
		roost_tab_escape(out, reason);
	}
}

static bool may_know(const struct master *master, uint32_t uid)
{
	return master->everybody || master->peer == 0 || master->peer == geteuid() ||
		master->peer == uid;
}

static void put_user(struct roost_str *out, const struct question *question,
		     struct roost_auth *auth)
{
	struct auth_identity identity;
	struct roost_error err;

	if (auth_identity(auth, &identity, &err) < 0) {
		roost_log(&auth->log, ROOST_LOG_ERROR, "%s", roost_error_log(&err));
		refuse(out, question->id, NULL);
	} else if (!may_know(question->master, identity.uid)) {
		roost_log(&auth->log, ROOST_LOG_ERROR, "a process of uid %u asked for this user, "
			  "whose uid is %u; permission denied", (unsigned)question->master->peer,
			  identity.uid);
		refuse(out, question->id, "permission denied: lookups of other users need root");
	} else {
		roost_str_printf(out, "USER\t%u", question->id);
		line_put(out, auth->user);
		put_fields(out, identity.fields);
	}
}

static void answered(struct roost_auth *auth, enum roost_auth_result result, void *context)
{
	struct question *question = context;
	struct roost_str *out;

	if (!question->master->gone) {
		out = roost_conn_output(question->master->lines.conn);
		if (result == ROOST_AUTH_NO_USER) {
			roost_str_printf(out, "NOTFOUND\t%u", question->id);
		} else if (result != ROOST_AUTH_OK) {
			refuse(out, question->id, auth_fields_get(&auth->passdb, "reason"));
		} else if (question->passdb) {
			roost_str_printf(out, "PASS\t%u\tuser=", question->id);
			roost_tab_escape(out, auth->user);
			put_fields(out, auth_public_fields(auth));
		} else {
			put_user(out, question, auth);
		}
		roost_str_byte(out, '\n');
	}
	done_with(question->master);
	auth_free(auth);
	free(question);
}

/* USER id name words..., PASS id name words... */
static bool take_question(struct master *master, char **args, bool passdb)
{
	struct question *question;
	struct roost_facts facts;
	struct roost_auth *auth;
	struct roost_error err;
	uint32_t id;

	if (!line_number(args[0], &id) || args[1] == NULL)
		return false;
	question = calloc(1, sizeof(*question));
	if (question == NULL)
		abort();
	question->master = master;
	question->id = id;
	question->passdb = passdb;
	master->busy++;
	line_facts(args + 2, &facts);
	auth = auth_create(&facts, "");
	if (passdb && !master->everybody)
		answered(auth, ROOST_AUTH_DENIED, question);
	else if (auth_set_user(auth, args[1], NULL, &err) < 0)
		answered(auth, ROOST_AUTH_NO_USER, question);
	else if (passdb)
		auth_ask_passdbs(auth, answered, question);
	else
		auth_ask_userdbs(auth, answered, question);
	return true;
}

/* --- LIST --- */

struct listing {
	struct master *master;
	uint32_t id;
	char *mask;
	size_t index;			/* of the userdb that lists now */
	bool failed, listed;
	struct roost_map *seen;
};

static void list_next(struct listing *listing);

static bool list_found(void *context, const char *user)
{
	struct listing *listing = context;
	struct roost_str *out;

	if (listing->master->gone)
		return false;
	if (!roost_mask_matches(listing->mask, user) ||
	    roost_map_set(listing->seen, user, listing) != NULL)
		return true;
	out = roost_conn_output(listing->master->lines.conn);
	roost_str_printf(out, "LIST\t%u", listing->id);
	line_put(out, user);
	roost_str_byte(out, '\n');
	return true;
}

static void list_ended(void *context, const struct roost_error *err)
{
	struct listing *listing = context;

	if (err == NULL) {
		listing->listed = true;
	} else {
		roost_log(NULL, ROOST_LOG_ERROR, "%s", roost_error_log(err));
		listing->failed = true;
	}
	list_next(listing);
}

static void list_over(struct listing *listing)
{
	if (!listing->master->gone)
		roost_str_printf(roost_conn_output(listing->master->lines.conn), "DONE\t%u\t%s\n",
				 listing->id, listing->failed || !listing->listed ? "fail" : "");
	done_with(listing->master);
	roost_map_free(listing->seen);
	free(listing->mask);
	free(listing);
}

static void list_next(struct listing *listing)
{
	while (!listing->master->gone && listing->index < auth_userdbs.count) {
		const struct auth_db *db = &auth_userdbs.items[listing->index++];

		if (db->userdb->iterate != NULL) {
			db->userdb->iterate(db->object, list_found, list_ended, listing);
			return;
		}
		if (strcmp(db->userdb->name, "prefetch") != 0)
			roost_log(NULL, ROOST_LOG_ERROR, "%s: the driver %s cannot list users",
				  db->name, db->userdb->name);
	}
	list_over(listing);
}

/* LIST id user=mask service=... */
static bool take_list(struct master *master, char **args)
{
	const char *mask = "*";
	struct listing *listing;
	uint32_t id;

	if (!line_number(args[0], &id))
		return false;
	for (char **word = args + 1; *word != NULL; word++) {
		if (strncmp(*word, "user=", 5) == 0 && (*word)[5] != '\0')
			mask = *word + 5;
	}
	if (!may_know(master, 0)) {
		refuse(roost_conn_output(master->lines.conn), id,
		       "permission denied: lists of users need root");
		roost_str_byte(roost_conn_output(master->lines.conn), '\n');
		return true;
	}
	listing = calloc(1, sizeof(*listing));
	if (listing == NULL || (listing->mask = strdup(mask)) == NULL)
		abort();
	listing->master = master;
	listing->id = id;
	listing->seen = roost_map_create();
	master->busy++;
	list_next(listing);
	return true;
}

static bool take_line(struct lines *lines, char **args)
{
	struct master *master = master_of(lines);

	if (strcmp(args[0], "USER") == 0)
		return take_question(master, args + 1, false);
	if (strcmp(args[0], "PASS") == 0)
		return take_question(master, args + 1, true);
	if (strcmp(args[0], "LIST") == 0)
		return take_list(master, args + 1);
	if (strcmp(args[0], "VERSION") == 0)
		return args[1] != NULL && strcmp(args[1], "1") == 0;
	return strcmp(args[0], "CPID") == 0;
}

static void gone(struct lines *lines)
{
	struct master *master = master_of(lines);

	master->gone = true;
	if (master->busy == 0)
		free(master);
}

void master_accepted(int fd, bool everybody)
{
	struct master *master = calloc(1, sizeof(*master));
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t len = sizeof(peer);

	if (master == NULL)
		abort();
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		peer.uid = (uid_t)-1;
	master->peer = peer.uid;
	master->everybody = everybody;
	master->lines.line = take_line;
	master->lines.gone = gone;
	lines_open(&master->lines, fd);
	roost_str_printf(roost_conn_output(master->lines.conn), "VERSION\t1\t1\nSPID\t%d\n",
			 (int)getpid());
}
