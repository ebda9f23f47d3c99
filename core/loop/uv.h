/* libuv's loop, for the files of core/loop only. */
#ifndef CORE_LOOP_UV_H
#define CORE_LOOP_UV_H

#include <uv.h>

uv_loop_t *loop_uv(void);

#endif
