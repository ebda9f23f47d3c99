/* The toy protocol's inside. */
#ifndef TESTS_MODULES_ECHO_H
#define TESTS_MODULES_ECHO_H

#include <roost/protocol.h>

/* echo_thief.c: what a front that was broken into may try. NULL: no such attempt. */
const char *echo_steal(struct roost_front *front, const char *what);

#endif
