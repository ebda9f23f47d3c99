/* The master that runs with a base_dir, as others see it: master.pid and signals. R-SVC-4. */
#ifndef CORE_PROC_RUNNING_H
#define CORE_PROC_RUNNING_H

#include <sys/types.h>
#include <roost/error.h>

/* 0: none runs. */
pid_t running_pid(const char *base_dir);
/* Signal it; NOTFOUND when none runs. */
int running_signal(const char *base_dir, int number, struct roost_error *err);
/* SIGTERM, and wait until it has gone with all that it started. */
int running_stop(const char *base_dir, struct roost_error *err);

#endif
