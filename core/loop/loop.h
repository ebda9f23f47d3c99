/* Running the event loop; what modules see of it is <roost/loop.h>. */
#ifndef CORE_LOOP_LOOP_H
#define CORE_LOOP_LOOP_H

#include <roost/loop.h>

/* Once per process, after any fork: a loop does not survive one. */
void loop_init(void);
/* Until loop_stop() or until nothing is watched any more. */
void loop_run(void);
void loop_stop(void);
/* Frees the loop; handles still open are forgotten. For tests and clean exits. */
void loop_deinit(void);

/* Deliver a signal as a loop event, for the life of the process. */
void loop_signal(int number, void (*caught)(int number));

#endif
