/* What the configuration says of one service's sockets. R-SVC-1. */
#ifndef CORE_PROC_SERVICE_H
#define CORE_PROC_SERVICE_H

#include "core/proc/master.h"

struct service_unix {
	char *name, *path, *user, *group;
	mode_t mode;
};

struct service_inet {
	char *name;
	char **addresses;		/* ends with NULL */
	unsigned port;
	uint32_t flags;			/* CONTROL_LISTENER_* */
};

struct service_sockets {
	ROOST_VEC(struct service_unix) unixes;
	ROOST_VEC(struct service_inet) inets;
};

void service_sockets(struct master *master, struct service *service,
		     struct service_sockets *sockets);
void service_sockets_free(struct service_sockets *sockets);

/* A service's own setting: "service/NAME/key". Never NULL. */
const char *service_string(struct master *master, const char *service, const char *key);
uint64_t service_number(struct master *master, const char *service, const char *key);
/* Most clients of one process of it. */
uint64_t service_client_limit(struct master *master, const char *service);

#endif
