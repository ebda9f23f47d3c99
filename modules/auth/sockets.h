/* The public sockets. */
#ifndef MODULES_AUTH_SOCKETS_H
#define MODULES_AUTH_SOCKETS_H

#include <stdbool.h>

/* Take fd. */
void client_accepted(int fd);
/* everybody: the socket is for administrators (auth-master); else peers hear of themselves only. */
void master_accepted(int fd, bool everybody);

#endif
