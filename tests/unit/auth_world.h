/* A made-up world for tests of auth: databases, links and a loop. */
#ifndef TESTS_AUTH_WORLD_H
#define TESTS_AUTH_WORLD_H

#include <roost/authlink.h>
#include <roost/role.h>
#include "modules/auth/auth.h"

/* A line of a made-up database: "user:password:fields", of a userdb "user:fields"; "user:TEMP" fails. */

void world_open(void);
void world_close(void);
/* Add a database with the usual rules; change them in what is returned. */
struct auth_db *world_passdb(const char *const *lines);
struct auth_db *world_userdb(const char *const *lines);
/* Run the loop until nothing more happens at once. */
void world_turn(void);

extern struct auth_settings world_settings;

#endif
