/* SPDX-License-Identifier: MIT */
/* What every public header starts from: visibility, attributes, the ABI's number. Ours. */
#ifndef ROOST_API_H
#define ROOST_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The plugin ABI that these headers describe; README has the log of its changes. */
#define ROOST_ABI_MAJOR 1
#ifndef ROOST_ABI_MINOR		/* a module may ask for less, so that older hosts take it */
#define ROOST_ABI_MINOR 0
#endif

#define ROOST_API __attribute__((visibility("default")))
#define ROOST_PRINTF(at, first) __attribute__((format(printf, at, first)))
#define ROOST_NODISCARD __attribute__((warn_unused_result))

#define ROOST_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
